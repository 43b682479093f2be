"""The UA number and the AI index of an action are corrected; its slug stays, and no two actions are one issue."""

import pytest
from sqlalchemy import select

from tests.factories import NOON, a_case, an_action
from ua_tracker import actions, refusals, tally
from ua_tracker.models import AuditEntry, Case


def edited(session, action, **changes) -> bool:
    return actions.edit(session, action, changes, revision=action.revision, actor="rosa", now=NOON)


def test_both_are_corrected_and_the_history_and_kept_pages_know(session):
    action = an_action(session, case_id=a_case(session).id, ai_index="ASA 33/9519/2025")
    before = tally.read_with_revision(session, action.id)[1]
    assert edited(session, action, ua_number="109/2023", ai_index="asa 33/9591/2025")
    assert (action.case.ua_number, action.ai_index, action.slug) == ("109/23", "ASA 33/9591/2025", "ua-12-26")
    line = session.query(AuditEntry).one()
    assert line.before == {"ua_number": "12/26", "ai_index": "ASA 33/9519/2025"}
    assert line.after == {"ua_number": "109/23", "ai_index": "ASA 33/9591/2025"}
    assert tally.read_with_revision(session, action.id)[1] > before
    assert not edited(session, action, ua_number="109/23", ai_index="ASA 33/9591/2025")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ua_number": "109-23"}, refusals.BadUaNumber),
        ({"ai_index": "ASA"}, refusals.BadAiIndex),
        ({"ua_number": None, "ai_index": None}, refusals.NumberMissing),
        ({"ai_index": "ASA 33/1/2025"}, refusals.IndexKnown),
        ({"ua_number": "13/26", "ai_index": None}, refusals.ActionKnown),
    ],
)
def test_what_no_new_action_could_have_is_refused(session, changes, refusal):
    action = an_action(session, case_id=a_case(session).id, ai_index="ASA 33/9519/2025", sequence="first")
    an_action(session, slug="ua-13-26", case_id=a_case(session, "13/26").id, sequence="first")
    an_action(session, slug="other", ai_index="ASA 33/1/2025")
    with pytest.raises(refusal):
        edited(session, action, **changes)


def test_a_practice_copy_keeps_no_number(session):
    copy = an_action(session, practice=True)
    edited(session, copy, ua_number="12/26", title="Another")
    assert (copy.case, copy.title) == (None, "Another")


def test_a_case_that_no_action_belongs_to_any_more_goes_with_the_correction(session):
    case = a_case(session)
    action = an_action(session, case_id=case.id, sequence="first")
    other = an_action(session, slug="ua-12-26-2", case_id=case.id, sequence="second")
    edited(session, action, ua_number="13/26")
    assert sorted(session.scalars(select(Case.ua_number))) == ["12/26", "13/26"]
    edited(session, other, ua_number="13/26")
    assert session.scalars(select(Case.ua_number)).all() == ["13/26"]
    edited(session, other, ua_number=None, ai_index="ASA 33/1/2026")
    session.commit()
    assert (other.case, action.case.ua_number) == (None, "13/26")
