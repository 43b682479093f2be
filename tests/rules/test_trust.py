"""What looks unlike people is held: each rule with the case just inside it, and the flood that it is there for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, a_coordinator, a_pledge, a_report, a_sending, an_action
from ua_tracker import corrections, held_notices, letters, pledges, refusals, tally, trust
from ua_tracker.corrections import Correction
from ua_tracker.ledger import Wanted
from ua_tracker.models import ArrivalCount, Mail, Report, SourceKey
from ua_tracker.totals import Tally
from ua_tracker.trust import Arrival, Thresholds

LIMITS = Thresholds(
    letters=40, network=60, network_day=90, pace=10, pace_from=200, pace_pledged=400, crowd_from=1000, crowd=10,
    seconds=2, form=2, domain=5, proof=80, proof_domain=80,
    known_networks=("198.51.100.0/24", "2001:db8:7::5/128"),
    known_domains=("gmail.example", "gmail.com", "googlemail.com", "yahoo.ca"),
)  # fmt: skip


def arrived(address: str = "192.0.2.7", **facts) -> Arrival:
    return Arrival(address, LIMITS, **{"seconds": 30, **facts})


@pytest.fixture
def action(session):
    return an_action(session)


def reason(session, action, arrival, now=NOON, **changes) -> str | None:
    """The reason for which a report with these facts is held; None when it counts."""
    report = a_report(session, action, now, arrival=arrival, copy=0, **changes)
    assert report.is_held == (report.held_for is not None)
    assert tally.check(session) == []
    return report.held_for


def test_a_report_like_others_counts(session, action):
    assert reason(session, action, arrived()) is None
    assert tally.read(session, action.id) == Tally(letters_sent=2)


@pytest.mark.parametrize(
    ("facts", "letters", "expected"),
    [
        ({"seconds": 1.9}, 2, "speed"), ({"seconds": 2}, 2, None), ({"seconds": None}, 2, None),
        ({"trapped": True}, 2, "trap"), ({}, 41, "letters"), ({}, 40, None),
        ({"trapped": True, "seconds": 0, "proof": "amal@example.org"}, 41, None),
    ],
)  # fmt: skip
def test_what_one_report_shows_by_itself(session, action, facts, letters, expected):
    assert reason(session, action, arrived(**facts), target=letters) == expected


def test_a_held_report_moves_no_public_number_and_is_counted_apart(session, action):
    assert reason(session, action, arrived(), target=41) == "letters"
    assert tally.read(session, action.id) == Tally(letters_held=41)


def test_ninety_reports_from_one_address_move_the_number_by_no_more_than_its_network_may(session, action):
    for _ in range(90):
        a_report(session, action, arrival=arrived(), target=7, copy=0)
    totals = tally.read(session, action.id)
    assert totals == Tally(letters_sent=56, letters_held=90 * 7 - 56)
    assert tally.check(session) == []


@pytest.mark.parametrize(("other", "same"), [("192.0.2.200", True), ("192.0.3.7", False)])
def test_a_network_is_a_household_or_a_hall_and_not_its_neighbour(session, action, other, same):
    assert reason(session, action, arrived(), target=40) is None
    assert reason(session, action, arrived(other), target=21) == ("network" if same else None)


def test_a_network_is_followed_past_midnight(session, action):
    midnight = NOON.replace(hour=23, minute=59)
    assert reason(session, action, arrived(), midnight, target=40) is None
    assert reason(session, action, arrived(), midnight + timedelta(minutes=2), target=21) == "network"


def test_a_network_may_go_on_later_up_to_the_number_of_a_day(session, action):
    for hours, expected in ((0, None), (2, None), (4, "network"), (30, None)):
        assert reason(session, action, arrived(), NOON + timedelta(hours=hours), target=40) == expected


@pytest.mark.parametrize(
    "address",
    ["198.51.100.9", "::ffff:198.51.100.9", "198.51.100.9:4711", "[2001:db8:7::5]:443", "2001:DB8:7::5%eth0"],
)
def test_a_network_that_the_office_knows_is_never_the_reason_however_its_address_is_written(session, action, address):
    found = {reason(session, action, arrived(address), target=30) for _ in range(5)}
    assert found == {None}


def test_a_mail_domain_that_suddenly_leads_is_held_and_a_large_mailbox_is_not(session, action):
    def held(domain: str) -> list[bool]:
        return [
            a_pledge(session, action, email=f"p{n}@{domain}", letters=1, arrival=arrived(f"10.1.{n}.1")).is_held
            for n in range(7)
        ]

    assert held("flood.example") == [False] * 5 + [True] * 2
    assert held("gmail.example") == [False] * 7
    assert tally.check(session) == []


def test_a_large_mailbox_may_lead_and_so_may_a_domain_that_has_no_more_than_half(session, action):
    for domain in ("gmail.example", "school.example"):
        for n in range(7):
            made = a_pledge(session, action, email=f"p{n}@{domain}", letters=1, arrival=arrived(f"10.1.{n}.1"))
            assert made.held_for is None, (domain, n)


def test_random_domains_below_one_that_somebody_owns_are_that_one(session, action):
    made = [a_pledge(session, action, email=f"p@m{n}.flood.example", letters=1, arrival=arrived(f"10.1.{n}.1"))
            for n in range(7)]  # fmt: skip
    assert [one.held_for for one in made] == [None] * 5 + ["domain"] * 2
    assert {one.mail_domain for one in made} == {"flood.example"}


def test_one_form_makes_two_entries_and_no_more_count(session, action):
    made = [
        a_pledge(session, action, email=f"p{n}@example.org", letters=1, arrival=arrived(f"10.1.{n}.1", form="k"))
        for n in range(4)
    ]
    assert [one.held_for for one in made] == [None, None, "form", "form"]


def test_a_second_of_the_day_with_a_fraction_is_counted_in_the_same_ten_minutes(session, action):
    for microseconds in (1, 123_457, 999_999):
        reason(session, action, arrived(), NOON + timedelta(microseconds=microseconds))
    assert len(session.scalars(select(ArrivalCount.at).where(ArrivalCount.kind == "network")).all()) == 1


def test_a_flood_that_is_held_does_not_hold_people_too(session, action):
    for _ in range(20):
        a_report(session, action, arrival=arrived("203.0.113.1", trapped=True), target=400, copy=0)
    assert reason(session, action, arrived()) is None


def test_an_action_far_above_its_own_pace_is_held_and_one_that_was_always_read_is_not(session, action):
    def hour(now) -> list[str | None]:
        return [reason(session, action, arrived(f"10.{n}.0.1"), now, target=40) for n in range(6)]

    assert hour(NOON) == [None] * 5 + ["pace"]
    for hours in range(2, 168, 2):
        session.add(ArrivalCount(kind="pace", key=str(action.id), at=NOON + timedelta(hours=hours), number=60))
    session.commit()
    assert hour(NOON + timedelta(hours=168)) == [None] * 6


def test_copies_are_public_too_and_no_report_brings_more_of_them_than_it_may_letters(session, action):
    flood = [a_report(session, action, arrival=arrived(), target=0, copy=number) for number in (41, 30, 30, 30)]
    assert [one.held_for for one in flood] == ["letters", "network", "network", "network"]
    assert tally.read(session, action.id) == Tally()
    few = a_report(session, action, arrival=arrived("10.1.0.1"), target=2, copy=30)
    how = {"once_key": "more", "now": NOON, "arrival": arrived("10.1.0.1")}
    more = letters.correct(session, action, few, a_sending(action, target=2, copy=41), **how)
    assert (few.held_for, more.held_for) == (None, "letters")


def test_a_mailbox_releases_no_more_copies_than_letters(session, action):
    held = a_report(session, action, arrival=arrived(trapped=True), email="p@owned.example", target=1, copy=81)
    with pytest.raises(refusals.TooMuchForOneMailbox):
        letters.release_own(session, held, NOON, LIMITS)


def test_on_a_day_with_many_letters_one_network_adds_few_and_one_provider_less_than_half(session, action):
    limits = replace(LIMITS, crowd_from=100, pace_from=10**6)

    def add(address: str, letters: int, **facts) -> str | None:
        return reason(session, action, Arrival(address, limits, seconds=30, **facts), target=letters)

    quiet = [add(f"10.{n}.0.1", 20) for n in range(5)]
    assert quiet == [None] * 5
    assert [add("10.9.0.1", 11), add("10.8.0.1", 6), add("10.8.0.1", 5)] == ["crowd", None, "crowd"]
    assert add("198.51.100.9", 40) is None, "the office knows this network"
    assert add("10.9.0.1", 40, proof="amal@gmail.example") is None, "its owner was mailed"
    assert a_pledge(session, action, letters=40, arrival=Arrival("10.7.0.1", limits, seconds=30)).held_for is None
    hops = [add(f"2001:db8:{n:x}::1", 9) for n in range(100, 130)]
    assert 5 < hops.count(None) < 20
    assert set(hops[20:]) == {"crowd"}, "all are of one provider, which made half of the day"
    assert add("10.6.0.1", 2) is None, "others go on"


def test_a_busy_first_day_of_pledges_from_all_over_is_not_held_and_leaves_reports_their_own_pace(session, action):
    pledged = [a_pledge(session, action, letters=9, arrival=arrived(f"10.{n}.0.1")) for n in range(45)]
    assert [one.held_for for one in pledged] == [None] * 44 + ["pace"]
    assert reason(session, action, arrived()) is None


def test_what_somebody_vouched_for_does_not_make_the_pace_of_others_look_high(session, action):
    for number in range(10):
        reason(session, action, arrived(f"10.{number}.0.1", proof=f"p{number}@gmail.example"), target=40)
    assert reason(session, action, arrived(), target=40) is None


@pytest.mark.parametrize(
    ("mailboxes", "expected"),
    [
        (["amal@gmail.example"] * 3, [None, None, "proof"]),
        (["amal@gmail.example", "a.mal+1@gmail.example", "zoe@gmail.example"], [None] * 3),
        ([f"p{n}@owned.example" for n in range(3)], [None, None, "proof"]),  # who has a domain reads all its mail
        ([f"p{n}@m{n}.owned.example" for n in range(3)], [None, None, "proof"]),  # and all below it
        ([f"p@m{n}.owned.co.example" for n in range(3)], [None, None, "proof"]),
        ([f"p@school{n}.qc.ca" for n in range(3)], [None] * 3),
        (["amal@gmail.com", "a.mal+1@gmail.com", "A.M.A.L@googlemail.com"], [None, None, "proof"]),
        (["amal-1@yahoo.ca", "amal-2@yahoo.ca", "amal@yahoo.ca"], [None, None, "proof"]),
        (["amal@one.example", "amal@two.example", "amal@three.example"], [None] * 3),
    ],
)
def test_a_mailbox_vouches_for_what_a_person_writes_and_not_for_thousands(session, action, mailboxes, expected):
    found = [
        reason(session, action, arrived(f"10.{n}.0.1", proof=email), target=40) for n, email in enumerate(mailboxes)
    ]
    assert found == expected
    tomorrow = NOON + timedelta(hours=26)
    assert reason(session, action, arrived(proof=mailboxes[0]), tomorrow, target=40) is None


def test_all_mailboxes_of_a_domain_vouch_for_as_much_as_the_office_says_for_domains(session, action):
    limits = replace(LIMITS, proof=40, proof_domain=100)
    found = [
        reason(session, action, Arrival(f"10.{n}.0.1", limits, proof=f"p{n}@{domain}"), target=30)
        for domain in ("uni.example", "gmail.example")
        for n in range(4)
    ]
    assert found == [None, None, None, "proof", None, None, None, None]


def test_what_one_mailbox_may_not_vouch_for_its_owner_does_not_release_either(session, action):
    held = [
        a_report(session, action, arrival=arrived(trapped=True), email=f"p{n}@owned.example", target=60, copy=0)
        for n in range(2)
    ]
    letters.release_own(session, held[0], NOON, LIMITS)
    session.commit()
    with pytest.raises(refusals.TooMuchForOneMailbox):
        letters.release_own(session, held[1], NOON, LIMITS)
    session.rollback()
    assert tally.read(session, action.id) == Tally(letters_sent=60, letters_held=60)
    assert tally.check(session) == []


def test_a_report_that_grows_in_small_steps_is_held_as_one_that_is_as_large_at_once(session, action):
    report, reasons = a_report(session, action, arrival=arrived(), target=30, copy=0), []
    for step, target in enumerate((40, 41, 42), start=1):
        sending = a_sending(action, target=target, copy=0)
        how = {"once_key": f"step {step}", "now": NOON + timedelta(hours=step), "arrival": arrived(f"10.{step}.0.1")}
        report = letters.correct(session, action, report, sending, **how)
        session.commit()
        reasons.append(report.held_for)
    assert reasons == [None, "letters", "letters"]
    assert tally.read(session, action.id) == Tally(letters_held=42)


def test_a_pledge_that_grows_in_small_steps_is_held_too_and_the_office_is_told(session, action):
    a_coordinator(session)
    pledge = a_pledge(session, action, letters=30, arrival=arrived())
    for step, promised in enumerate((40, 41), start=1):
        assert session.scalars(select(Mail.kind)).all() == []
        how = {"now": NOON + timedelta(hours=step), "arrival": arrived(f"10.{step}.0.1"), "write_on": None}
        pledges.change(session, action, pledge, letters=promised, **how)
        session.commit()
    assert (pledge.held_for, session.scalars(select(Mail.kind)).all()) == ("letters", [held_notices.KIND])
    assert tally.check(session) == []


def test_a_report_that_the_office_released_may_be_corrected(session, action):
    report = a_report(session, action, arrival=arrived(), target=60, copy=0)
    wanted = Wanted(numbers=(report.id,))
    shown = corrections.preview(session, Report, action, None, wanted, Correction.RELEASE).shown
    how = {"reason": "a choir", "shown": shown, "actor": "oda", "now": NOON}
    corrections.correct(session, Report, action, None, wanted, Correction.RELEASE, **how)
    later = {"once_key": "again", "now": NOON + timedelta(hours=1), "arrival": arrived("10.1.0.1")}
    corrected = letters.correct(session, action, report, a_sending(action, target=61, copy=0), **later)
    session.commit()
    assert (corrected.is_held, tally.read(session, action.id)) == (False, Tally(letters_sent=61))


def test_a_report_of_a_held_pledge_is_held_too(session, action):
    pledge = a_pledge(session, action, letters=41, arrival=arrived())
    assert reason(session, action, arrived(proof="amal@example.org"), pledge=pledge) == "pledge"


def test_a_row_keeps_a_hash_of_its_network_and_no_address(session, action):
    first, second = (a_report(session, action, arrival=arrived(address)) for address in ("192.0.2.7", "192.0.2.99"))
    other = a_report(session, action, arrival=arrived("2001:db8:1:2::3"))
    assert first.source == second.source != other.source
    assert len(first.source) == 32
    again = a_report(session, action, NOON + timedelta(days=1), arrival=arrived())
    assert again.source != first.source


def test_the_key_of_a_day_is_destroyed_after_thirty_days(session, action):
    a_report(session, action, arrival=arrived())
    day = NOON.date()
    trust.forget(session, NOON + timedelta(days=30))
    assert session.scalars(select(SourceKey.day)).all() == [day]
    trust.forget(session, NOON + timedelta(days=31))
    assert session.scalars(select(SourceKey.day)).all() == []
    assert session.scalars(select(ArrivalCount.key)).all() == []


def test_the_first_arrival_of_a_day_destroys_old_keys_without_any_command(session, action):
    for days in (0, 31):
        a_report(session, action, NOON + timedelta(days=days) if days == 0 else NOON, arrival=arrived())
        a_pledge(session, an_action(session, slug=f"later-{days}", deadline=(NOON + timedelta(days=60)).date()),
                 NOON + timedelta(days=days), arrival=arrived())  # fmt: skip
    assert session.scalars(select(SourceKey.day)).all() == [(NOON + timedelta(days=31)).date()]


def test_without_an_arrival_nothing_is_held(session, action):
    assert reason(session, action, None, target=400) is None
    assert session.scalars(select(Report.source)).all() == [None]


def test_two_at_once_see_each_other(session, action):
    limits = replace(LIMITS, network=1)
    held = [a_report(session, action, arrival=Arrival("192.0.2.1", limits), copy=0, target=1).is_held for _ in range(2)]
    assert held == [False, True]
