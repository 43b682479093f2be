"""Divides a line into which a program has run several: a banner, a title in capitals, headings, and the text behind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from ua_tracker.importing import countries, layouts
from ua_tracker.importing.emails import emails_in
from ua_tracker.importing.files.printed import BULLET
from ua_tracker.importing.header_places import INDEX
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases, words_of

_SHORTEST = 60  # characters of a line that may hold several
_LOOKED_AT = 4000  # characters
_WIDEST_GAP = 2  # spaces
_MOST_BULLETS = 100  # in a line
_MOST_MORE = 1000  # lines that are made: no document needs as many
_LEAST_WORDS = 2  # of a heading in capitals, and of a title
_MOST_OF_AN_ADDRESS = 60  # words
_CAPITALS = re.compile(r"(?<!\S)[^\sa-zß-öø-ÿ]+(?:\s+[^\sa-zß-öø-ÿ]+)+(?!\S)")
_YEAR_AND_WORD = re.compile(r"(?<=\b(?:19|20)[0-9]{2})(?=[A-ZÀ-ÖØ-Þ][^\W\d_]{3,}[\s,.:])")
_CAPITALS_AND_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ]{3,}(?: [A-ZÀ-ÖØ-Þ]{3,}){0,4}(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+\s)")
_OLD_NUMBER = re.compile(r"\b(?:UA|EXTRA|EX)\s?:?\s?[0-9]{1,3}/[0-9]{2}\b")
_COUNTRY = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}(?: [A-ZÀ-ÖØ-Þ]{2,}){0,4}\b")
_LONGEST_HEADER = 200  # characters of number, index and day, and of a title behind them
_ENDS_WITH_A_YEAR = re.compile(r"(?:19|20)[0-9]{2}\W*$")
_NO_WORDS = re.compile(r"(?:[^\s\w]*[0-9]+[^\s\w]*\s+)+")  # the year of a date that stands before them
# A bullet inside a line, a dash behind the end of a demand, and the number of the next one.
_INLINE_BULLET = re.compile(
    r"(?<=;)\s(?=(?:[0-9]{1,2}|[ivx]{1,4}|[a-h])[.)]\s)|\s(?=[•◼●▪■]\s)|(?<=[;:.])\s(?=[-–*]\s[^\W\d_])"
)
_NO_PART = re.compile(r"(?<!\s)\s+(?:\S|[^\s\w]+)$")  # `A` begins the sentence behind


def divided(lines: Sequence[Line]) -> list[Line]:
    """The lines, with those divided that hold several, and gaps between their parts; all are numbered anew then."""
    lines = [_spaced(line) for line in lines]
    parts = [
        list(_parts(line.text)) if len(line.text) >= _SHORTEST and not _has_columns(line) else [line.text]
        for line in lines
    ]
    more = sum(len(one) - 1 for one in parts)
    if not 0 < more <= _MOST_MORE:
        return list(lines)
    found: list[Line] = []
    for line, texts in zip(lines, parts, strict=True):
        if len(texts) == 1:
            found.append(replace(line, number=len(found) + 1))
            continue
        for place, text in enumerate(texts):
            mark = BULLET.match(text)
            is_bullet = bool(mark) or (line.bullet and place == 0)
            text = text[mark.end() :] if mark else text
            found.append(replace(line, text=text, number=len(found) + 1, cells=(), bullet=is_bullet))
            found.append(replace(line, text="", number=len(found) + 1, cells=(), heading=0, bullet=False))
    return found


def _spaced(line: Line) -> Line:
    """The line with the spaces that a program lost behind a year, and behind a country in capitals."""
    text = _YEAR_AND_WORD.sub(" ", line.text)
    found = _CAPITALS_AND_NAME.match(text)
    if found and any(countries.named(found[0], one) for one in layouts.languages()):
        text = f"{found[0]}    {text[found.end() :]}"
    return line if text == line.text else replace(line, text=text, cells=())


def _has_columns(line: Line) -> bool:
    """Whether a gap wider than one behind a full stop divides the line."""
    return any(after[0] - (before[0] + len(before[1])) > _WIDEST_GAP for before, after in pairwise(line.cells))


def _parts(text: str) -> Iterator[str]:
    """The parts of a line, in order: one where it holds only one."""
    for part in _INLINE_BULLET.split(text, _MOST_BULLETS):
        yield from _parts_without_bullets(part)


def _parts_without_bullets(text: str) -> Iterator[str]:
    *header, text = _old_header(text)
    yield from header
    *before, text = _heading_behind_a_sentence(text)
    yield from before
    place = 0
    for run in _CAPITALS.finditer(text[:_LOOKED_AT]):
        if run.start() < place or len(run[0]) == len(text):
            continue
        for start, end in _headings_in(text, *run.span()):
            if text[place:start].strip():
                yield text[place:start].strip()
            yield text[start:end].strip()
            place = end
    rest = text[place:].strip()
    if rest:
        yield from _address(rest) if place == 0 else (rest,)


def _heading_behind_a_sentence(text: str) -> list[str]:
    """The parts of `Write in your own words. Please send your appeals before 3 May to:`."""
    before, mark, last = text.rpartition(". ") if text.endswith(":") else ("", "", text)
    words = words_of(last)
    is_heading = bool(before) and last[:1].isupper() and _known_targets().end_of_heading(words) == len(words)
    return [f"{before}{mark.rstrip()}", last] if is_heading else [text]


def _old_header(text: str) -> list[str]:
    """The parts of `PUBLIC AI Index: ... UA 92/99 Fear for safety NAURU Peter Tamo ...`, of which each was a line."""
    index = INDEX.search(text[:_LONGEST_HEADER])
    number = _OLD_NUMBER.search(text, index.end(), _LONGEST_HEADER) if index else None
    if number is None or len(text) < _LONGEST_HEADER:
        return [text]
    for run in _COUNTRY.finditer(text, number.end(), number.end() + _LONGEST_HEADER):
        if any(countries.named(run[0], one) for one in layouts.languages()):
            places = [0, number.start(), run.start(), run.end(), len(text)]
            return [text[one:two].strip() for one, two in pairwise(places)]
    return [text]


def _headings_in(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The places of a banner and the title behind it, or of a heading, in words that are printed in capitals."""
    before = _NO_WORDS.match(text, start, end)
    start = before.end() if before else start
    capitals = _NO_PART.sub("", text[start:end])
    end = start + len(capitals)
    words = [word for word in capitals.split() if any(one.isalpha() for one in word)]
    if len(words) < _LEAST_WORDS or not _may_follow(text[end:].strip()):
        return []
    banner = layouts.banners().begin(capitals)
    if banner is not None:
        title = capitals[banner:].strip()
        is_title = title[:1].isalpha() and len(title.split()) >= _LEAST_WORDS
        return [(start, start + banner), (start + banner, end)] if is_title else []
    is_deadline = _known_deadlines().begin(capitals) is not None and _ENDS_WITH_A_YEAR.search(capitals)
    heading = layouts.section_headings().begin(capitals)  # `APPELLE AN` in `APPELLE AN PRÄSIDENT Rubén Muestra`
    if heading is not None and not is_deadline:
        end = start + heading
    return [(start, end)] if is_deadline or heading is not None else []


def _may_follow(text: str) -> bool:
    """Whether a sentence or an address can begin with this text, or nothing follows."""
    return not text or text[0].isupper() or text[0] in "\"“«‘'("


@cache
def _known_targets() -> Phrases:
    return Phrases(phrase for one in layouts.languages() for phrase in one.written("headings", "targets"))


@cache
def _known_deadlines() -> Phrases:
    return Phrases(phrase for one in layouts.languages() for phrase in one.written("sentences", "deadline"))


@cache
def _known_invitations() -> Phrases:
    return Phrases(phrase for one in layouts.languages() for phrase in one.written("sentences", "write_to"))


def _address(text: str) -> Iterator[str]:
    """`Please write to A B, Minister of C, 5 D Street. Email: ...` as a heading and the address."""
    end = _known_invitations().begin(text)
    rest = text[end:].strip() if end else ""
    is_address = rest[:1].isupper() and rest.count(",") >= _LEAST_WORDS and bool(emails_in(rest))
    if end and is_address and len(rest.split()) <= _MOST_OF_AN_ADDRESS:
        yield f"{text[:end]}:"
        yield rest
    else:
        yield text
