"""The key of a letter evening: who has it reports as part of that evening. It is signed, and not stored."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from ua_tracker.models import Evening

_LONGEST = 200


def key_of(evening: Evening) -> str:
    """The key, for the URL in the evening's QR code."""
    return str(_signer().dumps(evening.id))


def number_of(key: str | None) -> int | None:
    """The id of the evening with this key; None for a key that this site did not make."""
    try:
        number = _signer().loads((key or "")[:_LONGEST])
    except BadData:
        return None
    return number if isinstance(number, int) else None


def checked(key: str | None) -> str | None:
    """The key if this site made it: a QR code holds no text that is merely asked for, of whatever length."""
    return key if key and number_of(key) is not None and len(key) <= _LONGEST else None


def _signer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="evening")
