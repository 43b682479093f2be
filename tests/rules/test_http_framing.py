"""The end of a request is found however its bytes arrive, and whatever they are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ua_tracker import refusals
from ua_tracker.http_framing import MOST_HEAD, Incoming

GET = b"GET /en/ HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /en/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab\r\nc"
CHUNKED = b"POST /en/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = CHUNKED + b'3\r\nabc\r\nA;x="y"\r\n0123456789\r\n0\r\n\r\n'
TRAILED = CHUNKED + b"1\r\na\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"
EMPTY = b"GET / HTTP/1.0\r\n\r\n"
WHOLE = [GET, POST, CHUNKS, TRAILED, EMPTY, b"\r\n" + GET]
LIMIT = 100


def incoming(most: int = LIMIT) -> Incoming:
    return Incoming(lambda _target: most)


def cut(pieces: list[bytes], most: int = LIMIT) -> list[bytes]:
    """The requests found in what arrives in these pieces."""
    found, reader = [], incoming(most)
    for piece in pieces:
        request = reader.feed(piece)
        while request is not None:
            found.append(request)
            request = reader.feed(b"")
    return found


@given(st.lists(st.sampled_from(WHOLE), max_size=5), st.lists(st.integers(0, 400), max_size=6))
def test_requests_are_found_whole_however_their_bytes_are_split(requests, places):
    sent = b"".join(requests)
    ends = sorted({min(place, len(sent)) for place in places} | {0, len(sent)})
    pieces = [sent[begin:end] for begin, end in pairwise(ends)]
    assert cut(pieces) == requests


@pytest.mark.parametrize("request_", WHOLE)
def test_byte_by_byte_nothing_is_found_before_the_last(request_):
    reader = incoming()
    assert {reader.feed(request_[at : at + 1]) for at in range(len(request_) - 1)} == {None}
    assert reader.feed(request_[-1:]) == request_


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length: 1_0\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nContent-Length: \xc2\xb2\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         refusals.RequestMalformed),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", refusals.CodingUnknown),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: \x0bchunked\r\n\r\n", refusals.CodingUnknown),
        (b"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", refusals.BodyTooLarge),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", refusals.RequestMalformed),
        (b"GET / HTTP/1.1\nHost: a\n\n", refusals.RequestMalformed),
        (b"GET / HTTP/1.1\r\nHost: a\n", refusals.RequestMalformed),
        (b"GET /" + b"a" * MOST_HEAD, refusals.HeadTooLarge),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * MOST_HEAD + b"\r\n\r\n", refusals.HeadTooLarge),
        (CHUNKED + b"zz\r\n", refusals.RequestMalformed),
        (CHUNKED + b"\r\n", refusals.RequestMalformed),
        (CHUNKED + b"-1\r\n", refusals.RequestMalformed),
        (CHUNKED + b"0x1\r\n", refusals.RequestMalformed),
        (CHUNKED + b"1_0\r\n", refusals.RequestMalformed),
        (CHUNKED + b"3\nabc\n0\n\n", refusals.RequestMalformed),
        (CHUNKED + b"1" * 300, refusals.RequestMalformed),
        (CHUNKED + b"FFFFFFFFFFFFFFFF\r\n", refusals.RequestMalformed),
        (CHUNKED + b"3\r\nabcd\r\n", refusals.RequestMalformed),
        (CHUNKED + b"FFFFFFF\r\n", refusals.BodyTooLarge),
        (CHUNKED + b"3C\r\n" + b"a" * 60 + b"\r\n3C\r\n", refusals.BodyTooLarge),
        (CHUNKED + b"1\r\na\r\n" * 60, refusals.BodyTooLarge),
        (CHUNKED + b"0\r\nX: " + b"a" * 5000, refusals.HeadTooLarge),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_is_too_much_is_refused_at_once_and_byte_by_byte(sent, refusal):
    with pytest.raises(refusal):
        incoming().feed(sent)
    with pytest.raises(refusal):
        cut([sent[at : at + 1] for at in range(len(sent))])


def test_the_limit_is_that_of_the_address():
    reader = Incoming(lambda target: 10 if target == b"/small" else 1000)
    assert reader.feed(b"POST /large HTTP/1.1\r\nContent-Length: 500\r\n\r\n") is None
    with pytest.raises(refusals.BodyTooLarge):
        Incoming(lambda target: 10 if target == b"/small" else 1000).feed(
            b"POST /small HTTP/1.1\r\nContent-Length: 500\r\n\r\n"
        )


@pytest.mark.parametrize(
    ("head", "wants"),
    [
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\nExpect: something\r\nContent-Length: 5\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", False),
    ],
)
def test_a_client_that_waits_for_leave_is_known(head, wants):
    reader = incoming()
    assert reader.feed(head) is None
    assert reader.expects_continue is wants


@pytest.mark.parametrize("size", [1, 7])
def test_a_long_body_in_the_smallest_pieces_is_read_whole(size):
    body = b"".join(b"%x\r\n%s\r\n" % (size, b"a" * size) for _ in range(30_000)) + b"0\r\n\r\n"
    assert cut([CHUNKED, *(body[at : at + 3] for at in range(0, len(body), 3))], 1_000_000) == [CHUNKED + body]
