"""The end of a request, as the running server finds it in raw bytes: never in two ways, and never after a long wait."""

import json
import re
import shutil
import urllib.parse

import pytest
from sqlalchemy import select

from tests.factories import NOON, an_action, an_api_key
from tests.journeys.test_at_the_deadline import a_form
from tests.raw import FAR, KINDS, Raw, get, in_chunks, post
from tests.site import Site
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
HEALTHY = get(f"{PAGE}/counter")


@pytest.fixture
def database(sqlite_template, tmp_path) -> str:
    """SQLite alone: what is asked here comes before any database."""
    shutil.copy(sqlite_template, tmp_path / "ua_tracker.db")
    return f"sqlite:///{tmp_path / 'ua_tracker.db'}"


def pledges_in(session) -> list[tuple[str, int]]:
    session.rollback()
    return [(pledge.name, pledge.letters) for pledge in session.scalars(select(Pledge).order_by(Pledge.id))]


def a_filled_form(site, name: str) -> bytes:
    return urllib.parse.urlencode({"name": name, "letters": "3", **a_form(site)}).encode()


@pytest.fixture
def served(session, database, tmp_path):
    """The site, with an action."""
    an_action(session)
    running = Site(tmp_path, database, NOON).start()
    yield running
    running.stop()


@pytest.fixture
def raw(served):
    """Makes raw connections to the site, and closes them."""
    made = []

    def connect() -> Raw:
        made.append(Raw(served.port))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def bytewise(sent: bytes) -> list[bytes]:
    return [sent[at : at + 1] for at in range(len(sent))]


def test_a_request_may_come_in_any_pieces_and_several_at_once(raw, served, session):
    assert raw().send(*bytewise(HEALTHY)).answer()[0] == 200
    assert raw().send(HEALTHY[:-3], HEALTHY[-3:-2], HEALTHY[-2:]).answer()[0] == 200
    kept = raw()
    for _ in range(3):
        assert kept.send(HEALTHY).answer()[0] == 200
    piped = raw().send(HEALTHY * 5 + get("/en/nowhere") + HEALTHY[:20])
    assert [piped.answer()[0] for _ in range(6)] == [200] * 5 + [404]
    assert piped.send(HEALTHY[20:]).answer()[0] == 200
    assert raw().send(b"\r\n" + HEALTHY).answer()[0] == 200
    assert raw().send(HEALTHY.replace(b"GET", b"HEAD")).answer(of_head=True)[0] == 200
    old = raw().send(b"GET /en/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert (old.answer()[0], old.is_ended()) == (200, True)
    last = raw().send(get("/en/", "Connection: close"))
    assert (last.answer()[0], last.is_ended()) == (200, True)


def test_a_form_may_come_whole_in_chunks_with_trailers_or_after_leave(raw, served, session):
    path = f"{PAGE}/pledges"
    whole, chunked, trailed, leave = (a_filled_form(served, name) for name in ("Amal", "Zoe", "Rosa", "Oda"))
    assert raw().send(*bytewise(post(path, whole))).answer()[0] == 303
    assert raw().send(*bytewise(in_chunks(path, *bytewise(chunked)))).answer()[0] == 303
    connection = raw().send(in_chunks(path, trailed[:9], trailed[9:], trailers=b"X-Sum: 1\r\n") + HEALTHY)
    assert [connection.answer()[0] for _ in range(2)] == [303, 200]
    told = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(leave)}", "Expect: 100-continue")
    waiting = raw().send(post(path, b"", *told))
    assert waiting.answer()[0] == 100
    assert waiting.send(leave).answer()[0] == 303
    assert pledges_in(session) == [("Amal", 3), ("Zoe", 3), ("Rosa", 3), ("Oda", 3)]


def test_a_garbled_chunk_is_400_and_nothing_of_it_is_stored(raw, served, session):
    form = a_filled_form(served, "Amal")
    for size in (b"ZZ", b"-1", b"0x5", b"", b"1_0", b"FFFFFFFFFFFFFFFFFF", b"5;\x00=1", b" 5"):
        sent = in_chunks(f"{PAGE}/pledges", form).removesuffix(b"0\r\n\r\n") + size + b"\r\nabcde\r\n0\r\n\r\n"
        connection = raw().send(sent + HEALTHY)
        status, text = connection.answer()
        assert (status, connection.is_ended()) == (400, True)
        assert b"Traceback" not in text
    assert pledges_in(session) == []


HEADS = [
    (("Content-Length: 4", "Transfer-Encoding: chunked"), 400),
    (("Content-Length: 4", "Content-Length: 4"), 400),
    (("Content-Length: 4", "Content-Length: 40"), 400),
    (("Content-Length: +4",), 400),
    (("Content-Length : 4",), 400),
    (("Transfer-Encoding: chunked", "Transfer-Encoding: identity"), 400),
    (("Transfer-Encoding: gzip, chunked",), 501),
    (("Transfer-Encoding: xchunked",), 501),
    (("X: 1\r\n folded",), 400),
    (("X: 1\nContent-Length: 4",), 400),
    (("Bad Name: 1",), 400),
    (("Host: 127.0.0.1",), 400),
    (("Expect: the unexpected",), 417),
    (("X: " + "a" * 9000,), 431),
    (tuple(f"X-{number}: 1" for number in range(150)), 431),
    (("X: " + "a" * 20000,), 431),
    (("Content-Length: 140000",), 413),
    (("Content-Length: 140000", "Expect: 100-continue"), 413),
]


def test_a_head_that_can_be_read_in_two_ways_or_is_too_much_is_refused(raw):
    smuggled = b"0\r\n\r\nGET /en/nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for fields, status in HEADS:
        connection = raw().send(post(f"{PAGE}/pledges", smuggled, *fields))
        told, text = connection.answer()
        assert (told, connection.is_ended()) == (status, True), fields
        assert b"Traceback" not in text


def test_an_endless_body_is_answered_without_being_read_whole(raw, served, session):
    endless = raw().send(post(f"{PAGE}/pledges", b"", "Transfer-Encoding: chunked"))
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    try:
        for _ in range(10_000):  # forty megabytes
            endless.send(chunk)
    except OSError:
        pass
    else:
        pytest.fail("all of it was taken")
    assert raw().send(post(f"{PAGE}/pledges", b"a" * 70_000)).answer()[0] == 413
    text = raw().send(post(f"{PAGE}/pledges", b"", "Content-Length: 9999999")).answer()[1].decode()
    assert "This form is larger than this site takes." in text
    assert "Ce formulaire dépasse ce que ce site accepte" in text


def test_a_client_that_goes_in_the_middle_leaves_nothing(raw, served, session):
    form = a_filled_form(served, "Amal")
    for sent in (post(f"{PAGE}/pledges", form)[:-1], in_chunks(f"{PAGE}/pledges", form)[:-2]):
        raw().send(sent).close()
        for cut in (1, 20, 60, 180):
            raw().send(sent[:cut]).close()
    assert raw().send(HEALTHY).answer()[0] == 200
    assert pledges_in(session) == []


def test_a_client_that_sends_too_slowly_gets_an_error_and_is_disconnected(served, session):
    """The deadlines of the head (20 s) and of the body (30 s) pass; nothing is asserted of when."""
    clients = [KINDS[kind](served.port, PAGE) for kind in set(KINDS) - {"slow reader"}]
    for slow in clients:
        slow.socket.settimeout(FAR)
        text = slow.socket.makefile("rb").read()
        slow.socket.close()
        assert text.startswith(b"HTTP/1.1 408 ")
        assert b"took too long to arrive" in text
    assert pledges_in(session) == []


def test_a_slow_reader_gets_all_of_a_long_answer(raw, served):
    """Six answers for a client that reads nothing yet: they wait in memory, and every byte is the right one."""
    fast = raw().send(get("/files/htmx.min.js")).answer()[1]
    slow = KINDS["slow reader"](served.port, PAGE)
    slow.socket.settimeout(FAR)
    assert raw().send(HEALTHY).answer()[0] == 200
    reading = Raw.__new__(Raw)
    reading.socket, reading._read = slow.socket, b""
    assert [reading.answer() for _ in range(6)] == [(200, fast)] * 6
    slow.socket.close()


def test_a_thousand_kept_answers_sent_for_at_once_come_in_their_order(raw, served):
    raw().send(HEALTHY).answer()
    listing = get("/en/listing")
    raw().send(listing).answer()
    client = raw().send((HEALTHY + listing) * 500)
    answers = [client.answer() for _ in range(1000)]
    assert [status for status, _ in answers] == [200] * 1000
    assert len({body for _, body in answers[::2]}) == 1
    assert len({body for _, body in answers[1::2]}) == 1
    assert answers[0] != answers[1]


API = "/api/v1/actions/ua-12-26"
JSON = ("Content-Type: application/json", "Content-Length: 2")
# Requests of programs, and the status of what they get: from gunicorn, from the server in front of the site, or from
# the site itself.
OF_PROGRAMS = [
    (get("/api/v1/nowhere"), 404),
    (get("/api/v2/actions"), 404),
    (get("/api/"), 404),
    (get("/api/v1/actions/ua-99-99"), 404),
    (get("/api/v1/problems/nothing"), 404),
    (post("/api/v1/actions", b"{}", *JSON), 405),
    (get(f"{API}/reports"), 405),
    (post("/api/v1/openapi.json", b""), 405),
    (get("/api/v1/key"), 401),
    (get("/api/v1/key", "Authorization: Bearer uat_wrong"), 401),
    (get("/api/v1/key", "Authorization: Bearer \xe9"), 401),
    (get(f"{API}?\x00", "Host: 127.0.0.1"), 400),
    (get(API).replace(b"Host: 127.0.0.1", b"Host: elsewhere.example"), 400),
    (get(API).replace(b"Host: 127.0.0.1", b"Host: a b"), 400),
    (get(API).replace(b"HTTP/1.1", b"HTTP/9.9"), 400),
    (get(API).replace(b"GET", b"G{}T"), 400),
    (get(API, "Bad Name: 1"), 400),
    (get(API, "X: 1\nY: 2"), 400),
    (get(f"{API}?{'x' * 5000}"), 414),
    (get(API, "X: " + "a" * 9000), 431),
    (get(API, *(f"X-{number}: 1" for number in range(150))), 431),
    (get(API, "X: " + "a" * 20000), 431),
    (get(f"http://127.0.0.1{API}", "X: " + "a" * 20000), 431),
    (post(f"{API}/pledges", b"{}", *JSON, "Expect: the unexpected"), 417),
    (post(f"{API}/pledges", b"x" * 200_000), 413),
    (post(f"{API}/pledges", b"{}", "Content-Length: 2", "Content-Length: 2"), 400),
    (post(f"{API}/pledges", b"", "Transfer-Encoding: gzip, chunked"), 501),
    (post("/api/v1/entries", b"zz\r\n", "Transfer-Encoding: chunked"), 400),
]


def refused_as_problem(connection: Raw, status: int) -> dict:
    """The problem with which a request was answered, whose type says what it means."""
    told, body = connection.answer()
    assert told == status
    assert b"\r\ncontent-type: application/problem+json" in connection.head.lower(), connection.head
    assert b"\r\ncache-control: no-store" in connection.head.lower()
    problem = json.loads(body)
    assert {"type", "title", "status", "detail", "errors", "error"} == set(problem)
    assert problem["status"] == status
    assert problem["detail"] == problem["error"]
    assert not re.search(r"<|page|button|form\b", problem["detail"]), problem["detail"]
    return problem


def test_every_error_below_the_api_is_a_problem_whoever_answers(raw):
    for sent, status in OF_PROGRAMS:
        problem = refused_as_problem(raw().send(sent), status)
        if problem["type"] != "about:blank":
            kind = urllib.parse.urlsplit(problem["type"]).path
            meant, told = raw().send(get(kind)).answer()
            assert (meant, json.loads(told)["status"]) == (200, status), kind


def test_a_program_that_writes_wrongly_is_told_so_by_a_problem(raw, session, served):
    key = an_api_key(session)

    def refused(body: bytes, status: int, *fields: str) -> str:
        told = (f"Authorization: Bearer {key}", f"Content-Length: {len(body)}", *fields)
        sent = post(f"{API}/pledges", body, *(one for one in told if not one.endswith(": ")))
        return refused_as_problem(raw().send(sent), status)["type"].rpartition("/")[2]

    once, of_json = "Idempotency-Key: 1", "Content-Type: application/json"
    assert refused(b"{}", 400, of_json) == "idempotency-key-missing"
    assert refused(b"name=Amal", 415, once, "Content-Type: application/x-www-form-urlencoded") == "not-json"
    assert refused(b"{}", 415, once, of_json, "Content-Encoding: gzip") == "not-json"
    for damaged in (b"", b"{", b"[]", b'{"name": "A", "name": "B"}', b'{"letters": NaN}', b"\xff", b"[" * 9000):
        assert refused(damaged, 400, once, of_json) == "unreadable"
    assert refused(b" " * 20_000, 413, once, of_json) == "too-large"
    assert refused(b"{}", 422, once, of_json) == "invalid"


def test_what_people_ask_for_is_refused_in_words(raw):
    for sent in (get(f"{PAGE}?{'x' * 5000}"), get(PAGE, "X: " + "a" * 9000), get(PAGE, "Bad Name: 1")):
        connection = raw().send(sent)
        _, body = connection.answer()
        assert b"\r\nContent-Type: text/plain; charset=utf-8" in connection.head
        assert body.decode().count("\n") == 2, "a sentence in each language"
