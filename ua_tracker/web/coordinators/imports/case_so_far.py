"""What the site has of a case already, to be read beside its next document."""

from ua_tracker import case_numbers, refusals
from ua_tracker.actions import case_history
from ua_tracker.actions.case_history import History
from ua_tracker.database import db
from ua_tracker.models import Action
from ua_tracker.web.request import now


def case_so_far(number: str | None, known: Action | None = None) -> History | None:
    """The published issues of the case with this UA number, like 109/23; None without such a case.

    `known` is the stored action that the document is about. If it is the newest issue, there is nothing to compare.
    """
    try:
        history = case_history.find(db.session(), case_numbers.ua_number(number), now()) if number else None
    except (refusals.NoSuchCase, refusals.BadUaNumber):
        return None
    return None if history is None or history.newest is known else history
