"""What may a text hold that people type or documents bring? What can be seen, and what shapes it; nothing else.

Signs that no eye sees make two names look alike, a name look empty, or a line read backwards (Unicode UTS 39;
CVE-2021-42574). They are taken out of every text on its way in: by the forms' filters (`web/forms/fields.py`), by the
reader of documents (`importing/text.py`) and by the rules that a command calls.
"""

import re
import unicodedata

_WHOLE = re.compile(r"-?[0-9]{1,18}")
# No code that text is made of: control, format, surrogate, private use, not assigned (which has the noncharacters).
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Format signs that are seen: they stand around the digits behind them (Unicode, Prepended_Concatenation_Mark).
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Letters and marks by their category, blank by their nature (Unicode, Default_Ignorable_Code_Point).
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_BLANK_PATTERN = "\u2800"
_JOINERS, _JOINER = "\u200c\u200d", "\u200d"
_VARIATIONS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # as of Scotland: letters that nobody sees, and an end
_SHAPING = re.compile(f"{_FLAG}|[{_JOINERS}{_VARIATIONS}\U000e0020-\U000e007f]")
_TAGS = range(0xE0020, 0xE0080)
# Scripts whose letters no joiner shapes.
_UNSHAPED = ("LATIN", "GREEK", "CYRILLIC", "CJK", "HANGUL", "HIRAGANA", "KATAKANA")
# Letters that have no other form for a variation to choose.
_ONE_FORM = ("LATIN", "GREEK", "CYRILLIC")
_VIRAMA = 9  # the combining class of the sign after which a joiner tells one consonant cluster from another
# What neither HTML (2023, 13.1.4: controls and noncharacters) nor XML 1.0 (2.2) nor a mail can hold.
_FORBIDDEN = "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_HIGH = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
_NOT_PRINTED = re.compile(f"[{_FORBIDDEN}{_HIGH}]")
_DOUBTFUL = re.compile(f"[{_FORBIDDEN}\U00010000-\U0010ffff]")  # ten times as fast, and nearly always enough


def one_line(text: str | None) -> str | None:
    """Text as it is kept on one line: composed (NFC), single spaces, without what no eye sees.

    A text with nothing to see becomes None.
    """
    if not text:
        return None
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) or None
    kept = " ".join(_seen(" ".join(text.split())).split())
    return kept if _shows_something(kept) else None


def many_lines(text: str | None) -> str:
    """Text as it is kept on many lines: each as `one_line` keeps it, its spaces as typed, a line feed between.

    A text with nothing to see becomes an empty one.
    """
    lines = [_seen(line.replace("\t", " ")).rstrip() for line in (text or "").splitlines()]
    kept = "\n".join(lines).strip("\n")
    return kept if _shows_something(kept) else ""


def is_whole(text: str) -> bool:
    """Whether the text is a whole number of the digits 0 to 9, up to 18 of them, below zero with a hyphen.

    Python's int() also takes `1_0`, `+5`, spaces around, and the digits of every script.
    """
    return _WHOLE.fullmatch(text) is not None


def printable(text: str) -> str:
    """The text without the signs that no page, no XML and no mail can hold; all else stays as it is stored."""
    return _NOT_PRINTED.sub("", text) if _DOUBTFUL.search(text) else text


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    left = "".join(character for character in text.replace(_BLANK_PATTERN, " ") if _may_stay(character))
    return unicodedata.normalize("NFC", _SHAPING.sub(_shaping, left))


def _may_stay(character: str) -> bool:
    """Whether the sign can be a part of text; of those that only shape others it is seen later."""
    if character in _JOINERS or ord(character) in _TAGS or character in _SEEN_FORMATS:
        return True
    return unicodedata.category(character) not in _UNSEEN and character not in _BLANK_LETTERS


def _shaping(found: re.Match[str]) -> str:
    """The sign, where it shapes what stands beside it; nothing where it is only hidden there."""
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
    """Whether a joiner shapes letters, or makes one picture of two (RFC 5892, A.1 and A.2; Unicode UTS 51)."""
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    if _is_letter(before) and _is_letter(after):
        return not unicodedata.name(before, "").startswith(_UNSHAPED)
    return character == _JOINER and _is_picture(before) and _is_picture(after)


def _is_letter(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "LM"


def _is_picture(character: str) -> bool:
    """Whether the sign can stand beside a joiner in an emoji: a picture, its colour of skin, or its variation."""
    return bool(character) and (character == "\ufe0f" or unicodedata.category(character) in {"So", "Sk"})


def _shows_something(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)
