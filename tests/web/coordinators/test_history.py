"""Who did what, when, to what, from what to what: for the office to read."""

import pytest

from tests.factories import NOON, a_coordinator, a_group, a_pledge, an_action, an_addressee, an_evening
from ua_tracker import actions, audit, coordinators, letters
from ua_tracker.actions import recipients
from ua_tracker.importing import Draft
from ua_tracker.models import CHANNELS, ROLES, ActionTally, AuditEntry, Base, Group
from ua_tracker.web.coordinators.history_words import EVENT_WORDS, NAME_WORDS, VALUE_WORDS

HISTORY = "/en/dashboard/history"


def test_a_deed_is_told_with_its_before_and_after(office, session):
    an_action(session)
    office.get("/en/dashboard/ua-12-26").submit("New deadline", deadline="2026-03-20")
    page = office.get(f"{HISTORY}?subject=ua-12-26")
    row = " ".join(page.soup.select_one("tbody tr").get_text().split())
    assert row == (
        "2026-03-10 16:00:00 oda@example.org deadline extended ua-12-26 Deadline March 15, 2026 Deadline March 20, 2026"
    )


def test_a_french_office_reads_it_in_french(office, session):
    action = an_action(session)
    a_group(session)
    letters.enter_evening(session, action, None, an_evening(action), once_key="k", actor="rosa", now=NOON)
    actions.close(session, action, actions.GOOD_NEWS, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    page = office.get("/fr/dashboard/history?subject=ua-12-26")
    closed, entered = (" ".join(row.get_text().split()) for row in page.soup.select("tbody tr"))
    assert "action close ua-12-26" in closed
    assert "Motif de la fin Bonne nouvelle" in closed
    assert "soirée de lettres saisie" in entered
    assert "Personnes 14" in entered


def test_every_deed_and_every_value_of_an_action_has_its_words():
    assert set(EVENT_WORDS) == set(audit.EVENTS)
    assert {*actions.EDITABLE, *recipients.PARTS} <= set(NAME_WORDS)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_whatever_the_history_can_name_is_told_in_words(app, lang):
    """Every deed, every name of a value, every value that is a word of ours, in both languages."""
    tables = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.references(Group.__table__.c.id)
    }
    tallies = {column.name for column in ActionTally.__table__.columns} - {"action_id", "revision"}
    drafted = {name for name in Draft().as_json() if name not in ("doubts", "office")}
    names = {*actions.EDITABLE, *recipients.PARTS, *tallies, *drafted, *tables - {"groups", "group_tallies"}}
    names |= {
        "kind",
        "heir",
        "file",
        "flavour",
        "filter",
        "text",
        "first",
        "last",
        "rows",
        "groups",
        "reason",
        "people",
    }
    assert names - set(NAME_WORDS) == set()
    values = {("closed_reason", one) for one in actions.REASONS} | {("channel", one) for one in CHANNELS}
    values |= {("role", one) for one in ROLES} | {("kind", "target"), ("kind", "copy"), ("reason", letters.UNDONE)}
    values |= {("subject", "tally"), ("subject", "retention"), ("actor", "command line"), ("actor", "supporter")}
    assert values - set(VALUE_WORDS) == set()
    with app.test_request_context(f"/{lang}/"):
        for key, words in [*EVENT_WORDS.items(), *NAME_WORDS.items(), *VALUE_WORDS.items()]:
            assert str(words), key


def test_a_merge_is_told_in_words(office, session):
    action = an_action(session)
    a_group(session), a_group(session, "halifax", "Halifax")
    a_pledge(session, action, group="montreal")
    office.get("/en/dashboard/groups/montreal").submit("Merge", group="halifax")
    merged = office.get(f"{HISTORY}?subject=montreal").soup.select_one("tbody tr").get_text(" ")
    assert " ".join(merged.split()).endswith("Merged into halifax Coordinators 0 Pledges 1 Reports 0")
    fait = office.get("/fr/dashboard/history?subject=montreal").soup.select_one("tbody tr").get_text(" ")
    assert "coordinators" not in fait
    assert "pledges" not in fait


def test_recipients_are_told_in_words_one_by_one(office, session):
    action = an_action(session)
    king = an_addressee(role="King", address_lines=["1 Palace Road", "Freedonia City"])
    by = {"revision": action.revision, "actor": "rosa", "now": NOON}
    actions.edit(session, action, {"targets": [an_addressee(action.targets[0]), king]}, **by)
    session.commit()
    page = office.get(f"{HISTORY}?subject=ua-12-26")
    told = [one.get_text().strip() for one in page.soup.select("tbody tr td:last-child li")]
    assert told[1] == "Role: King; Address: 1 Palace Road, Freedonia City"


def test_what_was_emptied_is_told_and_parts_are_joined_as_the_language_joins_them(office, session):
    entry = {"before": {"office_email": ["a@example.org"]}, "after": {"office_email": []}}
    audit.note(session, actor="rosa", event="edited", subject="ua-12-26", now=NOON, **entry)
    counted = {"groups": {"-": 1, "last": 2}, "filter": {"text": True, "group": None, "first": "2026-03-01"}}
    audit.note(session, actor="rosa", event="reports voided", subject="ua-12-26", now=NOON, after=counted)
    session.commit()
    rows = office.get("/fr/dashboard/history?subject=ua-12-26").soup.select("tbody tr")
    told = [[one.get_text().strip() for one in row.select("dd")] for row in rows]
    assert told == [
        ["aucun groupe\u00a0: 1; last\u00a0: 2", "Texte\u00a0: oui; Du\u00a0: 1er mars 2026"],
        ["a@example.org", "–"],
    ]


def test_a_recount_to_nothing_shows_its_zeros(office, session):
    counted = {"ua-12-26/-": {"pledges": 0, "letters_sent": 0}}
    audit.note(session, actor="command line", event="recounted", subject="tally", now=NOON, after=counted)
    session.commit()
    page = office.get("/fr/dashboard/history?subject=tally")
    assert page.soup.select_one("tbody dd").get_text() == "Promesses\u00a0: 0; Lettres envoyées\u00a0: 0"
    assert "ligne de commande" in page.text


@pytest.mark.parametrize("who", ["coordinator ²", "coordinator 99999999999999999999", "coordinator 0", "coordinator"])
def test_a_number_that_is_none_finds_nothing(office, who):
    assert "There are no events here." in office.get(HISTORY, query_string={"actor": who}).text


def test_a_removed_coordinator_is_still_asked_for_by_e_mail(office, session):
    gone = a_coordinator(session, "gus@example.org")
    coordinators.remove(session, "gus@example.org", by="rosa", now=NOON)
    audit.note(session, actor=gone.actor, event="edited", subject="ua-12-26", now=NOON)
    session.commit()
    by = office.get(HISTORY, query_string={"actor": "Gus@example.org"})
    assert "action edited" in [row.select("td")[2].get_text() for row in by.soup.select("tbody tr")]
    about = office.get(HISTORY, query_string={"subject": "gus@example.org"})
    assert "removed" in [row.select("td")[2].get_text() for row in about.soup.select("tbody tr")]


def test_it_is_asked_by_person_and_by_deed_and_the_form_keeps_both(office, session):
    action = an_action(session)
    for event, actor in (("edited", "rosa"), ("closed", "rosa"), ("edited", "coordinator 1")):
        audit.note(session, actor=actor, event=event, subject=action.slug, now=NOON)
    session.commit()
    page = office.get(f"{HISTORY}?actor=oda@example.org&deed=edited&subject=ua-12-26")
    assert len(page.soup.select("tbody tr")) == 1
    assert page.soup.select_one("#actor")["value"] == "oda@example.org"
    assert page.soup.select_one("#deed [selected]")["value"] == "edited"
    assert len(office.get(f"{HISTORY}?deed=edited").soup.select("tbody tr")) == 2
    assert "There are no events here." in office.get(f"{HISTORY}?deed=nonsense").text


def test_older_lines_are_on_the_next_page(office, session):
    for number in range(60):
        audit.note(session, actor="command line", event="edited", subject="x", now=NOON, after={"goal": number})
    session.commit()
    first = office.get(f"{HISTORY}?subject=x")
    second = office.get(first.soup.select_one("a[rel=next]")["href"])
    assert (len(first.soup.select("tbody tr")), len(second.soup.select("tbody tr"))) == (50, 10)
    goals = [int(row.get_text().split()[-1]) for page in (first, second) for row in page.soup.select("tbody tr")]
    assert goals == list(range(59, -1, -1))


def test_what_it_holds_is_harmless_on_the_page(office, session):
    audit.note(session, actor="x", event="edited", subject="z", now=NOON, after={"reason": "<script>alert(1)</script>"})
    session.commit()
    assert "<script>alert" not in office.get(HISTORY).html


def test_nobody_but_the_office_reads_it(montreal, reader):
    assert montreal.get(HISTORY).status == 403
    assert reader.get(HISTORY).status == 303


def test_no_page_changes_or_removes_a_line(office, session):
    before = session.query(AuditEntry).count()
    for method in ("post", "put", "delete", "patch"):
        assert getattr(office.client, method)(HISTORY).status_code == 405
    assert session.query(AuditEntry).count() == before
