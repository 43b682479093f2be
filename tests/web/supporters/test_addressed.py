"""A posted report is read by the recipients that the action has at that moment."""

from dataclasses import replace

from tests.conftest import NOON
from tests.factories import an_action, an_addressee
from ua_tracker import actions

PAGE = "/en/actions/ua-12-26/letters"
BUTTON = "Report these letters"


def reported(reader, **letters):
    return reader.get(PAGE).submit(BUTTON, htmx=True, sent_on="2026-03-09", **letters)


def test_after_an_edit_the_next_report_has_the_recipients_of_now(reader, session):
    action = an_action(session)
    assert "You reported: Minister of Justice: 1" in reported(reader, letters_1="1").text
    queen = replace(an_addressee(action.targets[0]), role="Queen")
    king = replace(queen, id=None, role="King")
    actions.edit(session, action, {"targets": [queen, king]}, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    assert "You reported: Queen: 1 King: 4" in reported(reader, letters_1="1", letters_2="4").text


def test_an_action_that_is_withdrawn_takes_no_report(reader, session):
    action = an_action(session)
    reported(reader, letters_1="1")
    form = reader.get(PAGE)
    action.published_at = None
    session.commit()
    assert form.submit(BUTTON, htmx=True, sent_on="2026-03-09", letters_1="1").status == 404
