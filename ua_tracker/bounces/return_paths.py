"""The address that bounces of one mail go to: it names the mail, and nobody else can make one that is taken.

It is the office's address for bounces with a token behind a + (RFC 5233): the number of the mail and a code (HMAC) over
it under the site's secret key. In base32, because mail servers may change capitals.
"""

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable, Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from ua_tracker import refused_addresses
from ua_tracker.mail_digests import SEVERAL
from ua_tracker.mailboxes import OF_ACCOUNTS
from ua_tracker.models import Mail
from ua_tracker.outbox import Claimed

NUMBER_BYTES, CODE_BYTES = 5, 10
MOST_NUMBER = 2**31 - 1  # of a column of PostgreSQL; a token that somebody else made can say more
TOKEN_LENGTH = (NUMBER_BYTES + CODE_BYTES) * 8 // 5
_TOKEN = re.compile(rf"\+([a-z2-7]{{{TOKEN_LENGTH}}})@", re.IGNORECASE)


def bounce_address(written: str) -> str:
    """The office's address for bounces, such as bounces@example.org; empty if none is given. Raises ValueError."""
    if not written:
        return ""
    name, _, domain = written.rpartition("@")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,39}", name) or not re.fullmatch(r"[A-Za-z0-9.-]+", domain):
        raise ValueError("give an address as bounces@example.org, with at most 39 characters before the @")
    return written


def address(bounces_to: str, number: int, message_id: str, secret: str) -> str:
    """The return path of the mail with this number, at the office's address for bounces."""
    name, _, domain = bounces_to.rpartition("@")
    token = b32encode(_numbered(number) + _code(number, message_id, secret)).decode().lower()
    return f"{name}+{token}@{domain}"


def remember(session: Session, mail: Claimed, secret: str) -> None:
    """Keeps with a mail that was sent what a bounce of it needs: a hash of the address, and whom it was about."""
    values = {"recipient": refused_addresses.hashed(mail.address, secret), "holder": _holder(mail, session)}
    changing = update(Mail).where(Mail.id == mail.id).values(values)
    session.execute(changing.execution_options(synchronize_session=False))


def find(session: Session, written: Iterable[str], secrets: Sequence[str]) -> Mail | None:
    """The mail whose return path is among these addresses; None for a token that this site did not make.

    Also None for a mail that was sent too long ago, or not yet.
    """
    for token in _TOKEN.findall(" ".join(written)):
        decoded = b32decode(token.upper())
        number = int.from_bytes(decoded[:NUMBER_BYTES])
        mail = session.get(Mail, number) if number <= MOST_NUMBER else None
        if mail is not None and mail.recipient is not None and _is_ours(mail, decoded[NUMBER_BYTES:], secrets):
            return mail
    return None


def _is_ours(mail: Mail, code: bytes, secrets: Sequence[str]) -> bool:
    return any(hmac.compare_digest(code, _code(mail.id, mail.message_id, secret)) for secret in secrets)


def _numbered(number: int) -> bytes:
    return number.to_bytes(NUMBER_BYTES)


def _code(number: int, message_id: str, secret: str) -> bytes:
    text = b"return path\0" + _numbered(number) + message_id.encode()
    return hmac.digest(secret.encode(), text, "sha256")[:CODE_BYTES]


def _holder(mail: Claimed, session: Session) -> str | None:
    """The idempotency key of the pledge or report that the mail is about; None for a mail about an account."""
    if mail.kind in OF_ACCOUNTS:
        return None
    if mail.kind == SEVERAL:
        return str(next(iter(mail.facts["keys"]))).partition(":")[2]
    return session.get_one(Mail, mail.id).once_key.split(":")[1][:64]
