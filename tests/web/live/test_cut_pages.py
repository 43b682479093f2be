"""A page cut at its holes."""

import gzip

import pytest

from ua_tracker.web.live import packing
from ua_tracker.web.live.cut_pages import cut

HTML = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "9"), ("X-Request-ID", "abc"), ("Vary", "x")]
TYPES = {"text/html"}
BODY = b"<p>" + b"before " * 80 + b"COUNTER between TOKEN and KEY" + b" after" * 80
HOLES = {"once_key": b"KEY", "csrf_token": b"TOKEN", "fragment": b"COUNTER"}
FILLED = {"once_key": b"k:y", "csrf_token": b"t:k:n", "fragment": b"a longer counter"}


def sent(page, filled: dict[str, bytes], packed: bool) -> tuple[bytes, dict[str, str]]:
    told: dict[str, str] = {}
    texts = {"once_key": packing.stored, "csrf_token": packing.stored, "fragment": packing.alone}
    parts = {hole: texts[hole](text) for hole, text in filled.items()}
    assert page.fits(parts)
    [body] = page.send(parts, packed, lambda _status, headers: told.update(headers))
    return body, told


@pytest.mark.parametrize("packed", [False, True])
def test_it_is_sent_with_other_texts_in_its_holes(packed):
    body, headers = sent(cut(HTML, BODY, HOLES, TYPES), FILLED, packed)
    assert headers["Content-Length"] == str(len(body))
    assert "X-Request-ID" not in headers
    assert headers.get("Content-Encoding") == ("gzip" if packed else None)
    whole = gzip.decompress(body) if packed else body
    assert whole == BODY.replace(b"COUNTER", b"a longer counter").replace(b"TOKEN", b"t:k:n").replace(b"KEY", b"k:y")


@pytest.mark.parametrize("body", [BODY.replace(b"KEY", b""), BODY + b"KEY"])
def test_it_is_not_cut_where_a_hole_is_missing_or_there_twice(body):
    assert cut(HTML, body, HOLES, TYPES) is None


def test_a_key_of_another_length_or_a_missing_one_does_not_fit():
    page = cut(HTML, BODY, HOLES, TYPES)
    parts = {hole: packing.stored(text) for hole, text in FILLED.items()}
    assert not page.fits({**parts, "once_key": packing.stored(b"longer")})
    assert not page.fits({"once_key": parts["once_key"], "csrf_token": parts["csrf_token"]})


@pytest.mark.parametrize(
    ("kind", "body"), [("image/png", BODY), ("text/html", b"short"), ("text/html", BODY + b"\x01")]
)
def test_what_is_no_text_or_short_is_not_compressed(kind, body):
    page = cut([("Content-Type", kind)], body, {}, TYPES)
    assert sent(page, {}, packed=True)[0] == body
