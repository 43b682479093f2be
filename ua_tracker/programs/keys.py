"""API keys: coordinators make them, for their group or for the whole office, and revoke them.

A key is `uat_`, 40 random letters and digits, and 6 that check the others, so that people and secret scanners
recognise it and a key that was not copied whole is told from one that is over. It is shown once; only its hash is
stored. Nothing of a key is kept in memory between requests: once revoked it works nowhere, in no process.
"""

import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, Integer, Select, String, and_, bindparam, or_, select, text
from sqlalchemy.orm import Session

from ua_tracker import audit, groups, refusals, texts
from ua_tracker.limits import MOST_OF_AN_EVENING
from ua_tracker.models import ApiKey, AuditEntry, Coordinator, Group
from ua_tracker.models.column_types import Instant
from ua_tracker.private_links import hashed
from ua_tracker.statements import Fixed

PREFIX = "uat_"
PLEDGE, REPORT, READ = "pledge", "report", "read"
RIGHTS = (PLEDGE, REPORT, READ)
LONGEST_NAME = 80
USUAL_LETTERS = 300
_ALPHABET = string.digits + string.ascii_letters
_RANDOM, _CHECKING = 40, 6
_USED = Fixed(
    text(
        "UPDATE api_keys SET last_used_on = :day WHERE id = :id AND (last_used_on IS NULL OR last_used_on < :day)"
    ).bindparams(bindparam("day", type_=Date()), bindparam("id", type_=Integer()))
)


@dataclass(frozen=True)
class Known:
    """A key that works: its rights, its group (None for all groups), and the letters of a day that count at once."""

    id: int
    key_hash: str
    name: str
    group_id: int | None
    group: str | None
    rights: tuple[str, ...]
    most_letters: int
    expires_at: datetime | None
    last_used_on: date | None

    @property
    def actor(self) -> str:
        """Its name in the history."""
        return f"key {self.id}"

    def require(self, right: str) -> None:
        """Raises RightMissing unless the key has this right."""
        if right not in self.rights:
            raise refusals.RightMissing(right=right)


def _is_good() -> list[ColumnElement[bool]]:
    """Conditions for keys that work at the instant `now`: their makers may sign in, and coordinate that group."""
    now = bindparam("now", type_=Instant())
    in_charge = or_(Coordinator.role == "office", Coordinator.group_id == ApiKey.group_id)
    in_time = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    return [ApiKey.revoked_at.is_(None), in_time, Coordinator.active.is_(True), in_charge]


_COLUMNS = (ApiKey.id, ApiKey.key_hash, ApiKey.name, ApiKey.group_id, Group.slug)
_RIGHTS = (ApiKey.may_pledge, ApiKey.may_report, ApiKey.may_read)
_FIND = Fixed(
    select(*_COLUMNS, *_RIGHTS, ApiKey.most_letters, ApiKey.expires_at, ApiKey.last_used_on)
    .join(Coordinator, Coordinator.id == ApiKey.made_by_id)
    .outerjoin(Group, Group.id == ApiKey.group_id)
    .where(and_(ApiKey.key_hash == bindparam("key_hash", type_=String()), *_is_good()))
)


@dataclass(frozen=True)
class Grant:
    """What a new key may do. `group` is a slug, None for the whole office; `days` until it expires, None for never."""

    name: str | None
    group: str | None
    rights: tuple[str, ...]
    most_letters: int = USUAL_LETTERS
    days: int | None = None


def make(session: Session, coordinator: Coordinator, grant: Grant, now: datetime) -> tuple[ApiKey, str]:
    """A new key, and the text to hand out, which is stored nowhere.

    Raises KeyWithoutName, NoRight, NoSuchGroup, EveningTooLarge for a number of letters below 1 or above 20,000, and
    NotYourGroup for another group than that of a group's coordinator.
    """
    name = texts.one_line(grant.name)
    if name is None:
        raise refusals.KeyWithoutName()
    if not grant.rights:
        raise refusals.NoRight()
    if not 1 <= grant.most_letters <= MOST_OF_AN_EVENING:
        raise refusals.EveningTooLarge(most=MOST_OF_AN_EVENING)
    group = groups.find(session, grant.group, to_write=True) if grant.group else None
    if coordinator.role != "office" and (group is None or group.id != coordinator.group_id):
        raise refusals.NotYourGroup()
    secret = fresh()
    made = ApiKey(
        name=name[:LONGEST_NAME],
        group_id=group.id if group else None,
        **{f"may_{right}": right in grant.rights for right in RIGHTS},
        most_letters=grant.most_letters,
        key_hash=hashed(secret),
        ending=secret[-4:],
        made_by_id=coordinator.id,
        made_at=now,
        expires_at=now + timedelta(days=grant.days) if grant.days else None,
    )
    session.add(made)
    session.flush()
    after = {"group": group.slug if group else None, "rights": list(grant.rights), "most_letters": grant.most_letters}
    expires = {"expires_at": made.expires_at.isoformat()} if made.expires_at else {}
    actor = coordinator.actor
    audit.note(session, actor=actor, event="key made", subject=made.actor, now=now, after={**after, **expires})
    return made, secret


def revoke(session: Session, coordinator: Coordinator, number: int, now: datetime) -> ApiKey:
    """Ends a key. Does nothing for one that was revoked. Raises NoSuchEntry when there is none in the scope."""
    made = session.scalar(_seen_by(coordinator).where(ApiKey.id == number))
    if made is None:
        raise refusals.NoSuchEntry()
    if made.revoked_at is None:
        made.revoked_at = now
        audit.note(session, actor=coordinator.actor, event="key revoked", subject=made.actor, now=now)
    return made


def external_id(number: int | None) -> str:
    """The key with this id as files and pages name it, such as ua-key-3; "" for None."""
    return f"ua-key-{number}" if number else ""


def listing(session: Session, coordinator: Coordinator) -> list[ApiKey]:
    """The keys in the coordinator's scope, the newest first: the office's own and all groups', or one group's."""
    return list(session.scalars(_seen_by(coordinator).order_by(ApiKey.id.desc())))


def is_over(made: ApiKey, now: datetime) -> bool:
    """Whether the key no longer works."""
    maker = made.made_by
    in_charge = maker.active and (maker.role == "office" or maker.group_id == made.group_id)
    return made.revoked_at is not None or not in_charge or (made.expires_at is not None and made.expires_at <= now)


def rights_in_use(session: Session, now: datetime) -> set[str]:
    """The rights that any key has that works at this instant."""
    good = select(*_RIGHTS).join(Coordinator, Coordinator.id == ApiKey.made_by_id).where(*_is_good())
    return {right for row in session.execute(good, {"now": now}) for right, has in zip(RIGHTS, row, strict=True) if has}


def find(session: Session, secret: str | None, now: datetime) -> Known:
    """The key that a request brings. Raises KeyMissing, KeyDamaged, KeyOver."""
    if not secret:
        raise refusals.KeyMissing()
    if not is_whole(secret):
        raise refusals.KeyDamaged()
    return find_again(session, hashed(secret), now)


def find_again(session: Session, key_hash: str, now: datetime) -> Known:
    """The key with this hash, as it is now: it may have been revoked since. Raises KeyOver."""
    row = _FIND.first(session, key_hash=key_hash, now=now)
    if row is None:
        raise refusals.KeyOver()
    number, _, name, group_id, group, *given = row
    *given, most_letters, expires_at, last_used_on = given
    rights = tuple(right for right, has in zip(RIGHTS, given, strict=True) if has)
    return Known(number, key_hash, name, group_id, group, rights, most_letters, expires_at, last_used_on)


def note_use(session: Session, key: Known, now: datetime) -> None:
    """Remembers the day (UTC) on which the key was last used."""
    day = now.astimezone(UTC).date()
    if key.last_used_on != day:
        _USED.write(session, id=key.id, day=day)


def is_first_reading(session: Session, key: Known, slug: str, now: datetime) -> bool:
    """Whether the history does not say yet that this key read the action's pledges on this day (UTC)."""
    begin = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    noted = select(AuditEntry.id).where(AuditEntry.subject == slug, AuditEntry.at >= begin)
    return session.scalar(noted.where(AuditEntry.actor == key.actor, AuditEntry.event == "key read")) is None


def note_reading(session: Session, key: Known, slug: str, now: datetime) -> None:
    """Writes into the history that people's data was read with the key: once a day for each action."""
    if is_first_reading(session, key, slug, now):
        audit.note(session, actor=key.actor, event="key read", subject=slug, now=now)
    note_use(session, key, now)


def fresh() -> str:
    """A new key."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"{PREFIX}{random}{_check_of(random)}"


def is_whole(text: str) -> bool:
    """Whether the text has the form of a key, and its last characters fit the others."""
    random, check = text[len(PREFIX) : -_CHECKING], text[-_CHECKING:]
    is_long = len(text) == len(PREFIX) + _RANDOM + _CHECKING
    return is_long and text.isascii() and text.startswith(PREFIX) and _check_of(random) == check


def _check_of(random: str) -> str:
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKING):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def _seen_by(coordinator: Coordinator) -> "Select[ApiKey]":
    every = select(ApiKey)
    return every if coordinator.role == "office" else every.where(ApiKey.group_id == coordinator.group_id)
