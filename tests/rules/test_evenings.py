"""A letter evening is trusted because somebody opened it: up to a number, until its end, for its own group."""

import inspect
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from tests.factories import NOON, a_group, a_report, a_sending, an_action
from tests.waiting import until_somebody_waits
from ua_tracker import actions, corrections, evening_tallies, evenings, ledger, letters, refusals, tally
from ua_tracker.actions import closing
from ua_tracker.corrections import Correction
from ua_tracker.models import Action, AuditEntry, Base, Evening, Report
from ua_tracker.totals import Tally
from ua_tracker.trust import USUAL, Arrival, Thresholds

STRICT = Thresholds(**{**USUAL, "network": 1, "letters": 10})


@pytest.fixture
def action(session):
    a_group(session, "montreal")
    a_group(session, "halifax")
    return an_action(session)


def opened(session, action, **changes):
    how = {"group": "montreal", "hours": 3, "most_letters": 120, "actor": "rosa", "now": NOON, **changes}
    evening = evenings.open_for(session, action, how.pop("scope", None), **how)
    session.commit()
    return evening


def reported(session, action, evening, now=NOON, letters=2, **changes) -> Report:
    arrival = Arrival("192.0.2.1", STRICT, seconds=0, evening=evening.id)
    return a_report(session, action, now, arrival=arrival, target=letters, copy=0, **changes)


def test_sixty_phones_behind_one_address_are_all_counted(session, action):
    evening = opened(session, action)
    assert {reported(session, action, evening).is_held for _ in range(60)} == {False}
    assert tally.read(session, action.id) == Tally(letters_sent=120, letters_at_evenings=120)
    assert tally.check(session) == []


def test_what_is_more_than_the_coordinator_named_is_held_and_stands_with_the_evening(session, action):
    evening = opened(session, action, most_letters=5)
    reports = [reported(session, action, evening) for _ in range(3)]
    assert [one.is_held for one in reports] == [False, False, True]
    assert {one.evening_id for one in reports} == {evening.id}


def lenient(evening, address: str, **facts) -> Arrival:
    """A phone in another network, of which nothing else would be held."""
    return Arrival(address, Thresholds(**USUAL), seconds=60, evening=evening.id, **facts)


def test_its_number_holds_also_where_nothing_else_looks_unlike_people(session, action):
    evening = opened(session, action, most_letters=5)
    made = [a_report(session, action, arrival=lenient(evening, f"10.{n}.0.1"), target=2, copy=0) for n in range(3)]
    assert [one.held_for for one in made] == [None, None, "evening"]
    assert tally.read(session, action.id) == Tally(letters_sent=4, letters_at_evenings=4, letters_held=2)


def test_its_number_is_that_of_its_copies_too(session, action):
    evening = opened(session, action, most_letters=5)
    made = [a_report(session, action, arrival=lenient(evening, "10.1.0.1"), target=0, copy=3) for _ in range(2)]
    assert [one.held_for for one in made] == [None, "evening"]
    more = letters.correct(session, action, made[0], a_sending(action, target=0, copy=6), once_key="more", now=NOON,
                           arrival=lenient(evening, "10.1.0.1"))  # fmt: skip
    assert more.held_for == "evening"
    assert tally.read(session, action.id) == Tally()


def test_copies_that_are_added_to_as_many_letters_are_within_its_number_too(session, action):
    evening = opened(session, action, most_letters=5)
    amal = a_report(session, action, arrival=lenient(evening, "10.1.0.1"), target=3, copy=0)
    a_report(session, action, arrival=lenient(evening, "10.2.0.1"), target=0, copy=4)
    how = {"now": NOON, "arrival": lenient(evening, "10.1.0.1")}
    amal = letters.correct(session, action, amal, a_sending(action, target=3, copy=1), once_key="one", **how)
    assert (amal.held_for, tally.read(session, action.id).copies_sent) == (None, 5)
    amal = letters.correct(session, action, amal, a_sending(action, target=3, copy=3), once_key="three", **how)
    assert (amal.held_for, tally.read(session, action.id).copies_sent) == ("evening", 4)
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_two_phones_at_the_same_moment_do_not_both_get_the_last_place(session, action):
    evening = opened(session, action, most_letters=5)
    number = evening.id

    def zoes_turn() -> bool:
        with Session(session.get_bind()) as other:
            fits = evening_tallies.admit(other, number, 3)
            other.commit()
            return fits

    how = {"once_key": "amal's", "now": NOON, "arrival": lenient(evening, "10.1.0.1")}
    letters.report(session, action, a_sending(action, target=3, copy=0), **how)
    with ThreadPoolExecutor() as pool:
        zoe = pool.submit(zoes_turn)
        until_somebody_waits(session, zoe)
        session.commit()
        assert not zoe.result()


def test_what_is_taken_back_makes_place_for_others(session, action):
    evening = opened(session, action, most_letters=5)
    typed_wrongly = reported(session, action, evening, letters=5)
    assert reported(session, action, evening).is_held
    letters.void(session, typed_wrongly, "typed wrongly", NOON, actor="rosa")
    assert [reported(session, action, evening).is_held for _ in range(3)] == [False, False, True]
    assert tally.check(session) == []


def test_a_report_of_it_that_is_corrected_stays_within_its_number(session, action):
    evening = opened(session, action, most_letters=5)
    made, reasons = reported(session, action, evening, email="amal@example.org"), []
    for letters_now in (5, 6):
        how = {"once_key": f"{letters_now}", "arrival": lenient(evening, "10.1.0.1", proof="amal@example.org")}
        sending = a_sending(action, target=letters_now, copy=0, email="amal@example.org")
        made = letters.correct(session, action, made, sending, now=NOON + timedelta(days=1), **how)
        session.commit()
        reasons.append(made.held_for)
    assert reasons == [None, "evening"]


def test_after_its_end_its_key_is_worth_nothing(session, action):
    evening = opened(session, action)
    assert reported(session, action, evening, NOON + timedelta(hours=3)).is_held
    evenings.close(session, action, evening, actor="rosa", now=NOON)
    session.commit()
    assert reported(session, action, evening).evening_id is None


def test_its_reports_are_its_groups_whatever_the_form_says(session, action):
    evening = opened(session, action)
    assert reported(session, action, evening, group="halifax").group_id == evening.group_id


def test_an_evening_is_for_its_own_action(session, action):
    other = an_action(session, slug="ua-13-26")
    assert reported(session, other, opened(session, action)).is_held


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"hours": 0}, refusals.EveningTooLong), ({"hours": 25}, refusals.EveningTooLong),
        ({"most_letters": 0}, refusals.EveningTooLarge), ({"most_letters": 20_001}, refusals.EveningTooLarge),
        ({"group": "nobody"}, refusals.NoSuchGroup), ({"scope": 999}, refusals.NotYourGroup),
        ({"now": NOON + timedelta(days=60)}, refusals.ReportingClosed),
    ],
)  # fmt: skip
def test_an_evening_that_makes_no_sense_is_refused(session, action, changes, refusal):
    with pytest.raises(refusal):
        opened(session, action, **changes)


def test_opening_counting_and_closing_stand_in_the_history(session, action):
    evening = opened(session, action)
    evenings.count_paper(session, action, evening, 44, actor="rosa", now=NOON)
    evenings.close(session, action, evening, actor="rosa", now=NOON)
    session.commit()
    events = session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events == ["evening opened", "evening counted", "evening closed"]
    assert [one.id for one in evenings.listing(session, action, None)] == [evening.id]
    assert evenings.listing(session, action, 999) == []
    with pytest.raises(refusals.NoSuchEntry):
        evenings.find(session, action, 999, evening.id)


def test_a_practice_copy_is_removed_with_its_evenings(session, action):
    action.practice = True
    reported(session, action, opened(session, action))
    actions.remove(session, action)
    session.commit()
    assert session.scalars(select(Evening.id)).all() == []


def test_no_table_that_refers_to_an_action_is_forgotten_when_it_is_removed():
    """Of each such table the row of an action is deleted: `remove` names it, or `pictures.erase` does."""
    removing = inspect.getsource(closing.remove)
    referring = {
        mapper.class_.__name__ for mapper in Base.registry.mappers
        for column in mapper.local_table.columns if column.references(Action.__table__.c.id)
    }  # fmt: skip
    assert referring - {"Picture"} == set(re.findall(r"\b[A-Z]\w+", removing.split("for table in (")[1].split(")")[0]))


def kept(session, evening) -> int:
    """The letters of the evening as its tally has them."""
    session.expire_all()
    return session.get_one(Evening, evening.id).letters_counted


def test_the_letters_of_an_evening_follow_each_correction_and_its_opposite(session, action):
    evening = opened(session, action, most_letters=5)
    first, held = reported(session, action, evening, letters=3), reported(session, action, evening, letters=4)
    assert (kept(session, evening), held.is_held) == (3, True)

    def corrected(correction, **wanted) -> int:
        which = (session, Report, action, None, ledger.Wanted(**wanted), correction)
        shown = corrections.preview(*which).shown
        corrections.correct(*which, reason="a test", shown=shown, actor="rosa", now=NOON)
        return session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc())).first()

    def undone(number: int) -> None:
        shown = corrections.preview_undo(session, number, action.slug, None)[1].shown
        corrections.undo(session, number, action.slug, None, reason="a test", shown=shown, actor="rosa", now=NOON)

    release = corrected(Correction.RELEASE, state="held")
    assert kept(session, evening) == 7  # the office may count more than the evening does by itself
    void = corrected(Correction.VOID, evening=evening.id)
    assert kept(session, evening) == 0
    undone(void)
    assert kept(session, evening) == 7
    undone(release)
    assert kept(session, evening) == 3
    letters.undo(session, first, NOON)
    assert kept(session, evening) == 0
    assert tally.check(session) == []


def test_its_own_report_counts_at_its_evening_once_its_supporter_releases_it(session, action):
    evening = opened(session, action, most_letters=5)
    reported(session, action, evening, letters=5)
    held = reported(session, action, evening, letters=4, email="amal@example.org")
    assert (held.is_held, kept(session, evening)) == (True, 5)
    letters.release_own(session, held, NOON)
    assert (kept(session, evening), tally.check(session)) == (9, [])


def test_what_an_evening_counts_is_decided_without_reading_its_reports(session, action):
    evening = opened(session, action)
    reported(session, action, evening)
    asked = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert evening_tallies.admit(session, evening.id, 118)
    assert not evening_tallies.admit(session, evening.id, 119)
    assert asked
    assert not [one for one in asked if "reports" in one]


def test_a_tally_of_an_evening_that_is_wrong_is_found_and_corrected(session, action):
    evening = opened(session, action)
    reported(session, action, evening)
    session.execute(update(Evening).values(letters_counted=50))
    session.commit()
    wrong = [tally.EveningDifference(action.slug, evening.id, (50, 0), (2, 0))]
    assert (tally.check(session), tally.recount(session)) == (wrong, wrong)
    session.commit()
    assert (tally.check(session), kept(session, evening)) == ([], 2)
