"""What every command knows: who acts, the present instant, and the secret keys."""

from datetime import datetime

from flask import current_app

ACTOR = "command line"


def now() -> datetime:
    """The present instant, aware and in UTC."""
    at: datetime = current_app.config["CLOCK"]()
    return at


def secret_keys() -> list[str]:
    """The site's secret keys, newest first."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
