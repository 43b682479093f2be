"""One person who comes in by two doors is one thread: reports that name an address, their links, and the way back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, a_sending, an_action, within
from ua_tracker import deadlines, forgetting, letters, pledges, private_links, refusals, reminders, retention, tally
from ua_tracker.models import Base, Mail, Pledge, PrivateLink, Report
from ua_tracker.totals import Tally
from ua_tracker.trust import USUAL, Arrival, Thresholds

AMAL, AS_TYPED = "amal@example.org", " AMAL@Example.org "
HELD = Arrival("192.0.2.1", Thresholds(**USUAL), trapped=True)
LAST_DAYS = NOON + timedelta(days=3)


def walked_in(session, action, once_key: str = "form", now=NOON, arrival=None, **sent) -> Report:
    """A report through the public form."""
    how = {"once_key": once_key, "secrets": [SECRET], "language": "en", "now": now, "arrival": arrival}
    report, _ = letters.report_discreetly(session, action, a_sending(action, **sent), **how)
    session.commit()
    return report


def corrected(session, action, report, target: int, once_key: str = "correction", arrival=None, **sent) -> Report:
    sending = a_sending(action, target=target, name=report.name, email=report.email, **sent)
    made = letters.correct(session, action, report, sending, once_key=once_key, now=NOON, arrival=arrival)
    session.commit()
    return made


def reminded(session, now) -> int:
    queued = reminders.queue_due(within(session), within(session), SECRET, now)
    session.commit()
    return queued


def kinds(session) -> list[str]:
    return list(session.scalars(select(Mail.kind).order_by(Mail.id)))


def test_a_report_with_the_address_of_a_pledge_belongs_to_it_and_taking_it_back_brings_the_reminders_back(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL, letters=3)
    report = walked_in(session, action, email=AS_TYPED, target=3)
    assert (report.pledge_id, report.by_link) == (pledge.id, False)
    assert letters.reported_for(session, pledge).letters_sent == 3
    assert tally.read(session, action.id).letters_by_link == 0, "nobody can tell from the totals whose address it is"
    assert reminded(session, LAST_DAYS) == 0
    letters.undo(session, report, LAST_DAYS)
    session.commit()
    assert reminded(session, LAST_DAYS) == 1
    assert tally.check(session) == []


def test_a_reminder_that_was_not_needed_is_sent_once_the_report_is_taken_back(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL)
    assert reminded(session, LAST_DAYS) == 1
    report = walked_in(session, action, email=AMAL)
    waiting = session.scalars(select(Mail).where(Mail.kind == reminders.LAST_DAYS)).one()
    waiting.due_at, waiting.ended_at, waiting.ending, waiting.address, waiting.facts = None, NOON, "moot", None, {}
    session.commit()
    assert reminded(session, LAST_DAYS) == 0
    letters.undo(session, report, LAST_DAYS)
    session.commit()
    assert [reminded(session, LAST_DAYS), reminded(session, LAST_DAYS)] == [1, 0]
    assert reminders.is_wanted(session, pledge, action, reminders.LAST_DAYS, LAST_DAYS)


@pytest.mark.parametrize("ended", ["withdrawn", "voided", "of another action", "of another address"])
def test_a_report_belongs_to_no_other_pledge(session, ended):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    address = "zoe@example.org" if ended == "of another address" else AMAL
    pledge = a_pledge(session, other if ended == "of another action" else action, email=address)
    if ended == "withdrawn":
        pledges.withdraw(session, pledge, NOON)
    if ended == "voided":
        pledges.void(session, pledge, "a reason", NOON, actor="tests")
    assert walked_in(session, action, email=AMAL).pledge_id is None


def test_a_report_that_names_the_address_of_a_held_pledge_counts_as_any_other(session):
    """Else the public number would tell whether an address has a held pledge."""
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL, arrival=HELD)
    assert not walked_in(session, action, email=AMAL).is_held
    assert a_report(session, action, pledge=pledge).is_held


def test_each_report_with_an_address_gets_one_receipt_and_one_without_gets_a_link(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL, language="fr")
    for _ in range(2):
        linked = walked_in(session, action, "one", email=AS_TYPED)
        alone = walked_in(session, action, "two", email="zoe@example.org")
        nameless = walked_in(session, action, "three")
    assert kinds(session) == ["pledge_made", "report_made", "report_made"]
    receipts = session.execute(
        select(Mail.address, Mail.facts).where(Mail.kind == "report_made").order_by(Mail.id)
    ).all()
    assert [(address, facts["report"]) for address, facts in receipts] == [
        (AMAL, linked.id), ("zoe@example.org", alone.id)
    ]  # fmt: skip
    tokens = [private_links.token_for(facts["key"], SECRET) for _, facts in receipts]
    assert [private_links.find_holder(session, token) for token in tokens] == [pledge, alone]
    shown = [
        letters.link_of(session, one, key, [SECRET])
        for one, key in zip((linked, alone, nameless), ("one", "two", "three"), strict=True)
    ]
    assert shown[:2] == [None, None]
    assert private_links.find_holder(session, shown[2]) is nameless
    with pytest.raises(refusals.NoSuchPledge):
        private_links.find(session, shown[2])


def test_a_corrected_report_counts_once_and_its_links_go_on_to_work(session):
    action = an_action(session)
    a_group(session, "montreal")
    report = walked_in(session, action, name="Amal", target=40, group="montreal")
    token = letters.link_of(session, report, "form", [SECRET])
    for _ in range(2):  # pressed twice
        fresh = corrected(session, action, private_links.find_holder(session, token), target=4, copy=0)
    assert (fresh.name, fresh.by_link, fresh.pledge_id) == ("Amal", False, None)
    assert private_links.find_holder(session, token) is fresh
    session.refresh(report)
    assert (report.void_reason, report.name) == (letters.CORRECTED, None)
    assert tally.read(session, action.id) == Tally(letters_sent=4)
    assert tally.read_groups(session, action.id)["montreal"] == Tally()
    assert tally.check(session) == []
    again = corrected(session, action, fresh, target=6, once_key="another")
    letters.undo(session, again, NOON)
    session.commit()
    assert (tally.read(session, action.id), letters.is_taken_back(again)) == (Tally(), True)
    back = corrected(session, action, again, target=6, once_key="after all")
    assert private_links.find_holder(session, token) is back
    assert tally.read(session, action.id).letters_sent == 6
    letters.void(session, back, "a reason of the office", NOON, actor="tests")
    with pytest.raises(refusals.ReportEnded):
        corrected(session, action, back, target=1, once_key="too late")


def test_a_correction_cannot_count_what_would_be_held(session):
    action, arrival = an_action(session), Arrival("192.0.2.1", Thresholds(**USUAL))
    report = walked_in(session, action, target=2, arrival=arrival)
    more = corrected(session, action, report, target=USUAL["letters"], arrival=arrival)
    assert not more.is_held
    held = corrected(session, action, more, target=500, once_key="far more", arrival=arrival)
    assert (held.is_held, held.held_for) == (True, "letters")
    fewer = corrected(session, action, held, target=3, once_key="fewer", arrival=arrival)
    assert (fewer.is_held, tally.read(session, action.id)) == (True, Tally(letters_held=3))
    with pytest.raises(refusals.ReportingClosed):
        letters.correct(
            session, action, fewer, a_sending(action), once_key="k", now=deadlines.reporting_closes_at(action)
        )


def test_the_link_that_was_mailed_releases_a_held_report_and_the_one_on_the_screen_does_not(session):
    action = an_action(session)
    mailed, shown = (
        walked_in(session, action, "a", email=AMAL, arrival=HELD),
        walked_in(session, action, "b", arrival=HELD),
    )
    letters.release_own(session, mailed, NOON)
    with pytest.raises(refusals.NotProven):
        letters.release_own(session, shown, NOON)
    session.commit()
    totals = tally.read(session, action.id)
    assert (totals.letters_sent, totals.letters_held, tally.check(session)) == (2, 2, [])


def everything(session) -> str:
    return "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))


def test_who_only_reported_is_read_out_and_erased(session):
    action = an_action(session)
    report = walked_in(session, action, name="Amal Marker", email="amal.marker@example.org", target=4)
    report = corrected(session, action, report, target=3)
    told = forgetting.known_of(session, report)
    assert (told["name"], told["email"], told["reports"][0]["letters"]["Minister of Justice"]) == (
        "Amal Marker", "amal.marker@example.org", 3
    )  # fmt: skip
    before = tally.read(session, action.id)
    forgetting.erase(session, report, NOON)
    session.commit()
    assert not [word for word in ("Marker", "amal.marker") if word in everything(session)]
    assert (tally.read(session, action.id), tally.check(session)) == (before, [])
    assert session.scalars(select(PrivateLink.revoked_at)).all() == [NOON]


def test_a_purge_ends_the_links_of_reports_too(session):
    action = an_action(session)
    walked_in(session, action)
    due = deadlines.reporting_closes_at(action) + timedelta(days=180)
    retention.purge(within(session), within(session), due, 180, actor="tests")
    session.commit()
    assert session.scalars(select(PrivateLink.revoked_at)).all() == [due]


def test_the_receipt_of_one_action_outlives_the_purge_of_another(session):
    over, running = an_action(session), an_action(session, slug="ua-13-26", deadline=date(2026, 11, 30))
    for action in (over, running):
        walked_in(session, action, action.slug, email=AMAL)
    due = deadlines.reporting_closes_at(over) + timedelta(days=180)
    retention.purge(within(session), within(session), due, 180, actor="tests")
    session.commit()
    assert session.scalars(select(Mail.address)).all() == [AMAL, AMAL]


def test_a_lost_link_of_a_report_is_mailed_again_once_an_hour(session):
    action = an_action(session)
    a_pledge(session, action, email="zoe@example.org")
    walked_in(session, action, "zoe", email="zoe@example.org")
    walked_in(session, action, "amal", email=AMAL)
    for _ in range(2):
        for address in (AS_TYPED, "zoe@example.org"):
            letters.mail_links(session, None, address, "en", SECRET, NOON)
    session.commit()
    assert kinds(session).count("report_link") == 1, "the other belongs to a pledge, which has its own link"


def test_name_and_group_of_a_pledge_are_changed_and_both_groups_follow(session):
    action = an_action(session)
    for slug in ("montreal", "ottawa"):
        a_group(session, slug)
    pledge = a_pledge(session, action, letters=3, group="montreal")
    a_report(session, action, pledge=pledge, group="montreal")
    pledges.change_who(session, action, pledge, name="A. L.", group="ottawa", now=NOON)
    session.commit()
    groups = tally.read_groups(session, action.id)
    assert (pledge.name, pledge.group.slug) == ("A. L.", "ottawa")
    assert (groups["montreal"].letters_pledged, groups["ottawa"].letters_pledged) == (0, 3)
    assert groups["montreal"].letters_sent == 2, "a report keeps the group that it was sent with"
    pledges.change_who(session, action, pledge, name=None, group=None, now=NOON)
    assert (tally.read_groups(session, action.id)["ottawa"], tally.check(session)) == (Tally(), [])


def test_a_retired_group_can_be_kept_and_not_be_chosen(session):
    action, group = an_action(session), a_group(session, "montreal")
    pledge = a_pledge(session, action, group="montreal")
    group.retired_at = NOON
    session.commit()
    pledges.change_who(session, action, pledge, name="A. L.", group="montreal", now=NOON)
    assert pledge.group_id == group.id
    other = a_pledge(session, action)
    with pytest.raises(refusals.NoSuchGroup):
        pledges.change_who(session, action, other, name="A. L.", group="montreal", now=NOON)


def test_a_promise_taken_back_is_made_again(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email=AMAL)
    pledges.withdraw(session, pledge, NOON)
    for at in (NOON, deadlines.closes_at(action)):  # the mail after the deadline offers to take it back, too
        pledges.restore(session, action, pledge, at)
    session.commit()
    assert (tally.read(session, action.id).pledges, tally.check(session)) == (1, [])
    pledges.withdraw(session, pledge, deadlines.closes_at(action))
    pledges.restore(session, action, pledge, deadlines.closes_at(action))
    pledges.withdraw(session, pledge, NOON)
    a_pledge(session, action, email=AMAL)
    with pytest.raises(refusals.AlreadyPledged):
        pledges.restore(session, action, pledge, NOON)
    session.commit()
    with pytest.raises(refusals.ReportingClosed):
        pledges.restore(session, action, pledge, deadlines.reporting_closes_at(action))
    assert session.scalar(select(func.count()).select_from(Pledge).where(Pledge.withdrawn_at.is_(None))) == 1


def test_mails_that_were_stopped_start_again(session):
    pledge = a_pledge(session, an_action(session), email=AMAL)
    reminders.stop(session, pledge, NOON)
    session.commit()
    assert reminded(session, LAST_DAYS) == 0
    reminders.start(session, pledge, NOON)
    session.commit()
    assert reminded(session, LAST_DAYS) == 1
