"""Sending to webhooks: in order, again with growing pauses under the same id, and given up in the end."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from tests.conftest import Clock
from tests.factories import NOON, SECRET, a_pledge, a_webhook, an_action
from tests.receiver import HERE, Receiver
from ua_tracker import refusals
from ua_tracker.models import Webhook, WebhookMessage
from ua_tracker.webhooks import calling, registering, sending
from ua_tracker.webhooks.calling import Answer
from ua_tracker.webhooks.sending import LEASE, MOST_TRIES, PAUSES, SET_ASIDE, Means


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def means(engine):
    """A sender's means, with a clock that the test moves."""
    call = partial(calling.post, networks=HERE)
    return Means(sessionmaker(engine).begin, call, Clock(), lambda action: f"/{action.slug}", [SECRET])


def sent(means, session) -> list[str]:
    """Sends all that is due; the endings."""
    session.commit()
    with means.transaction() as reading:
        found = sending.due(reading, means.clock())
    return [one.ending for number in found for one in sending.turn(means, number)]


def pledged(session, *letters: int) -> None:
    action = an_action(session)
    for number in letters:
        a_pledge(session, action, letters=number)


def the_hook(session) -> Webhook:
    session.expire_all()
    return session.scalars(select(Webhook)).one()


def endings(session) -> list[str | None]:
    session.expire_all()
    return list(session.scalars(select(WebhookMessage.ending).order_by(WebhookMessage.id)))


def test_a_message_that_fails_is_sent_again_under_its_id_before_those_after_it(session, means, receiver):
    receiver.statuses = [500, 503]
    a_webhook(session, receiver.url)
    pledged(session, 1, 2)
    assert sent(means, session) == ["failed"]
    assert sent(means, session) == []  # it is not due before the pause is over
    means.clock.at += PAUSES[0]
    assert sent(means, session) == ["failed"]
    means.clock.at += PAUSES[1]
    assert sent(means, session) == ["sent", "sent"]
    first, second, third, last = receiver.taken
    assert first.id == second.id == third.id != last.id
    assert [one.data["letters"] for one in receiver.taken] == [1, 1, 1, 2]
    assert int(third.headers["webhook-timestamp"]) == int(means.clock().timestamp())


def test_one_message_that_the_receiver_never_takes_does_not_stop_the_others(session, means, receiver):
    taken = []

    def call(url, body, headers):
        is_bad = b'"letters":1,' in body
        taken.append(None if is_bad else headers["webhook-id"])
        return Answer(500, "status") if is_bad else Answer(204)

    bad = Means(means.transaction, call, means.clock, means.address, means.keys)
    a_webhook(session, receiver.url)
    pledged(session, 1, 2, 3)
    for pause in PAUSES[:SET_ASIDE]:
        assert sent(bad, session) == ["failed"]
        means.clock.at += pause
    assert sent(bad, session) == ["sent", "failed"]  # the second, and the first once more
    means.clock.at += PAUSES[0]
    assert sent(bad, session) == ["sent"]
    for _ in range(MOST_TRIES):
        means.clock.at += PAUSES[-1]
        sent(bad, session)
    assert endings(session) == ["given up", "sent", "sent"]
    assert taken.count(None) == MOST_TRIES


def test_a_receiver_that_is_dead_for_a_day_is_switched_off_and_the_office_can_go_on(session, means):
    a_webhook(session, "http://127.0.0.1:9/hook")  # the port of `discard`, where nobody listens
    pledged(session, 1, 2, 3)
    for pause in (*PAUSES, timedelta()):
        assert sent(means, session) in (["failed"], ["given up"])
        means.clock.at += pause
    hook = the_hook(session)
    assert (hook.is_on, hook.off_reason, registering.in_trouble(session)) == (False, "given up", [hook])
    a_pledge(session, an_action(session, slug="ua-13-26"))  # not collected while it is off
    assert endings(session) == [None, None, None]
    receiver = Receiver()
    wanted = registering.Wanted(receiver.url, ("pledge",))
    registering.change(session, hook.id, wanted, networks=HERE, actor="tests", now=means.clock())
    registering.switch(session, hook.id, on=True, actor="tests", now=means.clock())
    assert sent(means, session) == ["sent"] * 3
    receiver.close()
    assert [one.data["letters"] for one in receiver.taken] == [1, 2, 3]
    assert registering.in_trouble(session) == []


def test_a_receiver_that_wants_nothing_more_is_switched_off_at_once(session, means, receiver):
    receiver.statuses = [410]
    a_webhook(session, receiver.url)
    pledged(session, 1)
    assert sent(means, session) == ["given up"]
    assert the_hook(session).off_reason == "gone"
    means.clock.at += timedelta(days=1)
    assert (sent(means, session), len(receiver.taken)) == ([], 1)


def test_a_sender_that_dies_leaves_its_message_to_another_after_the_lease(session, means, receiver):
    """No transaction is open meanwhile: on SQLite another one could not write."""

    class Killed(BaseException):
        pass

    def dies(url, body, headers):
        means.call(url, body, headers)
        a_pledge(session, an_action(session, slug="ua-13-26"))
        raise Killed

    a_webhook(session, receiver.url)
    pledged(session, 1)
    with pytest.raises(Killed):
        sent(Means(means.transaction, dies, means.clock, means.address, means.keys), session)
    assert sent(means, session) == []
    means.clock.at += LEASE
    assert sent(means, session) == ["sent", "sent"]
    once = {one.id: one for one in receiver.taken}  # as a receiver does that drops the ids it knows
    assert (len(receiver.taken), len(once), endings(session)) == (3, 2, ["sent", "sent"])


def test_two_senders_do_not_send_to_one_webhook_at_the_same_time(session, means, receiver):
    a_webhook(session, receiver.url)
    pledged(session, 1, 2)
    meanwhile = []
    receiver.before_answer = lambda taken: meanwhile.append(sending.turn(means, taken.data and 1))
    assert sent(means, session) == ["sent", "sent"]
    assert meanwhile == [[], []]


def test_an_old_secret_signs_beside_the_new_one_for_a_day(session, means, receiver):
    hook = a_webhook(session, receiver.url)
    fresh = registering.new_secret(session, hook.id, keys=[SECRET], actor="tests", now=NOON)
    pledged(session, 1)
    sent(means, session)
    means.clock.at += timedelta(hours=24)
    registering.send_test(session, hook.id, now=means.clock())
    sent(means, session)
    by = [[one.is_signed_with(secret) for secret in (hook.shown_secret, fresh)] for one in receiver.taken]
    assert by == [[True, True], [False, True]]
    assert hook.shown_secret not in hook.secret
    assert fresh not in hook.secret


def test_without_the_key_that_encrypted_its_secret_a_webhook_sends_nothing(session, means, receiver):
    a_webhook(session, receiver.url)
    pledged(session, 1)
    other = Means(means.transaction, means.call, means.clock, means.address, ["another key"])
    assert sent(other, session) == ["failed"]
    assert session.scalars(select(WebhookMessage.reason)).one() == "secret"
    assert receiver.taken == []


def test_a_message_that_cannot_be_made_does_not_stop_the_others(session, means, receiver):
    a_webhook(session, receiver.url)
    pledged(session, 1)
    hook = the_hook(session)

    def fails(action):
        raise ZeroDivisionError

    broken = Means(means.transaction, means.call, means.clock, fails, means.keys)
    for pause in PAUSES[:SET_ASIDE]:
        assert sent(broken, session) == ["failed"]
        means.clock.at += pause
    registering.send_test(session, hook.id, now=means.clock())
    assert sent(broken, session)[0] == "sent"
    reasons = session.scalars(select(WebhookMessage.reason).order_by(WebhookMessage.id))
    assert (list(reasons), receiver.kinds) == (["unmade", None], ["test"])


def test_what_waits_goes_with_a_removed_webhook(session, means, receiver):
    hook = a_webhook(session, receiver.url)
    pledged(session, 1)
    registering.remove(session, hook.id, actor="tests", now=NOON)
    assert (sent(means, session), endings(session), hook.url, hook.secret) == ([], [], "", "")
    with pytest.raises(refusals.NoSuchHook):
        registering.switch(session, hook.id, on=True, actor="tests", now=NOON)
