"""Links that show a draft as the public will see it, for colleagues without an account.

An action has one such link at most: a new one takes the place of the last. It ends when it is revoked, after 30 days,
and when the public sees the action itself. Only the hash of its token is stored.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ua_tracker import audit, deadlines, refusals, row_counts
from ua_tracker.actions.finding import lock
from ua_tracker.models import Action, PreviewLink
from ua_tracker.private_links import hashed

LASTS = timedelta(days=30)


def make(session: Session, action: Action, *, actor: str, now: datetime) -> str:
    """The token of a new link to this draft, for 30 days; the link before ends.

    Raises PublishedAlready, and NoDeadline for a draft that lacks one: its page could not say until when.
    """
    lock(session, action)
    if deadlines.is_published(action, now):
        raise refusals.PublishedAlready(slug=action.slug)
    if action.deadline is None:
        raise refusals.NoDeadline(slug=action.slug)
    session.execute(delete(PreviewLink).where(PreviewLink.action_id == action.id))
    token = secrets.token_urlsafe(32)
    session.add(PreviewLink(action_id=action.id, token_hash=hashed(token), made_at=now, expires_at=now + LASTS))
    audit.note(session, actor=actor, event="preview made", subject=action.slug, now=now)
    session.flush()
    return token


def revoke(session: Session, action: Action, *, actor: str, now: datetime) -> None:
    """Ends the link to this action. Does nothing when there is none."""
    if row_counts.changed(session, delete(PreviewLink).where(PreviewLink.action_id == action.id)):
        audit.note(session, actor=actor, event="preview revoked", subject=action.slug, now=now)


def standing(session: Session, action: Action, now: datetime) -> PreviewLink | None:
    """The link to this draft that works at this UTC instant, if there is one."""
    if deadlines.is_published(action, now):
        return None
    mine = select(PreviewLink).where(PreviewLink.action_id == action.id, PreviewLink.expires_at > now)
    return session.scalar(mine)


def find(session: Session, token: str, now: datetime) -> Action:
    """The action of the link with this token: a draft, or an action that the public sees by now.

    Raises NoSuchPreview for a link that nobody made, that was revoked, or that is older than 30 days.
    """
    link = session.scalar(select(PreviewLink).where(PreviewLink.token_hash == hashed(token)))
    if link is None:
        raise refusals.NoSuchPreview()
    if link.expires_at <= now and not deadlines.is_published(link.action, now):
        raise refusals.NoSuchPreview()
    return link.action
