"""Sends what waits for webhooks: in order, again and again with growing pauses, until it is taken or given up.

A sender claims a webhook for the length of a lease, so that no other sends to it meanwhile. It claims a message and
makes its body in one transaction, sends it with no transaction open, and notes the result and claims the next one in
another. If it dies in between, the message is sent again under the same id once the lease is over: so a receiver that
drops the ids it knows gets each message once.

A message that fails keeps those after it waiting for its first tries, so that they arrive in order. After that it is
set aside and goes on by itself, because it may be this one alone that the receiver does not take. A webhook whose
tries all failed, of whichever messages, is switched off.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from ua_tracker import row_counts
from ua_tracker.models import Webhook, WebhookMessage
from ua_tracker.refusals import NotStored
from ua_tracker.webhooks import payloads, signing
from ua_tracker.webhooks.calling import Answer
from ua_tracker.webhooks.signing import SecretLost

LEASE = timedelta(minutes=2)  # longer than one call can take, with looking up the name
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 36000)
)  # as the specification of Standard Webhooks proposes
MOST_TRIES = len(PAUSES) + 1
SET_ASIDE = 3  # failed tries after which a message no longer keeps the others waiting
TURN_SECONDS = 10.0  # then the next webhook has its turn
_STORING_SECONDS = 60.0  # a result is worth some patience: without it the message is sent twice
_log = logging.getLogger(__name__)
Transaction = Callable[[], AbstractContextManager[Session]]
Call = Callable[[str, bytes, dict[str, str]], Answer]


@dataclass(frozen=True)
class Means:
    """What a sender works with: transactions, the call, the clock, public URLs, and the site's secret keys."""

    transaction: Transaction
    call: Call
    clock: Callable[[], datetime]
    address: payloads.Address
    keys: Sequence[str] = field(repr=False)


@dataclass(frozen=True)
class Claimed:
    """A message that one sender has claimed. `signing` is empty if its secret is lost, `body` if it cannot be made."""

    hook_id: int
    id: int
    message_id: str
    kind: str
    url: str = field(repr=False)
    signing: tuple[str, ...] = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True)
class Ended:
    """The result of a try, without the address: `ending` is sent, failed or given up."""

    hook_id: int
    kind: str
    ending: str
    reason: str = ""
    status: int | None = None


def due(session: Session, now: datetime) -> list[int]:
    """The webhooks that have something to send and may be tried now, the one that is due longest first."""
    to_send = and_(
        WebhookMessage.hook_id == Webhook.id,
        WebhookMessage.ended_at.is_(None),
        or_(WebhookMessage.tries < SET_ASIDE, WebhookMessage.due_at <= now),
    )
    waiting = select(WebhookMessage.id).where(to_send).exists()
    query = select(Webhook.id).where(*_may_be_tried(now), waiting)
    return list(session.scalars(query.order_by(Webhook.due_at, Webhook.id)))


def turn(means: Means, number: int, stopping: Callable[[], bool] = lambda: False) -> list[Ended]:
    """Sends what is due to this webhook, for TURN_SECONDS or until a try fails; returns the results.

    Does nothing while another sender has it. Raises NotStored or an error of the database.
    """
    holder, ends = secrets.token_hex(8), time.monotonic() + TURN_SECONDS
    with means.transaction() as session:
        claimed = _first(session, means, number, holder)
    ended: list[Ended] = []
    while claimed is not None:
        answer, tried = _answer(means, claimed), claimed
        is_last = not answer.is_good or stopping() or time.monotonic() >= ends

        def noted(session: Session, tried: Claimed = tried, answer: Answer = answer, is_last: bool = is_last) -> Any:
            result = _note(session, tried, answer, holder, means.clock())
            return result, None if is_last else _next(session, means, number, holder)

        one, claimed = _stored(means.transaction, noted)
        ended.append(one)
    with means.transaction() as session:
        _change(session, number, Webhook.leased_by == holder, leased_until=None, leased_by=None)
    return ended


def _answer(means: Means, claimed: Claimed) -> Answer:
    if not claimed.signing or not claimed.body:
        return Answer(None, "secret" if not claimed.signing else "unmade")
    headers = signing.headers(claimed.signing, claimed.message_id, means.clock(), claimed.body)
    return means.call(claimed.url, claimed.body.encode(), headers)


def _stored(transaction: Transaction, work: Callable[[Session], Any]) -> Any:
    """What the work returns, after its commit. A database that is busy or away is asked again for a minute."""
    ends = time.monotonic() + _STORING_SECONDS
    while True:
        try:
            with transaction() as session:
                return work(session)
        except (NotStored, DBAPIError):
            if time.monotonic() >= ends:
                raise
            time.sleep(0.5)


def _first(session: Session, means: Means, number: int, holder: str) -> Claimed | None:
    """Claims the webhook, unless another sender has it, and its first message."""
    now = means.clock()
    if not _change(session, number, *_may_be_tried(now), leased_until=now + LEASE, leased_by=holder):
        return None
    return _next(session, means, number, holder)


def _next(session: Session, means: Means, number: int, holder: str) -> Claimed | None:
    """Claims the message whose turn it is. One whose last try never came to an end is given up."""
    now = means.clock()
    hook = session.get(Webhook, number, populate_existing=True)
    if hook is None or hook.leased_by != holder or not hook.is_on:
        return None
    while (message := _of_turn(session, hook, now)) is not None:
        if message.tries < MOST_TRIES:
            message.tries += 1
            session.flush()
            _change(session, number, Webhook.leased_by == holder, leased_until=now + LEASE)
            return _claimed(session, means, hook, message, now)
        _end(message, "given up", now, "died")
        session.flush()
    return None


def _of_turn(session: Session, hook: Webhook, now: datetime) -> WebhookMessage | None:
    """The oldest message that waits; of those set aside only what is due, and while all is well before the others."""
    waiting = select(WebhookMessage).where(WebhookMessage.hook_id == hook.id, WebhookMessage.ended_at.is_(None))
    in_line = waiting.where(WebhookMessage.tries < SET_ASIDE).order_by(WebhookMessage.id).limit(1)
    aside = (
        waiting.where(WebhookMessage.tries >= SET_ASIDE, WebhookMessage.due_at <= now)
        .order_by(WebhookMessage.id)
        .limit(1)
    )
    order = (aside, in_line) if hook.failures == 0 else (in_line, aside)
    return next((found for query in order if (found := session.scalar(query)) is not None), None)


def _claimed(session: Session, means: Means, hook: Webhook, message: WebhookMessage, now: datetime) -> Claimed:
    keys: tuple[str, ...] = ()
    body = ""
    try:
        keys = tuple(signing.secrets_of(hook, means.keys, now))
        body = payloads.body(session, hook, message, means.address, now)
    except SecretLost:
        pass
    except SQLAlchemyError:
        raise
    except Exception as error:  # its text may hold what people wrote
        _log.error("webhooks: %s cannot be made: %s", message.kind, type(error).__name__)
    return Claimed(hook.id, message.id, message.message_id, message.kind, hook.url, keys, body)


def _note(session: Session, tried: Claimed, answer: Answer, holder: str, now: datetime) -> Ended:
    """Stores the result. Another sender may have the webhook after the lease: then only a success is stored."""
    hook = session.get(
        Webhook, tried.hook_id, populate_existing=True, with_for_update={"of": Webhook, "key_share": True}
    )
    message = session.get(WebhookMessage, tried.id, populate_existing=True)
    told = (tried.hook_id, tried.kind)
    if hook is None or message is None or message.ended_at is not None:  # removed meanwhile, or noted by another
        return Ended(*told, "sent" if answer.is_good else "failed", answer.reason, answer.status)
    if answer.is_good:
        _end(message, "sent", now, None, answer.status)
        hook.failures, hook.failing_since, hook.sent_at, hook.due_at = 0, None, now, now
        session.flush()
        return Ended(*told, "sent", "", answer.status)
    if hook.leased_by != holder:
        return Ended(*told, "failed", answer.reason, answer.status)
    return Ended(*told, _failed(session, hook, message, answer, now), answer.reason, answer.status)


def _failed(session: Session, hook: Webhook, message: WebhookMessage, answer: Answer, now: datetime) -> str:
    """Sets when it is tried again. Returns `given up` after the last try of message or webhook, else `failed`."""
    hook.failures += 1
    hook.failing_since = hook.failing_since or now
    message.status, message.reason = answer.status, answer.reason
    is_over = answer.is_gone or hook.failures >= MOST_TRIES
    if is_over and hook.is_on:
        hook.is_on, hook.off_at, hook.off_reason = False, now, "gone" if answer.is_gone else "given up"
    else:
        hook.due_at = now + PAUSES[min(hook.failures, len(PAUSES)) - 1]
    if message.tries >= MOST_TRIES:
        _end(message, "given up", now, answer.reason, answer.status)
    else:
        message.due_at = now + PAUSES[message.tries - 1]
    session.flush()
    return "given up" if is_over or message.ended_at is not None else "failed"


def _end(message: WebhookMessage, ending: str, now: datetime, reason: str | None, status: int | None = None) -> None:
    message.ended_at, message.ending, message.reason, message.status = now, ending, reason, status
    message.facts = {}


def _may_be_tried(now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_free = or_(Webhook.leased_until.is_(None), Webhook.leased_until <= now)
    return (Webhook.is_on.is_(True), Webhook.due_at <= now, is_free)


def _change(session: Session, number: int, *which: ColumnElement[bool], **values: Any) -> bool:
    changing = update(Webhook).where(Webhook.id == number, *which).values(**values)
    return row_counts.changed(session, changing.execution_options(synchronize_session=False)) > 0
