"""The mail that a coordinator asks for to those who pledged and have not reported: once for each pledge.

Asking stores a row. The command that queues the reminders queues the mails, in small transactions and during the day,
and checks then who still needs one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from ua_tracker import actions, audit, deadlines, not_reported, refusals, refused_addresses, reminders, totals
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Group, Mail, Mailing, Pledge
from ua_tracker.reminders import NOT_REPORTED, Block, Conditions

AGAIN_AFTER = timedelta(days=14)
MOST_LOOKED_AT = 3_000
SINCE_A_REMINDER = timedelta(days=3)
# Why somebody who has not reported gets no mail, in the order in which it is looked at.
NO_ADDRESS, STOPPED, REFUSED = "no address", "stopped", "refused"
TOLD, REMINDED, LATER = "told", "reminded", "later"
REASONS = (NO_ADDRESS, STOPPED, REFUSED, TOLD, REMINDED, LATER)
_GETS_IT = "gets it"


@dataclass(frozen=True)
class Addressees:
    """The number of pledges without a report that would get the mail, and of the others by reason (REASONS).

    `are_newest` says that there are more: only the newest MOST_LOOKED_AT pledges were looked at.
    """

    mailed: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    are_newest: bool = False

    @property
    def everybody(self) -> int:
        """The number of pledges without a report."""
        return self.mailed + sum(self.others.values())


def newest_addressees(session: Session, action: Action, scope: int | None, now: datetime) -> Addressees:
    """As `addressees`, of the newest MOST_LOOKED_AT pledges alone: for a page that costs the same for a million."""
    of_scope = [Pledge.action_id == action.id, *([] if scope is None else [Pledge.group_id == scope])]
    newest = select(Pledge.id).where(*of_scope).order_by(Pledge.id.desc())
    has_more = session.scalar(newest.offset(MOST_LOOKED_AT).limit(1)) is not None
    if not has_more:
        return addressees(session, action, scope, now)
    numbers = newest.limit(MOST_LOOKED_AT).subquery()
    return replace(addressees(session, action, scope, now, Pledge.id.in_(select(numbers.c.id))), are_newest=True)


def addressees(
    session: Session, action: Action, scope: int | None, now: datetime, *which: ColumnElement[bool]
) -> Addressees:
    """Who would get the mail now: of all groups, or of the group with the id `scope`.

    Looks at every pledge of the action or group, or at those of these conditions alone.
    """
    reason = case(*((holds, name) for name, holds in _reasons(action, now).items()), else_=_GETS_IT).label("reason")
    query = select(reason, func.count()).where(*_of_scope(action, scope), *which, *totals.counted(Pledge))
    found: dict[str, int] = dict(session.execute(query.where(~not_reported.has_reported()).group_by(reason)).all())
    return Addressees(found.pop(_GETS_IT, 0), {name: found[name] for name in REASONS if name in found})


def latest(session: Session, action: Action, scope: int | None, now: datetime) -> datetime | None:
    """When such a mail was asked for in the last 14 days, by the office or, with `scope`, for that group; else None."""
    for_scope = or_(Mailing.group_id.is_(None), Mailing.group_id == scope) if scope else Mailing.group_id.is_(None)
    query = select(func.max(Mailing.asked_at)).where(Mailing.action_id == action.id, for_scope)
    return session.scalar(query.where(Mailing.asked_at > now - AGAIN_AFTER))


def ask(session: Session, action: Action, scope: int | None, *, actor: str, now: datetime) -> Addressees:
    """Asks for the mail, and adds an event with the number of people to the history; returns who gets it.

    `scope` is the id of the only group whose people get it, None for all. The number is that of `newest_addressees`:
    nobody may write while a million pledges are looked at. The mail goes to all. Raises ReportingClosed when letters
    can no longer be reported, MailedLately within 14 days of the last one, NobodyToMail.
    """
    actions.lock(session, action)
    deadlines.require_reporting(action, now)
    asked_at = latest(session, action, scope, now)
    if asked_at is not None:
        raise refusals.MailedLately(day=deadlines.today(action, asked_at + AGAIN_AFTER))
    found = newest_addressees(session, action, scope, now)
    if not found.mailed and not found.are_newest:
        raise refusals.NobodyToMail()
    session.add(Mailing(action_id=action.id, group_id=scope, asked_at=now))
    group = session.get_one(Group, scope).slug if scope is not None else None
    after = {"at_least" if found.are_newest else "people": found.mailed, "group": group}
    audit.note(session, actor=actor, event="mail asked for", subject=action.slug, now=now, after=after)
    session.flush()
    return found


def queue_due(reading: Block, writing: Block, secret: str, now: datetime) -> int:
    """Queues the mails that were asked for in the last 14 days and are not queued yet, as `reminders.queue_due`."""
    return reminders.queue_each(reading, writing, secret, now, _due)


def _due(session: Session, action: Action, now: datetime) -> Iterator[tuple[str, Conditions]]:
    if deadlines.state(action, now) not in (State.OPEN, State.REPORTING):
        return
    running = select(Mailing).where(Mailing.action_id == action.id, Mailing.asked_at > now - AGAIN_AFTER)
    for one in session.scalars(running.order_by(Mailing.id)).all():
        wanted = [*_of_scope(action, one.group_id), Pledge.made_at <= one.asked_at, ~not_reported.has_reported()]
        yield NOT_REPORTED, (*wanted, *(~holds for holds in _reasons(action, now).values()))


def _of_scope(action: Action, scope: int | None) -> list[ColumnElement[bool]]:
    if scope is None:
        return [Pledge.action_id == action.id]
    return [Pledge.action_id + 0 == action.id, Pledge.group_id == scope]  # the index of the group, not of the action


def _reasons(action: Action, now: datetime) -> dict[str, ColumnElement[bool]]:
    """For each reason the condition under which it holds; never NULL."""
    kinds = (*reminders.REMINDERS, reminders.DEADLINE_MOVED)
    keys = [reminders.key_of(kind, ending) for kind in kinds for ending in {None, reminders.ending_of(kind, action)}]
    keys.append(reminders.key_of_day())
    return {
        NO_ADDRESS: Pledge.email.is_(None),
        STOPPED: Pledge.mails_stopped_at.is_not(None),
        REFUSED: refused_addresses.of_pledge(),
        TOLD: reminders.is_queued(NOT_REPORTED, action),
        REMINDED: exists().where(Mail.once_key.in_(keys), Mail.queued_at > now - SINCE_A_REMINDER),
        LATER: func.coalesce(Pledge.write_on > deadlines.today(action, now), False),
    }
