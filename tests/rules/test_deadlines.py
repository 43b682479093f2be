"""The state of an action at an instant. The day of the deadline is included, in the action's own zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ua_tracker import deadlines, refusals
from ua_tracker.deadlines import State
from ua_tracker.models import Action

ZONES = sorted(name for name in available_timezones() if "/" in name)
MOMENT = timedelta(microseconds=1)


def an_unsaved_action(deadline: date, zone: str = "America/Toronto", **changes) -> Action:
    published = datetime(2020, 1, 1, tzinfo=UTC)
    values = {"slug": "ua-1-20", "deadline": deadline, "timezone": zone, "grace_days": 14, "published_at": published}
    return Action(**{**values, **changes})


@pytest.mark.parametrize(
    ("deadline", "zone", "closes"),
    [
        (date(2025, 9, 15), "America/Toronto", datetime(2025, 9, 16, 4, 0, tzinfo=UTC)),
        (date(2026, 1, 15), "America/Toronto", datetime(2026, 1, 16, 5, 0, tzinfo=UTC)),
        # The last day is the one on which the clocks go forward, then the one on which they go back.
        (date(2026, 3, 8), "America/Toronto", datetime(2026, 3, 9, 4, 0, tzinfo=UTC)),
        (date(2026, 3, 7), "America/Toronto", datetime(2026, 3, 8, 5, 0, tzinfo=UTC)),
        (date(2026, 11, 1), "America/Toronto", datetime(2026, 11, 2, 5, 0, tzinfo=UTC)),
        (date(2026, 10, 31), "America/Toronto", datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
        # East and west of UTC.
        (date(2026, 6, 30), "Asia/Karachi", datetime(2026, 6, 30, 19, 0, tzinfo=UTC)),
        (date(2026, 6, 30), "Pacific/Honolulu", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
        # Midnight is skipped in Beirut; it comes twice in Havana.
        (date(2026, 3, 28), "Asia/Beirut", datetime(2026, 3, 28, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 31), "America/Havana", datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
    ],
)
def test_pledging_closes_with_the_last_day(deadline, zone, closes):
    action = an_unsaved_action(deadline, zone)
    assert deadlines.closes_at(action) == closes
    assert deadlines.state(action, closes - MOMENT) is State.OPEN
    assert deadlines.state(action, closes) is State.REPORTING


def test_one_that_is_closed_after_its_deadline_was_not_closed_early():
    action = an_unsaved_action(date(2026, 3, 15))
    assert not deadlines.is_closed_early(action)
    action.closed_at = datetime(2026, 3, 10, tzinfo=UTC)
    assert deadlines.is_closed_early(action)
    action.closed_at = datetime(2026, 3, 20, tzinfo=UTC)
    assert not deadlines.is_closed_early(action)


@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 2), date(2035, 12, 30)))
def test_in_every_zone_the_last_day_is_whole_and_the_next_has_begun(zone, deadline):
    closes = deadlines.first_instant_after(deadline, zone)
    assert (closes - MOMENT).astimezone(ZoneInfo(zone)).date() <= deadline
    assert closes.astimezone(ZoneInfo(zone)).date() > deadline


def test_an_action_passes_through_its_four_states():
    action = an_unsaved_action(date(2026, 3, 15), published_at=None)
    inside = datetime(2026, 3, 10, tzinfo=UTC)
    assert deadlines.state(action, inside) is State.DRAFT
    action.published_at = inside
    assert deadlines.state(action, inside) is State.OPEN
    assert deadlines.state(action, datetime(2026, 3, 16, 4, 0, tzinfo=UTC)) is State.REPORTING
    assert deadlines.state(action, datetime(2026, 3, 30, 4, 0, tzinfo=UTC) - MOMENT) is State.REPORTING
    assert deadlines.state(action, datetime(2026, 3, 30, 4, 0, tzinfo=UTC)) is State.CLOSED


def test_an_action_closed_early_is_closed_from_that_instant():
    stopped = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
    action = an_unsaved_action(date(2026, 3, 15), closed_at=stopped)
    assert deadlines.state(action, stopped - MOMENT) is State.OPEN
    assert deadlines.state(action, stopped) is State.CLOSED


def test_the_next_change_is_named_until_there_is_none():
    action = an_unsaved_action(date(2026, 3, 15))
    locks, ends = datetime(2026, 3, 16, 4, 0, tzinfo=UTC), datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
    assert deadlines.next_change(action, locks - MOMENT) == locks
    assert deadlines.next_change(action, locks) == ends
    assert deadlines.next_change(action, ends) is None


def test_days_left_are_counted_on_the_zones_calendar():
    action = an_unsaved_action(date(2026, 3, 15))
    assert deadlines.days_left(action, datetime(2026, 3, 15, 3, 59, tzinfo=UTC)) == 1
    assert deadlines.days_left(action, datetime(2026, 3, 15, 4, 0, tzinfo=UTC)) == 0
    assert deadlines.days_left(action, datetime(2026, 3, 16, 3, 59, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2026, 1, 31), refusals.SentTooEarly),
        (date(2026, 2, 1), None),
        (date(2026, 3, 10), None),
        (date(2026, 3, 11), refusals.SentInFuture),
        (date(2026, 3, 16), refusals.SentAfterDeadline),
    ],
)
def test_a_letter_is_sent_between_issue_and_deadline_and_not_in_the_future(day, refusal):
    action = an_unsaved_action(date(2026, 3, 15), issued=date(2026, 2, 1))
    now = datetime(2026, 3, 11, 3, 0, tzinfo=UTC)  # still the 10th in Toronto
    if refusal is None:
        deadlines.require_sent_on(action, day, now)
    else:
        with pytest.raises(refusal):
            deadlines.require_sent_on(action, day, now)


def test_a_draft_takes_neither_pledge_nor_report():
    action = an_unsaved_action(date(2026, 3, 15), published_at=None)
    for require in (deadlines.require_open, deadlines.require_reporting):
        with pytest.raises(refusals.NoSuchAction):
            require(action, datetime(2026, 3, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (datetime(2026, 3, 10, 23, 0, tzinfo=UTC), datetime(2026, 3, 10, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 11, 6, 30, tzinfo=UTC), datetime(2026, 3, 10, 8, 0, tzinfo=UTC)),  # half past two at night
        (datetime(2026, 3, 11, 8, 0, tzinfo=UTC), datetime(2026, 3, 11, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 8, 8, 30, tzinfo=UTC), datetime(2026, 3, 8, 8, 0, tzinfo=UTC)),  # the clocks skipped an hour
        (datetime(2026, 3, 8, 7, 59, tzinfo=UTC), datetime(2026, 3, 7, 9, 0, tzinfo=UTC)),
    ],
)
def test_an_evening_runs_from_four_to_four_on_the_actions_clock(now, began):
    action = an_unsaved_action(date(2026, 3, 15))
    start, end = deadlines.evening(action, now)
    assert start == began
    assert start <= now < end
