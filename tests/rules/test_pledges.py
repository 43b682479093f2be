"""Pledges: making, changing, withdrawing and voiding them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_wish, an_action
from ua_tracker import pledges, private_links, refusals, tally
from ua_tracker.models import AuditEntry, Pledge, PrivateLink
from ua_tracker.totals import Tally

CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


def test_a_pledge_is_kept_counted_and_found_by_its_link(session):
    action = an_action(session)
    pledge = a_pledge(session, action, name="Amal", letters=3, once_key="amal's form")
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=3)
    token = private_links.token_for("amal's form", SECRET)
    assert private_links.find(session, token) is pledge
    assert token not in session.scalars(select(PrivateLink.token_hash)).all()


def test_amal_can_pledge_until_the_closing_instant_and_not_at_it(session):
    action = an_action(session)
    a_pledge(session, action, now=CLOSING - timedelta(microseconds=1))
    with pytest.raises(refusals.PledgingLocked):
        a_pledge(session, action, now=CLOSING)
    assert tally.read(session, action.id).pledges == 1


def test_a_double_click_makes_one_pledge_and_gives_the_same_answer(session):
    action = an_action(session)
    first = a_pledge(session, action, once_key="one form")
    again = a_pledge(session, action, once_key="one form")
    assert again is first
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=3)


def test_a_retry_after_the_deadline_still_gets_the_first_answer(session):
    action = an_action(session)
    first = a_pledge(session, action, once_key="one form", now=CLOSING - timedelta(seconds=1))
    assert a_pledge(session, action, once_key="one form", now=CLOSING + timedelta(days=1)) is first


@pytest.mark.parametrize("second", ["amal@example.org", "AMAL@Example.org", " amal@example.org "])
def test_one_address_pledges_once(session, second):
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org")
    with pytest.raises(refusals.AlreadyPledged):
        a_pledge(session, action, email=second, letters=9)
    session.commit()
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=3)


def test_one_address_pledges_for_two_actions_and_nobody_needs_one(session):
    first, second = an_action(session), an_action(session, slug="ua-13-26")
    a_pledge(session, first, email="amal@example.org")
    a_pledge(session, second, email="amal@example.org")
    a_pledge(session, first, email=None)
    a_pledge(session, first, email=None)
    assert tally.read(session, first.id).pledges == 3


def test_a_group_has_its_own_sub_total(session):
    action, group = an_action(session), a_group(session, "montreal")
    a_pledge(session, action, group="montreal", letters=4)
    a_pledge(session, action, letters=2)
    assert tally.read(session, action.id).letters_pledged == 6
    assert tally.read_groups(session, action.id) == {group.slug: Tally(pledges=1, letters_pledged=4)}


def test_a_pledge_with_a_wrong_address_is_made_again_with_the_right_one(session):
    action = an_action(session)
    how = {"once_key": "one form", "secrets": [SECRET], "now": NOON}
    pledges.make_discreetly(session, action, a_wish(email="anal@example.org"), **how)
    for _ in range(2):
        pledges.readdress(session, action, a_wish(email="amal@example.org"), instead_of="Anal@Example.org", **how)
    session.commit()
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=3)
    assert tally.check(session) == []
    stored = {(one.email, one.withdrawn_at) for one in session.query(Pledge)}
    assert stored == {(None, NOON), ("amal@example.org", None)}


def test_an_unknown_or_retired_group_is_refused(session):
    action, group = an_action(session), a_group(session, "ottawa")
    group.retired_at = NOON
    for slug in ("ottawa", "nowhere"):
        with pytest.raises(refusals.NoSuchGroup):
            a_pledge(session, action, group=slug)


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 3, 16)])
def test_the_day_to_write_lies_between_today_and_the_deadline(session, day):
    action = an_action(session)
    with pytest.raises(refusals.WriteOnOutside):
        a_pledge(session, action, write_on=day)
    a_pledge(session, action, write_on=date(2026, 3, 15))


@pytest.mark.parametrize("letters", [0, -1, 501])
def test_the_database_itself_refuses_an_impossible_number(session, letters):
    from sqlalchemy.exc import IntegrityError

    action = an_action(session)
    values = {"action_id": action.id, "letters": letters, "language": "en", "once_key": "k", "made_at": NOON}
    session.add(Pledge(**values))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_revoked_link_leads_nowhere(session):
    action = an_action(session)
    a_pledge(session, action, once_key="form")
    session.scalars(select(PrivateLink)).one().revoked_at = NOON
    session.flush()
    with pytest.raises(refusals.NoSuchPledge):
        private_links.find(session, private_links.token_for("form", SECRET))


def test_nothing_is_stored_when_a_pledge_is_refused(session):
    action = an_action(session)
    with pytest.raises(refusals.PledgingLocked):
        pledges.make(session, action, a_wish(), once_key="k", token="t", now=CLOSING)
    assert session.scalar(select(func.count()).select_from(Pledge)) == 0


def test_a_row_the_database_refuses_for_another_reason_is_an_error_and_no_thanks(session):
    from sqlalchemy.exc import IntegrityError

    action = an_action(session)
    with pytest.raises(IntegrityError):
        a_pledge(session, action, letters=501)


def test_a_voided_pledge_counts_no_more_and_frees_its_address(session):
    action = an_action(session)
    a_group(session, "montreal")
    pledge = a_pledge(session, action, email="amal@example.org", letters=4, group="montreal")
    with pytest.raises(refusals.NoReason):
        pledges.void(session, pledge, "", NOON, actor="rosa")
    pledges.void(session, pledge, "a test", NOON, actor="rosa")
    pledges.void(session, pledge, "again", NOON, actor="zoe")
    session.commit()
    assert (pledge.voided_at, pledge.void_reason) == (NOON, "a test")
    assert tally.read(session, action.id) == Tally()
    assert tally.check(session) == []
    line = session.scalars(select(AuditEntry)).one()
    assert (line.id, line.actor) == (pledge.voided_in, "rosa")
    assert line.after == {"pledge": pledge.id, "letters": 4, "reason": "a test"}
    a_pledge(session, action, email="amal@example.org")


def test_two_who_void_one_pledge_at_once_take_it_back_once(session):
    from sqlalchemy.orm import Session

    action = an_action(session)
    a_pledge(session, action, letters=9)
    pledge = a_pledge(session, action, letters=2)
    with Session(session.get_bind()) as other:
        theirs = other.get(Pledge, pledge.id)
        other.commit()
        pledges.void(session, pledge, "twice", NOON, actor="rosa")
        session.commit()
        pledges.void(other, theirs, "twice", NOON, actor="zoe")
        other.commit()
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=9)
    assert tally.check(session) == []


@pytest.mark.parametrize(
    "other", [{"name": "Bea"}, {"letters": 4}, {"write_on": date(2026, 3, 12)}, {"wants_outcome": True}]
)
def test_a_form_that_asks_for_something_else_is_not_thanked_for_it(session, other):
    action = an_action(session)
    a_pledge(session, action, once_key="form")
    with pytest.raises(refusals.PledgedBefore):
        a_pledge(session, action, once_key="form", **other)
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=3)


def test_a_form_whose_pledge_was_taken_back_is_not_thanked_for_it(session):
    action = an_action(session)
    pledges.withdraw(session, a_pledge(session, action, once_key="form"), NOON)
    with pytest.raises(refusals.PledgeTakenBack):
        a_pledge(session, action, once_key="form")
    assert tally.read(session, action.id) == Tally()
