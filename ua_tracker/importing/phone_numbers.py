"""Reads phone and fax numbers as they are printed: whole, with short endings completed, or not at all."""

import re
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import NumberParseException

from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.words import key_of

_HYPHENS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-") | {"\u00a0": " ", "\u202f": " "}
)
_MOST_CHARACTERS = 600
_REMARK = re.compile(r"\([^()\d]{0,80}[^\W\d_][^()]{0,80}\)")
_NUMBER = re.compile(r"(?:\+\s?)?(?:\(\s?\+?\s?)?\d[\d ().-]*")
_ZIP = re.compile(r"\d{5}-\d{4}")  # of the USA
_SHORT = re.compile(r"^\s*[-/]?\s?(\d{1,5})\s*\.?$")
_PIECES = re.compile(r"[,;|•·\n]|(?<=\s)/|/(?=\s)|(?<=\s)[Il](?=\s|$)")
_ALONE = re.compile(r"[+(0][\d +()./-]{6,60}")
_CERTAIN_DIGITS = 9
_LEAST_DIGITS, _MOST_DIGITS, _MOST_ENDING, _LONGEST_AREA = 5, 17, 5, 5


@dataclass
class Numbers:
    """The numbers of a text as printed, and the texts that look like numbers and could not be read."""

    whole: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def numbers_in(text: str, layout: Layout, country: str | None = None) -> Numbers:
    """The numbers in a text like `(613) 238-7881, -7882 or 83`. A short number replaces the end of the first one.

    `country` is the code of the address's country: a number that can't be one there is strange.
    """
    numbers = Numbers()
    for piece in _pieces(text[:_MOST_CHARACTERS].translate(_HYPHENS), layout):
        _take(piece, numbers, layout, country)
    numbers.whole = list(dict.fromkeys(numbers.whole))
    return numbers


def trailing_number(text: str) -> tuple[str, str]:
    """The text, and a number at its end that can only be a phone number; "" if there is none."""
    plain = text.translate(_HYPHENS)
    if "/" in plain and _ALONE.fullmatch(plain) and _digits(plain) >= _CERTAIN_DIGITS:  # 020 7499 3304/2401
        return "", plain
    end = len(plain)
    start = end
    while start > 0 and (plain[start - 1].isdigit() or plain[start - 1] in " ().+-"):
        start -= 1
    number = plain[start:end].strip(" .-)")
    while start < end and plain[start] in " .)-":
        start += 1
    number = plain[start:end].strip()
    digits = _digits(number)
    is_certain = number.startswith(("+", "0", "(")) or digits >= _CERTAIN_DIGITS
    if digits < 7 or not is_certain or _ZIP.fullmatch(number) or (start and plain[start - 1].isalnum()):
        return text, ""
    return text[:start].rstrip(" ,;"), number


def _pieces(text: str, layout: Layout) -> list[str]:
    """The text divided at separators, and at the words of the language that join numbers."""
    text = _REMARK.sub(" ; ", text)
    words = layout.keys("phones", "separators")
    pieces = []
    for piece in _PIECES.split(text):
        current: list[str] = []
        for token in piece.split(" "):
            if key_of(token.strip(".:")) in words:
                pieces.append(" ".join(current))
                current = []
            else:
                current.append(token)
        pieces.append(" ".join(current))
    return [part for piece in pieces for part in _at_slashes(piece)]


def _at_slashes(piece: str) -> list[str]:
    """Divides at slashes, but not behind an area code, as in 030/123456."""
    parts = piece.split("/")
    done = [parts[0]]
    for part in parts[1:]:
        digits = _digits(done[-1])
        if part[:1].isdigit() and 2 <= digits <= _LONGEST_AREA and _digits(part) > _MOST_ENDING - 1:
            done[-1] = f"{done[-1]}/{part}"
        else:
            done.append(part)
    return done


def _take(piece: str, numbers: Numbers, layout: Layout, country: str | None) -> None:
    if not any(character.isdigit() for character in piece):
        return
    words = piece.split()
    if numbers.whole and key_of(words[0].strip(".:")) in layout.keys("phones", "extensions"):
        numbers.whole[-1] = f"{numbers.whole[-1]}, {' '.join(words)}"
        return
    short = _SHORT.match(piece)
    if short and numbers.whole and len(short[1]) < _MOST_ENDING:
        _complete(short[1], numbers, piece)
        return
    slash = "/" in piece
    found = list(_NUMBER.finditer(piece.replace("/", "-") if slash else piece))
    for place, number in enumerate(found):
        behind = piece[number.end() : found[place + 1].start() if place + 1 < len(found) else len(piece)]
        printed = _trimmed(piece[number.start() : number.end()])
        extension = _extension(behind, layout) if place + 1 >= len(found) or _digits(found[place + 1][0]) <= 5 else ""
        if extension and place + 1 < len(found):
            numbers.whole.append(f"{printed} {piece[number.end() :].strip()}")
            return
        _judge(printed, numbers, country)


def _extension(behind: str, layout: Layout) -> str:
    words = behind.split()
    return behind if words and key_of(words[0].strip(".:")) in layout.keys("phones", "extensions") else ""


def _complete(ending: str, numbers: Numbers, piece: str) -> None:
    """Replaces the last digits of the first number by these."""
    first = numbers.whole[0]
    if any(character.isalpha() for character in first) or _digits(first) <= len(ending):
        numbers.strange.append(piece.strip())
        return
    left, place = len(ending), len(first)
    while left:
        place -= 1
        left -= first[place].isdigit()
    numbers.whole.append(first[:place] + ending)


def _judge(printed: str, numbers: Numbers, country: str | None) -> None:
    digits = _digits(printed)
    if digits < _LEAST_DIGITS:
        if numbers.whole or digits >= 3:
            numbers.strange.append(printed)
        return
    if digits > _MOST_DIGITS or (printed.startswith("+") and not _is_possible(printed, country)):
        numbers.strange.append(printed)
    numbers.whole.append(printed)


def _is_possible(printed: str, country: str | None) -> bool:
    """Whether there is such a country code, and the number is not too long for it."""
    try:
        number = phonenumbers.parse(printed, country)
    except NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason not in (phonenumbers.ValidationResult.TOO_LONG, phonenumbers.ValidationResult.INVALID_COUNTRY_CODE)


def _trimmed(printed: str) -> str:
    """The number without what does not belong to it: points, hyphens and brackets that are not closed."""
    printed = printed.strip(" .-")
    while printed.endswith("(") or (printed.endswith(")") and "(" not in printed):
        printed = printed[:-1].rstrip(" .-")
    return printed[1:].lstrip() if printed.startswith("(") and ")" not in printed else printed


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
