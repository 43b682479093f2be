"""Issues of one case: which is the newest, and what an update that ends the case closes."""

from datetime import date, timedelta

import pytest

from tests.factories import NOON, a_case, an_action
from ua_tracker import actions, refusals
from ua_tracker.actions import cases
from ua_tracker.models import ActionTally


def two_issues(session, **changes):
    case = a_case(session)
    older = an_action(session, case_id=case.id, issued=date(2026, 1, 2))
    newer = an_action(session, slug="ua-12-26-2", case_id=case.id, **{"issued": date(2026, 2, 2), **changes})
    return older, newer


def test_the_newest_published_issue_is_known_to_the_older_ones_alone(session):
    older, newer = two_issues(session)
    alone = an_action(session, slug="ua-13-26")
    assert [cases.newer(session, one, NOON) for one in (older, newer, alone)] == [newer, None, None]
    assert cases.newer_of([older, newer, alone]) == {older.id: newer}


def test_an_older_issue_that_is_stored_later_is_not_newer(session):
    first, late = two_issues(session, issued=date(2025, 12, 1))
    assert (cases.newer(session, first, NOON), cases.newer(session, late, NOON)) == (None, first)


def test_a_draft_is_not_newer_and_the_instant_of_its_publication_is_known(session):
    older, draft = two_issues(session, published_at=None)
    assert cases.newer(session, older, NOON) is None
    assert cases.next_publication(session, older, NOON) is None
    draft.published_at = later = NOON + timedelta(hours=2)
    session.flush()
    assert cases.next_publication(session, older, NOON) == later
    assert cases.newer(session, older, later) is draft


def test_what_is_kept_of_an_older_issue_is_renewed_when_another_is_published(session):
    older, draft = two_issues(session, published_at=None)
    before = session.get_one(ActionTally, older.id).revision
    actions.publish(session, draft, actor="tests", now=NOON)
    session.expire_all()
    assert session.get_one(ActionTally, older.id).revision > before


def test_an_update_closes_what_runs_and_nothing_that_was_not_seen(session):
    older, newer = two_issues(session)
    stop = an_action(session, slug="ua-12-26-3", case_id=older.case_id, sequence="stop action", published_at=None)
    assert cases.running(session, stop, NOON) == [older, newer]
    how = {"outcome": "She is free.", "actor": "tests", "now": NOON}
    with pytest.raises(refusals.CaseChanged):
        cases.end(session, stop, ["ua-12-26"], actions.GOOD_NEWS, **how)
    assert older.closed_at is None
    ended = cases.end(session, stop, ["ua-12-26", "ua-12-26-2"], actions.GOOD_NEWS, **how)
    assert ended == ["ua-12-26", "ua-12-26-2"]
    assert {(one.closed_reason, one.outcome, one.closed_at) for one in (older, newer)} == {
        ("good news", "She is free.", NOON)
    }
    assert cases.running(session, stop, NOON) == []
