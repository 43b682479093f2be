"""Who leads in the last 24 hours, so that a coordinator sees at once where a flood comes from."""

from datetime import timedelta

from tests.factories import NOON, a_pledge, a_report, an_action
from ua_tracker import leaders, letters
from ua_tracker.leaders import Domain
from ua_tracker.trust import USUAL, Arrival, Thresholds

LIMITS = Thresholds(**USUAL)


def test_networks_and_domains_of_the_action_stand_with_the_largest_first(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    quiet = a_report(session, action, arrival=Arrival("192.0.2.1", LIMITS), target=3)
    for number in range(3):
        loud = a_report(session, action, arrival=Arrival(f"203.0.113.{number}", LIMITS), target=30)
        a_pledge(session, action, email=f"p{number}@flood.example", arrival=Arrival("198.51.100.1", LIMITS))
    a_pledge(session, action, email="amal@example.org", arrival=Arrival("198.51.100.1", LIMITS))
    a_pledge(session, other, email="zoe@elsewhere.example", arrival=Arrival("198.51.100.1", LIMITS))
    found = leaders.networks(session, action, NOON)
    assert [(one.report, one.letters) for one in found] == [(loud.id, 90), (None, 15), (quiet.id, 3)]
    assert [(one.reports, one.pledges) for one in found] == [(3, 0), (0, 4), (1, 0)]
    assert [one.pledge is not None for one in found] == [False, True, False], "who only pledged leads too"
    a_report(session, action, email="zoe@flood.example", arrival=Arrival("198.51.100.9", LIMITS))
    assert leaders.domains(session, action, NOON) == [
        Domain("flood.example", 4, has_reports=True, has_pledges=True),
        Domain("example.org", 1, has_reports=False, has_pledges=True),
    ]
    tomorrow = NOON + timedelta(hours=25)
    assert leaders.networks(session, action, tomorrow) == []
    assert leaders.domains(session, action, tomorrow) == []


def test_a_network_whose_rows_are_all_taken_back_leads_no_more(session):
    action = an_action(session)
    loud = [a_report(session, action, arrival=Arrival("203.0.113.1", LIMITS), target=30) for _ in range(2)]
    quiet = a_report(session, action, arrival=Arrival("192.0.2.1", LIMITS), target=3)
    letters.void(session, loud[1], "a program", NOON, actor="oda")
    session.commit()
    assert [(one.report, one.reports) for one in leaders.networks(session, action, NOON)] == [
        (loud[0].id, 1), (quiet.id, 1),
    ]  # fmt: skip
    letters.void(session, loud[0], "a program", NOON, actor="oda")
    session.commit()
    assert [one.report for one in leaders.networks(session, action, NOON)] == [quiet.id]
