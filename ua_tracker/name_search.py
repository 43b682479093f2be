"""Finds names and e-mail addresses in the database, whatever their case and accents."""

import re
import unicodedata
from functools import cache
from itertools import chain

LONGEST_TEXT = 80


def pattern(text: str) -> str:
    """A regular expression for both databases that finds the text, ignoring case and accents.

    Each character is replaced by the set of all its forms, since neither database ignores accents. Only the first 80
    characters are used. Empty for a text without visible characters.
    """
    folded = " ".join("".join(map(_folded, composed(text))).split())[:LONGEST_TEXT]
    return "".join(f"{_forms(character)}[{_MARKS}]*" for character in folded)


def composed(text: str) -> str:
    """The text in the form in which names are stored (Unicode NFC), without NUL."""
    return unicodedata.normalize("NFC", text.replace("\0", ""))


# Latin, Greek and Cyrillic accents, Arabic vowels, voicing marks of kana: names are written with and without them.
_MARKS = "\u0300-\u036f\u064b-\u065f\u3099\u309a"
# The ranges of the characters that have a case or such marks; Chinese and Korean are between them.
_CASED = (
    range(0xA1, 0x3200),
    range(0xA640, 0xAC00),
    range(0xFF00, 0xFF61),
    range(0x10400, 0x12000),
    range(0x16E00, 0x17000),
    range(0x1E900, 0x1EA00),
)
_MARK = re.compile(f"[{_MARKS}]")


def _folded(character: str) -> str:
    """The character without accents and case. One that would become several characters (ß) stays one."""
    bare = _bare(character)
    folded = bare.casefold()
    return folded if len(folded) == len(bare) else bare.lower()


def _bare(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    left = _MARK.sub("", parts)
    return unicodedata.normalize("NFC", left) if left != parts else character


@cache
def _other_forms() -> dict[str, str]:
    """The other forms of each character: accented letters, and symbols like ≠, which is = with a stroke."""
    found: dict[str, str] = {}
    for character in map(chr, chain.from_iterable(_CASED)):
        if (unicodedata.decomposition(character) or character.casefold() != character) and _folded(
            character
        ) != character:
            found[_folded(character)] = found.get(_folded(character), "") + character
    return found


def _forms(character: str) -> str:
    if character.isascii() and not character.isalpha() and character not in _other_forms():
        return re.escape(character)
    both = "".join({form for form in (character, character.upper(), character.title()) if len(form) == 1})
    return f"[{both}{_other_forms().get(character, '')}]"
