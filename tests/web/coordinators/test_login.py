"""Coordinators come in, others do not, and readers notice nothing."""

import logging
import re

import pytest
from sqlalchemy import select

from tests.factories import (
    NOON,
    PASSWORD,
    a_coordinator,
    a_group,
    a_pledge,
    a_report,
    a_webhook,
    an_action,
    an_api_key,
)
from tests.made_files import column, pdf, printed
from tests.reader import CoordinatorReader, Reader
from tests.web.coordinators.test_imports import uploaded
from ua_tracker import coordinators, evenings, letters
from ua_tracker.models import AuditEntry, Base, Coordinator
from ua_tracker.web import sessions

NEW = "four other plain words"
DASHBOARD = "/en/dashboard/"


@pytest.fixture
def visitor(app) -> CoordinatorReader:
    """Somebody whose browser keeps cookies, not signed in."""
    return CoordinatorReader(app)


def events(session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def next_code(app, session, coordinator, clock) -> str:
    """What the coordinator's authenticator shows half a minute later."""
    clock.pass_by(seconds=30)
    session.refresh(coordinator)
    with app.app_context():
        return sessions.totp().from_source(coordinator.codes_secret).generate(time=clock()).token


def turn_codes_on(reader, app, clock) -> list[str]:
    """Scans the key as an authenticator would, and turns codes on; answers the recovery codes."""
    page = reader.get("/en/dashboard/account/codes")
    key = page.soup.select_one("#key").get_text()
    with app.app_context():
        code = sessions.totp()(key=key).generate(time=clock()).token
    done = page.submit("Turn codes on", code=code)
    assert done.status == 200, done.text
    return [one.get_text() for one in done.soup.select(".recovery code")]


def test_an_invitation_a_password_and_the_dashboard(app, visitor, session):
    output = app.test_cli_runner().invoke(args=["coordinators", "add", "Oda@example.org", "--role", "office"]).output
    [path] = re.findall(r"127\.0\.0\.1:8000(/en/login/password/\S+)", output)
    page = visitor.get(path)
    assert "For oda@example.org." in page.text
    assert page.submit("Set this password", new_password="too short").status == 422
    page = page.submit("Set this password", new_password=PASSWORD).follow()
    assert "Your password is set. You are signed in." in page.soup.select_one(".said").get_text()
    assert "You are signed in as oda@example.org, for the office." in page.text
    assert visitor.get(path).status == 404
    assert "has been used" in visitor.get(path).text
    assert events(session) == ["invited", "password changed", "signed in"]


def test_after_a_link_for_a_new_password_one_signs_in_with_the_code(app, office, visitor, session, clock):
    turn_codes_on(office, app, clock)
    token = coordinators.reset_link(session, session.query(Coordinator).one(), clock())
    session.commit()
    page = visitor.get(f"/en/login/password/{token}").submit("Set this password", new_password=NEW).follow()
    page = page.submit("Sign in", email="oda@example.org", password=NEW)
    assert page.headers["Location"].startswith("/en/login/code")


def test_a_message_stands_below_the_menu_and_does_not_move_it(office):
    page = office.get("/en/dashboard/groups").submit("Add the group", name="Halifax", slug="halifax").follow()
    menu, message = page.soup.select(".who > *")
    assert (menu.name, message.get_text()) == ("nav", "The group is added.")


def test_looking_at_an_invitation_uses_nothing_up(app, visitor, session, clock):
    with app.app_context():
        token = coordinators.invite(session, "oda@example.org", "office", None, by="tests", now=clock())
        session.commit()
    path = f"/fr/login/password/{token}"
    for _ in range(3):
        assert visitor.get(path).status == 200
    clock.pass_by(days=7)
    over = visitor.get(path)
    assert over.status == 404
    assert "Si vous avez choisi un mot de passe, connectez-vous" in over.text
    assert over.soup.select_one('footer a[href="/fr/login"]')


def test_nobody_learns_which_addresses_have_an_account(app, visitor, session):
    a_coordinator(session)
    a_coordinator(session, "invited@example.org", password=None)
    answers = [visitor.sign_in(f"{name}@example.org", "a wrong password") for name in ("oda", "nobody", "invited")]
    assert {answer.status for answer in answers} == {422}
    assert len({answer.text for answer in answers}) == 1
    assert "This address and this password do not belong together." in answers[0].text
    assert visitor.get(DASHBOARD).status == 303


def test_after_signing_in_one_is_where_one_wanted_to_be(app, visitor, session):
    a_coordinator(session)
    page = visitor.get("/fr/dashboard/account?a=1").follow()
    answer = page.submit("Se connecter", email="oda@example.org", password=PASSWORD)
    assert answer.headers["Location"] == "/fr/dashboard/account?a=1"
    assert visitor.get("/en/login").headers["Location"] == DASHBOARD


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/en/dashboard/", "//evil.example", "/\\evil.example", "/en/dashboard/\\x", "/en/dashboards",
     "/en/actions/ua-12-26", "/en/dashboard/\r\nX: y", "javascript:alert(1)"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(visitor, session, elsewhere):
    a_coordinator(session)
    answer = visitor.sign_in("oda@example.org", PASSWORD, next=elsewhere)
    assert answer.headers["Location"] == DASHBOARD


def test_signing_out_takes_a_post_of_our_own_page(office):
    assert office.get("/en/login/out").status == 405
    assert office.post("/en/login/out", {}).status == 400
    assert office.get(DASHBOARD).submit("Sign out").status == 303
    assert office.get(DASHBOARD).status == 303


def test_a_removed_coordinator_is_out_at_once(app, of_a_group):
    assert of_a_group.get(DASHBOARD).status == 200
    app.test_cli_runner().invoke(args=["coordinators", "remove", "gus@example.org"])
    assert of_a_group.get(DASHBOARD).status == 303


def test_a_session_ends_after_twelve_hours(office, clock):
    clock.pass_by(hours=11, minutes=59)
    assert office.get(DASHBOARD).status == 200
    clock.pass_by(minutes=1)
    assert office.get(DASHBOARD).status == 303


def test_who_waits_too_long_for_the_code_begins_again(app, office, session, clock):
    turn_codes_on(office, app, clock)
    again = CoordinatorReader(app)
    page = again.sign_in("oda@example.org", PASSWORD).follow()
    clock.pass_by(minutes=10)
    assert page.submit("Sign in", code="123456").headers["Location"] == "/en/login"
    assert again.get("/en/login/code").headers["Location"] == "/en/login"


def test_a_one_time_password_leads_to_the_change_and_nowhere_else(app, visitor, session):
    from ua_tracker.cli.coordinators import set_up_first

    with app.app_context():
        [line] = set_up_first()
        assert set_up_first() == []
    password = re.search(r"password (\S+) at /en/login$", line)[1]
    assert visitor.sign_in("office@example.org", password).status == 303
    for path in (DASHBOARD, "/en/dashboard/account", "/en/dashboard/account/codes"):
        assert visitor.get(path).headers["Location"] == "/en/dashboard/account/password"
    page = visitor.get(DASHBOARD).follow()
    assert "Choose one of your own before you go on." in page.text
    page.submit("Change your password", password=password, new_password=NEW)
    assert visitor.get(DASHBOARD).status == 200
    assert events(session) == ["invited", "one-time password", "signed in", "password changed"]


def test_the_cookie_is_http_only_lax_and_secure_where_it_can_be(app, session):
    client = app.test_client()
    plain = client.get("/en/login").headers["Set-Cookie"]
    assert plain.startswith("session=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    over_https = client.get("/en/login", base_url="https://localhost").headers["Set-Cookie"]
    assert over_https.startswith("__Host-session=")
    assert "; Secure" in over_https
    assert "Path=/" in over_https
    assert "Domain" not in over_https


def test_readers_get_no_cookie_and_signed_in_coordinators_leave_public_answers_alone(reader, office, session):
    an_action(session)
    for path in ("/en/", "/en/actions/ua-12-26", "/en/actions/ua-12-26/counter", "/api/v1/actions", "/en/nowhere"):
        assert office.get(path).response.data == reader.get(path).response.data or "once_key" in office.get(path).html


def test_the_log_holds_no_address_password_or_token(app, visitor, session, caplog, clock):
    a_coordinator(session)
    token = coordinators.reset_link(session, session.scalars(select(Coordinator)).one(), clock())
    session.commit()
    with caplog.at_level(logging.DEBUG):
        visitor.get(f"/en/login/password/{token}")
        visitor.sign_in("oda@example.org", "a wrong password")
        visitor.sign_in("oda@example.org", PASSWORD)
        visitor.post("/en/login", {"email": "oda@example.org", "password": PASSWORD})
    for secret in ("oda@", PASSWORD, "a wrong password", token):
        assert secret not in caplog.text


def test_without_a_password_the_office_is_named_and_no_mail_is_promised(reader):
    assert "This site sends no mails." in reader.get("/en/login/forgotten").text
    assert "invitation" in reader.get("/fr/login/forgotten").text


def test_htmx_is_led_to_the_sign_in_page_as_a_whole(visitor):
    answer = visitor.get(DASHBOARD, headers={"HX-Request": "true"})
    assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/en/login?next=/en/dashboard/")


# Every address below the dashboard, those of a later day too.

SAMPLES = {"slug": "ua-12-26", "group": "montreal", "token": "x" * 32, "lang": "en", "what": "void"}
OTHERS = ("Amal of Montreal", "amal@example.org", "Rene of Montreal")


# What would make each change, if the address allowed it.
FILLED = {
    "people": "3", "letters-1": "5", "sent_on": "2026-03-09", "channel": "post", "group": "montreal", "once_key": "k",
    "reason": "good news", "shown": "x", "note": "A note.", "deadline": "2026-03-20", "name": "Taken over",
    "slug": "mine", "revision": "1", "paper_count": "3", "hours": "3", "most_letters": "9",
}  # fmt: skip


def token(reader: CoordinatorReader) -> str:
    """The token of the session's forms."""
    return reader.get("/en/dashboard/ua-12-26/evening").soup.select_one("[name=csrf_token]")["value"]


def everything(session) -> dict[str, list[tuple]]:
    """All rows of all tables."""
    session.rollback()
    return {one.name: sorted(map(repr, session.execute(select(one)))) for one in Base.metadata.sorted_tables}


def addresses(app, method: str) -> list[str]:
    """Every address below the dashboard that takes this method, filled with what the tests' database holds."""
    found, adapter = [], app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/<lang:lang>/dashboard") and method in rule.methods:
            for noun in ("pledges", "letters") if "noun" in rule.arguments else ("",):
                values = {name: {**SAMPLES, "noun": noun}.get(name, "1") for name in rule.arguments}
                found.append(adapter.build(rule.endpoint, values, method=method))
    assert found
    return sorted(found)


@pytest.fixture
def filled(session):
    """Somebody else's people: the group `montreal` has a pledge and a report."""
    action = an_action(session)
    a_group(session, "montreal")
    a_pledge(session, action, name="Amal of Montreal", email="amal@example.org", group="montreal")
    a_report(session, action, name="Rene of Montreal", group="montreal")
    evening = {"group": "montreal", "hours": 3, "most_letters": 9, "actor": "rosa", "now": NOON}
    letters.void(session, a_report(session, action, group="montreal"), "a slip", NOON, actor="rosa")  # the first event
    evenings.open_for(session, action, None, **evening)
    a_webhook(session, "https://crm.example.org/", group="montreal")
    an_api_key(session, group="montreal")
    session.commit()


def test_nobody_gets_through_to_any_address_of_the_dashboard(app, filled):
    stranger = Reader(app)
    for path in addresses(app, "GET"):
        answer = stranger.get(path)
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/en/login"), path
    for path in addresses(app, "POST"):
        assert stranger.post(path, {}).status == 303, path


def test_no_address_shows_a_coordinator_another_groups_people(app, filled, of_a_group):
    for path in addresses(app, "GET"):
        answer = of_a_group.get(path)
        assert answer.status < 500, path
        assert not [name for name in OTHERS if name in answer.html], path


def test_no_address_lets_a_coordinator_change_anything_of_another_group(app, filled, of_a_group, office, session):
    before = everything(session)
    answers = {}
    for path in addresses(app, "POST"):
        if not path.startswith("/en/dashboard/account"):  # one's own
            answers[path] = of_a_group.client.post(path, data={**FILLED, "csrf_token": token(of_a_group)}).status_code
    others = {path: status for path, status in answers.items() if status != 403}
    assert others == {
        "/en/dashboard/keys": 422,  # without its fields
        "/en/dashboard/keys/1/revoke": 404,
        "/en/dashboard/ua-12-26/corrections/1/undo": 409,  # nothing of the own group came of it
        "/en/dashboard/ua-12-26/evening": 422,  # the other group is not offered
        "/en/dashboard/ua-12-26/evenings": 422,
        "/en/dashboard/ua-12-26/evenings/1/close": 404,
        "/en/dashboard/ua-12-26/evenings/1/paper": 404,
        "/en/dashboard/ua-12-26/letters/1/void": 404,
        "/en/dashboard/ua-12-26/not-reported": 422,  # the own group's people, and the box was not ticked
        "/en/dashboard/ua-12-26/letters/void": 409,  # nothing of the own group matches
        "/en/dashboard/ua-12-26/pledges/1/void": 404,
        "/en/dashboard/ua-12-26/pledges/void": 409,
    }
    assert everything(session) == before
    for path in (
        "evening",
        "evenings",
        "evenings/1/close",
        "evenings/1/paper",
        "letters/1/void",
        "pledges/1/void",
        "close",
    ):  # what was sent would have done it
        sent = office.client.post(f"/en/dashboard/ua-12-26/{path}", data={**FILLED, "csrf_token": token(office)})
        assert sent.status_code == 303, path
    assert everything(session) != before


@pytest.fixture
def imported(office):
    """A PDF that the office has uploaded and not stored yet."""
    uploaded(office, pdf([printed(*column(40, 800, ["URGENT ACTION", "UA: 14/26 Index: AFR 22/0001/2026 Gabon"]))]))


def test_the_office_gets_through_to_every_address(app, filled, office, imported):
    for path in addresses(app, "GET"):
        assert office.get(path).status == 200, path


def test_no_address_takes_a_post_without_the_sessions_token(app, filled, office, imported):
    for path in addresses(app, "POST"):
        if path.endswith("/account/codes"):
            office.get(path)  # it hands out the secret that the post confirms
        assert office.post(path, {}).status == 400, path


def test_a_page_of_the_office_is_403_with_a_sentence_for_a_group(app, session):
    from ua_tracker.web.coordinators.login import require_coordinator

    @app.get("/<lang:lang>/dashboard/office-only")
    @require_coordinator(role="office")
    def office_only(coordinator):
        return coordinator.email

    a_coordinator(session, "gus@example.org", a_group(session))
    a_coordinator(session)
    gus, oda = CoordinatorReader(app), CoordinatorReader(app)
    gus.sign_in("gus@example.org", PASSWORD)
    oda.sign_in("oda@example.org", PASSWORD)
    answer = gus.get("/en/dashboard/office-only")
    assert answer.status == 403
    assert "This page is for coordinators of the office." in answer.text
    assert oda.client.get("/en/dashboard/office-only").text == "oda@example.org"
