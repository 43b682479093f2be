"""Which characters a text may hold that people type or documents contain."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.rules.test_importing import SAMPLE
from ua_tracker.importing.reading import read
from ua_tracker.texts import is_whole, many_lines, one_line, printable

SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
# What turns the direction of the text after it (Unicode Standard Annex 9, explicit formatting).
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
NOBODY_SEES = {
    "a zero width space": "\u200b",
    "a mark of the byte order": "\ufeff",
    "an override of direction": "\u202e",
    "isolates": "\u2066\u2069",
    "marks of direction": "\u200e\u200f\u061c",
    "a soft hyphen": "\xad",
    "a joiner alone": "\u200d",
    "a non-joiner alone": "\u200c",
    "a noncharacter": "\uffff",
    "another": "\U0001fffe",
    "private use": "\ue000",
    "not assigned": "\u0378",
    "a surrogate": "\ud800",
    "Hangul fillers": "\u3164\u115f\uffa0",
    "a blank of Braille": "\u2800",
    "a variation alone": "\ufe0f",
    "tags alone": "\U000e0041",
    "control": "\x01\x7f\x9f",
    "an accent alone": "\u0301",
    "a grapheme joiner": "\u034f",
    "a vowel separator": "\u180e",
    "spaces": " \u3000\xa0\u2028",
}
SHAPED = {
    "Persian": "نمی\u200cخواهم",
    "Devanagari": "क\u094d\u200dष",
    "old Malayalam": "അവന\u0d4d\u200d",
    "Kannada": "ಕ\u0ccd\u200cಷ",
    "a family": "👨\u200d👩\u200d👧",
    "a heart on fire": "❤\ufe0f\u200d🔥",
    "an astronaut": "👩🏽\u200d🚀",
    "a flag of colours": "🏳\ufe0f\u200d🌈",
    "Scotland": SCOTLAND,
    "a health worker": "🧑\u200d⚕\ufe0f",
    "a key": "1\ufe0f\u20e3",
    "an old form": "葛\U000e0100",
    "an Arabic year": "\u0601١٤٤٧",
    "accents": "Zoë Ångström-O’Neill",
    "two scripts": "Ana آنا",
    "symbols": "≠ <3 & co.",
}
NO_NUMBERS = ["1_0", "１０", "١٠", "+5", " 5", "5 ", "5\n", "", "-", "0x5", "1e3", "5.0", "²", "9" * 19]


@pytest.mark.parametrize("unseen", NOBODY_SEES.values(), ids=NOBODY_SEES)
def test_a_name_loses_its_invisible_characters_and_a_name_of_nothing_else_is_none(unseen):
    assert one_line(unseen) is None
    assert many_lines(unseen) == ""
    assert one_line(f"A{unseen}B") in ("AB", "A B", "\u00c1B")
    assert many_lines(f"A\n{unseen}B").startswith("A\n")


@pytest.mark.parametrize("text", SHAPED.values(), ids=SHAPED)
def test_what_shapes_words_and_pictures_stays(text):
    assert one_line(text) == many_lines(text) == unicodedata.normalize("NFC", text)


def test_lines_stay_lines_whatever_parts_them():
    assert many_lines("a\r\nb\u2028c\x85d\te ") == "a\nb\nc\nd e"
    assert one_line("a\r\nb\u2028c\x85d\te ") == "a b c d e"


@given(some.text())
def test_cleaning_a_text_twice_changes_nothing_more(text):
    kept = one_line(text)
    assert kept is None or one_line(kept) == kept
    assert many_lines(many_lines(text)) == many_lines(text)
    for character in kept or "":
        assert unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}
        assert unicodedata.bidirectional(character) not in TURNING


@given(some.text())
def test_what_is_printed_loses_only_what_no_page_can_hold(text):
    assert printable(text) == "".join(character for character in text if printable(character))
    assert printable("a\r\n\tb\u202e🧑\u200d⚕\ufe0f") == "a\r\n\tb\u202e🧑\u200d⚕\ufe0f"


@pytest.mark.parametrize(
    "text", ["1_0", "１０", "١٠", "+5", " 5", "5 ", "5\n", "", "-", "0x5", "1e3", "5.0", "²", "9" * 19]
)
def test_only_the_digits_0_to_9_are_a_number(text):
    assert not is_whole(text)


@pytest.mark.parametrize("text", ["0", "007", "-3", "9" * 18])
def test_the_digits_0_to_9_are_a_number(text):
    assert is_whole(text)


def test_invisible_characters_are_removed_from_documents_too():
    hidden = SAMPLE.read_text().replace(" a", " \u202ea\u200b\uffff").replace(" t", " \u2066t\ue000\u2069")
    seen, plain = read(hidden.encode()), read(SAMPLE.read_bytes())
    assert (seen.title, seen.summary, seen.demands) == (plain.title, plain.summary, plain.demands)
    assert seen.targets == plain.targets
