"""Composes mails (RFC 5322) and delivers them to a mail server (RFC 5321) or into a folder."""

import os
import re
import smtplib
import ssl
import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from ua_tracker.mail_failures import AddressRefused, Failed, Refused, ServerAway

PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}
PATIENCE = 30.0  # seconds to wait for each response; the ten or so responses for a mail stay within the outbox's lease
_HERE = {"localhost", "127.0.0.1", "::1"}
_ENHANCED = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}\b")
_JOINERS = "\u200c\u200d"  # zero-width joiners, needed in Persian and other scripts


@dataclass(frozen=True)
class Server:
    """A mail server. `security` is smtp (encrypted if the server offers it), starttls or smtps (always encrypted)."""

    security: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Attachment:
    """An attachment. `kind` is its media type, such as text/calendar; `parameters` are those of the media type."""

    name: str
    kind: str
    content: bytes
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """The content of a mail as text and HTML. `unsubscribe` is a URL that unsubscribes by a POST (RFC 8058)."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str | None = None


# The registry asks for a BaseHeader. Its `max_count` is a property for typeshed, and an attribute in the other class.
class _OneLine(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """A header that is never folded. The standard library would encode a URL longer than a line (RFC 2047)."""

    def fold(self, *, policy: Policy) -> str:
        """The header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _OneLine)
POLICY = SMTP.clone(header_factory=_headers, cte_type="7bit")  # not every server accepts 8-bit content
_FILE = POLICY.clone(utf8=True)  # RFC 6532: the only way to write a non-ASCII address


def server_of(url: str) -> Server | None:
    """The server from a URL like smtp://user:password@host:port, also smtps:// and starttls://; None if empty.

    Reserved characters in user and password are percent-encoded (RFC 3986). Raises ValueError with half a sentence
    that does not repeat the URL, which can contain a password.
    """
    if not url:
        return None
    wrong = ValueError("give smtp://user:password@host:port, or smtps:// or starttls:// in front")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    named = re.fullmatch(r"[A-Za-z0-9.:_-]+", parts.hostname or "")
    if parts.scheme not in PORTS or not named or port == 0 or parts.path.strip("/") or parts.query or parts.fragment:
        raise wrong
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    if (user is None) != (password is None) or not all((part or "x").isprintable() for part in (user, password)):
        raise ValueError("give a user with a password, or neither")
    return Server(parts.scheme, str(parts.hostname), port or PORTS[parts.scheme], user, password)


def sender_of(written: str) -> Address | None:
    """The sender from `name@example.org` or `Name <name@example.org>`; None if empty. Raises ValueError."""
    if not written:
        return None
    name, address = parseaddr(written)
    if not address or (name == "" and address != written):
        raise ValueError("give an address as letters@example.org or Name <letters@example.org>")
    return _address(address, one_line(name))


def named(sender: Address, name: str) -> Address:
    """The sender with its own display name, or with this one if it has none."""
    return Address(sender.display_name or one_line(name), username=sender.username, domain=sender.domain)


def compose(*, sender: Address, to: str, message_id: str, at: datetime, content: Content) -> EmailMessage:
    """Composes the mail. `message_id` is the part before the @; the part after it is the sender's domain.

    Control characters are removed from headers. Raises Refused for an invalid address.
    """
    try:
        address = _address(to)
    except ValueError:
        raise Refused("the address is invalid") from None
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = address
    message["Subject"] = one_line(content.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    if content.unsubscribe:
        if not re.fullmatch(r"https?://[!-;=?-~]+", content.unsubscribe):
            raise ValueError("a URL to unsubscribe is http or https, in ASCII")
        message["List-Unsubscribe"] = f"<{content.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    for one in content.attachments:
        maintype, subtype = one.kind.split("/")
        message.add_attachment(one.content, maintype, subtype, filename=one.name, params=one.parameters)
    return message


def by_server(server: Server, said: Callable[[bool], None] = lambda _: None) -> Callable[[EmailMessage], None]:
    """A function that delivers to the server. It raises AddressRefused (5xx to the recipient), ServerAway or Failed.

    A header Return-Path is not sent: it is the address that bounces go to (RFC 5321, 4.4). `said` is called with
    whether the server takes addresses beyond ASCII (RFC 6531).
    """

    def deliver(message: EmailMessage) -> None:
        try:
            connection = _connected(server)
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(_reason(error, "the mail server is not available")) from None
        said(connection.has_extn("smtputf8"))
        try:
            connection.send_message(message, from_addr=_return_path(message))
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, answer)] = refused.recipients.values()
            raise _refusal(code, answer) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused("the mail server does not support addresses beyond ASCII") from None
        except smtplib.SMTPResponseException as error:
            raise Failed(_reason(error, "the mail was refused")) from None
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(_reason(error, "the connection broke")) from None
        finally:
            with suppress(OSError, smtplib.SMTPException):  # the mail is accepted already
                connection.quit()

    return deliver


def _return_path(message: EmailMessage) -> str | None:
    """Takes the address that bounces go to out of the message; None for that of the sender."""
    path = message["Return-Path"]
    del message["Return-Path"]
    return str(path).strip("<>") if path else None


def _refusal(code: int, answer: bytes | str) -> Failed:
    told = _answer(code, answer, "the address was refused")
    return AddressRefused(told, told.split()[-1]) if 500 <= code < 600 else Failed(told)


def greet(server: Server, patience: float = PATIENCE) -> bool:
    """Connects to the server and signs in, as for a mail, and leaves. Raises ServerAway.

    Returns whether it takes addresses beyond ASCII. `patience` is how many seconds each response may take.
    """
    try:
        connection = _connected(server, patience)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAway(_reason(error, "the mail server is not available")) from None
    takes_utf8 = connection.has_extn("smtputf8")
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    return takes_utf8


def into_folder(folder: Path) -> Callable[[EmailMessage], None]:
    """A function that writes each mail to a file in the folder, atomically and readable by its owner only."""

    def deliver(message: EmailMessage) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9-]", "", str(message["Message-ID"]).partition("@")[0])
        descriptor, fresh = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes(policy=_FILE))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, folder / f"{name}.eml")
        except BaseException:
            os.unlink(fresh)
            raise

    return deliver


def one_line(text: str) -> str:
    """Text for a header: on one line, without control characters and characters for writing direction."""
    characters = (
        character if character in _JOINERS or unicodedata.category(character)[0] not in "CZ" else _space(character)
        for character in text
    )
    return re.sub(r" {2,}", " ", "".join(characters)).strip()


def _space(character: str) -> str:
    return "\u00a0" if character == "\u00a0" else " "


def _address(written: str, name: str = "") -> Address:
    """The address with its domain in ASCII (RFC 5890). Raises ValueError."""
    try:
        valid = validate_email(written, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("give an address as letters@example.org or Name <letters@example.org>") from None
    return Address(name, username=valid.ascii_local_part or valid.local_part, domain=valid.ascii_domain)


def _connected(server: Server, patience: float = PATIENCE) -> smtplib.SMTP:
    """Connects and signs in; encrypted if required or offered. A password is never sent without encryption.

    The exception is a server on this machine.
    """
    context = ssl.create_default_context()
    if server.security == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=patience, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=patience)
    try:
        connection.ehlo_or_helo_if_needed()
        here = server.host in _HERE
        offered = server.security == "smtp" and not here and connection.has_extn("starttls")
        if server.security == "starttls" or offered:
            connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()  # what was offered before is forgotten (RFC 3207, 4.2)
        elif server.security == "smtp" and server.password and not here:
            raise smtplib.SMTPNotSupportedError("the password would be sent without encryption")
        if server.user and server.password:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _reason(error: Exception, what: str) -> str:
    """The reason of the failure, without the server's own text, which often contains the address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error, what)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{what}: it offers no encryption or no sign-in"
    return f"{what}: {type(error).__name__}"


def _answer(code: int, answer: bytes | str, what: str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    enhanced = _ENHANCED.match(text)
    return f"{what}: {code}{f' {enhanced[0]}' if enhanced else ''}"
