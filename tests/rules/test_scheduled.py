"""A draft whose publication is scheduled: the public sees it from that instant on, and nobody has to be there."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.factories import NOON, a_picture, a_pledge, an_action, within
from ua_tracker import actions, deadlines, refusals, reminders, retention, short_codes
from ua_tracker.actions import pictures
from ua_tracker.deadlines import State
from ua_tracker.importing import Draft, saving
from ua_tracker.models import AuditEntry

AT = datetime(2026, 3, 12, 13, 30, tzinfo=UTC)  # half past nine in Toronto
MOMENT = timedelta(microseconds=1)
WHEN = (date(2026, 3, 12), time(9, 30))
BY = {"actor": "rosa", "now": NOON}


def a_scheduled_draft(session, **changes):
    action = an_action(session, **{"published_at": None, **changes})
    actions.schedule(session, action, *WHEN, revision=action.revision, **BY)
    session.commit()
    return action


def test_it_is_a_draft_until_the_instant_and_open_at_it(session):
    action = a_scheduled_draft(session)
    assert action.published_at == AT
    for at, state in ((AT - MOMENT, State.DRAFT), (AT, State.OPEN)):
        assert deadlines.state(action, at) is state
        assert [one.slug for one, _ in actions.listing(session, at).open] == ["ua-12-26"] * (state is State.OPEN)
        assert len(actions.all_with_totals(session, at, drafts=False)) == (state is State.OPEN)
    assert deadlines.next_change(action, NOON) == AT
    assert actions.listing(session, NOON).next_publication == AT
    assert actions.listing(session, AT).next_publication is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, action, at: actions.find_published(session, action.slug, at),
        lambda session, action, at: short_codes.find(session, short_codes.code_of(action), at),
        lambda session, action, at: deadlines.require_open(action, at),
        lambda session, action, at: a_pledge(session, action, at),
    ],
)
def test_whoever_asks_before_the_instant_is_told_that_there_is_none(session, ask):
    action = a_scheduled_draft(session)
    with pytest.raises(refusals.NoSuchAction):
        ask(session, action, AT - MOMENT)
    ask(session, action, AT)


def test_its_picture_is_there_from_the_instant_on(session):
    action = an_action(session, published_at=None)
    digest = a_picture(session, action).largest.digest
    actions.schedule(session, action, *WHEN, **BY)
    assert pictures.content(session, digest, AT - MOMENT) is None
    assert pictures.content(session, digest, AT)


def test_no_command_counts_it_as_published_before(session):
    a_scheduled_draft(session, deadline=date(2026, 3, 13))
    blocks = within(session), within(session)
    assert reminders.queue_due(*blocks, "secret", NOON) == 0
    assert retention.purge(*blocks, NOON, 30, actor="tests") == []


def test_the_time_is_moved_and_cancelled_and_the_history_tells_it(session):
    action = a_scheduled_draft(session)
    actions.schedule(session, action, date(2026, 3, 13), time(8), revision=action.revision, **BY)
    actions.schedule(session, action, date(2026, 3, 13), time(8), revision=1, **BY)  # pressed twice
    actions.cancel_publication(session, action, revision=action.revision, **BY)
    actions.cancel_publication(session, action, revision=1, **BY)
    assert (action.published_at, deadlines.state(action, AT)) == (None, State.DRAFT)
    told = [(line.event, line.after["published_at"]) for line in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert told == [
        ("publication scheduled", "2026-03-12T13:30:00+00:00"),
        ("publication scheduled", "2026-03-13T12:00:00+00:00"),
        ("publication cancelled", None),
    ]


def test_it_is_published_sooner_by_hand(session):
    action = a_scheduled_draft(session)
    actions.publish(session, action, revision=action.revision, **BY)
    assert (action.published_at, deadlines.state(action, NOON)) == (NOON, State.OPEN)


@pytest.mark.parametrize(
    ("when", "refusal"),
    [
        ((date(2026, 3, 10), time(12, 0)), refusals.PublicationPast),  # this very minute
        ((date(2026, 3, 9), time(23, 59)), refusals.PublicationPast),
        ((date(1, 1, 1), time(0, 0)), refusals.PublicationPast),
        ((date(2026, 3, 16), time(0, 0)), refusals.OverWhenPublished),  # the deadline is over at this instant
        ((date(9999, 12, 31), time(23, 59)), refusals.OverWhenPublished),
    ],
)
def test_a_time_that_is_past_or_after_the_deadline_is_refused(session, when, refusal):
    action = an_action(session, published_at=None)
    with pytest.raises(refusal):
        actions.schedule(session, action, *when, **BY)
    actions.schedule(session, action, date(2026, 3, 15), time(23, 59), **BY)
    assert action.published_at == datetime(2026, 3, 16, 3, 59, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_read_as_before_the_change(session):
    action = an_action(session, published_at=None, deadline=date(2027, 4, 1))
    actions.schedule(session, action, date(2027, 3, 14), time(2, 30), **BY)
    assert action.published_at == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"deadline": None}, refusals.NoDeadline),
        ({"sequence": "stop action"}, refusals.EndsTheCase),
        ({"published_at": NOON}, refusals.PublishedAlready),
    ],
)
def test_only_what_could_be_published_is_scheduled(session, changes, refusal):
    action = an_action(session, **{"published_at": None, **changes})
    with pytest.raises(refusal):
        actions.schedule(session, action, *WHEN, **BY)


def test_once_the_instant_has_come_nothing_is_scheduled_or_cancelled(session):
    action = a_scheduled_draft(session)
    late = {"revision": action.revision, "actor": "rosa", "now": AT}
    with pytest.raises(refusals.PublishedAlready):
        actions.cancel_publication(session, action, **late)
    with pytest.raises(refusals.PublishedAlready):
        actions.schedule(session, action, date(2026, 3, 14), time(9), **late)
    with pytest.raises(refusals.EditedMeanwhile):
        actions.cancel_publication(session, action, revision=1, **BY)


def test_a_scheduled_draft_keeps_a_target_and_a_deadline_that_is_not_over_by_then(session):
    action = a_scheduled_draft(session)

    def edited(**changes):
        actions.edit(session, action, changes, revision=action.revision, **BY)

    for changes in ({"deadline": None}, {"targets": []}):
        with pytest.raises(refusals.PublishedNeedsBoth):
            edited(**changes)
    with pytest.raises(refusals.DeadlineBeforePublication):
        edited(deadline=date(2026, 3, 11))
    edited(deadline=date(2026, 3, 12))  # earlier than before: nobody has relied on it
    assert action.deadline == date(2026, 3, 12)


def test_a_document_cannot_end_it_before_it_is_published(session):
    action = a_scheduled_draft(session, ai_index="ASA 33/9519/2025")
    for changes, refusal in (
        ({"deadline": date(2026, 3, 11)}, refusals.DeadlineBeforePublication),
        ({"sequence": "stop action"}, refusals.EndsTheCase),
    ):
        with pytest.raises(refusal):
            saving.require_possible(action, Draft(ai_index=action.ai_index, **changes), NOON)
