"""Divides a document into sections by the headings of its layout, and finds the sentences that name the deadline."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ua_tracker.importing import draft as doubts
from ua_tracker.importing import evidence
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.labels import begins_with_label, contact_alone, parted
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.paragraphs import goes_on, sentences_of
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import words_of

ADDRESSES = ("targets", "copies")
# Those that come first win where a line could begin more than one.
_ORDER = ("steps", "letter", "copies", "demands", "targets", "background", "deadline", "rest", "opening")
_IN_A_LETTER = ("copies", "targets", "background", "deadline", "rest")
_MOST_JOINED = 3
_LONGEST_HEADING = 120  # words
_LINES_OF_AN_ADDRESS = 9
_WORDS_OF_A_DAY = 5
_END_OF_A_DATE = re.compile(r"(?:[0-9]{1,2}\.?\s+)?(?:[^\W\d_]{3,12}\.?\s+)?(?:19|20)[0-9]{2}\W{0,3}")
_KIND_OF_BODY = 2  # words that say what kind of body follows, as in `Trade union:`


@dataclass(frozen=True)
class Sentence:
    """A sentence that may name the deadline, and what of it stands behind the words that ask to write until a day."""

    numbers: tuple[int, ...]
    text: str
    behind: str


@dataclass
class Sections:
    """The document's lines by section, in order, and the sentences that may name the deadline."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    deadlines: list[Sentence] = field(default_factory=list)
    headings: dict[str, Line] = field(default_factory=dict)
    greeting: Line | None = None
    understood: set[int] = field(default_factory=set)

    def __getitem__(self, name: str) -> list[Line]:
        return self.lines.get(name, [])


def is_greeting(text: str, layout: Layout) -> bool:
    """Whether the line greets somebody: `Dear Minister,`. In some languages a name could begin so: a comma tells."""
    words = words_of(text)
    if not layout.phrases("letter", "opens").ends(words):
        return False
    return words[0].key in ("dear", "your", "excellency", "excellencies") or text.rstrip().endswith((",", ":", "!"))


def divided(lines: Sequence[Line], layout: Layout, draft: Draft) -> Sections:
    """The sections of the document. A heading that no table knows among addresses becomes a doubt."""
    return _Divider(lines, layout, draft).divided()


class _Divider:
    def __init__(self, lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
        self.lines, self.layout, self.draft = lines, layout, draft
        self.sections = Sections()
        self.place = 0
        self.name = "opening"
        self.opening: set[str] = set()
        self.waiting: Line | None = None

    def divided(self) -> Sections:
        self._begin("opening")
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if self.waiting is not None and line.column == 1 and not line.blank:
                self._begin("letter", self.waiting)
                self.waiting = None
            if line.blank or not (self._is_heading(line) or self._is_deadline(line) or self._is_end(line)):
                self._put(line)
            self.place += 1
        return self.sections

    def _begin(self, name: str, heading: Line | None = None) -> None:
        self.name = name
        here = self.sections.lines.setdefault(name, [])
        if here:
            here.append(Line(0, ""))
        if heading is not None:
            self.sections.headings.setdefault(name, heading)

    def _put(self, line: Line) -> None:
        self.sections.lines[self.name].append(line)
        if self.name == "opening":
            self.opening.add(line.text)

    def _has_words(self) -> bool:
        return not all(line.blank for line in self.sections[self.name])

    def _is_heading(self, line: Line) -> bool:
        found = None if self._is_cut_in_a_date(line) else self._heading(line)
        if found is None:
            return False
        name, heading, rest, taken = found
        taken += self._wrapped(line, self.place + taken) if rest is None else 0
        self.sections.understood.update(one.number for one in self.lines[self.place : self.place + taken])
        self.place += taken - 1
        self._note_deadline(heading, only_with_day=True)
        if name == "steps":  # said to the reader, perhaps with the number; addresses go on behind it
            self.sections.lines.setdefault("rest", []).append(line)
            self._begin(self.name if self.name in ADDRESSES else "rest")
            return True
        self._begin(name, heading)
        if rest is None:
            return True
        if not self._is_heading_again(rest) and not self._is_deadline(rest):
            self._put(rest)
        return True

    def _wrapped(self, line: Line, place: int) -> int:
        """The number of lines that a heading goes on for: of its level, or as a sentence that a program wrapped."""
        taken, before = 0, line
        for following in self.lines[place : place + _MOST_JOINED]:
            is_of_its_level = line.heading and following.heading == line.heading
            if not (is_of_its_level or goes_on(before, following)) or self._match(following, _ORDER):
                break
            taken, before = taken + 1, following
        return taken

    def _is_heading_again(self, rest: Line) -> bool:
        found = self._match(rest, _ORDER)
        if found is None:
            return False
        self._begin(found[0], rest)
        if found[1] is not None:
            self._put(found[1])
        return True

    def _heading(self, line: Line) -> tuple[str, Line, Line | None, int] | None:
        """The section that the line begins, the heading, what stands behind it on the line, and the lines it takes."""
        if self.name in ADDRESSES and begins_with_label(line.text, self.layout):
            return None
        names = _IN_A_LETTER if self.name == "letter" else _ORDER
        found = self._match(line, names)
        if found is not None:
            return None if self._is_another_email(line, *found) else (found[0], line, found[1], 1)
        words = words_of(line.text)
        tables = [self.layout.phrases("headings", name) for name in ("demands", "targets", "copies")]
        if line.text.endswith((".", ":")) or not any(one.may_begin(words) for one in tables):
            return None
        text = line.text
        for taken in range(2, _MOST_JOINED + 1):
            following = self.lines[self.place + taken - 1 : self.place + taken]
            if not following or following[0].blank or following[0].bullet or self._match(following[0], names):
                return None
            text = f"{text} {following[0].text}"
            can_end = ":" in following[0].text or text.isupper()  # a heading in capitals needs no colon
            found = self._match(replace(line, text=text), names) if can_end else None
            if found is not None and found[0] in ("demands", *ADDRESSES):
                return found[0], replace(line, text=text), found[1], taken
        return None

    def _is_another_email(self, line: Line, name: str, rest: Line | None) -> bool:
        """Whether the line is `cc: office@example.org` below an address: the same recipient has two."""
        is_cc = words_of(line.text)[0].key in ("cc", "bcc")
        return is_cc and self.name in ADDRESSES and name == "copies" and rest is not None and contact_alone(rest.text)

    def _match(self, line: Line, names: Sequence[str]) -> tuple[str, Line | None] | None:
        if line.blank:
            return None
        words = words_of(line.text)[:_LONGEST_HEADING]
        for name in names:
            end = self.layout.phrases("headings", name).end_of_heading(words)
            if end is None or (line.bullet and not self._may_have_bullet(name)):
                continue
            rest = line.text[words[end - 1].end :].strip(" :.-–*").lstrip("”» ")
            has_words = any(character.isalnum() for character in rest)
            return name, replace(line, text=rest, heading=0) if has_words else None
        return None

    def _may_have_bullet(self, name: str) -> bool:
        """Whether a line with a bullet can be this heading: a numbered instruction, or the links behind addresses."""
        behind = {"demands": ("opening",), "targets": ("opening", "demands"), "copies": ADDRESSES, "rest": ADDRESSES}
        return name == "steps" or self.name in behind.get(name, ())

    def _is_deadline(self, line: Line) -> bool:
        """Notes the deadline if the line asks to write until a day. What follows it is no address any more."""
        if (line.bullet and self.name != "opening") or (self.name == "letter" and not self._is_to_the_reader(line)):
            return False
        if not self._note_deadline(line):
            return False
        if self.name == "opening" or (self.name in ADDRESSES and not self._has_words()):
            return True
        self._begin("rest")
        return True

    def _is_cut_in_a_date(self, line: Line) -> bool:
        """Whether the line ends inside a date, of which the next holds the rest: that is a sentence and no heading."""
        rest = "".join(one.text for one in self.lines[self.place + 1 : self.place + 2])
        is_cut = line.text[-1:].isalnum() and _END_OF_A_DATE.fullmatch(rest) is not None
        return is_cut and self.layout.phrases("sentences", "deadline").begin(line.text) is not None

    def _is_to_the_reader(self, line: Line) -> bool:
        """Whether the line is no part of a letter: it is printed in capitals, or an instruction behind a gap."""
        if " ".join(line.text.split()[:4]).isupper():
            return True
        is_apart = self.place > 0 and self.lines[self.place - 1].blank
        return is_apart and self.layout.phrases("sentences", "instructions").begin(line.text) is not None

    def _note_deadline(self, line: Line, *, only_with_day: bool = False) -> bool:
        phrases = self.layout.phrases("sentences", "deadline")
        beside = [text for _, text in line.cells[1:]]
        sentences = [line.text] if only_with_day else [*beside, *sentences_of(line.text)]
        for sentence in sentences:
            numbers: tuple[int, ...] = (line.number,)
            is_open = sentence == sentences[-1] and not only_with_day and not sentence.endswith((".", "!"))
            if is_open and phrases.may_begin(words_of(sentence)):
                following, numbers = self._following(line)
                sentence = sentences_of(f"{sentence} {following}".strip())[0]
            words = words_of(sentence)
            ends = phrases.ends(words)
            end = words[ends[0] - 1].end if ends and ends[0] else 0
            if end and _may_name_a_day(sentence[end:]):
                self.sections.deadlines.append(Sentence(numbers, sentence, sentence[end:]))
                return True
        return False

    def _following(self, line: Line) -> tuple[str, tuple[int, ...]]:
        """The lines into which a sentence that has not ended goes on."""
        texts, numbers = [], [line.number]
        for following in self.lines[self.place + 1 : self.place + _MOST_JOINED]:
            if following.blank or following.heading or following.bullet or self._match(following, _ORDER):
                break
            texts.append(following.text)
            numbers.append(following.number)
            if following.text.endswith("."):
                break
        return " ".join(texts), tuple(numbers)

    def _is_end(self, line: Line) -> bool:
        """Whether the line ends what is being read: the beginning of a letter, its end, a new page, another heading."""
        if self.name == "letter":
            if self.layout.phrases("letter", "closes").begin(line.text) is not None:
                self._begin("rest")
                return True
            before = [one.number for one in self.lines[max(0, self.place - 3) : self.place] if not one.blank][-1:]
            is_first = not self._has_words() or not self.sections.understood.isdisjoint(before)
            if is_first and is_greeting(line.text, self.layout):
                self.sections.greeting = self.sections.greeting or line
            return False
        if self.name in ADDRESSES and self.layout.phrases("letter", "closes").begin(line.text) is not None:
            self._begin("rest")
            return True
        if self.name in ADDRESSES and self._is_greeting(line):
            self.sections.greeting = self.sections.greeting or line
            following = self.lines[self.place + 1 : self.place + 2]
            if following and following[0].column > line.column:  # the letter goes on below the columns
                self.waiting = line
            else:
                self._begin("letter", line)
            return True
        if self.name not in (*ADDRESSES, "demands"):
            return False
        if self._is_next_page(line):
            self._begin("rest")
            return False
        if self.name in ADDRESSES and self._is_strange_heading(line):
            self.draft.doubt(doubts.NOT_UNDERSTOOD, line.number, text=line.text[:80])
            self._begin("unknown")
            return True
        return False

    def _is_greeting(self, line: Line) -> bool:
        """Whether this line greets, and a letter follows."""
        if not is_greeting(line.text, self.layout):
            return False
        following = self.lines[self.place + 1 : self.place + _LINES_OF_AN_ADDRESS]
        beside = [one for one in following if one.column == line.column and not one.blank]
        return not any(begins_with_label(one.text, self.layout) for one in beside)

    def _is_next_page(self, line: Line) -> bool:
        banner = self.layout.phrases("header", "banners").are_all_of(line.text)
        repeats = line.text.isupper() and len(line.text.split()) >= 3 and line.text in self.opening
        return self._has_words() and (banner or repeats)

    def _is_strange_heading(self, line: Line) -> bool:
        plain = line.text.rstrip(" :")
        if parted(line.text, self.layout)[1]:
            return False
        if line.heading or not line.text.endswith(":"):
            return line.heading > 0
        is_somebody = evidence.has_office_first(plain, self.layout) or evidence.is_body(plain, self.layout)
        return _KIND_OF_BODY < len(plain.split()) <= 10 and not is_somebody


def _may_name_a_day(text: str) -> bool:
    """Whether the words behind `write until` can be a day: `to be investigated by an independent body` has none."""
    return len(text.split()) <= _WORDS_OF_A_DAY or any(character.isdigit() for character in text)
