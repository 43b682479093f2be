"""Local groups: adding and merging them, and their share of the letters."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, a_coordinator, a_group, a_pledge, a_report, an_action
from tests.waiting import until_somebody_waits
from ua_tracker import actions, coordinators, corrections, groups, ledger, letters, pledges, progress, refusals, tally
from ua_tracker.corrections import Correction
from ua_tracker.ledger import Wanted
from ua_tracker.models import AuditEntry, Pledge, Report
from ua_tracker.totals import Tally

WHO = {"actor": "rosa", "now": NOON}


def revision(session, action) -> int:
    return tally.read_with_revision(session, action.id)[1]


def test_two_groups_become_one_with_all_they_did(session):
    first, second = an_action(session), an_action(session, slug="ua-13-26")
    a_group(session, "plateau"), a_group(session, "montreal")
    a_pledge(session, first, group="plateau", letters=4)
    a_pledge(session, first, group="montreal", letters=2)
    a_report(session, second, group="plateau", target=3)
    heir = groups.merge(session, "plateau", "montreal", **WHO)
    session.commit()
    assert heir.slug == "montreal"
    assert tally.read_groups(session, first.id) == {"montreal": Tally(pledges=2, letters_pledged=6)}
    assert tally.read_groups(session, second.id) == {"montreal": Tally(letters_sent=3, copies_sent=1)}
    assert tally.read(session, first.id) == Tally(pledges=2, letters_pledged=6)
    assert {*session.scalars(select(Pledge.group_id)), *session.scalars(select(Report.group_id))} == {heir.id}
    assert tally.check(session) == []
    line = session.scalars(select(AuditEntry)).one()
    assert (line.event, line.subject) == ("group merged", "plateau")
    assert (line.after["heir"], line.after["pledges"], line.after["reports"]) == ("montreal", 1, 1)


def test_an_open_page_of_an_action_to_which_neither_group_gave_learns_of_the_merge(session):
    action = an_action(session)
    a_group(session, "plateau"), a_group(session, "montreal")
    before = revision(session, action)
    groups.merge(session, "plateau", "montreal", **WHO)
    session.commit()
    assert revision(session, action) > before


def test_who_coordinated_a_merged_group_coordinates_its_heir(session):
    action = an_action(session)
    gus = a_coordinator(session, "gus@example.org", a_group(session, "plateau"))
    momo = a_coordinator(session, "momo@example.org", a_group(session, "montreal"))
    a_pledge(session, action, group="plateau"), a_pledge(session, action, group="montreal")
    heir = groups.merge(session, "plateau", "montreal", **WHO)
    session.commit()
    for one in (gus, momo):
        session.refresh(one)
        assert coordinators.seen_group(one) == heir.id
        assert len(ledger.pledges(session, action, coordinators.seen_group(one), Wanted()).rows) == 2


def test_the_old_address_of_a_merged_group_leads_to_its_heir_however_often_it_is_inherited(session):
    action = an_action(session)
    for slug in ("mile-end", "plateau", "montreal"):
        a_group(session, slug)
    groups.merge(session, "mile-end", "plateau", **WHO)
    groups.merge(session, "plateau", "montreal", **WHO)
    session.commit()
    assert [groups.find(session, slug).slug for slug in ("mile-end", "plateau")] == ["montreal", "montreal"]
    assert [group.slug for group in groups.listing(session, "en")] == ["montreal"]
    a_pledge(session, action, group="mile-end")
    assert list(tally.read_groups(session, action.id)) == ["montreal"]
    with pytest.raises(refusals.SlugTaken):
        groups.add(session, "mile-end", "Mile End")
    cases = (("montreal", "plateau", refusals.SameGroup), ("plateau", "montreal", refusals.NoSuchGroup))
    for gone, into, refusal in cases:
        with pytest.raises(refusal):
            groups.merge(session, gone, into, **WHO)


def test_a_retired_group_takes_part_no_more_and_keeps_what_it_did(session):
    action = an_action(session)
    a_group(session, "ottawa"), a_group(session, "montreal")
    a_pledge(session, action, group="ottawa", letters=4)
    before = revision(session, action)
    groups.retire(session, "ottawa", **WHO)
    assert revision(session, action) > before
    assert tally.read_groups(session, action.id)["ottawa"].letters_pledged == 4
    for event in (lambda: groups.merge(session, "ottawa", "montreal", **WHO), lambda: groups.find(session, "ottawa")):
        with pytest.raises(refusals.NoSuchGroup):
            event()
    assert tally.check(session) == []


def test_a_new_name_is_seen_in_every_action(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    a_group(session, "montreal", "Groupe de Montreal")
    a_pledge(session, action, group="montreal")
    before = revision(session, action), revision(session, other)
    groups.rename(session, "montreal", "Groupe de Montréal", **WHO)
    groups.rename(session, "montreal", "Groupe de Montréal", **WHO)
    assert (revision(session, action), revision(session, other)) == (before[0] + 1, before[1] + 1)
    line = session.scalars(select(AuditEntry)).one()
    assert (line.before, line.after) == ({"name": "Groupe de Montreal"}, {"name": "Groupe de Montréal"})


def test_what_was_read_before_the_merge_is_voided_in_the_heirs_name(session):
    action = an_action(session)
    a_group(session, "plateau"), a_group(session, "montreal")
    pledge, report = a_pledge(session, action, group="plateau"), a_report(session, action, group="plateau")
    assert (pledge.group.slug, report.group.slug) == ("plateau", "plateau")
    with Session(session.get_bind()) as other:
        session.commit()
        groups.merge(other, "plateau", "montreal", **WHO)
        other.commit()
    pledges.void(session, pledge, "a test", NOON, actor="rosa")
    letters.void(session, report, "a test", NOON, actor="rosa")
    session.commit()
    assert tally.read_groups(session, action.id) == {"montreal": Tally()}
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_pledge_for_a_group_that_is_being_merged_waits_and_goes_to_the_heir(session):
    action = an_action(session)
    a_group(session, "plateau"), a_group(session, "montreal")
    a_pledge(session, action, group="plateau", letters=1)
    slug = action.slug

    def amals_turn() -> None:
        with Session(session.get_bind()) as other:
            a_pledge(other, actions.find(other, slug, to_write=True), group="plateau", letters=5)

    groups.merge(session, "plateau", "montreal", **WHO)
    with ThreadPoolExecutor() as pool:
        amal = pool.submit(amals_turn)
        until_somebody_waits(session, amal)
        session.commit()
        amal.result()
    assert tally.read_groups(session, action.id) == {"montreal": Tally(pledges=2, letters_pledged=6)}
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_merge_waits_for_a_pledge_on_its_way_and_takes_it_along(session):
    first, second = an_action(session), an_action(session, slug="ua-13-26")
    a_group(session, "plateau"), a_group(session, "montreal")
    a_pledge(session, first, group="plateau", letters=1)

    def rosas_turn() -> None:
        with Session(session.get_bind()) as other:
            groups.merge(other, "plateau", "montreal", **WHO)
            other.commit()

    # The group had no share in the second action: nothing but the group itself holds the merge back.
    wish = pledges.Wish("Amal", 5, "en", group="plateau")
    action = actions.find(session, second.slug, to_write=True)
    pledges.make(session, action, wish, once_key="amal's", token="a token", now=NOON)
    with ThreadPoolExecutor() as pool:
        rosa = pool.submit(rosas_turn)
        until_somebody_waits(session, rosa)
        session.commit()
        rosa.result()
    assert tally.read_groups(session, second.id) == {"montreal": Tally(pledges=1, letters_pledged=5)}
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_pledges_voids_edits_and_merges_at_once_do_not_deadlock(session):
    action = an_action(session)
    names = [a_group(session, f"group-{number}").slug for number in range(6)]
    entries = [a_report(session, action, group=name).id for name in names for _ in range(3)]
    slug = action.slug

    def pledging(number: int) -> None:
        with Session(session.get_bind()) as other:
            a_pledge(other, actions.find(other, slug, to_write=True), group=names[number % 6])

    def voiding(number: int) -> None:
        with Session(session.get_bind()) as other:
            letters.void(other, other.get(Report, entries[number]), "a test", NOON, actor="rosa")
            other.commit()

    def merging(number: int) -> None:
        with Session(session.get_bind()) as other:
            groups.merge(other, names[number], names[(number + 3) % 6], **WHO)
            other.commit()

    def voiding_many(number: int) -> None:
        with Session(session.get_bind()) as other, suppress(refusals.PreviewOutdated, refusals.NothingMatches):
            found, wanted = actions.find(other, slug), Wanted(group=names[number % 6])
            which = (other, Report, found, None, wanted, Correction.VOID)
            corrections.correct(*which, reason="a test", shown=corrections.preview(*which).shown, **WHO)
            other.commit()

    def editing(number: int) -> None:
        with Session(session.get_bind()) as other, suppress(refusals.EditedMeanwhile):
            found = actions.find(other, slug)
            actions.edit(other, found, {"goal": 200 + number}, revision=found.revision, **WHO)
            other.commit()

    with ThreadPoolExecutor(6, initializer=Barrier(6).wait) as pool:  # all six begin at once
        turns = [(event, number) for event in (pledging, voiding) for number in range(12)]
        turns += [(merging, 0), (merging, 4), (voiding_many, 5), (voiding_many, 8), (editing, 3), (editing, 9)]
        turns.sort(key=lambda turn: turn[1])
        for done in [pool.submit(event, number) for event, number in turns]:
            done.result()
    assert tally.read(session, action.id).pledges == 12
    assert tally.check(session) == []


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
    action, group = an_action(session), a_group(session)
    a_report(session, action, target=1, group="montreal", now=NOON - timedelta(hours=9))
    a_report(session, action, target=2, copy=7, group="montreal")
    a_report(session, action, target=4)
    letters.void(session, a_report(session, action, target=8, group="montreal"), "twice", NOON, actor="rosa")
    since = NOON - timedelta(hours=8)
    assert progress.sent_since(session, action.id, since, group.id) == 2
    assert progress.sent_since(session, action.id, since) == 6


def test_the_old_name_of_a_merged_group_shows_the_share_of_its_heir(session):
    action = an_action(session)
    a_group(session, "plateau"), a_group(session, "montreal")
    a_report(session, action, target=3, group="plateau")
    groups.merge(session, "plateau", "montreal", **WHO)
    share = groups.share(session, action.id, "plateau")
    assert (share.slug, share.totals.letters_sent) == ("montreal", 3)
