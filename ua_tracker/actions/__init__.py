"""Actions: reading, writing and changing their state.

`finding.py` reads and locks actions, `editing.py` creates and edits them, `closing.py` publishes, schedules, extends,
closes, reopens and removes them.
"""

from ua_tracker.actions.closing import (
    REASONS,
    cancel_publication,
    close,
    correct_deadline,
    extend,
    publish,
    remove,
    reopen,
    schedule,
)
from ua_tracker.actions.editing import EDITABLE, already_has, create, edit
from ua_tracker.actions.finding import (
    Addressed,
    Counted,
    Listing,
    To,
    all_with_totals,
    by_slug,
    find,
    find_addressed,
    find_counted,
    find_published,
    find_terms,
    listing,
    lock,
)
from ua_tracker.actions.recipients import Addressee
from ua_tracker.models import ENDED, GOOD_NEWS, STOP_ACTION

__all__ = [
    "EDITABLE",
    "ENDED",
    "GOOD_NEWS",
    "REASONS",
    "STOP_ACTION",
    "Addressed",
    "Addressee",
    "Counted",
    "Listing",
    "To",
    "all_with_totals",
    "already_has",
    "by_slug",
    "cancel_publication",
    "close",
    "correct_deadline",
    "create",
    "edit",
    "extend",
    "find",
    "find_addressed",
    "find_counted",
    "find_published",
    "find_terms",
    "listing",
    "lock",
    "publish",
    "remove",
    "reopen",
    "schedule",
]
