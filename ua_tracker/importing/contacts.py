"""Makes recipients of the lines of an address section: role, name, address, phones, fax, e-mail, X and salutation."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ua_tracker.importing import countries, emails, evidence, one_line, roles
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.blocks import Block, blocks_of
from ua_tracker.importing.draft import Certainty, Draft, Value
from ua_tracker.importing.evidence import Context
from ua_tracker.importing.labels import Labelled
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.phone_numbers import numbers_in
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import keys_of
from ua_tracker.written import WrittenRecipient

_LONGEST_SALUTATION = 16  # words, in two languages
# Words of a line that holds a whole address, of one that may hold it, and of which a comma divides enough.
_RUN_TOGETHER, _WHOLE, _LEAST_WORDS, _A_COMMA = 14, 9, 6, 5
_LONG_LINE = 5  # words: a line that may hold more than one thing
_PHONES = {"phones": ("phones",), "fax": ("fax",), "phones_and_fax": ("phones", "fax")}


@dataclass
class _Read:
    """A recipient that is being made, and where each of its texts stood."""

    kind: str
    place: int
    block: Block
    values: dict[str, list[str]] = field(default_factory=dict)
    email_is_broken: bool = False


def recipients_in(
    lines: Sequence[Line], kind: str, layout: Layout, draft: Draft, heading: str = ""
) -> list[WrittenRecipient]:
    """The recipients of a section, in order, noted in the draft. `heading` says whom to write to, if anything does."""
    found: list[WrittenRecipient] = []
    for block in blocks_of(lines, layout, draft):
        if block.is_flattened:
            text = block.words[0][1] if block.words else block.labelled[0][1].text
            draft.doubt(doubts.COLUMNS, block.first_line, Value(kind), text=text[:80])
            continue
        found.append(_Maker(_Read(kind, len(found), block), layout, draft, heading).made())
    return found


def _is_salutation(labelled: Labelled) -> bool:
    """Whether this is a salutation, and not one with all that stands behind it on a line without ends."""
    is_whole = 0 < len(labelled.text.split()) <= _LONGEST_SALUTATION
    return labelled.kind == "salutation" and is_whole and keys_of(labelled.text) != ["salutation"]  # of an empty form


class _Maker:
    def __init__(self, read: _Read, layout: Layout, draft: Draft, heading: str) -> None:
        self.read, self.layout, self.draft = read, layout, draft
        salutations = [one.text for _, one in read.block.labelled if _is_salutation(one)]
        self.salutation = " ".join(salutations) or None
        self.context = Context(layout, self.salutation or "", heading)
        self.words = self._divided_words()
        self.country = self._country()

    def made(self) -> WrittenRecipient:
        """The recipient. What is uncertain becomes a doubt about the value."""
        texts = [text for _, text in self.words]
        assigned = roles.assigned(texts, self.context)
        for line, labelled in self.read.block.labelled:
            self._take(line, labelled)
        role, name = self._role_and_name(assigned)
        address = [texts[place] for place in assigned.address]
        for place in assigned.address:
            self._note(self.words[place][0], "address_lines", texts[place], Certainty.LIKELY)
        if address and not (role or name):
            about = Value(self.read.kind, self.read.place)
            self.draft.doubt(doubts.WHICH_IS_NAME, self.read.block.first_line, about, text=address[0][:80])
        if not address and not self.read.values:
            text = role or name or ""
            self.draft.doubt(doubts.NO_ADDRESS, self.read.block.first_line, self._about("address_lines"), text=text)
        values = self.read.values
        return WrittenRecipient(
            role=role,
            name=name,
            address_lines=address,
            phones=values.get("phones", []),
            fax=values.get("fax", []),
            email=values.get("email", []),
            x=next(iter(values.get("x", [])), None),
            salutation=self.salutation,
        )

    def _role_and_name(self, assigned: roles.Assigned) -> tuple[str | None, str | None]:
        role = self._bare(assigned.role)
        name = self._bare(assigned.name)
        certainty = Certainty.DOUBTFUL if assigned.swapped or assigned.is_thin else Certainty.LIKELY
        for part, place, text in (("role", assigned.role, role), ("name", assigned.name, name)):
            if place is not None and text:
                self._note(self.words[place][0], part, text, certainty)
        if run_together := self._run_together(assigned):
            line, text = run_together
            self.draft.doubt(doubts.ONE_LINE, line, Value(self.read.kind, self.read.place), text=text[:80])
        elif assigned.swapped and name and role:
            line = self.words[assigned.name or 0][0]
            self.draft.doubt(doubts.NAME_OR_ROLE, line, self._about("name"), name=name, role=role)
        elif assigned.doubtful is not None:
            line, text = self.words[assigned.doubtful]
            self.draft.doubt(doubts.WHICH_IS_NAME, line, Value(self.read.kind, self.read.place), text=text)
        elif assigned.is_thin and (name or role):
            part, place = ("name", assigned.name) if name else ("role", assigned.role)
            self.draft.doubt(doubts.WHICH_IS_NAME, self.words[place or 0][0], self._about(part), text=name or role)
        return role, name

    def _run_together(self, assigned: roles.Assigned) -> tuple[int, str] | None:
        """A line that holds a whole address, or an address and what stands before it, with little that divides it."""
        of_the_address = {self.words[place][0] for place in assigned.address}
        for line, text in self.read.block.words:
            words = len(text.split())
            parts = sum(one == line for one, _ in self.words)
            is_divided = parts > 1 and (line in of_the_address or words >= _WHOLE)
            is_short_of_commas = text.count(",") * _A_COMMA < words
            if is_short_of_commas and (words >= _RUN_TOGETHER or (words >= _LEAST_WORDS and is_divided)):
                return line, text
        return None

    def _bare(self, place: int | None) -> str | None:
        return self.words[place][1].strip(" ,;:") or None if place is not None else None

    def _divided_words(self) -> list[tuple[int, str]]:
        """The words of the block; a line that holds name, office and address together is divided."""
        done: list[tuple[int, str]] = []
        for place, (line, text) in enumerate(self.read.block.words):
            is_long = place == 0 or len(text.split()) >= _LONG_LINE or evidence.is_body(done[0][1], self.layout)
            may_hold_more = place < 2 and len(text.split()) >= 2 and is_long
            parts = one_line.divided(text, self.context) if may_hold_more else [text]
            if place == 0 and parts == [text]:
                parts = one_line.body_and_address(text, self.layout)
            done += [(line, part) for part in parts]
        return done

    def _country(self) -> str | None:
        """The code of the country that the last line of the address names."""
        for _, text in reversed(self.words):
            for name in reversed(countries.within(text, self.layout)):
                return countries.code_of(name, self.layout)
        return None

    def _take(self, line: int, labelled: Labelled) -> None:
        kind, text = labelled
        if kind == "salutation":
            if _is_salutation(labelled):
                self._note(line, "salutation", text)
            elif text:
                self.draft.doubt(doubts.NOT_UNDERSTOOD, line, self._about("salutation"), text=text[:80])
        elif kind == "other":
            self.draft.doubt(doubts.NOT_UNDERSTOOD, line, text=text[:80] or kind)
        elif kind == "email":
            self._take_email(line, text)
        elif kind == "x":
            self._add(line, "x", emails.handles_in(text))
        elif kind in _PHONES:
            numbers = numbers_in(emails.without(text), self.layout, self.country)
            for part in _PHONES[kind]:
                self._add(line, part, numbers.whole)
                for strange in numbers.strange:
                    self.draft.doubt(doubts.STRANGE_NUMBER, line, self._about(part), text=strange)

    def _take_email(self, line: int, text: str) -> None:
        if emails.is_masked(text):
            self.draft.doubt(doubts.MASKED_EMAIL, line, self._about("email"))
        elif text and (self.read.email_is_broken or emails.is_cut(text) or not emails.emails_in(text)):
            self.read.email_is_broken = self.read.email_is_broken or not emails.emails_in(text)
            self.draft.doubt(doubts.BROKEN_EMAIL, line, self._about("email"), text=text[:80])
            if not emails.emails_in(text) or self.read.email_is_broken:
                return
        self._add(line, "email", emails.emails_in(text))

    def _add(self, line: int, part: str, values: Sequence[str]) -> None:
        known = self.read.values.setdefault(part, []) if values else []
        known.extend(value for value in values if value not in known)
        if values:
            self._note(line, part, ", ".join(values))

    def _about(self, part: str) -> Value:
        return Value(self.read.kind, self.read.place, part)

    def _note(self, line: int, part: str, text: str, certainty: Certainty = Certainty.SURE) -> None:
        self.draft.note(line, self.read.kind, text, part, self.read.place, certainty)
