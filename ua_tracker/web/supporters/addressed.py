"""The terms and recipients of an action as a posted form of its letters asks for them, kept until somebody edits it.

So a report needs no transaction of its own to be read. What it says is checked once more when it is stored.
"""

import time

from flask import current_app

from ua_tracker import actions, deadlines, revisions
from ua_tracker.actions import Addressed
from ua_tracker.database import db
from ua_tracker.revisions import RevisionStamp
from ua_tracker.web.live import layer
from ua_tracker.web.request import now


def addressed(slug: str) -> Addressed:
    """The action with this slug, which the public sees now. Raises NoSuchAction."""
    known: dict[str, tuple[RevisionStamp, Addressed]]
    known = current_app.extensions.setdefault("ua_tracker.addressed", {})  # the actions that there are: no limit
    stamp = layer.of(current_app).stamps.read(revisions.OF_TERMS, slug, time.monotonic())
    kept_at, kept = known.get(slug, (None, None))
    if kept is not None and kept_at == stamp and deadlines.is_published(kept, now()):
        return kept
    found = actions.find_addressed(db.session(), slug, now())
    if stamp is not None:
        known[slug] = stamp, found
    return found
