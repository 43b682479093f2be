"""A request gets a thread only when it has been read: so slow clients stop nobody."""

import http.client

from tests.factories import an_action
from tests.journeys.test_at_the_deadline import a_form, press
from tests.raw import FAR, slow_clients, until
from ua_tracker import tally

PAGE = "/en/actions/ua-12-26"
HOLD = 8  # seconds; tests/outside holds them for a minute


def ordinary_day(site, session, seconds: float) -> int:
    """Readers and a supporter, who are all answered well, again and again; answers how many pledges were made."""
    pressed = 0
    for _ in until(seconds):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=FAR)
        for path in (f"{PAGE}/counter", PAGE, "/fr/", "/files/site.css"):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
        connection.close()
        assert press(site, a_form(site), f"Supporter {pressed}") == 303
        pressed += 1
    return pressed


def test_three_hundred_slow_clients_of_every_kind_stop_nobody(site, session):
    action = an_action(session)
    with slow_clients(site.port, 300, PAGE):
        pressed = ordinary_day(site, session, HOLD)
    session.rollback()
    assert tally.read(session, action.id).pledges == pressed > 0
    assert tally.check(session) == []
