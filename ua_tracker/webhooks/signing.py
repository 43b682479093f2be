"""The secrets of webhooks, and signatures as Standard Webhooks has them.

A secret is shown once and stored encrypted with the site's key. When it is replaced, the old one signs beside the new
one for a day, so that the receiver can change it without missing a message.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Signer

from ua_tracker.models import Webhook

OLD_SECRET_SIGNS = timedelta(hours=24)
_BYTES = 32


class SecretLost(Exception):
    """The secret was encrypted with a key that the site no longer has."""


def new_secret() -> str:
    """A new signing secret, as it is shown to the coordinator: `whsec_` and base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"


def encrypted(secret: str, keys: Sequence[str]) -> str:
    """The secret as it is stored. `keys` are the site's secret keys, the newest first."""
    return _cipher(keys).encrypt(secret.encode()).decode()


def decrypted(stored: str, keys: Sequence[str]) -> str:
    """The secret itself. Raises SecretLost."""
    try:
        return _cipher(keys).decrypt(stored.encode()).decode()
    except InvalidToken as wrong:
        raise SecretLost from wrong


def secrets_of(hook: Webhook, keys: Sequence[str], now: datetime) -> list[str]:
    """The secrets that sign now: the present one, and the one before for a day. Raises SecretLost."""
    stored = [hook.secret]
    if hook.old_secret is not None and hook.old_secret_until is not None and now < hook.old_secret_until:
        stored.append(hook.old_secret)
    return [decrypted(one, keys) for one in stored]


def headers(signing: Sequence[str], message_id: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of a message that is sent at this UTC instant, signed with each of these secrets."""
    signatures = [Signer(secret).sign(message_id, at, body) for secret in signing]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def encrypt_anew(session: Session, keys: Sequence[str]) -> tuple[int, int]:
    """Encrypts every stored secret with the newest key. Returns how many, and how many no key here can decrypt."""
    renewed = lost = 0
    for hook in session.scalars(select(Webhook).where(Webhook.removed_at.is_(None)).with_for_update(of=Webhook)):
        try:
            hook.secret = encrypted(decrypted(hook.secret, keys), keys)
            if hook.old_secret is not None:
                hook.old_secret = encrypted(decrypted(hook.old_secret, keys), keys)
        except SecretLost:
            lost += 1
        else:
            renewed += 1
    return renewed, lost


def _cipher(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"webhooks\0" + key.encode()).digest())) for key in keys]
    )
