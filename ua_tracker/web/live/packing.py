"""A gzip file put together from parts, each of which was compressed once (RFC 1951, RFC 1952).

A deflate stream is a row of blocks. One that begins and ends at a whole byte can be replaced by another that holds as
many bytes, if no later block refers to what it holds; one to which nothing refers by any that refers to nothing.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, no time, unknown system
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"  # stored, and empty
# Stands for the bytes of a hole while a page is compressed. No page holds this byte, so nothing refers to a hole.
_FILLING = b"\x01"
_CONTROLS = re.compile(rb"[\x00-\x08]")


class Text(NamedTuple):
    """Bytes of a page, and the same as deflate blocks."""

    plain: bytes
    packed: bytes


def can_hold(text: bytes) -> bool:
    """Whether `around` can compress this text: it has no control characters."""
    return _CONTROLS.search(text) is None


def alone(text: bytes) -> Text:
    """The text in blocks that refer to nothing before them, and to which nothing refers."""
    return around([text], [])[0]


def around(texts: Sequence[bytes], lengths: Sequence[int]) -> list[Text]:
    """These texts, between which stand holes of these lengths in bytes.

    A hole is filled with `stored`. The first text refers to nothing before it.
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = [Text(texts[0], _blocks(compressor, texts[0]))]
    for length, text in zip(lengths, texts[1:], strict=True):
        _blocks(compressor, _FILLING * length)
        packed.append(Text(text, _blocks(compressor, text)))
    return packed


def stored(text: bytes) -> Text:
    """The text, at most 65,535 bytes, in a block that holds them as they are."""
    length = len(text)
    head = b"\x00" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little")
    return Text(text, head + text)


def gzip(parts: Iterable[Text]) -> bytes:
    """The gzip file of these parts in this order."""
    checksum, length, blocks = 0, 0, [_HEAD]
    for text, packed in parts:
        checksum = zlib.crc32(text, checksum)
        length += len(text)
        blocks.append(packed)
    blocks += (_LAST_BLOCK, checksum.to_bytes(4, "little"), (length & 0xFFFFFFFF).to_bytes(4, "little"))
    return b"".join(blocks)


def _blocks(compressor: "zlib._Compress", text: bytes) -> bytes:
    return compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)
