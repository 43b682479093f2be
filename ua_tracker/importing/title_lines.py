"""Finds the line that looks most like a title, where no label and no banner names one."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ua_tracker.importing import countries, evidence, labels, layouts
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.office import is_office
from ua_tracker.importing.sections import is_greeting
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import keys_of

_LONGEST = 220  # characters
_SHORTEST_WORD = 6  # letters of a title of one word
_MOST_LINES = 4
_MOST_WORDS = 14  # of a title that a page shows in capitals and holds in small letters
_PROSE = 60  # characters
_ENOUGH, _SURE = 2, 4
_CONTACTS = frozenset({"phones", "fax", "phones_and_fax", "email", "salutation"})
_REST_OF_A_DATE = re.compile(r"(?:[^\W\d_]{3,12}\s)?(?:19|20)[0-9]{2}\b")
_LOUD = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}(?: [A-ZÀ-ÖØ-Þ]{2,}){0,4}\b")
_BETWEEN_ENTRIES = re.compile(r"\s[>›»|]\s")  # `Home > Take action`
_REFERENCE = re.compile(
    r"(?<![\s–—-])[\s–—-]*\b[A-Z]{3}\s?[0-9]{3}\s?/\s?[0-9]{3,4}\s?/\s?OBS\s?[0-9]{3}(?:\.[0-9]{1,2})?\s*$"
)
_BEHIND_A_DASH = re.compile(r"[)\t]\s{0,3}[-–—]\s([^()\t]{4,})$")
_BEHIND_A_COUNTRY = re.compile(r"\s?[:：]\s+|\s[-–—]\s|\.\s+(?=[^\W\d_a-z])")


@dataclass(frozen=True)
class Candidate:
    """Lines that may be the title, the title itself, the country that stands before it, and what speaks for them."""

    lines: tuple[Line, ...]
    text: str
    country: str | None
    score: float

    @property
    def is_sure(self) -> bool:
        """Whether the line has the look of a title, and not only its place."""
        return self.score >= _SURE


def likeliest(lines: Sequence[Line], used: Collection[int], layout: Layout) -> Candidate | None:
    """The lines that look most like a title. `used` are the numbers of lines with other values."""
    opening = _Opening(lines, used, layout)
    found = [one for place in range(len(lines)) if (one := opening.candidate(place))]
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is not None and best.score >= _ENOUGH else None


def likeliest_or_subject(
    lines: Sequence[Line], looked_at: int, used: Collection[int], layout: Layout
) -> Candidate | None:
    """What looks most like a title among the first lines, or what a letter says it is about, behind `Re:`, where no
    line has the look of one.
    """
    best = likeliest(lines[:looked_at], used, layout)
    for line in lines if best is None or not best.is_sure else ():
        end = layout.phrases("header", "subjects").begin(line.text)
        if end and line.text[0].isalpha() and len(keys_of(line.text[end:])) > 1:
            return Candidate((line,), line.text[end:].strip(" *"), None, _ENOUGH)
    return best


def is_banner(line: Line, layout: Layout) -> bool:
    """Whether the line is nothing but a banner: `URGENT ACTION`, in any language, and digits."""
    if layouts.banners().are_all_of(line.text) or layout.phrases("header", "banners").are_all_of(line.text):
        return True
    end = layouts.banners().begin(line.text)  # `URGENT ACTION 6-30-10`: how a blog calls it
    return end is not None and not any(one.isalpha() for one in line.text[end:])


def is_furniture(line: Line, layout: Layout) -> bool:
    """Whether the line is a banner, or something that pages and mails add."""
    is_spaced = len(line.text) > 3 and all(len(word) == 1 for word in line.text.split())  # U R G E N T
    is_known = layout.phrases("sentences", "furniture").are_all_of(line.text) and not _has_a_title(line.text)
    is_known = is_known or layouts.is_of_a_page(_BETWEEN_ENTRIES.split(line.text, 1)[0])
    return is_spaced or is_known or is_banner(line, layout) or layout.phrases("sentences", "stop").are_all_of(line.text)


def _has_a_title(text: str) -> bool:
    """Whether a title stands before a reference of the Observatory."""
    plain = without_reference(text)
    return plain != text and len(keys_of(plain)) > 1


def _is_somebody(text: str, layout: Layout) -> bool:
    """Whether the line is a name behind its honorific: `Herr PETER TAMO`. People at risk are no title."""
    behind = layout.phrases("people", "honorifics").begin(text)
    return behind is not None and evidence.has_shape_of_name(text[behind:].strip().title(), layout)


def _is_aside(text: str, layout: Layout) -> bool:
    """Whether the line is in brackets, an office's own address, or goes on with a date: `September 2001 and again`."""
    has_digit = any(one.isdigit() for one in text)
    is_address = has_digit and "," in text and bool(set(keys_of(text)) & layout.keys("people", "streets"))
    goes_on = _REST_OF_A_DATE.match(text) is not None and bool(dates_in(f"1 {text[:40]}", layout))
    return is_address or text[:1] + text[-1:] in ("()", "[]") or goes_on


def without_reference(text: str) -> str:
    """The text without the reference of the Observatory behind it: `A title - NRU 006 / 0411 / OBS 056`."""
    return _REFERENCE.sub("", text) or text


def behind_a_dash(text: str) -> list[str]:
    """The title in `Further information on UA 92/99 issued 5 May) - Fear for safety`; [] without one."""
    found = _BEHIND_A_DASH.search(text)
    return [found[1].strip(" \t-–—:|*.,;/")] if found else []


def parted(text: str, layout: Layout) -> tuple[str | None, str]:
    """The country and the title in `NEPAL: A TITLE` and `Mali - A title`; no country for another text."""
    label = layout.phrases("header", "titles").begin(text)
    if label and countries.beginning(text[label:].strip(), layout):  # `Écrire Nauru. A title`
        text = text[label:].strip()
    found = countries.beginning(text, layout)
    mark = _BEHIND_A_COUNTRY.match(text, found[1]) if found else None
    if found is None or mark is None or len(keys_of(text[mark.end() :])) < 2:
        return None, text
    rest = text[mark.end() :]
    banner = layout.phrases("header", "banners").begin(rest)  # `Nauru – Urgent Action A title`
    return found[0], rest[banner:].strip(" :-–—") if banner and len(keys_of(rest[banner:])) > 1 else rest


def before_a_country(text: str, layout: Layout) -> tuple[str, str | None]:
    """The title and the country in `Fear for safety NAURU Peter Tamo`: the people at risk behind it are no title."""
    for run in _LOUD.finditer(text[: 2 * _LONGEST]):
        name = countries.named(run[0], layout)
        if name and run.start() and not text[: run.start()].isupper():
            return text[: run.start()].strip(" ,;:-–—"), name
    return text, None


def country_of_the_situation(lines: Sequence[Line], layout: Layout) -> tuple[str, Line] | None:
    """The country of `in the following situation in Nauru`, in the first sentence of the Observatory, and its line."""
    phrases = layout.phrases("header", "situations")
    for line in lines:
        place = phrases.first_in(line.text)
        found = countries.beginning(line.text[place[1] :], layout) if place else None
        if found:
            return found[0], line
    return None


class _Opening:
    def __init__(self, lines: Sequence[Line], used: Collection[int], layout: Layout) -> None:
        self.lines, self.used, self.layout = lines, used, layout
        self.has_gaps = any(one.blank and one.number for one in lines)

    def candidate(self, place: int) -> Candidate | None:
        line = self.lines[place]
        if line.blank or line.number in self.used or line.bullet or is_furniture(line, self.layout):
            return None
        lines = [line]
        while len(lines) < _MOST_LINES and self._goes_on(lines[-1], place + len(lines)):
            lines.append(self.lines[place + len(lines)])
        text = without_reference(" ".join(one.text for one in lines).strip(" *"))
        if is_greeting(text, self.layout) or not any(one.isalpha() for one in line.text):
            return None
        if any(one.kind in _CONTACTS for one in labels.parted(text, self.layout)[1]):
            return None
        alone, follows = self._is_alone(place, len(lines)), self._follows(place)
        words = len(keys_of(text))
        if (
            len(text) > _LONGEST
            or not words
            or (words == 1 and not (alone and follows and len(text) >= _SHORTEST_WORD))
        ):
            return None
        country, title = parted(text, self.layout)
        score = self._score(line, text, country) + (1.5 if follows else 0)
        shown = text[0].islower() and self._follows_a_banner(place) and not text.endswith(".")
        score += 3 if shown and words <= _MOST_WORDS else 0
        score += 2 if alone and not text.endswith((".", ",", ";", ":")) else 0
        score += 0.5 if self._is_before_prose(place + len(lines)) else 0
        score -= 4 if _is_somebody(text, self.layout) and not self._follows_a_banner(place) else 0
        return Candidate(tuple(lines), title, country, score)

    def _score(self, line: Line, text: str, country: str | None) -> float:
        score = (2.0 if line.heading else 0) + (2.5 if text.isupper() else 0) + (3.0 if country else 0)
        score -= 3 if text.endswith(".") else 0
        score -= 2 if country is None and (":" in text[:40] or "|" in text) else 0
        score -= 2 if dates_in(text, self.layout) or is_office(text) else 0
        score -= 2 if text[0].islower() else 0
        score -= 4 if _is_aside(text, self.layout) else 0
        return score

    def _follows(self, place: int) -> bool:
        """Whether the line before it, gaps left out, has a value or is a banner."""
        before = [one for one in self.lines[max(0, place - 3) : place] if not one.blank][-1:]
        return bool(before) and (before[0].number in self.used or is_banner(before[0], self.layout))

    def _follows_a_banner(self, place: int) -> bool:
        before = [one for one in self.lines[max(0, place - 3) : place] if not one.blank][-1:]
        return bool(before) and is_banner(before[0], self.layout)

    def _is_alone(self, place: int, length: int) -> bool:
        """Whether a gap, the document's end or a line with another value stands before these lines and behind them."""
        heading = self.lines[place].heading
        around = (*self.lines[max(0, place - 1) : place], *self.lines[place + length : place + length + 1])
        if not self.has_gaps and len(around[-1:]) and len(around[-1].text) > _PROSE and around[-1].text.endswith("."):
            around = around[:-1]  # no gap stands anywhere: prose that follows is one
        return all(
            one.blank or one.number in self.used or one.heading != heading or is_furniture(one, self.layout)
            for one in around
        )

    def _is_before_prose(self, place: int) -> bool:
        return any(not one.blank and len(one.text) > _PROSE for one in self.lines[place : place + 3])

    def _goes_on(self, before: Line, place: int) -> bool:
        """Whether the next line belongs to the title: both in capitals, or a short line before a gap."""
        following = self.lines[place : place + 2]
        if not following or following[0].blank or following[0].number in self.used:
            return False
        line = following[0]
        if before.heading != line.heading or line.bullet or before.heading or is_furniture(line, self.layout):
            return False
        if before.text.endswith("/"):
            return True
        if before.text.isupper() or line.text.isupper():
            return before.text.isupper() == line.text.isupper()
        ends = len(following) > 1 and following[1].blank
        is_prose = before.text.endswith(".") or line.text.endswith(".")
        return ends and not is_prose and len(before.text) + len(line.text) <= 160
