"""Voids many pledges or reports at once, after a preview of exactly these rows; public notes about corrections."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal_column, select, update
from sqlalchemy.orm import Session

from ua_tracker import actions, audit, ledger, refusals, tally
from ua_tracker.ledger import Table, Wanted
from ua_tracker.models import Action, Group, Pledge, PublicNote, Recipient, Report, ReportLine
from ua_tracker.tally import COUNTED, Tally


@dataclass(frozen=True)
class Share:
    """A number of rows and their totals. `marks` (sum and maximum of the ids) identifies these rows."""

    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    marks: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Effect:
    """The rows to void: `shares` by group id (None: no group), `names` with the groups' slugs by id."""

    shares: dict[int | None, Share]
    names: dict[int, str]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return sum(share.rows for share in self.shares.values())

    @property
    def tally(self) -> Tally:
        """The numbers by which the action's totals decrease."""
        return Tally(*(sum(getattr(share.tally, name) for share in self.shares.values()) for name in COUNTED))

    @property
    def groups(self) -> dict[str | None, Share]:
        """The shares by the group's slug; None for rows of no group."""
        return {self.names[key] if key is not None else None: share for key, share in self.shares.items()}

    @property
    def shown(self) -> str:
        """A hash that identifies exactly these rows. The preview's form sends it back to `void_all`."""
        parts = [[str(key), asdict(self.shares[key])] for key in sorted(self.shares, key=lambda key: key or 0)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def preview(session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted) -> Effect:
    """The effect of voiding all rows of the table (Pledge or Report) that match the filter and still count.

    `scope` is the id of the only group whose rows are included, None for all. Withdrawn and void rows are never
    included. Changes nothing. Raises NoSuchGroup.
    """
    return _effect(session, table, _standing(session, table, action, scope, wanted))


def void_all(
    session: Session,
    table: Table,
    action: Action,
    scope: int | None,
    wanted: Wanted,
    *,
    reason: str,
    shown: str,
    actor: str,
    now: datetime,
) -> Effect:
    """Voids the rows of the preview, all or none; updates the tallies and adds one event to the history.

    `shown` is the preview's. Raises PreviewOutdated when the filter now matches other rows, NothingMatches, NoReason,
    NoSuchGroup. The reason must not name a person, since the history is kept.
    """
    if not reason.strip():
        raise refusals.NoReason()
    actions.lock(session, action)
    effect = preview(session, table, action, scope, wanted)
    if effect.shown != shown:
        raise refusals.PreviewOutdated()
    if not effect.rows:
        raise refusals.NothingMatches()
    event, after = f"{table.__tablename__} voided", _in_history(effect, reason, wanted)
    with session.begin_nested():
        line = audit.note(session, actor=actor, event=event, subject=action.slug, now=now, after=after)
        session.flush()
        rows = update(table).where(*_standing(session, table, action, scope, wanted))
        voided = rows.values(voided_at=now, void_reason=reason, voided_in=line.id)
        session.execute(voided.execution_options(synchronize_session=False))
        # Whoever was quicker between the two statements shows in the rows that were really taken.
        if _effect(session, table, [table.action_id == action.id, table.voided_in == line.id]).shown != shown:
            raise refusals.PreviewOutdated()
        _lower_tallies(session, action, effect)
    session.expire_all()
    return effect


def add_note(session: Session, action: Action, text: str, language: str, *, actor: str, now: datetime) -> PublicNote:
    """Adds a public note about a correction; `language` (en or fr) is the language of the text.

    The same text is stored once: a second call returns the existing note. Raises EmptyNote.
    """
    if not text.strip():
        raise refusals.EmptyNote()
    actions.lock(session, action)  # so that a double click adds one note
    standing = next((note for note in notes_of(session, action) if note.text == text.strip()), None)
    if standing is not None:
        return standing
    note = PublicNote(action_id=action.id, text=text.strip(), language=language, at=now)
    session.add(note)
    audit.note(session, actor=actor, event="note added", subject=action.slug, now=now, after={"text": note.text})
    session.flush()
    tally.touch(session, action.id)
    return note


def notes_of(session: Session, action: Action) -> list[PublicNote]:
    """The action's public notes, newest first."""
    query = select(PublicNote).where(PublicNote.action_id == action.id)
    return list(session.scalars(query.order_by(PublicNote.at.desc(), PublicNote.id.desc())))


def _standing(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted
) -> list[ColumnElement[bool]]:
    """Conditions for the rows that match the filter and still count, i.e. are neither withdrawn nor void."""
    counting = Wanted(state=ledger.STANDING)
    shown = ledger.matching(session, table, action, scope, wanted)
    return [*shown, *ledger.matching(session, table, action, scope, counting)]


def _effect(session: Session, table: Table, which: list[ColumnElement[bool]]) -> Effect:
    rows = select(table.group_id, func.count(), func.sum(table.id), func.max(table.id)).where(*which)
    found = {row[0]: row[1:] for row in session.execute(rows.group_by(table.group_id))}
    lost = {row[0]: row[1:] for row in session.execute(_letters(table, which))}
    shares = {}
    for key, (number, total, last) in found.items():
        first, second = (int(count) for count in lost.get(key, (0, 0)))
        change = Tally(number, first) if table is Pledge else Tally(0, 0, first, second)
        shares[key] = Share(number, change, (int(total), int(last)))
    names = session.execute(select(Group.id, Group.slug).where(Group.id.in_(key for key in shares if key is not None)))
    return Effect(shares, dict(names.all()))


def _letters(table: Table, which: list[ColumnElement[bool]]) -> "Select[int | None, int, int]":
    if table is Pledge:
        return (
            select(Pledge.group_id, func.sum(Pledge.letters), literal_column("0", Integer))
            .where(*which)
            .group_by(Pledge.group_id)
        )
    to_target = case((Recipient.kind == "target", ReportLine.letters), else_=0)
    return (
        select(Report.group_id, func.sum(to_target), func.sum(ReportLine.letters - to_target))
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(*which)
        .group_by(Report.group_id)
    )


def _lower_tallies(session: Session, action: Action, effect: Effect) -> None:
    for group_id, share in sorted(effect.shares.items(), key=lambda item: item[0] or 0):
        lost = Tally(*(-getattr(share.tally, name) for name in COUNTED))
        tally.move(session, action.id, group_id, lost)


def _in_history(effect: Effect, reason: str, wanted: Wanted) -> dict[str, Any]:
    """The values for the history. The search text may be a name, so only whether there was one is kept."""
    return {
        "reason": reason,
        "rows": effect.rows,
        **{name: lost for name in COUNTED if (lost := getattr(effect.tally, name))},
        "groups": {slug or ledger.NO_GROUP: share.rows for slug, share in effect.groups.items()},
        "filter": {
            "text": bool(wanted.text.strip()),
            "group": wanted.group,
            "first": audit.plain(wanted.first),
            "last": audit.plain(wanted.last),
        },
    }
