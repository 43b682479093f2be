"""How does a coordinator come to a password, and lose it again? By links that are good once.

Passwords come here hashed (the door hashes them); of links only a hash is stored. Every deed
leaves a line in the history, under the coordinator's number and never under an address.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ua_tracker import outbox, private_links, refusals, two_factor
from ua_tracker.coordinators.people import add, end_links, find_or_none, note
from ua_tracker.coordinators.sessions import end_all
from ua_tracker.models import Coordinator, CoordinatorLink
from ua_tracker.private_links import hashed

INVITATION_DAYS = 7
RESET_HOURS = 1


def invite(
    session: Session, email: str, role: str, group: str | None, *, change: bool = True, by: str, now: datetime
) -> str:
    """The token of an invitation, good once within seven days; it replaces earlier ones. Raises as `add`."""
    return _link(session, add(session, email, role, group, change=change, by=by, now=now), "invitation", now)


def invite_by_mail(
    session: Session,
    email: str,
    role: str,
    group: str | None,
    *,
    language: str,
    secret: str,
    change: bool = True,
    by: str,
    now: datetime,
) -> None:
    """Invites as `invite` does, by a mail to that mailbox: whoever invites never sees the link. Raises as `add`."""
    _mail(session, add(session, email, role, group, change=change, by=by, now=now), language, secret, now)


def invite_again(session: Session, coordinator: Coordinator, *, by: str, now: datetime) -> str:
    """The token of another invitation for somebody who coordinates already; role and group stay as they are."""
    _note_again(session, coordinator, by, now)
    return _link(session, coordinator, "invitation", now)


def mail_again(
    session: Session, coordinator: Coordinator, *, language: str, secret: str, by: str, now: datetime
) -> None:
    """The same by mail."""
    _note_again(session, coordinator, by, now)
    _mail(session, coordinator, language, secret, now)


def _note_again(session: Session, coordinator: Coordinator, by: str, now: datetime) -> None:
    group = coordinator.group.slug if coordinator.group else None
    note(session, coordinator, "invited", by, now, role=coordinator.role, group=group)


def _mail(session: Session, coordinator: Coordinator, language: str, secret: str, now: datetime) -> None:
    """Queues the invitation; pressed twice within a minute it is one mail.

    The link is derived from a once-only key with the site's secret, so that none stands in the outbox.
    """
    just_now = select(CoordinatorLink.id).where(
        CoordinatorLink.coordinator_id == coordinator.id,
        CoordinatorLink.kind == "invitation",
        CoordinatorLink.ended_at.is_(None),
        CoordinatorLink.issued_at > now - timedelta(minutes=1),
    )
    if session.scalar(just_now.limit(1)) is not None:
        return
    key = secrets.token_urlsafe(24)
    outbox.queue(
        session,
        kind="invitation",
        to=coordinator.email,
        language=language,
        facts={"key": key},
        once_key=f"invitation:{key}",
        now=now,
    )
    _link(session, coordinator, "invitation", now, private_links.token_for(key, secret))


def reset_link(session: Session, coordinator: Coordinator, now: datetime) -> str:
    """The token of a link to choose a new password, good once within the hour. To be sent to the coordinator's
    own mailbox and shown to nobody; unlike an invitation it leaves two-factor codes on.
    """
    note(session, coordinator, "reset asked", coordinator.actor, now)
    return _link(session, coordinator, "reset", now)


def mail_reset(session: Session, email: str | None, language: str, secret: str, now: datetime) -> None:
    """Queues a mail with a link to choose a new password, if the address is a coordinator's; at most one an hour.

    When the mailbox has had its few of the day, the link that came last is good for another hour: who asks in
    somebody else's name must not keep a new password from her. The link is derived from a once-only key with the
    site's secret, so that none stands in the outbox.
    """
    coordinator = find_or_none(session, email)
    if coordinator is None:
        return
    key = secrets.token_urlsafe(24)
    queued = outbox.queue(
        session,
        kind="new_password",
        to=coordinator.email,
        language=language,
        facts={"key": key},
        once_key=f"new_password:{coordinator.id}:{now:%Y-%m-%dT%H}",
        now=now,
    )
    if queued:
        note(session, coordinator, "reset asked", coordinator.actor, now)
        _link(session, coordinator, "reset", now, private_links.token_for(key, secret))
    else:
        unused = (
            CoordinatorLink.coordinator_id == coordinator.id,
            CoordinatorLink.kind == "reset",
            CoordinatorLink.ended_at.is_(None),
        )
        session.execute(update(CoordinatorLink).where(*unused).values(expires_at=now + timedelta(hours=RESET_HOURS)))


def _link(session: Session, coordinator: Coordinator, kind: str, now: datetime, token: str | None = None) -> str:
    end_links(session, coordinator, now, None if kind == "invitation" else kind)
    token = token or secrets.token_urlsafe(32)
    span = timedelta(days=INVITATION_DAYS) if kind == "invitation" else timedelta(hours=RESET_HOURS)
    session.add(
        CoordinatorLink(
            coordinator_id=coordinator.id, kind=kind, token_hash=hashed(token), issued_at=now, expires_at=now + span
        )
    )
    return token


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
        two_factor.clear_codes(coordinator)
    change_password(session, coordinator, password_hash, now)
    return coordinator


def change_password(session: Session, coordinator: Coordinator, password_hash: str, now: datetime) -> None:
    """Sets a password of the coordinator's own; ends all sessions and open links."""
    coordinator.password_hash, coordinator.must_change_password = password_hash, False
    end_all(session, coordinator)
    end_links(session, coordinator, now)
    note(session, coordinator, "password changed", coordinator.actor, now)


def hand_out_password(session: Session, coordinator: Coordinator, password_hash: str, now: datetime, by: str) -> None:
    """Sets a password that must be changed at the first sign-in."""
    coordinator.password_hash, coordinator.must_change_password = password_hash, True
    end_all(session, coordinator)
    note(session, coordinator, "one-time password", by, now)


def signed_in(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Leaves a line in the history."""
    note(session, coordinator, "signed in", coordinator.actor, now)


def end_sessions(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Signs the coordinator out everywhere."""
    end_all(session, coordinator)
    note(session, coordinator, "signed out everywhere", coordinator.actor, now)
