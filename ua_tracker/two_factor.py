"""Two-factor codes: codes of an authenticator (TOTP, RFC 6238) and recovery codes on paper."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP, AppWallet
from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import audit, refusals
from ua_tracker.models import Coordinator
from ua_tracker.private_links import hashed

RECOVERY_CODES = 10
_CLOCKS_DIFFER = 30  # seconds that a phone's clock may be off either way
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike


def factory(keys: Sequence[str], issuer: str) -> type[TOTP]:
    """The TOTP class of the site. Secrets are encrypted with the last of `keys`, and can be decrypted with all."""
    wallet = AppWallet({_tag(key): key for key in keys}, default_tag=_tag(keys[-1]))
    return TOTP.using(issuer=issuer, wallet=wallet)


def _tag(key: str) -> str:
    return hashlib.sha256(b"codes\0" + key.encode()).hexdigest()[:12]


def new_secret(totp: type[TOTP]) -> str:
    """A new secret for one coordinator, encrypted for storage."""
    return str(totp.new().to_json(encrypt=True))


def address(totp: type[TOTP], secret: str, email: str) -> str:
    """The otpauth URL that an authenticator reads from a QR code. Colons, which it cannot contain, become spaces."""
    return str(totp.from_source(secret).to_uri(label=email.replace(":", " ")))


def spelled(totp: type[TOTP], secret: str) -> str:
    """The secret as text, to be typed into an authenticator without a camera."""
    return str(totp.from_source(secret).pretty_key())


def counter_of(totp: type[TOTP], secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """The counter of the code: the number of its half minute. None for a wrong code, or one not later than `last`."""
    try:
        match = totp.verify(code, secret, time=now, window=_CLOCKS_DIFFER, last_counter=last)
    except (TokenError, KeyError, ValueError):  # KeyError: encrypted with a key that the site no longer has
        return None
    return int(match.counter)


def encrypt_anew(session: Session, totp: type[TOTP]) -> tuple[int, int]:
    """Encrypts every stored secret with the newest key. Returns how many, and how many no key here can decrypt."""
    renewed = lost = 0
    holders = select(Coordinator).where(Coordinator.codes_secret.is_not(None)).with_for_update(of=Coordinator)
    for coordinator in session.scalars(holders):
        try:
            coordinator.codes_secret = str(totp.from_source(coordinator.codes_secret or "").to_json(encrypt=True))
        except (TokenError, KeyError, ValueError):
            lost += 1
        else:
            renewed += 1
    return renewed, lost


def new_recovery_codes() -> list[str]:
    """Ten codes of 79 random bits each, long enough to be stored as unsalted hashes."""
    return [readable_secret() for _ in range(RECOVERY_CODES)]


def readable_secret() -> str:
    """A random text of four groups of four letters and digits, easy to type from paper."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def recovery_hash(code: str) -> str:
    """The hash that is stored of a recovery code. Spaces, hyphens and capitals are ignored."""
    return hashed("".join(character for character in code.lower() if character.isalnum()))


def turn_on(
    session: Session, coordinator: Coordinator, totp: type[TOTP], secret: str, code: str, now: datetime
) -> list[str]:
    """Turns on two-factor codes; returns the recovery codes, which are shown once. Raises WrongCode."""
    counter = counter_of(totp, secret, code, now, None)
    if counter is None:
        raise refusals.WrongCode()
    recovery = new_recovery_codes()
    coordinator.codes_secret, coordinator.codes_counter = secret, counter
    coordinator.recovery_hashes = [recovery_hash(one) for one in recovery]
    audit.note(session, actor=coordinator.actor, event="two-factor on", subject=coordinator.actor, now=now)
    return recovery


def turn_off(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Turns off two-factor codes."""
    clear_codes(coordinator)
    audit.note(session, actor=coordinator.actor, event="two-factor off", subject=coordinator.actor, now=now)


def clear_codes(coordinator: Coordinator) -> None:
    """Deletes the secret and the recovery codes."""
    coordinator.codes_secret = coordinator.codes_counter = None
    coordinator.recovery_hashes = []


def use(session: Session, coordinator: Coordinator, totp: type[TOTP], code: str, now: datetime) -> None:
    """Uses up a code of the authenticator or a recovery code. Raises WrongCode, also for one used before.

    Lock the coordinator first (`coordinators.locked`), so that two parallel requests cannot use the same code.
    """
    secret = coordinator.codes_secret or ""
    counter = counter_of(totp, secret, code.replace(" ", ""), now, coordinator.codes_counter)
    if counter is not None:
        coordinator.codes_counter = counter
        return
    spent = recovery_hash(code)
    if spent not in coordinator.recovery_hashes:
        raise refusals.WrongCode()
    coordinator.recovery_hashes = [kept for kept in coordinator.recovery_hashes if kept != spent]
    left = {"left": len(coordinator.recovery_hashes)}
    audit.note(session, actor=coordinator.actor, event="recovery code", subject=coordinator.actor, now=now, after=left)
