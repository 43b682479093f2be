"""The page that says what the site stores of whom, for how long, and how to be erased: read from the real settings."""

from typing import Any

from flask import Blueprint, current_app, render_template

from ua_tracker import arrival_counts, mailboxes, outbox, source_keys
from ua_tracker.coordinators import sessions, tries
from ua_tracker.database import db
from ua_tracker.importing import waiting
from ua_tracker.programs import entries, keys
from ua_tracker.web.request import now
from ua_tracker.webhooks import registering

bp = Blueprint("privacy", __name__, url_prefix="/<lang:lang>/privacy")


@bp.get("")
def show() -> str:
    """What is stored, why, how long, who sees it, what is never stored, and how to be erased."""
    return render_template("privacy/show.html", **_times(), **_programs())


def _programs() -> dict[str, bool]:
    """What other programs do here at present: enter pledges or reports, read pledges, are told of people."""
    rights = keys.rights_in_use(db.session(), now())
    return {
        "programs_enter": bool(rights & {keys.PLEDGE, keys.REPORT}),
        "programs_read": keys.READ in rights,
        "programs_told": registering.gives_people(db.session()),
    }


def _times() -> dict[str, Any]:
    """How long things are kept, in whole days or hours, as the code that deletes them has it."""
    hour = 3600
    return {
        "retention_days": current_app.config["RETENTION_DAYS"],
        "source_days": source_keys.KEPT.days,
        "count_days": arrival_counts.KEPT.days,
        "mail_days": outbox.KEPT_WHEN_GIVEN_UP.days,
        "bounce_days": outbox.KEPT_FOR_BOUNCES.days,
        "mailbox_hours": int(mailboxes.WINDOW.total_seconds()) // hour,
        "session_hours": int(sessions.LASTS[sessions.SIGNED_IN].total_seconds()) // hour,
        "known_days": sessions.SOURCE_KNOWN_FOR.days,
        "entry_days": entries.KEPT.days,
        "import_days": waiting.KEPT_FOR.days,
        "try_hours": int(tries.DAY.total_seconds()) // hour,
    }
