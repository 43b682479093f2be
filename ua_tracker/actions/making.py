"""Makes a new action: with its case, the next free slug and an empty tally."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import refusals, tally
from ua_tracker.actions import issues
from ua_tracker.actions.issues import SEQUENCES, Issue
from ua_tracker.models import Action, Case


def find_or_create_case(session: Session, ua_number: str | None) -> Case | None:
    """The case of this number; a new one if there is none. None without a number."""
    case = issues.case_of(session, ua_number, to_write=True)
    if case is None and ua_number:
        try:
            with session.begin_nested():
                case = Case(ua_number=ua_number)
                session.add(case)
        except IntegrityError:  # another transaction made it first
            case = issues.case_of(session, ua_number, to_write=True)
    return case


def begun(
    session: Session, issue: Issue, case: Case | None, *, country: str = "", goal: int, timezone: str, now: datetime
) -> Action:
    """An empty action under the next free slug of its case, with its empty tally.

    Raises ActionKnown if another transaction has made an action with this slug or index first.
    """
    action = Action(
        case_id=case.id if case else None,
        slug=_slug(session, issue, case),
        country=country,
        title=issue.title or "",
        timezone=timezone,
        goal=goal,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(action)
    except IntegrityError as quicker:
        known = issues.find(session, issue, case)
        raise refusals.ActionKnown(slug=known.slug if known else issue.ua_number or issue.ai_index) from quicker
    tally.begin(session, action.id)
    return action


def _slug(session: Session, issue: Issue, case: Case | None) -> str:
    """`ua-109-23` for the first issue of a case, `ua-109-23-2` for the second; with no sequence the next free.

    An issue without number and index gets the short name that the office chose.
    """
    if issue.short_name and not issue.is_numbered:
        return issue.short_name
    if case is None:
        return "-".join(["ai", *str(issue.ai_index).lower().replace("/", " ").split()])
    stem = f"ua-{int(case.ua_number.split('/')[0])}-{case.ua_number.split('/')[1]}"
    taken = set(session.scalars(select(Action.slug).where(Action.slug.startswith(stem))))
    if issue.sequence in SEQUENCES:
        place = SEQUENCES.index(issue.sequence) + 1
    else:
        place = 1 + (session.scalar(select(func.count()).where(Action.case_id == case.id)) or 0)
    while (slug := stem if place == 1 else f"{stem}-{place}") in taken:
        place += 1
    return slug
