"""What every command knows: who acts, and the present instant."""

from datetime import datetime

from flask import current_app

ACTOR = "command line"


def now() -> datetime:
    """The present instant, aware and in UTC."""
    at: datetime = current_app.config["CLOCK"]()
    return at
