"""Sets the recipients of an action: its targets and copies, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import deadlines
from ua_tracker.models import Action, Recipient, ReportLine
from ua_tracker.written import PARTS, WrittenRecipient

__all__ = ["PARTS", "Addressee", "AnyRecipient", "Place", "WrittenRecipient", "parts", "put"]


@dataclass(frozen=True)
class Addressee(WrittenRecipient):
    """A target or a copy as a coordinator enters it. `id` is the row that it changes; None makes a new row."""

    id: int | None = None


AnyRecipient = Recipient | WrittenRecipient


@dataclass(frozen=True)
class Place:
    """One place in the order of an action's recipients: target or copy, its values, and the existing row to keep."""

    kind: str
    written: AnyRecipient
    row: Recipient | None = None


def put(session: Session, action: Action, places: Sequence[Place], now: datetime) -> None:
    """Gives the action these recipients in this order. A place without a row gets a new one; other rows are removed."""
    old = list(action.recipients)
    for position, place in enumerate(places, start=1):
        row = place.row
        if row is None:
            row = Recipient(action_id=action.id, kind=place.kind)
            session.add(row)
        row.position = position
        for part in PARTS:
            setattr(row, part, getattr(place.written, part))
    kept = [place.row for place in places]
    for row in old:
        if row not in kept:
            _remove(session, action, row, now)
    session.flush()
    session.refresh(action, ["recipients"])


def _remove(session: Session, action: Action, recipient: Recipient, now: datetime) -> None:
    """Removes a recipient from the action: its row is deleted from a draft, and otherwise retired.

    SQLite uses the id of a deleted row again, so that an open form would count its letters for somebody else.
    """
    written_to = session.scalar(select(ReportLine.letters).where(ReportLine.recipient_id == recipient.id).limit(1))
    if written_to or deadlines.is_published(action, now):
        recipient.retired_at = now
    else:
        session.delete(recipient)


def parts(recipient: AnyRecipient) -> dict[str, Any]:
    """The values of a recipient by name, as JSON can hold them."""
    return {name: getattr(recipient, name) for name in PARTS}
