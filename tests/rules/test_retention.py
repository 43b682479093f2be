"""A purge goes in steps: others write in between, what is cut short goes on, and no total moves."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from tests.factories import NOON, SECRET, a_mail, a_pledge, a_report, an_action, within
from ua_tracker import audit, letters, pledges, private_links, refusals, retention, tally
from ua_tracker.models import Action, Mail, Pledge, Report

LONG_AFTER = datetime(2026, 12, 1, tzinfo=UTC)


class PowerCut(Exception):
    """The process ends here."""


@pytest.fixture(autouse=True)
def steps_of_three(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)


@pytest.fixture
def crowd(session) -> Action:
    """An action with ten pledges and ten reports, each with an address and a mail that waits."""
    action = an_action(session)
    for number in range(10):
        address = f"amal{number}@example.org"
        pledge = a_pledge(session, action, once_key=f"key {number}", name="Amal", email=address)
        a_report(session, action, pledge=pledge, name="Amal", email=address)
    return action


def purge(session, writing=None) -> list[retention.Purged]:
    return retention.purge(within(session), writing or within(session), LONG_AFTER, 180, actor="command line")


def named(session) -> tuple[int, int]:
    """How many pledges and reports name somebody."""
    session.expire_all()
    return tuple(len(session.scalars(select(table).where(table.name.is_not(None))).all()) for table in (Pledge, Report))


def test_a_purge_forgets_all_of_a_crowd_in_steps_and_no_total_moves(session, crowd):
    before, steps = tally.read(session, crowd.id), []

    @contextmanager
    def writing():
        steps.append(named(session))
        with within(session)() as step:
            yield step

    [done] = purge(session, writing)
    assert (done.pledges, done.reports, named(session)) == (10, 10, (0, 0))
    assert steps == [(10, 10), (7, 10), (4, 10), (1, 10), (0, 10), (0, 7), (0, 4), (0, 1)]
    assert (tally.read(session, crowd.id), tally.check(session)) == (before, [])


def test_a_purge_ends_private_links_also_where_nobody_is_named(session, crowd):
    a_pledge(session, crowd, once_key="nameless", name=None, email=None)
    tokens = [private_links.token_for(key, SECRET) for key in ("key 0", "key 9", "nameless")]
    for token in tokens:
        assert private_links.find(session, token).action_id == crowd.id
    purge(session)
    for token in tokens:
        with pytest.raises(refusals.NoSuchPledge):
            private_links.find(session, token)


def test_mails_that_wait_for_those_forgotten_are_forgotten_and_those_of_a_running_action_stay(session, crowd):
    running = an_action(session, slug="running", deadline=datetime(2026, 11, 30).date())
    a_pledge(session, running, name="Amal", email="amal3@example.org")
    a_mail(session, to="amal4@example.org", once_key="another kind")
    purge(session)
    assert set(session.scalars(select(Mail.address))) == {"amal3@example.org", None}


def test_an_address_that_was_only_asked_for_loses_no_mail_but_the_one_that_would_confirm_it(session, crowd):
    stranger = "zoe@example.org"
    pledge = session.scalars(select(Pledge)).first()
    pledge.email_wanted = stranger
    a_mail(session, to=stranger, once_key=f"{private_links.confirmations_of(pledge)}1")
    a_mail(session, to=stranger, once_key="of something else")
    session.commit()
    purge(session)
    assert [mail.once_key for mail in session.scalars(select(Mail).where(Mail.address == stranger))] == [
        "of something else"
    ]
    assert session.get_one(Pledge, pledge.id).email_wanted is None


def test_a_purge_that_is_cut_short_goes_on_the_next_time(session, crowd):
    before, steps = tally.read(session, crowd.id), []

    @contextmanager
    def writing():
        steps.append("begun")
        yield session
        if len(steps) == 3:
            session.rollback()
            raise PowerCut
        session.commit()

    with pytest.raises(PowerCut):
        purge(session, writing)
    assert named(session) == (4, 10)
    [rest] = purge(session)
    assert (rest.pledges, rest.reports, named(session)) == (4, 10, (0, 0))
    assert (tally.read(session, crowd.id), tally.check(session)) == (before, [])
    told = [line.after["ua-12-26"] for line in audit.listing(session).entries if line.event == "purged"]
    assert told == [{"pledges": 4, "reports": 10}, {"pledges": 10, "reports": 10}]


def test_a_correction_between_two_steps_is_no_alarm(session, crowd):
    steps = []

    @contextmanager
    def writing():
        yield session
        session.commit()
        if not steps:
            steps.append("a coordinator was quicker")
            pledges.void(session, session.scalars(select(Pledge)).all()[8], "spam", NOON, actor="rosa")
            letters.void(session, session.scalars(select(Report)).all()[0], "spam", NOON, actor="rosa")
            session.commit()

    purge(session, writing)
    assert (named(session), tally.check(session)) == ((0, 0), [])
    assert tally.read(session, crowd.id).pledges == 9


def test_a_purge_that_would_move_a_total_undoes_the_step_and_stops(session, crowd, monkeypatch):
    def and_more(table, rows, now):
        return [update(Pledge).where(rows).values(name=None, name_key="", letters=1)]

    monkeypatch.setattr(retention, "_forgetting", and_more)

    @contextmanager
    def writing():
        try:
            with within(session)() as step:
                yield step
        except BaseException:
            session.rollback()
            raise

    with pytest.raises(retention.TotalsMoved):
        purge(session, writing)
    assert (named(session), tally.check(session)) == ((10, 10), [])
