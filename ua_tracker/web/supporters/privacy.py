"""The page that says what the site stores of whom, for how long, and how to be erased: read from the real settings."""

from typing import Any

from flask import Blueprint, current_app, render_template

from ua_tracker import mailboxes, outbox, source_keys, trust
from ua_tracker.coordinators import sessions, tries

bp = Blueprint("privacy", __name__, url_prefix="/<lang:lang>/privacy")


@bp.get("")
def show() -> str:
    """What is stored, why, how long, who sees it, what is never stored, and how to be erased."""
    return render_template("privacy/show.html", **_times())


def _times() -> dict[str, Any]:
    """How long things are kept, in whole days or hours, as the code that deletes them has it."""
    hour = 3600
    return {
        "retention_days": current_app.config["RETENTION_DAYS"],
        "source_days": source_keys.KEPT.days,
        "count_days": trust.KEPT.days,
        "mail_days": outbox.KEPT_WHEN_GIVEN_UP.days,
        "bounce_days": outbox.KEPT_FOR_BOUNCES.days,
        "mailbox_hours": int(mailboxes.WINDOW.total_seconds()) // hour,
        "session_hours": int(sessions.LASTS[sessions.SIGNED_IN].total_seconds()) // hour,
        "known_days": sessions.SOURCE_KNOWN_FOR.days,
        "try_hours": int(tries.DAY.total_seconds()) // hour,
    }
