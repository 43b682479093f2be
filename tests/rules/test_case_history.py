"""The life of a case: its issues in their order, what changed between them, the letters of all."""

from datetime import date, timedelta

import pytest

from tests.factories import NOON, a_case, a_pledge, a_recipient, a_report, an_action
from ua_tracker import actions, refusals
from ua_tracker.actions import case_history


def two_issues(session, **changes):
    case = a_case(session)
    an_action(session, slug="ua-12-26-2", case_id=case.id, issued=date(2026, 2, 2), **changes)
    an_action(session, case_id=case.id, issued=date(2026, 1, 2))
    return case


def test_issues_stand_in_the_order_of_their_issue_without_drafts(session):
    case = two_issues(session)
    an_action(session, slug="ua-12-26-3", case_id=case.id, issued=date(2026, 3, 2), published_at=NOON + timedelta(1))
    an_action(session, slug="ua-13-26")
    found = case_history.find(session, "12/26", NOON)
    assert [one.action.slug for one in found.issues] == ["ua-12-26", "ua-12-26-2"]
    assert found.newest.slug == "ua-12-26-2"
    later = case_history.find(session, "12/26", NOON + timedelta(2))
    assert later.newest.slug == "ua-12-26-3"


@pytest.mark.parametrize("number", ["13/26", "12/26"])
def test_a_case_without_a_published_issue_is_none(session, number):
    an_action(session, case_id=a_case(session).id, published_at=None)
    with pytest.raises(refusals.NoSuchCase):
        case_history.find(session, number, NOON)


def test_demands_officials_and_the_deadline_are_compared_with_the_issue_before(session):
    two_issues(session, demands=["release  ana lopez", "Return her notebooks."], deadline=date(2026, 4, 1))
    newest = actions.find(session, "ua-12-26-2")
    newest.copies[0].name = "His Excellency Chicolini"
    session.add(a_recipient(newest, "copy", 3, role="Head of Police"))
    session.commit()
    session.expire_all()
    first, second = case_history.find(session, "12/26", NOON).issues
    assert first.changes is None
    assert second.changes.demands_added == ["Return her notebooks."]
    assert second.changes.demands_dropped == ["Let her see a lawyer."]
    assert [to.title for to in second.changes.officials_added] == ["Ambassador", "Head of Police"]
    assert [to.name for to in second.changes.officials_dropped] == ["Her Excellency Gloria Teasdale"]
    assert second.changes.deadline == (date(2026, 3, 15), date(2026, 4, 1))


def test_an_issue_that_asks_for_the_same_says_so(session):
    two_issues(session)
    assert case_history.find(session, "12/26", NOON).issues[1].changes.are_none


def test_a_translation_is_not_compared_with_the_text_it_translates(session):
    case = two_issues(session, language="fr", demands=["Libérer Ana Lopez."])
    an_action(session, slug="ua-12-26-3", case_id=case.id, issued=date(2026, 3, 2), demands=["Release Ana Lopez."])
    changes = [one.changes for one in case_history.find(session, "12/26", NOON).issues]
    assert changes[:2] == [None, None]
    assert (changes[2].demands_added, changes[2].demands_dropped) == ([], ["Let her see a lawyer."])


def test_the_letters_of_all_issues_are_added_up(session):
    two_issues(session)
    first, second = actions.find(session, "ua-12-26"), actions.find(session, "ua-12-26-2")
    a_report(session, first, target=3, copy=1)
    a_report(session, second, target=4, copy=0)
    a_pledge(session, second, letters=5)
    found = case_history.find(session, "12/26", NOON)
    assert [one.totals.letters_sent for one in found.issues] == [3, 4]
    assert (found.totals.letters_sent, found.totals.copies_sent, found.totals.letters_pledged) == (7, 1, 5)


def test_a_case_has_ended_when_its_newest_issue_was_closed(session):
    two_issues(session)
    for slug, ended in (("ua-12-26", None), ("ua-12-26-2", "ua-12-26-2")):
        one = actions.find(session, slug)
        actions.close(session, one, actions.GOOD_NEWS, revision=one.revision, actor="tests", now=NOON)
        found = case_history.find(session, "12/26", NOON).ended
        assert (found and found.slug) == ended
