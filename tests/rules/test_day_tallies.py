"""The tallies by day: they follow every change of the ledger, so that a plot reads no pledge and no report."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, select, update

from tests.factories import LONG_AGO, NOON, a_group, a_pledge, a_report, an_action
from tests.rules.test_saving import SAMPLE, saved
from ua_tracker import actions, corrections, day_tallies, groups, letters, pledges, progress, tally, zones
from ua_tracker.corrections import Correction
from ua_tracker.ledger import Wanted
from ua_tracker.models import DayTally, Group, Pledge, Report
from ua_tracker.tally import DayDifference
from ua_tracker.trust import USUAL, Arrival, Thresholds

MIDNIGHT = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)  # in Toronto, the night after the clocks were put forward
SECOND = timedelta(seconds=1)
WHO = {"actor": "rosa", "now": NOON}


def days_of(session, action) -> dict[tuple[str, str], int]:
    """The numbers of all groups by day and column."""
    found: dict[tuple[str, str], int] = {}
    for (_, day, name), number in day_tallies.kept(session, action.id).items():
        found[f"{day:%m-%d}", name] = found.get((f"{day:%m-%d}", name), 0) + number
    return found


def test_a_plot_reads_neither_pledges_nor_reports(session):
    action, group = an_action(session), a_group(session)
    a_pledge(session, action, letters=4, group="montreal")
    a_report(session, action, target=3, channel="fax")
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    for number in (None, group.id):
        progress.by_day(session, action, NOON, number)
        progress.by_channel(session, action, number)
    assert asked
    assert not [one for one in asked if "pledges " in one or "reports" in one], asked


def test_every_change_of_a_pledge_moves_the_letters_of_its_day(session):
    action = an_action(session)
    a_group(session)
    pledge = a_pledge(session, action, now=MIDNIGHT - SECOND, letters=4)
    assert days_of(session, action) == {("03-08", "letters_pledged"): 4}
    pledges.change(session, action, pledge, letters=7, write_on=None, now=NOON)
    pledges.change_who(session, action, pledge, name="Zoé", group="montreal", now=NOON)
    assert days_of(session, action) == {("03-08", "letters_pledged"): 7}
    assert progress.by_day(session, action, NOON, session.scalars(select(Group.id)).one())[-1].pledged_so_far == 7
    pledges.withdraw(session, pledge, NOON)
    assert days_of(session, action) == {}
    pledges.restore(session, action, pledge, NOON)
    assert days_of(session, action) == {("03-08", "letters_pledged"): 7}
    pledges.void(session, pledge, "twice", NOON, actor="rosa")
    session.commit()
    assert days_of(session, action) == {}
    assert tally.check(session) == []


def test_the_last_microsecond_of_a_day_is_counted_on_that_day(session):
    action = an_action(session)
    a_pledge(session, action, now=MIDNIGHT - timedelta(microseconds=1), letters=4)
    assert days_of(session, action) == {("03-08", "letters_pledged"): 4}
    assert tally.check(session) == []


def test_every_change_of_a_report_moves_the_letters_of_its_day_and_channel(session):
    action = an_action(session)
    report = a_report(session, action, target=5, copy=9, channel="post")
    sending = letters.Sending(date(2026, 3, 7), "email", {action.targets[0].id: 6})
    fresh = letters.correct(session, action, report, sending, once_key="again", now=NOON)
    assert days_of(session, action) == {("03-07", "letters_email"): 6}
    letters.undo(session, fresh, NOON)
    session.commit()
    assert days_of(session, action) == {}
    assert tally.check(session) == []


def test_what_is_held_is_in_no_day_until_it_is_released(session):
    action = an_action(session)
    strict = Arrival("192.0.2.7", Thresholds(**USUAL))
    a_report(session, action, target=200, email="zoe@example.org", arrival=strict)
    held = session.scalars(select(Report)).one()
    assert held.is_held
    assert days_of(session, action) == {}
    letters.release_own(session, held, NOON)
    session.commit()
    assert days_of(session, action) == {("03-09", "letters_post"): 200}
    assert tally.check(session) == []


@pytest.mark.parametrize("table", [Pledge, Report])
def test_a_bulk_correction_and_its_undo_move_every_day(session, table):
    action = an_action(session)
    a_group(session)
    for group, at in ((None, MIDNIGHT - SECOND), ("montreal", MIDNIGHT), (None, NOON)):
        a_pledge(session, action, now=at, letters=2, group=group, name="Robot")
        a_report(session, action, now=at, sent_on=date(2026, 3, at.day - 3), target=3, group=group, name="Robot")
    a_pledge(session, action, letters=1), a_report(session, action, target=1)
    before = days_of(session, action)
    wanted = Wanted(text="robot")
    shown = corrections.preview(session, table, action, None, wanted, Correction.VOID).shown
    corrections.correct(session, table, action, None, wanted, Correction.VOID, reason="a program", shown=shown, **WHO)
    session.commit()
    kinds = {"letters_pledged"} if table is Pledge else {"letters_post"}
    assert sum(number for (_, name), number in days_of(session, action).items() if name in kinds) == 1
    assert tally.check(session) == []
    number = session.scalars(select(table.voided_in).where(table.voided_in.is_not(None))).first()
    shown = corrections.preview_undo(session, number, action.slug, None)[1].shown
    corrections.undo(session, number, action.slug, None, reason="people after all", shown=shown, **WHO)
    session.commit()
    assert days_of(session, action) == before
    assert tally.check(session) == []


def test_another_time_zone_gives_pledges_another_day(session):
    action = an_action(session)
    a_pledge(session, action, now=MIDNIGHT, letters=4)
    actions.edit(session, action, {"timezone": "America/Vancouver"}, revision=action.revision, **WHO)
    session.commit()
    assert days_of(session, action) == {("03-08", "letters_pledged"): 4}
    assert tally.check(session) == []


def test_a_document_read_again_with_another_time_zone_does_so_too(session):
    document = SAMPLE.read_text().replace("September 15, 2025", "September 15, 2026")
    action = saved(session, document).action
    action.published_at = LONG_AGO
    session.commit()
    a_pledge(session, action, now=MIDNIGHT, letters=4)
    saved(session, document, timezone="America/Vancouver")
    assert days_of(session, action) == {("03-08", "letters_pledged"): 4}


def test_two_groups_that_become_one_have_their_days_together(session):
    action = an_action(session)
    a_group(session, "plateau"), a_group(session, "montreal")
    for slug in ("plateau", "montreal"):
        a_pledge(session, action, letters=2, group=slug)
        a_report(session, action, target=3, group=slug)
    heir = groups.merge(session, "plateau", "montreal", **WHO)
    session.commit()
    day = progress.by_day(session, action, NOON, heir.id)[-1]
    assert (day.letters_so_far, day.pledged_so_far) == (6, 4)
    assert tally.check(session) == []


def test_wrong_days_are_named_and_put_right(session):
    action = an_action(session)
    a_group(session)
    a_pledge(session, action, letters=4, group="montreal")
    a_report(session, action, target=2)
    session.execute(update(DayTally).values(letters_pledged=DayTally.letters_pledged * 5))
    session.execute(delete(DayTally).where(DayTally.group_id == 0))
    differences = tally.check(session)
    assert differences == [
        DayDifference("ua-12-26", None, date(2026, 3, 9), "letters_post", 0, 2),
        DayDifference("ua-12-26", "montreal", date(2026, 3, 10), "letters_pledged", 20, 4),
    ]
    assert tally.recount(session) == differences
    assert tally.check(session) == []


def test_a_practice_copy_is_removed_with_its_days(session):
    action = an_action(session, practice=True)
    a_pledge(session, action)
    actions.remove(session, action)
    session.commit()
    assert session.scalars(select(DayTally)).all() == []


@pytest.mark.parametrize("zone", ["America/Toronto", "Asia/Beirut", "America/Santiago", "Africa/Casablanca", "UTC"])
def test_days_counted_by_the_database_are_those_of_the_zone(session, zone):
    """Also around the instants at which the clocks change, some of them at midnight."""
    begins, ends = datetime(2025, 12, 31, 12, 0, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    action = an_action(session, timezone=zone, published_at=begins, deadline=date(2027, 1, 1))
    changes = [until for until, _ in zones.offsets(zone, begins, ends)]
    instants = [at + more for at in changes for more in (-SECOND, timedelta(0), timedelta(hours=1))]
    expected: dict[date, int] = {}
    for at in instants:
        a_pledge(session, action, now=at, letters=1)
        day = at.astimezone(ZoneInfo(zone)).date()
        expected[day] = expected.get(day, 0) + 1
    assert {place[1]: number for place, number in day_tallies.counted(session, action.id).items()} == expected
    assert tally.check(session) == []
