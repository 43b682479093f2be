"""Reads the body of a request. One that is cut short, damaged or too large is refused and never used in part."""

from io import BytesIO
from typing import IO, Any
from urllib.parse import quote

from flask import Flask, Request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

_CHUNK = 64 * 1024
_ASCII = bytes(range(128))


class WholeRequest(Request):
    """A request whose body is read once, to its end, before any of it is used.

    Werkzeug passes on the first part of a chunked body that reaches the limit, and an empty form for an unreadable one.
    Here the first gets 413 and the second 400, and a refused body stays refused. The bytes are kept in memory:
    `max_content_length` limits them.
    """

    _refusal: HTTPException | None = None

    def __init__(self, *args: Any, **kinds: Any) -> None:
        super().__init__(*args, **kinds)
        if (
            not self.query_string.isascii()
        ):  # bytes that a URL cannot hold (RFC 3986, section 2) are read as if percent-encoded
            self.query_string = quote(self.query_string, safe=_ASCII).encode()

    @cached_property
    def stream(self) -> IO[bytes]:
        """The whole body. Raises RequestEntityTooLarge or BadRequest."""
        if self._refusal is not None:
            raise self._refusal
        try:
            return BytesIO(self._read_body())
        except HTTPException as refusal:
            self._refuse(refusal)
            raise

    def make_form_data_parser(self) -> FormDataParser:
        """A parser that raises an error for a form that it cannot read."""
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
        """Remembers the refusal and drops everything that was read."""
        self._refusal = refusal
        for part in ("form", "files"):
            self.__dict__.pop(part, None)
        return refusal

    def _read_body(self) -> bytes:
        declared, limit = self._declared_length(), self.max_content_length
        if limit is not None and declared is not None and declared > limit:
            raise RequestEntityTooLarge()
        wanted = declared if declared is not None else None if limit is None else limit + 1
        body = _read(self.environ["wsgi.input"], wanted)
        if declared is not None and len(body) < declared:
            raise BadRequest()
        if limit is not None and len(body) > limit:
            raise RequestEntityTooLarge()
        return body

    def _declared_length(self) -> int | None:
        """The length in the header; None for a chunked body, which marks its own end (RFC 9112, 6.3)."""
        if "HTTP_TRANSFER_ENCODING" in self.environ:
            return None
        written = self.environ.get("CONTENT_LENGTH") or "0"
        if not written.isascii() or not written.isdigit() or len(written) > 15:
            raise BadRequest()
        return int(written)


def _read(stream: IO[bytes], wanted: int | None) -> bytes:
    """This many bytes, or fewer if the stream ends before. A server error while reading counts as a bad request."""
    body = bytearray()
    while wanted is None or len(body) < wanted:
        try:
            piece = stream.read(_CHUNK if wanted is None else min(_CHUNK, wanted - len(body)))
        except Exception as error:
            raise BadRequest() from error
        if not piece:
            break
        body += piece
    return bytes(body)


def register(app: Flask) -> None:
    """Makes every request of the app a WholeRequest."""
    app.request_class = WholeRequest
