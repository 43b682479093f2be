"""The ledger of letters: reports, undone reports, evenings."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, a_group, a_pledge, a_report, a_sending, an_action, an_evening
from ua_tracker import letters, refusals, tally
from ua_tracker.letters import Sending
from ua_tracker.models import AuditEntry
from ua_tracker.totals import Tally

ENDS = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)


def test_letters_to_targets_and_copies_are_counted_apart(session):
    action = an_action(session)
    a_report(session, action, target=2, copy=1)
    a_report(session, action, target=5, copy=0)
    assert tally.read(session, action.id) == Tally(letters_sent=7, copies_sent=1)


def test_a_report_is_taken_through_the_days_of_grace_and_not_after(session):
    action = an_action(session)
    a_report(session, action, now=ENDS - timedelta(microseconds=1), sent_on=date(2026, 3, 15))
    with pytest.raises(refusals.ReportingClosed):
        a_report(session, action, now=ENDS, sent_on=date(2026, 3, 15))


def test_a_letter_sent_after_the_deadline_is_not_counted(session):
    action = an_action(session)
    with pytest.raises(refusals.SentAfterDeadline):
        a_report(session, action, now=ENDS - timedelta(days=1), sent_on=date(2026, 3, 16))


def test_a_retry_is_counted_once(session):
    action = an_action(session)
    first = a_report(session, action, once_key="one form")
    assert a_report(session, action, once_key="one form") is first
    assert tally.read(session, action.id) == Tally(letters_sent=2, copies_sent=1)


def test_a_report_without_letters_says_nothing(session):
    action = an_action(session)
    with pytest.raises(refusals.NoLetters):
        a_report(session, action, target=0, copy=0)


def test_a_recipient_of_another_action_is_not_ones_own(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    sending = Sending(date(2026, 3, 9), "post", {other.targets[0].id: 3})
    with pytest.raises(refusals.RecipientGone):
        letters.report(session, action, sending, once_key="k", now=NOON)


def test_letters_go_to_the_group_that_the_report_names_and_to_no_other(session):
    action = an_action(session)
    a_group(session, "montreal")
    pledge = a_pledge(session, action, group="montreal")
    a_report(session, action, pledge=pledge, group="montreal")
    a_report(session, action, pledge=pledge, group=None)
    assert tally.read_groups(session, action.id)["montreal"].letters_sent == 2
    assert letters.reported_for(session, pledge) == Tally(letters_sent=4, copies_sent=2)


def test_a_voided_report_stays_with_its_reason_and_counts_no_more(session):
    action = an_action(session)
    kept, wrong = a_report(session, action, target=2), a_report(session, action, target=9)
    letters.void(session, wrong, "entered twice", NOON, actor="tests")
    letters.void(session, wrong, "again", NOON, actor="tests")
    session.commit()
    assert tally.read(session, action.id) == Tally(letters_sent=2, copies_sent=1)
    assert (wrong.void_reason, kept.voided_at) == ("entered twice", None)
    assert tally.check(session) == []


def test_an_unknown_channel_is_refused_by_the_database(session):
    from sqlalchemy.exc import IntegrityError

    action = an_action(session)
    with pytest.raises(IntegrityError):
        letters.report(session, action, a_sending(action, channel="pigeon"), once_key="k", now=NOON)


def test_two_who_void_one_report_at_once_take_it_back_once(session):
    from sqlalchemy.orm import Session

    action = an_action(session)
    a_report(session, action, target=9)
    report = a_report(session, action, target=2)
    with Session(session.get_bind()) as other:
        theirs = other.get(type(report), report.id)
        letters.void(session, report, "twice", NOON, actor="tests")
        session.commit()
        letters.void(other, theirs, "twice", NOON, actor="tests")
        other.commit()
    assert tally.read(session, action.id).letters_sent == 9
    assert tally.check(session) == []


def test_who_takes_a_report_back_gives_a_reason_and_is_named_in_the_history(session):
    action = an_action(session)
    report = a_report(session, action, name="Amal", target=9, copy=2)
    with pytest.raises(refusals.NoReason):
        letters.void(session, report, "  ", NOON, actor="rosa")
    letters.void(session, report, "entered twice", NOON, actor="rosa")
    letters.void(session, report, "again", NOON, actor="zoe")
    session.commit()
    line = session.scalars(select(AuditEntry)).one()
    assert (line.id, line.actor, line.subject) == (report.voided_in, "rosa", "ua-12-26")
    assert line.after == {"report": report.id, "letters_sent": 9, "copies_sent": 2, "reason": "entered twice"}


def entered(session, action, scope=None, once_key="the form of the evening", now=NOON, **changes):
    evening = an_evening(action, **changes)
    report = letters.enter_evening(session, action, scope, evening, once_key=once_key, actor="rosa", now=now)
    session.commit()
    return report


def test_a_letter_evening_is_one_nameless_report_of_its_group(session):
    action, group = an_action(session), a_group(session, "montreal")
    report = entered(session, action)
    assert entered(session, action) is report
    assert (report.people, report.name, report.email, report.entered_by) == (14, None, None, "rosa")
    assert tally.read(session, action.id) == Tally(letters_sent=31, copies_sent=12, letters_at_evenings=31)
    assert tally.read_groups(session, action.id) == {
        group.slug: Tally(letters_sent=31, copies_sent=12, letters_at_evenings=31)
    }
    line = session.scalars(select(AuditEntry)).one()
    assert (line.event, line.after["people"], line.after["letters_sent"]) == ("evening entered", 14, 31)
    letters.void(session, report, "another group's evening", NOON, actor="rosa")
    session.commit()
    assert tally.read(session, action.id) == Tally()
    assert tally.check(session) == []


def test_an_evening_may_bring_twenty_thousand_letters_and_no_more(session):
    action = an_action(session)
    a_group(session, "montreal")
    entered(session, action, target=20_000, copy=0)
    for changes, refusal in (
        ({"target": 20_001}, refusals.TooManyLetters),
        ({"people": 0}, refusals.NobodyWrote),
        ({"people": 20_001}, refusals.NobodyWrote),
        ({"target": 0, "copy": 0}, refusals.NoLetters),
        ({"group": "nowhere"}, refusals.NoSuchGroup),
        ({"sent_on": date(2026, 3, 16)}, refusals.SentAfterDeadline),
        ({"sent_on": date(2026, 3, 11)}, refusals.SentInFuture),
        ({"now": ENDS}, refusals.ReportingClosed),
    ):
        with pytest.raises(refusal):
            entered(session, action, once_key=str(changes), **changes)
        session.rollback()
    assert tally.read(session, action.id).letters_sent == 20_000


def test_a_group_coordinator_enters_the_own_groups_evening_only(session):
    action = an_action(session)
    montreal, ottawa = a_group(session, "montreal"), a_group(session, "ottawa")
    with pytest.raises(refusals.NotYourGroup):
        entered(session, action, scope=ottawa.id)
    assert entered(session, action, scope=montreal.id).group_id == montreal.id


def test_letters_of_a_voided_report_are_not_listed_as_reported(session):
    action = an_action(session)
    pledge = a_pledge(session, action)
    wrong = a_report(session, action, pledge=pledge, target=40, copy=7)
    a_report(session, action, pledge=pledge, target=3, copy=2)
    letters.undo(session, wrong, NOON)
    session.commit()
    assert letters.reported_for(session, pledge) == Tally(letters_sent=3, copies_sent=2)
    assert [entry.id for entry in letters.reports_of(session, pledge)] != [wrong.id]
    assert len(letters.reports_of(session, pledge)) == 1
