"""Reads, adds and removes coordinators. An office coordinator sees all rows, a group coordinator the group's rows."""

import re
import secrets
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import audit, groups, refusals, two_factor
from ua_tracker.coordinators.sessions import end_all
from ua_tracker.models import ROLES, Coordinator, CoordinatorLink

_NUMBERED = re.compile(r"coordinator ([0-9]{1,9})")


def email_of_actor(session: Session, who: str) -> str:
    """The e-mail address of an actor like `coordinator 7`; another actor is returned unchanged."""
    number = _NUMBERED.fullmatch(who)
    known = session.get(Coordinator, int(number[1])) if number else None
    return known.email if known else who


def actor_of(session: Session, who: str | None) -> str | None:
    """The history's name of the coordinator with this e-mail address, removed ones too; other text is unchanged."""
    known = session.scalar(select(Coordinator).where(Coordinator.email == key(who))) if who else None
    return known.actor if known else who


def listing(session: Session) -> list[Coordinator]:
    """All coordinators that may sign in, by e-mail address."""
    return sorted(session.scalars(select(Coordinator).where(Coordinator.active)), key=lambda one: one.email)


def find(session: Session, email: str | None) -> Coordinator:
    """The coordinator with this e-mail address. Raises NoSuchCoordinator."""
    known = find_or_none(session, email)
    if known is None:
        raise refusals.NoSuchCoordinator(email=email)
    return known


def find_by_id(session: Session, number: int) -> Coordinator:
    """The active coordinator with this id. Raises NoSuchEntry."""
    known = session.get(Coordinator, number)
    if known is None or not known.active:
        raise refusals.NoSuchEntry()
    return known


def find_or_none(session: Session, email: str | None) -> Coordinator | None:
    """The active coordinator with this e-mail address, if there is one."""
    return session.scalar(select(Coordinator).where(Coordinator.email == key(email or ""), Coordinator.active))


def is_first_start(session: Session) -> bool:
    """Whether there has never been a coordinator: removed ones count."""
    return session.scalar(select(func.count()).select_from(Coordinator)) == 0


def may_see(coordinator: Coordinator, group_id: int | None) -> bool:
    """Whether the coordinator may see rows of this group (None: rows without a group). The office sees all."""
    return coordinator.role == "office" or (group_id is not None and coordinator.group_id == group_id)


def require_group(coordinator: Coordinator, group_id: int | None) -> None:
    """Raises NotThisGroup unless the coordinator may see the group's rows."""
    if not may_see(coordinator, group_id):
        raise refusals.NotThisGroup()


def seen_group(coordinator: Coordinator) -> int | None:
    """The scope for queries: the id of the group whose rows may be read, or None for all rows (the office)."""
    return coordinator.group_id if coordinator.role == "group" else None


def add(
    session: Session, email: str, role: str, group: str | None, *, change: bool = True, by: str, now: datetime
) -> Coordinator:
    """Adds a coordinator, or gives an existing one this role and group. A new one cannot sign in yet.

    A changed role or group ends the coordinator's sessions. Raises BadEmail, GroupMissing, NoSuchGroup,
    RoleWouldChange for such a change when `change` is false, and LastOfTheOffice when the last office coordinator
    would lose that role.
    """
    if _checked(email) is None:
        raise refusals.BadEmail(email=email)
    if role not in ROLES or (role == "group") != bool(group):
        raise refusals.GroupMissing()
    group_id = groups.find(session, group).id if group else None
    known = _locked_or_new(session, key(email), role, group_id, now)
    if not known.active:
        # Removed before and added again: clear the old credentials.
        known.role, known.group_id, known.active, known.password_hash = role, group_id, True, None
        end_all(session, known)
    elif (known.role, known.group_id) != (role, group_id):
        if not change:
            raise refusals.RoleWouldChange(email=known.email)
        if role != "office" and _is_last_of_the_office(session, known):
            raise refusals.LastOfTheOffice(email=known.email)
        known.role, known.group_id = role, group_id
        end_all(session, known)
    session.flush()
    note(session, known, "invited", by, now, role=role, group=group)
    return known


def _locked_or_new(session: Session, address: str, role: str, group_id: int | None, now: datetime) -> Coordinator:
    same = select(Coordinator).where(Coordinator.email == address).with_for_update(of=Coordinator)
    known = session.scalar(same)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            mark = secrets.token_hex(32)
            known = Coordinator(email=address, created_at=now, fs_uniquifier=mark, role=role, group_id=group_id)
            session.add(known)
    except IntegrityError:  # another transaction added it first
        known = session.scalars(same).one()
    return known


def remove(session: Session, email: str, *, by: str, now: datetime) -> None:
    """Removes access: ends sessions and links, clears password and two-factor codes. The row stays for the history.

    Raises NoSuchCoordinator, LastOfTheOffice.
    """
    coordinator = find(session, email)
    if _is_last_of_the_office(session, coordinator):
        raise refusals.LastOfTheOffice(email=coordinator.email)
    coordinator.active, coordinator.password_hash = False, None
    end_all(session, coordinator)
    two_factor.clear_codes(coordinator)
    end_links(session, coordinator, now)
    note(session, coordinator, "removed", by, now)


def locked(session: Session, coordinator: Coordinator) -> Coordinator:
    """Reads the coordinator again and locks the row until the transaction ends. Raises SignedOut if removed."""
    known = session.get_one(Coordinator, coordinator.id, with_for_update={"of": Coordinator}, populate_existing=True)
    if not known.active:
        raise refusals.SignedOut()
    return known


def _is_last_of_the_office(session: Session, coordinator: Coordinator) -> bool:
    """Whether no other office coordinator has a password. One with only an invitation may never accept it."""
    offices = select(Coordinator.id).where(
        Coordinator.active, Coordinator.role == "office", Coordinator.password_hash.is_not(None)
    )
    return list(session.scalars(offices.with_for_update())) == [coordinator.id]


def note(session: Session, coordinator: Coordinator, event: str, by: str, now: datetime, **after: Any) -> None:
    """Writes an event about this coordinator to the history."""
    audit.note(session, actor=by, event=event, subject=coordinator.actor, now=now, after=after)


def _checked(email: str) -> str | None:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def key(email: str) -> str:
    """Normalises an e-mail address, so that two spellings of one mailbox are equal: IDNA domain, all in lower case."""
    email = email.encode(errors="replace").decode()  # JSON can contain a lone surrogate, which no database stores
    name, _, domain = (_checked(email) or email.strip()).rpartition("@")
    return f"{name.lower()}@{domain.lower()}" if name else domain.lower()


def end_links(session: Session, coordinator: Coordinator, now: datetime, kind: str | None = None) -> None:
    """Ends the coordinator's open links, or only those of one kind (a reset does not end an invitation)."""
    open_ones = update(CoordinatorLink).where(
        CoordinatorLink.coordinator_id == coordinator.id, CoordinatorLink.ended_at.is_(None)
    )
    if kind is not None:
        open_ones = open_ones.where(CoordinatorLink.kind == kind)
    session.execute(open_ones.values(ended_at=now))
