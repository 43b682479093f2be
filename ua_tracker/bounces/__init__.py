"""Bounces: what mail servers send back about mails of this site (docs/decisions/0026-bounces.md).

A bounce is matched by the address that it came to (`return_paths.py`), and not by anything in its text. Only one that
failed for good changes something: then no further mail goes to its address (`ua_tracker/refused_addresses.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import refused_addresses
from ua_tracker.bounces import notices, return_paths
from ua_tracker.models import Mail, Pledge, Report


class Taken(StrEnum):
    """What became of a message: the address is refused, nothing follows from it, or it is no bounce of our mails."""

    REFUSED = "refused"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


def take(session: Session, raw: bytes, secrets: Sequence[str], now: datetime, came_to: str = "") -> Taken:
    """Reads a message and stores what follows from it. `came_to` is the address that it came to, if that is known.

    Takes any bytes. The same bounce again changes nothing more.
    """
    notice = notices.read(raw)
    if notice is None:
        return Taken.UNKNOWN
    mail = return_paths.find(session, (came_to, *notice.came_to), secrets)
    if mail is None:
        return Taken.UNKNOWN
    if notice.status is None:
        return Taken.NOTHING
    _note(session, mail, notice.status, secrets, now)
    return Taken.REFUSED


def _note(session: Session, mail: Mail, status: str, secrets: Sequence[str], now: datetime) -> None:
    hashed, holders = str(mail.recipient), _holders(session, mail.holder)
    for address in {address for holder in holders for address in _addresses(holder)}:
        if hashed in [refused_addresses.hashed(address, secret) for secret in secrets]:
            refused_addresses.note(session, address, status, secrets, now)
            return
    if not holders:  # a mail about an account, or about an address that was changed
        refused_addresses.add(session, hashed, status, now)


def _holders(session: Session, key: str | None) -> list[Pledge | Report]:
    if key is None:
        return []
    pledge = session.scalar(select(Pledge).where(Pledge.once_key == key))
    report = session.scalar(select(Report).where(Report.once_key == key))
    return [holder for holder in (pledge, report) if holder is not None]


def _addresses(holder: Pledge | Report) -> list[str]:
    wanted = holder.email_wanted if isinstance(holder, Pledge) else None
    return [address for address in (holder.email, wanted) if address]
