"""Publishes, schedules, extends, closes, reopens and removes actions."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ua_tracker import audit, deadlines, refusals, refused_addresses, tally
from ua_tracker.actions import pictures
from ua_tracker.actions.finding import lock
from ua_tracker.models import (
    ENDED,
    GOOD_NEWS,
    STOP_ACTION,
    Action,
    ActionTally,
    DayTally,
    Evening,
    GroupTally,
    Mailing,
    Pledge,
    PledgeWord,
    PreviewLink,
    PrivateLink,
    PublicNote,
    Recipient,
    Report,
    ReportLine,
    ReportWord,
    Webhook,
    WebhookMessage,
    WebhookTopic,
)
from ua_tracker.webhooks import events

REASONS = (STOP_ACTION, GOOD_NEWS, ENDED)


def publish(session: Session, action: Action, *, revision: int | None = None, actor: str, now: datetime) -> None:
    """Shows the action to the public. Does nothing when it is already published.

    `revision` is the revision that the coordinator saw; with None it is not checked. Raises EditedMeanwhile when
    the action has another revision now, EndsTheCase for a stop action, NoDeadline, or NobodyToWriteTo.
    """
    lock(session, action)
    if deadlines.is_published(action, now):
        return
    _require_publishable(action, revision)
    _change(session, action, {"published_at": now}, "published", actor, now)


def schedule(
    session: Session,
    action: Action,
    day: date,
    hour: time,
    *,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Publishes the draft at a later day and hour in its time zone; a second call moves that instant.

    Nobody has to be there: from that instant on the public sees the action (`deadlines.is_published`). Raises
    PublishedAlready, PublicationPast, OverWhenPublished when letters could no longer be pledged then, and as `publish`.
    """
    lock(session, action)
    if deadlines.is_published(action, now):
        raise refusals.PublishedAlready(slug=action.slug)
    deadline = action.deadline
    if deadline is not None and day > deadline:  # also days that have no instant in UTC
        raise refusals.OverWhenPublished(day=deadline)
    if day < deadlines.today(action, now):
        raise refusals.PublicationPast()
    at = deadlines.instant_of(day, hour, action.timezone)
    if at <= now:
        raise refusals.PublicationPast()
    if at == action.published_at:
        return
    _require_publishable(action, revision)
    _change(session, action, {"published_at": at}, "publication scheduled", actor, now)


def cancel_publication(
    session: Session, action: Action, *, revision: int | None = None, actor: str, now: datetime
) -> None:
    """Leaves the draft a draft after all. Does nothing when no publication is scheduled.

    Raises PublishedAlready when the instant has come, EditedMeanwhile.
    """
    lock(session, action)
    if action.published_at is None:
        return
    if deadlines.is_published(action, now):
        raise refusals.PublishedAlready(slug=action.slug)
    _require_seen(action, revision)
    _change(session, action, {"published_at": None}, "publication cancelled", actor, now)


def _require_seen(action: Action, revision: int | None) -> None:
    if revision not in (None, action.revision):
        raise refusals.EditedMeanwhile(slug=action.slug)


def _require_publishable(action: Action, revision: int | None) -> None:
    _require_seen(action, revision)
    if action.sequence == STOP_ACTION:
        raise refusals.EndsTheCase(slug=action.slug)
    if action.deadline is None:
        raise refusals.NoDeadline(slug=action.slug)
    if not action.targets:
        raise refusals.NobodyToWriteTo(slug=action.slug)


def extend(session: Session, action: Action, deadline: date, *, revision: int, actor: str, now: datetime) -> None:
    """Moves the deadline to a later day, in the action's time zone. The history keeps the old day.

    Raises EditedMeanwhile, NoDeadline for a draft without one, NotLater, DeadlineTooFar, DeadlineTooEarly, or
    ClosedEarly when the action must be reopened first.
    """
    deadlines.require_near(deadline, now)
    before = _lock_running(session, action, revision)
    if deadline <= before:
        raise refusals.NotLater(day=before)
    _move(session, action, before, deadline, "extended", actor, now)


def correct_deadline(
    session: Session, action: Action, deadline: date, *, revision: int, actor: str, now: datetime
) -> None:
    """Moves the deadline of an open action to an earlier day, because its document names that day or was corrected.

    The day is tomorrow at the earliest, so that everybody who promised can be told, and no letter that was sent is too
    late by it. Who wanted to write later is reminded on the last day. Raises NotEarlier for a day that is not before
    the present one, NotTomorrow for today or before, and as `extend`.
    """
    before = _lock_running(session, action, revision)
    if deadline <= deadlines.today(action, now):
        raise refusals.NotTomorrow()
    if deadline >= before:
        raise refusals.NotEarlier(day=before)
    later = (Pledge.action_id == action.id, Pledge.write_on > deadline)
    session.execute(update(Pledge).where(*later).values(write_on=deadline))
    _move(session, action, before, deadline, "edited", actor, now)


def _lock_running(session: Session, action: Action, revision: int) -> date:
    """Locks the action, unless it was closed; returns its deadline."""
    lock(session, action, revision)
    if action.deadline is None:
        raise refusals.NoDeadline(slug=action.slug)
    if action.closed_at is not None:
        raise refusals.ClosedEarly(slug=action.slug)
    return action.deadline


def _move(
    session: Session, action: Action, before: date, deadline: date, event: str, actor: str, now: datetime
) -> None:
    deadlines.keep_earlier(action, before, deadline, now)
    _change(session, action, {"deadline": deadline}, event, actor, now)
    events.tell_deadline(session, action, before, now)


def close(
    session: Session,
    action: Action,
    reason: str,
    *,
    outcome: str | None = None,
    revision: int,
    actor: str,
    now: datetime,
) -> None:
    """Closes a published action at `now`, for pledges and for reports; its totals stay.

    `reason` is one of REASONS; `outcome` is the text about the result, and None keeps the present one. An action
    whose deadline has passed can also be closed, to record the reason. Raises EditedMeanwhile, NoSuchAction for a
    draft, ClosedEarly when it was closed before; ValueError for a reason that is not in REASONS.
    """
    if reason not in REASONS:
        raise ValueError(f"not one of {REASONS}: {reason!r}")
    lock(session, action, revision)
    if not deadlines.is_published(action, now):
        raise refusals.NoSuchAction(slug=action.slug)
    if action.closed_at is not None:
        raise refusals.ClosedEarly(slug=action.slug)
    before = action.outcome
    values = {"closed_at": now, "closed_reason": reason, "outcome": outcome or before}
    _change(session, action, values, "closed", actor, now)
    events.tell_action(session, action.id, events.CLOSED, events.CLOSED, now, reason=reason)
    events.tell_outcome(session, action, before, now)


def reopen(session: Session, action: Action, *, revision: int, actor: str, now: datetime) -> None:
    """Undoes `close`: the state depends on the deadline alone again.

    Raises EditedMeanwhile, or NotClosed when the action was not closed by a coordinator.
    """
    lock(session, action, revision)
    if action.closed_at is None:
        raise refusals.NotClosed(slug=action.slug)
    _change(session, action, {"closed_at": None, "closed_reason": None}, "reopened", actor, now)
    events.tell_action(session, action.id, events.CLOSED, events.REOPENED, now)


def _change(session: Session, action: Action, values: dict[str, Any], event: str, actor: str, now: datetime) -> None:
    before = {name: audit.plain(getattr(action, name)) for name in values}
    for name, value in values.items():
        setattr(action, name, value)
    after = {name: audit.plain(value) for name, value in values.items()}
    audit.changed(session, actor=actor, event=event, subject=action.slug, now=now, before=before, after=after)
    session.flush()
    tally.touch_case(session, action.id, action.case_id if "published_at" in values else None)


def remove(session: Session, action: Action) -> None:
    """Deletes a practice copy, or a draft without pledges and reports, with all rows that refer to it.

    Raises HasPledgesOrReports for any other action.
    """
    if not action.practice and (action.published_at is not None or has_pledges_or_reports(session, action)):
        raise refusals.HasPledgesOrReports(slug=action.slug)
    pledges = select(Pledge.id).where(Pledge.action_id == action.id)
    reports = select(Report.id).where(Report.action_id == action.id)
    session.execute(
        delete(PrivateLink).where(or_(PrivateLink.pledge_id.in_(pledges), PrivateLink.report_id.in_(reports)))
    )
    session.execute(delete(ReportLine).where(ReportLine.report_id.in_(reports)))
    refused_addresses.forget_of(session, pledges, reports)
    pictures.erase(session, action)
    hooks = select(Webhook.id).where(Webhook.action_id == action.id)
    session.execute(delete(WebhookMessage).where(WebhookMessage.hook_id.in_(hooks)))
    session.execute(delete(WebhookTopic).where(WebhookTopic.hook_id.in_(hooks)))
    for table in (
        WebhookMessage, Webhook, PreviewLink, PublicNote, Mailing, ReportWord, PledgeWord, Report, Evening, Pledge,
        Recipient, ActionTally, GroupTally, DayTally,
    ):  # fmt: skip
        session.execute(delete(table).where(table.action_id == action.id))
    session.execute(delete(Action).where(Action.id == action.id))


def has_pledges_or_reports(session: Session, action: Action) -> bool:
    """Whether the action has any pledge or report, including withdrawn and void ones."""
    return any(
        session.scalar(select(table.id).where(table.action_id == action.id).limit(1)) for table in (Pledge, Report)
    )
