"""What may be wrong with an installation, each with what to do."""

import socket
import threading
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from dns.resolver import Resolver

from tests.factories import NOON, a_pledge, a_webhook, an_action
from tests.mail_server import MailServer
from ua_tracker import doctor, jobs, mailing

GOOD = {"SECRET_KEY": "x" * 40, "PUBLIC_URL": "https://letters.example.org"}
NAMES = ["SECRET_KEY", "PUBLIC_URL", "RETENTION_DAYS"]


def levels(findings) -> dict[str, str]:
    return {one.about: one.level for one in findings}


def test_settings_in_order_are_ok():
    assert set(levels(doctor.of_settings({"PATH": "/bin", "SECRET_KEY": "x"}, NAMES, GOOD)).values()) == {"ok"}


@pytest.mark.parametrize(
    ("environ", "changes", "about", "told"),
    [
        ({"PUBLIC_ULR": "x"}, {}, "settings", "is PUBLIC_URL meant?"),
        ({"RETENTION_DAY": "x"}, {}, "settings", "is RETENTION_DAYS meant?"),
        ({}, {"SECRET_KEY": "short"}, "secret key", "longer"),
        ({}, {"PUBLIC_URL": ""}, "public URL", "not set"),
        ({}, {"PUBLIC_URL": "http://letters.example.org"}, "public URL", "give https"),
        ({"GUNICORN_CMD_ARGS": "--worker-class=gevent"}, {}, "server", "worker class"),
    ],
)
def test_what_is_doubtful_in_the_settings_is_a_warning(environ, changes, about, told):
    [found] = [one for one in doctor.of_settings(environ, NAMES, {**GOOD, **changes}) if one.level == "warning"]
    assert found.about == about
    assert told in found.told
    assert "short" not in found.told


def test_a_clock_behind_the_newest_row_is_a_fault(session):
    a_pledge(session, an_action(session), email="amal@example.org")
    now = NOON if session.get_bind().dialect.name == "sqlite" else None
    if now is None:  # PostgreSQL has a clock of its own, far from the tests'
        assert levels(doctor.of_clock(session.connection(), NOON))["clock"] == "fault"
        return
    assert levels(doctor.of_clock(session.connection(), now))["clock"] == "ok"
    assert levels(doctor.of_clock(session.connection(), now - timedelta(hours=1)))["clock"] == "fault"


def test_files_that_others_can_read_are_a_fault(tmp_path):
    file = tmp_path / "x.db"
    file.touch(0o600)
    assert levels(doctor.of_files([tmp_path], file))["database file"] == "ok"
    file.chmod(0o644)
    assert "fault" in [one.level for one in doctor.of_files([Path(tmp_path)], file)]


def test_the_mail_server_is_greeted_and_gets_no_mail():
    server = MailServer().up()
    try:
        sender = mailing.sender_of("letters@example.org")
        assert levels(doctor.of_mail_server(mailing.server_of(server.url), sender)) == {
            "mail server": "ok",
            "addresses": "ok",
        }
        assert server.mails == []
    finally:
        server.down()
    assert levels(doctor.of_mail_server(mailing.server_of(server.url), sender)) == {"mail server": "fault"}
    assert levels(doctor.of_mail_server(None, None)) == {"mail server": "warning"}


def test_mails_that_wait_and_jobs_that_are_not_done_are_found(session):
    a_pledge(session, an_action(session), email="amal@example.org")
    found = levels(doctor.of_jobs(session, NOON))
    assert found == {"outbox": "ok", jobs.SEND: "warning", jobs.QUEUE: "warning", jobs.PURGE: "warning"}
    for kind in (jobs.SEND, jobs.QUEUE, jobs.PURGE):
        jobs.note_done(session, kind, NOON)
    later = doctor.of_jobs(session, NOON + timedelta(hours=1))
    assert levels(later) == {"outbox": "fault", jobs.SEND: "warning", jobs.QUEUE: "ok", jobs.PURGE: "ok"}


class NameServer:
    """A name server that knows these records, as {("example.org.", "TXT"): ["…"]}, and no other name."""

    def __init__(self, **records: str) -> None:
        self._records = records
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.resolver = Resolver(configure=False)
        self.resolver.nameservers, self.resolver.port = ["127.0.0.1"], self._socket.getsockname()[1]
        self._answering = threading.Thread(target=self._answer, daemon=True)
        self._answering.start()

    def _answer(self) -> None:
        while True:
            asked, client = self._socket.recvfrom(4096)
            if not asked:
                return
            query = dns.message.from_wire(asked)
            response, [question] = dns.message.make_response(query), query.question
            name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
            if value := self._records.get(f"{name} {kind}"):
                response.answer.append(dns.rrset.from_text(name, 60, "IN", kind, value))
            elif not any(one.startswith(f"{name} ") for one in self._records):
                response.set_rcode(dns.rcode.NXDOMAIN)
            self._socket.sendto(response.to_wire(), client)

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.resolver.port))
        self._answering.join()
        self._socket.close()


GOOD_DOMAIN = {
    "example.org. MX": "10 mail.example.org.",
    "example.org. TXT": '"v=spf1 mx -all"',
    "_dmarc.example.org. TXT": '"v=DMARC1; p=none"',
}


@pytest.mark.parametrize(
    ("absent", "level", "told"),
    [
        ((), "ok", "has MX, SPF and DMARC"),
        (("example.org. TXT",), "warning", "v=spf1"),
        (("_dmarc.example.org. TXT",), "warning", "_dmarc.example.org has no"),
        (("example.org. MX",), "warning", "takes no mail"),
        (tuple(GOOD_DOMAIN), "fault", "there is no domain example.org"),
    ],
)
def test_what_name_servers_say_about_the_domain_of_the_sender(absent, level, told):
    server = NameServer(**{name: value for name, value in GOOD_DOMAIN.items() if name not in absent})
    try:
        [found] = doctor.of_mail_domain(Address(username="letters", domain="example.org"), server.resolver)
    finally:
        server.stop()
    assert (found.level, found.about) == (level, "mail domain")
    assert told in found.told


def test_a_backup_that_was_not_made_for_days_is_a_warning(session):
    [never] = doctor.of_backups(session, NOON)
    jobs.note_done(session, jobs.BACKUP, NOON)
    [new], [old] = (list(doctor.of_backups(session, NOON + timedelta(days=days))) for days in (1, 3))
    assert [one.level for one in (never, new, old)] == ["warning", "ok", "warning"]
    assert "last done 2026-03-10 16:00 UTC: run" in old.told


def test_a_webhook_that_was_given_up_is_a_warning(session):
    assert list(doctor.of_webhooks(session)) == []
    hook = a_webhook(session, "https://crm.example.org/?key=secret")
    hook.is_on, hook.off_reason, hook.off_at = False, "given up", NOON
    [found] = doctor.of_webhooks(session)
    assert (found.level, "secret" in found.told) == ("warning", False)
