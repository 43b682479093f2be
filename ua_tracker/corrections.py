"""Takes back or releases many pledges or reports at once, after a preview of exactly these rows, and undoes it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from ua_tracker import actions, audit, day_tallies, evening_tallies, ledger, public_notes, refusals, tally, totals
from ua_tracker.ledger import Table, Wanted
from ua_tracker.letters import CORRECTED, UNDONE
from ua_tracker.models import Action, AuditEntry, Group, Pledge, Report
from ua_tracker.totals import COUNTED, Tally
from ua_tracker.webhooks import events

_TABLES: dict[str, Table] = {
    "pledge voided": Pledge,
    "pledges voided": Pledge,
    "pledges released": Pledge,
    "report voided": Report,
    "reports voided": Report,
    "reports released": Report,
}

_UNDOING = "correction undone"


class Correction(StrEnum):
    """VOID takes rows back, so that they do not count; RELEASE counts rows that are held."""

    VOID = "voided"
    RELEASE = "released"


@dataclass(frozen=True)
class Share:
    """A number of rows, and what they add to the totals before and after. `marks`: the sum and maximum of their ids."""

    rows: int = 0
    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    marks: tuple[int, int] = (0, 0)

    @property
    def change(self) -> Tally:
        """The numbers by which the totals change; negative where they fall."""
        return self.after + -self.before


@dataclass(frozen=True)
class Effect:
    """The rows of a correction: `shares` by group id (None: no group), `names` with the groups' slugs by id."""

    shares: dict[int | None, Share]
    names: dict[int, str]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return sum(share.rows for share in self.shares.values())

    @property
    def change(self) -> Tally:
        """The numbers by which the action's totals change."""
        return sum((share.change for share in self.shares.values()), Tally())

    @property
    def groups(self) -> dict[str | None, Share]:
        """The shares by the group's slug; None for rows of no group."""
        return {self.names[key] if key is not None else None: share for key, share in self.shares.items()}

    @property
    def shown(self) -> str:
        """A hash that identifies exactly these rows. The preview's form sends it back."""
        parts = [[str(key), asdict(self.shares[key])] for key in sorted(self.shares, key=lambda key: key or 0)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class _Plan:
    """Which rows a correction changes, to what values, and what they add to the totals before and after.

    A state is True for held, False for counted, "as is" for what the row says, None for nothing.
    """

    table: Table
    which: list[ColumnElement[bool]]
    states: tuple[bool | str | None, bool | str | None]
    values: dict[str, Any]


def preview(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, correction: Correction
) -> Effect:
    """The effect of this correction on all rows of the table (Pledge or Report) that match the filter.

    Only standing rows are taken back, and only held ones released. `scope` is the id of the only group whose rows are
    included, None for all. Changes nothing. Raises NoSuchGroup.
    """
    return _effect(session, _planned(session, table, action, scope, wanted, correction))


def correct(
    session: Session,
    table: Table,
    action: Action,
    scope: int | None,
    wanted: Wanted,
    correction: Correction,
    *,
    reason: str,
    shown: str,
    actor: str,
    now: datetime,
) -> Effect:
    """Corrects the rows of the preview, all or none; updates the tallies and adds one event to the history.

    `shown` is the preview's. Raises PreviewOutdated when the filter now matches other rows, NothingMatches, NoReason,
    NoSuchGroup. The reason must not name a person, since the history is kept.
    """
    if not reason.strip():
        raise refusals.NoReason()
    actions.lock(session, action)
    plan = _planned(session, table, action, scope, wanted, correction)
    event = f"{table.__tablename__} {correction}"
    details = {"reason": reason, "filter": wanted.in_history}
    return _carry_out(session, action, plan, event, details, shown=shown, actor=actor, now=now)


def preview_undo(session: Session, number: int, slug: str, scope: int | None) -> tuple[AuditEntry, Effect]:
    """The event with this number, and the effect of undoing it for this action and scope.

    A pledge is left out whose e-mail address has another pledge by now. Changes nothing. Raises NotUndoable for an
    event that corrected nothing here, or that a supporter made.
    """
    entry = _undoable(session, number, slug)
    return entry, _effect(session, _undoing(session, entry, scope))


def undo(
    session: Session, number: int, slug: str, scope: int | None, *, reason: str, shown: str, actor: str, now: datetime
) -> Effect:
    """Undoes the event with this number: what it took back counts again, what it released is held again.

    An event that undid another is undone in the same way: what was taken back or released is so again. Raises as
    `correct` and `preview_undo`.
    """
    if not reason.strip():
        raise refusals.NoReason()
    entry = _undoable(session, number, slug)
    action = session.scalars(select(Action).where(Action.slug == slug)).one()
    actions.lock(session, action)
    details = {"reason": reason, "undone": entry.id}
    plan = _undoing(session, entry, scope)
    effect = _carry_out(session, action, plan, _UNDOING, details, shown=shown, actor=actor, now=now)
    public_notes.tell_of_undoing(session, entry.id, effect.change.letters_sent, now)
    return effect


def is_undoable(entry: AuditEntry) -> bool:
    """Whether this event can be undone: it corrected rows, and no supporter made it."""
    return entry.event in (*_TABLES, _UNDOING) and entry.after.get("reason") not in (UNDONE, CORRECTED)


def _planned(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, correction: Correction
) -> _Plan:
    which = [*ledger.matching(session, table, action, scope, wanted), *totals.standing(table)]
    if correction is Correction.RELEASE:
        return _Plan(table, [*which, table.is_held.is_(True)], (True, False), {"is_held": False})
    return _Plan(table, which, ("as is", None), {})


def _undoing(session: Session, entry: AuditEntry, scope: int | None) -> _Plan:
    """The rows that are as this event left them: each names the last event that took it back, released or undid it."""
    first, is_again = entry, False
    while first.event == _UNDOING:
        first, is_again = session.get_one(AuditEntry, first.after["undone"]), not is_again
    table = _TABLES[first.event]
    of_scope = [table.group_id == scope] if scope is not None else []
    if first.event.endswith(Correction.RELEASE):
        which = [table.released_in == entry.id, *totals.standing(table), table.is_held.is_(is_again), *of_scope]
        return _Plan(table, which, (is_again, not is_again), {"is_held": not is_again})
    which = [table.voided_in == entry.id, *of_scope]
    if is_again:
        return _Plan(table, [*which, *totals.standing(table)], ("as is", None), {})
    which.append(table.voided_at.is_not(None))
    if table is Pledge:
        which.append(~_pledged_again())
    return _Plan(table, which, (None, "as is"), {"voided_at": None, "void_reason": None})


def _pledged_again() -> ColumnElement[bool]:
    other = aliased(Pledge)
    same = (other.action_id == Pledge.action_id, other.email_key == Pledge.email_key)
    return select(other.id).where(*same, other.voided_at.is_(None), other.withdrawn_at.is_(None)).exists()


def _undoable(session: Session, number: int, slug: str) -> AuditEntry:
    entry = session.get(AuditEntry, number)
    if entry is None or entry.subject != slug or not is_undoable(entry):
        raise refusals.NotUndoable()
    return entry


def _carry_out(
    session: Session, action: Action, plan: _Plan, event: str, details: Mapping[str, Any], *, shown: str, **who: Any
) -> Effect:
    effect = _effect(session, plan)
    if effect.shown != shown:
        raise refusals.PreviewOutdated()
    if not effect.rows:
        raise refusals.NothingMatches()
    with session.begin_nested():
        after = {**details, **_numbers_in_history(effect)}
        days = _change_of_days(session, action, plan)
        _move_evenings(session, plan)
        line = audit.note(session, event=event, subject=action.slug, after=after, **who)
        session.flush()
        events.tell_rows(session, plan.table, plan.which, plan.states, action.id, who["now"])
        values = plan.values | _marks(plan, line.id, details["reason"], who["now"])
        changed = update(plan.table).where(*plan.which).values(values).returning(plan.table.id)
        numbers = session.scalars(changed.execution_options(synchronize_session=False)).all()
        # Somebody may have been quicker between the two statements.
        if (len(numbers), sum(numbers)) != (effect.rows, sum(share.marks[0] for share in effect.shares.values())):
            raise refusals.PreviewOutdated()
        public_notes.tell_of(
            session, action, line, -effect.change.letters_sent, tally.read(session, action.id).letters_sent
        )
        for group_id, share in sorted(effect.shares.items(), key=lambda item: item[0] or 0):
            tally.move_totals(session, action.id, group_id, share.change)
        day_tallies.add(session, action.id, days)
    session.expire_all()
    return effect


def _marks(plan: _Plan, number: int, reason: str, now: datetime) -> dict[str, Any]:
    """The values that say in which event a row was taken back or released, or in which that was undone."""
    if plan.states[1] is None:
        return {"voided_at": now, "void_reason": reason, "voided_in": number}
    return {"voided_in" if plan.states[0] is None else "released_in": number}


def _effect(session: Session, plan: _Plan) -> Effect:
    table = plan.table
    rows = select(table.group_id, func.count(), func.sum(table.id), func.max(table.id)).where(*plan.which)
    found = {row[0]: row[1:] for row in session.execute(rows.group_by(table.group_id))}
    before, after = (_added(session, plan, state) for state in plan.states)
    shares = {
        key: Share(number, before.get(key, Tally()), after.get(key, Tally()), (int(total), int(last)))
        for key, (number, total, last) in found.items()
    }
    names = session.execute(select(Group.id, Group.slug).where(Group.id.in_(key for key in shares if key is not None)))
    return Effect(shares, dict(names.all()))


def _added(session: Session, plan: _Plan, state: bool | str | None) -> dict[int | None, Tally]:
    if state is None:
        return {}
    return totals.by_group(session, plan.table, *plan.which, held=_held(state))


def _held(state: bool | str) -> bool | None:
    return state if isinstance(state, bool) else None


def _change_of_days(session: Session, action: Action, plan: _Plan) -> day_tallies.Numbers:
    before, after = (_letters_of_days(session, action, plan, state) for state in plan.states)
    return day_tallies.difference(before, after)


def _letters_of_days(session: Session, action: Action, plan: _Plan, state: bool | str | None) -> day_tallies.Numbers:
    if state is None:
        return {}
    return day_tallies.of_rows(session, action.id, plan.table, *plan.which, held=_held(state))


def _move_evenings(session: Session, plan: _Plan) -> None:
    if plan.table is not Pledge:
        before, after = (
            {} if state is None else evening_tallies.of_rows(session, *plan.which, held=_held(state))
            for state in plan.states
        )
        evening_tallies.move_each(session, before, after)


def _numbers_in_history(effect: Effect) -> dict[str, Any]:
    return {
        "rows": effect.rows,
        **{name: abs(number) for name in COUNTED if (number := getattr(effect.change, name))},
        "groups": {slug or ledger.NO_GROUP: share.rows for slug, share in effect.groups.items()},
    }
