"""Can a request be read? A body that is cut short, broken or too large is refused, never taken as it is."""

from io import BytesIO
from typing import IO, Any
from urllib.parse import quote

from flask import Flask, Request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

_PIECE = 64 * 1024
_ASCII = bytes(range(128))


class WholeRequest(Request):
    """A request whose body is read once, to its end, before any of it counts.

    Werkzeug hands out what came of a chunked body when that reaches the limit, and answers an unreadable form with
    an empty one. Here the first is 413, the second 400, and a body once refused stays refused. The bytes are held
    in memory: `max_content_length` bounds them.
    """

    _refusal: HTTPException | None = None

    def __init__(self, *args: Any, **kinds: Any) -> None:
        super().__init__(*args, **kinds)
        if (
            not self.query_string.isascii()
        ):  # bytes that an address cannot hold (RFC 3986, section 2), as if written %B2
            self.query_string = quote(self.query_string, safe=_ASCII).encode()

    @cached_property
    def stream(self) -> IO[bytes]:  # type: ignore[override]
        """The whole body. Raises RequestEntityTooLarge or BadRequest."""
        if self._refusal is not None:
            raise self._refusal
        try:
            return BytesIO(self._whole())
        except HTTPException as refusal:
            self._refuse(refusal)
            raise

    def make_form_data_parser(self) -> FormDataParser:
        """A parser that says when it cannot read."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _load_form_data(self) -> None:
        if self._refusal is not None:
            raise self._refusal
        try:
            super()._load_form_data()
            if None in self.form or None in self.files:  # a part without a name (RFC 7578, section 4.2)
                raise BadRequest()
        except HTTPException as refusal:
            self._refuse(refusal)
            raise
        except ValueError as damaged:
            raise self._refuse(BadRequest()) from damaged

    def _refuse(self, refusal: HTTPException) -> HTTPException:
        """Remembers the refusal, and nothing of what was read."""
        self._refusal = refusal
        for part in ("form", "files"):
            self.__dict__.pop(part, None)
        return refusal

    def _whole(self) -> bytes:
        told, most = self._told_length(), self.max_content_length
        if most is not None and told is not None and told > most:
            raise RequestEntityTooLarge()
        wanted = told if told is not None else None if most is None else most + 1
        body = _read(self.environ["wsgi.input"], wanted)
        if told is not None and len(body) < told:
            raise BadRequest()
        if most is not None and len(body) > most:
            raise RequestEntityTooLarge()
        return body

    def _told_length(self) -> int | None:
        """The length the head tells; None for a chunked body, which tells its end itself (RFC 9112, section 6.3)."""
        if "HTTP_TRANSFER_ENCODING" in self.environ:
            return None
        written = self.environ.get("CONTENT_LENGTH") or "0"
        if not written.isascii() or not written.isdigit() or len(written) > 15:
            raise BadRequest()
        return int(written)


def _read(stream: IO[bytes], wanted: int | None) -> bytes:
    """So many bytes, or fewer if the stream ends before. A server's own error while reading is the sender's fault."""
    body = bytearray()
    while wanted is None or len(body) < wanted:
        try:
            piece = stream.read(_PIECE if wanted is None else min(_PIECE, wanted - len(body)))
        except Exception as broken:
            raise BadRequest() from broken
        if not piece:
            break
        body += piece
    return bytes(body)


def register(app: Flask) -> None:
    """Makes all requests of the app whole ones."""
    app.request_class = WholeRequest
