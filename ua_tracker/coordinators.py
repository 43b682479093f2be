"""Who may sign in, what may they see, and how do they come to a password and lose it again?

Passwords come here hashed (the door hashes them); of links only a hash is stored. Every deed
leaves a line in the history, under the coordinator's number and never under an address.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ua_tracker import audit, codes, groups, outbox, private_links, refusals
from ua_tracker.models import ROLES, AuditEntry, Coordinator, CoordinatorLink
from ua_tracker.private_links import hashed

INVITATION_DAYS = 7
RESET_HOURS = 1
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
_NUMBERED = re.compile(r"coordinator ([0-9]{1,9})")
LOCKED_FOR = timedelta(minutes=15)


def named(session: Session, who: str) -> str:
    """The e-mail address behind a name of the history; any other name as it is."""
    number = _NUMBERED.fullmatch(who)
    known = session.get(Coordinator, int(number[1])) if number else None
    return known.email if known else who


def actor_of(session: Session, who: str | None) -> str | None:
    """What the history calls whoever has or had this e-mail address; any other name as it is."""
    known = session.scalar(select(Coordinator).where(Coordinator.email == _key(who))) if who else None
    return known.actor if known else who


def listing(session: Session) -> list[Coordinator]:
    """All who may sign in, by address."""
    return list(session.scalars(select(Coordinator).where(Coordinator.active).order_by(Coordinator.email)))


def find(session: Session, email: str | None) -> Coordinator:
    """The coordinator of this address. Raises NoSuchCoordinator."""
    known = find_or_none(session, email)
    if known is None:
        raise refusals.NoSuchCoordinator(email=email)
    return known


def numbered(session: Session, number: int) -> Coordinator:
    """The coordinator of this row who may sign in. Raises NoSuchEntry."""
    known = session.get(Coordinator, number)
    if known is None or not known.active:
        raise refusals.NoSuchEntry()
    return known


def find_or_none(session: Session, email: str | None) -> Coordinator | None:
    """The coordinator of this address, if there is one."""
    return session.scalar(select(Coordinator).where(Coordinator.email == _key(email or ""), Coordinator.active))


def of_session(session: Session, uniquifier: str | None) -> Coordinator | None:
    """The coordinator whom a session with this mark belongs to, unless it was ended."""
    return session.scalar(select(Coordinator).where(Coordinator.fs_uniquifier == uniquifier, Coordinator.active))


def is_first_start(session: Session) -> bool:
    """Whether there has never been a coordinator."""
    return session.scalar(select(func.count()).select_from(Coordinator)) == 0


def may_see(coordinator: Coordinator, group_id: int | None) -> bool:
    """Whether rows of this group (None: of no group) are this coordinator's to see: the office sees all."""
    return coordinator.role == "office" or (group_id is not None and coordinator.group_id == group_id)


def require_group(coordinator: Coordinator, group_id: int | None) -> None:
    """Raises NotThisGroup unless the coordinator may see the group's rows."""
    if not may_see(coordinator, group_id):
        raise refusals.NotThisGroup()


def seen_group(coordinator: Coordinator) -> int | None:
    """The group to whose rows every question must be narrowed; None means all rows (the office)."""
    return coordinator.group_id if coordinator.role == "group" else None


def add(session: Session, email: str, role: str, group: str | None, *, by: str, now: datetime) -> Coordinator:
    """The coordinator of this address with this role, new or changed; not yet able to sign in when new.

    Raises BadEmail, GroupMissing, NoSuchGroup, LastOfTheOffice for the last one of the office who would be none.
    A changed role ends the coordinator's sessions.
    """
    try:
        checked = validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise refusals.BadEmail(email=email) from wrong
    if role not in ROLES or (role == "group") != bool(group):
        raise refusals.GroupMissing()
    group_id = groups.find(session, group).id if group else None
    same = select(Coordinator).where(Coordinator.email == _key(checked))
    known = session.scalar(same.with_for_update(of=Coordinator))
    if known is None:
        known = Coordinator(email=_key(checked), created_at=now, fs_uniquifier=_fresh(), role=role, group_id=group_id)
        session.add(known)
    elif role != "office" and _is_last_of_the_office(session, known):
        raise refusals.LastOfTheOffice(email=known.email)
    elif (known.role, known.group_id, known.active) != (role, group_id, True):
        known.role, known.group_id, known.active = role, group_id, True
        known.fs_uniquifier = _fresh()
    session.flush()
    _note(session, known, "invited", by, now, role=role, group=group)
    return known


def invite(session: Session, email: str, role: str, group: str | None, *, by: str, now: datetime) -> str:
    """The token of an invitation, good once within seven days; it replaces earlier ones. Raises as `add`."""
    return _link(session, add(session, email, role, group, by=by, now=now), "invitation", now)


def invite_by_mail(
    session: Session, email: str, role: str, group: str | None, *, language: str, secret: str, by: str, now: datetime
) -> None:
    """Invites as `invite` does, by a mail to that mailbox: whoever invites never sees the link. Raises as `add`.

    The link is derived from a once-only key with the site's secret, so that none stands in the outbox.
    """
    coordinator, key = add(session, email, role, group, by=by, now=now), secrets.token_urlsafe(24)
    outbox.queue(
        session, kind="invitation", to=coordinator.email, language=language, facts={"key": key},
        once_key=f"invitation:{key}", now=now,
    )  # fmt: skip
    _link(session, coordinator, "invitation", now, private_links.token_for(key, secret))


def reset_link(session: Session, coordinator: Coordinator, now: datetime) -> str:
    """The token of a link to choose a new password, good once within the hour. To be sent to the coordinator's
    own mailbox and shown to nobody; unlike an invitation it leaves two-factor codes on.
    """
    _note(session, coordinator, "reset asked", coordinator.actor, now)
    return _link(session, coordinator, "reset", now)


def mail_reset(session: Session, email: str | None, language: str, secret: str, now: datetime) -> None:
    """Queues a mail with a link to choose a new password, if the address is a coordinator's; at most one an hour.

    The link is derived from a once-only key with the site's secret, so that none stands in the outbox.
    """
    coordinator = find_or_none(session, email)
    if coordinator is None:
        return
    key = secrets.token_urlsafe(24)
    queued = outbox.queue(
        session, kind="new_password", to=coordinator.email, language=language, facts={"key": key},
        once_key=f"new_password:{coordinator.id}:{now:%Y-%m-%dT%H}", now=now,
    )  # fmt: skip
    if queued:
        _note(session, coordinator, "reset asked", coordinator.actor, now)
        _link(session, coordinator, "reset", now, private_links.token_for(key, secret))


def _link(session: Session, coordinator: Coordinator, kind: str, now: datetime, token: str | None = None) -> str:
    _end_links(session, coordinator, now)
    token = token or secrets.token_urlsafe(32)
    span = timedelta(days=INVITATION_DAYS) if kind == "invitation" else timedelta(hours=RESET_HOURS)
    session.add(
        CoordinatorLink(
            coordinator_id=coordinator.id, kind=kind, token_hash=hashed(token), issued_at=now, expires_at=now + span
        )
    )
    return token


def _end_links(session: Session, coordinator: Coordinator, now: datetime) -> None:
    open_ones = update(CoordinatorLink).where(
        CoordinatorLink.coordinator_id == coordinator.id, CoordinatorLink.ended_at.is_(None)
    )
    session.execute(open_ones.values(ended_at=now))


def find_link(session: Session, token: str, now: datetime, *, to_use: bool = False) -> CoordinatorLink:
    """The link of this token, held against a second use when it is `to_use`. Raises LinkSpent."""
    question = select(CoordinatorLink).where(
        CoordinatorLink.token_hash == hashed(token),
        CoordinatorLink.ended_at.is_(None),
        CoordinatorLink.expires_at > now,
    )
    link = session.scalar(question.with_for_update() if to_use else question)
    if link is None or not link.coordinator.active:
        raise refusals.LinkSpent()
    return link


def choose_password(session: Session, token: str, password_hash: str, now: datetime) -> Coordinator:
    """Uses a link up: a password is set and every session ends; an invitation also takes two-factor codes off.

    Raises LinkSpent.
    """
    link = find_link(session, token, now, to_use=True)
    coordinator = link.coordinator
    if link.kind == "invitation":
        codes.take_off(coordinator)
    change_password(session, coordinator, password_hash, now)
    return coordinator


def require_good_password(password: str, email: str, before: str | None = None) -> None:
    """Raises PasswordTooShort or PasswordGuessable (length before rules: NIST SP 800-63B)."""
    if len(password) < SHORTEST_PASSWORD:
        raise refusals.PasswordTooShort(least=SHORTEST_PASSWORD)
    plain = password.casefold()
    if password == before or plain == email or len(set(plain)) < 4:
        raise refusals.PasswordGuessable()


def change_password(session: Session, coordinator: Coordinator, password_hash: str, now: datetime) -> None:
    """Sets a password of the coordinator's own; ends all sessions and open links."""
    coordinator.password_hash, coordinator.must_change_password = password_hash, False
    coordinator.fs_uniquifier = _fresh()
    _end_links(session, coordinator, now)
    _note(session, coordinator, "password changed", coordinator.actor, now)


def hand_out_password(session: Session, coordinator: Coordinator, password_hash: str, now: datetime, by: str) -> None:
    """Sets a password that must be changed at the first sign-in."""
    coordinator.password_hash, coordinator.must_change_password = password_hash, True
    coordinator.fs_uniquifier = _fresh()
    _note(session, coordinator, "one-time password", by, now)


def signed_in(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Leaves a line in the history."""
    _note(session, coordinator, "signed in", coordinator.actor, now)


def locked_out(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Leaves one line in the history for each quarter of an hour in which too many tries were made."""
    since = now - LOCKED_FOR
    told = select(AuditEntry.id).where(
        AuditEntry.subject == coordinator.actor, AuditEntry.deed == "locked out", AuditEntry.at > since
    )
    if session.scalar(told.limit(1)) is None:
        _note(session, coordinator, "locked out", "sign-in", now)


def end_sessions(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Signs the coordinator out everywhere."""
    coordinator.fs_uniquifier = _fresh()
    _note(session, coordinator, "signed out everywhere", coordinator.actor, now)


def remove(session: Session, email: str, *, by: str, now: datetime) -> None:
    """Ends sessions, links, password and codes. The row stays for the history.

    Raises NoSuchCoordinator, LastOfTheOffice.
    """
    coordinator = find(session, email)
    if _is_last_of_the_office(session, coordinator):
        raise refusals.LastOfTheOffice(email=coordinator.email)
    coordinator.active, coordinator.password_hash = False, None
    coordinator.fs_uniquifier = _fresh()
    codes.take_off(coordinator)
    _end_links(session, coordinator, now)
    _note(session, coordinator, "removed", by, now)


def _is_last_of_the_office(session: Session, coordinator: Coordinator) -> bool:
    offices = select(Coordinator.id).where(Coordinator.active, Coordinator.role == "office").with_for_update()
    return list(session.scalars(offices)) == [coordinator.id]


def held(session: Session, coordinator: Coordinator) -> Coordinator:
    """The coordinator read again and held until the transaction ends."""
    return session.get_one(Coordinator, coordinator.id, with_for_update={"of": Coordinator}, populate_existing=True)


def _note(session: Session, coordinator: Coordinator, deed: str, by: str, now: datetime, **after: Any) -> None:
    audit.note(session, actor=by, deed=deed, subject=coordinator.actor, now=now, after=after)


def _fresh() -> str:
    return secrets.token_hex(32)


def _key(email: str) -> str:
    return email.strip().casefold()
