"""A page cut at its holes: put together for each response, plain or as a gzip file whose parts were compressed once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from werkzeug.http import parse_options_header

from ua_tracker.web.live import packing
from ua_tracker.web.live.packing import Text
from ua_tracker.web.live.responses import Headers

_OF_ONE_RESPONSE = {"content-length", "x-request-id"}
SMALLEST_PACKED = 500  # bytes; Flask-Compress has the same limit


# What is another in each response of a kept page: the fragment that moves, and the hidden keys of the form.
Hole = Literal["fragment", "once_key", "csrf_token"]


@dataclass(frozen=True)
class CutPage:
    """The parts of a page, the holes between them, and the length that each hole's text has, if it is always the same.

    `packs` says whether the page may be compressed.
    """

    headers: Headers
    texts: Sequence[Text]
    holes: Sequence[Hole]
    lengths: Mapping[Hole, int]
    packs: bool

    def fits(self, filled: Mapping[Hole, Text]) -> bool:
        """Whether these texts fill the holes: each hole, and each in its length."""
        known = all(hole in filled for hole in self.holes)
        return known and all(len(filled[hole].plain) == length for hole, length in self.lengths.items())

    def send(self, filled: Mapping[Hole, Text], gzip: bool, start_response: Callable[..., Any]) -> list[bytes]:
        """Responds with the page, compressed if `gzip` is true and the page may be."""
        between = [filled[hole] for hole in self.holes]
        parts = [self.texts[0], *chain.from_iterable(zip(between, self.texts[1:], strict=True))]
        gzip = gzip and self.packs
        body = packing.gzip(parts) if gzip else b"".join([one.plain for one in parts])
        encoded = [("Content-Encoding", "gzip")] if gzip else []
        start_response("200 OK", [*self.headers, *encoded, ("Content-Length", str(len(body)))])
        return [body]


def cut(headers: Headers, body: bytes, holes: Mapping[Hole, bytes], packed_types: Collection[str]) -> CutPage | None:
    """The page with a hole in the place of each of these texts; None unless each of them stands in it exactly once.

    `packed_types` are the media types that are compressed.
    """
    if any(body.count(text) != 1 for text in holes.values()):
        return None
    order = sorted(holes, key=lambda hole: body.index(holes[hole]))
    texts, rest = [], body
    for hole in order:
        before, _, rest = rest.partition(holes[hole])
        texts.append(before)
    texts.append(rest)
    lengths: dict[Hole, int] = {hole: len(holes[hole]) for hole in order if hole != "fragment"}
    kept = [(name, value) for name, value in headers if name.lower() not in _OF_ONE_RESPONSE]
    of_type = parse_options_header(dict(headers).get("Content-Type", ""))[0] in packed_types
    packs = of_type and len(body) >= SMALLEST_PACKED and packing.can_hold(b"".join(texts))
    return CutPage(kept, _packed(texts, order, lengths) if packs else _as_they_are(texts), order, lengths, packs)


def _packed(texts: Sequence[bytes], holes: Sequence[Hole], lengths: Mapping[Hole, int]) -> list[Text]:
    """The texts, compressed. Behind a hole whose length changes nothing can refer to what stands before it."""
    done: list[Text] = []
    run = [texts[0]]
    between: list[int] = []
    for hole, text in zip(holes, texts[1:], strict=True):
        if hole in lengths:
            run.append(text)
            between.append(lengths[hole])
        else:
            done += packing.around(run, between)
            run, between = [text], []
    return done + packing.around(run, between)


def _as_they_are(texts: Sequence[bytes]) -> list[Text]:
    return [Text(text, b"") for text in texts]
