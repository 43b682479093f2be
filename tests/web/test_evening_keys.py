"""The key of a letter evening is signed: nobody makes one, and it outlives a change of the site's secret."""

import pytest

from tests.factories import NOON, a_group, an_action
from ua_tracker import evenings
from ua_tracker.web import evening_keys


@pytest.fixture
def evening(session):
    a_group(session)
    how = {"group": "montreal", "hours": 3, "most_letters": 10, "actor": "rosa", "now": NOON}
    found = evenings.open_for(session, an_action(session), None, **how)
    session.commit()
    return found


def test_a_key_leads_to_its_evening_also_after_the_secret_has_changed(an_app, evening):
    with an_app(SECRET_KEY="a" * 40).app_context():
        key = evening_keys.key_of(evening)
    with an_app(SECRET_KEY="b" * 40, SECRET_KEY_FALLBACKS="a" * 40).app_context():
        assert evening_keys.number_of(key) == evening.id
    with an_app(SECRET_KEY="c" * 40).app_context():
        assert evening_keys.number_of(key) is None


@pytest.mark.parametrize("key", [None, "", "1", "x" * 5000, "MQ.abc"])
def test_what_is_no_key_leads_nowhere(app, key):
    with app.app_context():
        assert evening_keys.number_of(key) is None
