"""The office sets the day and hour of a publication; every page and every kept answer follows at that instant."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOON, an_action
from ua_tracker.models import Action, AuditEntry

PAGE = "/en/dashboard/ua-12-26"
AT = datetime(2026, 3, 12, 13, 30, tzinfo=UTC)
ALL_OF_IT = ("/en/actions/ua-12-26", "/en/actions/ua-12-26/counter", "/en/embed/ua-12-26", "/api/v1/actions/ua-12-26",
             "/actions/ua-12-26/badge.svg", "/en/actions/ua-12-26/share")  # fmt: skip
LISTS = ("/en/", "/en/listing", "/api/v1/actions")


@pytest.fixture
def scheduled(office, session) -> Action:
    action = an_action(session, published_at=None)
    done = office.get(PAGE).submit("Set this time", publish_on="2026-03-12", publish_at="09:30")
    assert "The action will be published by itself." in done.follow().soup.select_one(".said").get_text()
    session.refresh(action)
    return action


def test_the_office_sees_when_moves_it_and_takes_it_back(office, session, scheduled):
    assert scheduled.published_at == AT
    page = office.get(PAGE)
    assert "It will be published on March 12, 2026" in page.text
    assert page.soup.select_one("#publish_at")["value"] == "09:30"
    assert "will be published on March 12, 2026" in office.get("/en/dashboard/").text
    assert "sera publiée le" in office.get("/fr/dashboard/").text
    page.submit("Set this time", publish_on="2026-03-13", publish_at="18:00")
    office.get(PAGE).submit("Do not publish it then")
    session.refresh(scheduled)
    assert scheduled.published_at is None
    events = [line.event for line in session.query(AuditEntry).filter_by(subject="ua-12-26").order_by(AuditEntry.id)]
    assert events == ["publication scheduled", "publication scheduled", "publication cancelled"]
    assert "scheduled publication cancelled" in office.get("/en/dashboard/history?subject=ua-12-26").text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"publish_on": "", "publish_at": "09:30"}, "publish_on", "Choose the day."),
        ({"publish_on": "2026-03-12", "publish_at": ""}, "publish_at", "Choose the hour."),
        ({"publish_on": "2026-03-12", "publish_at": "half past"}, "publish_at", "Write the hour as 09:30."),
        ({"publish_on": "2026-03-12", "publish_at": "25:00"}, "publish_at", "Write the hour as 09:30."),
        ({"publish_on": "2026-03-09", "publish_at": "09:30"}, "publish_on", "still to come"),
        ({"publish_on": "2026-03-16", "publish_at": "09:30"}, "publish_on", "The deadline is March 15, 2026"),
    ],
)
def test_a_wrong_time_is_said_at_its_field_and_kept(office, session, typed, field, sentence):
    action = an_action(session, published_at=None)
    told = office.get(PAGE).submit("Set this time", **typed)
    assert (told.status, sentence in told.soup.select_one(f"#{field}-error").get_text()) == (422, True)
    assert told.soup.select_one("details:has(#publish_on)").has_attr("open")
    assert told.soup.select_one("#publish_at").get("value", "") == typed["publish_at"]
    session.refresh(action)
    assert action.published_at is None


def test_nothing_shows_it_before_the_instant_and_everything_at_it(reader, clock, session, scheduled):
    an_action(session, slug="ua-11-26", deadline=AT.date())
    clock.at = AT - timedelta(microseconds=1)
    for _ in range(2):  # the second time from what is kept
        assert [reader.get(path).status for path in ALL_OF_IT] == [404] * len(ALL_OF_IT)
        assert [path for path in LISTS if "ua-12-26" in reader.get(path).html] == []
    token = reader.get("/en/listing").headers["ETag"].strip('"')
    clock.at = AT
    assert [reader.get(path).status for path in ALL_OF_IT] == [200] * len(ALL_OF_IT)
    assert [path for path in LISTS if "ua-12-26" in reader.get(path).html] == [*LISTS]
    assert reader.get(f"/en/listing?v={token}").status == 200  # an open list gets the new action


def test_an_open_list_gets_an_action_that_joins_as_another_ends(reader, clock, session, scheduled):
    an_action(session, slug="ua-11-26", grace_days=0, closed_at=AT)
    clock.at = AT - timedelta(seconds=1)
    token = reader.get("/en/listing").headers["ETag"].strip('"')
    clock.at = AT
    assert reader.get(f"/en/listing?v={token}").status == 200


def test_a_group_sees_it_from_the_instant_on(of_a_group, session, clock):
    an_action(session, published_at=NOON + timedelta(hours=1))
    assert (of_a_group.get(PAGE).status, "ua-12-26" in of_a_group.get("/en/dashboard/").html) == (404, False)
    clock.pass_by(hours=1)
    assert (of_a_group.get(PAGE).status, "ua-12-26" in of_a_group.get("/en/dashboard/").html) == (200, True)


def test_who_cancels_too_late_is_told_so(office, session, clock):
    an_action(session, published_at=NOON + timedelta(hours=1))
    page = office.get(PAGE)
    clock.pass_by(hours=1)
    told = page.submit("Do not publish it then")
    assert (told.status, "is published already" in told.text) == (409, True)


def test_the_command_sets_the_time_too(app, session):
    action = an_action(session, published_at=None)
    run = app.test_cli_runner().invoke
    done = run(args=["actions", "publish", "ua-12-26", "--at", "2026-03-12T09:30"])
    assert (done.exit_code, done.output) == (0, "ua-12-26 will be published at 2026-03-12 09:30.\n")
    session.refresh(action)
    assert action.published_at == AT
    assert run(args=["actions", "publish", "ua-12-26", "--at", "2026-03-17T09:30"]).exit_code == 1
