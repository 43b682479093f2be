"""No network address is in anything that the site stores, writes, mails, sends or shows, however it arrived."""

import gzip
import io
import json
import logging
import mailbox
import re
import uuid
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import NOTHING_HELD, PASSWORD, SECRET, a_coordinator, a_group, a_webhook, an_action, an_api_key
from tests.reader import CoordinatorReader, Reader
from tests.receiver import HERE, Receiver
from tests.web.test_bounces import a_bounce
from tests.web.test_operations import migrated, without_versions
from ua_tracker import evenings
from ua_tracker.models import Base, Report
from ua_tracker.web import evening_keys

__all__ = ["without_versions"]

PAGE = "/en/actions/ua-12-26"
TOKEN = "0123456789abcdef"
FOUR, SIX = "203.0.113.9", "2001:db8:77:1234::9"
# How an address can be written: as text, with other signs, as a number, in hexadecimal digits, and as bytes.
FORMS = {
    FOUR: rb"203[.:_-]0[.:_-]113|cb00:?7109|cb-00-71-09|3405803785|\xcb\x00\x71\x09",
    SIX: rb"2001:0?db8:0?0?77|20010db80077|42540766411282\d{20}|\x20\x01\x0d\xb8\x00\x77",
}
CASES = {
    "one hop": (FOUR, FOUR),
    "several hops": (FOUR, f"198.18.0.1, {FOUR}"),
    "no list": (FOUR, f",,{FOUR}"),
    "with a port": (FOUR, f"{FOUR}:4711"),
    "quoted": (FOUR, f'"{FOUR}"'),
    "mapped": (FOUR, f"::ffff:{FOUR}"),
    "translated": (FOUR, "64:ff9b::cb00:7109"),
    "6to4": (FOUR, "2002:cb00:7109::1"),
    "with words": (FOUR, f"for={FOUR};proto=http"),
    "six": (SIX, SIX),
    "six in brackets": (SIX, f"[{SIX}]:443"),
    "six in full, with a zone": (SIX, "2001:0DB8:0077:1234:0000:0000:0000:0009%eth0"),
}
EACH_TIME = ("mapped", "six")  # the others in the long series
OTHERS = ("Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Via", "X-Request-ID")


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def app(an_app, settings, tmp_path):
    """The app as it is shipped, behind one proxy, with mails, bounces, webhooks and numbers for operators."""
    for name in NOTHING_HELD:
        del settings[name]
    mailbox.Maildir(tmp_path / "bounces", create=True)
    return an_app(
        SECRET_KEY=SECRET, RATELIMIT_ENABLED="yes", TRUSTED_PROXIES="1", METRICS_TOKEN=TOKEN, PUBLIC_URL="http://localhost",
        WEBHOOK_NETWORKS=",".join(HERE), LOG_LEVEL="DEBUG", MAIL_FROM="Letters <letters@example.org>",
        BOUNCE_ADDRESS="bounces@example.org", BOUNCE_MAILBOX=f"maildir:{tmp_path / 'bounces'}",
    )  # fmt: skip


class Visitor(Reader):
    """Somebody whose address stands in every header in which one can stand; keeps all that is answered."""

    def __init__(self, app, forwarded: str, address: str, said: list[bytes]) -> None:
        super().__init__(app)
        self.said = said
        headers = {"X-Forwarded-For": forwarded, **dict.fromkeys(OTHERS, f"for={address}")}
        self._sent = {"headers": headers, "environ_overrides": {"REMOTE_ADDR": "127.0.0.1"}}

    def get(self, path, **more):
        return self.kept(self.client.get(path, **self._with(more)))

    def post(self, path, values, **more):
        return self.kept(self.client.post(path, data=values, **self._with(more)))

    def ask(self, path, body, **headers):
        return self.kept(self.client.post(path, json=body, **self._with({"headers": headers})))

    def kept(self, answer):
        page = self._read(answer)
        self.said += [page.body, str(page.headers).encode()]
        return page

    def _with(self, more: dict) -> dict:
        return {**self._sent, "headers": {**self._sent["headers"], **more.get("headers", {})}}


def entries(visitor: Visitor, clock, evening: str) -> None:
    """Reports and pledges that count, that are held, that are wrong, and those of an evening."""
    sent = {"letters-1": "2", "sent_on": "2026-03-10", "channel": "post"}
    for path, typed, seconds in (
        (f"{PAGE}/letters", sent, 30),
        (f"{PAGE}/letters", {**sent, "email": "b@example.org"}, 0),
        (f"{PAGE}/letters?evening={evening}", sent, 30),
        (f"{PAGE}/letters", {"letters-1": "many"}, 30),
        (PAGE, {"name": "Amal", "letters": "3", "email": "amal@example.org"}, 30),
        (PAGE, {"name": "Amal", "letters": "3", "website": "x"}, 30),
        (PAGE, {"name": "", "letters": "0"}, 30),
    ):
        form = visitor.get(path)
        clock.pass_by(seconds=seconds)
        button = "I will write" if path == PAGE else "Report these letters"
        target = form.form(button)["action"]
        answer = visitor.post(target, {**form.keys(button), **typed})
        assert answer.status in (200, 303, 422), (path, answer.status)
        if answer.status == 303:
            visitor.get(answer.headers["Location"])


def errors(visitor: Visitor, key: str) -> None:
    """Everything that is refused: pages, programs, too many, too large, and a fault of the site."""
    visitor.get("/en/nowhere")
    visitor.get(f"/en/pledges/{'x' * 43}")
    visitor.post("/en/login", {"email": "oda@example.org", "password": "wrong words here"})
    visitor.post(f"{PAGE}/letters", {"name": "x" * 3_000_000})
    visitor.ask("/api/v1/actions/ua-12-26/pledges", {"name": "A", "letters": 1}, Authorization="Bearer uat_nothing")
    once = {"Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex}
    visitor.ask("/api/v1/actions/ua-12-26/reports", {"sent_on": "2026-03-10"}, **once)
    visitor.ask("/api/v1/actions/ua-12-26/pledges", {"name": "Zoe", "letters": 1}, **once)
    form = visitor.get(PAGE).keys("I will write")
    found = {visitor.post(f"{PAGE}/pledges", {**form, "letters": "1"}).status for _ in range(100)}
    assert 429 in found
    assert visitor.get("/en/broken").status == 500


def office_reads(app, said: list[bytes]) -> None:
    """What a coordinator sees and saves."""
    office = CoordinatorReader(app)
    assert office.sign_in("oda@example.org", PASSWORD).status == 303
    for path in ("", "/pledges", "/letters", "/letters?state=held", "/letters/void", "/not-reported", "/evenings"):
        said.append(office.get(f"/en/dashboard/ua-12-26{path}").body)
    for path in ("history", "webhooks", "keys", "account"):
        said.append(office.get(f"/en/dashboard/{path}").body)
    for noun in ("pledges", "letters"):
        for suffix in ("csv", "csv?flavour=import", "xlsx", "csv?state=held"):
            answer = office.client.get(f"/en/dashboard/ua-12-26/{noun}.{suffix}")
            assert answer.status_code == 200
            said.append(answer.get_data())


def stored(session) -> bytes:
    """Every value of every table, as text."""
    session.rollback()
    tables = (session.execute(text(f"SELECT * FROM {name}")).all() for name in Base.metadata.tables)
    return repr([[tuple(row) for row in rows] for rows in tables]).encode()


def opened(data: bytes) -> list[bytes]:
    """The data, and what is packed in it."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return [parts.read(name) for name in parts.namelist()]
    return [data, gzip.decompress(data)] if data[:2] == b"\x1f\x8b" else [data]


@pytest.mark.parametrize(
    "case", [pytest.param(one, marks=[] if one in EACH_TIME else pytest.mark.walk) for one in CASES]
)
def test_no_address_is_stored_logged_mailed_sent_or_shown(app, clock, session, tmp_path, caplog, receiver, case):
    address, forwarded = CASES[case]
    caplog.set_level(logging.DEBUG)
    app.add_url_rule("/en/broken", view_func=lambda: 1 / 0)
    app.testing = False
    migrated(session)
    action, _, _ = an_action(session), a_group(session), a_coordinator(session)
    a_webhook(session, receiver.url, gives_people=True)
    key = an_api_key(session)
    opened_at = {"group": "montreal", "hours": 4, "most_letters": 300, "actor": "rosa", "now": clock()}
    evening = evenings.open_for(session, action, None, **opened_at)
    session.commit()
    with app.app_context():
        of_evening = evening_keys.key_of(evening)
    said: list[bytes] = []
    visitor = Visitor(app, forwarded, address, said)
    entries(visitor, clock, of_evening)
    errors(visitor, key)
    office_reads(app, said)
    said.append(json.dumps(app.test_client().get("/api/v1/actions/ua-12-26").json).encode())
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    said.append(answer.get_data())
    mailbox.Maildir(tmp_path / "bounces").add(a_bounce("bounces@example.org"))
    for words in ("outbox send", "outbox bounces", "doctor", f"backup {tmp_path / 'a.backup'}", "tally check"):
        said.append(app.test_cli_runner().invoke(args=words.split()).output.encode())
    assert receiver.taken
    said += [one.body.encode() + repr(one.headers).encode() for one in receiver.taken]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"a.backup"} <= {path.name for path in files}
    kept = {str(path): path.read_bytes() for path in files}
    everything = {**kept, "the database": stored(session), "the log": caplog.text.encode()}
    everything |= {f"answer {number}": one for number, one in enumerate(said)}
    found = {
        name: re.findall(FORMS[address], part, re.IGNORECASE)
        for name, data in everything.items()
        for part in opened(data)
        if re.search(FORMS[address], part, re.IGNORECASE)
    }
    assert found == {}
    sources = session.query(Report.source).filter(Report.source.is_not(None)).distinct().all()
    assert len(sources) == 1, "and all are known to be of one network"
    assert Path(tmp_path / "mail").exists()
