"""The mail to those who wanted to be told if their case needs letters again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_case, a_pledge, an_action, within
from ua_tracker import actions, next_issues, pledges, reminders, trust
from ua_tracker.models import Mail
from ua_tracker.trust import Arrival

AMAL = "amal@example.org"
LATER = NOON + timedelta(days=7)  # the deadline of the first issue has passed


def queued_to(session, now=LATER) -> list[str]:
    """The addresses to which the command queues the mail at this moment."""
    before = set(session.scalars(select(Mail.id)))
    next_issues.queue_due(within(session), within(session), SECRET, now)
    fresh = select(Mail).where(Mail.id.not_in(before), Mail.kind == "next_issue").order_by(Mail.id)
    return [mail.address for mail in session.scalars(fresh)]


@pytest.fixture
def first(session):
    return an_action(session, case_id=a_case(session).id)


def asks(session, action, email: str, now=NOON, **changes):
    """Somebody pledges and wants to be told if the case needs letters again."""
    pledge = a_pledge(session, action, now=now, email=email, **changes)
    pledges.want_mails(session, pledge, outcome=False, next_issue=True, now=now)
    session.commit()
    return pledge


def an_issue(session, first, number: int = 2, at=LATER, **changes):
    """The next issue of the case, published at this instant and open for a month."""
    values = {"published_at": at, "issued": at.date(), "deadline": at.date() + timedelta(days=30)}
    return an_action(session, slug=f"ua-12-26-{number}", case_id=first.case_id, **{**values, **changes})


def test_only_who_asked_for_it_and_can_be_told_gets_it_and_once(session, first):
    asks(session, first, AMAL)
    a_pledge(session, first, email="not-asked@example.org", wants_outcome=True)
    pledges.withdraw(session, asks(session, first, "gone@example.org"), NOON)
    reminders.stop(session, asks(session, first, "stopped@example.org"), NOON)
    trap = Arrival("192.0.2.1", trust.Thresholds(**trust.USUAL), trapped=True)
    assert asks(session, first, "held@example.org", arrival=trap).is_held
    asks(session, an_action(session, slug="ua-13-26"), "other@example.org")
    assert queued_to(session) == []
    issue = an_issue(session, first)
    assert next_issues.waiting(session, issue) == 1
    assert queued_to(session) == [AMAL]
    assert queued_to(session) == []
    an_issue(session, first, 3, LATER + timedelta(days=40))
    assert queued_to(session, LATER + timedelta(days=40)) == []


def test_a_mailbox_with_pledges_for_two_issues_is_told_once_of_the_third(session, first):
    asks(session, first, AMAL)
    second = an_issue(session, first, at=NOON + timedelta(days=1))
    asks(session, second, "Amal@Example.org", NOON + timedelta(days=2))
    assert queued_to(session, NOON + timedelta(days=2)) == []  # she has pledged for it already
    an_issue(session, first, 3)
    assert queued_to(session) == ["Amal@Example.org"]
    assert queued_to(session) == []


@pytest.mark.parametrize("why", ["a draft", "for later", "closed", "past", "weeks ago", "older", "at night"])
def test_nobody_is_told_of_an_issue_that_needs_no_letters_now(session, first, why):
    asks(session, first, AMAL)
    changes = {
        "a draft": {"published_at": None},
        "for later": {"published_at": LATER + timedelta(days=1)},
        "past": {"deadline": LATER.date() - timedelta(days=1)},
        "weeks ago": {"published_at": NOON + timedelta(minutes=1)},
        "older": {"issued": date(2025, 1, 1)},
    }.get(why, {})
    issue = an_issue(session, first, **changes)
    if why == "closed":
        actions.close(session, issue, "ended", outcome=None, revision=issue.revision, actor="oda", now=LATER)
        session.commit()
    late = {"weeks ago": timedelta(days=15), "at night": timedelta(hours=11)}.get(why, timedelta())
    assert queued_to(session, LATER + late) == []


def test_the_issue_that_was_stopped_before_wakes_nobody_at_night(session, first):
    asks(session, first, AMAL)
    actions.close(session, first, actions.STOP_ACTION, revision=first.revision, actor="oda", now=NOON)
    an_issue(session, first)
    assert queued_to(session, LATER + timedelta(hours=11)) == []
    assert queued_to(session, LATER + timedelta(hours=24)) == [AMAL]
