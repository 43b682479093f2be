"""What the importer reads in a document."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import DOCUMENTS
from ua_tracker import importing, refusals
from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.importing import layouts, reading
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.phone_numbers import numbers_in

SAMPLE = Path(importing.__file__).parent.parent / "samples" / "ua-109-23-second.md"


@pytest.fixture(scope="module")
def sample() -> importing.Draft:
    return reading.read(SAMPLE.read_bytes())


def test_the_samples_header_is_read(sample):
    assert (sample.ua_number, sample.sequence, sample.ai_index) == ("109/23", "second", "ASA 33/9519/2025")
    assert (sample.country, sample.issued) == ("Pakistan", date(2025, 6, 20))
    assert sample.title == "1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION"


def test_the_samples_demands_are_three_and_verbatim(sample):
    assert sample.demands == [
        "Renew the validity of Proof of Registration (PoR) cards for Afghan refugees.",
        "Withdraw the 'Illegal Foreigners' Repatriation Plan' and stop all forced returns to Afghanistan.",
        "Immediately end the ongoing crackdown on Afghans living in Pakistan.",
    ]


def test_the_samples_target_is_the_minister_alone(sample):
    assert sample.targets == [
        WrittenRecipient(
            role="Minister of Interior",
            name="Syed Mohsin Raza Naqvi",
            address_lines=["4th Floor, R Block, Pak Secretariat,", "Constitution Ave, G-5/1,", "Islamabad, Pakistan"],
            email=["secretary@interior.gov.pk"],
            x="@MohsinnaqviC42",
            salutation="Dear Honourable Minister,",
        )
    ]


def test_the_samples_copy_is_the_high_commissioner_alone(sample):
    assert sample.copies == [
        WrittenRecipient(
            role="High Commissioner",
            name="His Excellency Muhammad Saleem",
            address_lines=[
                "High Commission for the Islamic Republic of Pakistan",
                "10 Range Road",
                "Ottawa, ON K1N 8J3",
            ],
            phones=["(613) 238-7881", "(613) 238-7882", "(613) 238-7883"],
            fax=["(613) 238-7296"],
            email=["pahicottawa@mofa.gov.pk"],
        )
    ]


def test_the_samples_deadline_is_its_last_sentences_and_no_other_date(sample):
    assert sample.deadline == date(2025, 9, 15)
    assert sample.deadline_wording.startswith("Please take action as soon as possible until September 15, 2025.")


def test_the_samples_prose_is_kept_in_paragraphs_without_marks(sample):
    assert (len(sample.summary), len(sample.background)) == (3, 10)
    assert "PoR cards" not in sample.targets[0].address_lines
    assert not any(mark in text for text in sample.summary + sample.background for mark in ("*", "#", "](", "[", "]"))
    assert not any("take action" in text for text in sample.background)


def test_the_samples_office_is_the_one_to_ask_and_nobodys_target(sample):
    assert sample.office == WrittenRecipient(
        name="Urgent Action Office",
        address_lines=["3-1992 Yonge Street", "Toronto ON M4S 1Z7"],
        phones=["(416) 363-9933"],
        fax=["(416) 363-3103"],
        email=["urgentaction@amnesty.ca"],
    )


def test_every_value_of_the_sample_stands_beside_its_line_and_nothing_is_in_doubt(sample):
    assert sample.doubts == []
    lines = SAMPLE.read_text().splitlines()
    assert all(found.line <= len(lines) for found in sample.found)
    assert {found.line: found.field for found in sample.found}[lines.index("10 Range Road  ") + 1] == "copies"


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n\n\n\n" + text.rstrip("\n"),
        lambda text: text.replace("  \n", "\n"),
        lambda text: text.replace("*", "").replace("#", "").replace("\n- ", "\n• "),
        lambda text: text.replace("\n- ", "\n◼ ").replace(" ", "\u00a0"),
        lambda text: text.replace("refugees", "refu\u00adgees"),
    ],
    ids=["CRLF", "blank lines around", "no hard breaks", "plain text", "symbol bullets", "soft hyphens"],
)
def test_the_facts_survive_the_noise_of_editors_and_exports(sample, changed):
    noisy = reading.read(changed(SAMPLE.read_text()).encode())
    expected, found = sample.as_json(), noisy.as_json()
    for name in ("ua_number", "ai_index", "issued", "title", "demands", "targets", "copies", "deadline", "doubts"):
        assert found[name] == expected[name], name
    assert (len(found["summary"]), len(found["background"])) == (3, 10)


def test_a_windows_document_is_read_too(sample):
    text = SAMPLE.read_text().replace(
        "'Illegal Foreigners' Repatriation Plan'", "‘Illegal Foreigners’ Repatriation Plan’"
    )
    assert reading.read(text.encode("cp1252")).demands[1].startswith("Withdraw the ‘Illegal Foreigners’")
    assert reading.read(text.encode("utf-16")).deadline == sample.deadline


def test_a_first_issue_with_two_targets_in_plain_text():
    draft = reading.read((DOCUMENTS / "first-two-targets.txt").read_bytes())
    assert (draft.ua_number, draft.sequence, draft.ai_index) == ("07/26", "first", "AMR 37/0012/2026")
    assert (draft.country, draft.issued, draft.deadline) == ("Freedonia", date(2026, 2, 3), date(2026, 3, 17))
    assert draft.title == "TEACHER HELD WITHOUT CHARGE"
    assert draft.summary == ["Ana Lopez was taken from her school on January 12, 2026. Nobody has seen her since."]
    assert draft.demands[0] == "Tell her family where she is, and let them visit her."
    president, director = draft.targets
    assert (president.role, president.name) == ("President of the Republic", "Rufus T. Firefly")
    assert president.phones == ["+95 1 234 567", "+95 1 234 568"]
    assert president.email == ["president@example.org", "office@example.org"]
    assert (director.role, director.name, director.x) == ("Director of Prisons", "Dr. Chicolini Pinky", "@chicolini")
    [embassy] = draft.copies
    assert (embassy.name, embassy.role) == ("Embassy of Freedonia", None)
    assert embassy.address_lines == ["5 Embassy Row", "Ottawa ON K1A 0A1"]
    assert len(draft.background) == 1
    assert draft.doubts == []


def test_a_deadline_is_never_guessed():
    draft = reading.read((DOCUMENTS / "no-deadline.md").read_bytes())
    assert draft.deadline is None
    assert [str(doubt) for doubt in draft.doubts] == [
        "No deadline was found. The action stays a draft until a deadline is set."
    ]
    assert (draft.ua_number, draft.sequence) == ("60/16", "third")


@pytest.mark.parametrize(
    ("sentence", "deadline"),
    [
        ("Please act before September 15, 2025.", date(2025, 9, 15)),
        ("Please send letters as soon as possible until September 15, 2025.", date(2025, 9, 15)),
        ("Please take action until the 15th of September 2025.", date(2025, 9, 15)),
        ("Please take action until September 15, 2025 (extended from August 1, 2025).", date(2025, 9, 15)),
        ("Check with your section if sending appeals after 30 December 2025", date(2025, 12, 30)),
        ("PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 10 June 2019", date(2019, 6, 10)),
        ("Please send appeals before 27 September 2019.", date(2019, 9, 27)),
        ("This Urgent Action expires on June 1 2023", date(2023, 6, 1)),
        ("Please take action as soon as possible until 2025-09-15.", date(2025, 9, 15)),
        ("Please take action until June 1, 2025 or take action until June 2, 2025.", None),
        ("Please take action as soon as possible until 9/8/2025.", None),
        ("Please take action as soon as possible until February 30, 2025.", None),
        ("", None),
    ],
)
def test_the_wordings_of_a_deadline(sentence, deadline):
    text = SAMPLE.read_text().split("***Please")[0].replace("2025 Pakistan of June 20, 2025", "2025") + sentence
    draft = reading.read(text.encode())
    assert draft.deadline == deadline
    assert (deadline is None) == any("deadline" in str(doubt) for doubt in draft.doubts)


def test_a_deadline_before_the_issue_is_doubted():
    text = SAMPLE.read_text().replace("until September 15, 2025", "until September 15, 2024")
    assert "lies before the day of issue" in str(reading.read(text.encode()).doubts[0])


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"", refusals.EmptyDocument),
        (b" \n\t\n ", refusals.EmptyDocument),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", refusals.PictureFile),
        (bytes(range(256)), refusals.NotText),
        (b"Dear all,\n\nthe next meeting is on June 20, 2025.\n", refusals.NoUrgentAction),
        (b"Write to:\n\nMinister of Interior\n", refusals.NoUrgentAction),
        (b"x" * (512 * 1024 + 1), refusals.DocumentTooLarge),
    ],
    ids=["empty", "blank", "picture", "bytes", "minutes of a meeting", "no number", "too large"],
)
def test_what_is_no_urgent_action_gets_one_sentence(document, refusal):
    with pytest.raises(refusal) as raised:
        reading.read(document)
    assert len(str(raised.value).splitlines()) == 1


@given(st.binary(max_size=2000) | st.text(max_size=2000).map(str.encode))
def test_whatever_comes_is_read_or_refused(document):
    try:
        draft = reading.read(document)
    except refusals.Refusal:
        return
    assert draft.ua_number or draft.ai_index or draft.demands or draft.targets or draft.deadline


@given(st.lists(st.integers(0, 200), max_size=40))
def test_a_document_with_lines_lost_is_read_or_refused_and_invents_nothing(lost):
    lines = SAMPLE.read_text().splitlines()
    kept = [line for number, line in enumerate(lines) if number not in lost]
    try:
        draft = reading.read("\n".join(kept).encode())
    except refusals.Refusal:
        return
    assert draft.deadline in (None, date(2025, 9, 15))
    assert draft.issued in (None, date(2025, 6, 20))
    assert set(draft.demands) <= set(reading.read(SAMPLE.read_bytes()).demands)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_back_in_every_form(day):
    for form in (
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%B} {day.year}",
        f"{day.day} {day:%B}, {day.year}",
        f"{day:%B} {day.day} {day.year}",
        day.isoformat(),
        f"{day.day}. {day:%b}. {day.year}",
    ):
        assert [found.day for found in dates_in(f"until {form}.")] == [day], form


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(613) 238-7881, -7882, -7883", ["(613) 238-7881", "(613) 238-7882", "(613) 238-7883"]),
        ("+92 51 9212026; +92 51 9202624", ["+92 51 9212026", "+92 51 9202624"]),
        ("+98 21 1234 or 35", ["+98 21 1234", "+98 21 1235"]),
        ("none", []),
    ],
)
def test_short_endings_of_phone_numbers(text, numbers):
    assert numbers_in(text, layouts.language("english")).whole == numbers
