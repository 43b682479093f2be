"""Invitations, reset links and passwords of coordinators.

The views hash passwords before they call this module. Only the hash of a link's token is stored. Every change
writes an event to the history, under the coordinator's id and never under an e-mail address.
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
    """Adds the coordinator and returns the token of an invitation: it works once, within seven days.

    Earlier links end. Raises as `add`.
    """
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
    """As `invite`, but sends the link by mail, so that the inviting coordinator never sees it. Raises as `add`."""
    _mail(session, add(session, email, role, group, change=change, by=by, now=now), language, secret, now)


def invite_again(session: Session, coordinator: Coordinator, *, by: str, now: datetime) -> str:
    """The token of a new invitation for an existing coordinator, whose role and group stay."""
    _note_again(session, coordinator, by, now)
    return _link(session, coordinator, "invitation", now)


def mail_again(
    session: Session, coordinator: Coordinator, *, language: str, secret: str, by: str, now: datetime
) -> None:
    """As `invite_again`, but sends the link by mail."""
    _note_again(session, coordinator, by, now)
    _mail(session, coordinator, language, secret, now)


def _note_again(session: Session, coordinator: Coordinator, by: str, now: datetime) -> None:
    group = coordinator.group.slug if coordinator.group else None
    note(session, coordinator, "invited", by, now, role=coordinator.role, group=group)


def _mail(session: Session, coordinator: Coordinator, language: str, secret: str, now: datetime) -> None:
    """Queues the invitation mail. A second call within a minute does nothing: it is a double click.

    The token is derived from an idempotency key and the site's secret, so that the outbox stores no usable link.
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
    """The token of a link to choose a new password: it works once, within an hour.

    Send it only to the coordinator's own mailbox. Unlike an invitation it does not turn off two-factor codes.
    """
    note(session, coordinator, "reset asked", coordinator.actor, now)
    return _link(session, coordinator, "reset", now)


def mail_reset(session: Session, email: str | None, language: str, secret: str, now: datetime) -> None:
    """Queues a mail with a link to choose a new password, if the address is a coordinator's; at most one an hour.

    When the mailbox has reached its daily limit, the latest unused link stays valid for another hour instead, so
    that requests by a stranger cannot stop the coordinator from getting a new password. The token is derived from
    an idempotency key and the site's secret, so that the outbox stores no usable link.
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
    """The link of this token; with `to_use` its row is locked, so that it is used once. Raises LinkSpent."""
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
    """Sets the password and ends the link and every session; an invitation also turns off two-factor codes.

    Raises LinkSpent.
    """
    link = find_link(session, token, now, to_use=True)
    coordinator = link.coordinator
    if link.kind == "invitation":
        two_factor.clear_codes(coordinator)
    change_password(session, coordinator, password_hash, now)
    return coordinator


def change_password(session: Session, coordinator: Coordinator, password_hash: str, now: datetime) -> None:
    """Sets a password that the coordinator chose; ends all sessions and open links."""
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
    """Writes the event `signed in` to the history."""
    note(session, coordinator, "signed in", coordinator.actor, now)


def end_sessions(session: Session, coordinator: Coordinator, now: datetime) -> None:
    """Signs the coordinator out everywhere."""
    end_all(session, coordinator)
    note(session, coordinator, "signed out everywhere", coordinator.actor, now)
