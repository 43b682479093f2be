"""Addresses that were refused for good: who is meant, who is tried again, and when it is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, an_action
from tests.rules.test_ledger_plans import plan_of
from ua_tracker import forgetting, refused_addresses
from ua_tracker.models import RefusedAddress

SECRETS = ["a newer key", SECRET]


def refuse(session, address: str, secrets=(SECRET,)) -> None:
    refused_addresses.note(session, address, "5.1.1", secrets, NOON)


@pytest.mark.parametrize("written", ["amal@bücher.example", " AMAL@BÜCHER.example", "amal@xn--bcher-kva.example"])
def test_each_spelling_of_an_address_is_the_same_also_under_an_older_key(session, written):
    a_pledge(session, an_action(session), email="Amal@Bücher.example")
    refuse(session, "amal@bücher.example")
    assert refused_addresses.find(session, written, SECRETS).status == "5.1.1"
    assert refused_addresses.find(session, "zoe@bücher.example", SECRETS) is None
    assert "bücher" not in refused_addresses.find(session, written, SECRETS).address_hash
    refused_addresses.allow(session, written, SECRETS)
    assert refused_addresses.find(session, "amal@bücher.example", SECRETS) is None


@pytest.mark.parametrize(
    ("kind", "minutes", "kept"),
    [
        ("last_days", 100_000, True),
        ("outcome", 0, True),
        ("several", 61, True),
        ("wrong_tries", 61, True),
        ("pledge_made", 59, True),
        ("pledge_made", 60, False),
        ("link_again", 60, False),
        ("invitation", 60, False),
    ],
)
def test_only_mails_that_somebody_asks_for_are_tried_again_once_an_hour(session, kind, minutes, kept):
    refuse(session, "amal@example.org")
    now = NOON + timedelta(minutes=minutes)
    assert refused_addresses.is_kept_back(session, kind, "amal@example.org", SECRETS, now) is kept
    assert not refused_addresses.is_kept_back(session, kind, "zoe@example.org", SECRETS, now)


def test_each_action_and_group_counts_its_own_addresses(session):
    here, there, group = an_action(session), an_action(session, slug="ua-13-26"), a_group(session)
    for number, action in enumerate((here, there)):
        a_pledge(session, action, email="amal@example.org", once_key=str(number), group=group.slug)
    a_report(session, here, email="zoe@example.org")
    refuse(session, "amal@example.org")
    refuse(session, "zoe@example.org")
    refuse(session, "amal@example.org")
    assert [refused_addresses.count(session, action, None) for action in (here, there)] == [2, 1]
    assert [refused_addresses.count(session, action, group.id) for action in (here, there)] == [1, 1]
    refused_addresses.allow_all(session)
    assert refused_addresses.count(session, here, None) == 0


def test_erasing_one_pledge_leaves_what_is_known_of_the_other(session):
    pledges = [
        a_pledge(session, an_action(session, slug=f"ua-{number}-26"), email="amal@example.org", once_key=str(number))
        for number in (1, 2)
    ]
    report = a_report(session, an_action(session), email="amal@example.org")
    refuse(session, "amal@example.org")
    forgetting.erase(session, pledges[0], NOON)
    forgetting.erase(session, report, NOON)
    [row] = session.scalars(select(RefusedAddress)).all()
    assert row.pledge_id == pledges[1].id


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_addresses_of_an_action_are_counted_without_reading_its_pledges(session):
    action = an_action(session)
    plan = plan_of(session, lambda: refused_addresses.count(session, action, None), "refused_addresses")
    assert "SEARCH pledges USING INTEGER PRIMARY KEY" in plan, plan
    assert "SEARCH reports USING INTEGER PRIMARY KEY" in plan, plan
