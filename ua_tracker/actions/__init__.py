"""Which actions are there, what do they say, and until when do they stand?

`finding.py` reads them, `editing.py` creates and edits them, `standing.py` publishes, extends, closes,
reopens and removes them.
"""

from ua_tracker.actions.closing import ENDED, GOOD_NEWS, REASONS, STOP_ACTION, close, extend, publish, remove, reopen
from ua_tracker.actions.editing import EDITABLE, Addressee, create, edit, says
from ua_tracker.actions.finding import Listing, all_with_totals, find, find_published, hold, listing

__all__ = [
    "EDITABLE", "ENDED", "GOOD_NEWS", "REASONS", "STOP_ACTION", "Addressee", "Listing", "all_with_totals", "close",
    "create", "edit", "extend", "find", "find_published", "hold", "listing", "publish", "remove", "reopen", "says",
]  # fmt: skip
