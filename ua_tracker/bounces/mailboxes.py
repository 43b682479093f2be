"""The mailbox that bounces come to: a Maildir, an mbox file, or a folder of an IMAP server (RFC 3501).

A message is deleted once what it says is stored. Every other stays where it is, so that none is lost: one that is no
bounce of this site's mails, and one that could not be read.
"""

import imaplib
import mailbox
import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ua_tracker.bounces import Taken

IMAPS_PORT = 993
LONGEST = 10 * 1024 * 1024  # bytes; a message that is longer is left
MOST = 1_000  # messages in one go
PATIENCE = 30.0  # seconds to wait for each response
Take = Callable[[bytes], Taken]


@dataclass(frozen=True)
class Box:
    """Where bounces come to. `kind` is maildir, mbox or imaps; `place` is a path, or the folder on the server."""

    kind: str
    place: str
    host: str = ""
    port: int = IMAPS_PORT
    user: str = ""
    password: str = field(default="", repr=False)


class NotOpened(Exception):
    """The mailbox cannot be read now. The message is a sentence without a password."""


def box_of(written: str) -> Box | None:
    """The mailbox from maildir:/path, mbox:/path or imaps://user:password@host/folder; None if empty.

    Raises ValueError with half a sentence that does not repeat what was written, which can contain a password.
    """
    if not written:
        return None
    wrong = ValueError("give maildir:/path, mbox:/path or imaps://user:password@host/folder")
    kind, _, place = written.partition(":")
    if kind in ("maildir", "mbox") and place.startswith("/"):
        return Box(kind, place)
    try:
        parts = urlsplit(written)
        port = parts.port or IMAPS_PORT
    except ValueError:
        raise wrong from None
    if parts.scheme != "imaps" or not (parts.hostname and parts.username and parts.password):
        raise wrong
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Box("imaps", folder, parts.hostname, port, unquote(parts.username), unquote(parts.password))


def read(box: Box, take: Take) -> dict[Taken, int]:
    """Passes each message to `take`, which stores what it says; returns the number of each result. Raises NotOpened.

    Whatever `take` raises ends the reading; the message then stays.
    """
    numbers = dict.fromkeys(Taken, 0)
    try:
        with _opened(box) as messages:
            for raw, delete in messages:
                taken = take(raw) if len(raw) <= LONGEST else Taken.UNKNOWN
                numbers[taken] += 1
                if taken is not Taken.UNKNOWN:
                    delete()
    except (mailbox.Error, imaplib.IMAP4.error) as wrong:
        raise NotOpened(f"The mailbox of bounces could not be read: {type(wrong).__name__}.") from wrong
    return numbers


Messages = Iterator[tuple[bytes, Callable[[], None]]]


@contextmanager
def _opened(box: Box) -> Iterator[Messages]:
    if box.kind == "maildir":
        yield _of_maildir(Path(box.place))
    elif box.kind == "mbox":
        with _mbox(Path(box.place)) as messages:
            yield messages
    else:
        with _imap(box) as messages:
            yield messages


def _of_maildir(folder: Path) -> Messages:
    """What is new. A message that stays is put among those that were seen, and is not read again."""
    if not (folder / "new").is_dir():
        raise NotOpened(f"{folder} is no Maildir.")
    for path in sorted(one for one in (folder / "new").iterdir() if one.is_file())[:MOST]:
        with suppress(FileNotFoundError):  # it was deleted, or another program has it
            with path.open("rb") as file:
                raw = file.read(LONGEST + 1)
            yield raw, path.unlink
            os.rename(path, folder / "cur" / f"{path.name}:2,S")


@contextmanager
def _mbox(file: Path) -> Iterator[Messages]:
    """All messages. The file is locked, and written anew at the end if one is to be deleted."""
    if not file.is_file():
        raise NotOpened(f"{file} is no file.")
    box = mailbox.mbox(file, create=False)
    try:
        box.lock()
        yield ((box.get_bytes(key), lambda key=key: box.remove(key)) for key in box.keys()[:MOST])  # type: ignore[misc]
    finally:
        box.close()  # stores what was deleted so far, whatever happened


@contextmanager
def _imap(box: Box) -> Iterator[Messages]:
    """What was not seen. What is to be deleted is removed; all else keeps its flags."""
    try:
        # Without a context imaplib believes every certificate, and would give the password to anybody.
        server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=ssl.create_default_context(), timeout=PATIENCE)
    except ssl.SSLCertVerificationError as wrong:
        raise NotOpened(f"The certificate of {box.host} is not to be trusted: {wrong.verify_message}.") from wrong
    except OSError as wrong:
        raise NotOpened(f"{box.host} does not answer: {type(wrong).__name__}.") from wrong
    try:
        try:
            server.login(box.user, box.password)
        except imaplib.IMAP4.error as wrong:
            raise NotOpened(f"{box.host} does not take this user and password.") from wrong
        if server.select(_quoted(box.place))[0] != "OK":
            raise NotOpened(f"{box.host} has no folder {box.place} for this user.")
        yield _of_imap(server)
    except OSError as wrong:
        raise NotOpened(f"The connection to {box.host} broke: {type(wrong).__name__}.") from wrong
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _of_imap(server: imaplib.IMAP4) -> Messages:
    _, [offered] = server.capability()  # asked anew: many servers say less before the sign-in
    removes = b"UIDPLUS" in offered.upper().split()
    _, [found] = server.uid("SEARCH", "UNSEEN", "UNDELETED")
    for number in found.decode().split()[:MOST]:
        _, answer = server.uid("FETCH", number, "(BODY.PEEK[])")
        raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
        if raw is not None:
            yield raw, lambda number=number: _delete(server, number, removes=removes)  # type: ignore[misc]


def _delete(server: imaplib.IMAP4, number: str, *, removes: bool) -> None:
    server.uid("STORE", number, "+FLAGS", r"(\Seen \Deleted)")
    if removes:  # without it, what others have marked would be removed too (RFC 4315)
        server.uid("EXPUNGE", number)


def _quoted(folder: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", folder) + '"'
