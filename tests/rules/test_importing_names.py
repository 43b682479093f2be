"""Names and offices that stand in unusual places of an address."""

import pytest

from tests.rules.test_importing_addresses import ADDRESS, read, who
from ua_tracker.importing.draft import ONE_LINE, WHICH_IS_NAME, Value


@pytest.mark.parametrize(
    ("lines", "role", "name"),
    [
        ("His Excellency the President Ali Misal", "His Excellency the President", "Ali Misal"),
        ("Hon. Attorney General\nAttorney General's Department", "Hon. Attorney General", None),
        ("Governor\nGovernor's Office", "Governor", None),
    ],
)
def test_an_honorific_before_an_office_makes_it_no_name(lines, role, name):
    assert who(f"{lines}\n{ADDRESS}") == [(role, name)]


def test_a_name_between_a_body_and_its_street_is_a_doubt():
    draft = read(f"Chairwoman\nHuman Rights Commission\nAna Misal\n{ADDRESS}")
    assert draft.targets[0].name is None
    assert [(one.sentence, one.about) for one in draft.doubts if one.about == Value("targets", 0)] == [
        (WHICH_IS_NAME, Value("targets", 0))
    ]


def test_a_body_before_its_office_begins_a_new_address():
    block = f"Minister of Wells\nMr Ali Misal\n{ADDRESS}Email: wells@example.org\n"
    draft = read(f"{block}Embassy of Niger in Chad\nAmbassador Ana Misal\n7 Palm Street\nNdjamena, Chad\n")
    assert [one.name for one in draft.targets] == ["Mr Ali Misal", "Ana Misal"]
    assert draft.targets[1].address_lines[0] == "Embassy of Niger in Chad"


def test_a_heading_behind_a_sentence_of_its_line_begins_the_addresses():
    heading = "Write in your own words, or use the letter below. Please send your appeals before 14 May 2026 to:"
    draft = read(f"Mayor\nMr Ali Misal\n{ADDRESS}", heading)
    assert [one.name for one in draft.targets] == ["Mr Ali Misal"]
    assert str(draft.deadline) == "2026-05-14"


def test_two_lines_with_the_look_of_a_name_are_a_doubt():
    draft = read(f"Director\nBashi Gonganju\nAna Misal\n{ADDRESS}")
    assert draft.targets[0].role == "Director"
    assert (WHICH_IS_NAME, Value("targets", 0)) in [(one.sentence, one.about) for one in draft.doubts]
    assert (
        read(f"Director\nMr Ali Misal\nWater Board\n{ADDRESS}").doubts == read(f"Mayor\nMr A Misal\n{ADDRESS}").doubts
    )


def test_an_address_without_office_and_name_is_a_doubt():
    draft = read("Keeper and Warden Ana Misal Numéro 4 Well Road, Misal 99999, Niger Fax: +227 20 72 37 77")
    [target] = draft.targets
    assert (target.role, target.name, target.fax) == (None, None, ["+227 20 72 37 77"])
    assert (WHICH_IS_NAME, Value("targets", 0)) in [(one.sentence, one.about) for one in draft.doubts]


def test_a_salutation_with_all_that_stands_behind_it_is_a_doubt():
    lines = " ".join(["Salutation: Dear Mayor", *["and Mr Abdou Misal of the Water Board"] * 3])
    draft = read(f"Mayor\nMr Ali Misal\n{ADDRESS}{lines}")
    assert draft.targets[0].salutation is None
    assert Value("targets", 0, "salutation") in [one.about for one in draft.doubts]


def test_a_name_ends_before_its_street_on_a_line_that_holds_all():
    [target] = read("Mayor Mr Ali Misal Avenue of Wells 5, Niamey, Niger").targets
    assert (target.name, target.address_lines) == ("Mr Ali Misal", ["Avenue of Wells 5, Niamey, Niger"])


def test_a_whole_address_that_nothing_divides_is_a_doubt():
    draft = read("Mayor Mr Ali Misal Old Town Hall of Wells Quarter of the Potters Niamey 8001 Republic of Niger")
    assert (ONE_LINE, Value("targets", 0)) in [(one.sentence, one.about) for one in draft.doubts]
