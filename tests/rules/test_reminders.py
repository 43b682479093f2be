"""Who is reminded, when, and of what: by day, at most three times, and never of what is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.factories import NOON, SECRET, a_pledge, a_report, an_action, within
from ua_tracker import actions, pledges, practice, reminders
from ua_tracker.mail_digests import TOLD_IN_ANOTHER
from ua_tracker.models import Mail
from ua_tracker.models.column_types import EarlierDeadline

CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
AMAL = "amal@example.org"


def noon_of(day: int) -> datetime:
    return NOON + timedelta(days=day - NOON.day)


def queued(session, now: datetime) -> list[str]:
    """The kinds that are queued at this moment, and were not before."""
    before = set(session.scalars(select(Mail.id)))
    reminders.queue_due(within(session), within(session), SECRET, now)
    session.commit()
    return list(session.scalars(select(Mail.kind).where(Mail.id.not_in(before)).order_by(Mail.id)))


def test_amal_hears_on_her_day_before_the_deadline_and_once_after_it(session):
    action = an_action(session, deadline=date(2026, 3, 20))
    a_pledge(session, action, email=AMAL, write_on=date(2026, 3, 12))
    told = {day: queued(session, noon_of(day)) for day in range(10, 30)}
    assert {day: kinds for day, kinds in told.items() if kinds} == {
        12: ["write_today"],
        17: ["last_days"],
        21: ["did_you_send"],
    }
    assert queued(session, noon_of(21)) == []


def test_two_reminders_never_come_on_one_day(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, write_on=date(2026, 3, 13))
    assert [queued(session, noon_of(day)) for day in (12, 13, 14)] == [["last_days"], ["write_today"], []]


@pytest.mark.parametrize(("hour", "kinds"), [(12, []), (13, ["write_today"]), (21, ["write_today"]), (22, [])])
def test_nobody_is_reminded_at_night(session, hour, kinds):
    a_pledge(session, an_action(session), email=AMAL, write_on=date(2026, 3, 11))
    assert queued(session, datetime(2026, 3, 11, hour, 0, tzinfo=UTC)) == kinds  # Toronto is four hours behind


def test_whoever_pledged_today_is_not_reminded_of_the_deadline_today(session):
    a_pledge(session, an_action(session), email=AMAL, now=noon_of(13))
    assert queued(session, noon_of(13) + timedelta(hours=1)) == []
    assert queued(session, noon_of(14)) == ["last_days"]


@pytest.mark.parametrize("reason", ["reported", "withdrawn", "stopped", "no address", "closed"])
def test_nobody_is_reminded_of_what_is_done_or_ended(session, reason):
    action = an_action(session)
    pledge = a_pledge(session, action, email=None if reason == "no address" else AMAL)
    if reason == "reported":
        a_report(session, action, pledge=pledge)
    elif reason == "withdrawn":
        pledges.withdraw(session, pledge, NOON)
    elif reason == "stopped":
        reminders.stop(session, pledge, NOON)
    elif reason == "closed":
        action.closed_at, action.closed_reason = NOON, "ended"
    session.commit()
    told = [queued(session, noon_of(day)) for day in (13, 17)]
    assert told == [[], []]


def test_the_outcome_is_mailed_once_to_those_who_asked_and_to_those_with_letters_left(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, wants_outcome=True)
    zoe = a_pledge(session, action, email="zoe@example.org")
    done = a_pledge(session, action, email="ida@example.org", letters=1)
    a_report(session, action, pledge=done, target=1, copy=0)
    action.closed_at, action.closed_reason = NOON, "good news"
    session.commit()
    assert queued(session, noon_of(11)) == []
    action.outcome = "She is free."
    session.commit()
    assert queued(session, noon_of(12)) == ["outcome", "outcome"]
    assert queued(session, noon_of(13)) == []
    assert reminders.is_wanted(session, zoe, action, reminders.OUTCOME, noon_of(13))
    action.closed_at = None  # reopened: who did not ask is not told to write no more
    assert not reminders.is_wanted(session, zoe, action, reminders.OUTCOME, noon_of(13))


def test_a_reminder_that_waits_is_dropped_when_the_letters_are_reported(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL)
    assert reminders.is_wanted(session, pledge, action, "last_days", noon_of(13))
    assert not reminders.is_wanted(session, pledge, action, "did_you_send", noon_of(13))
    assert not reminders.is_wanted(session, pledge, action, "last_days", CLOSING)
    a_report(session, action, pledge=pledge)
    assert not reminders.is_wanted(session, pledge, action, "last_days", noon_of(13))


def moved(session, action, day: int, now: datetime) -> None:
    deadline = date(2026, 3, day)
    move = actions.extend if deadline > action.deadline else actions.correct_deadline
    move(session, action, deadline, revision=action.revision, actor="tests", now=now)
    session.commit()


def test_a_deadline_that_moved_is_told_once_and_reminded_of_again(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL)
    assert queued(session, noon_of(13)) == ["last_days"]
    revision = action.revision
    actions.extend(session, action, date(2026, 3, 25), revision=revision, actor="tests", now=noon_of(14))
    session.commit()
    told = {day: queued(session, noon_of(day) + timedelta(hours=1)) for day in range(14, 30)}
    # Nothing was sent here, so that the mailbox has many waiting mails, and some are told in one of several.
    kinds = {day: [kind for kind in kinds if kind != "several"] for day, kinds in told.items() if kinds}
    assert kinds == {14: ["deadline_moved"], 22: ["last_days"], 26: ["did_you_send"]}


def test_each_new_deadline_is_told_and_two_moves_of_a_day_are_told_as_one(session):
    action = an_action(session)
    amal = a_pledge(session, action, email=AMAL)
    moved(session, action, 20, noon_of(11))
    moved(session, action, 25, noon_of(11) + timedelta(minutes=5))
    assert queued(session, noon_of(11) + timedelta(hours=1)) == ["deadline_moved"]
    assert reminders.deadline_known(session, amal, action) == date(2026, 3, 15)
    session.execute(update(Mail).where(Mail.kind == "deadline_moved").values(
        ending="sent", address=None, due_at=None, ended_at=noon_of(11)))  # fmt: skip
    moved(session, action, 30, noon_of(12))
    bea = a_pledge(session, action, email="bea@example.org", now=noon_of(12) + timedelta(minutes=5))
    assert queued(session, noon_of(12) + timedelta(hours=1)) == ["deadline_moved"]
    assert queued(session, noon_of(12) + timedelta(hours=2)) == []
    assert reminders.deadline_known(session, amal, action) == date(2026, 3, 25)
    assert reminders.deadline_known(session, bea, action) is None


def sent_at(session, now: datetime) -> None:
    """Sends what waits."""
    waiting = update(Mail).where(Mail.due_at.is_not(None))
    session.execute(waiting.values(ending="sent", address=None, due_at=None, ended_at=now))
    session.commit()


def test_a_deadline_that_comes_back_is_told_to_all_who_know_another(session):
    action = an_action(session)
    amal = a_pledge(session, action, email=AMAL)
    for day, deadline in ((11, 20), (12, 17)):
        moved(session, action, deadline, noon_of(day))
        assert queued(session, noon_of(day) + timedelta(hours=1)) == ["deadline_moved"]
        sent_at(session, noon_of(day) + timedelta(hours=2))
    bea = a_pledge(session, action, email="bea@example.org", now=noon_of(12) + timedelta(hours=3))
    moved(session, action, 20, noon_of(13))
    cyd = a_pledge(session, action, email="cyd@example.org", now=noon_of(13) + timedelta(minutes=5))
    assert queued(session, noon_of(13) + timedelta(hours=1)) == ["deadline_moved", "deadline_moved"]
    known = [reminders.deadline_known(session, one, action) for one in (amal, bea, cyd)]
    assert known == [date(2026, 3, 17), date(2026, 3, 17), None]
    sent_at(session, noon_of(13) + timedelta(hours=2))
    assert queued(session, noon_of(13) + timedelta(hours=3)) == []
    assert queued(session, noon_of(18)) == ["last_days"] * 3
    for day, deadline in ((14, 17), (15, 20)):  # and a third time
        moved(session, action, deadline, noon_of(day))
        assert queued(session, noon_of(day) + timedelta(hours=1)).count("deadline_moved") == 3
        sent_at(session, noon_of(day) + timedelta(hours=2))


@pytest.mark.parametrize("earlier", [[], [20]])
def test_who_did_not_hear_that_a_deadline_was_moved_is_not_told_that_it_is_back(session, earlier):
    action = an_action(session)
    a_pledge(session, action, email=AMAL)
    for deadline in earlier:
        moved(session, action, deadline, noon_of(11))
        assert queued(session, noon_of(11)) == ["deadline_moved"]
    sent_at(session, noon_of(11))
    last = action.deadline.day
    assert queued(session, noon_of(last - 1)) == ["last_days"]
    sent_at(session, noon_of(last - 1))
    moved(session, action, 28, noon_of(last - 1) + timedelta(minutes=5))
    moved(session, action, last, noon_of(last - 1) + timedelta(minutes=9))
    assert [queued(session, noon_of(day) + timedelta(hours=1)) for day in (last - 1, last)] == [[], []]


def test_who_was_told_in_one_mail_of_several_is_told_that_a_deadline_is_back(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL)
    moved(session, action, 20, noon_of(11))
    assert queued(session, noon_of(11)) == ["deadline_moved"]
    session.execute(update(Mail).where(Mail.kind == "deadline_moved").values(
        ending="moot", address=None, due_at=None, ended_at=noon_of(11), reason=TOLD_IN_ANOTHER))  # fmt: skip
    moved(session, action, 15, noon_of(12))
    assert queued(session, noon_of(12)) == ["deadline_moved"]


def test_who_is_told_in_the_last_days_that_they_are_not_the_last_is_reminded_on_another_day(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL)
    moved(session, action, 17, datetime(2026, 3, 15, 23, 0, tzinfo=UTC))  # in the evening: told the next morning
    told = [queued(session, noon_of(day)) for day in (16, 17, 18)]
    assert told == [["deadline_moved"], ["last_days"], ["did_you_send"]]


@pytest.mark.parametrize("reason", ["all reported", "withdrawn", "stopped", "no address", "closed"])
def test_who_has_nothing_left_to_do_is_not_told_of_a_new_deadline(session, reason):
    action = an_action(session)
    pledge = a_pledge(session, action, email=None if reason == "no address" else AMAL, letters=3)
    if reason == "all reported":
        a_report(session, action, pledge=pledge, target=3)
    elif reason == "withdrawn":
        pledges.withdraw(session, pledge, NOON)
    elif reason == "stopped":
        reminders.stop(session, pledge, NOON)
    session.commit()
    moved(session, action, 25, NOON)
    if reason == "closed":
        action.closed_at, action.closed_reason = NOON, "ended"
        session.commit()
    assert queued(session, noon_of(11)) == []


def test_who_reported_a_part_is_told_of_a_new_deadline_and_not_reminded(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL, letters=3)
    a_report(session, action, pledge=pledge, target=2)
    moved(session, action, 25, NOON)
    assert [queued(session, noon_of(day)) for day in (11, 22, 26)] == [["deadline_moved"], [], []]


def test_a_reminder_that_waits_while_the_deadline_moves_is_not_needed(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL)
    assert queued(session, noon_of(13)) == ["last_days"]
    moved(session, action, 25, noon_of(14))
    of = (session, pledge, action)
    assert not reminders.is_wanted(*of, "last_days", noon_of(14), queued_at=noon_of(13))
    assert reminders.is_wanted(*of, "last_days", noon_of(22), queued_at=noon_of(22))
    assert not reminders.is_wanted(*of, "deadline_moved", noon_of(15), queued_at=noon_of(13))


def test_a_reminder_from_before_deadlines_were_in_its_key_is_not_sent_again(session):
    """Such a reminder of an extended deadline was queued under the key of the first."""
    action = an_action(session)
    a_pledge(session, action, email=AMAL)
    assert queued(session, noon_of(13)) == ["last_days"]
    action.earlier_deadlines = [EarlierDeadline(date(2026, 3, 8), noon_of(6))]
    session.commit()
    assert queued(session, noon_of(13) + timedelta(hours=1)) == []


def test_another_day_for_writing_has_a_reminder_of_its_own(session):
    action = an_action(session, deadline=date(2026, 3, 20))
    pledge = a_pledge(session, action, email=AMAL, write_on=date(2026, 3, 11))
    assert queued(session, noon_of(11)) == ["write_today"]
    how = {"letters": 3, "write_on": date(2026, 3, 13), "now": noon_of(11)}
    pledges.change(session, action, pledge, **how)
    session.commit()
    assert [queued(session, noon_of(day)) for day in (12, 13, 14)] == [[], ["write_today"], []]


def test_a_reminder_from_before_days_were_in_its_key_is_not_sent_again(session):
    action = an_action(session, deadline=date(2026, 3, 20))
    pledge = a_pledge(session, action, email=AMAL, write_on=date(2026, 3, 11))
    assert queued(session, noon_of(11)) == ["write_today"]
    session.execute(
        update(Mail).where(Mail.kind == "write_today").values(once_key=f"write_today:{pledge.once_key}")
    )  # as earlier versions wrote it
    session.commit()
    assert queued(session, noon_of(12)) == []


def test_a_practice_copy_that_gets_a_new_deadline_tells_nobody_of_it(session):
    original = an_action(session)
    copy = practice.ensure(session, original, NOON)
    a_pledge(session, copy, email="amal@example.org")
    later = NOON + timedelta(days=40)
    assert practice.ensure(session, original, later).deadline > date(2026, 4, 9)
    session.commit()
    assert reminders.queue_due(within(session), within(session), SECRET, later) == 0
    assert copy.extensions == []  # its page does not speak of an extension either


@pytest.mark.parametrize("hour", [2, 16])
def test_a_stop_action_is_told_at_any_hour_without_an_outcome_to_all_who_may_still_write(session, hour):
    action = an_action(session)
    a_pledge(session, action, email=AMAL)
    a_pledge(session, action, email="fr@example.org", language="fr")
    done = a_pledge(session, action, email="done@example.org", letters=1)
    a_report(session, action, pledge=done, target=1, copy=0)
    reminders.stop(session, a_pledge(session, action, email="no-mails@example.org"), NOON)
    at = datetime(2026, 3, 11, hour, 0, tzinfo=UTC)
    actions.close(session, action, actions.STOP_ACTION, revision=action.revision, actor="tests", now=at)
    assert queued(session, at) == ["outcome", "outcome"]
    told = session.scalars(select(Mail).where(Mail.kind == "outcome").order_by(Mail.id)).all()
    assert [(mail.address, mail.language) for mail in told] == [(AMAL, "en"), ("fr@example.org", "fr")]
    assert queued(session, at + timedelta(minutes=1)) == []


@pytest.mark.parametrize(("reason", "kinds"), [(actions.STOP_ACTION, ["outcome"]), (actions.GOOD_NEWS, [])])
def test_a_stop_alone_is_told_to_those_whose_pledge_is_held(session, reason, kinds):
    action = an_action(session)
    held = a_pledge(session, action, email=AMAL)
    gone = a_pledge(session, action, email="gone@example.org")
    pledges.withdraw(session, gone, NOON)
    for pledge in (held, gone):
        pledge.is_held, pledge.held_for = True, "seconds"
    how = {"outcome": "It is over.", "revision": action.revision, "actor": "tests", "now": NOON}
    actions.close(session, action, reason, **how)
    assert queued(session, NOON) == kinds
    assert session.scalars(select(Mail.address).where(Mail.kind == "outcome")).all() == [AMAL] * len(kinds)


def test_a_stop_after_the_deadline_is_told_too(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL)
    at = CLOSING + timedelta(days=1)
    actions.close(session, action, actions.STOP_ACTION, revision=action.revision, actor="tests", now=at)
    assert queued(session, at) == ["outcome"]
    assert reminders.is_wanted(session, pledge, action, reminders.OUTCOME, at)


@pytest.mark.parametrize(("ends", "told"), [
    ([actions.ENDED, actions.GOOD_NEWS], [["outcome"], ["outcome"]]),
    ([actions.GOOD_NEWS, actions.ENDED, actions.GOOD_NEWS], [["outcome"], ["outcome"], ["outcome"]]),
    ([actions.STOP_ACTION, actions.GOOD_NEWS], [["outcome"], ["outcome"]]),
])  # fmt: skip
@pytest.mark.parametrize("days", [0, 1])
def test_what_came_of_an_action_is_told_again_when_it_was_reopened_and_closed_anew(session, ends, told, days):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, wants_outcome=True)
    heard = []
    for place, reason in enumerate(ends[: 2 if days == 0 else None]):
        at = noon_of(11) + timedelta(days=days * place, hours=place)
        how = {"actor": "tests", "now": at}
        actions.close(session, action, reason, outcome=f"It is {place}.", revision=action.revision, **how)
        heard.append(queued(session, at))
        assert queued(session, at + timedelta(minutes=1)) == []
        sent_at(session, at + timedelta(minutes=2))
        if place + 1 < len(ends):
            actions.reopen(session, action, revision=action.revision, actor="tests", now=at + timedelta(minutes=5))
            session.commit()
    assert heard == told[: len(heard)]


def test_a_stop_is_told_also_to_those_who_were_told_good_news_before(session):
    action = an_action(session)
    a_pledge(session, action, email=AMAL, wants_outcome=True)
    how = {"actor": "tests", "now": noon_of(11)}
    actions.close(session, action, actions.GOOD_NEWS, outcome="She is free.", revision=action.revision, **how)
    assert queued(session, noon_of(11)) == ["outcome"]
    actions.reopen(session, action, revision=action.revision, **how)
    actions.close(session, action, actions.STOP_ACTION, revision=action.revision, actor="tests", now=noon_of(12))
    assert queued(session, noon_of(12)) == ["outcome"]
    assert queued(session, noon_of(13)) == []
