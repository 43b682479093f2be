"""The public numbers for programs."""

from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.factories import NOON, a_case, a_group, a_pledge, a_report, an_action
from ua_tracker import actions

ACTION = "/api/v1/actions/ua-12-26"
CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


@pytest.fixture
def described(reader):
    """Holds an answer against the published description."""
    document = reader.get("/api/v1/openapi.json").response.json

    def described(answer, schema: str) -> dict:
        whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
        Draft202012Validator(whole, format_checker=FormatChecker()).validate(answer.response.json)
        return answer.response.json

    return described


def test_an_action_has_its_numbers_and_its_groups(reader, session, described):
    case = a_case(session)
    action = an_action(session, case_id=case.id, ai_index="AMR 37/0012/2026")
    a_group(session, "montreal", "Groupe de Montréal")
    a_pledge(session, action, letters=4, group="montreal")
    a_pledge(session, action, letters=2)
    a_report(session, action, target=3, copy=1, group="montreal")
    told = described(reader.get(ACTION), "Action")
    assert told == {
        "slug": "ua-12-26",
        "ua_number": "12/26",
        "ai_index": "AMR 37/0012/2026",
        "country": "Freedonia",
        "title": "TEACHER HELD WITHOUT CHARGE",
        "lead": None,
        "url": "http://localhost/en/actions/ua-12-26",
        "practice": False,
        "state": "open",
        "deadline": "2026-03-15",
        "extended_from": None,
        "closed_early": False,
        "closed_reason": None,
        "outcome": None,
        "newer_issue": None,
        "case": {
            "url": "http://localhost/en/cases/12-26",
            "issues": ["ua-12-26"],
            "letters_sent": 3,
            "copies_sent": 1,
            "letters_pledged": 6,
            "pledges": 2,
            "groups": [{"slug": "montreal", "name": "Groupe de Montréal", "letters_sent": 3, "letters_pledged": 4}],
        },
        "happened": None,
        "days_left": 5,
        "timezone": "America/Toronto",
        "closes_at": "2026-03-16T04:00:00Z",
        "reporting_closes_at": "2026-03-30T04:00:00Z",
        "goal": 100,
        "letters_sent": 3,
        "letters_reported_by": {"private_link": 0, "evening": 0, "program": 0, "walk_in": 3},
        "copies_sent": 1,
        "letters_pledged": 6,
        "pledges": 2,
        "groups": [
            {"slug": "montreal", "name": "Groupe de Montréal", "letters_sent": 3, "letters_pledged": 4},
        ],
        "as_of": "2026-03-10T16:00:00Z",
        "poll_seconds": 5,
    }


def test_an_extended_deadline_is_said_with_the_one_before_it(reader, session, described):
    action = an_action(session)
    actions.extend(session, action, date(2026, 3, 20), revision=action.revision, actor="oda", now=NOON)
    session.commit()
    told = described(reader.get(ACTION), "Action")
    assert (told["deadline"], told["extended_from"]) == ("2026-03-20", "2026-03-15")
    assert told["happened"]["what"] == "extended"


def test_the_list_has_every_published_action_and_no_draft(reader, session, described):
    an_action(session, slug="over", deadline=date(2025, 3, 5))
    an_action(session, slug="open")
    an_action(session, slug="draft", published_at=None)
    a_pledge(session, an_action(session, slug="just-over", deadline=date(2026, 3, 10)), letters=7)
    told = described(reader.get("/api/v1/actions"), "Actions")["actions"]
    assert [(one["slug"], one["state"], one["letters_pledged"]) for one in told] == [
        ("just-over", "open", 7),
        ("open", "open", 0),
        ("over", "closed", 0),
    ]


@pytest.mark.parametrize("path", ["/api/v1/actions/nowhere", "/api/v1/actions/draft", "/api/v1/nothing"])
def test_what_is_not_there_is_404_as_json(reader, session, described, path):
    an_action(session, slug="draft", published_at=None)
    answer = reader.get(path, headers={"Accept-Language": "fr"})
    assert answer.status == 404
    told = described(answer, "Problem")
    assert told["error"] == told["detail"]


def test_any_site_may_ask_and_nobody_gets_a_cookie_or_a_name(reader, session):
    action = an_action(session)
    a_pledge(session, action, name="Amal Secret", email="amal@example.org")
    for path in (ACTION, "/api/v1/actions", "/api/v1/openapi.json", "/api/v1/actions/nowhere"):
        for _ in range(2):
            answer = reader.get(path, headers={"Origin": "https://elsewhere.example"})
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Amal" not in answer.html
            assert "amal@" not in answer.html


def test_an_unchanged_answer_is_304_and_a_change_is_in_the_very_next_one(reader, session):
    action = an_action(session)
    first = reader.get(ACTION)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = reader.get(ACTION, headers=tag)
    assert (again.status, again.html) == (304, "")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"] == "public, max-age=2"
    a_report(session, action, target=5)
    after = reader.get(ACTION, headers=tag)
    assert (after.status, after.response.json["letters_sent"]) == (200, 5)


def test_the_state_follows_the_clock_without_a_change(reader, session, clock):
    an_action(session)
    assert reader.get(ACTION).response.json["state"] == "open"
    clock.at = CLOSING
    assert reader.get(ACTION).response.json["state"] == "reporting"
    assert reader.get("/api/v1/actions").response.json["actions"][0]["state"] == "reporting"


def test_the_offices_sentence_is_in_the_answer(reader, session, described):
    an_action(session, lead="Ask the minister to free Ana Lopez.")
    assert described(reader.get(ACTION), "Action")["lead"] == "Ask the minister to free Ana Lopez."


def test_the_days_that_are_left_are_told_anew_each_day_and_not_after_the_deadline(reader, session, clock):
    a_report(session, an_action(session), target=3)
    told = []
    for at in (datetime(2026, 3, 11, 3, 59, tzinfo=UTC), datetime(2026, 3, 11, 4, 0, tzinfo=UTC), CLOSING):
        clock.at = at
        answers = (reader.get(ACTION).response.json, reader.get("/api/v1/actions").response.json["actions"][0])
        told.append([answer["days_left"] for answer in answers])
    assert told == [[5, 5], [4, 4], [None, None]]


def test_groups_and_actions_of_one_day_stand_in_the_order_of_their_names(reader, session, described):
    action = an_action(session, title="Zoé held")
    an_action(session, slug="ua-13-26", title="Élan missing")
    for slug, name in (("a", "Zürich"), ("b", "École Saint-Luc"), ("c", "Edmonton")):
        a_group(session, slug, name)
        a_report(session, action, group=slug)
    assert [one["name"] for one in described(reader.get(ACTION), "Action")["groups"]] == [
        "École Saint-Luc", "Edmonton", "Zürich",
    ]  # fmt: skip
    listed = described(reader.get("/api/v1/actions"), "Actions")["actions"]
    assert [one["title"] for one in listed] == ["Élan missing", "Zoé held"]


def test_a_letter_for_one_issue_is_told_in_the_numbers_of_the_case_at_each(reader, session, described):
    case = a_case(session)
    first = an_action(session, case_id=case.id, issued=date(2026, 1, 2))
    an_action(session, slug="ua-12-26-2", case_id=case.id, issued=date(2026, 2, 2))
    an_action(session, slug="ua-13-26")
    assert described(reader.get(f"{ACTION}-2"), "Action")["case"]["letters_sent"] == 0
    a_report(session, first, target=3)
    told = described(reader.get(f"{ACTION}-2"), "Action")
    assert (told["letters_sent"], told["case"]["letters_sent"]) == (0, 3)
    assert told["case"]["issues"] == ["ua-12-26", "ua-12-26-2"]
    listed = {one["slug"]: one["case"] for one in described(reader.get("/api/v1/actions"), "Actions")["actions"]}
    assert listed == {"ua-12-26": told["case"], "ua-12-26-2": told["case"], "ua-13-26": None}
