"""How long a page of an action is kept."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import NOON, a_group, an_action
from ua_tracker.web import kept_pages
from ua_tracker.web.live import versions


@pytest.mark.parametrize(
    ("deadline", "until"),
    [
        (date(2026, 3, 15), datetime(2026, 3, 11, 4, 0, tzinfo=UTC)),  # midnight in Toronto
        (date(2026, 3, 10), datetime(2026, 3, 11, 4, 0, tzinfo=UTC)),  # the deadline, which is the same instant
        (date(2026, 1, 1), datetime(2026, 3, 11, 4, 0, tzinfo=UTC)),
    ],
)
def test_it_ends_with_the_day_in_the_zone_of_the_action(app, session, deadline, until):
    action = an_action(session, deadline=deadline)
    with app.test_request_context("/en/actions/ua-12-26"):
        kept_pages.keep_today(action, NOON)
        assert versions.current().page == versions.PageFacts(until, None)


@pytest.mark.parametrize(("group", "is_kept"), [("montreal", True), ("", True), ("nowhere", False)])
def test_it_is_not_kept_for_a_group_that_is_none(app, session, group, is_kept):
    action = an_action(session)
    a_group(session)
    with app.test_request_context(f"/en/actions/ua-12-26?group={group}"):
        kept_pages.keep_today(action, NOON)
        assert (versions.current().page is not None) == is_kept
