"""Letters go with the recipient they were typed for, whatever happens to the list meanwhile."""

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, a_recipient, an_action
from ua_tracker.models import Report

PAGE = "/en/actions/ua-12-26/letters"
BUTTON = "Report these letters"


def values(page) -> list[str]:
    """What stands in the fields for letters, in their order."""
    return [field.get("value", "") for field in page.soup.select("input[name^=letters-]")]


def reports_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Report))


def test_letters_go_with_their_recipient_whatever_place_it_has_meanwhile(reader, session):
    action = an_action(session)
    form, sent = reader.get(PAGE), reader.get(PAGE)
    assert sent.submit(BUTTON, letters_1="1").status == 303
    ambassador = action.copies[0]
    ambassador.position = 3
    session.add(a_recipient(action, "target", 2, role="Prime Minister"))
    session.commit()
    assert form.submit(BUTTON, letters_2="5").status == 303
    assert sent.submit(BUTTON, letters_1="1").status == 303  # a retry
    lines = {line.recipient: line.letters for report in session.query(Report) for line in report.lines}
    assert lines == {action.targets[0]: 1, ambassador: 5}


def test_a_mistake_beside_letters_to_somebody_who_moved_leaves_them_with_that_recipient(reader, session):
    action = an_action(session)
    form = reader.get(PAGE)
    action.copies[0].position = 3
    session.add(a_recipient(action, "target", 2, role="Prime Minister"))
    session.commit()
    again = form.submit(BUTTON, letters_1="some", letters_2="5")
    assert (again.status, values(again)) == (422, ["some", "", "5"])
    assert again.submit(BUTTON, letters_1="2").status == 303
    assert reader.get(PAGE).count("copies-sent") == 5


@pytest.mark.parametrize("htmx", [False, True])
def test_letters_to_a_removed_recipient_are_shown_and_none_is_stored(reader, session, htmx):
    action = an_action(session)
    form = reader.get(PAGE)
    action.copies[0].retired_at = NOON
    session.commit()
    told = form.submit(BUTTON, htmx=htmx, letters_1="2", letters_2="5")
    assert (told.status, values(told)) == (422, ["2"])
    assert "some letters (5) were entered for one who is no longer among them" in told.html
    assert reports_in(session) == 0
    assert told.submit(BUTTON).status == 303
    assert reader.get(PAGE).count("letters-sent") == 2


@pytest.mark.parametrize("typed", ["5", " 5 ", "five", "99999999999"])
def test_letters_to_a_removed_recipient_are_shown_beside_any_other_error(reader, session, typed):
    action = an_action(session)
    form = reader.get(PAGE)
    action.copies[0].retired_at = NOON
    session.commit()
    told = form.submit(BUTTON, letters_1="2", letters_2=typed, sent_on="2026-03-12")
    assert f"some letters ({typed.strip()}) were entered for one who is no longer among them" in told.text
    assert reports_in(session) == 0
    day = told.submit(BUTTON)
    assert "This day is still to come." in day.text
    assert day.submit(BUTTON, sent_on="2026-03-09").status == 303
