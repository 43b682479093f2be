"""Finds the end of an HTTP request (the message framing of RFC 9112); gunicorn parses the request itself.

Server and proxies must agree on where a request ends. So a request that can be read in two ways is refused here,
before it is processed (RFC 9112, 6.3 and 11.2).
"""

import re
from collections.abc import Callable

from ua_tracker import refusals

MOST_HEAD = 16 * 1024
MOST_CHUNK_LINE = 256
MOST_TRAILERS = 4 * 1024
END_OF_HEAD = b"\r\n\r\n"
READING = (b"GET ", b"HEAD ", b"OPTIONS ")
# A larger body is not read. The forms have smaller limits, and are shown again with an error.
MOST_BODY, MOST_DOCUMENT = 128 * 1024, 2 * 1024 * 1024
_OF_COORDINATORS = re.compile(rb"/[a-z]+/dashboard(?:/|$)")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHUNK_LINE = re.compile(rb"([0-9a-fA-F]{1,8})(?:[ \t]*;[^\r\n]*)?")


def body_limit(target: bytes) -> int:
    """The largest body in bytes for this request target. Pages of coordinators accept whole documents."""
    return MOST_DOCUMENT if _OF_COORDINATORS.match(target) else MOST_BODY


class Incoming:
    """The data received on one connection, split into complete requests.

    `body_limit` returns the most bytes of a body for a request target. The work grows no faster than what is sent.
    """

    def __init__(self, body_limit: Callable[[bytes], int]) -> None:
        self._body_limit = body_limit
        self._buffer = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._seen = 0
        self.head = b""
        self.expects_continue = False
        self._whole_at: int | None = None
        self._at = self._missing = self._body = 0

    @property
    def buffered(self) -> int:
        """The number of bytes received of an incomplete request."""
        return len(self._buffer)

    @property
    def begun(self) -> bytes:
        """The first bytes of an incomplete request, or of one that was refused."""
        return bytes(self._buffer[:512])

    @property
    def body_received(self) -> int:
        """The number of bytes of the body received so far; 0 while the head is incomplete."""
        return len(self._buffer) - len(self.head) if self.head else 0

    def feed(self, data: bytes) -> bytes | None:
        """Adds data; returns the next complete request, or None. Bytes after it are kept for the next call.

        `head` is the request's head once it is complete. `expects_continue` is true while the client waits for
        100 Continue before it sends the body (RFC 9110, 10.1.1). Raises a RequestRefused for malformed input.
        """
        if not self._buffer and data.endswith(END_OF_HEAD) and data.startswith(READING) and len(data) <= MOST_HEAD:
            lowered = data.lower()
            if (
                data.find(END_OF_HEAD) + 4 == len(data)
                and b"\ncontent-length" not in lowered
                and b"\ntransfer-encoding" not in lowered
            ):
                return data
        self._buffer += data
        if not self.head and not self._find_head():
            return None
        if self._whole_at is None:
            self._read_chunks()
        if self._whole_at is None or len(self._buffer) < self._whole_at:
            return None
        request = bytes(self._buffer[: self._whole_at])
        del self._buffer[: self._whole_at]
        self._begin()
        return request

    def _find_head(self) -> bool:
        begin = 2 if self._buffer.startswith(b"\r\n") else 0  # an empty line before a request is ignored (2.2)
        end = self._buffer.find(END_OF_HEAD, max(begin, self._seen - 3))
        if end < 0 and _BARE_LF.search(self._buffer, max(0, self._seen - 1)):
            raise refusals.RequestMalformed
        if end + 4 > MOST_HEAD or (end < 0 and len(self._buffer) > MOST_HEAD):
            raise refusals.HeadTooLarge
        self._seen = len(self._buffer)
        if end < 0:
            return False
        self.head = bytes(self._buffer[: end + 4])
        self._at = end + 4
        self._read_head(self.head[begin:end].split(b"\r\n"))
        return True

    def _read_head(self, lines: list[bytes]) -> None:
        """Reads from the head how long the body is. Other errors in the head are refused by gunicorn."""
        _method, _, rest = lines[0].partition(b" ")
        target, _, version = rest.partition(b" ")
        lengths, codings = _values(lines, b"content-length"), _values(lines, b"transfer-encoding")
        if len(lengths) + len(codings) > 1 or (codings and version == b"HTTP/1.0"):
            raise refusals.RequestMalformed
        if codings and codings[0].lower() != b"chunked":
            raise refusals.CodingUnknown
        if lengths and not _LENGTH.fullmatch(lengths[0]):
            raise refusals.RequestMalformed
        self._limit = self._body_limit(target)
        if not codings:
            self._body = int(lengths[0]) if lengths else 0
            self._whole_at = self._at + self._body
        if self._body > self._limit:
            raise refusals.BodyTooLarge
        words = [value.lower() for value in _values(lines, b"expect")]
        self.expects_continue = words == [b"100-continue"] and version == b"HTTP/1.1" and bool(codings or self._body)

    def _read_chunks(self) -> None:
        """Reads the chunks received so far (7.1) and notes the end of the request when it is found."""
        buffer = self._buffer
        while self._whole_at is None:
            if self._missing:
                if len(buffer) < self._at + self._missing:
                    return
                self._at += self._missing
                if buffer[self._at - 2 : self._at] != b"\r\n":
                    raise refusals.RequestMalformed
                self._missing = 0
            end = buffer.find(b"\r\n", self._at, self._at + MOST_CHUNK_LINE)
            if end < 0:
                if len(buffer) >= self._at + MOST_CHUNK_LINE or _BARE_LF.search(buffer, self._at):
                    raise refusals.RequestMalformed
                return
            self._read_chunk_line(bytes(buffer[self._at : end]), end)
            if not self._missing and self._whole_at is None:
                return

    def _read_chunk_line(self, line: bytes, end: int) -> None:
        size_line = _CHUNK_LINE.fullmatch(line)
        if size_line is None:
            raise refusals.RequestMalformed
        size = int(size_line[1], 16)
        self._body += size
        # Many small chunks have more framing than content. Twice the limit is enough for any real client.
        if self._body > self._limit or end - len(self.head) > 2 * self._limit:
            raise refusals.BodyTooLarge
        if size:
            self._at, self._missing = end + 2, size + 2
            return
        last = self._buffer.find(END_OF_HEAD, end)
        if last < 0 and len(self._buffer) - end > MOST_TRAILERS:
            raise refusals.HeadTooLarge
        self._whole_at = last + 4 if last >= 0 else None


def _values(lines: list[bytes], name: bytes) -> list[bytes]:
    """The values of the header fields with this name (given in lower case). A name with a space does not match."""
    found = []
    for line in lines[1:]:
        field, _, value = line.partition(b":")
        if field.lower() == name:
            found.append(value.strip(b" \t"))
    return found
