"""The hidden keys of a public form: an idempotency key, and the site's signature over it.

Readers get no cookie, so the token of a public form cannot depend on a session. It is the site's signature over the
form's purpose, its idempotency key and the time at which it was made (docs/decisions/0003-forms-without-cookies.md).
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode


def fresh() -> str:
    """A new idempotency key."""
    return secrets.token_urlsafe(24)


def token(purpose: object, once_key: object, secret_keys: Sequence[str], at: datetime) -> str:
    """The token of a form that was made at this instant. The newest secret key is last.

    It is what a serializer would write, in half the time: that looks whether the number could be compressed.
    """
    made_at = base64_encode(str(int(at.timestamp())))
    return Signer(list(secret_keys), salt=_salt(purpose, once_key)).sign(made_at).decode()


def made_at(token: str, purpose: object, once_key: object, secret_keys: Sequence[str]) -> int:
    """When the form with this token was made, in seconds since the epoch; raises BadData for a token that is not ours.

    The form sends purpose and key anyway, by which it was signed.
    """
    signed = Signer(list(secret_keys), salt=_salt(purpose, once_key)).unsign(token)
    try:
        return int(base64_decode(signed))
    except ValueError as other:
        raise BadData("no number") from other


def _salt(purpose: object, once_key: object) -> bytes:
    return f"form\0{purpose}\0{once_key}".encode()
