"""Actions: finding, making, editing, publishing and closing them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import NOON, a_case, a_pledge, a_report, an_action, an_addressee
from tests.waiting import meanwhile, until_somebody_waits
from ua_tracker import actions, deadlines, refusals, tally
from ua_tracker.actions import Addressee
from ua_tracker.models import Action, AuditEntry, Recipient
from ua_tracker.totals import Tally


def test_what_a_counter_shows_is_read_at_once_and_only_of_published_actions(session):
    action = an_action(session, goal=40)
    a_pledge(session, action, letters=3)
    counted = actions.find_counted(session, action.slug, NOON)
    assert (counted.id, counted.goal, counted.revision) == (action.id, 40, action.revision)
    assert (counted.tally, counted.tally_revision) == tally.read_with_revision(session, action.id)
    assert deadlines.next_change(counted, NOON) == deadlines.next_change(action, NOON)
    an_action(session, slug="draft", published_at=None)
    for slug in ("draft", "nowhere"):
        with pytest.raises(refusals.NoSuchAction):
            actions.find_counted(session, slug, NOON)


def test_the_list_has_open_then_reporting_then_closed_and_no_drafts(session):
    an_action(session, slug="soon", deadline=date(2026, 3, 12))
    an_action(session, slug="later", deadline=date(2026, 5, 1))
    an_action(session, slug="just-over", deadline=date(2026, 3, 5))
    an_action(session, slug="long-over", deadline=date(2025, 3, 5))
    an_action(session, slug="stopped", deadline=date(2026, 5, 1), closed_at=datetime(2026, 3, 1, tzinfo=UTC))
    an_action(session, slug="draft", published_at=None)
    found = actions.listing(session, NOON)
    assert [action.slug for action, _ in found.open] == ["soon", "later"]
    assert [action.slug for action, _ in found.reporting] == ["just-over"]
    assert [action.slug for action, _ in found.closed] == ["stopped", "long-over"]


def test_a_draft_is_not_there_for_the_public(session):
    an_action(session, slug="draft", published_at=None)
    assert actions.find(session, "draft").slug == "draft"
    for slug in ("draft", "nowhere"):
        with pytest.raises(refusals.NoSuchAction):
            actions.find_published(session, slug, NOON)


def test_the_second_of_two_who_edit_at_once_gets_an_error(session):
    an_action(session)
    with Session(session.get_bind()) as other:
        theirs = actions.find(other, "ua-12-26")
        actions.find(session, "ua-12-26").goal = 200
        session.commit()
        theirs.goal = 300
        with pytest.raises(StaleDataError):
            other.commit()


def edited(session, action, **changes) -> bool:
    return actions.edit(session, action, changes, revision=action.revision, actor="rosa", now=NOON)


def history(session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_an_action_is_written_by_hand_and_stays_a_draft_until_published(session):
    written = {
        "title": "NURSE ON TRIAL", "country": "Freedonia", "demands": ["Free her."], "deadline": date(2026, 4, 1),
        "goal": 250, "targets": [Addressee(role="President", name="Ms. Chair")], "copies": [Addressee(role="Embassy")],
    }  # fmt: skip
    options = {"ua_number": "7/26", "sequence": "second", "default_timezone": "America/Toronto"}
    action = actions.create(session, written, **options, actor="rosa", now=NOON)
    assert (action.slug, action.case.ua_number, action.goal) == ("ua-7-26-2", "07/26", 250)
    assert ([one.title for one in action.targets], [one.position for one in action.copies]) == (["President"], [2])
    actions.publish(session, action, actor="rosa", now=NOON)
    assert actions.find_published(session, "ua-7-26-2", NOON) is action
    line, published = history(session)
    assert (line.actor, line.event, line.after["deadline"]) == ("rosa", "created", "2026-04-01")
    assert (published.actor, published.event) == ("rosa", "published")
    with pytest.raises(refusals.ActionKnown):
        actions.create(session, written, **options, actor="rosa", now=NOON)
    with pytest.raises(refusals.NumberMissing):
        actions.create(session, written, default_timezone="America/Toronto", actor="rosa", now=NOON)


def test_an_edit_leaves_the_changed_values_in_the_history_and_no_others(session):
    action = an_action(session)
    before = tally.read_with_revision(session, action.id)[1]
    assert edited(session, action, goal=300, title=action.title, demands=["Release her."])
    [line] = history(session)
    assert line.before == {"goal": 100, "demands": ["Release Ana Lopez.", "Let her see a lawyer."]}
    assert line.after == {"goal": 300, "demands": ["Release her."]}
    assert tally.read_with_revision(session, action.id)[1] > before
    assert not edited(session, action, goal=300)
    assert len(history(session)) == 1


@pytest.mark.parametrize("theirs", [{"goal": 300}, {"targets": [Addressee(role="Somebody else")]}])
def test_the_second_of_two_coordinators_is_refused_and_overwrites_nothing(session, theirs):
    action = an_action(session)
    shown = action.revision
    with Session(session.get_bind()) as other:
        action_of_zoe = actions.find(other, "ua-12-26")
        actions.edit(other, action_of_zoe, theirs, revision=shown, actor="zoe", now=NOON)
        other.commit()
    with pytest.raises(refusals.EditedMeanwhile):
        actions.edit(session, action, {"goal": 200, "title": "x"}, revision=shown, actor="rosa", now=NOON)
    with pytest.raises(refusals.EditedMeanwhile):
        actions.close(session, action, "good news", revision=shown, actor="rosa", now=NOON)
    session.commit()
    assert (action.goal, action.title) == (theirs.get("goal", 100), "TEACHER HELD WITHOUT CHARGE")
    assert [line.actor for line in history(session)] == ["zoe"]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_of_two_who_press_the_button_at_the_same_moment_one_is_refused(session):
    action = an_action(session)
    shown = action.revision

    def zoes_turn() -> str:
        with Session(session.get_bind()) as other:
            try:
                actions.edit(
                    other, actions.find(other, action.slug), {"goal": 300}, revision=shown, actor="zoe", now=NOON
                )
            except refusals.EditedMeanwhile:
                return "told"
            return "stored"

    actions.edit(session, action, {"goal": 200}, revision=shown, actor="rosa", now=NOON)
    with ThreadPoolExecutor() as pool:
        zoe = pool.submit(zoes_turn)
        until_somebody_waits(session, zoe)
        session.commit()
        assert zoe.result() == "told"


def test_recipients_change_places_and_the_letters_stay_with_whom_they_went_to(session):
    action = an_action(session)
    minister, ambassador = action.targets[0], action.copies[0]
    a_report(session, action, target=3, copy=2)
    shown = [Addressee(role="King"), an_addressee(minister, name="A New Minister")]
    assert edited(session, action, targets=shown)
    assert [(one.role, one.position) for one in action.recipients] == [
        ("King", 1), ("Minister of Justice", 2), ("Ambassador", 3)
    ]  # fmt: skip
    assert (action.targets[1].id, action.targets[1].name) == (minister.id, "A New Minister")
    edited(session, action, targets=[Addressee(role="King")], copies=[])
    assert (minister.retired_at, ambassador.retired_at) == (NOON, NOON)
    assert tally.read(session, action.id) == Tally(letters_sent=3, copies_sent=2)
    assert tally.check(session) == []


def test_a_target_who_becomes_a_copy_leaves_the_letters_where_they_were_counted(session):
    action = an_action(session)
    minister = action.targets[0]
    a_report(session, action, target=3, copy=0)
    edited(session, action, targets=[Addressee(role="King")], copies=[an_addressee(minister)])
    assert (minister.retired_at, action.copies[0].role) == (NOON, "Minister of Justice")
    assert action.copies[0].id != minister.id
    assert tally.check(session) == []


def test_whom_a_published_action_named_stays_though_nobody_wrote_and_a_drafts_goes(session):
    published, draft = an_action(session), an_action(session, slug="ua-13-26", published_at=None)
    for action in (published, draft):
        gone = action.copies[0].id
        assert edited(session, action, copies=[]) is True
        session.commit()
        kept = session.get(Recipient, gone, populate_existing=True)
        assert (kept is not None) == (action is published)
        assert action.copies == []
    letter_on_its_way = session.scalars(select(Recipient).where(Recipient.retired_at.is_not(None))).one()
    assert (letter_on_its_way.action_id, letter_on_its_way.name) == (published.id, "Her Excellency Gloria Teasdale")


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_two_who_write_one_action_at_once_make_one_and_the_other_is_refused(session):
    said = {"title": "POET MISSING", "country": "Sylvania"}
    by = {"ua_number": "7/26", "sequence": "first", "default_timezone": "UTC", "actor": "rosa", "now": NOON}
    a_case(session, "07/26")
    session.commit()

    actions.create(session, said, **by)
    with pytest.raises(refusals.ActionKnown, match="ua-7-26"):
        meanwhile(session, lambda other: actions.create(other, said, **by))
    assert session.scalar(select(func.count()).select_from(Action)) == 1


@pytest.mark.parametrize(
    ("typed", "kept", "slug"),
    [
        ({"ua_number": "0012/26"}, ("12/26", None), "ua-12-26"),
        ({"ua_number": "7/2026"}, ("07/26", None), "ua-7-26"),
        ({"ai_index": "asa33/9519/2025"}, (None, "ASA 33/9519/2025"), "ai-asa-33-9519-2025"),
        ({"ai_index": "EUR 44/042/02"}, (None, "EUR 44/042/2002"), "ai-eur-44-042-2002"),
        ({"ai_index": "EUR 44/042/98"}, (None, "EUR 44/042/1998"), "ai-eur-44-042-1998"),
    ],
)
def test_a_number_is_kept_in_the_one_way_in_which_documents_are_read(session, typed, kept, slug):
    said = {"title": "POET MISSING", "country": "Sylvania"}
    by = {"default_timezone": "America/Toronto", "actor": "rosa", "now": NOON}
    action = actions.create(session, said, **typed, **by)
    assert ((action.case.ua_number if action.case else None, action.ai_index), action.slug) == (kept, slug)
    with pytest.raises(refusals.ActionKnown):
        actions.create(session, said, ua_number=kept[0], ai_index=kept[1], **by)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"ua_number": "٩/٢٣"}, refusals.BadUaNumber),
        ({"ua_number": "12-26"}, refusals.BadUaNumber),
        ({"ai_index": "été (1)"}, refusals.BadAiIndex),
        ({"ai_index": "ASA 33 1"}, refusals.BadAiIndex),
        ({"ai_index": "ASA ٣٣/1/2025"}, refusals.BadAiIndex),
    ],
)
def test_a_number_that_no_address_could_hold_is_refused_and_nothing_stored(session, typed, refusal):
    said = {"title": "POET MISSING", "country": "Sylvania"}
    with pytest.raises(refusal):
        actions.create(session, said, **typed, default_timezone="America/Toronto", actor="rosa", now=NOON)
    assert actions.all_with_totals(session, NOON, drafts=True) == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"timezone": "Mars/Olympus"}, refusals.UnknownZone),
        ({"goal": 0}, refusals.GoalOutOfRange),
        ({"grace_days": -1}, refusals.GraceOutOfRange),
        ({"deadline": date(9999, 12, 31)}, refusals.DeadlineTooFar),
        ({"deadline": date(1, 1, 1)}, refusals.DeadlineTooEarly),
        ({"deadline": None}, refusals.PublishedNeedsBoth),
        ({"targets": []}, refusals.PublishedNeedsBoth),
        ({"deadline": date(2026, 3, 12)}, refusals.DeadlineOnlyLater),
    ],
)
def test_what_a_published_action_promises_is_not_taken_away(session, changes, refusal):
    action = an_action(session)
    a_pledge(session, action)
    with pytest.raises(refusal):
        edited(session, action, **changes)
    session.commit()
    assert (action.deadline, len(action.targets), history(session)) == (date(2026, 3, 15), 1, [])


def test_a_wrong_deadline_is_put_right_while_nobody_has_relied_on_it(session):
    action = an_action(session, deadline=date(2027, 3, 15))
    edited(session, action, deadline=date(2026, 3, 15))
    assert action.deadline == date(2026, 3, 15)


def test_a_wrong_deadline_moves_to_an_earlier_day_that_people_can_still_be_told(session):
    action = an_action(session)
    late, soon = (a_pledge(session, action, write_on=date(2026, 3, day)) for day in (14, 11))
    how = {"actor": "rosa", "now": NOON}
    for day, refusal in ((10, refusals.NotTomorrow), (9, refusals.NotTomorrow), (15, refusals.NotEarlier)):
        with pytest.raises(refusal):
            actions.correct_deadline(session, action, date(2026, 3, day), revision=action.revision, **how)
    actions.correct_deadline(session, action, date(2026, 3, 12), revision=action.revision, **how)
    session.commit()
    session.expire_all()
    assert (late.write_on, soon.write_on) == (date(2026, 3, 12), date(2026, 3, 11))
    assert deadlines.state(action, datetime(2026, 3, 13, 4, 0, tzinfo=UTC)) == "reporting"
    [line] = history(session)
    assert (line.before, line.after) == ({"deadline": "2026-03-15"}, {"deadline": "2026-03-12"})
    actions.close(session, action, "ended", revision=action.revision, **how)
    with pytest.raises(refusals.ClosedEarly):
        actions.correct_deadline(session, action, date(2026, 3, 11), revision=action.revision, **how)


def test_an_extension_opens_the_action_again_and_the_old_day_stays_in_the_history(session):
    action = an_action(session)
    over = datetime(2026, 4, 20, tzinfo=UTC)
    with pytest.raises(refusals.DeadlineTooFar):
        actions.extend(session, action, date(9999, 12, 31), revision=action.revision, actor="rosa", now=over)
    with pytest.raises(refusals.NotLater):
        actions.extend(session, action, date(2026, 3, 15), revision=action.revision, actor="rosa", now=over)
    assert deadlines.state(action, over) == "closed"
    actions.extend(session, action, date(2026, 4, 30), revision=action.revision, actor="rosa", now=over)
    assert deadlines.state(action, over) == "open"
    [line] = history(session)
    assert (line.event, line.before, line.after) == (
        "extended", {"deadline": "2026-03-15"}, {"deadline": "2026-04-30"}
    )  # fmt: skip


def test_an_action_keeps_each_deadline_that_it_had_since_it_was_published(session):
    draft = an_action(session, published_at=None)
    edited(session, draft, deadline=date(2026, 3, 20))
    actions.publish(session, draft, actor="rosa", now=NOON)
    assert draft.earlier_deadlines == []
    edited(session, draft, deadline=date(2026, 3, 25), goal=7)
    edited(session, draft, goal=8)
    revision = draft.revision
    actions.extend(session, draft, date(2026, 4, 1), revision=revision, actor="rosa", now=NOON + timedelta(days=1))
    session.commit()
    session.expire_all()
    kept = [(one.day, one.until) for one in draft.earlier_deadlines]
    assert kept == [(date(2026, 3, 20), NOON), (date(2026, 3, 25), NOON + timedelta(days=1))]
    edited(session, draft, deadline=date(2026, 3, 30))  # a correction is no extension
    assert draft.extensions == [(date(2026, 3, 20), date(2026, 3, 25)), (date(2026, 3, 25), date(2026, 4, 1))]


def test_an_action_is_closed_for_good_news_and_can_be_reopened(session):
    action = an_action(session)
    a_report(session, action, target=4)
    before = tally.read_with_revision(session, action.id)[1]
    actions.close(
        session, action, "good news", outcome="She is free.", revision=action.revision, actor="rosa", now=NOON
    )
    with pytest.raises(refusals.PledgingLocked):
        a_pledge(session, action)
    with pytest.raises(refusals.ReportingClosed):
        a_report(session, action)
    assert tally.read(session, action.id).letters_sent == 4
    assert tally.read_with_revision(session, action.id)[1] > before
    with pytest.raises(refusals.ClosedEarly):
        actions.extend(session, action, date(2026, 5, 1), revision=action.revision, actor="rosa", now=NOON)
    actions.reopen(session, action, revision=action.revision, actor="rosa", now=NOON)
    with pytest.raises(refusals.NotClosed):
        actions.reopen(session, action, revision=action.revision, actor="rosa", now=NOON)
    assert deadlines.state(action, NOON) == "open"
    assert [(line.event, line.after["closed_reason"]) for line in history(session)] == [
        ("closed", "good news"), ("reopened", None)
    ]  # fmt: skip
    assert tally.check(session) == []


def test_a_draft_is_not_closed_and_no_reason_is_invented(session):
    action = an_action(session, published_at=None)
    with pytest.raises(refusals.NoSuchAction):
        actions.close(session, action, "ended", revision=action.revision, actor="rosa", now=NOON)
    with pytest.raises(ValueError, match="boredom"):
        actions.close(session, action, "boredom", revision=action.revision, actor="rosa", now=NOON)
