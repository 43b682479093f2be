"""What only a socket can send: heads and bodies that end early, lie about their length, or break off in a chunk."""

import socket
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from tests import hostile
from tests.factories import an_action
from tests.journeys.test_at_the_deadline import a_form
from ua_tracker.models import Pledge

PATH = "/en/actions/ua-12-26/pledges"
LIMIT = 64 * 1024


def answer_to(site, sent: bytes, closes: bool = True) -> int:
    """The status of the server's answer to these bytes; 0 when it hangs up without one."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
        try:
            connection.sendall(sent)
            if closes:
                connection.shutdown(socket.SHUT_WR)
            received = connection.recv(65536)
        except OSError:
            return 0
    return int(received[9:12]) if received.startswith(b"HTTP/1.") else 0


def posted(body: bytes, *lines: str, path: str = PATH) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {hostile.FORM}", "Connection: close", *lines]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def asked(method: str = "GET", path: str = "/en/") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1")


def chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


CHUNKED = "Transfer-Encoding: chunked"
# What becomes of a good form on its way: its head's line and its body.
SPOILED = {
    "a chunk size of garbage": lambda form: (CHUNKED, chunks(form, end=b"zz\r\nx\r\n0\r\n\r\n")),
    "a chunk size below zero": lambda form: (CHUNKED, chunks(form, end=b"-5\r\nx\r\n")),
    "a chunk without an end": lambda form: (CHUNKED, chunks(form, end=b"ff\r\nshort")),
    "a chunk longer than it says": lambda form: (CHUNKED, chunks(form).replace(b"\r\n0", b"more\r\n0")),
    "chunks without an end": lambda form: (CHUNKED, chunks(form, end=b"")),
    "a trailer of garbage": lambda form: (CHUNKED, chunks(form, end=b"0\r\n\xff\xff\r\n\r\n")),
    "an early end": lambda form: (f"Content-Length: {len(form) + 100}", form),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_a_form_that_is_cut_short_is_never_taken(site, session, kind):
    an_action(session)
    form = urlencode({"name": "Amal", "letters": "2", **a_form(site)}).encode()
    line, body = SPOILED[kind](form)
    assert answer_to(site, posted(body, line)) in {0, 400}
    assert session.scalar(select(func.count()).select_from(Pledge)) == 0
    assert answer_to(site, posted(chunks(form[:20], form[20:]), CHUNKED)) == 303


def test_a_chunked_form_beyond_the_limit_is_413_wherever_it_is_cut(site, session):
    an_action(session)
    form = urlencode({"name": "Amal", "letters": "2", **a_form(site)}).encode() + b"&more="
    for size in (LIMIT + 1, LIMIT * 2):
        filled = form + b"x" * (size - len(form))
        pieces = [filled[start : start + 8000] for start in range(0, len(filled), 8000)]
        assert answer_to(site, posted(chunks(*pieces), CHUNKED), closes=False) == 413
    assert session.scalar(select(func.count()).select_from(Pledge)) == 0
    filled = form + b"x" * (LIMIT - len(form))
    assert answer_to(site, posted(chunks(filled[:9000], filled[9000:]), CHUNKED)) == 303


def test_no_line_of_the_table_costs_a_500_on_the_wire(site, session):
    an_action(session)
    lines = {(name, value) for table in (hostile.ALONE, hostile.TOGETHER) for name in table for value in table[name]}
    sent = [posted(b"name=a", f"{name}: {value}", "Content-Length: 6") for name, value in sorted(lines)]
    sent += [asked(path=path) for path in hostile.PATHS]
    sent += [asked(path=f"/en/?{query}") for query in hostile.QUERIES]
    sent += [asked(method) for method in hostile.METHODS]
    for kind, body in hostile.BODIES.values():
        sent.append(posted(body, f"Content-Type: {kind}", f"Content-Length: {len(body)}"))
    sent += [b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00" * 20]
    answers = {one[:120]: answer_to(site, one) for one in sent}
    assert {one: status for one, status in answers.items() if status >= 500 and status not in (501, 505)} == {}
    assert "Traceback" not in (site.folder / "log").read_text()
