"""Who guesses passwords or codes is stopped, and nobody is locked out by others."""

import json
import re

import argon2.low_level
import pytest
from sqlalchemy import func, select

from tests.factories import PASSWORD, a_coordinator
from tests.reader import CoordinatorReader, Page
from tests.web.coordinators.test_login import events, next_code, turn_codes_on
from ua_tracker import coordinators
from ua_tracker.models import Coordinator, CoordinatorSession, KnownSource, Mail, SignInTry
from ua_tracker.web import sessions

ODA = "oda@example.org"
TABLES = (CoordinatorSession, KnownSource, SignInTry)


def at(app, address: str = "127.0.0.1") -> CoordinatorReader:
    """A browser at this network address, which keeps its cookie."""
    reader = CoordinatorReader(app)
    reader.client.environ_base["REMOTE_ADDR"] = address
    return reader


def guesses(reader: CoordinatorReader, number: int, email: str = ODA) -> list[int]:
    """The statuses of so many wrong passwords."""
    page = reader.get("/en/login")
    return [page.submit("Sign in", email=email, password="guess").status for _ in range(number)]


def mails(session) -> list[Mail]:
    session.rollback()
    return list(session.scalars(select(Mail).where(Mail.kind == "wrong_tries")))


def test_too_many_wrong_tries_are_429_with_a_sentence_and_one_line_of_history(app, an_app, session):
    a_coordinator(session)
    a_coordinator(session, "gus@example.org")
    thief = at(app)
    assert guesses(thief, 10) == [422] * 10
    for email in (ODA, "ODA@example.org "):
        answer = thief.sign_in(email, PASSWORD)
        assert answer.status == 429
        assert "Wait a quarter of an hour" in answer.text
        assert PASSWORD not in answer.html
        assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert at(an_app()).sign_in(ODA, PASSWORD).status == 429  # another process, or the same one started anew
    assert thief.sign_in("gus@example.org", PASSWORD).status == 303
    assert events(session).count("locked out") == 1


def test_a_quarter_of_an_hour_later_there_are_ten_more_and_fifty_a_day(app, session, clock):
    a_coordinator(session)
    thief = at(app)
    for _ in range(5):
        assert guesses(thief, 11) == [422] * 10 + [429]
        clock.pass_by(minutes=15)
    for hours in (0, 22):
        clock.pass_by(hours=hours)
        told = thief.sign_in(ODA, PASSWORD)
        assert (told.status, "after fifty within a day wait a day" in told.text) == (429, True)
    clock.pass_by(hours=1)
    assert thief.sign_in(ODA, PASSWORD).status == 303


def test_midnight_opens_no_further_tries(app, session, clock):
    a_coordinator(session)
    clock.at = clock.at.replace(hour=23, minute=59)
    thief = at(app)
    assert guesses(thief, 10) == [422] * 10
    clock.pass_by(minutes=2)
    assert guesses(thief, 1) == [429]


@pytest.mark.parametrize(
    "spellings",
    [
        [f"{ODA}{character * number}" for number, character in enumerate("\x01 \0\t\x01\0 \x01\x02\x03\0")],
        [" Oda@EXAMPLE.org", "oda@example.org", "ODA@example.org", "oda@\uff45xample.org", "oda@example\u3002org",
         "\uff4fda@example.org", *("oda@ex" + "\ufe0f" * number + "ample.org" for number in range(6))],
    ],
    ids=["characters around it", "letters and domains"],
)  # fmt: skip
def test_another_spelling_of_the_address_opens_no_further_tries(app, session, spellings):
    a_coordinator(session)
    page = at(app).get("/en/login")
    tried = [page.submit("Sign in", email=spelling, password="guess").status for spelling in spellings]
    assert (set(tried[:10]), set(tried[10:])) == ({422}, {429})


def test_a_body_of_another_kind_is_counted_too(app, session):
    a_coordinator(session)
    thief = at(app)
    token = thief.get("/en/login").keys("Sign in")["csrf_token"]
    body = json.dumps({"email": ODA, "password": "guess", "csrf_token": token})
    send = lambda: thief.client.post("/en/login", data=body, content_type="application/json")  # noqa: E731
    assert 429 not in [send().status_code for _ in range(10)]
    if session.scalar(select(func.count()).select_from(SignInTry)):  # such a body is read as a form
        assert send().status_code == 429
    assert at(app).sign_in(ODA, "").status == 422


def test_a_network_of_ipv6_is_one_source_and_a_port_makes_no_other(app, session):
    a_coordinator(session)
    for number in range(10):
        assert guesses(at(app, f"2001:db8:1:2:{number:x}::1"), 1) == [422]
    assert guesses(at(app, "2001:db8:1:2:ffff::9"), 1) == [429]
    assert guesses(at(app, "2001:db8:1:3::1"), 1) == [422]


def test_nobody_locks_anothers_account_from_elsewhere(app, session):
    a_coordinator(session)
    assert at(app, "198.51.100.7").sign_in(ODA, PASSWORD).status == 303  # at home
    for number in range(3):
        assert guesses(at(app, f"203.0.113.{number}"), 10) == [422] * 10
    assert guesses(at(app, "203.0.113.99"), 1) == [429]
    assert at(app, "192.0.2.1").sign_in(ODA, PASSWORD).status == 429  # a stranger, or Oda on a journey
    assert guesses(at(app, "198.51.100.7"), 1) == [422]
    assert at(app, "198.51.100.7").sign_in(ODA, PASSWORD).status == 303


def test_where_one_signed_in_a_month_ago_is_known_no_more(app, session, clock):
    a_coordinator(session)
    assert at(app, "198.51.100.7").sign_in(ODA, PASSWORD).status == 303
    clock.pass_by(days=29, hours=23)
    for number in range(3):
        guesses(at(app, f"203.0.113.{number}"), 10)
    clock.pass_by(minutes=10)
    assert at(app, "198.51.100.7").sign_in(ODA, PASSWORD).status == 303
    clock.pass_by(days=30)
    for number in range(3):
        guesses(at(app, f"203.0.113.{number}"), 10)
    assert at(app, "198.51.100.7").sign_in(ODA, PASSWORD).status == 429


def test_the_owner_gets_a_mail_once_a_day_and_the_link_in_a_mail_gives_access(app, session, clock):
    oda = a_coordinator(session)
    for number in range(4):
        guesses(at(app, f"203.0.113.{number}"), 10)
    [mail] = mails(session)
    assert (mail.address, mail.language) == (ODA, "en")
    clock.pass_by(days=1)
    guesses(at(app, "203.0.113.1"), 11)
    assert len(mails(session)) == 2
    for number in range(2, 5):
        guesses(at(app, f"203.0.113.{number}"), 10)
    away = at(app, "192.0.2.1")
    assert away.sign_in(ODA, PASSWORD).status == 429
    token = coordinators.reset_link(session, session.merge(oda), clock())
    session.commit()
    away.get(f"/en/login/password/{token}").submit("Set this password", new_password="four other plain words")
    assert away.sign_in(ODA, "four other plain words").status == 303


def test_the_mail_says_what_to_do(app, session):
    a_coordinator(session)
    guesses(at(app), 11)
    app.test_cli_runner().invoke(args=["outbox", "send"])
    from pathlib import Path

    [file] = Path(app.instance_path, "mail").iterdir()
    text = file.read_text()
    assert "Many wrong passwords for your account" in text
    assert "/en/login/forgotten" in text


def test_an_address_that_tries_many_accounts_is_stopped_and_hinders_no_known_neighbour(app, session):
    a_coordinator(session)
    a_coordinator(session, "gus@example.org")
    assert at(app).sign_in(ODA, PASSWORD).status == 303
    thief = at(app)
    page = thief.get("/en/login")
    tried = [page.submit("Sign in", email=f"person{one}@example.org", password="guess").status for one in range(41)]
    assert (set(tried[:40]), tried[40]) == ({422}, 429)
    assert at(app).sign_in(ODA, PASSWORD).status == 303
    assert at(app).sign_in("gus@example.org", PASSWORD).status == 429
    assert "locked out" not in events(session)


def test_right_passwords_are_not_counted(app, session):
    a_coordinator(session)
    assert {at(app).sign_in(ODA, PASSWORD).status for _ in range(41)} == {303}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SignInTry)) == 0


def test_unknown_addresses_are_counted_and_answered_as_known_ones(app, session):
    a_coordinator(session)
    a_coordinator(session, "invited@example.org", password=None)

    def answers(email: str, address: str) -> list[tuple[int, str, str | None]]:
        pages: list[Page] = [at(app, address).sign_in(email, "guess") for _ in range(12)]
        return [(page.status, page.text.replace(email, ""), page.headers.get("Retry-After")) for page in pages]

    known = answers(ODA, "203.0.113.1")
    assert answers("nobody@example.org", "203.0.113.2") == known
    assert answers("invited@example.org", "203.0.113.3") == known
    assert [status for status, _, _ in known] == [422] * 10 + [429] * 2


def test_as_much_is_computed_for_an_unknown_address_as_for_a_known_one(app, session, monkeypatch):
    """The promise of an equal time: the same hashes, at the same cost, for everybody's wrong password."""
    oda = a_coordinator(session)
    a_coordinator(session, "invited@example.org", password=None)
    with app.app_context():
        oda.password_hash = sessions.hashed(PASSWORD)
    session.commit()
    computed: list[str] = []
    hashing, verifying = argon2.low_level.hash_secret, argon2.low_level.verify_secret

    def noted(costs: str) -> None:
        computed.append(re.search(r"m=\d+,t=\d+,p=\d+", costs)[0])

    def hash_secret(*args, **kinds):
        made = hashing(*args, **kinds)
        noted(made.decode())
        return made

    def verify_secret(stored, *args, **kinds):
        noted(stored.decode() if isinstance(stored, bytes) else stored)
        return verifying(stored, *args, **kinds)

    monkeypatch.setattr("argon2.low_level.hash_secret", hash_secret)
    monkeypatch.setattr("argon2.low_level.verify_secret", verify_secret)

    def costs_of(email: str) -> list[str]:
        computed.clear()
        assert at(app).sign_in(email, "a wrong password").status == 422
        return list(computed)

    known = costs_of(ODA)
    assert len(known) == 1
    assert costs_of("nobody@example.org") == known
    assert costs_of("invited@example.org") == known
    assert costs_of("no address at all") == known


def test_a_code_cannot_be_guessed_for_long_nor_a_recovery_code(app, office, session, clock):
    turn_codes_on(office, app, clock)
    thief = at(app, "203.0.113.1")
    page = thief.sign_in(ODA, PASSWORD).follow()
    tried = [page.submit("Sign in", code=code).status for code in
             [*(f"{one:06}" for one in range(6)), *(f"2345-6789-abcd-efg{last}" for last in "hjkmn")]]  # fmt: skip
    assert (set(tried[:10]), tried[10]) == ({422}, 429)
    session.expire_all()
    code = next_code(app, session, session.scalars(select(Coordinator)).one(), clock)
    assert page.submit("Sign in", code=code).status == 429
    assert "locked out" in events(session)


def test_signed_in_one_cannot_guess_the_password_either(office):
    page = office.get("/en/dashboard/account/password")
    typed = {"password": "guess", "new_password": "four other plain words"}
    tried = [page.submit("Change your password", **typed).status for _ in range(11)]
    assert (set(tried[:10]), tried[10]) == ({422}, 429)


@pytest.mark.parametrize("email", [ODA, "nobody@example.org"])
def test_requests_for_links_are_limited(app, session, email):
    a_coordinator(session)
    asking = at(app)
    token = asking.get("/en/login").keys("Sign in")["csrf_token"]
    tried = [asking.post("/en/login/forgotten", {"email": email, "csrf_token": token}) for _ in range(21)]
    assert ({one.status for one in tried[:20]}, tried[20].status) == ({303}, 429)
    assert "asked for too often" in tried[20].text


def test_tries_of_tokens_are_limited(app, session, clock):
    a_coordinator(session)
    thief = at(app)
    tried = [thief.get(f"/en/login/password/{number:032}").status for number in range(41)]
    assert (set(tried[:40]), tried[40]) == ({404}, 429)
    assert at(app).sign_in(ODA, PASSWORD).status == 303  # passwords are counted for themselves


def test_the_command_that_forgets_people_forgets_from_where_coordinators_came(app, session, clock):
    a_coordinator(session)
    at(app).sign_in(ODA, PASSWORD)
    guesses(at(app), 1)
    clock.pass_by(days=29)
    app.test_cli_runner().invoke(args=["retention", "purge"])
    kept = [session.scalar(select(func.count()).select_from(one)) for one in TABLES]
    session.rollback()
    clock.pass_by(days=1)
    app.test_cli_runner().invoke(args=["retention", "purge"])
    assert kept == [0, 1, 0]
    assert [session.scalar(select(func.count()).select_from(one)) for one in TABLES] == [0, 0, 0]


def test_what_was_counted_is_forgotten_after_a_day(app, session, clock):
    for number in range(30):
        guesses(at(app, f"203.0.113.{number}"), 1, f"nobody{number}@example.org")
    clock.pass_by(days=1)
    guesses(at(app), 1)
    session.rollback()
    [left] = session.scalars(select(SignInTry))
    for kept in (left.account, left.source):
        assert re.fullmatch("[0-9a-f]{32}", kept)
