"""What every command knows: who acts, and the present instant."""

from datetime import datetime

from flask import current_app

ACTOR = "command line"


def now() -> datetime:
    """The present instant, aware and in UTC."""
    return current_app.config["CLOCK"]()  # type: ignore[no-any-return]
