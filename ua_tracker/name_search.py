"""Finds names and e-mail addresses in the database, whatever their case and accents."""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain, islice

LONGEST_TEXT = 80
LONGEST_KEY = 60  # characters that are stored
MOST_WORDS = 32  # of one name
LAST = "\U0010ffff"  # the character after all others: texts that begin with `x` are below `x` + LAST


def pattern(text: str) -> str:
    """A regular expression for both databases that finds the text, ignoring case and accents.

    Each character is replaced by the set of all its forms, since neither database ignores accents. Only the first 80
    characters are used. Empty for a text without visible characters.
    """
    return "".join(f"{_forms(character)}[{_MARKS}]*" for character in folded(text))


def pattern_of_word(text: str) -> str:
    """As `pattern`, but finds the text only where a word begins, as `words` has them."""
    return f"{_BEGINS if _is_inside(folded(text)[:1]) else ''}{pattern(text)}"


def folded(text: str) -> str:
    """The text without case and accents, at most 80 characters of it."""
    return " ".join("".join(map(_folded, composed(text))).split())[:LONGEST_TEXT]


def key(name: str | None) -> str:
    """What a name is sorted by and found by, as it is stored: folded; empty without a name."""
    return folded(name or "")[:LONGEST_KEY]


def words(name: str | None, email: str | None) -> list[str]:
    """The texts besides its key by which a name is found, and its address: from each further word on to the end.

    A word begins after a space or a sign, at a sign, and at each character of a script that has no spaces.
    """
    whole = folded(name or "")
    begins = (place for place in range(1, len(whole)) if _begins(whole, place))
    found = dict.fromkeys(whole[place:][:LONGEST_KEY] for place in islice(begins, MOST_WORDS))
    if email:
        found[key(email)] = None
    return list(found)


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
_WITHOUT_SPACES = re.compile("[\u0e00-\u0e7f\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")  # Thai to Korean
_IN_WORD = re.compile(r"\w")
_BEGINS = r"(^|\W)"
_MARK = re.compile(f"[{_MARKS}]")


def _is_inside(character: str) -> bool:
    """Whether a word can go on with this character."""
    return bool(_IN_WORD.match(character)) and not _WITHOUT_SPACES.match(character)


def _begins(text: str, place: int) -> bool:
    before, character = text[place - 1], text[place]
    return character != " " and (not _is_inside(character) or not _IN_WORD.match(before))


@lru_cache(maxsize=4096)
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
