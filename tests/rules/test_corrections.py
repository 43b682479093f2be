"""Taking back many rows at once does exactly what its preview showed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, a_group, a_pledge, a_report, a_sending, an_action
from tests.waiting import until_somebody_waits
from ua_tracker import actions, corrections, letters, pledges, refusals, tally
from ua_tracker.corrections import Correction, Effect
from ua_tracker.ledger import Wanted
from ua_tracker.models import AuditEntry, Group, Pledge, PublicNote, Report
from ua_tracker.totals import Tally
from ua_tracker.trust import USUAL, Arrival, Thresholds

OFFICE, VOID, RELEASE = None, Correction.VOID, Correction.RELEASE
FLOOD = Wanted(text="robot")


def taken_back(session, table, action, scope, wanted, shown: Effect, reason="made by a program") -> Effect:
    done = corrections.correct(
        session, table, action, scope, wanted, VOID, reason=reason, shown=shown.shown, actor="rosa", now=NOON
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
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD, VOID)
    assert (shown.rows, -shown.change) == (2, Tally(letters_sent=900, copies_sent=3))
    assert {slug: (share.rows, -share.change) for slug, share in shown.groups.items()} == {
        None: (1, Tally(letters_sent=400, copies_sent=3)),
        "montreal": (1, Tally(letters_sent=500)),
    }
    assert tally.read(session, action.id).letters_sent == 905
    taken_back(session, Report, action, OFFICE, FLOOD, shown)
    assert tally.read(session, action.id) == Tally(letters_sent=5, copies_sent=1)
    assert tally.check(session) == []


def test_one_event_of_the_history_covers_all_rows_and_names_nobody(session):
    action, _ = a_flood(session)
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD, VOID)
    taken_back(session, Report, action, OFFICE, FLOOD, shown)
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
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD, VOID)
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
    nothing = corrections.preview(session, Report, action, OFFICE, nobody, VOID)
    with pytest.raises(refusals.NothingMatches):
        taken_back(session, Report, action, OFFICE, nobody, nothing)
    with pytest.raises(refusals.NoReason):
        taken_back(session, Report, action, OFFICE, nobody, nothing, reason=" ")


def test_a_group_coordinators_bulk_stays_within_the_group(session):
    action, montreal = a_flood(session)
    everything = Wanted()
    shown = corrections.preview(session, Report, action, montreal.id, everything, VOID)
    assert list(shown.groups) == ["montreal"]
    with pytest.raises(refusals.PreviewOutdated):
        taken_back(session, Report, action, OFFICE, everything, shown)
    taken_back(session, Report, action, montreal.id, everything, shown)
    assert tally.read(session, action.id).letters_sent == 405
    assert tally.check(session) == []


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
        assert corrections.preview(session, Pledge, action, None, Wanted(state=state), VOID).rows == 0
    shown = corrections.preview(session, Pledge, action, OFFICE, that_day, VOID)
    assert (shown.rows, -shown.change) == (2, Tally(pledges=2, letters_pledged=5))
    taken_back(session, Pledge, action, OFFICE, that_day, shown)
    assert session.scalars(select(Pledge.id).where(Pledge.voided_at.is_(None))).all() == [kept.id]
    assert tally.read(session, action.id) == Tally(pledges=1, letters_pledged=7)
    assert tally.check(session) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_report_on_its_way_is_waited_for_and_makes_the_preview_old(session):
    action, _ = a_flood(session)
    shown = corrections.preview(session, Report, action, OFFICE, FLOOD, VOID)
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
    shown, slug = corrections.preview(session, Report, action, OFFICE, FLOOD, VOID), action.slug
    session.commit()

    def rosas_turn() -> None:
        with Session(session.get_bind()) as other:
            taken_back(other, Report, actions.find(other, slug), OFFICE, FLOOD, shown)

    one_less(session, action)  # holds the row and its tally, and not the action
    with ThreadPoolExecutor() as pool:
        rosa = pool.submit(rosas_turn)
        until_somebody_waits(session, rosa)
        session.commit()
        with pytest.raises(refusals.PreviewOutdated):
            rosa.result()
    assert tally.read(session, action.id).letters_sent == 505
    assert tally.check(session) == []


def held_rows(session):
    """An action with a counted report and two held ones, and a held pledge."""
    action = an_action(session)
    a_group(session, "montreal")
    limits = Thresholds(**{**USUAL, "letters": 10})
    a_report(session, action, name="Amal", target=5, copy=1)
    for group in (None, "montreal"):
        a_report(session, action, target=40, copy=2, group=group, arrival=Arrival("192.0.2.1", limits))
    a_pledge(session, action, letters=30, arrival=Arrival("192.0.2.1", limits))
    assert tally.read(session, action.id) == Tally(letters_sent=5, copies_sent=1, letters_held=80, pledges_held=1)
    return action


def corrected(session, table, action, wanted, correction, reason="looked at") -> int:
    """The number of the history's event."""
    shown = corrections.preview(session, table, action, OFFICE, wanted, correction).shown
    by = {"reason": reason, "shown": shown, "actor": "rosa", "now": NOON}
    corrections.correct(session, table, action, OFFICE, wanted, correction, **by)
    session.commit()
    assert tally.check(session) == []
    return session.scalars(select(func.max(AuditEntry.id))).one()


def undone(session, action, number, scope=OFFICE) -> None:
    _, effect = corrections.preview_undo(session, number, action.slug, scope)
    corrections.undo(session, number, action.slug, scope, reason="a mistake", shown=effect.shown, actor="zoe", now=NOON)
    session.commit()
    assert tally.check(session) == []


def test_what_is_held_counts_when_it_is_released_and_is_held_again_when_that_is_undone(session):
    action = held_rows(session)
    before = tally.read(session, action.id)
    number = corrected(session, Report, action, Wanted(), RELEASE)
    assert tally.read(session, action.id) == Tally(letters_sent=85, copies_sent=5, pledges_held=1)
    event = session.get(AuditEntry, number)
    assert (event.event, event.after["letters_sent"], event.after["rows"]) == ("reports released", 80, 2)
    undone(session, action, number)
    assert tally.read(session, action.id) == before
    corrected(session, Pledge, action, Wanted(), RELEASE)
    assert tally.read(session, action.id).letters_pledged == 30


@pytest.mark.parametrize("table", [Report, Pledge])
def test_held_rows_can_be_taken_back_too_and_come_back_held(session, table):
    action = held_rows(session)
    before = tally.read(session, action.id)
    number = corrected(session, table, action, Wanted(state="held"), VOID)
    after = tally.read(session, action.id)
    assert (after.letters_sent, after.letters_held if table is Report else after.pledges_held) == (5, 0)
    undone(session, action, number)
    assert tally.read(session, action.id) == before


def test_an_event_is_undone_once_and_only_where_it_happened(session):
    action, other = held_rows(session), an_action(session, slug="ua-13-26")
    number = corrected(session, Report, action, Wanted(state="standing"), VOID)
    with pytest.raises(refusals.NotUndoable):
        corrections.preview_undo(session, number, other.slug, OFFICE)
    undone(session, action, number)
    with pytest.raises(refusals.NothingMatches):
        undone(session, action, number)


@pytest.mark.parametrize(
    ("table", "correction"), [(Report, VOID), (Report, RELEASE), (Pledge, VOID), (Pledge, RELEASE)]
)
def test_an_undo_is_undone_too_for_exactly_its_rows(session, table, correction):
    action = held_rows(session)
    a_pledge(session, action, name="Amal", letters=4)
    before = tally.read(session, action.id)
    number = corrected(session, table, action, Wanted(), correction)
    after = tally.read(session, action.id)
    assert after != before
    for expected in (before, after, before, after):
        undone(session, action, number)
        assert tally.read(session, action.id) == expected
        with pytest.raises(refusals.NothingMatches):
            undone(session, action, number)
        session.rollback()
        number = session.scalars(select(func.max(AuditEntry.id))).one()


def test_what_was_corrected_otherwise_since_is_not_undone_with_the_rest(session):
    action = held_rows(session)
    first = corrected(session, Report, action, Wanted(), VOID)
    undone(session, action, first)
    undo = session.scalars(select(func.max(AuditEntry.id))).one()
    one = session.scalars(select(Report).where(Report.is_held.is_(False))).one()
    letters.void(session, one, "another reason", NOON, actor="rosa")
    session.commit()
    _, effect = corrections.preview_undo(session, undo, action.slug, OFFICE)
    assert effect.rows == 2


def grown(session, action, table, made, how) -> Report | Pledge:
    """What its supporter has changed to more letters since the office released it."""
    arrival = Arrival("10.9.0.1", Thresholds(**USUAL), seconds=60, **how)
    if table is Pledge:
        pledges.change(session, action, made, letters=made.letters + 1, write_on=None, now=NOON, arrival=arrival)
    else:
        sending = a_sending(action, target=made.letters + 1, copy=0, name=made.name)
        made = letters.correct(session, action, made, sending, once_key="more", now=NOON, arrival=arrival)
    session.commit()
    return made


@pytest.mark.parametrize("how", [{}, {"trapped": True}])
@pytest.mark.parametrize("table", [Report, Pledge])
def test_a_release_is_undone_also_for_what_its_supporter_changed_since(session, table, how):
    action = an_action(session)
    held = Arrival("192.0.2.1", Thresholds(**USUAL), trapped=True)
    made = (a_report if table is Report else a_pledge)(session, action, arrival=held)
    number = corrected(session, table, action, Wanted(), RELEASE)
    made = grown(session, action, table, made, how)
    assert made.is_held == bool(how)
    try:
        undone(session, action, number)
    except refusals.NothingMatches:
        assert how, "it was held anew, so nothing counts because of the release"
        session.rollback()
    session.expire_all()
    assert (made.is_held, made.held_for) == (True, "trap")
    assert tally.check(session) == []


def test_a_note_says_how_much_is_out_when_one_group_undoes_its_part(session):
    action, montreal = a_flood(session)
    number = corrected(session, Report, action, FLOOD, VOID)

    def noted() -> tuple[int, bool]:
        note = session.scalars(select(PublicNote)).one()
        return note.letters, note.undone_at is not None

    assert noted() == (900, False)
    undone(session, action, number, montreal.id)
    assert noted() == (400, False)
    undone(session, action, number)
    assert noted() == (400, True)


def test_one_large_report_taken_back_by_a_coordinator_is_said_in_public_and_by_its_sender_not(session):
    action = an_action(session)
    large, own = (a_report(session, action, target=letters_sent) for letters_sent in (400, 300))
    letters.undo(session, own, NOON)
    letters.void(session, large, "invented", NOON, actor="rosa")
    session.commit()
    assert session.scalars(select(PublicNote.letters)).all() == [400]


def test_one_report_taken_back_is_undone_as_many_are(session):
    action = an_action(session)
    letters.void(session, a_report(session, action), "a slip", NOON, actor="rosa")
    session.commit()
    undone(session, action, session.scalars(select(AuditEntry.id)).one())
    assert tally.read(session, action.id) == Tally(letters_sent=2, copies_sent=1)


def test_what_a_supporter_undid_the_office_leaves(session):
    action = an_action(session)
    letters.undo(session, a_report(session, action), NOON)
    session.commit()
    with pytest.raises(refusals.NotUndoable):
        undone(session, action, session.scalars(select(AuditEntry.id)).one())


def test_a_pledge_whose_address_pledged_again_stays_taken_back(session):
    action = an_action(session)
    for email in ("amal@example.org", "zoe@example.org"):
        a_pledge(session, action, email=email, letters=2)
    number = corrected(session, Pledge, action, Wanted(), VOID)
    a_pledge(session, action, email="Amal@example.org", letters=1)
    undone(session, action, number)
    assert tally.read(session, action.id) == Tally(pledges=2, letters_pledged=3)


def test_a_coordinator_of_a_group_undoes_for_that_group_alone(session):
    action = held_rows(session)
    number = corrected(session, Report, action, Wanted(), VOID)
    montreal = session.scalars(select(Group).where(Group.slug == "montreal")).one()
    undone(session, action, number, montreal.id)
    assert tally.read(session, action.id) == Tally(letters_held=40, pledges_held=1)
