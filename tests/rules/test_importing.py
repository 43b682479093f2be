"""What the importer reads in a document."""

import textwrap
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import DOCUMENTS
from ua_tracker import importing, refusals
from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.importing.contacts import phone_numbers
from ua_tracker.importing.dates import dates_in

SAMPLE = Path(importing.__file__).parent.parent / "samples" / "ua-109-23-second.md"


@pytest.fixture(scope="module")
def sample() -> importing.Draft:
    return importing.read(SAMPLE.read_bytes())


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
    noisy = importing.read(changed(SAMPLE.read_text()).encode())
    expected, found = sample.as_json(), noisy.as_json()
    for name in ("ua_number", "ai_index", "issued", "title", "demands", "targets", "copies", "deadline", "doubts"):
        assert found[name] == expected[name], name
    assert (len(found["summary"]), len(found["background"])) == (3, 10)


def test_a_windows_document_is_read_too(sample):
    text = SAMPLE.read_text().replace(
        "'Illegal Foreigners' Repatriation Plan'", "‘Illegal Foreigners’ Repatriation Plan’"
    )
    assert importing.read(text.encode("cp1252")).demands[1].startswith("Withdraw the ‘Illegal Foreigners’")
    assert importing.read(text.encode("utf-16")).deadline == sample.deadline


def test_a_first_issue_with_two_targets_in_plain_text():
    draft = importing.read((DOCUMENTS / "first-two-targets.txt").read_bytes())
    assert (draft.ua_number, draft.sequence, draft.ai_index) == ("07/26", "first", "AMR 37/0012/2026")
    assert (draft.country, draft.issued, draft.deadline) == ("Freedonia", date(2026, 2, 3), date(2026, 3, 17))
    assert draft.title == "TEACHER HELD WITHOUT CHARGE"
    assert draft.summary == ["Ana Lopez was taken from her school on January 12, 2026. Nobody has seen her since."]
    assert draft.demands[0] == "Tell her family where she is, and let them visit her."
    president, director = draft.targets
    assert (president.role, president.name) == ("President of the Republic", "Rufus T. Firefly")
    assert president.phones == ["+99 1 234 567", "+99 1 234 568"]
    assert president.email == ["president@example.org", "office@example.org"]
    assert (director.role, director.name, director.x) == ("Director of Prisons", "Dr. Chicolini Pinky", "@chicolini")
    [embassy] = draft.copies
    assert (embassy.name, embassy.role) == (None, None)
    assert embassy.address_lines == ["Embassy of Freedonia", "5 Embassy Row", "Ottawa ON K1A 0A1"]
    assert len(draft.background) == 1
    assert draft.doubts == []


def test_a_deadline_is_never_guessed():
    draft = importing.read((DOCUMENTS / "no-deadline.md").read_bytes())
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
    draft = importing.read(text.encode())
    assert draft.deadline == deadline
    assert (deadline is None) == any("deadline" in str(doubt) for doubt in draft.doubts)


def test_a_deadline_before_the_issue_is_doubted():
    text = SAMPLE.read_text().replace("until September 15, 2025", "until September 15, 2024")
    assert "lies before the day of issue" in str(importing.read(text.encode()).doubts[0])


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"", refusals.EmptyDocument),
        (b" \n\t\n ", refusals.EmptyDocument),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", refusals.NotText),
        (bytes(range(256)), refusals.NotText),
        (b"Dear all,\n\nthe next meeting is on June 20, 2025.\n", refusals.NoUrgentAction),
        (b"Write to:\n\nMinister of Interior\n", refusals.NoUrgentAction),
        (b"x" * (importing.MOST_BYTES + 1), refusals.DocumentTooLarge),
    ],
    ids=["empty", "blank", "picture", "bytes", "minutes of a meeting", "no number", "too large"],
)
def test_what_is_no_urgent_action_gets_one_sentence(document, refusal):
    with pytest.raises(refusal) as raised:
        importing.read(document)
    assert len(str(raised.value).splitlines()) == 1


EMAIL = "Email: [secretary@interior.gov.pk](mailto:secretary@interior.gov.pk)  \n"


def variant(old: str, new: str) -> importing.Draft:
    text = SAMPLE.read_text()
    assert old in text
    return importing.read(text.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    "line",
    [
        "Website: www.interior.gov.pk",
        "Facebook: /interior",
        "(only by e-mail)",
        "Contact Form: interior.gov.pk/ask",
        "Instagram: @interior",
    ],
)
def test_a_strange_line_among_the_contacts_is_doubted_and_makes_no_target(sample, line):
    draft = variant(EMAIL, f"{EMAIL}{line}\n")
    assert draft.targets == sample.targets
    assert len(draft.doubts) == 1
    assert line[:12] in str(draft.doubts[0])


@pytest.mark.parametrize(
    "lines",
    [
        "Email: secretary@\ninterior.gov.pk\n",
        "Email: secretary-\noffice@interior.gov.pk\n",
        "Email: secretary@interior. gov.pk\n",
        "Email: [email protected]\n",
        "Email: secretary (at) interior.gov.pk\n",
    ],
)
def test_a_cut_or_masked_address_is_doubted_and_never_half_taken(lines):
    draft = variant(EMAIL, lines)
    assert draft.targets[0].email == []
    assert len(draft.targets) == 1
    assert draft.doubts


def test_a_wrapped_salutation_and_a_late_address_stay_with_their_target(sample):
    wrapped = variant("*Salutation: Dear Honourable Minister,*", "Salutation: Dear Honourable\nMinister of Interior,")
    assert wrapped.targets[0].salutation == "Dear Honourable Minister of Interior,"
    assert len(wrapped.targets) == 1
    text = SAMPLE.read_text()
    block = text[text.index("4th Floor") : text.index("Email:")]
    late = importing.read(text.replace(block, "", 1).replace(EMAIL, EMAIL + block, 1).encode())
    assert late.targets[0].address_lines == sample.targets[0].address_lines
    assert len(late.targets) == 1


def test_two_people_who_are_named_before_their_offices_are_two_targets():
    people = (
        "Ana Lopez\nChief Justice\nCourt Square 1\nIslamabad\n\nJo Marx\nProsecutor General\n2 Main Road\nIslamabad\n\n"
    )
    text = SAMPLE.read_text()
    block = text[text.index("Minister of Interior  \n") : text.index("#### **And copy")]
    draft = importing.read(text.replace(block, people, 1).encode())
    assert [(to.name, to.role, len(to.address_lines)) for to in draft.targets] == [
        ("Ana Lopez", "Chief Justice", 2),
        ("Jo Marx", "Prosecutor General", 2),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Please send a copy to:",
        "Please send copies to:",
        "And please copy:",
        "Please copy:",
        "Please also copy:",
        "CC:",
        "And copy",
        "Copy your letter to:",
        "With a copy to:",
        "Also send copies to diplomatic representatives accredited to your country:",
    ],
)
def test_the_headings_of_copies(sample, heading):
    draft = variant("#### **And copy:**", heading)
    assert (draft.targets, draft.copies, draft.doubts) == (sample.targets, sample.copies, [])


def test_what_follows_a_strange_heading_is_nobodys_address(sample):
    draft = variant("#### **And copy:**", "#### **For your information:**")
    assert (draft.targets, draft.copies) == (sample.targets, [])
    assert "For your information" in str(draft.doubts[0])


@pytest.mark.parametrize(
    "paragraph",
    [
        "The United Nations asked Pakistan to take action by July 31, 2025.",
        "His lawyers must send the appeal before July 31, 2025.",
        "The family will write letters to the court until July 31, 2025.",
        "- Take action to end the crackdown by July 1, 2025.",
    ],
)
def test_a_date_that_is_nobodys_deadline_is_not_taken(paragraph):
    text = SAMPLE.read_text().split("***Please")[0] + paragraph + "\n"
    assert importing.read(text.encode()).deadline is None


def test_a_demand_with_a_date_stays_a_demand(sample):
    demand = "Take action to end the crackdown by July 1, 2025."
    draft = variant("Immediately end the ongoing crackdown on Afghans living in Pakistan.", demand)
    assert draft.demands[2] == demand
    assert draft.deadline == sample.deadline


@pytest.mark.parametrize(
    ("header", "sequence"),
    [
        ("STOP ACTION – UA: 109/23", "stop action"),
        ("Stop Action on UA: 109/23", "stop action"),
        ("Final update to UA 109/23", "stop action"),
        ("Good news: UA 109/23", "stop action"),
        ("Further information on UA: 109/23", "further information"),
        ("Second Update UA: 109/23", "further information"),
        ("2nd UA: 109/23", "second"),
        ("Eleventh UA: 109/23", "eleventh"),
        ("UA: 109/23", None),
        ("Renewed UA: 109/23", None),
    ],
)
def test_which_issue_of_the_case_a_document_is(header, sequence):
    draft = variant("Second UA: 109/23", header)
    assert (draft.ua_number, draft.sequence) == ("109/23", sequence)
    assert any("Which issue" in str(doubt) for doubt in draft.doubts) == (header == "Renewed UA: 109/23")


def test_wrapped_plain_text_is_read_as_its_paragraphs_are(sample):
    text = SAMPLE.read_text().replace("*", "").replace("#", "")
    whole = ("-", "Tel", "Urgent", "Second")
    wrapped = "\n".join(
        textwrap.fill(line, 60, break_on_hyphens=False, break_long_words=False)
        if not line.startswith(whole) and line.strip()
        else line
        for line in text.splitlines()
    )
    draft = importing.read(wrapped.encode())
    for name in ("ua_number", "ai_index", "title", "summary", "targets", "copies", "background", "deadline", "doubts"):
        assert getattr(draft, name) == getattr(sample, name), name
    assert draft.demands == sample.demands


def test_a_header_over_several_lines_and_a_title_in_small_letters():
    text = SAMPLE.read_text().replace(
        "Second UA: 109/23 Index: ASA 33/9519/2025 Pakistan of June 20, 2025",
        "Second UA: 109/23\nIndex: ASA 33/9519/2025\n\nPakistan of June 20, 2025",
    )
    title = "### **1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION**"
    draft = importing.read(text.replace(title, "More than a million refugees\nat risk").encode())
    assert (draft.country, draft.issued) == ("Pakistan", date(2025, 6, 20))
    assert draft.title == "More than a million refugees at risk"
    assert len(draft.summary) == 3


@given(st.binary(max_size=2000) | st.text(max_size=2000).map(str.encode))
def test_whatever_comes_is_read_or_refused(document):
    try:
        draft = importing.read(document)
    except refusals.Refusal:
        return
    assert draft.ua_number or draft.ai_index


@given(st.lists(st.integers(0, 200), max_size=40))
def test_a_document_with_lines_lost_is_read_or_refused_and_invents_nothing(lost):
    lines = SAMPLE.read_text().splitlines()
    kept = [line for number, line in enumerate(lines) if number not in lost]
    try:
        draft = importing.read("\n".join(kept).encode())
    except refusals.Refusal:
        return
    assert draft.deadline in (None, date(2025, 9, 15))
    assert draft.issued in (None, date(2025, 6, 20))
    assert set(draft.demands) <= set(importing.read(SAMPLE.read_bytes()).demands)


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
        assert [found for found, _, _ in dates_in(f"until {form}.")] == [day], form


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
    assert phone_numbers(text) == numbers
