"""A draft becomes an action, and the same document again brings it up to date."""

from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.factories import DOCUMENTS, NOON, a_report, an_action
from tests.rules.test_importing import SAMPLE
from tests.waiting import meanwhile
from ua_tracker import actions, practice, refusals, tally
from ua_tracker.importing import matching, reading, saving
from ua_tracker.importing.matching import Words
from ua_tracker.models import Action, AuditEntry, Case, Recipient


def saved(session, text: str | None = None, **options) -> saving.Saved:
    draft = reading.read((text or SAMPLE.read_text()).encode())
    defaults = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    done = saving.save(session, draft, **{**defaults, **options})
    session.commit()
    return done


def test_the_sample_becomes_a_draft_under_its_cases_slug(session):
    action = saved(session, goal=250).action
    assert (action.slug, action.goal, action.case.ua_number) == ("ua-109-23-2", 250, "109/23")
    assert (len(action.targets), len(action.copies), action.published_at) == (1, 1, None)
    assert (action.deadline, action.timezone) == (date(2025, 9, 15), "America/Toronto")
    assert action.office_email == ["urgentaction@amnesty.ca"]


def test_importing_again_changes_nothing(session):
    first = saved(session, goal=250)
    again = saved(session)
    assert (again.action.id, again.is_new, again.changed) == (first.action.id, False, {})
    assert session.scalar(select(func.count()).select_from(Action)) == 1
    assert session.scalar(select(func.count()).select_from(Recipient)) == 2
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_changed_document_updates_and_the_old_values_stay_in_the_history(session):
    saved(session)
    text = SAMPLE.read_text().replace("until September 15, 2025", "until October 1, 2025")
    again = saved(session, text, goal=800)
    assert again.changed["deadline"] == ("2025-09-15", "2025-10-01")
    assert again.action.goal == 800
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.before["deadline"], entry.after["deadline"]) == ("2025-09-15", "2025-10-01")


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize("header", [None, "UA: 109/23 of June 20, 2025", "Index: ASA 33/9519/2025 Pakistan"])
def test_two_who_store_one_document_at_once_make_one_action(session, header):
    text = SAMPLE.read_text()
    if header:
        text = text.replace("Second UA: 109/23 Index: ASA 33/9519/2025 Pakistan of June 20, 2025", header)
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}

    saving.save(session, reading.read(text.encode()), **options)
    with suppress(refusals.ReadingOutdated):  # refused or updated, depending on which transaction was first
        meanwhile(session, lambda other: saving.save(other, reading.read(text.encode()), **options))
    assert session.scalar(select(func.count()).select_from(Action)) == 1
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_document_without_number_gets_the_short_name_that_the_office_chooses(session):
    draft = reading.read(SAMPLE.read_bytes())
    draft.ua_number = draft.ai_index = None
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    for chosen, refusal in (
        (Words(), refusals.ShortNameMissing),
        (Words(short_name="Pakistan!"), refusals.BadShortName),
        (Words(short_name="afghans"), refusals.BadShortName),
        (Words(short_name="ua-7-20"), refusals.BadShortName),
    ):
        with pytest.raises(refusal):
            saving.save(session, draft, words=chosen, **options)
    first = saving.save(session, draft, words=Words(short_name="ua-afghans"), **options)
    assert (first.action.slug, first.action.case, first.action.ai_index) == ("ua-afghans", None, None)
    again = saving.save(session, draft, words=Words(short_name="ua-afghans"), revision=first.action.revision, **options)
    assert (again.action.id, again.is_new, again.changed) == (first.action.id, False, {})
    assert matching.compare(session, draft, goal=None, words=Words(short_name="ua-afghans")).changed == {}


def test_a_short_name_takes_the_place_of_no_other_action(session):
    an_action(session, slug="ua-afghans", ai_index="AMR 37/0012/2026")
    draft = reading.read(SAMPLE.read_bytes())
    draft.ua_number = draft.ai_index = None
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    with pytest.raises(refusals.ShortNameTaken):
        saving.save(session, draft, words=Words(short_name="ua-afghans"), **options)


def test_a_document_in_which_no_target_was_found_takes_none_from_a_published_action(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    session.commit()
    draft = reading.read(SAMPLE.read_bytes())
    minister, draft.targets = action.targets[0], []
    assert matching.compare(session, draft, goal=None).changed == {}
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    saving.save(session, draft, **options)
    assert action.targets == [minister]


FURTHER = "Further information on UA: 109/23 of {}"
HEADER = "Second UA: 109/23 Index: ASA 33/9519/2025 Pakistan of June 20, 2025"


def test_two_further_informations_of_a_case_are_two_actions_by_their_days(session):
    for day in ("June 20, 2025", "July 30, 2025", "June 20, 2025"):
        saved(session, SAMPLE.read_text().replace(HEADER, FURTHER.format(day)))
    days = sorted(session.scalars(select(Action.issued)))
    assert days == [date(2025, 6, 20), date(2025, 7, 30)]


@pytest.mark.parametrize(
    ("header", "issued"),
    [
        ("UA: 109/23 of June 20, 2025", date(2025, 6, 20)),
        ("Further information on UA 109/23, 20 June 2025", date(2025, 6, 20)),
        ("UA: 109/23 Deadline: September 15, 2025", None),
        ("UA: 109/23", None),
        ("UA: 109/23\n\nThis follows UA 45/22 of 3 March 2022.", None),
    ],
)
def test_without_an_index_the_day_of_issue_is_right_after_the_number(session, header, issued):
    assert saved(session, SAMPLE.read_text().replace(HEADER, header)).action.issued == issued


@pytest.mark.parametrize("issued", [date(2025, 6, 20), None])
def test_a_first_issue_written_by_hand_meets_a_document_that_does_not_say_so(session, issued):
    said = {"title": "BY HAND", "country": "Pakistan", "issued": issued}
    by = {"default_timezone": "America/Toronto", "actor": "rosa", "now": NOON}
    action = actions.create(session, said, ua_number="109/23", sequence="first", **by)
    session.commit()
    assert saved(session, SAMPLE.read_text().replace("Second UA", "UA")).action is action


UA = "UA: 109/23 of {}"


def test_of_two_that_can_be_meant_the_one_of_the_very_day_is(session):
    said = {"title": "UNDATED", "country": "Pakistan"}
    by = {"default_timezone": "America/Toronto", "actor": "rosa", "now": NOON}
    actions.create(session, said, ua_number="109/23", **by)
    dated = actions.create(session, {**said, "issued": date(2025, 6, 20)}, ua_number="109/23", sequence="second", **by)
    dated.sequence = None
    session.commit()
    assert saved(session, SAMPLE.read_text().replace(HEADER, UA.format("June 20, 2025"))).action is dated


def test_a_document_whose_day_and_place_could_not_be_read_takes_over_no_dated_action(session):
    dated = saved(session, SAMPLE.read_text().replace(HEADER, UA.format("June 20, 2025"))).action
    dated.title = "ANOTHER TITLE"
    session.commit()
    assert saved(session, SAMPLE.read_text().replace(HEADER, "UA: 109/23")).is_new


def test_a_first_issue_whose_day_was_put_right_is_still_known(session):
    text = SAMPLE.read_text().replace(HEADER, "First UA: 109/23 of June 20, 2025")
    first = saved(session, text).action
    first.issued = date(2025, 6, 21)
    session.commit()
    assert saved(session, text).action is first


@pytest.mark.parametrize("header", ["First UA: 109/23", "First UA: 109/23 of June 21, 2025"])
def test_a_first_issue_is_the_one_that_says_so_and_not_one_beside_it_that_says_nothing(session, header):
    said = {"title": "T", "country": "Pakistan"}
    by = {"default_timezone": "America/Toronto", "actor": "rosa", "now": NOON}
    first = actions.create(session, {**said, "issued": date(2025, 6, 20)}, ua_number="109/23", sequence="first", **by)
    beside = actions.create(session, {**said, "title": "BESIDE"}, ua_number="109/23", sequence="second", **by)
    beside.sequence = None
    session.commit()
    assert saved(session, SAMPLE.read_text().replace(HEADER, header)).action is first
    assert beside.title == "BESIDE"


@pytest.mark.parametrize("place", ["First", "Second"])
def test_a_document_with_an_index_and_no_day_meets_its_action_that_has_a_day_and_no_index(session, place):
    action = saved(session, SAMPLE.read_text().replace(HEADER, f"{place} UA: 109/23 of June 20, 2025")).action
    again = saved(session, SAMPLE.read_text().replace(HEADER, f"{place} UA: 109/23 Index: ASA 33/9519/2025 Pakistan"))
    assert (again.action, action.ai_index) == (action, "ASA 33/9519/2025")


def test_a_copy_without_a_name_is_nobody_else(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.copies[0].name, action.copies[0].role = None, action.targets[0].role
    session.commit()
    draft = reading.read(SAMPLE.read_bytes())
    draft.targets, draft.copies = [], []
    assert matching.compare(session, draft, goal=None).changed == {}


def test_nobody_becomes_a_target_and_a_copy_at_once(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    session.commit()
    draft = reading.read(SAMPLE.read_bytes())
    draft.targets, draft.copies = [*draft.targets, *draft.copies], []
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    would = matching.compare(session, draft, goal=None).changed
    assert saving.save(session, draft, **options).changed == would
    assert ([one.kind for one in action.recipients], len(action.copies)) == (["target", "target"], 0)


def test_an_action_written_by_hand_meets_its_document(session):
    said = {"title": "BY HAND", "country": "Pakistan"}
    by = {"default_timezone": "America/Toronto", "actor": "rosa", "now": NOON}
    action = actions.create(session, said, ua_number="109/23", sequence="second", **by)
    session.commit()
    assert saved(session).action is action
    assert action.ai_index == "ASA 33/9519/2025"


def test_another_recipient_alone_makes_another_revision(session):
    first = saved(session).action.revision
    assert saved(session).action.revision == first
    assert saved(session, SAMPLE.read_text().replace("Minister", "King")).action.revision > first


def test_whom_a_published_action_named_is_never_removed(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    before = {recipient.id for recipient in action.recipients}
    for word in ("Nobody", "Somebody"):  # a row that is removed would give its number to the next
        saved(session, SAMPLE.read_text().replace("High Commissioner", word).replace("HIS EXCELLENCY", word))
    kept = set(session.scalars(select(Recipient.id)))
    assert before <= kept
    assert len({recipient.title for recipient in session.scalars(select(Recipient))}) == len(kept)


def test_another_office_to_ask_is_recorded_in_the_history_too(session):
    saved(session)
    again = saved(session, SAMPLE.read_text().replace("urgentaction@amnesty.ca", "letters@amnesty.ca"))
    assert again.changed["office_email"] == (["urgentaction@amnesty.ca"], ["letters@amnesty.ca"])


def test_what_would_change_is_what_changes_and_looking_changes_nothing(session):
    saved(session, goal=250)
    text = SAMPLE.read_text().replace("until September 15, 2025", "until October 1, 2025").replace("Minister", "King")
    draft = reading.read(text.encode())
    would = matching.compare(session, draft, goal=300)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
    assert would.changed == saved(session, text, goal=300).changed
    assert {"deadline", "goal", "recipients"} <= set(would.changed)
    assert matching.compare(session, draft, goal=None).changed == {}


def test_an_action_that_is_not_there_yet_has_nothing_to_compare(session):
    assert matching.compare(session, reading.read(SAMPLE.read_bytes()), goal=None) is None


def test_a_document_with_an_earlier_deadline_shortens_no_published_action(session):
    action = saved(session, goal=2000).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.deadline = date(2026, 12, 1)
    session.commit()
    with pytest.raises(refusals.DeadlineOnlyLater):
        saved(session)
    session.rollback()
    assert (action.deadline, action.goal) == (date(2026, 12, 1), 2000)


def test_a_new_minister_takes_the_place_of_the_old_one_whose_letters_stay(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.deadline, action.issued = date(2026, 3, 15), date(2026, 2, 1)
    session.commit()
    a_report(session, action, target=3, copy=0)
    text = (
        SAMPLE.read_text()
        .replace("Minister of Interior  \nSyed Mohsin Raza Naqvi", "Prime Minister  \nA New Person")
        .replace("until September 15, 2025", "until March 15, 2026")
    )
    saved(session, text)
    session.expire_all()
    assert [recipient.name for recipient in action.targets] == ["A New Person"]
    retired = session.scalars(select(Recipient).where(Recipient.retired_at.is_not(None))).one()
    assert retired.name == "Syed Mohsin Raza Naqvi"
    assert tally.check(session) == []
    assert tally.read(session, action.id).letters_sent == 3


def test_a_published_action_is_not_emptied_by_a_document_that_lacks_something(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    saved(session, SAMPLE.read_text().split("***Please")[0])
    assert action.deadline == date(2025, 9, 15)


def test_another_issue_joins_the_same_case(session):
    second = saved(session).action
    text = SAMPLE.read_text().replace("Second UA", "First UA").replace("ASA 33/9519/2025", "ASA 33/7416/2023")
    first = saved(session, text).action
    assert (first.slug, second.slug) == ("ua-109-23", "ua-109-23-2")
    assert first.case_id == second.case_id
    assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_document_without_a_deadline_stays_a_draft(session):
    action = saved(session, (DOCUMENTS / "no-deadline.md").read_text()).action
    with pytest.raises(refusals.NoDeadline):
        actions.publish(session, action, actor="rosa", now=NOON)


def test_a_document_with_nobody_to_write_to_stays_a_draft(session):
    text = SAMPLE.read_text().replace("#### **Write to:**", "#### **And copy:**", 1)
    action = saved(session, text).action
    with pytest.raises(refusals.NobodyToWriteTo):
        actions.publish(session, action, actor="rosa", now=NOON)


def test_the_practice_copy_is_open_for_thirty_days_and_removable(session):
    original = saved(session).action
    copy = practice.ensure(session, original, NOON)
    assert (copy.slug, copy.practice, copy.case_id, copy.deadline) == ("practice", True, None, date(2026, 4, 9))
    assert practice.ensure(session, original, NOON).id == copy.id
    session.expire_all()
    assert [recipient.title for recipient in copy.recipients] == ["Minister of Interior", "High Commissioner"]
    copy.issued = date(2026, 2, 1)
    a_report(session, copy)
    actions.remove(session, copy)
    session.commit()
    assert session.scalars(select(Action.slug)).all() == ["ua-109-23-2"]


def test_a_practice_copy_that_has_run_out_gets_thirty_days_more(session):
    copy = practice.ensure(session, saved(session).action, NOON)
    copy.deadline = date(2026, 3, 9)
    assert practice.ensure(session, copy, NOON).deadline == date(2026, 4, 9)


def test_a_real_action_is_never_removed(session):
    action = saved(session).action
    actions.publish(session, action, actor="rosa", now=NOON)
    with pytest.raises(refusals.HasPledgesOrReports):
        actions.remove(session, action)


@pytest.mark.parametrize(
    "header",
    [
        "UA: 109/23 of June 20, 2025",
        "Second UA: 109/23",
        "UA: 109/23 Index: ASA 33/9519/2025 Pakistan of June 20, 2025",
    ],
)
def test_a_document_with_half_a_header_is_still_known_the_second_time(session, header):
    text = SAMPLE.read_text().replace("Second UA: 109/23 Index: ASA 33/9519/2025 Pakistan of June 20, 2025", header)
    first = saved(session, text)
    assert saved(session, text).action.id == first.action.id
    assert session.scalar(select(func.count()).select_from(Action)) == 1


def test_an_action_whose_index_could_not_be_read_is_found_again_when_it_can(session):
    text = SAMPLE.read_text()
    first = saved(session, text.replace("Index: ASA 33/9519/2025 Pakistan of", "ASA 33/9519/2025 of"))
    first.action.issued = date(2025, 6, 20)
    session.commit()
    again = saved(session, text)
    assert (again.action.id, again.action.ai_index) == (first.action.id, "ASA 33/9519/2025")


def test_a_stop_action_is_never_opened(session):
    action = saved(session, SAMPLE.read_text().replace("Second UA:", "STOP ACTION – UA:")).action
    with pytest.raises(refusals.EndsTheCase):
        actions.publish(session, action, actor="rosa", now=NOON)


def test_a_document_keeps_the_offices_sentence_unless_another_is_given(session):
    assert saved(session, words=Words(lead="Ask him.")).action.lead == "Ask him."
    assert saved(session).changed == {}
    assert saved(session, words=Words(lead="Ask her.")).changed == {"lead": ("Ask him.", "Ask her.")}
    assert saved(session, words=Words(lead="")).action.lead is None


LOUD, CALM = (
    "1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION",
    "1.4 million Afghan refugees at risk of deportation",
)


def test_the_case_of_a_title_is_the_offices_choice_and_a_document_does_not_undo_it(session):
    assert saved(session).action.title == LOUD
    assert saved(session, words=Words(title=CALM)).changed == {"title": (LOUD, CALM)}
    assert saved(session).changed == {}
    assert saved(session, words=Words(title=LOUD)).action.title == LOUD
    assert saved(session, SAMPLE.read_text().replace(LOUD, "SCHOOLS CLOSED")).action.title == "SCHOOLS CLOSED"


def test_an_undated_document_finds_its_action_by_the_title_in_either_case(session):
    header = "Further information on UA: 109/23"
    text = SAMPLE.read_text().replace(HEADER, header)
    first = saved(session, text, words=Words(title=CALM)).action
    assert saved(session, text).action is first
    assert session.scalar(select(func.count()).select_from(Action)) == 1
