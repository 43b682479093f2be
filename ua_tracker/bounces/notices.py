"""Reads bounces: messages in which a mail server says what became of a mail (RFC 3462 and 3464; RFC 6533)."""

import base64
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

PARTS = ("message/delivery-status", "message/global-delivery-status")
# The headers in which mail servers write the address that a message came to.
CAME_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
FAILED = "failed"
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_PERMANENT = "5."


@dataclass(frozen=True)
class Notice:
    """What a bounce says: the addresses that it came to, and the status with which the mail was refused for good.

    `status` is None when the mail only waits, was delivered, or failed for a reason that may pass.
    """

    came_to: tuple[str, ...]
    status: str | None


def read(raw: bytes) -> Notice | None:
    """What this message says; None if it is no bounce in the form of RFC 3464. Takes any bytes and never raises."""
    try:
        return _read(message_from_bytes(raw, policy=policy.compat32))
    except Exception:  # the library raises many kinds for damaged messages, and none may stop the reading of others
        return None


def _read(message: Message) -> Notice | None:
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    parts = [part for part in _parts(message) if part.get_content_type() in PARTS]
    if not parts:
        return None
    came_to = tuple(str(value) for name in CAME_TO for value in message.get_all(name, []))
    recipients = (block for part in parts for block in _blocks(part))
    statuses = (_status(block) for block in recipients if _word(block.get("Action", "")) == FAILED)
    return Notice(came_to, next((status for status in statuses if status.startswith(_PERMANENT)), None))


def _parts(message: Message) -> list[Message]:
    """The parts of the report itself, not those of the mail that it may contain."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _blocks(part: Message) -> Iterator[Message]:
    """The fields about the message, and those about each recipient. Some mail servers encode the part."""
    body = re.sub(rb"\r\n?", b"\n", part.as_bytes()).partition(b"\n\n")[2]
    encoding = _word(part.get("Content-Transfer-Encoding", ""))
    if encoding == "base64":
        body = base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", body) + b"==")
    elif encoding == "quoted-printable":
        body = quopri.decodestring(body)
    for block in re.split(rb"\n\s*\n", re.sub(rb"\r\n?", b"\n", body)):
        yield message_from_bytes(block.lstrip(b"\n"), policy=policy.compat32)


def _word(value: object) -> str:
    """The first word of a field, in lower case, without comments (RFC 5322)."""
    words = re.sub(r"\([^)]*\)", " ", str(value)).split(";")[0].split()
    return words[0].lower() if words else ""


def _status(block: Message) -> str:
    found = _STATUS.match(re.sub(r"\([^)]*\)", " ", str(block.get("Status", ""))))
    return found[1] if found else ""
