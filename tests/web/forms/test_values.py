"""The parts of forms that hold the values of an action."""

from tests.factories import an_action
from ua_tracker.web.forms.values import listed, paragraphs


def test_paragraphs_stand_between_empty_lines_and_lists_on_lines():
    text = "One line,\r\nstill the same.\r\n\r\n\r\n  Another.\n"
    assert paragraphs(text) == ["One line, still the same.", "Another."]
    assert listed("  One \n\n two  words\r\n") == ["One", "two words"]
    assert (paragraphs(None), listed("")) == ([], [])


def test_a_list_is_shown_as_high_as_it_has_lines(office, session):
    action = an_action(session)
    action.targets[0].phones = [f"+1 555 010{number}" for number in range(3)]
    session.commit()
    page = office.get("/en/dashboard/ua-12-26/edit")
    rows = {name: page.soup.select_one(f"#recipients-0-{name}")["rows"] for name in ("phones", "fax", "address_lines")}
    assert rows == {"phones": "3", "fax": "1", "address_lines": "4"}
