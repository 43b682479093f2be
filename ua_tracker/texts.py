"""Cleans text from forms and documents: keeps visible characters and those that shape them, removes all others.

Invisible characters make two names look alike, make a name look empty, or reverse the order of a line (Unicode UTS 39;
CVE-2021-42574). They are removed from all input: by the forms' filters (`web/forms/fields.py`), by the importer
(`importing/text.py`) and by the rules that commands call.
"""

import re
import unicodedata

_WHOLE = re.compile(r"-?[0-9]{1,18}")
# Categories that are removed: control, format, surrogate, private use, not assigned (includes noncharacters).
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Visible format characters: they enclose the digits that follow (Unicode, Prepended_Concatenation_Mark).
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Letters and marks by category, but invisible (Unicode, Default_Ignorable_Code_Point).
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_BLANK_PATTERN = "\u2800"
_JOINERS, _JOINER = "\u200c\u200d", "\u200d"
_VARIATIONS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # a flag such as Scotland's: invisible letters and an end mark
_SHAPING = re.compile(f"{_FLAG}|[{_JOINERS}{_VARIATIONS}\U000e0020-\U000e007f]")
_TAGS = range(0xE0020, 0xE0080)
# Scripts whose letters are not shaped by joiners.
_UNSHAPED = ("LATIN", "GREEK", "CYRILLIC", "CJK", "HANGUL", "HIRAGANA", "KATAKANA")
# Scripts whose letters have no variants for a variation selector to choose.
_ONE_FORM = ("LATIN", "GREEK", "CYRILLIC")
_VIRAMA = 9  # the combining class of the virama, after which a joiner distinguishes consonant clusters
# Characters that are invalid in HTML (2023, 13.1.4: controls and noncharacters), XML 1.0 (2.2) or mails.
_FORBIDDEN = "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_HIGH = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
_NOT_PRINTED = re.compile(f"[{_FORBIDDEN}{_HIGH}]")
_DOUBTFUL = re.compile(f"[{_FORBIDDEN}\U00010000-\U0010ffff]")  # a quick test, ten times as fast, that most texts pass


def one_line(text: str | None) -> str | None:
    """The text on one line: composed (NFC), with single spaces, without invisible characters.

    A text without visible characters becomes None.
    """
    if not text:
        return None
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) or None
    kept = " ".join(_seen(" ".join(text.split())).split())
    return kept if _shows_something(kept) else None


def many_lines(text: str | None) -> str:
    """The text on several lines, separated by line feeds: each cleaned like `one_line`, but with its spaces as typed.

    A text without visible characters becomes empty.
    """
    lines = [_seen(line.replace("\t", " ")).rstrip() for line in (text or "").splitlines()]
    kept = "\n".join(lines).strip("\n")
    return kept if _shows_something(kept) else ""


def is_whole(text: str) -> bool:
    """Whether the text is a whole number: 1 to 18 digits 0 to 9, with a hyphen before a negative number.

    Python's int() also accepts `1_0`, `+5`, surrounding spaces, and digits of other scripts.
    """
    return _WHOLE.fullmatch(text) is not None


def printable(text: str) -> str:
    """The text without characters that are invalid in HTML, XML or mails. All others are kept."""
    return _NOT_PRINTED.sub("", text) if _DOUBTFUL.search(text) else text


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    left = "".join(character for character in text.replace(_BLANK_PATTERN, " ") if _may_stay(character))
    return unicodedata.normalize("NFC", _SHAPING.sub(_shaping, left))


def _may_stay(character: str) -> bool:
    """Whether the character may be part of a text. Characters that shape others are checked by `_shaping`."""
    if character in _JOINERS or ord(character) in _TAGS or character in _SEEN_FORMATS:
        return True
    return unicodedata.category(character) not in _UNSEEN and character not in _BLANK_LETTERS


def _shaping(found: re.Match[str]) -> str:
    """The character if it shapes the characters beside it, else an empty text."""
    character, before = found[0], found.string[found.start() - 1 : found.start()]
    after = found.string[found.end() : found.end() + 1]
    if len(character) > 1:
        return character
    if character in _JOINERS:
        return character if _joins(character, before, after) else ""
    if ord(character) in _TAGS or not _shows_something(before):
        return ""
    return "" if unicodedata.name(before, "").startswith(_ONE_FORM) else character


def _joins(character: str, before: str, after: str) -> bool:
    """Whether a joiner shapes letters, or joins two pictures to one (RFC 5892, A.1 and A.2; Unicode UTS 51)."""
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    if _is_letter(before) and _is_letter(after):
        return not unicodedata.name(before, "").startswith(_UNSHAPED)
    return character == _JOINER and _is_picture(before) and _is_picture(after)


def _is_letter(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "LM"


def _is_picture(character: str) -> bool:
    """Whether the character can be joined in an emoji: a picture, a skin tone, or a variation selector."""
    return bool(character) and (character == "\ufe0f" or unicodedata.category(character) in {"So", "Sk"})


def _shows_something(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)
