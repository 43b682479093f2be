"""The jobs of the clock: when each is due, and that one process alone does it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOON, an_action
from ua_tracker import actions, jobs

ZONE = "America/Toronto"
QUEUE, PURGE = jobs.TIMED


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timed", "now", "due"),
    [
        (QUEUE, "2026-03-10T16:07:00", "2026-03-10T16:07:00"),
        (QUEUE, "2026-03-10T16:06:59", "2026-03-10T15:07:00"),
        (PURGE, "2026-03-10T07:17:00", "2026-03-10T07:17:00"),  # 3:17 in Toronto, in summer time
        (PURGE, "2026-03-10T07:16:00", "2026-03-09T07:17:00"),
        (PURGE, "2026-01-10T08:17:00", "2026-01-10T08:17:00"),  # 3:17 in winter
        (PURGE, "2026-03-08T06:30:00", "2026-03-07T08:17:00"),  # before the clocks go forward
    ],
)
def test_a_job_is_due_at_its_time_in_the_zone_of_the_office(timed, now, due):
    assert timed.last_due(at(now), ZONE) == at(due)


def names(session, now) -> list[str]:
    return [timed.kind for timed in jobs.due(session, now, ZONE)]


def test_what_was_missed_is_due_and_what_was_done_is_not(session):
    assert names(session, NOON) == ["reminders queue", "retention purge"]
    jobs.note_done(session, jobs.QUEUE, NOON)
    jobs.note_done(session, jobs.PURGE, NOON - timedelta(days=3))
    assert names(session, NOON) == ["retention purge"]
    assert names(session, NOON + timedelta(hours=1)) == ["reminders queue", "retention purge"]


def test_bounces_are_read_each_hour_where_the_site_has_a_mailbox_for_them(session):
    for kind in (jobs.QUEUE, jobs.PURGE, jobs.BOUNCES):
        jobs.note_done(session, kind, NOON)
    later = NOON + timedelta(minutes=27)
    assert jobs.due(session, later, ZONE, jobs.OF_MAILBOX)[-1].kind == "outbox bounces"
    assert "outbox bounces" not in names(session, later)


def test_one_process_alone_does_a_job_and_another_takes_over_when_it_dies(session):
    assert jobs.claim(session, QUEUE, "one", NOON, ZONE)
    assert not jobs.claim(session, QUEUE, "other", NOON, ZONE)
    assert "reminders queue" not in names(session, NOON)
    later = NOON + timedelta(minutes=1)
    assert jobs.renew(session, jobs.QUEUE, "one", later)
    assert not jobs.claim(session, QUEUE, "other", NOON + jobs.LEASE, ZONE)
    assert jobs.claim(session, QUEUE, "other", later + jobs.LEASE, ZONE)
    assert not jobs.renew(session, jobs.QUEUE, "one", later + jobs.LEASE)
    jobs.release(session, jobs.QUEUE, "one", later + jobs.LEASE, failed=True)
    assert jobs.done(session)[jobs.QUEUE].leased_by == "other"


def test_a_job_that_a_timer_of_the_machine_has_done_is_not_done_again(session):
    jobs.note_done(session, jobs.QUEUE, NOON)
    assert not jobs.claim(session, QUEUE, "one", NOON, ZONE)


def test_a_stop_action_makes_its_mails_due_at_once(session):
    action = an_action(session)
    jobs.note_done(session, jobs.QUEUE, NOON)
    later = NOON + timedelta(minutes=5)
    assert not jobs.claim(session, QUEUE, "one", later, ZONE)
    actions.close(session, action, actions.STOP_ACTION, revision=action.revision, actor="tests", now=later)
    assert jobs.QUEUE in [timed.kind for timed in jobs.due(session, later, ZONE)]
    assert jobs.claim(session, QUEUE, "one", later, ZONE)
    jobs.note_done(session, jobs.QUEUE, later)
    jobs.release(session, jobs.QUEUE, "one", later, failed=False)
    assert not jobs.claim(session, QUEUE, "one", later + timedelta(minutes=1), ZONE)


def test_a_job_that_failed_is_tried_again_after_a_pause(session):
    jobs.claim(session, QUEUE, "one", NOON, ZONE)
    jobs.release(session, jobs.QUEUE, "one", NOON, failed=True)
    assert jobs.done(session)[jobs.QUEUE].failed_at == NOON
    assert not jobs.claim(session, QUEUE, "other", NOON + timedelta(minutes=1), ZONE)
    assert jobs.claim(session, QUEUE, "other", NOON + jobs.PAUSE, ZONE)
    jobs.release(session, jobs.QUEUE, "other", NOON + jobs.PAUSE, failed=False)
    assert jobs.claim(session, QUEUE, "third", NOON + jobs.PAUSE, ZONE)  # it was ended by a signal, and is not done
