"""The lines of a report: how many letters went to which recipient, and their sums."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from ua_tracker import refusals
from ua_tracker.models import Recipient
from ua_tracker.statements import Fixed

_RECIPIENTS = Fixed(
    select(Recipient.id, Recipient.kind).where(
        Recipient.action_id == bindparam("action_id", type_=Integer()), Recipient.retired_at.is_(None)
    )
)


class Whom(NamedTuple):
    """A recipient of letters; `kind` as in models.Recipient."""

    id: int
    kind: str


def sums(lines: Mapping[Whom, int] | Mapping[Recipient, int]) -> tuple[int, int]:
    """The letters to targets, and the copies."""
    kinds = [(recipient.kind, letters) for recipient, letters in lines.items()]
    return sum(n for kind, n in kinds if kind == "target"), sum(n for kind, n in kinds if kind == "copy")


def in_history(lines: Mapping[Whom, int] | Mapping[Recipient, int]) -> dict[str, int]:
    """The same for the history."""
    return dict(zip(("letters_sent", "copies_sent"), sums(lines), strict=True))


def lines_of(session: Session, action_id: int, letters: dict[int, int]) -> dict[Whom, int]:
    """The numbers above 0 by recipient of this action. Raises NoLetters, RecipientGone."""
    ours = {row[0]: Whom(*row) for row in _RECIPIENTS.rows_until_end(session, action_id=action_id)}
    sent = {number: count for number, count in letters.items() if count > 0}
    if not sent:
        raise refusals.NoLetters()
    if sent.keys() - ours.keys():
        raise refusals.RecipientGone(letters=sum(count for number, count in sent.items() if number not in ours))
    return {ours[number]: count for number, count in sent.items()}
