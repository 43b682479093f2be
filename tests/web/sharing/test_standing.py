"""Where an action stands: its look, and the words beside the number."""

from datetime import UTC, date, datetime

import pytest
from flask import g

from tests.factories import NOON, a_report, an_action
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.web import counter
from ua_tracker.web.sharing import standing
from ua_tracker.web.sharing.standing import Look, Standing

EARLIER = datetime(2026, 3, 9, tzinfo=UTC)
FAR = date(2026, 5, 15)


@pytest.fixture
def stands(app, session):
    """A function that says how an action stands at this instant, in English."""

    def stands(action: Action, at: datetime = NOON) -> Standing:
        with app.test_request_context("/en/"):
            g.lang = "en"
            return standing.standing_of(counter.counter_of(session, action, at), at)

    return stands


def test_each_state_has_its_look(session, stands):
    open_ = an_action(session, deadline=FAR)
    a_report(session, open_, target=99)
    assert stands(open_).look == Look.OPEN
    assert stands(open_, datetime(2026, 5, 8, 16, tzinfo=UTC)).look == Look.SOON
    assert stands(open_, datetime(2026, 5, 17, 16, tzinfo=UTC)).look == Look.REPORTING
    assert stands(open_, datetime(2026, 6, 17, 16, tzinfo=UTC)).look == Look.CLOSED
    a_report(session, open_, target=1)
    for day in (date(2026, 3, 10), date(2026, 5, 8), date(2026, 5, 17)):
        assert stands(open_, datetime(day.year, day.month, day.day, 16, tzinfo=UTC)).look == Look.REACHED
    assert stands(open_, datetime(2026, 6, 17, 16, tzinfo=UTC)).look == Look.CLOSED


@pytest.mark.parametrize(("reason", "look"), [("stop action", Look.STOPPED), ("good news", Look.GOOD_NEWS)])
def test_what_ended_an_action_counts_more_than_its_number(session, stands, reason, look):
    action = an_action(session, goal=2)
    a_report(session, action, target=2, now=datetime(2026, 3, 8, 16, tzinfo=UTC), sent_on=date(2026, 3, 8))
    action.closed_at, action.closed_reason = EARLIER, reason
    session.commit()
    assert stands(action).look == look


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        (0, "Be the first"),
        (1, "99 to go"),
        (99, "1 to go"),
        (100, "Letters still count"),
        (109, "Letters still count"),
        (119, "1.1 times the goal"),
        (400, "4 times the goal"),
    ],
)
def test_the_words_beside_the_number_say_what_is_missing_or_how_often_the_goal_was_met(
    app, session, stands, letters, words
):
    action = an_action(session, deadline=FAR)
    if letters:
        a_report(session, action, target=letters)
    with app.test_request_context("/en/"):
        assert stands(action).to_the_goal == words


def test_what_is_shown_changes_by_itself_at_midnight_and_at_the_deadline(session):
    action = an_action(session)
    assert standing.next_change(action, NOON) == datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
    assert standing.next_change(action, datetime(2026, 3, 15, 16, tzinfo=UTC)) == datetime(2026, 3, 16, 4, tzinfo=UTC)
    late = datetime(2026, 3, 16, 4, tzinfo=UTC)
    assert standing.next_change(action, late) == datetime(2026, 3, 30, 4, tzinfo=UTC)
    assert standing.next_change(action, datetime(2026, 3, 30, 4, tzinfo=UTC)) is None


def test_no_days_are_left_once_pledging_has_closed(session, stands):
    action = an_action(session)
    assert [stands(action, at).days_left for at in (NOON, datetime(2026, 3, 16, 3, 59, tzinfo=UTC))] == [5, 0]
    late = stands(action, datetime(2026, 3, 16, 4, tzinfo=UTC))
    assert (late.days_left, late.days, late.counter.state) == (None, "", State.REPORTING)
