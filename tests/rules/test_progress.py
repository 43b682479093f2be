"""The pace of an action: its days in its own time zone, and letters a day."""

from datetime import UTC, date, datetime, timedelta

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from ua_tracker import letters, progress
from ua_tracker.progress import Day

MARCH = [date(2026, 3, day) for day in range(1, 20)]


def in_short(days: list[Day]) -> list[tuple[int, int, int, int, int]]:
    return [(one.day.day, one.letters, one.pledged, one.letters_so_far, one.pledged_so_far) for one in days]


def test_letters_stand_on_the_day_sent_and_pledges_on_the_day_made(session):
    action = an_action(session, published_at=datetime(2026, 3, 7, 12, 0, tzinfo=UTC))
    a_pledge(session, action, letters=4, now=datetime(2026, 3, 9, 3, 59, tzinfo=UTC))  # 23:59 on the 8th in Toronto
    a_pledge(session, action, letters=5, now=datetime(2026, 3, 9, 4, 0, tzinfo=UTC))
    a_report(session, action, target=2, copy=50, sent_on=date(2026, 3, 7))
    a_report(session, action, target=3, sent_on=date(2026, 3, 10))
    letters.void(session, a_report(session, action, target=9, sent_on=date(2026, 3, 8)), "twice", NOON, actor="rosa")
    assert in_short(progress.by_day(session, action, NOON)) == [
        (7, 2, 0, 2, 0),
        (8, 0, 4, 2, 4),
        (9, 0, 5, 2, 9),
        (10, 3, 0, 5, 9),
    ]


def test_of_a_group_only_its_own(session):
    action = an_action(session, published_at=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    group = a_group(session)
    a_report(session, action, target=2, group="montreal", sent_on=date(2026, 3, 10))
    a_report(session, action, target=5, sent_on=date(2026, 3, 10), channel="fax")
    a_pledge(session, action, letters=7)
    assert in_short(progress.by_day(session, action, NOON, group.id)) == [(10, 2, 0, 2, 0)]
    assert progress.by_channel(session, action, group.id)["post"] == 2
    assert progress.by_channel(session, action) == {"post": 2, "email": 0, "fax": 5, "social": 0, "phone": 0}


def test_an_action_with_nothing_has_its_days_with_nothing(session):
    action = an_action(session, published_at=datetime(2026, 3, 9, 12, 0, tzinfo=UTC))
    assert in_short(progress.by_day(session, action, NOON)) == [(9, 0, 0, 0, 0), (10, 0, 0, 0, 0)]


def test_the_days_end_with_the_deadline_and_only_the_last_four_hundred_are_shown(session):
    action = an_action(session, issued=date(2024, 1, 1), published_at=datetime(2024, 1, 1, 12, 0, tzinfo=UTC))
    a_report(session, action, target=6, sent_on=date(2024, 1, 2))
    days = progress.by_day(session, action, datetime(2026, 3, 25, tzinfo=UTC))
    assert len(days) == progress.MOST_DAYS
    assert days[-1] == Day(date(2026, 3, 15), 0, 0, 6, 0)


def test_the_needed_pace_counts_today_and_the_last_day(session):
    action = an_action(session, published_at=datetime(2026, 3, 6, 12, 0, tzinfo=UTC))
    pace = progress.pace(action, 40, NOON)
    assert (pace.so_far, pace.needed, pace.days_left, pace.left) == (8.0, 10.0, 6, 60)
    assert not pace.is_kept
    assert progress.pace(action, 100, NOON).is_kept


def test_after_the_deadline_nothing_is_needed_any_more(session):
    action = an_action(session)
    later = NOON + timedelta(days=10)
    pace = progress.pace(action, 40, later)
    assert (pace.needed, pace.days_left, pace.is_kept) == (None, 0, False)


def test_the_pace_of_late_is_that_of_seven_days_or_since_the_publication(session):
    group = a_group(session)
    old, fresh, quiet = (
        an_action(session, slug=slug, published_at=at)
        for slug, at in (("old", NOON - timedelta(days=60)), ("fresh", NOON - timedelta(days=1)), ("quiet", NOON))
    )
    a_report(session, old, target=14, group="montreal", sent_on=date(2026, 3, 4))
    a_report(session, old, target=500, sent_on=date(2026, 3, 3))
    a_report(session, old, target=7)
    a_report(session, fresh, target=12)
    letters.void(session, a_report(session, fresh, target=90), "twice", NOON, actor="rosa")
    all_three = [old, fresh, quiet]
    assert progress.lately(session, all_three, NOON) == {old.id: 3, fresh.id: 6, quiet.id: 0}
    assert progress.lately(session, all_three, NOON, group.id) == {old.id: 2, fresh.id: 0, quiet.id: 0}
    assert progress.lately(session, [], NOON) == {}


def test_the_last_days_of_each_action_are_those_of_its_own_zone(session):
    long_ago = NOON - timedelta(days=60)
    here = an_action(session, slug="here", published_at=long_ago)
    ahead = an_action(session, slug="ahead", timezone="Pacific/Kiritimati", published_at=long_ago)  # the 11th already
    for action in (here, ahead):
        a_report(session, action, target=7, sent_on=date(2026, 3, 4))
    assert progress.lately(session, [here, ahead], NOON) == {here.id: 1, ahead.id: 0}
