"""Enters the letters of an evening as one report, for the coordinator who counted them on paper."""

from datetime import datetime

from sqlalchemy.orm import Session

from ua_tracker import audit, deadlines, groups, refusals
from ua_tracker.letters import reporting
from ua_tracker.letters.lines import in_history, lines_of, sums
from ua_tracker.letters.reporting import EveningTotal
from ua_tracker.limits import MOST_OF_AN_EVENING
from ua_tracker.models import Action, Report
from ua_tracker.webhooks import events


def enter_evening(
    session: Session,
    action: Action,
    scope: int | None,
    evening: EveningTotal,
    *,
    once_key: str,
    actor: str,
    now: datetime,
) -> Report:
    """Adds the letters of an evening as one report of its group, without names. Idempotent as `report`.

    `scope` is the id of the only group that the coordinator may enter for, None for the office. Raises what
    `report` raises, with AlreadyEntered instead of AlreadyReported; also NotYourGroup, NobodyWrote unless 1 to 20,000
    MOST_OF_AN_EVENING to one recipient. It is taken back whole by `void`.
    """
    earlier = reporting.reported_under(session, once_key, evening)
    if earlier is not None:
        return earlier
    deadlines.require_reporting(action, now)
    deadlines.require_sent_on(action, evening.sent_on, now)
    group = groups.find(session, evening.group, to_write=True)
    if scope is not None and group.id != scope:
        raise refusals.NotYourGroup()
    if not 1 <= evening.people <= MOST_OF_AN_EVENING:
        raise refusals.NobodyWrote(most=MOST_OF_AN_EVENING)
    lines = lines_of(session, action.id, evening.letters)
    if max(lines.values()) > MOST_OF_AN_EVENING:
        raise refusals.TooManyLetters(most=MOST_OF_AN_EVENING)
    entry = reporting.entry_of(action, evening, group.id, once_key, now)
    entry.entered_by, entry.letters = actor, sums(lines)[0]
    kept = reporting.added(session, entry, lines, once_key, evening)
    if kept is entry:
        after = {"report": kept.id, "group": group.slug, "people": evening.people, **in_history(lines)}
        audit.note(session, actor=actor, event="evening entered", subject=action.slug, now=now, after=after)
        events.tell_new(session, kept, now, has_hooks=True)
    return kept
