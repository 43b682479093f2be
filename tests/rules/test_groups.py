"""Whose letters are they? A group's share of an action."""

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from ua_tracker import groups, letters
from ua_tracker.tally import Tally


def test_a_group_has_its_own_share_and_no_more(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    a_group(session, "montreal")
    a_group(session, "toronto", "Toronto Group")
    a_pledge(session, action, letters=4, group="montreal")
    a_report(session, action, target=3, copy=1, group="montreal")
    a_report(session, action, target=9, group="toronto")
    a_report(session, other, target=5, group="montreal")
    share = groups.share(session, action.id, "montreal")
    assert share.group.name == "Groupe de Montréal"
    assert share.totals == Tally(pledges=1, letters_pledged=4, letters_sent=3, copies_sent=1)


def test_a_group_that_has_sent_nothing_has_a_share_of_nothing(session):
    action = an_action(session)
    a_group(session)
    assert groups.share(session, action.id, "montreal").totals == Tally()


def test_a_group_that_has_retired_keeps_what_it_gave(session):
    action, group = an_action(session), a_group(session)
    a_report(session, action, target=3, group="montreal")
    group.retired_at = NOON
    session.commit()
    assert groups.share(session, action.id, "montreal").totals.letters_sent == 3


def test_a_group_nobody_knows_is_said_to_be_none(session):
    share = groups.share(session, an_action(session).id, "nowhere")
    assert (share.group, share.totals) == (None, Tally())


def test_the_letters_of_an_evening_are_the_groups_own_to_targets_and_not_voided(session):
    from datetime import timedelta

    action, group = an_action(session), a_group(session)
    a_report(session, action, target=1, group="montreal", now=NOON - timedelta(hours=9))
    a_report(session, action, target=2, copy=7, group="montreal")
    a_report(session, action, target=4)
    letters.void(session, a_report(session, action, target=8, group="montreal"), "twice", NOON)
    since = NOON - timedelta(hours=8)
    assert letters.sent_since(session, action.id, since, group.id) == 2
    assert letters.sent_since(session, action.id, since) == 6
