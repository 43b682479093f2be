"""The mail to those who have not reported: who gets it, once, and who does not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, an_action, within
from ua_tracker import letters, mailings, pledges, refusals, reminders, trust
from ua_tracker.mailings import LATER, NO_ADDRESS, REMINDED, STOPPED, TOLD, Addressees
from ua_tracker.models import AuditEntry, Mail, Pledge
from ua_tracker.trust import Arrival


def ask(session, action, scope=None, now=NOON) -> int:
    found = mailings.ask(session, action, scope, actor="rosa", now=now)
    session.commit()
    return found.mailed


def queued_to(session, now=NOON) -> list[str]:
    """The addresses to which the command queues the mail at this moment."""
    before = set(session.scalars(select(Mail.id)))
    mailings.queue_due(within(session), within(session), SECRET, now)
    fresh = select(Mail).where(Mail.id.not_in(before), Mail.kind == "not_reported").order_by(Mail.id)
    return [mail.address for mail in session.scalars(fresh)]


@pytest.fixture
def action(session):
    return an_action(session)


def test_only_who_stands_and_has_not_reported_gets_it_and_once(session, action):
    a_group(session)
    a_pledge(session, action, email="amal@example.org", group="montreal")
    a_report(session, action, pledge=a_pledge(session, action, email="done@example.org"))
    letters.void(
        session, a_report(session, action, pledge=a_pledge(session, action, email="undone@example.org")), "x", NOON,
        actor="rosa",
    )  # fmt: skip
    pledges.void(session, a_pledge(session, action, email="void@example.org"), "x", NOON, actor="rosa")
    pledges.withdraw(session, a_pledge(session, action, email="gone@example.org"), NOON)
    reminders.stop(session, a_pledge(session, action, email="stopped@example.org"), NOON)
    trap = Arrival("192.0.2.1", trust.Thresholds(**trust.USUAL), trapped=True)
    assert a_pledge(session, action, email="held@example.org", arrival=trap).is_held
    a_pledge(session, action)
    a_pledge(session, action, email="later@example.org", write_on=date(2026, 3, 12))
    a_pledge(session, action, email="today@example.org", write_on=date(2026, 3, 10))
    a_pledge(session, an_action(session, slug="ua-13-26"), email="other@example.org")
    wanted = Addressees(3, {NO_ADDRESS: 1, STOPPED: 1, LATER: 1})
    assert mailings.addressees(session, action, None, NOON) == wanted
    assert (ask(session, action), wanted.everybody) == (3, 6)
    assert queued_to(session) == ["amal@example.org", "undone@example.org", "today@example.org"]
    assert queued_to(session) == []
    assert mailings.addressees(session, action, None, NOON) == Addressees(0, {**wanted.others, TOLD: 3})
    [event] = session.scalars(select(AuditEntry).where(AuditEntry.event == "mail asked for"))
    assert (event.after, event.actor) == ({"people": 3, "group": None}, "rosa")


def test_within_fourteen_days_it_is_asked_for_once_and_never_sent_to_one_pledge_again(session, action):
    action.deadline = date(2026, 5, 1)
    a_pledge(session, action, email="amal@example.org")
    ask(session, action)
    assert queued_to(session) == ["amal@example.org"]
    with pytest.raises(refusals.MailedLately) as told:
        ask(session, action, now=NOON + timedelta(days=13, hours=23))
    assert told.value.facts == {"day": date(2026, 3, 24)}
    later = NOON + timedelta(days=14)
    with pytest.raises(refusals.NobodyToMail):
        ask(session, action, now=later)
    a_pledge(session, action, email="zoe@example.org", now=later)
    assert ask(session, action, now=later) == 1
    assert queued_to(session, later) == ["zoe@example.org"]


def test_a_group_mails_its_own_people_and_the_office_then_the_others(session, action):
    group = a_group(session)
    a_pledge(session, action, email="amal@example.org", group="montreal")
    a_pledge(session, action, email="zoe@example.org")
    assert mailings.addressees(session, action, group.id, NOON) == Addressees(1)
    assert ask(session, action, group.id) == 1
    assert queued_to(session) == ["amal@example.org"]
    assert ask(session, action) == 1
    assert queued_to(session) == ["zoe@example.org"]
    assert mailings.latest(session, action, group.id, NOON) == NOON


def test_who_pledges_after_it_was_asked_for_does_not_get_it(session, action):
    a_pledge(session, action, email="amal@example.org")
    ask(session, action)
    a_pledge(session, action, email="zoe@example.org", now=NOON + timedelta(minutes=1))
    assert queued_to(session, NOON + timedelta(minutes=2)) == ["amal@example.org"]


def test_nobody_gets_it_within_three_days_of_a_reminder(session, action):
    a_pledge(session, action, email="amal@example.org", write_on=date(2026, 3, 10))
    assert reminders.queue_due(within(session), within(session), SECRET, NOON) == 1
    assert mailings.addressees(session, action, None, NOON) == Addressees(0, {REMINDED: 1})
    assert mailings.addressees(session, action, None, NOON + timedelta(days=3)) == Addressees(1)


def test_it_goes_out_by_day_and_only_while_letters_can_be_reported(session, action):
    a_pledge(session, action, email="amal@example.org")
    ask(session, action)
    assert queued_to(session, datetime(2026, 3, 11, 2, 0, tzinfo=UTC)) == []
    closed = NOON + timedelta(days=20)
    assert queued_to(session, closed) == []
    with pytest.raises(refusals.ReportingClosed):
        ask(session, action, now=closed)


def test_who_reports_before_it_is_sent_does_not_need_it(session, action):
    pledge = a_pledge(session, action, email="amal@example.org")
    reporting = NOON + timedelta(days=7)
    for at, wanted in ((NOON, True), (reporting, True), (NOON + timedelta(days=20), False)):
        assert reminders.is_wanted(session, pledge, action, "not_reported", at) is wanted
    a_report(session, action, pledge=session.get(Pledge, pledge.id))
    assert not reminders.is_wanted(session, pledge, action, "not_reported", NOON)
