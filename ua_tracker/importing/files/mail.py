"""Reads a saved mail: the richest of its bodies, or the document that is attached to it.

The mail's own header is no document: its day is not the day of issue. Bodies and attachments are decoded by the
standard library; which of them is read is decided here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message

from ua_tracker import refusals
from ua_tracker.importing.draft import Doubt
from ua_tracker.importing.files import encodings, markdown, quoted, web_page
from ua_tracker.importing.files.document import READ_FROM_ATTACHMENT, Document, doubts_of
from ua_tracker.importing.files.kinds import Kind
from ua_tracker.importing.text import Line

MOST_PARTS = 100
MOST_DEPTH = 10
# A body of this length, in characters, is no covering note.
_LONG_BODY = 3_000
# The number of a case or the index of a document: a body with one of them and some length is the document.
_NUMBERED = re.compile(r"\b[A-Z]{3} ?[0-9]{2}/[0-9]{1,5}/[0-9]{4}\b|\b(?:UA|AU)\W{0,3}[0-9]{1,4}/[0-9]{2}\b")
_SHORT_BODY = 600
_PART = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
# Reads an attached file: its bytes and its name.
Reader = Callable[[bytes, str], Document]


@dataclass(frozen=True)
class _Leaf:
    """A part of a mail that holds no others."""

    message: Message

    @property
    def kind(self) -> str:
        return self.message.get_content_type()

    @property
    def name(self) -> str:
        return self.message.get_filename() or ""

    @property
    def is_attached(self) -> bool:
        return bool(self.name) or self.message.get_content_disposition() == "attachment"

    @property
    def content(self) -> bytes:
        content = self.message.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""


def read(data: bytes, read_attached: Reader) -> Document:
    """A mail. `read_attached` reads the files in it. Raises NothingToRead, TooMuchInside or NestedTooDeep, and what the
    reader of the only body raises.
    """
    if len(_PART.findall(data)) > MOST_PARTS:
        raise refusals.TooMuchInside()
    bodies, attached = _parts_of(message_from_bytes(data))
    body = _together(bodies)
    if body is not None and _is_the_document(body.lines):
        return body
    for leaf in attached:
        found = _read_attachment(leaf, read_attached, body)
        if found is not None:
            return found
    if body is None:
        raise refusals.NothingToRead()
    return body


def _parts_of(message: Message) -> tuple[list[_Leaf], list[_Leaf]]:
    """The parts that are shown, one of each alternative, and the files that are attached."""
    shown: list[_Leaf] = []
    attached: list[_Leaf] = []
    for leaf in _leaves(message, 0):
        if _is_shown(leaf):
            shown.append(leaf)
        elif leaf.is_attached or leaf.kind.startswith("application/"):
            attached.append(leaf)
    return shown, attached


def _leaves(message: Message, depth: int) -> Iterator[_Leaf]:
    if depth > MOST_DEPTH:
        raise refusals.NestedTooDeep()
    kind = message.get_content_type()
    parts = message.get_payload() if message.is_multipart() else []
    inside = [part for part in parts if isinstance(part, Message)]
    if kind == "multipart/alternative":
        yield from _richest([list(_leaves(part, depth + 1)) for part in inside])
    elif kind == "multipart/related":  # a page, and what belongs to it: pictures, styles, frames
        for place, part in enumerate(inside):
            yield from (leaf for leaf in _leaves(part, depth + 1) if place == 0 or not _is_shown(leaf))
    elif message.is_multipart():
        for part in inside:
            yield from _leaves(part, depth + 1)
    else:
        yield _Leaf(message)


def _richest(alternatives: list[list[_Leaf]]) -> list[_Leaf]:
    """The last alternative that can be read and is no mere remark: HTML shows headings and lists that text does not."""
    lengths = [
        (sum(len(_text_of(_lines_of(leaf) or [])) for leaf in one if _is_shown(leaf)), one) for one in alternatives
    ]
    longest = max((length for length, _ in lengths), default=0)
    for length, one in reversed(lengths):
        if length and length * 5 >= longest * 4:
            return one
    return [leaf for one in alternatives for leaf in one if not _is_shown(leaf)]


def _is_shown(leaf: _Leaf) -> bool:
    return leaf.kind in {"text/plain", "text/html"} and not leaf.is_attached


def _together(bodies: list[_Leaf]) -> Document | None:
    """The bodies as one document: those of the mail itself, and of the mails that it forwards."""
    read_bodies = [(leaf, _body_of(leaf)) for leaf in bodies]
    found = [(leaf, body) for leaf, body in read_bodies if body is not None]
    lines: list[Line] = []
    doubts: list[Doubt] = []
    for _, body in found:
        if lines:
            lines.append(Line(len(lines) + 1, ""))
        lines += [replace(line, number=len(lines) + place) for place, line in enumerate(body.lines, start=1)]
        doubts += [doubt for doubt in body.doubts if doubt not in doubts]
    return Document(lines, Kind.MAIL, doubts=doubts) if lines else None


def _lines_of(leaf: _Leaf) -> list[Line] | None:
    body = _body_of(leaf)
    return body.lines if body else None


def _body_of(leaf: _Leaf) -> Document | None:
    found = encodings.decoded_anyhow(leaf.content, leaf.message.get_content_charset())
    try:
        if leaf.kind == "text/html":
            lines = web_page.lines_of(found.text)
        else:
            plain = quoted.unquoted(_unflowed(leaf.message, found.text))
            lines = markdown.read(plain.text, plain.notes)
    except refusals.NothingToRead:
        return None
    lines = quoted.without_headers(lines)
    return Document(lines, Kind.MAIL, doubts=doubts_of(found)) if _text_of(lines) else None


def _unflowed(message: Message, text: str) -> str:
    """The text with the lines joined that the sending program broke (RFC 3676)."""
    if str(message.get_param("format", "")).lower() != "flowed":
        return text
    joined: list[str] = []
    flows = False
    for line in text.splitlines():
        if flows and line[:1] != ">":
            joined[-1] += line
        else:
            joined.append(line)
        flows = line.endswith(" ") and line != "-- "
    return "\n".join(joined)


def _is_the_document(lines: list[Line]) -> bool:
    text = _text_of(lines)
    return len(text) >= _LONG_BODY or (len(text) >= _SHORT_BODY and _NUMBERED.search(text) is not None)


def _text_of(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines if not line.blank)


def _read_attachment(leaf: _Leaf, read_attached: Reader, body: Document | None) -> Document | None:
    """The attached document; None for a file that no reader is for, and for one that holds less than the mail says."""
    try:
        found = read_attached(leaf.content, leaf.name)
    except refusals.Refusal:
        return None
    if body and len(_text_of(found.lines)) < len(_text_of(body.lines)):
        return None
    doubts = [*found.doubts, Doubt(READ_FROM_ATTACHMENT, facts={"name": leaf.name})]
    return replace(found, doubts=doubts)
