"""Three hundred slow clients for a whole minute, against the server as the Procfile starts it."""

from tests.journeys.test_slow_clients import PAGE, ordinary_day
from tests.raw import slow_clients
from ua_tracker import tally
from ua_tracker.models import Action


def test_three_hundred_slow_clients_stop_nobody_for_a_minute(site, session):
    with slow_clients(site.port, 300, PAGE):
        pressed = ordinary_day(site, session, 60)
    session.rollback()
    assert tally.read(session, session.query(Action).one().id).pledges == pressed > 0
