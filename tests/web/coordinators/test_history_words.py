"""Every event of the history, and every value it names, is shown in the reader's language."""

import pytest

from tests.factories import NOON, a_group, a_pledge, a_report, an_action, an_addressee
from ua_tracker import actions, audit, corrections, letters
from ua_tracker.actions import recipients
from ua_tracker.corrections import Correction
from ua_tracker.importing import Draft
from ua_tracker.ledger import Wanted
from ua_tracker.models import CHANNELS, ROLES, ActionTally, AuditEntry, Base, Group, Report
from ua_tracker.web.coordinators.history_words import EVENT_WORDS, NAME_WORDS, VALUE_WORDS

HISTORY = "/en/dashboard/history"


def test_every_event_and_every_value_of_an_action_has_its_words():
    assert set(EVENT_WORDS) == set(audit.EVENTS)
    assert {*actions.EDITABLE, *recipients.PARTS} <= set(NAME_WORDS)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_everything_in_the_history_has_words(app, lang):
    """Every event, every name of a value, every value that is a word of ours, in both languages."""
    tables = {
        table.name for table in Base.metadata.sorted_tables
        for column in table.columns if column.references(Group.__table__.c.id)
    }  # fmt: skip
    tallies = {column.name for column in ActionTally.__table__.columns} - {"action_id", "revision"}
    drafted = {name for name in Draft().as_json() if name not in ("doubts", "layout", "office", "proposed_title")}
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
    values |= {("role", one) for one in ROLES} | {
        ("kind", "target"),
        ("kind", "copy"),
        ("reason", letters.UNDONE),
        ("reason", letters.CORRECTED),
    }
    values |= {("subject", "tally"), ("subject", "retention"), ("actor", "command line"), ("actor", "supporter")}
    assert values - set(VALUE_WORDS) == set()
    with app.test_request_context(f"/{lang}/"):
        for key, words in [*EVENT_WORDS.items(), *NAME_WORDS.items(), *VALUE_WORDS.items()]:
            assert str(words), key


def test_a_merge_is_described_in_words(office, session):
    action = an_action(session)
    a_group(session), a_group(session, "halifax", "Halifax")
    a_pledge(session, action, group="montreal")
    office.get("/en/dashboard/groups/montreal").submit("Merge", group="halifax")
    merged = office.get(f"{HISTORY}?subject=montreal").soup.select_one("tbody tr").get_text(" ")
    rows = (
        "Coordinators 0 API keys 0 Letter evenings 0 Mails to those who have not reported 0 Webhooks 0"
        " Pledges 1 Reports 0 Messages to webhooks 0"
    )
    assert " ".join(merged.split()).endswith(f"Merged into halifax {rows}")
    fait = office.get("/fr/dashboard/history?subject=montreal").soup.select_one("tbody tr").get_text(" ")
    assert "coordinators" not in fait
    assert "pledges" not in fait


def test_recipients_are_described_in_words_one_by_one(office, session):
    action = an_action(session)
    king = an_addressee(role="King", address_lines=["1 Palace Road", "Freedonia City"])
    by = {"revision": action.revision, "actor": "rosa", "now": NOON}
    actions.edit(session, action, {"targets": [an_addressee(action.targets[0]), king]}, **by)
    session.commit()
    page = office.get(f"{HISTORY}?subject=ua-12-26")
    told = [one.get_text().strip() for one in page.soup.select("tbody tr td:last-child li")]
    assert told[1] == "Role: King; Address: 1 Palace Road, Freedonia City"


def test_emptied_values_are_named_and_parts_are_joined_as_in_the_language(office, session):
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


def test_the_filter_of_a_correction_is_told_whole_but_for_what_may_name_somebody(office, session):
    action = an_action(session)
    a_report(session, action, target=1, email="amal@amal-lopez.example")
    narrow = Wanted(least=1, most=9, domain="amal-lopez.example", state="standing", first_hour=0, reported=False)
    shown = corrections.preview(session, Report, action, None, narrow, Correction.VOID).shown
    how = {"reason": "one hour", "shown": shown, "actor": "rosa", "now": NOON}
    corrections.correct(session, Report, action, None, narrow, Correction.VOID, **how)
    everything = {"filter": Wanted().in_history}
    audit.note(session, actor="rosa", event="reports voided", subject="ua-12-26", now=NOON, after=everything)
    session.commit()
    rows = office.get(f"{HISTORY}?subject=ua-12-26").soup.select("tbody tr")
    told = [dict(zip(_texts(row, "dt"), _texts(row, "dd"), strict=True))["Filter"] for row in rows]
    assert told == [
        "–",
        "Mail domain: yes; Reported letters: no; State: counted; From hour: 0;"
        " Letters, at least: 1; Letters, at most: 9",
    ]
    assert "amal-lopez" not in str([entry.after for entry in session.query(AuditEntry)])


def _texts(row, name: str) -> list[str]:
    return [one.get_text().strip() for one in row.select(name)]


def test_a_recount_to_nothing_shows_its_zeros(office, session):
    counted = {"ua-12-26/-": {"pledges": 0, "letters_sent": 0}}
    audit.note(session, actor="command line", event="recounted", subject="tally", now=NOON, after=counted)
    session.commit()
    page = office.get("/fr/dashboard/history?subject=tally")
    assert page.soup.select_one("tbody dd").get_text() == "Promesses\u00a0: 0; Lettres envoyées\u00a0: 0"
    assert "ligne de commande" in page.text
