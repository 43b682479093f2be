"""Who is reminded, when, and of what: by day, at most three times, and never of what is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_pledge, a_report, an_action, within
from ua_tracker import pledges, reminders
from ua_tracker.models import Mail

CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
AMAL = "amal@example.org"


def noon_of(day: int) -> datetime:
    return NOON + timedelta(days=day - NOON.day)


def queued(session, now: datetime) -> list[str]:
    """The kinds that are queued at this moment, and were not before."""
    before = set(session.scalars(select(Mail.id)))
    reminders.queue_due(within(session), within(session), SECRET, now)
    session.commit()
    return list(session.scalars(select(Mail.kind).where(Mail.id.not_in(before)).order_by(Mail.id)))


def test_amal_hears_on_her_day_before_the_deadline_and_once_after_it(session):
    action = an_action(session, deadline=date(2026, 3, 20))
    a_pledge(session, action, email=AMAL, write_on=date(2026, 3, 12))
    told = {day: queued(session, noon_of(day)) for day in range(10, 30)}
    assert {day: kinds for day, kinds in told.items() if kinds} == {
        12: ["write_today"],
        17: ["last_days"],
        21: ["did_you_send"],
    }
    assert queued(session, noon_of(21)) == []


def test_two_reminders_never_come_on_one_day(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, write_on=date(2026, 3, 13))
    assert [queued(session, noon_of(day)) for day in (12, 13, 14)] == [["last_days"], ["write_today"], []]


@pytest.mark.parametrize(("hour", "kinds"), [(12, []), (13, ["write_today"]), (21, ["write_today"]), (22, [])])
def test_nobody_is_reminded_at_night(session, hour, kinds):
    a_pledge(session, an_action(session), email=AMAL, write_on=date(2026, 3, 11))
    assert queued(session, datetime(2026, 3, 11, hour, 0, tzinfo=UTC)) == kinds  # Toronto is four hours behind


def test_whoever_pledged_today_is_not_reminded_of_the_deadline_today(session):
    a_pledge(session, an_action(session), email=AMAL, now=noon_of(13))
    assert queued(session, noon_of(13) + timedelta(hours=1)) == []
    assert queued(session, noon_of(14)) == ["last_days"]


@pytest.mark.parametrize("reason", ["reported", "withdrawn", "stopped", "no address", "closed"])
def test_nobody_is_reminded_of_what_is_done_or_ended(session, reason):
    action = an_action(session)
    pledge = a_pledge(session, action, email=None if reason == "no address" else AMAL)
    if reason == "reported":
        a_report(session, action, pledge=pledge)
    elif reason == "withdrawn":
        pledges.withdraw(session, pledge, NOON)
    elif reason == "stopped":
        reminders.stop(session, pledge, NOON)
    elif reason == "closed":
        action.closed_at, action.closed_reason = NOON, "stop action"
    session.commit()
    told = [queued(session, noon_of(day)) for day in (13, 17)]
    assert told == [[], []]


def test_the_outcome_is_mailed_once_to_those_who_asked(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, wants_outcome=True)
    a_pledge(session, action, email="zoe@example.org")
    action.closed_at, action.closed_reason = NOON, "good news"
    session.commit()
    assert queued(session, noon_of(11)) == []
    action.outcome = "She is free."
    session.commit()
    assert queued(session, noon_of(12)) == ["outcome"]
    assert queued(session, noon_of(13)) == []


def test_a_reminder_that_waits_is_dropped_when_the_letters_are_reported(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL)
    assert reminders.is_wanted(session, pledge, action, "last_days", noon_of(13))
    assert not reminders.is_wanted(session, pledge, action, "did_you_send", noon_of(13))
    assert not reminders.is_wanted(session, pledge, action, "last_days", CLOSING)
    a_report(session, action, pledge=pledge)
    assert not reminders.is_wanted(session, pledge, action, "last_days", noon_of(13))
