"""The forms as programs fill them in refuse what the forms refuse, with the same sentences, and need no token."""

import pytest
from werkzeug.datastructures import MultiDict

from tests.factories import NOON, an_action
from ua_tracker import actions
from ua_tracker.web.forms.entering import PledgeEntry, ReportEntry
from ua_tracker.web.forms.group_choice import offer_groups
from ua_tracker.web.forms.pledging import PledgeForm


@pytest.fixture
def posting(app, session):
    an_action(session)
    with app.test_request_context("/api/v1/actions/ua-12-26/pledges", method="POST"):
        yield


@pytest.mark.parametrize("fields", [{}, {"name": "=1", "letters": "501"}, {"name": "A" * 81, "letters": "x"}])
def test_the_sentences_are_those_of_the_form(posting, fields):
    posted = MultiDict({**fields, "group": "", "email": "a@"})
    entry, form = PledgeEntry.filled(posted), PledgeForm(formdata=posted, meta={"csrf_context": "x"})
    offer_groups(form)
    assert (entry.validate(), form.validate()) == (False, False)
    assert entry.wrong == [error for error in form.wrong if error[0] != "csrf_token"]


def test_nothing_is_asked_back_about_an_address(posting):
    entry = PledgeEntry.filled(MultiDict({"name": "A", "letters": "1", "group": "", "email": "a@gmial.com"}))
    assert (entry.validate(), entry.question) == (True, None)


def test_a_report_has_only_the_letters_that_were_sent(posting, session):
    action = actions.find_addressed(session, "ua-12-26", NOON)
    sent = {"letters-2": "3", "sent_on": "2026-03-09", "channel": "fax", "group": ""}
    entry = ReportEntry.filled(action, MultiDict(sent))
    assert entry.validate()
    assert entry.sending().letters == {action.recipients[0].id: 0, action.recipients[1].id: 3}
