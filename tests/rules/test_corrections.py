"""Taking back many rows at once does exactly what its preview showed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from tests.waiting import meanwhile, until_somebody_waits
from ua_tracker import actions, corrections, letters, pledges, refusals, tally
from ua_tracker.corrections import Effect
from ua_tracker.ledger import Wanted
from ua_tracker.models import Action, AuditEntry, Pledge, Report
from ua_tracker.tally import Tally

OFFICE = None
FLOOD = Wanted(text="robot")


def taken_back(session, table, action, scope, wanted, shown: Effect, reason="made by a program") -> Effect:
    done = corrections.void_all(
        session, table, action, scope, wanted, reason=reason, shown=shown.shown, actor="rosa", now=NOON
    )
    session.commit()
    return done


def a_flood(session):
    action, group = an_action(session), a_group(session, "montreal")
    a_report(session, action, name="Amal", target=5, copy=1)
    a_report(session, action, name="Robot 1", target=400, copy=3)
    a_report(session, action, name="Robot 2", target=500, copy=0, group="montreal")
    return action, group


def test_the_preview_says_what_would_be_voided_and_exactly_that_is(session):
    action, _ = a_flood(session)
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD)
    assert (shown.rows, shown.tally) == (2, Tally(letters_sent=900, copies_sent=3))
    assert {slug: (share.rows, share.tally) for slug, share in shown.groups.items()} == {
        None: (1, Tally(letters_sent=400, copies_sent=3)),
        "montreal": (1, Tally(letters_sent=500)),
    }
    assert tally.read(session, action.id).letters_sent == 905
    taken_back(session, Report, action, OFFICE, FLOOD, shown)
    assert tally.read(session, action.id) == Tally(letters_sent=5, copies_sent=1)
    assert tally.check(session) == []


def test_one_event_of_the_history_covers_all_rows_and_names_nobody(session):
    action, _ = a_flood(session)
    taken_back(session, Report, action, OFFICE, FLOOD, corrections.preview(session, Report, action, OFFICE, FLOOD))
    line = session.scalars(select(AuditEntry)).one()
    assert (line.actor, line.event, line.subject) == ("rosa", "reports voided", "ua-12-26")
    assert (line.after["rows"], line.after["letters_sent"], line.after["copies_sent"]) == (2, 900, 3)
    assert line.after["groups"] == {"-": 1, "montreal": 1}
    assert "obot" not in str(line.after)
    void = session.scalars(select(Report).where(Report.voided_at.is_not(None))).all()
    assert {(row.void_reason, row.voided_in) for row in void} == {("made by a program", line.id)}


def one_more(session, action) -> None:
    a_report(session, action, name="Robot 3", target=1)


def one_less(session, action) -> None:
    letters.void(session, session.scalars(select(Report).where(Report.name == "Robot 1")).one(), "x", NOON, actor="zoe")


def another_as_large(session, action) -> None:
    one_less(session, action)
    a_report(session, action, name="Robot 4", target=400, copy=3)


@pytest.mark.parametrize("meanwhile", [one_more, one_less, another_as_large])
def test_nothing_goes_when_it_is_no_longer_what_was_shown(session, meanwhile):
    action, _ = a_flood(session)
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD)
    meanwhile(session, action)
    session.commit()
    before = tally.read(session, action.id), session.scalar(select(func.count(AuditEntry.id)))
    with pytest.raises(refusals.PreviewOutdated):
        taken_back(session, Report, action, OFFICE, FLOOD, shown)
    session.commit()
    assert (tally.read(session, action.id), session.scalar(select(func.count(AuditEntry.id)))) == before
    assert tally.check(session) == []


def test_a_bulk_needs_a_reason_and_something_to_take_back(session):
    action, _ = a_flood(session)
    nobody = Wanted(text="nobody")
    nothing = corrections.preview(session, Report, action, OFFICE, nobody)
    with pytest.raises(refusals.NothingMatches):
        taken_back(session, Report, action, OFFICE, nobody, nothing)
    with pytest.raises(refusals.NoReason):
        taken_back(session, Report, action, OFFICE, nobody, nothing, reason=" ")


def test_a_group_coordinators_bulk_stays_within_the_group(session):
    action, montreal = a_flood(session)
    everything = Wanted()
    shown = corrections.preview(session, Report, action, montreal.id, everything)
    assert list(shown.groups) == ["montreal"]
    with pytest.raises(refusals.PreviewOutdated):
        taken_back(session, Report, action, OFFICE, everything, shown)
    taken_back(session, Report, action, montreal.id, everything, shown)
    assert tally.read(session, action.id).letters_sent == 405
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_note_sent_twice_at_once_is_stored_once(session):
    action = an_action(session)
    words = {"text": "Counted twice.", "language": "en", "actor": "rosa", "now": NOON}

    number = action.id
    corrections.add_note(session, action, **words)
    meanwhile(session, lambda other: corrections.add_note(other, other.get(Action, number), **words))
    assert len(corrections.notes_of(session, action)) == 1


def test_pledges_of_a_day_are_taken_back_and_what_is_withdrawn_or_void_is_not_counted_again(session):
    action = an_action(session)
    a_group(session, "montreal")
    kept = a_pledge(session, action, letters=7, now=NOON.replace(day=9))
    a_pledge(session, action, letters=3, group="montreal")
    a_pledge(session, action, letters=2)
    pledges.void(session, a_pledge(session, action, letters=100), "a test", NOON, actor="rosa")
    session.commit()
    that_day = Wanted(first=date(2026, 3, 10), last=date(2026, 3, 10))
    for state in ("void", "withdrawn"):
        assert corrections.preview(session, Pledge, action, None, Wanted(state=state)).rows == 0
    shown = corrections.preview(session, Pledge, action, OFFICE, that_day)
    assert (shown.rows, shown.tally) == (2, Tally(pledges=2, letters_pledged=5))
    taken_back(session, Pledge, action, OFFICE, that_day, shown)
    assert session.scalars(select(Pledge.id).where(Pledge.voided_at.is_(None))).all() == [kept.id]
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=7)
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_report_on_its_way_is_waited_for_and_makes_the_preview_old(session):
    action, _ = a_flood(session)
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD)
    session.commit()

    def rosas_turn() -> None:
        with Session(session.get_bind()) as other:
            taken_back(other, Report, actions.find(other, action.slug), OFFICE, FLOOD, shown)

    held = actions.find(session, action.slug, to_write=True)
    sending = letters.Sending(date(2026, 3, 9), "post", {held.targets[0].id: 1}, name="Robot 3")
    letters.report(session, held, sending, once_key="robot 3", now=NOON)
    with ThreadPoolExecutor() as pool:
        rosa = pool.submit(rosas_turn)
        until_somebody_waits(session, rosa)
        session.commit()
        with pytest.raises(refusals.PreviewOutdated):
            rosa.result()
    assert tally.read(session, action.id).letters_sent == 906
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_row_taken_back_by_somebody_quicker_is_not_taken_twice(session):
    action, _ = a_flood(session)
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD)
    session.commit()

    def rosas_turn() -> None:
        with Session(session.get_bind()) as other:
            taken_back(other, Report, actions.find(other, action.slug), OFFICE, FLOOD, shown)

    one_less(session, action)  # holds the row and its tally, and not the action
    with ThreadPoolExecutor() as pool:
        rosa = pool.submit(rosas_turn)
        until_somebody_waits(session, rosa)
        session.commit()
        with pytest.raises(refusals.PreviewOutdated):
            rosa.result()
    assert tally.read(session, action.id).letters_sent == 505
    assert tally.check(session) == []


def test_a_note_about_a_correction_is_published(session):
    action = an_action(session)
    before = tally.read_with_revision(session, action.id)[1]
    corrections.add_note(session, action, "900 letters were not real.", "en", actor="rosa", now=NOON)
    corrections.add_note(session, action, "900 letters were not real. ", "en", actor="rosa", now=NOON)
    corrections.add_note(session, action, " 900 lettres étaient fausses. ", "fr", actor="rosa", now=NOON)
    with pytest.raises(refusals.EmptyNote):
        corrections.add_note(session, action, " ", "en", actor="rosa", now=NOON)
    told = [(note.language, note.text) for note in corrections.notes_of(session, action)]
    assert told == [("fr", "900 lettres étaient fausses."), ("en", "900 letters were not real.")]
    assert tally.read_with_revision(session, action.id)[1] > before
    assert session.scalars(select(AuditEntry.event)).all() == ["note added", "note added"]
