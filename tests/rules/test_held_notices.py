"""The office is told that something is held, and not by a mail for each row."""

from datetime import timedelta

from sqlalchemy import select

from tests.factories import NOON, a_coordinator, a_report, an_action
from ua_tracker import held_notices
from ua_tracker.models import Mail
from ua_tracker.trust import USUAL, Arrival, Thresholds

TRAPPED = Arrival("192.0.2.1", Thresholds(**USUAL), trapped=True)


def told(session) -> list[str]:
    return list(session.scalars(select(Mail.address).where(Mail.kind == held_notices.KIND).order_by(Mail.id)))


def test_each_coordinator_of_the_office_gets_at_most_one_mail_within_an_hour_whatever_the_clock_shows(session):
    action, office = an_action(session), ["oda@example.org", "omar@example.org"]
    for email in office:
        a_coordinator(session, email)
    began = NOON + timedelta(minutes=59)
    for minutes, mails in ((0, 1), (1, 1), (2, 1), (59, 1), (60, 2), (61, 2), (200, 3)):
        a_report(session, action, began + timedelta(minutes=minutes), arrival=TRAPPED)
        assert told(session) == office * mails


def test_what_counts_is_not_told(session):
    a_coordinator(session)
    a_report(session, an_action(session), arrival=Arrival("192.0.2.1", Thresholds(**USUAL), seconds=60))
    assert told(session) == []
