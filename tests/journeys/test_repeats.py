"""An open page polls with the same bytes again and again: the running server answers them as it did the first time."""

import json
import re

import pytest

from tests.factories import NOON, a_report, an_action
from tests.journeys.test_log_lines import METRICS, metrics
from tests.raw import Raw, get
from tests.site import Site

COUNTER = "/en/actions/ua-12-26/counter"
POLL = get(COUNTER, "Connection: keep-alive")
_OF_THE_MOMENT = re.compile(rb"(?<=\r\n)(Date|X-Request-ID): [^\r]*")


@pytest.fixture
def action(session):
    return an_action(session)


@pytest.fixture
def site(database, action, session, tmp_path):
    """A server with one process that logs and counts each request."""
    session.commit()
    told = {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "METRICS_TOKEN": METRICS, "WEB_CONCURRENCY": "1"}
    running = Site(tmp_path, database, NOON, GUNICORN_CMD_ARGS="--access-logfile=- --workers=1", **told).start()
    yield running
    running.stop()


@pytest.fixture
def page(site):
    """The connection of an open page."""
    connection = Raw(site.port)
    yield connection
    connection.close()


def poll(page: Raw, request: bytes = POLL) -> tuple[bytes, bytes]:
    """The head of the answer, without what is of the moment, and its body."""
    _, body = page.send(request).answer()
    return _OF_THE_MOMENT.sub(b"", page.head), body


def test_every_poll_is_answered_as_the_first_and_has_an_id_and_a_line_of_its_own(site, page):
    polls, numbers = [], set()
    for _ in range(6):
        polls.append(poll(page))
        numbers.add(re.search(rb"X-Request-ID: ([^\r]+)", page.head)[1].decode())
        assert re.search(rb"\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n", page.head)
    assert (len(polls), len({*polls})) == (6, 1)
    assert polls[0][0].startswith(b"HTTP/1.1 200 OK\r\nServer: gunicorn\r\n")
    assert len(numbers) == 6
    route = "/<lang>/actions/<slug>/counter"
    [counted] = [value for name, value in metrics(site).items() if "requests_total" in name and f'"{route}"' in name]
    assert counted == 6
    site.stop()
    lines = [json.loads(line) for line in (site.folder / "log").read_text().splitlines()]
    logged = [line for line in lines if line.get("route") == route]
    assert {line["request"] for line in logged} == numbers
    assert {(line["method"], line["status"]) for line in logged} == {("GET", 200)}


def test_the_poll_after_a_report_shows_it_and_then_nothing_is_sent_until_the_next(site, page, session, action):
    before = poll(page)
    assert poll(page) == before
    a_report(session, action, target=5, copy=0)
    session.commit()
    after = poll(page)
    assert (after != before, poll(page)) == (True, after)
    token = re.search(rb'ETag: "([^"]+)"', after[0])[1].decode()
    shown = get(f"{COUNTER}?v={token}", "Connection: keep-alive")
    silent = [poll(page, shown) for _ in range(3)]
    assert [(head[:23], body) for head, body in silent] == [(b"HTTP/1.1 204 No Content", b"")] * 3
    a_report(session, action, target=1, copy=0)
    session.commit()
    assert poll(page, shown)[0].startswith(b"HTTP/1.1 200 OK")


def test_a_form_between_two_polls_is_read_as_ever(site, page):
    before = poll(page)
    assert page.send(get("/en/actions/ua-12-26")).answer()[0] == 200
    assert poll(page) == before
    assert page.send(POLL.replace(b"keep-alive", b"close")).answer()[0] == 200
    assert page.is_ended()
