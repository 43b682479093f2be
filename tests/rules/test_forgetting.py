"""A promise is changed or taken back, and people are forgotten; the numbers stay right."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, an_action, within
from ua_tracker import deadlines, forgetting, letters, pledges, private_links, refusals, reminders, retention, tally
from ua_tracker.models import Action, Base, Mail, Pledge, PrivateLink, Report
from ua_tracker.totals import Tally

CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
LONG_AFTER = datetime(2026, 12, 1, tzinfo=UTC)
WHO = ("Amal Marker", "amal.marker@example.org")


def everything(session) -> str:
    """Every value of every table."""
    return "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))


def purge(session, now: datetime, **how) -> list[retention.Purged]:
    return retention.purge(within(session), within(session), now, 180, actor="command line", **how)


def test_another_number_moves_the_tally_by_the_difference(session):
    action = an_action(session)
    a_group(session)
    pledge = a_pledge(session, action, letters=5, group="montreal")
    pledges.change(session, action, pledge, letters=2, write_on=date(2026, 3, 12), now=NOON)
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=2)
    assert tally.read_groups(session, action.id)["montreal"].letters_pledged == 2
    assert tally.check(session) == []
    with pytest.raises(refusals.PledgingLocked):
        pledges.change(session, action, pledge, letters=3, write_on=None, now=CLOSING)


def test_a_promise_taken_back_counts_no_more_and_frees_the_address(session):
    action = an_action(session)
    pledge = a_pledge(session, action, email="amal@example.org")
    pledges.withdraw(session, pledge, NOON)
    assert tally.read(session, action.id) == Tally()
    with pytest.raises(refusals.PledgeEnded):
        pledges.withdraw(session, pledge, NOON)
    with pytest.raises(refusals.PledgeEnded):
        pledges.change(session, action, pledge, letters=3, write_on=None, now=NOON)
    a_pledge(session, action, email="amal@example.org")
    assert tally.check(session) == []


def test_a_report_can_be_undone_for_as_long_as_letters_may_be_reported(session):
    action = an_action(session)
    first, second = a_report(session, action, target=2), a_report(session, action, target=3)
    over = deadlines.reporting_closes_at(action)
    letters.undo(session, first, over - timedelta(seconds=1))
    with pytest.raises(refusals.ReportingClosed):
        letters.undo(session, second, over)
    assert tally.read(session, action.id).letters_sent == 3
    assert tally.check(session) == []


def test_a_replaced_link_leads_nowhere_and_the_new_one_to_the_pledge(session):
    pledge = a_pledge(session, an_action(session), once_key="first")
    private_links.replace(session, pledge, "a new token", NOON)
    assert private_links.find(session, "a new token").id == pledge.id
    with pytest.raises(refusals.NoSuchPledge):
        private_links.find(session, private_links.token_for("first", SECRET))


def test_an_erased_supporter_is_in_no_table_and_the_letters_stay(session):
    action = an_action(session)
    name, email = WHO
    pledge = a_pledge(session, action, name=name, email=email, once_key="k", write_on=date(2026, 3, 12))
    a_report(session, action, pledge=pledge, name=name, email=email, target=4)
    told = forgetting.known_of(session, pledge)
    assert (told["name"], told["email"], told["reports"][0]["letters"]["Minister of Justice"]) == (name, email, 4)
    before = tally.read(session, action.id)
    forgetting.erase(session, pledge, NOON)
    session.commit()
    assert not [word for word in ("Marker", "amal.marker") if word in everything(session)]
    assert tally.read(session, action.id) == before
    assert tally.check(session) == []
    with pytest.raises(refusals.NoSuchPledge):
        private_links.find(session, private_links.token_for("k", SECRET))


def test_a_removed_address_gets_no_mail_and_the_pledge_stays(session):
    pledge = a_pledge(session, an_action(session), email=WHO[1])
    forgetting.remove_email(session, pledge, NOON)
    session.commit()
    assert WHO[1] not in everything(session)
    assert session.scalars(select(Mail.ending)).all() == ["moot"]
    assert pledge.name == "Amal"


def test_a_removed_address_takes_the_one_that_was_asked_for_along(session):
    pledge = a_pledge(session, an_action(session), email=WHO[1])
    pledges.want_email(session, pledge, "amal.marker@example.net", SECRET, NOON)
    forgetting.remove_email(session, pledge, NOON)
    session.commit()
    assert "amal.marker" not in everything(session)
    ended = session.scalars(select(PrivateLink.revoked_at).where(PrivateLink.purpose == private_links.CONFIRM)).all()
    assert ended == [NOON]


def test_the_mails_of_another_pledge_are_not_lost_with_the_erased_one(session):
    first, second = an_action(session), an_action(session, slug="ua-13-26")
    gone = a_pledge(session, first, email=WHO[1])
    a_pledge(session, second, email=WHO[1])
    forgetting.erase(session, gone, NOON)
    session.commit()
    assert session.scalars(select(Mail.address)).all() == [WHO[1], WHO[1]]


def test_people_are_forgotten_when_it_is_time_and_not_before(session):
    action, running = an_action(session), an_action(session, slug="ua-13-26", deadline=date(2026, 11, 30))
    for one in (action, running):
        a_report(session, one, pledge=a_pledge(session, one, name=WHO[0], email=WHO[1]), name=WHO[0], email=WHO[1])
        a_report(session, one, name=WHO[0])
    due = datetime(2026, 3, 30, 4, 0, tzinfo=UTC) + timedelta(days=180)
    assert purge(session, due - timedelta(seconds=1), dry_run=False) == []
    [would] = purge(session, due, dry_run=True)
    assert (would.slug, would.pledges, would.reports) == ("ua-12-26", 1, 2)
    assert session.scalars(select(Pledge.name).where(Pledge.action_id == action.id)).one() == WHO[0]
    before = tally.read(session, action.id)
    assert purge(session, due, dry_run=False) == [would]
    session.commit()
    named = [*session.scalars(select(Pledge.name)), *session.scalars(select(Report.name))]
    assert sorted(name for name in named if name) == [WHO[0]] * 3  # those of the running action
    assert (tally.read(session, action.id), tally.check(session)) == (before, [])
    assert purge(session, due, dry_run=False) == []


def test_a_purge_ends_every_link_to_what_it_forgot_and_no_other(session):
    over, running = an_action(session), an_action(session, slug="ua-13-26", deadline=date(2026, 11, 30))
    forgotten = a_pledge(session, over, once_key="over", name=WHO[0], email=WHO[1])
    pledges.want_email(session, forgotten, "other@example.org", SECRET, NOON)
    private_links.mail_once(session, forgotten, reminders.WRITE_TODAY, SECRET, NOON)
    a_pledge(session, running, once_key="running", name=WHO[0])
    purge(session, LONG_AFTER, dry_run=False)
    session.commit()
    ended = session.scalars(select(PrivateLink.revoked_at).where(PrivateLink.pledge_id == forgotten.id)).all()
    assert ended == [LONG_AFTER] * 4
    with pytest.raises(refusals.NoSuchPledge):
        private_links.find(session, private_links.token_for("over", SECRET))
    assert private_links.find(session, private_links.token_for("running", SECRET)).name == WHO[0]


def test_an_unconfirmed_address_is_in_the_downloaded_data_and_erased_too(session):
    action = an_action(session)
    pledge = a_pledge(session, action, name=None, email=None)
    pledges.want_email(session, pledge, WHO[1], SECRET, NOON)
    reminders.stop(session, pledge, NOON)
    told = forgetting.known_of(session, pledge)
    assert (told["email_to_confirm"], told["mails_stopped_at"]) == (WHO[1], NOON.isoformat())
    [purged] = purge(session, LONG_AFTER, dry_run=False)
    session.commit()
    assert (purged.pledges, WHO[1] in everything(session)) == (1, False)


KINDS = ["pledge", "change", "withdraw", "report", "undo", "erase"]
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5)), max_size=12)


@given(EVENTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_people_do_a_purge_moves_no_total(session, events):
    session.rollback()
    number = session.query(Action).count()
    action = an_action(session, slug=f"ua-{number}-25")
    made, reported = [], []
    for event, which in events:
        try:
            if event == "pledge":
                made.append(a_pledge(session, action, name=WHO[0], letters=which + 1))
            elif event == "report":
                pledge = made[which % len(made)] if made else None
                reported.append(a_report(session, action, pledge=pledge, name=WHO[0], target=which + 1))
            elif event == "undo" and reported:
                letters.undo(session, reported[which % len(reported)], NOON)
            elif event != "undo" and made:
                pledge = made[which % len(made)]
                if event == "change":
                    pledges.change(session, action, pledge, letters=which + 1, write_on=None, now=NOON)
                elif event == "withdraw":
                    pledges.withdraw(session, pledge, NOON)
                else:
                    forgetting.erase(session, pledge, NOON)
        except refusals.PledgeEnded:
            session.rollback()
        session.commit()
    before = tally.read(session, action.id)
    purge(session, LONG_AFTER, dry_run=False)
    session.commit()
    assert (tally.read(session, action.id), tally.check(session)) == (before, [])
    assert "Marker" not in everything(session)
