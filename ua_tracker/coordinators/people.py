"""Who coordinates, for whom, and what may they see? The office sees all rows, a group's coordinator the group's."""

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
    """The e-mail address behind a name of the history; any other name as it is."""
    number = _NUMBERED.fullmatch(who)
    known = session.get(Coordinator, int(number[1])) if number else None
    return known.email if known else who


def actor_of(session: Session, who: str | None) -> str | None:
    """What the history calls whoever has or had this e-mail address; any other name as it is."""
    known = session.scalar(select(Coordinator).where(Coordinator.email == key(who))) if who else None
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


def find_by_id(session: Session, number: int) -> Coordinator:
    """The coordinator of this row who may sign in. Raises NoSuchEntry."""
    known = session.get(Coordinator, number)
    if known is None or not known.active:
        raise refusals.NoSuchEntry()
    return known


def find_or_none(session: Session, email: str | None) -> Coordinator | None:
    """The coordinator of this address, if there is one."""
    return session.scalar(select(Coordinator).where(Coordinator.email == key(email or ""), Coordinator.active))


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


def add(
    session: Session, email: str, role: str, group: str | None, *, change: bool = True, by: str, now: datetime
) -> Coordinator:
    """The coordinator of this address with this role, new or changed; not yet able to sign in when new.

    A changed role ends the coordinator's sessions; with `change` off nobody's role is changed. Raises BadEmail,
    GroupMissing, NoSuchGroup, RoleWouldChange, LastOfTheOffice for the last one of the office who would be none.
    """
    if _checked(email) is None:
        raise refusals.BadEmail(email=email)
    if role not in ROLES or (role == "group") != bool(group):
        raise refusals.GroupMissing()
    group_id = groups.find(session, group).id if group else None
    known = _locked_or_new(session, key(email), role, group_id, now)
    if not known.active:
        # What was left of the time before is no way in.
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
    except IntegrityError:  # another was quicker
        known = session.scalars(same).one()
    return known


def remove(session: Session, email: str, *, by: str, now: datetime) -> None:
    """Ends sessions, links, password and codes. The row stays for the history.

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
    """The coordinator read again and held until the transaction ends. Raises SignedOut when removed meanwhile."""
    known = session.get_one(Coordinator, coordinator.id, with_for_update={"of": Coordinator}, populate_existing=True)
    if not known.active:
        raise refusals.SignedOut()
    return known


def _is_last_of_the_office(session: Session, coordinator: Coordinator) -> bool:
    """Whether nobody else of the office can sign in; who has only an invitation cannot, and may never."""
    offices = select(Coordinator.id).where(
        Coordinator.active, Coordinator.role == "office", Coordinator.password_hash.is_not(None)
    )
    return list(session.scalars(offices.with_for_update())) == [coordinator.id]


def note(session: Session, coordinator: Coordinator, event: str, by: str, now: datetime, **after: Any) -> None:
    """Writes a line about this coordinator into the history."""
    audit.note(session, actor=by, event=event, subject=coordinator.actor, now=now, after=after)


def _checked(email: str) -> str | None:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def key(email: str) -> str:
    """The form in which two spellings of one mailbox are equal: the domain as IDNA writes it, the rest in one case."""
    email = email.encode(errors="replace").decode()  # half a sign, as JSON can spell it, is none that a database holds
    name, _, domain = (_checked(email) or email.strip()).rpartition("@")
    return f"{name.casefold()}@{domain.lower()}" if name else domain.casefold()


def end_links(session: Session, coordinator: Coordinator, now: datetime, kind: str | None = None) -> None:
    """Ends the coordinator's open links, or those of one kind: a reset leaves an open invitation alone."""
    open_ones = update(CoordinatorLink).where(
        CoordinatorLink.coordinator_id == coordinator.id, CoordinatorLink.ended_at.is_(None)
    )
    if kind is not None:
        open_ones = open_ones.where(CoordinatorLink.kind == kind)
    session.execute(open_ones.values(ended_at=now))
