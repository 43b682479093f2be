"""Which actions are there, and in which order?"""

from datetime import UTC, date, datetime

import pytest

from tests.factories import NOON, an_action
from ua_tracker import actions, refusals


def test_the_list_has_open_then_reporting_then_closed_and_no_drafts(session):
    an_action(session, slug="soon", deadline=date(2026, 3, 12))
    an_action(session, slug="later", deadline=date(2026, 5, 1))
    an_action(session, slug="just-over", deadline=date(2026, 3, 5))
    an_action(session, slug="long-over", deadline=date(2025, 3, 5))
    an_action(session, slug="stopped", deadline=date(2026, 5, 1), closed_at=datetime(2026, 3, 1, tzinfo=UTC))
    an_action(session, slug="draft", published_at=None)
    found = actions.listing(session, NOON)
    assert [action.slug for action, _ in found.open] == ["soon", "later"]
    assert [action.slug for action, _ in found.reporting] == ["just-over"]
    assert [action.slug for action, _ in found.closed] == ["stopped", "long-over"]


def test_a_draft_is_not_there_for_the_public(session):
    an_action(session, slug="draft", published_at=None)
    assert actions.find(session, "draft").slug == "draft"
    for slug in ("draft", "nowhere"):
        with pytest.raises(refusals.NoSuchAction):
            actions.find_published(session, slug)


def test_the_second_of_two_who_edit_at_once_is_told(session):
    from sqlalchemy.orm import Session
    from sqlalchemy.orm.exc import StaleDataError

    an_action(session)
    with Session(session.get_bind()) as other:
        theirs = actions.find(other, "ua-12-26")
        actions.find(session, "ua-12-26").goal = 200
        session.commit()
        theirs.goal = 300
        with pytest.raises(StaleDataError):
            other.commit()
