"""What does a second factor take? Codes of an authenticator (TOTP, RFC 6238) and recovery codes on paper."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP, AppWallet

from ua_tracker.private_links import hashed

RECOVERY_CODES = 10
_CLOCKS_DIFFER = 30  # seconds that a phone's clock may be off either way
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike


def factory(keys: Sequence[str], issuer: str) -> type[TOTP]:
    """Makes and reads secrets. They are encrypted under the last of the site's keys; all of them are understood."""
    wallet = AppWallet({_tag(key): key for key in keys}, default_tag=_tag(keys[-1]))
    return TOTP.using(issuer=issuer, wallet=wallet)  # type: ignore[no-any-return]


def _tag(key: str) -> str:
    return hashlib.sha256(b"codes\0" + key.encode()).hexdigest()[:12]


def new_secret(totp: type[TOTP]) -> str:
    """A secret for one coordinator, encrypted, as it is stored."""
    return str(totp.new().to_json(encrypt=True))


def address(totp: type[TOTP], secret: str, email: str) -> str:
    """The otpauth address that an authenticator reads from a QR code."""
    return str(totp.from_source(secret).to_uri(label=email))


def spelled(totp: type[TOTP], secret: str) -> str:
    """The secret to be typed where no camera is."""
    return str(totp.from_source(secret).pretty_key())


def counter_of(totp: type[TOTP], secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """The number of the half minute that the code belongs to, later than `last`; None for a wrong or used code."""
    try:
        match = totp.verify(code, secret, time=now, window=_CLOCKS_DIFFER, last_counter=last)
    except (TokenError, KeyError, ValueError):  # KeyError: encrypted under a key that the site has lost
        return None
    return int(match.counter)


def new_recovery_codes() -> list[str]:
    """Ten codes of 79 random bits each, long enough that their plain hash can be stored."""
    return [readable_secret() for _ in range(RECOVERY_CODES)]


def readable_secret() -> str:
    """Four words of four letters and digits, to be read off paper and typed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; spaces, hyphens and capitals make no difference."""
    return hashed("".join(sign for sign in code.lower() if sign.isalnum()))
