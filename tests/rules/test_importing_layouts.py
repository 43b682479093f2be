"""Which layout a document has, and what a table may contain."""

import pytest

from tests.rules.test_importing import SAMPLE
from ua_tracker import refusals, zones
from ua_tracker.importing import layouts, reading
from ua_tracker.importing.draft import NO_COPIES, POOR_FIT, Value
from ua_tracker.importing.layouts import tables
from ua_tracker.importing.words import Phrases, words_of


def read(text: str):
    return reading.read(text.encode())


def ends(phrase: str, text: str) -> list[int]:
    return Phrases([phrase]).ends(words_of(text))


def test_the_best_fitting_family_gives_its_zone():
    draft = reading.read(SAMPLE.read_bytes())
    assert (draft.layout, draft.timezone) == ("canada-english", "America/Toronto")


@pytest.mark.parametrize("family", layouts.families(), ids=lambda one: one.name)
def test_each_family_has_marks_of_its_own_and_a_zone(family):
    assert len(family.marks) >= 3
    assert family.timezone is None or family.timezone in zones.known()
    for group, lists in family.tables.items():
        for name in lists:
            assert family.phrases(group, name) is not None


def test_a_table_with_an_unknown_list_is_refused(monkeypatch):
    written = {"language": "english", "marks": ["a mark"], "headings": {"target": []}}
    monkeypatch.setattr(tables, "table", lambda folder, name: written)
    with pytest.raises(ValueError, match="target is nothing that a layout has"):
        layouts.family.__wrapped__("new")


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("write to :", "Write to:", True),
        ("ecrivez a :", "Écrivez à :", True),
        ("merci d ecrire *", "Merci d’écrire au maire", True),
        ("please? write * urging|asking * :", "WRITE to the Mayor, asking her to:", True),
        ("please? write * urging|asking * :", "Write to the Mayor.", False),
        ("e-mail :", "E‑mail:", True),
    ],
)
def test_phrases_are_compared_by_their_words(phrase, text, matches):
    assert (len(words_of(text)) in ends(phrase, text)) == matches


def test_a_document_of_no_known_layout_is_read_and_says_so():
    draft = read("The well of a village was closed.\n\nPlease act until 3 May 2026.\n")
    assert str(draft.deadline) == "2026-05-03"
    assert draft.doubts[0].sentence == POOR_FIT
    assert (draft.ua_number, draft.timezone) == (None, None)


def test_whatever_was_read_becomes_a_draft_and_nothing_else_does():
    assert read("Write to:\n\nMayor\n1 Well Road\nNiamey, Niger\n").targets[0].role == "Mayor"
    with pytest.raises(refusals.NoUrgentAction):
        read("Dear all,\n\nwe meet again on 3 May 2026.\n")


def test_an_address_that_no_heading_announces_is_taken_with_a_doubt():
    text = "UA 14/25\nIndex: AFR 43/0900/2025\nNiger\n\nA WELL IS CLOSED\n\nIt was closed.\n\nTake a pen.\n\n"
    draft = read(f"{text}Minister of Wells\nAna Ejemplo\n1 Well Road\nNiamey, Niger\nFax: +227 20 55 01 34\n")
    assert [(one.role, one.name) for one in draft.targets] == [("Minister of Wells", "Ana Ejemplo")]
    assert Value("targets", 0) in {doubt.about for doubt in draft.doubts}
    office = read(f"{text}Amnesty Niger\nUrgent Action Network\n1 Pen Road\nFax: +227 20 55 01 34\n")
    assert office.targets == []


def test_a_heading_of_copies_with_nobody_under_it_is_a_doubt():
    text = SAMPLE.read_text()
    draft = read(text[: text.index("His Excellency Muhammad")] + text[text.index("## ADDITIONAL") :])
    assert [(doubt.sentence, doubt.about) for doubt in draft.doubts] == [(NO_COPIES, Value("copies"))]


def test_a_bullet_before_every_line_says_nothing():
    text = "\n".join(f"• {line.lstrip('-#* ')}" if line.strip() else "" for line in SAMPLE.read_text().splitlines()[5:])
    plain = reading.read(SAMPLE.read_bytes())
    draft = read(text.replace("*", ""))
    assert (draft.demands, draft.targets[0].role, draft.deadline) == (
        plain.demands,
        "Minister of Interior",
        plain.deadline,
    )
