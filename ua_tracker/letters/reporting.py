"""Reports of letters sent. Each report is a row that is never changed; a wrong one is voided."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Integer, String, bindparam, insert, select
from sqlalchemy.orm import Session

from ua_tracker import (
    audit,
    deadlines,
    evening_tallies,
    evenings,
    groups,
    held_notices,
    public_notes,
    refusals,
    search_words,
    tally,
    totals,
    trust,
)
from ua_tracker.deadlines import Dated
from ua_tracker.letters.lines import Whom, in_history, lines_of, sums
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Action, Pledge, Report, ReportLine
from ua_tracker.name_search import key as name_key
from ua_tracker.private_links import hashed
from ua_tracker.refusals import Refusal
from ua_tracker.statements import Fixed, bound, insert_new
from ua_tracker.totals import Tally
from ua_tracker.trust import Arrival
from ua_tracker.webhooks import events

_UNDER_KEY = Fixed(select(Report.id).where(Report.once_key == bindparam("once_key", type_=String())))
_PROMISED_BY = Fixed(
    select(Pledge.id).where(
        Pledge.action_id == bindparam("action_id", type_=Integer()),
        Pledge.email_key == bindparam("email_key", type_=String()),
        *totals.standing(Pledge),
    )
)
_ADD_LINE = Fixed(insert(ReportLine).values(bound(ReportLine, "report_id", "recipient_id", "letters")).inline())


@dataclass(frozen=True)
class Sent:
    """What was sent on one day, by one channel: letters by recipient id; `group` is the slug of a local group.

    `by` names the facts that tell who sent it, as the report has them; `said_otherwise` is the refusal of a form that
    was sent before and said something else.
    """

    by: ClassVar[tuple[str, ...]]
    said_otherwise: ClassVar[type[Refusal]]

    sent_on: date
    channel: str
    letters: dict[int, int] = field(default_factory=dict)
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sending(Sent):
    """What somebody says was sent: 1 to MOST_LETTERS letters to each recipient."""

    by = ("name", "email")
    said_otherwise = refusals.AlreadyReported

    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class EveningTotal(Sent):
    """What a group wrote together: 1 to MOST_OF_AN_EVENING people, as many letters to each recipient, no names."""

    by = ("people",)
    said_otherwise = refusals.AlreadyEntered

    group: str
    people: int


def report(session: Session, action: Dated, sending: Sending, **how: Any) -> Report:
    """Adds a report. With an idempotency key that was used before, returns the report of the earlier request.

    `how` are the keyword arguments of `report_new`. `arrival` says how it came. A report that looks unlike people is
    held (ua_tracker/trust/), as is one that was made on the private page of a held pledge. Without `pledge` it
    belongs to the action's standing pledge with the same e-mail address, if there is one.

    Raises ReportingClosed after the days of grace, NoLetters when all numbers are 0, RecipientGone for letters to a
    recipient that this action does not have, SentTooEarly, SentAfterDeadline or SentInFuture for an impossible day,
    NoSuchGroup; AlreadyReported when the earlier request had other values, TakenBackSince when its report was voided.
    """
    return report_new(session, action, sending, **how)[0]


def report_new(
    session: Session,
    action: Dated,
    sending: Sending,
    *,
    once_key: str,
    now: datetime,
    pledge: Pledge | None = None,
    arrival: Arrival | None = None,
) -> tuple[Report, bool]:
    """As `report`; the second value says whether it was added just now."""
    earlier = reported_under(session, once_key, sending)
    if earlier is not None:
        return earlier, False
    deadlines.require_reporting(action, now)
    deadlines.require_sent_on(action, sending.sent_on, now)
    lines = lines_of(session, action.id, sending.letters)
    group_id = groups.find_id(session, sending.group) if sending.group else None
    entry = entry_of(action, sending, group_id, once_key, now)
    entry.pledge_id, entry.by_link = pledge.id if pledge else promised_by(session, entry), pledge is not None
    entry.letters = sums(lines)[0]
    _weigh(session, action, entry, pledge, sums(lines), arrival, now)
    kept = added(session, entry, lines, once_key, sending)
    held_notices.tell_office_of(session, kept, now)
    events.tell_new(session, kept, now, has_hooks=kept is entry and events.has_hooks(action))
    return kept, kept is entry


def promised_by(session: Session, entry: Report) -> int | None:
    """The id of the standing pledge that has the report's e-mail address."""
    if entry.email_key is None:
        return None
    found = _PROMISED_BY.first(session, action_id=entry.action_id, email_key=entry.email_key)
    return int(found[0]) if found else None


def _weigh(
    session: Session,
    action: Dated,
    entry: Report,
    pledge: Pledge | None,
    numbers: tuple[int, int],
    arrival: Arrival | None,
    now: datetime,
) -> None:
    """Sets whether the report is held: never one of a running letter evening, up to the number of its letters.

    `numbers` are the letters to targets and the copies.
    """
    evening = evenings.running(session, action, arrival.evening, now) if arrival else None
    if evening is not None and arrival is not None:
        entry.evening_id, entry.group_id = evening.id, evening.group_id
        arrival = replace(arrival, admitted=evening_tallies.admit(session, evening.id, *numbers))
    trust.weigh(session, entry, max(numbers), arrival, now)
    if pledge is not None and pledge.is_held and not entry.is_held:
        entry.is_held, entry.held_for = True, trust.OF_HELD_PLEDGE


def void(session: Session, entry: Report, reason: str, now: datetime, *, actor: str, is_own: bool = False) -> None:
    """Voids a report or a whole evening; updates the tallies and adds an event to the history.

    The page of the action says so if that is a large part of the count, unless who made the report voids it (`is_own`).
    The reason must not name a person, since the history is kept. Does nothing for a void report. Raises NoReason.
    """
    if not reason.strip():
        raise refusals.NoReason()
    evening_tallies.lock(session, entry.evening_id)
    session.refresh(entry, with_for_update={"of": Report})  # the group may have been merged since it was read
    if entry.voided_at is not None:
        return
    action = session.get_one(Action, entry.action_id)
    gone = {line.recipient: line.letters for line in entry.lines}
    after = {"report": entry.id, **in_history(gone), "reason": reason}
    line = audit.note(session, actor=actor, event="report voided", subject=action.slug, now=now, after=after)
    session.flush()
    # A single UPDATE: on a second one PostgreSQL checks the foreign keys again, and a merge may have locked those rows.
    entry.voided_at, entry.void_reason, entry.voided_in = now, reason, line.id
    session.flush()
    change = -totals.of_report(entry, sums(gone)[1])
    if not is_own:
        public_notes.tell_of(session, action, line, -change.letters_sent, tally.read(session, action.id).letters_sent)
    count(session, entry, change)
    events.tell_gone(session, entry, now)


def reported_under(session: Session, once_key: str, sent: Sent) -> Report | None:
    """The report of an earlier request with this idempotency key, if there is one.

    Raises AlreadyReported, or AlreadyEntered for an evening, when that request had other values, and TakenBackSince
    when the report was voided: the supporter must not believe that the new values were stored.
    """
    known = _UNDER_KEY.first(session, once_key=hashed(once_key))
    earlier = session.get_one(Report, known[0]) if known else None
    if earlier is not None and earlier.voided_at is not None:
        raise refusals.TakenBackSince()
    if earlier is None or _says_the_same(earlier, sent):
        return earlier
    raise sent.said_otherwise(letters=sum(line.letters for line in earlier.lines))


def _says_the_same(earlier: Report, sent: Sent) -> bool:
    counts = {to: letters for to, letters in sent.letters.items() if letters > 0}
    group = earlier.group.slug if earlier.group else None
    if earlier.evening_id is not None:  # its group is the evening's, whatever the form said
        group = sent.group
    kept = {line.recipient_id: line.letters for line in earlier.lines}
    by_the_same = all(getattr(earlier, name) == getattr(sent, name) for name in sent.by)
    then = (earlier.sent_on, earlier.channel, group, kept)
    return by_the_same and then == (sent.sent_on, sent.channel, sent.group, counts)


def entry_of(action: Dated, sent: Sent, group_id: int | None, once_key: str, now: datetime) -> Report:
    """The row of a report, not added yet."""
    return Report(
        action_id=action.id,
        group_id=group_id,
        channel=sent.channel,
        sent_on=sent.sent_on,
        once_key=hashed(once_key),
        reported_at=now,
        email_key=email_key(getattr(sent, "email", None)),
        name_key=name_key(getattr(sent, "name", None)),
        **{name: getattr(sent, name) for name in sent.by},
    )


def added(session: Session, entry: Report, lines: dict[Whom, int], once_key: str, sent: Sent) -> Report:
    """Adds and counts the entry; returns the other one if a parallel request with the same key was first."""
    if not insert_new(session, entry):
        earlier = reported_under(session, once_key, sent)
        if earlier is None:
            raise LookupError("the key is taken, and no report has it")
        return earlier
    _ADD_LINE.many(
        session, [{"report_id": entry.id, "recipient_id": to.id, "letters": number} for to, number in lines.items()]
    )
    search_words.put(session, entry)
    change = totals.of_report(entry, sums(lines)[1])
    count(session, entry, change)
    return entry


def count(session: Session, entry: Report, change: Tally) -> None:
    """Adds the change that the report makes to the tallies of its evening, action, group and day."""
    evening_tallies.move(session, entry.evening_id, change.letters_sent, change.copies_sent)
    tally.move(session, entry.action_id, entry.group_id, change, entry.sent_on, entry.channel)
