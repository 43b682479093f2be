"""What webhooks are told: with each act, in its transaction, what its office chose, and nobody whom it may not name."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Clock
from tests.factories import (
    LONG_AGO,
    NOON,
    SECRET,
    a_group,
    a_pledge,
    a_report,
    a_sending,
    a_webhook,
    an_action,
    an_evening,
)
from tests.receiver import HERE, Receiver
from ua_tracker import actions, corrections, forgetting, groups, ledger, letters, pledges, refusals, tally
from ua_tracker.actions import closing, editing
from ua_tracker.corrections import Correction
from ua_tracker.models import Pledge, Report, WebhookMessage
from ua_tracker.statements import written
from ua_tracker.trust import USUAL, Arrival, Thresholds
from ua_tracker.webhooks import calling, registering, sending
from ua_tracker.webhooks.sending import Means

HELD = Arrival("192.0.2.1", Thresholds(**USUAL), trapped=True)


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def means(engine):
    """A sender's means, with a clock that the test moves."""
    call = partial(calling.post, networks=HERE)
    address = lambda action: f"https://letters.example.org/en/actions/{action.slug}"  # noqa: E731
    return Means(sessionmaker(engine).begin, call, Clock(), address, [SECRET])


def sent(means, session) -> list[str]:
    """Sends all that is due; the endings."""
    session.commit()
    ended = []
    with means.transaction() as reading:
        found = sending.due(reading, means.clock())
    for number in found:
        ended += [one.ending for one in sending.turn(means, number)]
    return ended


def waiting(session) -> list[str]:
    return list(session.scalars(select(WebhookMessage.kind).order_by(WebhookMessage.id)))


def added_up(taken) -> tuple[int, int]:
    """Pledged and sent letters, as a receiver that adds and takes away has them."""
    pledged, reported = {}, {}
    for one in taken:
        rows, key = (pledged, "pledge") if one.kind.startswith("pledge") else (reported, "report")
        if one.kind in ("pledge", "pledge.changed", "report"):
            rows[one.data[key]] = one.data["letters"]
        elif one.kind.endswith(".taken_back"):
            del rows[one.data[key]]
    return sum(pledged.values()), sum(reported.values())


def test_a_pledge_and_a_report_arrive_signed_with_the_running_totals_and_without_a_person(session, means, receiver):
    action, group = an_action(session), a_group(session)
    hook = a_webhook(session, receiver.url)
    a_pledge(session, action, letters=3, email="amal@example.org", group=group.slug)
    a_report(session, action, target=2, copy=1, name="Amal", email="amal@example.org")
    assert sent(means, session) == ["sent", "sent"]
    pledge, report = receiver.taken
    assert pledge.is_signed_with(hook.shown_secret)
    assert (pledge.kind, pledge.data["letters"], pledge.data["group"]) == ("pledge", 3, "montreal")
    assert (report.kind, report.data["letters"], report.data["channel"]) == ("report", 2, "post")
    assert [one["letters"] for one in report.data["recipients"]] == [2, 1]
    assert pledge.data["action"]["slug"] == "ua-12-26"
    assert report.data["totals"] == {"pledges": 1, "letters_pledged": 3, "letters_sent": 2, "copies_sent": 1}
    assert not any("amal" in one.body.lower() for one in receiver.taken)


def test_people_are_sent_where_the_office_gave_that_right(session, means, receiver):
    action = an_action(session)
    a_webhook(session, receiver.url, gives_people=True)
    pledge = a_pledge(session, action, email="amal@example.org", wants_outcome=True)
    pledges.want_mails(session, pledge, outcome=False, next_issue=False, now=NOON)
    sent(means, session)
    person = {"name": "Amal", "email": "amal@example.org", "language": "en"}
    assert receiver.kinds == ["pledge", "pledge.changed"]
    assert [one.data["person"] for one in receiver.taken] == [{**person, "wants_outcome": False}] * 2  # as of now


def test_what_is_erased_before_it_is_sent_names_nobody_and_the_receiver_learns_of_it(session, means, receiver):
    action = an_action(session)
    a_webhook(session, receiver.url, gives_people=True)
    pledge = a_pledge(session, action, email="amal@example.org")
    forgetting.erase(session, pledge, NOON)
    sent(means, session)
    assert receiver.kinds == ["pledge", "pledge.erased"]
    assert "amal" not in "".join(one.body for one in receiver.taken).lower()


def test_a_held_row_names_nobody_and_counts_when_it_is_released(session, means, receiver):
    action = an_action(session)
    a_webhook(session, receiver.url, gives_people=True)
    pledge = a_pledge(session, action, letters=4, email="amal@example.org", arrival=HELD)
    sent(means, session)
    pledges.release_own(session, pledge, NOON)
    sent(means, session)
    assert receiver.kinds == ["held", "released", "pledge"]
    assert ["person" in one.data for one in receiver.taken] == [False, False, True]
    assert added_up(receiver.taken) == (4, 0)


def test_who_adds_up_what_arrives_has_the_numbers_of_the_page(session, means, receiver):
    action, group = an_action(session), a_group(session)
    a_webhook(session, receiver.url, topics=("pledge", "report"))
    changed, gone, back, moved = (a_pledge(session, action, letters=number) for number in (1, 2, 3, 4))
    pledges.change(session, action, changed, letters=10, write_on=None, now=NOON)
    pledges.withdraw(session, gone, NOON)
    pledges.withdraw(session, back, NOON)
    pledges.restore(session, action, back, NOON)
    pledges.change_who(session, action, moved, name="Zoe", group=group.slug, now=NOON)
    a_pledge(session, action, letters=50, arrival=HELD)
    wrong, _ = (a_report(session, action, target=number) for number in (7, 8))
    letters.void(session, wrong, "twice", NOON, actor="tests")
    letters.enter_evening(session, action, None, an_evening(action), once_key="k", actor="tests", now=NOON)
    sent(means, session)
    numbers = tally.read(session, action.id)
    assert added_up(receiver.taken) == (numbers.letters_pledged, numbers.letters_sent) == (17, 39)


@pytest.mark.parametrize("table", [Pledge, Report])
def test_many_rows_at_once_are_told_one_by_one_and_so_is_undoing_it(session, means, receiver, table):
    action = an_action(session)
    a_webhook(session, receiver.url)
    make = a_pledge if table is Pledge else a_report
    for arrival in (None, None, HELD):
        make(session, action, arrival=arrival)
    session.query(WebhookMessage).delete()
    how = {"actor": "tests", "now": NOON}
    everything = (session, table, action, None, ledger.Wanted())
    noun = "pledge" if table is Pledge else "report"

    def correct(correction):
        shown = corrections.preview(*everything, correction).shown
        corrections.correct(*everything, correction, reason="why", shown=shown, **how)

    correct(Correction.RELEASE)
    assert waiting(session) == ["released", noun]
    session.query(WebhookMessage).delete()
    correct(Correction.VOID)
    assert waiting(session) == [f"{noun}.taken_back"] * 3
    number = session.scalars(select(table.voided_in)).first()
    effect = corrections.preview_undo(session, number, action.slug, None)[1]
    corrections.undo(session, number, action.slug, None, reason="why", shown=effect.shown, **how)
    assert waiting(session)[3:] == [noun] * 3
    assert len(set(session.scalars(select(WebhookMessage.message_id)))) == 6
    sent(means, session)
    assert len(receiver.taken) == 6


def test_the_office_s_acts_on_an_action_are_told(session, means, receiver):
    action = an_action(session)
    a_webhook(session, receiver.url, topics=("extended", "closed", "outcome"))
    actions.extend(session, action, date(2026, 3, 20), revision=action.revision, actor="tests", now=NOON)
    editing.edit(session, action, {"deadline": date(2026, 3, 22)}, revision=action.revision, actor="tests", now=NOON)
    actions.close(
        session, action, "good news", outcome="She is free.", revision=action.revision, actor="tests", now=NOON
    )
    actions.reopen(session, action, revision=action.revision, actor="tests", now=NOON)
    editing.edit(session, action, {"outcome": "Free!"}, revision=action.revision, actor="tests", now=NOON)
    sent(means, session)
    assert receiver.kinds == ["extended", "extended", "closed", "outcome", "reopened", "outcome"]
    assert receiver.taken[0].data["deadline_before"] == "2026-03-15"
    assert receiver.taken[1].data["deadline"] == "2026-03-22"
    assert (receiver.taken[2].data["reason"], receiver.taken[5].data["outcome"]) == ("good news", "Free!")


def test_each_webhook_is_told_what_it_chose(session, means, receiver):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    group, _ = a_group(session), a_group(session, "quebec", "Québec")
    a_webhook(session, receiver.url, topics=("pledge", "closed"), group=group.slug, action=action.slug)
    a_pledge(session, action, letters=1, group="montreal")
    a_pledge(session, action, letters=2, group="quebec")
    a_pledge(session, action, letters=3)
    a_pledge(session, other, letters=4, group="montreal")
    a_report(session, action, group="montreal")
    actions.close(session, action, "ended", revision=action.revision, actor="tests", now=NOON)
    sent(means, session)
    assert receiver.kinds == ["pledge", "closed"]
    assert receiver.taken[0].data["letters"] == 1
    assert receiver.taken[1].data["group_totals"]["letters_pledged"] == 1


def test_practice_tells_nobody_and_no_webhook_can_be_made_for_it(session):
    practice = an_action(session, slug="practice", practice=True)
    a_webhook(session, "https://crm.example.org/")
    pledge = a_pledge(session, practice)
    pledges.withdraw(session, pledge, NOON)
    a_report(session, practice)
    with pytest.raises(refusals.NotForPractice):
        a_webhook(session, "https://crm.example.org/", action="practice")
    assert waiting(session) == []


def test_there_is_no_event_without_its_act(session):
    action = an_action(session)
    a_webhook(session, "https://crm.example.org/")
    wish = pledges.Wish(name="Amal", letters=3, language="en")
    pledges.make(session, action, wish, once_key="k", token="t", now=NOON)
    session.rollback()
    assert waiting(session) == []
    for _ in range(2):  # a double click
        a_pledge(session, action, once_key="same")
    assert waiting(session) == ["pledge"]


def test_terms_say_whether_anybody_is_told(session):
    """So a site without webhooks executes nothing more for a pledge."""
    action, practice = an_action(session), an_action(session, slug="practice", practice=True)
    other = an_action(session, slug="ua-13-26")

    def told():
        session.commit()
        return [actions.find_terms(session, one.slug, NOON).has_hooks for one in (action, other, practice)]

    assert told() == [False, False, False]
    hook = a_webhook(session, "https://crm.example.org/", action=action.slug)
    assert told() == [True, False, False]
    a_webhook(session, "https://crm.example.org/")
    assert told() == [True, True, False]
    registering.switch(session, hook.id + 1, on=False, actor="tests", now=NOON)
    registering.remove(session, hook.id, actor="tests", now=NOON)
    assert told() == [False, False, False]


def test_a_pledge_and_a_report_execute_one_statement_more_where_somebody_is_told_and_none_elsewhere(engine):
    with engine.connect() as connection, Session(connection) as session:  # the statements of a connection are counted
        assert_one_more(session)


def assert_one_more(session):
    action = an_action(session)

    def executed():
        terms, before = actions.find_terms(session, action.slug, NOON), written(session)
        for number in range(2):  # the second inserts no first row of the day
            a_pledge(session, terms)
            letters.report(session, terms, a_sending(action), once_key=f"{before} {number}", now=NOON)
        return written(session) - before

    executed()
    without = executed()
    session.commit()
    a_webhook(session, "https://crm.example.org/")
    assert executed() == without + 4


def test_merged_groups_tell_their_new_totals_and_the_webhook_goes_with_its_group(session, means, receiver):
    action, _, _ = an_action(session), a_group(session), a_group(session, "quebec", "Québec")
    a_webhook(session, receiver.url, group="montreal", topics=("pledge",))
    a_pledge(session, action, letters=1, group="montreal")
    a_pledge(session, action, letters=2, group="quebec")
    groups.merge(session, "montreal", "quebec", actor="tests", now=NOON)
    sent(means, session)
    assert receiver.kinds == ["pledge", "pledge.totals"]
    assert receiver.taken[1].data["group_totals"]["letters_pledged"] == 3


def test_an_action_that_is_removed_takes_its_webhook_along(session):
    draft, other = an_action(session, slug="draft", published_at=None), an_action(session)
    hook = a_webhook(session, "https://crm.example.org/", action="draft")
    kept = a_webhook(session, "https://crm.example.org/")
    registering.send_test(session, hook.id, now=NOON)
    a_pledge(session, other)
    closing.remove(session, draft)
    session.commit()
    assert registering.listing(session) == [kept]
    assert waiting(session) == ["pledge"]


def test_what_nobody_needs_any_more_is_deleted(session, means, receiver):
    action = an_action(session)
    a_webhook(session, receiver.url)
    off = a_webhook(session, receiver.url)
    a_pledge(session, action)
    registering.switch(session, off.id, on=False, actor="tests", now=NOON)
    sent(means, session)
    assert registering.forget(session, NOON + timedelta(days=6)) == 0
    assert registering.forget(session, NOON + timedelta(days=8)) == 1
    assert registering.forget(session, NOON + timedelta(days=31)) == 1
    assert LONG_AGO < NOON
