"""What mails, programs and encodings do to a document: nothing that they changed becomes a value without a doubt."""

import textwrap
from datetime import date

import pytest

from tests.documents.compare import Verdict, compare
from tests.documents.score import expected_of
from tests.documents.test_documents import TEXTS, WIDE, name_of
from ua_tracker.importing import draft as doubts
from ua_tracker.importing import reading
from ua_tracker.importing.draft import Value

ACTION = """PUBLIC          AI Index: AFR 43/021/2006

UA 92/06          Fear of eviction          12 June 2006

NIGER      Ali Misal (m), baker

The baker has to leave his house by the river before the month is over, although he has lived in it since he was born.

APPEALS TO:
Mayor
Mr José Muestra
4 Well Road
Niamey, Niger
Faxes: + 227 20 55 01 34
Salutation: Dear Mayor
"""


def wrapped(text: str, width: int) -> str:
    return "\n".join(
        textwrap.fill(line, width, break_on_hyphens=False, break_long_words=False) if len(line) > width else line
        for line in text.split("\n")
    )


def about(draft, sentence: str) -> list[Value]:
    return [one.about for one in draft.doubts if one.sentence == sentence]


# Here a value was cut behind its label, or the line that was cut looks like another of the address.
HARD = {
    *("canada-hyphens.md", "many-targets.txt", "omct.txt", "omct-french.txt"),
    *("scholars-at-risk-copies.txt", "usa-2017.txt", "usa-remark-in-address.txt"),
}


@pytest.mark.parametrize("width", [60, 72])
@pytest.mark.parametrize("document", [one for one in TEXTS if one.name not in HARD], ids=name_of)
def test_a_document_that_a_mail_program_wrapped_has_no_wrong_address(document, width):
    text = document.read_text(encoding="utf-8")
    if WIDE in text:
        return
    judged = compare(expected_of(document), reading.read(wrapped(text, width).encode(), document.name))
    recipients = [one for one in judged if one.path.startswith(("targets", "copies"))]
    assert [one for one in recipients if one.verdict is Verdict.WRONG] == []


def test_a_title_and_an_address_that_were_wrapped_are_whole():
    prose = "The bakers of the quarter by the river have asked since spring for the water that they were promised. " * 9
    letter = f"{prose}\nWrite to:\nMayor\nMs Tina Sample\nDepartment of Bridges, Ferries and other crossings\n"
    text = f"Urgent Action: Bakers of the old quarter wait for water\n\n{letter}Niamey, Niger\nFax: 20 55 01 34\n"
    draft = reading.read(wrapped(text, 44).encode())
    assert draft.title == "Bakers of the old quarter wait for water"
    assert "Department of Bridges, Ferries and other crossings" in draft.targets[0].address_lines


def test_a_line_that_may_go_on_in_the_next_is_a_doubt():
    prose = "The bakers of the quarter by the river have asked since spring for the water that they were promised. " * 9
    address = "Mayor\nMr A Misal\nCommittee for the Bridges of the Capital\nAssociation House\nNiamey, Niger\n"
    draft = reading.read(
        wrapped(f"UA 92/99 Bakers wait\n\n{prose}\n\nWrite to:\n{address}Fax: 20 55 01 34\n", 44).encode()
    )
    assert about(draft, doubts.WRAPPED) == [Value("targets", 0, "address_lines")]


def test_a_value_whose_letters_were_lost_is_a_doubt():
    draft = reading.read(ACTION.encode("ascii", "replace"))
    assert about(draft, doubts.LOST_LETTERS) == [Value("targets", 0, "name")]
    assert about(reading.read(ACTION.encode()), doubts.LOST_LETTERS) == []
    asked = reading.read(ACTION.replace("Fear of eviction", "Where is the baker? Fear of eviction").encode())
    assert (asked.title, about(asked, doubts.LOST_LETTERS)) == ("Where is the baker? Fear of eviction", [])


def test_few_letters_of_a_guessed_encoding_are_western_ones():
    [name] = [one.name for one in reading.read(ACTION.replace("José", "Örn").encode("cp1252")).targets]
    assert name == "Mr Örn Muestra"


NOTE = "Shall we take this one on 4 May 2031?\nRuth"


@pytest.mark.parametrize(
    "forwarded",
    [
        f"{NOTE}\n\n" + "".join(f"> {line}\n" for line in ACTION.split("\n")),
        f"{NOTE}\n\n---------- Forwarded message ---------\nFrom: A <a@example.org>\nDate: 3 March 2031\n"
        f"Subject: Fwd: UA\nTo: b@example.org\n\n{ACTION}",
        f"{NOTE}\n\n-----Original Message-----\nFrom: A <a@example.org>\nSent: 3 March 2031\nTo: B\n"
        f"Subject: UA\n\n{ACTION}",
    ],
    ids=["quoted", "forwarded", "original message"],
)
def test_a_note_above_a_forwarded_document_is_shown_and_no_value(forwarded):
    draft, plain = reading.read(forwarded.encode()), reading.read(ACTION.encode())
    assert {**draft.as_json(), "doubts": []} == {**plain.as_json(), "doubts": []}
    shown = {line.number: line.text for line in draft.lines}
    assert [shown[number] for number in draft.unread][:2] == NOTE.split("\n")


def test_a_list_of_pages_above_a_document_is_no_title():
    draft = reading.read(f"Home\n1 2 3 Next\n\n{ACTION}\nPrevious\nNext\n".encode())
    assert (draft.title, len(draft.targets)) == ("Fear of eviction", 1)


def test_a_text_run_together_that_says_what_it_is_becomes_a_draft():
    text = "Amnesty International has learned that the baker was taken away. Nobody knows where he is. " * 12
    draft = reading.read(text.replace("\n", " ").encode())
    assert about(draft, doubts.NO_TARGETS) == [Value("targets")]
    assert reading.read(b"The baker's house\n\n3 May 2026\n\nHe has to leave it.\n").issued == date(2026, 5, 3)
