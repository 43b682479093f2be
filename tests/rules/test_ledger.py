"""The pledges and reports that a coordinator sees."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from ua_tracker import groups, ledger, letters, name_search, pledges, refusals, search_words
from ua_tracker.ledger import NO_GROUP, PAGE, STANDING, VOID, WITHDRAWN, Wanted, ways
from ua_tracker.models import Pledge, Report

OFFICE = None


def names(page) -> list[str]:
    return [row.name for row in page.rows]


def test_a_group_coordinator_sees_the_own_group_whatever_the_filter_says(session):
    action = an_action(session)
    montreal, ottawa = a_group(session, "montreal"), a_group(session, "ottawa")
    own = a_pledge(session, action, name="Amal", group="montreal")
    foreign = a_pledge(session, action, name="Zoé", group="ottawa")
    a_report(session, action, name="Amal", group="montreal")
    hidden = a_report(session, action, name="Zoé", group=None)
    assert names(ledger.pledges(session, action, OFFICE, Wanted())) == ["Zoé", "Amal"]
    assert names(ledger.pledges(session, action, montreal.id, Wanted())) == ["Amal"]
    assert names(ledger.pledges(session, action, montreal.id, Wanted(group="ottawa"))) == []
    assert names(ledger.pledges(session, action, montreal.id, Wanted(group=NO_GROUP))) == []
    assert names(ledger.pledges(session, action, montreal.id, Wanted(text="zoe"))) == []
    assert names(ledger.reports(session, action, montreal.id, Wanted())) == ["Amal"]
    assert ledger.find_pledge(session, action, montreal.id, own.id) is own
    assert ledger.find_pledge(session, action, ottawa.id, foreign.id) is foreign
    with pytest.raises(refusals.NoSuchEntry):
        ledger.find_pledge(session, action, montreal.id, foreign.id)
    with pytest.raises(refusals.NoSuchEntry):
        ledger.find_report(session, action, montreal.id, hidden.id)
    with pytest.raises(refusals.NoSuchEntry):
        ledger.pledges(session, action, montreal.id, Wanted(), after=foreign.id)


def test_another_actions_rows_are_not_seen(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    pledge = a_pledge(session, other)
    assert ledger.pledges(session, action, OFFICE, Wanted()).rows == []
    with pytest.raises(refusals.NoSuchEntry):
        ledger.find_pledge(session, action, OFFICE, pledge.id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("renee", ["Renée Côté", "RENÉE COTE"]),
        ("RENÉE", ["Renée Côté", "RENÉE COTE"]),
        ("  côté ", ["Renée Côté", "RENÉE COTE"]),
        ("Nguyen", ["Nguyễn An"]),
        ("élise@example", ["Élise"]),
        ("ÖZGÜR", ["Ozgur"]),
        ("андреи", ["Андрей"]),
        ("Αλεξης", ["Αλέξης"]),
        ("نور", ["نور"]),
        ("a.b", ["a.b"]),
        (".*", []),
        ("[x", []),
        ("%", []),
        ("a\0.b", ["a.b"]),
        ("", ["a.b", "axb", "نور", "Αλέξης", "Андрей", "Ozgur", "Élise", "Nguyễn An", "RENÉE COTE", "Renée Côté"]),
    ],
)
def test_a_name_is_found_whatever_its_case_and_accents(session, text, found):
    action = an_action(session)
    everybody = (
        "Renée Co\u0302te\u0301",
        "RENÉE COTE",
        "Nguyễn An",
        "Élise",
        "Ozgur",
        "Андрей",
        "Αλέξης",
        "نور",
        "axb",
        "a.b",
    )
    for name in everybody:
        a_pledge(session, action, name=name, email="Elise@example.org" if name == "Élise" else None)
    seen = names(ledger.pledges(session, action, OFFICE, Wanted(text=text)))
    assert sorted(seen) == sorted({"Renée Côté": everybody[0]}.get(name, name) for name in found)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_whatever_is_looked_for_finds_itself(text):
    looked_for = " ".join(text.split())
    assert re.search(name_search.pattern(looked_for), unicodedata.normalize("NFC", looked_for))  # as names are kept


@given(st.text(alphabet="aéÏôñçüßŻ @.-й", min_size=1, max_size=20))
def test_an_accent_may_be_a_character_of_its_own(text):
    looked_for = " ".join(text.split())
    assert re.search(name_search.pattern(looked_for), unicodedata.normalize("NFD", looked_for))
    assert re.search(
        name_search.pattern(unicodedata.normalize("NFD", looked_for)), looked_for.upper().replace("SS", "ß")
    )


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("A ≠ B", ["≠", "a ≠", "=\u0338", "="]),
        ("x < y ≮ z", ["≮", "<", "<\u0338"]),
        (
            "50% _off_ \\ [a-z]* (x|y) ^$ .+?",
            ["%", "50%", "_", "\\", "[", "]", "a-z", "*", "(", "|", "^", "$", ".+?", "-"],
        ),
        ("한국 김민수", ["한국", "\u1112\u1161\u11ab", "김"]),
        ("ज़ोया क़ासिम", ["ज़ोया", "\u091c\u093c"]),
        ("Γιώργος ΠΑΠΠΆΣ", ["γιωργος", "ΓΙΩΡΓΟΣ", "παππας", "ΣΣ"[:1]]),
        ("Ⅳ Ⓐna ﾊﾝｶｸ 🧑\u200d⚕\ufe0f", ["ⅳ", "ⓐ", "ﾊﾝ", "🧑\u200d⚕"]),
    ],
)
def test_every_character_that_a_name_can_hold_is_found(session, name, texts):
    action = an_action(session)
    a_pledge(session, action, name=name)
    a_pledge(session, action, name="Zoe", email="zoe@example.org")
    for text in texts:
        assert names(ledger.pledges(session, action, OFFICE, Wanted(text=text, inside=True))) == [name], text


def test_invisible_characters_find_nothing_rather_than_everything(session):
    action = an_action(session)
    a_pledge(session, action)
    assert names(ledger.pledges(session, action, OFFICE, Wanted(text="\u0301\u0338"))) == []


def test_rows_are_filtered_by_their_state(session):
    action = an_action(session)
    for name in ("stands", "withdrawn", "void"):
        a_pledge(session, action, name=name), a_report(session, action, name=name)
    session.execute(update(Pledge).where(Pledge.name == "withdrawn").values(withdrawn_at=NOON))
    kept = {row.name: row for row in ledger.pledges(session, action, OFFICE, Wanted()).rows}
    pledges.void(session, kept["void"], "a test", NOON, actor="rosa")
    [_, _, *reports] = ledger.reports(session, action, OFFICE, Wanted(), sort="made").rows
    letters.void(session, reports[0], "a test", NOON, actor="rosa")
    for state, found in ((STANDING, ["stands"]), (WITHDRAWN, ["withdrawn"]), (VOID, ["void"])):
        assert names(ledger.pledges(session, action, OFFICE, Wanted(state=state))) == found
    assert names(ledger.reports(session, action, OFFICE, Wanted(state=VOID))) == ["void"]
    assert names(ledger.reports(session, action, OFFICE, Wanted(state=STANDING), sort="made")) == [
        "stands",
        "withdrawn",
    ]
    with pytest.raises(ValueError, match="withdrawn"):
        ledger.reports(session, action, OFFICE, Wanted(state=WITHDRAWN))


def test_a_day_is_the_one_on_the_actions_calendar(session):
    action = an_action(session)
    late = datetime(2026, 3, 11, 3, 59, 59, tzinfo=UTC)  # one second before midnight in Toronto
    a_pledge(session, action, name="late on the 10th", now=late)
    a_pledge(session, action, name="on the 11th", now=late + timedelta(seconds=1))
    for first, last, found in (
        (date(2026, 3, 10), date(2026, 3, 10), ["late on the 10th"]),
        (date(2026, 3, 11), None, ["on the 11th"]),
        (None, date(2026, 3, 9), []),
        (date.min, date.max, ["on the 11th", "late on the 10th"]),
    ):
        assert names(ledger.pledges(session, action, OFFICE, Wanted(first=first, last=last))) == found


@pytest.mark.parametrize("sort", ["made", "-made", "name", "-name", "letters", "-letters"])
def test_pages_hold_every_row_once_and_in_order(session, sort):
    action = an_action(session)
    session.add_all(
        Pledge(
            action_id=action.id, name=(None, "Amal", "bob", "Zoé")[number % 4], letters=number % 3 + 1, language="en",
            name_key=("", "amal", "bob", "zoe")[number % 4], once_key=str(number), made_at=NOON,
        )
        for number in range(2 * PAGE + 20)
    )  # fmt: skip
    session.commit()
    rows, after, pages = [], None, 0
    while pages == 0 or after is not None:
        page = ledger.pledges(session, action, OFFICE, Wanted(), sort=sort, after=after)
        rows, after, pages = [*rows, *page.rows], page.after, pages + 1
    assert (pages, len({row.id for row in rows})) == (3, 2 * PAGE + 20)
    keys = {
        "made": lambda row: row.id,
        "name": lambda row: (row.name or "").lower(),
        "letters": lambda row: row.letters,
    }
    key = keys[sort.removeprefix("-")]
    assert [key(row) for row in rows] == sorted((key(row) for row in rows), reverse=sort.startswith("-"))


def test_the_pages_of_one_day_hold_every_row_once_and_in_order(session):
    action = an_action(session)
    for number in range(PAGE + 20):  # pairs of rows of the same instant
        a_pledge(session, action, now=NOON + timedelta(minutes=number // 2))
    wanted, seen, after = Wanted(first=NOON.date(), last=NOON.date()), [], None
    while not seen or after:
        page = ledger.pledges(session, action, OFFICE, wanted, after=after)
        seen += [row.id for row in page.rows]
        after = page.after
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == PAGE + 20


def test_reports_are_sorted_by_the_day_sent_and_bring_their_lines(session):
    action = an_action(session)
    for day in (5, 9, 7):
        a_report(session, action, sent_on=date(2026, 3, day), target=day)
    page = ledger.reports(session, action, OFFICE, Wanted(), sort="-sent_on")
    assert [row.sent_on.day for row in page.rows] == [9, 7, 5]
    assert [(line.recipient.kind, line.letters) for line in page.rows[0].lines] == [("target", 9), ("copy", 1)]
    with pytest.raises(ValueError, match="email"):
        ledger.reports(session, action, OFFICE, Wanted(), sort="email")


def test_a_merged_groups_slug_filters_as_its_heirs_and_an_unknown_one_is_refused(session):
    action = an_action(session)
    a_group(session, "plateau"), a_group(session, "montreal")
    a_pledge(session, action, name="Amal", group="plateau")
    a_pledge(session, action, name="Zoé")
    groups.merge(session, "plateau", "montreal", actor="rosa", now=NOON)
    for slug in ("plateau", "montreal"):
        assert names(ledger.pledges(session, action, OFFICE, Wanted(group=slug))) == ["Amal"]
    assert names(ledger.pledges(session, action, OFFICE, Wanted(group=NO_GROUP))) == ["Zoé"]
    with pytest.raises(refusals.NoSuchGroup):
        ledger.pledges(session, action, OFFICE, Wanted(group="nowhere"))


def test_pledges_with_a_report_come_once_each_in_pages_whatever_else_is_asked(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    a_group(session, "montreal")
    rows = [a_pledge(session, action, name=f"{n}", group=("montreal", None)[n % 2]) for n in range(5)]
    for pledge in (rows[0], rows[1], rows[1], rows[3]):
        a_report(session, action, pledge=pledge)
    letters.void(session, a_report(session, action, pledge=rows[4]), "twice", NOON, actor="rosa")
    a_report(session, other, pledge=a_pledge(session, other))
    found = {
        (sort, group): names(ledger.pledges(session, action, OFFICE, Wanted(reported=True, group=group), sort=sort))
        for sort in ("-made", "made", "name")
        for group in (None, "montreal")
    }
    assert found == {
        ("-made", None): ["3", "1", "0"],
        ("-made", "montreal"): ["0"],
        ("made", None): ["0", "1", "3"],
        ("made", "montreal"): ["0"],
        ("name", None): ["0", "1", "3"],
        ("name", "montreal"): ["0"],
    }
    rest = ledger.pledges(session, action, OFFICE, Wanted(reported=True), after=rows[3].id)
    assert names(rest) == ["1", "0"]


@pytest.mark.parametrize("most", [ways.MOST_COLLECTED, 0], ids=["collected", "looked at in order"])
@pytest.mark.parametrize("sort", ["name", "-name"])
def test_names_that_begin_with_the_text_come_first_and_pages_go_on_after_them(session, monkeypatch, most, sort):
    for module in (ways, search_words):
        monkeypatch.setattr(module, "MOST_COLLECTED", most)
    monkeypatch.setattr(ledger, "PAGE", 2)
    action = an_action(session)
    for name in ("Ana Lopez", "Lopez Zoe", "Zoe Lopez", "Lopez Ana", "Bea Lopez", "Ana Ruiz"):
        a_pledge(session, action, name=name)
    found, after = [], None
    while True:
        page = ledger.pledges(session, action, OFFICE, Wanted(text="lopez"), sort=sort, after=after)
        found, after = found + names(page), page.after
        if after is None:
            break
    first, rest = ["Lopez Ana", "Lopez Zoe"], ["Ana Lopez", "Bea Lopez", "Zoe Lopez"]
    assert found == ([*first, *rest] if sort == "name" else [*first[::-1], *rest[::-1]])


@pytest.mark.parametrize("most", [ways.MOST_COLLECTED, 0], ids=["collected", "looked at in order"])
@pytest.mark.parametrize("sort", ["-made", "name", "letters"])
def test_a_filter_finds_the_same_rows_however_many_there_are(session, monkeypatch, most, sort):
    for module in (ways, search_words):
        monkeypatch.setattr(module, "MOST_COLLECTED", most)
    action, group = an_action(session), a_group(session)
    for day in (1, 2, 3):
        for number in range(2):
            email = f"{day}-{number}@{('one', 'two')[number]}.example"
            of_group = group.slug if number else None
            row = a_pledge(
                session, action, NOON + timedelta(day), name=f"Ana {day}", email=email, group=of_group, letters=day
            )
            if day == 2:
                a_report(session, action, pledge=row, now=NOON + timedelta(4))
    second = (NOON + timedelta(2)).date()
    day = {"first": second, "last": second}
    for wanted, number in (
        (Wanted(**day), 2),
        (Wanted(**day, group=group.slug), 1),
        (Wanted(**day, domain="one.example", text="ana"), 1),
        (Wanted(first=second, least=3), 2),
        (Wanted(last=second, reported=True), 2),
        (Wanted(reported=False, group=group.slug, most=1), 1),
        (Wanted(reported=True, **{**day, "first": second + timedelta(1), "last": None}), 0),
    ):
        assert len(ledger.pledges(session, action, OFFICE, wanted, sort=sort).rows) == number, wanted


def test_rows_of_one_network_are_counted_up_to_a_bound(session, monkeypatch):
    monkeypatch.setattr(ledger, "MOST_OF_A_SOURCE", 2)
    action = an_action(session)
    rows = [a_pledge(session, action, name=f"{n}") for n in range(6)]
    for place, row in enumerate(rows):
        row.source = "a" if place < 4 else "b"
    letters_of = {row.source: row for row in rows}
    session.commit()
    pledges.void(session, rows[-1], "twice", NOON, actor="rosa")
    session.commit()
    assert ledger.sizes_of_sources(session, Pledge, action, OFFICE, [*letters_of.values(), *rows]) == {"a": 3, "b": 1}


def in_pages(session, action, kind, wanted, sort) -> list[str]:
    """The names of all rows, page after page."""
    found, after = [], None
    while not found or after is not None:
        page = getattr(ledger, kind)(session, action, OFFICE, wanted, sort=sort, after=after)
        found, after = found + names(page), page.after
    return found


def one_of_each_state(session, action) -> None:
    """Rows of each state, two networks and two mail domains, whose order is not the same by code points as by words."""
    held = {"is_held": True, "held_for": "speed"}
    states = {"c": {}, "h": held, "w": {"withdrawn_at": NOON}, "v": {"voided_at": NOON}}
    networks, domains = (None, "b1", "a", "b"), ("b.org", None, "b-a.org")
    sent = {"channel": "post", "sent_on": NOON.date(), "reported_at": NOON, "people": 1}
    for table, where in ((Pledge, {"language": "en", "made_at": NOON}), (Report, sent)):
        for number, (state, more) in enumerate([*states.items()] * 2):
            if table is Report and state == "w":
                continue
            arrived = {"source": networks[number % 4], "mail_domain": domains[number % 3]}
            session.add(
                table(
                    action_id=action.id, name=f"{state}{number}", name_key=f"{state}{number}", letters=number + 1,
                    once_key=f"{number}", **where, **arrived, **more,
                )
            )  # fmt: skip
            session.flush()
    session.commit()


@pytest.mark.parametrize("most", [ways.MOST_COLLECTED, 0], ids=["collected", "looked at in order"])
@pytest.mark.parametrize("size", [2, PAGE])
@pytest.mark.parametrize("wanted", [Wanted(), Wanted(least=1)], ids=["all", "of a size"])
def test_every_order_is_the_same_on_both_databases_however_long_the_list_is(session, monkeypatch, most, size, wanted):
    monkeypatch.setattr(ways, "MOST_COLLECTED", most)
    monkeypatch.setattr(ledger, "PAGE", size)
    action = an_action(session)
    one_of_each_state(session, action)
    expected = {
        "state": "c4 c0 h5 h1 w6 w2 v7 v3",
        "-state": "v7 v3 w6 w2 h5 h1 c4 c0",
        "source": "w2 w6 v3 v7 h1 h5 c0 c4",
        "-source": "h5 h1 v7 v3 w6 w2 c4 c0",
        "domain": "w2 h5 c0 v3 w6 h1 c4 v7",
        "-domain": "w6 v3 c0 h5 w2 v7 c4 h1",
    }
    for sort, found in expected.items():
        assert in_pages(session, action, "pledges", wanted, sort) == found.split(), sort
        of_reports = [name for name in found.split() if name[0] != "w"]
        assert in_pages(session, action, "reports", wanted, sort) == of_reports, sort


@pytest.mark.parametrize("most", [ways.MOST_COLLECTED, 0], ids=["collected", "looked at in order"])
@pytest.mark.parametrize("wanted", [Wanted(), Wanted(least=1)], ids=["all", "of a size"])
def test_pledges_are_sorted_by_whether_they_were_reported(session, monkeypatch, most, wanted):
    monkeypatch.setattr(ways, "MOST_COLLECTED", most)
    monkeypatch.setattr(ledger, "PAGE", 2)
    action = an_action(session)
    rows = [a_pledge(session, action, name=f"{n}") for n in range(5)]
    for row in (rows[1], rows[3], rows[3]):
        a_report(session, action, pledge=row)
    assert in_pages(session, action, "pledges", wanted, "reported") == ["4", "2", "0", "3", "1"]
    assert in_pages(session, action, "pledges", wanted, "-reported") == ["3", "1", "4", "2", "0"]
    with pytest.raises(ValueError, match="reported"):
        ledger.reports(session, action, OFFICE, wanted, sort="reported")


def test_rows_that_a_filter_makes_alike_are_sorted_by_when_they_were_made(session):
    action = an_action(session)
    one_of_each_state(session, action)
    first = session.query(Pledge).filter_by(name="h1").one().id
    for wanted, sort, found in (
        (Wanted(state=VOID), "-state", ["v7", "v3"]),
        (Wanted(domain="b-a.org"), "domain", ["w2", "h5"]),
        (Wanted(like=first), "-source", ["h5", "h1"]),
        (Wanted(reported=False, state=STANDING), "reported", ["c0", "c4"]),
    ):
        assert in_pages(session, action, "pledges", wanted, sort) == found
