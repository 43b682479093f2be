"""Addresses that refuse mails for good: at once, or in a bounce that comes back. No further mail goes there."""

import mailbox
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import NOON, PASSWORD, a_coordinator, a_group, a_pledge, an_action
from tests.reader import CoordinatorReader, Reader
from tests.web.test_mails import link_in
from tests.web.test_operations import migrated
from ua_tracker import bounces, jobs, mailings, outbox
from ua_tracker.mailings import REFUSED
from ua_tracker.models import Mail, RefusedAddress

PAGE = "/en/actions/ua-12-26"
AMAL = {"name": "Amal", "letters": "3", "email": "amal@example.org"}
NO_SUCH_USER = "550 5.1.1 <amal@example.org>: no such user"


@pytest.fixture
def server(mail_server):
    return mail_server


@pytest.fixture
def app(an_app, mail_server, tmp_path):
    """The app with a mail server and an address for bounces, which come to a Maildir."""
    mailbox.Maildir(tmp_path / "bounces", create=True)
    return an_app(
        MAIL_URL=mail_server.url,
        MAIL_FROM="Letters <letters@example.org>",
        PUBLIC_URL="http://localhost",
        BOUNCE_ADDRESS="bounces@example.org",
        BOUNCE_MAILBOX=f"maildir:{tmp_path / 'bounces'}",
    )


@pytest.fixture
def run(app):
    def flask(words: str, **kinds) -> str:
        return app.test_cli_runner().invoke(args=words.split(), **kinds).output

    return flask


def a_bounce(to: str, action: str = "failed", status: str = "5.1.1", recipient: str = "amal@example.org") -> bytes:
    """A bounce as Postfix makes it."""
    fields = f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n{fields}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Your pledge\r\n\r\n--b--\r\n"
    ).encode()


def an_mbox(folder: Path, *messages: bytes) -> Path:
    with closing(mailbox.mbox(folder / "bounces.mbox")) as box:
        for one in messages:
            box.add(one)
    return folder / "bounces.mbox"


def refused(session) -> list[RefusedAddress]:
    session.rollback()
    return list(session.scalars(select(RefusedAddress)))


def pledged(reader, session, run, clock) -> None:
    """Amal pledges and gets her link; the days before the deadline come, on which she would be reminded."""
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    run("outbox send")
    clock.at = NOON + timedelta(days=3)


def test_after_a_refusal_no_reminder_goes_to_the_address(reader, session, run, server, clock):
    server.answers[AMAL["email"]] = NO_SUCH_USER
    pledged(reader, session, run, clock)
    clock.at = NOON
    reader.get(PAGE).submit("I will write", **{**AMAL, "name": "Zoe", "email": "zoe@example.org"})
    run("outbox send")
    clock.at = NOON + timedelta(days=3)
    server.answers.clear()
    assert "1 queued." in run("reminders queue")
    run("outbox send")
    assert {mail["To"] for mail in server.mails} == {"zoe@example.org"}
    [row] = refused(session)
    assert (row.status, row.pledge_id) == ("5.1.1", 1)
    assert "amal" not in str(vars(row))
    assert all(mail.address is None for mail in session.scalars(select(Mail).where(Mail.ending != "given up")))


def test_a_mail_that_waited_when_the_address_was_refused_is_not_sent(session, app, run, server):
    for number in (1, 2):
        action = an_action(session, slug=f"ua-{number}-26")
        Reader(app).get(f"/en/actions/{action.slug}").submit("I will write", **AMAL)
    server.answers[AMAL["email"]] = NO_SUCH_USER
    told = run("outbox send")
    assert "1 pledge_made: given up (the address was refused: 550 5.1.1)" in told
    assert "1 pledge_made: not needed (the address was refused before)" in told
    assert len(refused(session)) == 2, "it is counted for both actions"


@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "452 4.2.2 mailbox full"])
def test_a_refusal_for_now_changes_nothing(reader, session, run, server, clock, answer):
    server.answers[AMAL["email"]] = answer
    pledged(reader, session, run, clock)
    assert refused(session) == []
    server.answers.clear()
    run("outbox send")
    assert "1 queued." in run("reminders queue")


def test_who_pledges_anew_once_the_mailbox_is_repaired_gets_mails_again(reader, session, run, server, clock):
    server.answers[AMAL["email"]] = NO_SUCH_USER
    pledged(reader, session, run, clock)
    server.answers.clear()
    reader.get(PAGE).submit("I will write", **{**AMAL, "email": " Amal@EXAMPLE.org"})
    assert "1 second_pledge: sent" in run("outbox send")
    assert refused(session) == []
    assert "1 queued." in run("reminders queue")


def test_each_mail_has_a_return_path_of_its_own_and_is_from_the_office(reader, session, run, server, clock):
    pledged(reader, session, run, clock)
    run("reminders queue")
    run("outbox send")
    assert len(set(server.senders)) == len(server.mails) == 2
    assert all(sender.startswith("bounces+") and sender.endswith("@example.org") for sender in server.senders)
    assert not any("@example.org" in sender.partition("@")[0] or "amal" in sender for sender in server.senders)
    assert {mail["From"] for mail in server.mails} == {"Letters <letters@example.org>"}
    assert not any(mail["Return-Path"] for mail in server.mails)


def test_a_bounce_on_standard_input_stops_the_mails_to_its_address(reader, session, run, server, clock):
    pledged(reader, session, run, clock)
    to = server.senders[0].upper()  # some servers write capitals
    told = run("outbox bounces -", input=a_bounce(to, recipient="somebody-else@example.org"))
    assert told.startswith("1 refused for good")
    assert [row.pledge_id for row in refused(session)] == [1]
    assert "0 queued." in run("reminders queue")
    assert run("outbox bounces -", input=a_bounce(to)).startswith("1 refused for good")
    assert len(refused(session)) == 1, "the same bounce again changes nothing"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": "4.4.7"}, "0 refused for good, 1 without"),
        ({"action": "delayed", "status": "4.4.1"}, "0 refused for good, 1 without"),
        ({"action": "delayed"}, "0 refused for good, 1 without"),
        ({"action": "delivered", "status": "2.0.0"}, "0 refused for good, 1 without"),
        ({"action": "relayed", "status": "2.0.0"}, "0 refused for good, 1 without"),
        ({"action": "Failed (no such user)", "status": "5.0.0 (unknown)"}, "1 refused for good"),
    ],
)
def test_only_what_failed_for_good_counts(reader, session, run, server, clock, changed, told):
    pledged(reader, session, run, clock)
    assert run("outbox bounces -", input=a_bounce(server.senders[0], **changed)).startswith(told)
    assert bool(refused(session)) == told.startswith("1")


def test_the_worker_and_doctor_know_when_the_mailbox_was_last_read(session, run, clock):
    migrated(session)
    assert "bounces: bounces@example.org, read each hour" in run("doctor")
    assert "outbox bounces: never done: run flask --app app work" in run("doctor")
    run("outbox bounces")
    assert "ok       outbox bounces: last done 2026-03-10 16:00 UTC" in run("doctor")
    assert [timed.kind for timed in jobs.due(session, NOON, "UTC", jobs.OF_MAILBOX)] == [jobs.QUEUE, jobs.PURGE]
    clock.pass_by(hours=3)
    assert "warning  outbox bounces: last done" in run("doctor")


def test_a_token_that_the_site_did_not_make_changes_nothing(reader, session, run, server, clock):
    pledged(reader, session, run, clock)
    token = server.senders[0].partition("+")[2].partition("@")[0]
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    forged = [f"bounces+{other}@example.org" for other in (wrong, "a" * 24, token[:23], token[::-1], "")]
    for to in (*forged, "bounces@example.org", AMAL["email"]):
        assert run("outbox bounces -", input=a_bounce(to)).startswith("0 refused for good, 0 without")
    mine = a_bounce("x@example.org") + b"\r\nTo: " + server.senders[0].encode()
    assert run("outbox bounces -", input=mine).startswith("0 refused"), "its text is not trusted"
    assert refused(session) == []


def test_a_mailbox_is_read_and_loses_only_what_was_stored(reader, session, run, server, clock, tmp_path):
    pledged(reader, session, run, clock)
    reply = EmailMessage()
    reply["To"], reply["Subject"] = server.senders[0], "Out of office"
    reply.set_content("Action: failed\nStatus: 5.1.1")
    box = mailbox.Maildir(tmp_path / "bounces")
    messages = (a_bounce(server.senders[0]), bytes(reply), b"\xff\x00 no message at all", b"")
    file = an_mbox(tmp_path, *messages)
    for one in messages:
        box.add(one)
    for source in ("", f" mbox:{file}"):
        assert run(f"outbox bounces{source}").startswith("1 refused for good, 0 without consequence, 3 no bounces")
    assert len(refused(session)) == 1
    assert (len(mailbox.Maildir(tmp_path / "bounces")), file.read_bytes().count(b"From MAILER-DAEMON")) == (3, 3)
    assert run("outbox bounces").startswith("0 refused for good, 0 without consequence, 0 no"), "each is read once"


def test_a_message_stays_for_another_time_when_it_cannot_be_stored(
    reader, session, app, run, server, clock, tmp_path, monkeypatch
):
    pledged(reader, session, run, clock)
    mailbox.Maildir(tmp_path / "bounces").add(a_bounce(server.senders[0]))
    file = an_mbox(tmp_path, a_bounce(server.senders[0]))
    with monkeypatch.context() as broken:
        broken.setattr(bounces.refused_addresses, "note", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        for words in (["outbox", "bounces"], ["outbox", "bounces", f"mbox:{file}"]):
            assert app.test_cli_runner().invoke(args=words).exit_code == 75
        piped = app.test_cli_runner().invoke(args=["outbox", "bounces", "-"], input=a_bounce(server.senders[0]))
        assert piped.exit_code == 75, "by which the mail server keeps it"
    for words in ("outbox bounces", f"outbox bounces mbox:{file}"):
        assert run(words).startswith("1 refused for good")


def test_a_bounce_of_an_address_that_was_erased_stores_nothing(reader, session, run, server, clock):
    an_action(session)
    reader.get(PAGE).submit("I will write", **AMAL)
    run("outbox send")
    page = reader.get(link_in(server.mails[0]))
    page.submit("Erase", sure="y")
    assert run("outbox bounces -", input=a_bounce(server.senders[0])).startswith("1 refused")
    assert refused(session) == []


def test_what_is_known_of_a_refusal_goes_with_the_address(reader, session, run, server, clock):
    pledged(reader, session, run, clock)
    page = reader.get(link_in(server.mails[0]))
    run("outbox bounces -", input=a_bounce(server.senders[0]))
    assert len(refused(session)) == 1
    page.submit("Remove my e-mail address")
    assert refused(session) == []
    clock.pass_by(days=15)
    run("outbox send")
    assert not [mail for mail in session.scalars(select(Mail)) if mail.recipient or mail.holder]


def test_a_purge_deletes_refusals_of_the_action_and_old_ones_of_nobody(session, run, clock, app):
    pledge = a_pledge(session, an_action(session), email="amal@example.org")
    for holder in ({"pledge_id": pledge.id}, {}):
        session.add(RefusedAddress(address_hash="0" * 64, status="5.1.1", refused_at=NOON, **holder))
    session.commit()
    clock.pass_by(days=100)
    run("retention purge")
    assert len(refused(session)) == 2
    clock.pass_by(days=200)
    run("retention purge")
    assert refused(session) == []


def test_the_dashboard_says_how_many_of_the_own_group_and_never_which(session, app, office, montreal):
    action, other = an_action(session), a_group(session, "halifax", "Halifax")
    a_coordinator(session, "hal@example.org", other)
    a_pledge(session, action, email="amal@example.org", once_key="1", group=None)
    bea = a_pledge(session, action, email="bea@example.org", once_key="2", group="montreal")
    for pledge_id in (1, bea.id):
        row = {"address_hash": str(pledge_id) * 64, "status": "5.1.1", "refused_at": NOON}
        session.add(RefusedAddress(**row, pledge_id=pledge_id))
    session.commit()
    path = "/en/dashboard/ua-12-26"
    assert "2 e-mail addresses of this action refuse mails" in office.get(path).text
    assert "One e-mail address of this action refuses mails" in montreal.get(path).text
    halifax = CoordinatorReader(app)
    halifax.sign_in("hal@example.org", PASSWORD)
    assert "refuse" not in halifax.get(path).text
    assert mailings.addressees(session, action, None, NOON).others == {REFUSED: 2}


def test_refusals_are_forgotten_on_demand(reader, session, run, server, clock):
    server.answers[AMAL["email"]] = NO_SUCH_USER
    pledged(reader, session, run, clock)
    assert "1 address gets mails again." in run("outbox retry --refused")
    assert refused(session) == []


def test_a_coordinator_whose_mailbox_refuses_gets_no_mail_about_what_is_held(session, run, server, clock):
    a_coordinator(session)
    for key in ("1", "2"):
        outbox.queue(session, kind="wrong_tries", to="oda@example.org", language="en", facts={}, once_key=key, now=NOON)
    session.commit()
    server.answers["oda@example.org"] = NO_SUCH_USER
    told = run("outbox send")
    assert "given up" in told
    assert "not needed (the address was refused before)" in told
