"""Finds the country and the title among the lines above the first section, and leaves the summary."""

import re
from collections.abc import Sequence

from ua_tracker.importing import columns, countries, title_lines
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.draft import Certainty, Draft, Value
from ua_tracker.importing.header import FURTHER
from ua_tracker.importing.header_places import Header, label_before
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.office import is_office
from ua_tracker.importing.paragraphs import paragraphs
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import keys_of

_LONGEST_TITLE, _LONGEST_COUNTRY, _LOOKED_AT = 220, 8, 60  # characters, words, lines
_LEAST_WORDS, _MOST_WORDS = 3, 24  # of a title before the number, and beside it: more are a text that was run together
_BRACKETS = re.compile(r"(?<!\s)\s*[(\[]([^()\[\]]{0,120})[)\]]\s*")
_SOMEBODY = re.compile(r"\w\s\((?:m|f|h|w)\)")
_EDGES = " \t-–—:|*.,;/"


def read(opening: Sequence[Line], header: Header, layout: Layout, draft: Draft) -> None:
    """Sets country, title and summary; the sequence too where a banner says `update`."""
    _Headline(opening, header, layout, draft).read()


class _Headline:
    def __init__(self, opening: Sequence[Line], header: Header, layout: Layout, draft: Draft) -> None:
        self.lines, self.header, self.layout, self.draft = list(opening), header, layout, draft
        self.used: set[int] = set(header.taken)
        self.title_line = 0

    def read(self) -> None:
        self._read_country_of_the_header()
        self._read_labels()
        self._read_banner()
        self._read_beside_the_number()
        self._read_country_alone()
        self._read_country_of_the_situation()
        if self.draft.title is None:
            self._choose_title()
        self._read_summary()

    def _set_country(self, text: str, line: Line, certainty: Certainty = Certainty.SURE) -> None:
        self.draft.country = text
        self.draft.note(line.number, "country", text, certainty=certainty)

    def _set_title(self, text: str, lines: Sequence[Line], certainty: Certainty = Certainty.SURE) -> None:
        self.draft.title = text
        self.title_line = lines[-1].number
        for line in lines:
            self.draft.note(line.number, "title", text, certainty=certainty)
            self.used.add(line.number)

    def _left_of(self, line: Line) -> str:
        """What is left of a line of the header without its values and their labels."""
        text = line.text
        for start, end in sorted(self.header.taken.get(line.number, []), reverse=True):
            for name in ("indexes", "numbers", "days"):
                label = label_before(text, start, self.layout.phrases("header", name))
                start = start if label is None else label
            text = f"{text[:start]} \t {text[end:]}"
        return text

    def _read_country_of_the_header(self) -> None:
        """`Index: ASA 33/9519/2025 Pakistan of June 20, 2025`: the country stands behind the index."""
        line = self.header.index_line
        if line is None:
            self._read_country_before_the_day()
            return
        behind = [line, *[one for one in self.lines if line.number < one.number <= self.header.last]]
        index_end = self.header.index_end
        starts = [start for start, _ in self.header.taken[line.number] if start >= index_end]
        following = min(starts, default=len(line.text))
        texts = [line.text[index_end:following], *(self._left_of(one) for one in behind[1:])]
        for text, where in zip(texts, behind, strict=True):
            dated = "issued" in {found.field for found in self.draft.found if found.line == where.number}
            is_its_place = where is line or (dated and where != self.header.number_line)
            name = self._country_in(text) if is_its_place else countries.named(text, self.layout)
            if name:
                self._set_country(name, where)
                return

    def _read_country_before_the_day(self) -> None:
        """`Nauru  Date: 4 March 2014`, where there is no index."""
        for line in self.lines[:_LOOKED_AT]:
            name = countries.named(self._left_of(line).strip(_EDGES), self.layout) if line.number in self.used else None
            if name and self.draft.country is None:
                self._set_country(name, line)

    def _country_in(self, text: str) -> str | None:
        plain = _BRACKETS.sub(" ", text).strip(_EDGES)
        known = countries.named(plain, self.layout)
        if known:
            return plain if not plain.isupper() else known
        words, keys = plain.split(), keys_of(plain)
        is_name = keys and len(words) <= _LONGEST_COUNTRY and words[0][0].isupper() and ":" not in plain
        if not is_name or any(one.isdigit() for one in plain) or keys[0] in self.layout.keys("header", "joining"):
            return None
        is_said = self.layout.phrases("header", "days").begin(plain) is not None
        small = self.layout.keys("people", "joining") | self.layout.keys("people", "particles")
        is_text = any(word.islower() and keys_of(word)[:1] and keys_of(word)[0] not in small for word in words)
        if is_said or is_text or self.layout.phrases("sentences", "furniture").are_all_of(plain):
            return None
        return plain if not plain.isupper() else plain.title()

    def _read_labels(self) -> None:
        for line in self.lines[:_LOOKED_AT]:
            for name in ("titles", "countries"):
                end = self.layout.phrases("header", name).begin(line.text)
                value = line.text[end:].strip(_EDGES) if end and line.text[end:].lstrip().startswith(":") else ""
                if value and name == "titles" and self.draft.title is None:
                    self._set_title(value, [line])
                elif value and name == "countries" and self.draft.country is None:
                    self._set_country(countries.named(value, self.layout) or value, line)
                    self.used.add(line.number)

    def _read_banner(self) -> None:
        """`Urgent Action: TITLE (Country: UA 112.21)`, `Urgent Action update: TITLE`."""
        banners = self.layout.phrases("header", "banners")
        for line in self.lines[:_LOOKED_AT]:
            end = banners.begin(line.text)
            if not end or self.draft.title is not None:
                continue
            if line.text[:end] in self.layout.phrases("header", "further") and self.draft.sequence is None:
                self.draft.sequence = FURTHER
                self.draft.note(line.number, "sequence", FURTHER)
            self._read_country_behind_a_banner(line, end)
            if line.text[end:].lstrip()[:1] not in (":", "-", "–", "—", "|") or not line.text[end:].strip(_EDGES):
                continue
            self._title_with_brackets(line, end)

    def _read_country_behind_a_banner(self, line: Line, end: int) -> None:
        """`Briefaktion: Kamerun`."""
        name = countries.named(line.text[end:].strip(_EDGES), self.layout)
        if name and self.draft.country is None:
            self._set_country(name, line)
            self.used.add(line.number)

    def _title_with_brackets(self, line: Line, end: int) -> None:
        rest = line.text[end:]
        numbers = [
            match
            for match in _BRACKETS.finditer(rest)
            if self._is_of_the_header(line, end + match.start(), end + match.end())
        ]
        for match in numbers:
            name = countries.beginning(match[1], self.layout)
            if name and self.draft.country is None:
                self._set_country(name[0], line)
        title = (rest[: numbers[0].start()] if numbers else rest).strip(_EDGES)
        if len(keys_of(title)) >= 2 and not self._is_of_the_header(line, end, end + len(title) + 3):
            self._set_title(title, [line])

    def _is_of_the_header(self, line: Line, start: int, end: int) -> bool:
        return any(start <= taken < end for taken, _ in self.header.taken.get(line.number, []))

    def _read_beside_the_number(self) -> None:
        """`UA 92/99  Fear for safety  28 April 1999`, which may go on in the next line until its day."""
        line = self._line_of_the_number()
        if line is None or self.draft.title is not None or self._read_before_the_bracket(line):
            return
        number = next((end for start, end in self.header.taken[line.number] if start >= 0), 0)
        number = number if line is self.header.number_line else 0
        left = self._left_of(line)
        title = _BRACKETS.sub(" \t ", left)
        start = title.rfind("\t", 0, max(0, min(number, len(title)) - 40)) + 1  # no word is cut
        parts = [part.strip(_EDGES) for part in title[start:].split("\t")]
        name = next((name for part in parts if (name := countries.named(part, self.layout))), None)
        if name and self.draft.country is None:
            self._set_country(name, line)
        parts = title_lines.behind_a_dash(left) or parts if self.draft.sequence == FURTHER else parts
        behind = [part for part in parts if len(keys_of(part)) >= 2 and not self._is_of_a_sequence(part)]
        if not behind:
            return
        country, text = title_lines.parted(" ".join(" ".join(behind).split()), self.layout)
        if country and self.draft.country is None:
            self._set_country(country, line)
        text, name = title_lines.before_a_country(text, self.layout)
        if name and self.draft.country is None:
            self._set_country(name, line)
        if text[0].islower() or len(text) > _LONGEST_TITLE or len(text.split()) > _MOST_WORDS:
            return
        following = self._rest_of_the_title(line)
        if following is None:
            self._set_title(text, [line])
        else:
            self._set_title(" ".join(f"{text} {self._left_of(following)}".split()), [line, following])

    def _read_before_the_bracket(self, line: Line) -> bool:
        """`Nauru: Let the baker go (UA 92/14)`: whether the number ends the line in brackets, behind the title."""
        before, bracket, inside = line.text.rstrip().rpartition("(")
        starts = [start for start, _ in self.header.taken[line.number]]
        is_alone = bracket and inside.endswith(")") and bool(starts) and min(starts) > len(before)
        country, title = title_lines.parted(before.strip(_EDGES), self.layout)
        if not is_alone or len(keys_of(title)) < _LEAST_WORDS or len(title) > _LONGEST_TITLE:
            return False
        if country and self.draft.country is None:
            self._set_country(country, line)
        self._set_title(title, [line])
        return True

    def _line_of_the_number(self) -> Line | None:
        """The line with the number, or with the day where number and index stand above both and behind them nothing."""
        line, index = self.header.number_line, self.header.index_line
        if line is None or not self.layout.title_beside_number:
            return None if line == index else line
        left = keys_of(self._left_of(line))
        dated = [one for one in self.lines if one.number in self.header.taken and one.number > line.number]
        return dated[0] if dated and not left and line is not index else line

    def _rest_of_the_title(self, line: Line) -> Line | None:
        """The line into which a title beside the number goes on: in small letters, and short."""
        following = [one for one in self.lines if one.number == line.number + 1 and not one.blank]
        left = self._left_of(following[0]).strip() if following else ""
        return following[0] if left[:1].islower() and len(left.split()) <= 6 and not left.endswith(".") else None

    def _is_of_a_sequence(self, text: str) -> bool:
        layout = self.layout
        return (
            text in layout.phrases("header", "further")
            or countries.named(text, layout) is not None
            or is_office(text)
            or (layout.phrases("sentences", "furniture").are_all_of(text))
        )

    def _read_country_alone(self) -> None:
        """The heading with the country; in old layouts the names of people stand behind it."""
        for place, line in enumerate(self.lines[:_LOOKED_AT]):
            if line.blank or line.number in self.used:
                continue
            name = countries.named(line.text, self.layout)
            loud = line.text.isupper() or line.heading > 0
            first = columns.first_part(line)
            if (name and (loud or self.draft.country is None)) or self._is_unknown_country(line, place):
                self._take_country_heading(line, name or line.text.title(), is_known=name is not None)
            elif self.draft.title is not None or first.isupper() or _SOMEBODY.search(line.text):
                self._read_country_before_people(line)

    def _read_country_of_the_situation(self) -> None:
        found = title_lines.country_of_the_situation(self.lines, self.layout)
        if found and self.draft.country is None:
            self._set_country(*found, Certainty.LIKELY)

    def _is_unknown_country(self, line: Line, place: int) -> bool:
        """Whether a heading in capitals names the country that the header has, or stands directly above the title."""
        if self.draft.country is not None:
            return line.text.casefold() == self.draft.country.casefold()
        is_banner = self.layout.phrases("header", "banners").begin(line.text) is not None
        is_furniture = is_banner or self.layout.phrases("sentences", "furniture").are_all_of(line.text)
        following = [one for one in self.lines[place + 1 : place + 4] if not one.blank][:1]
        is_short = len(line.text.split()) <= 2 and line.text.isupper() and line.heading > 0
        return is_short and not is_furniture and bool(following) and following[0].heading > 0

    def _take_country_heading(self, line: Line, name: str, *, is_known: bool) -> None:
        self.used.add(line.number)
        if self.draft.country is None:
            self._set_country(name, line, Certainty.SURE if is_known else Certainty.LIKELY)
        elif keys_of(line.text) != keys_of(self.draft.country) and name != countries.named(
            self.draft.country, self.layout
        ):
            heading, header = line.text, self.draft.country
            self.draft.doubt(doubts.COUNTRIES_DIFFER, line.number, Value("country"), heading=heading, header=header)
        else:
            self.draft.note(line.number, "country", self.draft.country)

    def _read_country_before_people(self, line: Line) -> None:
        """`NAURU   Peter Tamo (m), baker`: people at risk are named behind the country, and are no title."""
        found = countries.beginning(line.text, self.layout)
        if self.draft.country is not None or found is None or not line.text[: found[1]].isupper():
            return
        self._set_country(found[0], line, Certainty.LIKELY)
        self.used.add(line.number)

    def _choose_title(self) -> None:
        """The line that looks most like a title. `NEPAL: A TITLE` gives the country too."""
        best = title_lines.likeliest_or_subject(self.lines, _LOOKED_AT, self.used, self.layout)
        if best is None:
            return
        if best.country and self.draft.country is None:
            self._set_country(best.country, best.lines[0])
        self._set_title(best.text, best.lines, Certainty.SURE if best.is_sure else Certainty.LIKELY)

    def _read_summary(self) -> None:
        lines = [
            line
            for line in self.lines
            if line.blank or (line.number > max(self.title_line, self.header.last) and line.number not in self.used)
        ]
        instructions = self.layout.phrases("sentences", "instructions")
        for paragraph in paragraphs(lines):
            is_said = instructions.begin(paragraph.text) is not None or is_office(paragraph.text)
            if is_said or self.layout.phrases("sentences", "furniture").are_all_of(paragraph.text) or paragraph.bullet:
                continue
            place = len(self.draft.summary)
            self.draft.summary.append(paragraph.text)
            for number in paragraph.numbers:
                self.draft.note(number, "summary", paragraph.text, place=place, certainty=Certainty.LIKELY)
