"""Webhooks as the office has them: adds, changes, switches, removes them, makes new secrets, lists their messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ua_tracker import actions, audit, groups, refusals
from ua_tracker.models import TOPICS, Action, Group, Webhook, WebhookMessage, WebhookTopic
from ua_tracker.private_links import hashed
from ua_tracker.webhooks import addresses, events, signing

SHOWN = 30  # messages on the page of a webhook
KEPT_WHEN_ENDED, KEPT_WHEN_OFF = timedelta(days=7), timedelta(days=30)
TROUBLE = 3  # failed tries in a row from which on the dashboard says so
_BATCH = 1_000


@dataclass(frozen=True)
class Wanted:
    """What the office chose: the URL, the topics, one action and one group (slugs; None for all), and people or not."""

    url: str
    topics: tuple[str, ...]
    action: str | None = None
    group: str | None = None
    gives_people: bool = False


@dataclass(frozen=True)
class Standing:
    """How a webhook stands: its messages that wait, and the instant since which the oldest of them does."""

    waiting: int
    since: datetime | None
    given_up: int


def add(
    session: Session,
    wanted: Wanted,
    *,
    once_key: str,
    networks: Sequence[str],
    keys: Sequence[str],
    actor: str,
    now: datetime,
) -> tuple[Webhook, str]:
    """Adds a webhook; returns it with its secret, which is stored encrypted and never shown again.

    `networks` are those that the operator allows, `keys` the site's secret keys. Raises what `addresses.place_of`
    raises, NothingToTell, NoSuchAction, NoSuchGroup, NotForPractice, and HookAdded when this form was sent before.
    """
    earlier = session.scalar(select(Webhook).where(Webhook.once_key == hashed(once_key)))
    if earlier is not None:
        raise refusals.HookAdded(number=earlier.id)
    action, group = _checked(session, wanted, networks)
    secret = signing.new_secret()
    hook = Webhook(
        url=wanted.url,
        secret=signing.encrypted(secret, keys),
        action_id=action.id if action else None,
        group_id=group.id if group else None,
        gives_people=wanted.gives_people,
        once_key=hashed(once_key),
        made_at=now,
        due_at=now,
        topics=[WebhookTopic(topic=topic) for topic in wanted.topics],
    )
    session.add(hook)
    session.flush()
    after = _in_history(wanted)
    audit.note(session, actor=actor, event="webhook added", subject=subject(hook), now=now, after=after)
    return hook, secret


def change(
    session: Session, number: int, wanted: Wanted, *, networks: Sequence[str], actor: str, now: datetime
) -> Webhook:
    """Changes what a webhook is told, and where. What waits goes to the new address. Raises as `add`, NoSuchHook."""
    hook = locked(session, number)
    before = _in_history(chosen(hook))
    action, group = _checked(session, wanted, networks, hook)
    hook.url, hook.gives_people = wanted.url, wanted.gives_people
    hook.action_id, hook.group_id = action.id if action else None, group.id if group else None
    known = {one.topic: one for one in hook.topics}
    hook.topics = [known.get(topic) or WebhookTopic(topic=topic) for topic in wanted.topics]
    after = _in_history(wanted)
    audit.changed(
        session, actor=actor, event="webhook changed", subject=subject(hook), now=now, before=before, after=after
    )
    session.flush()
    session.refresh(hook, ["action", "group"])
    return hook


def new_secret(session: Session, number: int, *, keys: Sequence[str], actor: str, now: datetime) -> str:
    """Replaces the secret and returns the new one. The one before signs beside it for a day. Raises NoSuchHook."""
    hook = locked(session, number)
    secret = signing.new_secret()
    hook.old_secret, hook.old_secret_until = hook.secret, now + signing.OLD_SECRET_SIGNS
    hook.secret = signing.encrypted(secret, keys)
    audit.note(session, actor=actor, event="webhook secret", subject=subject(hook), now=now)
    session.flush()
    return secret


def switch(session: Session, number: int, *, on: bool, actor: str, now: datetime) -> None:
    """Switches a webhook on or off. What waits is kept for 30 days and sent first; nothing is collected meanwhile.

    Raises NoSuchHook. Does nothing if it is so already.
    """
    hook = locked(session, number)
    if hook.is_on == on:
        return
    hook.is_on, hook.off_reason, hook.off_at = on, None if on else "coordinator", None if on else now
    hook.failures, hook.failing_since, hook.due_at = 0, None, now
    if on:
        waiting = select(WebhookMessage).where(WebhookMessage.hook_id == hook.id, WebhookMessage.ended_at.is_(None))
        for message in session.scalars(waiting.where(WebhookMessage.tries > 0)):
            message.tries, message.due_at = 0, now
    event = "webhook on" if on else "webhook off"
    audit.note(session, actor=actor, event=event, subject=subject(hook), now=now)
    session.flush()


def remove(session: Session, number: int, *, actor: str, now: datetime) -> None:
    """Removes a webhook with its address, its secret and its messages. Raises NoSuchHook."""
    hook = locked(session, number)
    audit.note(
        session,
        actor=actor,
        event="webhook removed",
        subject=subject(hook),
        now=now,
        before=_in_history(chosen(hook)),
    )
    hook.is_on, hook.off_reason, hook.off_at = False, hook.off_reason or "coordinator", hook.off_at or now
    hook.removed_at, hook.url, hook.secret, hook.old_secret = now, "", "", None
    hook.action_id = hook.group_id = None
    hook.topics = []
    session.flush()
    _delete(session, WebhookMessage.hook_id == hook.id)


def send_test(session: Session, number: int, *, now: datetime) -> None:
    """Queues a message of the type `test`, which is sent like any other. Raises NoSuchHook, HookIsOff."""
    hook = locked(session, number)
    if not hook.is_on:
        raise refusals.HookIsOff()
    message = {"message_id": events.new_id(), "kind": events.TEST, "at": now, "due_at": now}
    session.add(WebhookMessage(hook_id=hook.id, **message))
    session.flush()


def find(session: Session, number: int) -> Webhook:
    """The webhook with this number. Raises NoSuchHook, also for one that was removed."""
    hook = session.get(Webhook, number)
    if hook is None or hook.removed_at is not None:
        raise refusals.NoSuchHook()
    return hook


def locked(session: Session, number: int) -> Webhook:
    """As `find`; nobody else changes it until the transaction ends."""
    hook = find(session, number)
    session.refresh(hook, with_for_update={"of": Webhook, "key_share": True})
    return find(session, number)


def listing(session: Session) -> list[Webhook]:
    """All webhooks, the oldest first."""
    return list(session.scalars(select(Webhook).where(Webhook.removed_at.is_(None)).order_by(Webhook.id)))


def latest(session: Session, hook: Webhook) -> list[WebhookMessage]:
    """Its last messages, newest first."""
    of_hook = select(WebhookMessage).where(WebhookMessage.hook_id == hook.id)
    return list(session.scalars(of_hook.order_by(WebhookMessage.id.desc()).limit(SHOWN)))


def standing(session: Session, hook: Webhook) -> Standing:
    """How many of its messages wait, since when, and how many of the last days were given up."""
    waiting = session.execute(
        select(func.count(), func.min(WebhookMessage.at)).where(
            WebhookMessage.hook_id == hook.id, WebhookMessage.ended_at.is_(None)
        )
    ).one()
    given_up = select(func.count()).where(WebhookMessage.hook_id == hook.id, WebhookMessage.ending == "given up")
    return Standing(waiting[0], waiting[1], session.scalar(given_up) or 0)


def in_trouble(session: Session) -> list[Webhook]:
    """The webhooks that were given up or cannot be reached at present, for a page that is opened often."""
    stopped = Webhook.off_reason.in_(("gone", "given up"))
    wrong = select(Webhook).where(Webhook.removed_at.is_(None), stopped | (Webhook.failures >= TROUBLE))
    return list(session.scalars(wrong.order_by(Webhook.id)))


def gives_people(session: Session) -> bool:
    """Whether any webhook that was not removed gets names and addresses; one that is switched off can be on again."""
    given = select(Webhook.id).where(Webhook.removed_at.is_(None), Webhook.gives_people.is_(True))
    return session.scalar(given.limit(1)) is not None


def forget(session: Session, now: datetime) -> int:
    """Deletes a thousand messages at most that nobody needs any more; returns their number.

    Those that ended seven days ago, those that wait for a webhook that is off since 30 days, those of removed ones.
    """
    off = select(Webhook.id).where(Webhook.is_on.is_(False), Webhook.off_at <= now - KEPT_WHEN_OFF)
    removed = select(Webhook.id).where(Webhook.removed_at.is_not(None))
    over = (
        (WebhookMessage.ended_at <= now - KEPT_WHEN_ENDED)
        | WebhookMessage.hook_id.in_(off)
        | WebhookMessage.hook_id.in_(removed)
    )
    some = list(session.scalars(select(WebhookMessage.id).where(over).order_by(WebhookMessage.id).limit(_BATCH)))
    _delete(session, WebhookMessage.id.in_(some))
    return len(some)


def subject(hook: Webhook) -> str:
    """The name of a webhook in the history."""
    return f"webhook {hook.id}"


def chosen(hook: Webhook) -> Wanted:
    """What the office chose for this webhook."""
    topics = {one.topic for one in hook.topics}
    return Wanted(
        hook.url,
        tuple(topic for topic in TOPICS if topic in topics),
        hook.action.slug if hook.action else None,
        hook.group.slug if hook.group else None,
        hook.gives_people,
    )


def _checked(
    session: Session, wanted: Wanted, networks: Sequence[str], hook: Webhook | None = None
) -> tuple[Action | None, Group | None]:
    addresses.place_of(wanted.url, networks)
    if not wanted.topics or not set(wanted.topics) <= set(TOPICS):
        raise refusals.NothingToTell()
    action = actions.find(session, wanted.action, to_write=True) if wanted.action else None
    if action is not None and action.practice:
        raise refusals.NotForPractice()
    if hook is not None and hook.group is not None and hook.group.slug == wanted.group:
        return action, hook.group  # which may have retired
    return action, groups.find(session, wanted.group, to_write=True) if wanted.group else None


def _in_history(wanted: Wanted) -> dict[str, Any]:
    """What the history keeps. Not the path of the URL, which may be a password."""
    return {
        "host": addresses.host_of(wanted.url),
        "topics": list(wanted.topics),
        "action": wanted.action,
        "group": wanted.group,
        "gives_people": wanted.gives_people,
    }


def _delete(session: Session, which: Any) -> None:
    session.execute(delete(WebhookMessage).where(which).execution_options(synchronize_session=False))
