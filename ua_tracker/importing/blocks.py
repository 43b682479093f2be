"""Divides the lines of an address section into recipients, each with its words and its contacts."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ua_tracker.importing import columns, countries, emails, evidence
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.evidence import Context
from ua_tracker.importing.labels import Labelled, label_first, parted
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.phone_numbers import trailing_number
from ua_tracker.importing.sections import is_greeting
from ua_tracker.importing.text import Line

MOST_RECIPIENTS = 100
_PROSE = 16  # words
_KIND_OF_BODY = 3  # words
_WHOLE = 6  # words on a line before its contacts: the line is a whole address
_WORDS_BEFORE_A_DAY = 3
_WITH_A_COUNTRY = 3  # lines of an address that ends with a country
_LONGEST_GREETING = 8  # words
_NUMBERS = frozenset({"phones", "fax", "phones_and_fax"})
# Below `Fax: +7 499` or `Fax: (through the ministry)`: the rest of a number, or the number and a remark.
_REST_OF_A_NUMBER = re.compile(r"[0-9 ]{1,40}|\+[0-9 ()./-]{6,40}(?:\([^()]{1,60}\))?")


@dataclass
class Block:
    """The lines of one recipient: words with the numbers of their lines, and labels with theirs."""

    first_line: int
    words: list[tuple[int, str]] = field(default_factory=list)
    labelled: list[tuple[int, Labelled]] = field(default_factory=list)

    @property
    def has_contacts(self) -> bool:
        """Whether a label was read, so that what follows may be somebody else."""
        return bool(self.labelled)

    @property
    def is_flattened(self) -> bool:
        """Whether two addresses beside each other were run together: lines have labels of two kinds twice, or one, and
        two lines greet.
        """
        kinds = Counter((line, one.kind) for line, one in self.labelled)
        twice = {kind for (_, kind), count in kinds.items() if count > 1}
        greetings = sum(kind == "salutation" for _, kind in kinds)
        return len(twice) > 1 or (bool(twice) and greetings > 1)

    @property
    def is_closed(self) -> bool:
        """Whether the salutation was read: it is the last line of an address."""
        return any(one.kind == "salutation" for _, one in self.labelled)


class _Blocks:
    def __init__(self, lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
        self.layout, self.draft = layout, draft
        self.lines = list(lines)
        self.ignores_blanks = _are_spaced(lines)
        self.blocks: list[Block] = []
        self.after_blank = True
        self.column = 1
        self.lacks_address = False
        self.unfinished = False  # the line before it was left out, and its sentence goes on

    def read(self) -> list[Block]:
        for place, line in enumerate(self.lines):
            if line.blank:
                self.after_blank = self.after_blank or not self.ignores_blanks
                self.unfinished = False
                continue
            goes_on = self.unfinished and line.text[0].islower() and not self._is_labelled(line)
            left_out = goes_on or self._is_left_out(line)
            self.unfinished = left_out and not line.text.endswith((".", "!", "?", ":"))
            if not left_out:
                self._take(line, place)
            self.after_blank = False
        return self.blocks

    def _is_left_out(self, line: Line) -> bool:
        """Whether the line is an instruction or a remark. One that no table knows becomes a doubt."""
        layout = self.layout
        if not any(one.isalnum() for one in line.text):
            return True
        if layout.phrases("sentences", "instructions").begin(line.text) is not None and not self._is_labelled(line):
            return True
        if line.text[:1] + line.text[-1:] in ("()", "[]"):
            if not self._is_labelled(Line(line.number, line.text[1:-1])):
                self.draft.doubt(doubts.NOT_UNDERSTOOD, line.number, text=line.text[:80])
                return True
            return False
        if columns.are_unclear(line) and len(parted(line.text, layout)[1]) != 1:
            self.draft.doubt(doubts.COLUMNS, line.number, text=line.text[:80])
            return True
        is_link = line.text.lower().startswith(("http://", "https://", "www."))
        is_number = not self.blocks and line.text.strip(" .-").isdigit()  # of a page
        if is_link or is_number or self._is_a_day(line.text) or self._is_prose(line) or self._says_what_follows(line):
            self.draft.doubt(doubts.NOT_UNDERSTOOD, line.number, text=line.text[:80])
            return True
        return False

    def _is_a_day(self, text: str) -> bool:
        """Whether the line is a day and words before it: `By 15 June 2021`. A street can be called by a day too."""
        days = dates_in(text, self.layout) if text[-1:].isdigit() else []
        before = text[: days[0].start].split() if days else []
        return 0 < len(before) <= _WORDS_BEFORE_A_DAY and not self._is_address(text[: days[0].start] + "x")

    def _says_what_follows(self, line: Line) -> bool:
        """Whether the line says what kind of body follows: `Trade union:`."""
        plain = line.text.rstrip(" :")
        is_short = line.text.endswith(":") and len(plain.split()) <= _KIND_OF_BODY and not self._is_labelled(line)
        return is_short and not evidence.has_office_first(plain, self.layout)

    def _is_labelled(self, line: Line) -> bool:
        return bool(parted(line.text, self.layout)[1])

    def _is_prose(self, line: Line) -> bool:
        words = line.text.split()
        small = sum(word[0].islower() for word in words)
        is_sentence = line.text.endswith((".", "?", "!", ":")) and len(words) >= 7 and small * 2 > len(words)
        return not self._is_labelled(line) and (is_sentence or (len(words) > _PROSE and small * 2 > len(words)))

    def _take(self, line: Line, place: int) -> None:
        words, labelled = parted(label_first(line.text, self.layout), self.layout)
        words, labelled = _without_bare_contacts(words, labelled)
        if self.blocks and not words and labelled:
            labelled = _of_the_line_before(self.blocks[-1], line, labelled)
        if self.blocks and words and not labelled and is_greeting(words, self.layout):
            words, labelled = "", [Labelled("salutation", line.text)]
        if words and all(one.kind == "unused" for one in labelled):
            labelled = []  # `President   (Telegrams: President, Apia)`
        if words and (not self.blocks or self._begins_anew(words, line, place)):
            self._begin(line)
        if not self.blocks:
            self._begin(line)
        block = self.blocks[-1]
        self.column = line.column
        if words:
            self._take_words(block, words, line, place)
        if labelled and not block.labelled:
            self.lacks_address = len(block.words) <= 2
        block.labelled += [(line.number, one) for one in labelled]

    def _begin(self, line: Line) -> None:
        self.blocks.append(Block(line.number))
        self.lacks_address = False

    def _take_words(self, block: Block, words: str, line: Line, place: int) -> None:
        if block.is_closed and self._goes_on(block, words, place):
            block.labelled.append((line.number, Labelled("salutation", words)))
        elif not block.has_contacts or (self.lacks_address and not block.is_closed):
            block.words.append((line.number, words))
        elif _is_half_an_email(words):
            block.labelled.append((line.number, Labelled("email", words)))
        elif block.labelled[-1][1].kind in _NUMBERS and _REST_OF_A_NUMBER.fullmatch(words) and not self.after_blank:
            kind, text = block.labelled[-1][1]  # a number that was wrapped
            block.labelled[-1] = (line.number, Labelled(kind, f"{text} {words}"))
        else:
            self.draft.doubt(doubts.NOT_UNDERSTOOD, line.number, text=words[:80])

    def _goes_on(self, block: Block, words: str, place: int) -> bool:
        """Whether a salutation goes on in this line: only where the line ends it with a comma, and a gap follows."""
        greeting = next(one.text for _, one in reversed(block.labelled) if one.kind == "salutation")
        if greeting.endswith("/"):  # `Dear President/` and below it the same in another language
            return len(words.split()) <= _LONGEST_GREETING and not any(character.isdigit() for character in words)
        following = self.lines[place + 1 : place + 2]
        ends = not following or following[0].blank
        return ends and words.endswith(",") and len(words.split()) <= 4 and not greeting.endswith((",", ":", ".", "!"))

    def _begins_anew(self, words: str, line: Line, place: int) -> bool:
        block = self.blocks[-1]
        if line.column != self.column or (line.bullet and block.words and not self._is_address(words)):
            return True
        if block.has_contacts and len(words.split()) >= _WHOLE and parted(line.text, self.layout)[1]:
            return True
        if block.is_closed:
            return not self._goes_on(block, words, place) and (self._is_beginning(words, place) or self._is_open(words))
        if block.has_contacts:
            return self._is_beginning(words, place) or (self.after_blank and self._is_open(words))
        if len(block.words) >= _WITH_A_COUNTRY and self._ends_an_address(block.words[-1][1]):
            return self._is_beginning(words, place)
        return (
            self.after_blank
            and len(block.words) >= 2
            and self._is_beginning(words, place, is_sure=len(block.words) >= 3)
        )

    def _ends_an_address(self, words: str) -> bool:
        """Whether the last words of a line are a country: what follows `Niamey, Niger` is somebody else."""
        return countries.named(words.rpartition(",")[2], self.layout) is not None

    def _is_address(self, words: str) -> bool:
        return evidence.is_address(words, self.layout)

    def _is_open(self, words: str) -> bool:
        """Whether the line can be the first of an address: no street, no remark."""
        return (
            not self._is_address(words)
            and not words.endswith(".")
            and not words.startswith("(")
            and len(words.split()) <= 12
            and not _is_half_an_email(words)
        )

    def _is_beginning(self, words: str, place: int, *, is_sure: bool = True) -> bool:
        """Whether an office, a person or a body begins here."""
        context = Context(self.layout)
        if "@" in words or _is_half_an_email(words):
            return False
        is_long = len(words.split()) > _PROSE
        if is_long or (any(character.isdigit() for character in words) and len(words.split()) < 8):
            has_office = is_long and evidence.has_office_first(words, self.layout)
            return has_office or evidence.behind_honorific(words, self.layout) is not None
        weight = evidence.weigh(words, context)
        if weight.honorific or evidence.has_office_first(words, self.layout):
            return True
        if weight.address or not is_sure:
            return False
        following = self._following(place)
        if weight.role >= 3 or (weight.body and (self.after_blank or self.ignores_blanks)):
            return True
        if not following:
            return False
        second = evidence.weigh(following, context)
        is_body_of = weight.body and evidence.has_office_first(following, self.layout)
        return is_body_of or (weight.name >= 2 and second.role >= 3) or (second.honorific and not weight.address)

    def _following(self, place: int) -> str:
        for line in self.lines[place + 1 : place + 3]:
            if not line.blank:
                return parted(line.text, self.layout)[0]
            if not self.ignores_blanks:
                return ""
        return ""


def blocks_of(lines: Sequence[Line], layout: Layout, draft: Draft) -> list[Block]:
    """The recipients of a section, in order. A line that was left out becomes a doubt of the draft.

    A new one begins behind a salutation, or where an office, a name or a body follows contacts or a gap, at another
    column, or at a bullet. A gap alone begins none. There are at most MOST_RECIPIENTS.
    """
    found = _Blocks(lines, layout, draft).read()
    if len(found) > MOST_RECIPIENTS:
        draft.doubt(doubts.TOO_MANY, found[MOST_RECIPIENTS].first_line, most=MOST_RECIPIENTS)
    return found[:MOST_RECIPIENTS]


def _without_bare_contacts(words: str, labelled: list[Labelled]) -> tuple[str, list[Labelled]]:
    """The words without e-mail addresses and a phone number that stand there without a label."""
    bare: list[Labelled] = []
    if "@" in words and (found := emails.emails_in(words)):
        bare.append(Labelled("email", " ".join(found)))
        words = emails.without(words).strip(" ,;|")
    elif emails.is_masked(words):
        bare.append(Labelled("email", words))
        words = ""
    if words.startswith("@") and all(word.startswith("@") for word in words.split()):
        return "", [Labelled("x", words), *labelled]
    words, number = trailing_number(words)
    if number:
        bare.append(Labelled("phones", number))
    if bare and words.endswith(":") and len(words.split()) <= _KIND_OF_BODY:  # a label that no table knows
        words = ""
    inside = [
        Labelled("email", " ".join(found))
        for one in labelled
        if one.kind in ("phones", "fax", "phones_and_fax") and "@" in one.text and (found := emails.emails_in(one.text))
    ]
    return words, [*bare, *labelled, *inside]


def _of_the_line_before(block: Block, line: Line, labelled: list[Labelled]) -> list[Labelled]:
    """A number alone on its line belongs to the label before it: `Fax: +7 499 265 90 77`, and below it another."""
    before = block.labelled[-1][1].kind if block.labelled else ""
    is_alone = len(labelled) == 1 and labelled[0].kind == "phones" and line.text[:1] in "+(0123456789"
    return [Labelled(before, labelled[0].text)] if is_alone and before in ("fax", "phones_and_fax") else labelled


def _is_half_an_email(words: str) -> bool:
    """Whether the text is one word with points or an `@`, as the rest of an address that was cut."""
    return " " not in words and ("@" in words or ("." in words.strip(".") and words.islower()))


def _are_spaced(lines: Sequence[Line]) -> bool:
    """Whether nearly every line is followed by a blank one, so that a gap says nothing."""
    full = sum(not line.blank for line in lines)
    pairs = sum(not one.blank and not two.blank for one, two in pairwise(lines))
    return full >= 4 and pairs * 5 <= full
