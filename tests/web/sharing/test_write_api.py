"""The write API: programs make pledges, report letters and read pledges with a key, by the rules of the forms."""

import json
import uuid

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.factories import NOON, a_coordinator, a_group, a_pledge, a_report, an_action, an_api_key
from ua_tracker import tally
from ua_tracker.models import Action, ApiKey, AuditEntry, Group, Pledge, Report
from ua_tracker.web.sharing.openapi import DOCUMENT
from ua_tracker.web.sharing.write_api import problems

HERE = "/api/v1/actions/ua-12-26"
AMAL = {"name": "Amal", "letters": 3}


class Program:
    """A program with a key. Each answer is held against the description."""

    def __init__(self, app, key: str | None) -> None:
        self.client, self.key = app.test_client(), key

    def ask(self, method: str, path: str, body=None, once: str | None = "-", **headers):
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if method == "POST":
            sent["Content-Type"] = "application/json"
        if once:
            sent["Idempotency-Key"] = uuid.uuid4().hex if once == "-" else once
        data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
        answer = self.client.open(path, method=method, data=data, headers=sent | headers)
        require_described(method, path, answer)
        return answer

    def pledges(self, body=AMAL, **more):
        return self.ask("POST", f"{HERE}/pledges", body, **more)

    def reports(self, body, **more):
        return self.ask("POST", f"{HERE}/reports", body, **more)


def require_described(method: str, path: str, answer) -> None:
    """Fails unless the description has this answer to this request."""
    parts = path.partition("?")[0].split("/")
    [described] = [
        told for template, told in DOCUMENT["paths"].items()
        if len(template.split("/")) == len(parts)
        and all(part == asked or part[:1] == "{" for part, asked in zip(template.split("/"), parts, strict=True))
        and not (template.endswith("{slug}") and method != "GET")
    ]  # fmt: skip
    told = described[method.lower()]["responses"][str(answer.status_code)]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    if "content" in told:
        schema = {**told["content"][answer.mimetype]["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer.json)
        assert answer.json.get("status", answer.status_code) == answer.status_code


@pytest.fixture
def action(session):
    a_group(session)
    a_group(session, "halifax", "Halifax")
    return an_action(session)


@pytest.fixture
def office_key(app, session, action) -> Program:
    return Program(app, an_api_key(session))


def lines(action: Action, target: int = 2, copy: int = 1) -> dict:
    to = {"targets": action.targets[0].id, "copies": action.copies[0].id}
    counts = [{"recipient": to["targets"], "letters": target}, {"recipient": to["copies"], "letters": copy}]
    return {"letters": counts, "sent_on": "2026-03-09", "channel": "post"}


def test_a_program_pledges_reports_and_takes_back(office_key, session, action, reader):
    pledged = office_key.pledges().json
    assert (pledged["kind"], pledged["letters"], pledged["totals"]["letters_pledged"]) == ("pledge", 3, 3)
    assert reader.get(pledged["private_link"].removeprefix("http://localhost")).status == 200
    reported = office_key.reports(lines(action) | {"email": "amal@example.org"}).json
    assert (reported["letters"], reported["copies"], reported["counted"], reported["private_link"]) == (
        2,
        1,
        True,
        None,
    )
    assert {one.api_key_id for one in (session.query(Pledge).one(), session.query(Report).one())} == {1}
    for entry in (pledged, reported, reported):
        assert office_key.ask("DELETE", f"/api/v1/entries/{entry['id']}").status_code == 204
    session.rollback()
    assert tally.read(session, action.id).letters_sent == tally.read(session, action.id).pledges == 0
    assert session.query(ApiKey).one().last_used_on == NOON.date()


def test_letters_that_programs_reported_are_told_apart_in_public(office_key, session, action, reader):
    a_report(session, action, target=4, copy=0)
    office_key.reports(lines(action))
    told = json.loads(reader.get(HERE).text)["letters_reported_by"]
    assert told == {"private_link": 0, "evening": 0, "program": 2, "walk_in": 4}
    for lang, sentence in (
        ("en", "When this page was opened: 2 through other programs, 4 by others on this site."),
        ("fr", "À l’ouverture de la page : 2 par d’autres programmes, 4 par d’autres sur ce site."),
    ):
        page = " ".join(reader.get(f"/{lang}/actions/ua-12-26").text.replace("\u202f", " ").split())
        assert sentence in page.replace("\xa0", " ")
        assert "through private links" not in page  # nothing came that way
        assert "par lien privé" not in page


def problem(answer) -> tuple[int, str, list[str]]:
    """Status, type and pointers of a problem."""
    told = answer.json
    return answer.status_code, told["type"].rpartition("/")[2], [one["pointer"] for one in told["errors"]]


def test_a_key_is_taken_from_its_header_alone(app, session, office_key, office):
    """A coordinator's cookie opens nothing here, so that no other site can use it."""
    nobody = Program(app, None)
    nobody.client = office.client
    assert problem(nobody.pledges()) == (401, "key-refused", [])
    assert problem(nobody.ask("GET", f"{HERE}/pledges?key={office_key.key}")) == (401, "key-refused", [])
    assert nobody.ask("GET", "/api/v1/key").headers["WWW-Authenticate"] == 'Bearer realm="API"'
    for wrong in (f"Basic {office_key.key}", "Bearer", f"Bearer {office_key.key[:-1]}", "Bearer \xff"):
        assert nobody.ask("GET", "/api/v1/key", Authorization=wrong).status_code == 401
    told = Program(app, "uat_" + "0" * 46).ask("GET", "/api/v1/key")
    assert 'error="invalid_token"' in told.headers["WWW-Authenticate"]
    assert session.query(Pledge).count() == 0


def test_no_cookie_is_needed_and_another_site_is_no_reason_to_refuse(office_key):
    told = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site", "Cookie": "session=x"}
    assert office_key.pledges(**told).status_code == 201
    asked = office_key.client.options(f"{HERE}/pledges", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in asked.headers


def test_a_key_does_what_it_may_for_its_own_group(app, session, action):
    momo = a_coordinator(session, "momo@example.org", session.query(Group).filter_by(slug="montreal").one())
    program = Program(app, an_api_key(session, momo, "montreal", ("pledge",), days=7))
    assert program.pledges().json["group"] == "montreal"
    assert problem(program.pledges(AMAL | {"group": "halifax"})) == (403, "not-allowed", ["#/group"])
    assert problem(program.pledges(AMAL | {"group": "nowhere"})) == (422, "invalid", ["#/group"])
    refused = program.reports(lines(action))
    assert problem(refused) == (403, "not-allowed", [])
    assert 'scope="report"' in refused.headers["WWW-Authenticate"]
    assert program.ask("GET", f"{HERE}/pledges").status_code == 403
    told = program.ask("GET", "/api/v1/key").json
    assert (told["group"], told["rights"], told["expires_at"]) == ("montreal", ["pledge"], "2026-03-17T16:00:00Z")


def test_a_key_reads_the_pledges_of_its_own_group_page_by_page(app, session, action, clock):
    momo = a_coordinator(session, "momo@example.org", session.query(Group).filter_by(slug="montreal").one())
    for number in range(52):
        a_pledge(session, action, name=f"Amal {number}", group="montreal")
    a_pledge(session, action, name="Zoé", group="halifax")
    program = Program(app, an_api_key(session, momo, "montreal", ("read",)))
    first = program.ask("GET", f"{HERE}/pledges").json
    second = program.ask("GET", first["next"].removeprefix("http://localhost")).json
    names = [one["name"] for one in [*first["pledges"], *second["pledges"]]]
    assert names == [f"Amal {number}" for number in range(52)]
    assert second["next"] is None
    assert [one.event for one in session.query(AuditEntry).filter_by(actor="key 1")] == ["key read"]
    for query in ("after=1", "after=ua-pledge-x", "after=", "page=2"):
        assert program.ask("GET", f"{HERE}/pledges?{query}").status_code == 400
    assert program.ask("GET", f"{HERE}/pledges?after=ua-pledge-53").status_code == 404  # another group's
    whole = Program(app, an_api_key(session)).ask("GET", f"{HERE}/pledges?after=ua-pledge-52").json
    assert [one["name"] for one in whole["pledges"]] == ["Zoé"]


BROKEN = {
    "nothing": b"",
    "no JSON": b"{letters: 3}",
    "cut short": b'{"name": "Am',
    "no object": b"[1]",
    "no UTF-8": b'{"name": "\xff"}',
    "twice": b'{"name": "Amal", "letters": 1, "letters": 500}',
    "NaN": b'{"name": "Amal", "letters": NaN}',
    "infinite": b'{"name": "Amal", "letters": -Infinity}',
    "deep": b'{"name": ' + b"[" * 8000 + b"]" * 8000 + b"}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(office_key, session, body):
    assert problem(office_key.pledges(body)) == (400, "unreadable", [])
    assert session.query(Pledge).count() == 0


WRONG = {
    "unknown": (AMAL | {"nickname": "A", "a/b~": 1}, ["#/nickname", "#/a~1b~0"]),
    "types": ({"name": 3, "letters": "3", "email": [], "wants_outcome": "yes"},
              ["#/name", "#/email", "#/letters", "#/wants_outcome"]),
    "fraction": (AMAL | {"letters": 3.0}, ["#/letters"]),
    "truth": (AMAL | {"letters": True}, ["#/letters"]),
    "empty": ({}, ["#/name", "#/letters"]),
    "too many": (AMAL | {"letters": 501}, ["#/letters"]),
    "huge": ('{"name": "A", "letters": ' + "9" * 10_000 + "}", ["#/letters"]),
    "beyond numbers": ('{"name": "A", "letters": 1e999}', ["#/letters"]),
    "formula": (AMAL | {"name": "=1+1"}, ["#/name"]),
    "invisible": (AMAL | {"name": "\u200b\ud800"}, ["#/name"]),
    "address": (AMAL | {"email": "amal"}, ["#/email"]),
    "group": (AMAL | {"group": "a\0b\ud800"}, ["#/group"]),
    "day": (AMAL | {"write_on": "10 March"}, ["#/write_on"]),
    "past": (AMAL | {"write_on": "2026-03-01"}, ["#/write_on"]),
    "language": (AMAL | {"language": "tlh"}, ["#/language"]),
}  # fmt: skip


@pytest.mark.parametrize(("body", "pointers"), WRONG.values(), ids=WRONG)
def test_each_wrong_field_of_a_pledge_is_named(office_key, session, body, pointers):
    assert problem(office_key.pledges(body)) == (422, "invalid", pointers)
    assert session.query(Pledge).count() == 0


def test_each_wrong_field_of_a_report_is_named(office_key, session, action):
    good = lines(action)
    to = good["letters"][0]["recipient"]
    for change, pointers in (
        ({"letters": 3}, ["#/letters"]),
        ({"letters": []}, ["#/letters"]),
        ({"letters": [{"recipient": to, "letters": 0}]}, ["#/letters"]),
        ({"letters": [3, {"recipient": to}]}, ["#/letters/0", "#/letters/1/letters"]),
        ({"letters": [{"recipient": 99, "letters": 1}]}, ["#/letters/0/recipient"]),
        ({"letters": [{"recipient": to, "letters": 1}] * 2}, ["#/letters/1/recipient"]),
        ({"letters": [good["letters"][1], {"recipient": to, "letters": 501}]}, ["#/letters/1/letters"]),
        ({"letters": [{"recipient": to, "letters": -1, "x": 1}]}, ["#/letters/0/x"]),
        ({"sent_on": "2026-03-11"}, ["#/sent_on"]),
        ({"sent_on": None, "channel": "pigeon"}, ["#/sent_on", "#/channel"]),
    ):
        assert problem(office_key.reports(good | change)) == (422, "invalid", pointers), change
    assert session.query(Report).count() == 0


def test_the_headers_are_as_strict(office_key):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""):
        assert problem(office_key.pledges(**{"Content-Type": kind})) == (415, "not-json", [])
    assert office_key.pledges(**{"Content-Encoding": "gzip"}).status_code == 415
    assert problem(office_key.pledges(AMAL | {"name": "x" * 17_000})) == (413, "too-large", [])
    for once in (None, " ", "é", "x" * 201):
        assert problem(office_key.pledges(once=once)) == (400, "idempotency-key-missing", [])
    put = office_key.client.put(f"{HERE}/pledges")
    assert (put.status_code, put.mimetype, put.json["status"]) == (405, "application/problem+json", 405)


def test_a_request_that_is_sent_again_gets_the_same_answer_whatever_came_between(office_key, session, action, clock):
    first = office_key.pledges(once='"in-quotation-marks"')
    a_pledge(session, action)
    clock.pass_by(days=6)  # pledging has closed
    again = office_key.pledges(dict(reversed(AMAL.items())), once="in-quotation-marks")
    assert (again.status_code, again.data) == (201, first.data)
    assert problem(office_key.pledges(AMAL | {"letters": 4}, once="in-quotation-marks")) == (
        422, "idempotency-key-used", []
    )  # fmt: skip
    assert problem(office_key.reports(lines(action), once="in-quotation-marks"))[1] == "idempotency-key-used"
    office_key.ask("DELETE", f"/api/v1/entries/{first.json['id']}")
    late = office_key.ask("DELETE", "/api/v1/entries/99")
    assert problem(late) == (404, "not-found", [])


def test_it_is_too_late_when_it_is_too_late_for_the_forms(office_key, action, clock):
    clock.pass_by(days=6)
    assert problem(office_key.pledges()) == (409, "pledging-closed", [])
    assert problem(office_key.pledges({"name": ""})) == (409, "pledging-closed", [])
    assert office_key.reports(lines(action)).status_code == 201
    clock.pass_by(days=20)
    assert problem(office_key.reports(lines(action))) == (409, "reporting-closed", [])
    assert problem(office_key.ask("POST", "/api/v1/actions/nowhere/pledges", AMAL)) == (404, "not-found", [])


def test_sentences_are_in_the_language_that_is_asked_for(office_key):
    accepted = office_key.pledges({}, **{"Accept-Language": "fr-CA"}).json
    named = office_key.pledges({"language": "fr"}).json
    assert accepted["errors"] == named["errors"]
    assert "Écrivez" in named["errors"][0]["detail"]
    assert "Write" in office_key.pledges({}).json["errors"][0]["detail"]
    assert "/fr/pledges/" in office_key.pledges(AMAL | {"language": "fr"}).json["private_link"]


def test_an_address_that_looks_like_a_slip_is_stored_and_said(office_key, session):
    told = office_key.pledges(AMAL | {"email": "amal@gmial.com"}).json
    assert (told["email_meant"], told["private_link"]) == ("amal@gmail.com", None)
    assert session.query(Pledge).one().email == "amal@gmial.com"


def test_the_recipients_of_a_report_are_named_by_their_ids(office_key, action):
    told = office_key.ask("GET", f"{HERE}/recipients").json["recipients"]
    assert [(one["kind"], one["title"]) for one in told] == [("target", "Minister of Justice"), ("copy", "Ambassador")]
    assert [one["id"] for one in told] == [one.id for one in action.recipients]


def test_each_type_of_problem_says_what_it_is(office_key):
    for name, (status, _) in problems.TYPES.items():
        assert office_key.client.get(f"/api/v1/problems/{name}").json["status"] == status
    assert office_key.client.get("/api/v1/problems/none").status_code == 404


def test_a_key_has_a_limit_of_its_own_whatever_its_network(an_app, session, action):
    limited = an_app(RATELIMIT_ENABLED="yes")
    maker = a_coordinator(session)
    first, second = (Program(limited, an_api_key(session, maker)) for _ in range(2))
    statuses = [first.ask("GET", "/api/v1/key").status_code for _ in range(301)]
    assert statuses == [200] * 300 + [429]
    refused = first.pledges()
    assert problem(refused) == (429, "too-often", [])
    assert int(refused.headers["Retry-After"]) == 60
    assert second.pledges().status_code == 201


def test_an_answer_that_was_lost_after_the_entry_was_stored_is_given_again(an_app, session, action):
    app, lost = an_app(), []

    @app.after_request
    def lose(response):
        if not lost:
            lost.append(response.json)
            raise RuntimeError("the server ends here")
        return response

    app.config["PROPAGATE_EXCEPTIONS"] = False
    program = Program(app, an_api_key(session))
    assert problem(program.pledges(once="1")) == (500, "fault", [])
    assert program.pledges(once="1").json == lost[0]
    assert session.query(Pledge).count() == 1
