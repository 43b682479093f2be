"""What a form tells about how it was sent: how long it was open, and whether the hidden field was filled in."""

import pytest

from tests.factories import an_action
from ua_tracker.web.forms.reporting import ReportForm

PAGE = "/en/actions/ua-12-26/letters"


def arrived(app, reader, session, clock, seconds: float = 30, **typed):
    an_action(session)
    values = {**reader.get(PAGE).keys("Report these letters"), "sent_on": "2026-03-10", "letters-1": "1", **typed}
    clock.pass_by(seconds=seconds)
    with app.test_request_context(PAGE, method="POST", data=values, environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        from ua_tracker import actions
        from ua_tracker.database import db

        form = ReportForm.for_action(actions.find(db.session(), "ua-12-26"), clock())
        assert form.validate_on_submit(), form.errors
        return form.arrival(), form.arrival(typed=False)


@pytest.mark.parametrize(("seconds", "known"), [(30, 30), (1, 1), (-5, None)])
def test_the_seconds_since_the_form_was_made(app, reader, session, clock, seconds, known):
    by_hand, a_button = arrived(app, reader, session, clock, seconds, channel="post")
    assert (by_hand.seconds, a_button.seconds) == (known, None)
    assert (by_hand.address, by_hand.trapped) == ("192.0.2.1", False)


def test_the_field_that_people_do_not_see(app, reader, session, clock):
    assert arrived(app, reader, session, clock, website="http://spam.example", channel="post")[0].trapped
    page = reader.get(PAGE)
    assert page.soup.select_one("p[hidden] input[name=website][autocomplete=off]")
