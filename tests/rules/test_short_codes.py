"""Short codes: read back as they were made, in small and capital letters, and never for another action or group."""

import pytest

from tests.factories import NOON, a_group, an_action
from ua_tracker import refusals, short_codes
from ua_tracker.models import Action, Group


def test_a_code_is_found_with_and_without_a_group_in_small_and_capital_letters(session):
    action, group = an_action(session), a_group(session)
    for code in (short_codes.code_of(action, group), short_codes.code_of(action, group).upper()):
        assert short_codes.find(session, code, NOON) == (action, group)
    assert short_codes.find(session, short_codes.code_of(action), NOON) == (action, None)


def test_one_wrong_digit_and_two_that_are_exchanged_lead_nowhere(session):
    """Also when an action or a group has the number that was typed."""
    made = {f"{action}{short_codes._letter(str(action), str(group))}{group}" for action in range(1, 100, 7)
            for group in range(1, 100)}  # fmt: skip
    for code in made:
        digits = [place for place, character in enumerate(code) if character.isdigit()]
        wrong = {code[:place] + digit + code[place + 1 :] for place in digits for digit in "0123456789"}
        wrong |= {code[:place] + code[place + 1] + code[place] + code[place + 2 :] for place in digits[:-1]
                  if place + 1 in digits}  # fmt: skip
        assert made & wrong <= {code}


@pytest.mark.parametrize("code", ["1c", "1b9", "2c", "1n2", "999999999b", "1d0"])
def test_a_code_that_nobody_made_is_refused(session, code):
    an_action(session), a_group(session)
    with pytest.raises(refusals.NoSuchAction):
        short_codes.find(session, code, NOON)


def test_a_draft_has_no_code_that_leads_to_it(session):
    draft = an_action(session, published_at=None)
    with pytest.raises(refusals.NoSuchAction):
        short_codes.find(session, short_codes.code_of(draft), NOON)


def test_a_code_has_no_letter_that_looks_like_a_digit_and_stays_short():
    assert not set("ilo") & set(short_codes.LETTERS)
    assert len(short_codes.LETTERS) == len(set(short_codes.LETTERS)) == 23
    assert len(short_codes.code_of(Action(id=417), Group(id=93))) == 6
