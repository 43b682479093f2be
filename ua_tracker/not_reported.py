"""Who pledged and has not reported any letter yet."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from ua_tracker import totals
from ua_tracker.models import Pledge, Report

MOST_COUNTED, MOST_AT_ONCE = 5_000, 20_000  # pledges of one action, and of all that are counted for one page


def counts(session: Session, pledges: Mapping[int, int], group_id: int | None = None) -> dict[int, int]:
    """The number of counted pledges without a standing report, by the action's id; with `group_id` the group's.

    `pledges` has the number of counted pledges of each action, from the tally. Each of them is looked at, so an action
    with more than MOST_COUNTED is left out, and so are those above MOST_AT_ONCE together.
    """
    small, left = [], MOST_AT_ONCE
    for action_id, number in pledges.items():
        if number <= min(MOST_COUNTED, left):
            small.append(action_id)
            left -= number
    query = select(Pledge.action_id, func.count()).where(*totals.counted(Pledge), ~has_reported())
    if group_id is None:
        query = query.where(Pledge.action_id.in_(small))
    else:  # the sum keeps SQLite from reading a whole action to find one group's rows
        query = query.where(Pledge.group_id == group_id, (Pledge.action_id + 0).in_(small))
    found = dict(session.execute(query.group_by(Pledge.action_id)).all()) if small else {}
    return {action_id: int(found.get(action_id, 0)) for action_id in small}


def has_reported() -> ColumnElement[bool]:
    """Whether a pledge has a report that was not taken back; a held one is one too."""
    own = aliased(Report)  # so that it can stand in a query of reports
    return exists().where(own.pledge_id == Pledge.id, own.voided_at.is_(None))
