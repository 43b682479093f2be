"""The rows of the sheets of pledges and letters, as XML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ua_tracker import languages
from ua_tracker.channels import CHANNEL_LABELS
from ua_tracker.exports import local_times
from ua_tracker.exports.people import apart
from ua_tracker.exports.rows import Page, state
from ua_tracker.exports.workbook_cells import AFTER, ROW, Repeated, Texts, is_plain, values
from ua_tracker.programs.keys import external_id
from ua_tracker.refusals import marked

STATES = {
    "standing": marked("counted"),
    "held": marked("held"),
    "withdrawn": marked("withdrawn"),
    "void": marked("taken back"),
}
# Not as values of their own: LibreOffice shows those as formulas.
YES_OR_NO = {True: marked("yes"), False: marked("no")}
KINDS = {"target": marked("Target"), "copy": marked("Copy")}
Rows = Callable[[Page], list[str]]


@dataclass(frozen=True)
class Cells:
    """What makes the cells of a sheet: the letter and the style of each column by name, and what all rows share."""

    letters: dict[str, str]
    styles: dict[str, str]
    slug: str
    ai_index: str | None
    zone: str
    person: Callable[[str | None], str]
    words: Callable[[str], str]

    def texts(self, name: str) -> Texts:
        """This column, which holds texts."""
        return Texts(self.letters[name], self.styles[name])

    def text(self, name: str) -> Callable[[str | None], str]:
        """Makes the cells of this column, which holds texts."""
        return self.texts(name).cell

    def word(self, name: str, sentences: Mapping[Any, str]) -> Repeated:
        """The cells of this column, which holds a few words of ours, in the reader's language."""
        cell = self.text(name)
        return Repeated(lambda value: cell(self.words(sentences[value])))

    def language(self) -> Repeated:
        """The cells with the names of languages."""
        cell = self.text("language")
        return Repeated(lambda code: cell(languages.known(code).name))

    def program(self) -> Repeated:
        """The cells with the API keys of programs."""
        cell = self.text("api_key")
        return Repeated(lambda number: cell(external_id(number)))

    def number(self, name: str) -> Repeated:
        """The cells of this column, which holds small numbers."""
        return Repeated(values(self.letters[name], self.styles[name]))

    def day(self, name: str) -> Repeated:
        """The cells of this column, which holds days."""
        cell = values(self.letters[name], self.styles[name])

        def of(day: str | date | None) -> str:
            return cell(local_times.number_of_day(day)) if day else ""

        return Repeated(of)

    def named(self) -> Callable[[str | None, str | None], str]:
        """Makes the three cells of a person: id, first name, last name."""
        identity, person = self.person, self.texts("person_id").before
        one, other = self.texts("given_name"), self.texts("family_name")
        of_one, of_other = one.before, other.before

        def of(key: str | None, name: str | None) -> str:
            whose = f"{person}{identity(key)}{AFTER}" if key else ""
            given, family = apart(name)
            if name and family and is_plain(name):
                return f"{whose}{of_one}{given}{AFTER}{of_other}{family}{AFTER}"
            return f"{whose}{one.cell(given)}{other.cell(family)}"

        return of


def pledge_rows(cells: Cells) -> Rows:
    """A function that makes the rows of a page of pledges."""
    of, same = cells.text, cells.text("action")(cells.slug) + cells.text("ai_index")(cells.ai_index)
    own = cells.texts("external_id").before
    name_of, email_of, reason_of = of("name"), of("email"), of("void_reason")
    group_of, language_of = Repeated(of("group")), cells.language()
    letters_of, day_of, state_of = cells.number("letters"), cells.day("write_on"), cells.word("state", STATES)
    at = values(cells.letters["made_at"], cells.styles["made_at"])
    instant = local_times.numbers(cells.zone)
    sent_of, copies_of = cells.number("letters_reported"), cells.number("copies_reported")
    told_of, wants_of = cells.word("has_reported", YES_OR_NO), cells.word("wants_outcome", YES_OR_NO)
    named, key_of = cells.named(), cells.program()

    def rows(page: Page) -> list[str]:
        sent, told = page.sent, page.told
        return [
            f'<row r="{ROW}">{own}ua-pledge-{number}{AFTER}{same}{name_of(name)}{email_of(email)}{group_of[group]}'
            f"{letters_of[letters]}{day_of[write_on]}{language_of[language]}{at(instant(made_at))}"
            f"{state_of[(stands := state(voided, withdrawn, held))]}{reason_of(reason)}"
            f"{sent_of[sent.get((number, 'target'), 0)]}{copies_of[sent.get((number, 'copy'), 0)]}"
            f"{told_of[number in told]}"
            f"{wants_of[bool(wants and key and not stopped and stands == 'standing')]}{named(key, name)}"
            f"{key_of[program]}</row>"
            for number, name, email, group, letters, write_on, language, made_at, withdrawn, voided, held, reason,
            wants, stopped, key, program in page.rows
        ]  # fmt: skip

    return rows


def letter_rows(cells: Cells) -> Rows:
    """A function that makes the rows of a page of letters."""
    of, same = cells.text, cells.text("action")(cells.slug) + cells.text("ai_index")(cells.ai_index)
    own, report_of = cells.texts("external_id").before, cells.texts("report_external_id").before
    pledge_of = of("pledge_external_id")
    kind_of, channel_of = cells.word("recipient_kind", KINDS), cells.word("channel", CHANNEL_LABELS)
    role_of, recipient_of = Repeated(of("recipient_role")), Repeated(of("recipient_name"))
    day_of, letters_of, people_of = cells.day("sent_on"), cells.number("letters"), cells.number("people")
    name_of, email_of, group_of, reason_of = of("name"), of("email"), Repeated(of("group")), of("void_reason")
    at = values(cells.letters["reported_at"], cells.styles["reported_at"])
    instant, state_of, named = local_times.numbers(cells.zone), cells.word("state", STATES), cells.named()
    key_of = cells.program()

    def rows(page: Page) -> list[str]:
        return [
            f'<row r="{ROW}">{own}ua-letter-{report}-{to}{AFTER}{report_of}ua-report-{report}{AFTER}'
            f"{pledge_of(pledge and f'ua-pledge-{pledge}')}{same}{kind_of[kind]}{role_of[role]}"
            f"{recipient_of[recipient]}{channel_of[channel]}{day_of[sent_on]}{letters_of[letters]}{people_of[people]}"
            f"{name_of(name)}{email_of(email)}{group_of[group]}{at(instant(reported_at))}"
            f"{state_of[state(voided, None, held)]}{reason_of(reason)}{named(key, name)}{key_of[program]}</row>"
            for report, to, pledge, kind, role, recipient, channel, sent_on, letters, people, name, email, group,
            reported_at, voided, held, reason, key, program in page.rows
        ]  # fmt: skip

    return rows
