"""What the importer reads in the sample when a line of it is changed."""

import textwrap
from datetime import date

import pytest

from tests.rules.test_importing import SAMPLE
from ua_tracker import importing
from ua_tracker.importing import reading


@pytest.fixture(scope="module")
def sample() -> importing.Draft:
    return reading.read(SAMPLE.read_bytes())


EMAIL = "Email: [secretary@interior.gov.pk](mailto:secretary@interior.gov.pk)  \n"


def variant(old: str, new: str) -> importing.Draft:
    text = SAMPLE.read_text()
    assert old in text
    return reading.read(text.replace(old, new, 1).encode())


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
    late = reading.read(text.replace(block, "", 1).replace(EMAIL, EMAIL + block, 1).encode())
    assert late.targets[0].address_lines == sample.targets[0].address_lines
    assert len(late.targets) == 1


def test_two_people_who_are_named_before_their_offices_are_two_targets():
    people = (
        "Ana Lopez\nChief Justice\nCourt Square 1\nIslamabad\n\nJo Marx\nProsecutor General\n2 Main Road\nIslamabad\n\n"
    )
    text = SAMPLE.read_text()
    block = text[text.index("Minister of Interior  \n") : text.index("#### **And copy")]
    draft = reading.read(text.replace(block, people, 1).encode())
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
    assert reading.read(text.encode()).deadline is None


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
    draft = reading.read(wrapped.encode())
    for name in ("ua_number", "ai_index", "title", "summary", "targets", "copies", "background", "deadline", "doubts"):
        assert getattr(draft, name) == getattr(sample, name), name
    assert draft.demands == sample.demands


def test_a_header_over_several_lines_and_a_title_in_small_letters():
    text = SAMPLE.read_text().replace(
        "Second UA: 109/23 Index: ASA 33/9519/2025 Pakistan of June 20, 2025",
        "Second UA: 109/23\nIndex: ASA 33/9519/2025\n\nPakistan of June 20, 2025",
    )
    title = "### **1.4 MILLION AFGHAN REFUGEES AT RISK OF DEPORTATION**"
    draft = reading.read(text.replace(title, "More than a million refugees\nat risk").encode())
    assert (draft.country, draft.issued) == ("Pakistan", date(2025, 6, 20))
    assert draft.title == "More than a million refugees at risk"
    assert len(draft.summary) == 3
