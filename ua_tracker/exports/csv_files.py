"""Pledges and letters as CSV.

RFC 4180: a header line, CRLF after every line, quotes where needed. There is no limit on the number of rows: they are
sent at once, page by page. Why there are two flavours, why cells are guarded against formulas, and how an incomplete
file can be recognised: docs/decisions/0007-csv.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy.orm import Session

from ua_tracker.exports.csv_cells import Style, encoded
from ua_tracker.exports.people import apart
from ua_tracker.exports.rows import Page, Stored, state
from ua_tracker.programs.keys import external_id

_NOT_LAST, _LAST = "no\r\n", "yes\r\n"
Cells = Callable[[str | None], str]


@dataclass(frozen=True)
class Facts:
    """What all rows of a file share, and how instants and people are named in it."""

    slug: str
    ai_index: str | None
    instant: Callable[[Stored], str]
    person: Cells


def chunks(
    session: Session, columns: tuple[str, ...], pages: Iterator[Page], lines: Callable[[Page], list[str]], style: Style
) -> Iterator[bytes]:
    """The file, one chunk for each page. A line's last cell is written once the next page has been read."""
    before = after = style.beginning + style.separator.join(columns) + "\r\n"
    for page in pages:
        part = encoded(before + _NOT_LAST.join(lines(page)))
        session.rollback()  # the client may take long to receive a chunk
        yield part
        before, after = _NOT_LAST, _LAST
    session.rollback()
    yield encoded(after)


def pledge_lines(facts: Facts, style: Style) -> Callable[[Page], list[str]]:
    """A function that gives the lines of a page of pledges, without their last cell."""
    text, join, instant, person = style.text, style.separator.join, facts.instant, facts.person
    same = (text(facts.slug), text(facts.ai_index))

    def lines(page: Page) -> list[str]:
        sent, told = page.sent, page.told
        return [
            join((
                f"ua-pledge-{number}", *same, (shown := text(name)), text(email), text(group), str(letters),
                f"{write_on or ''}", language, instant(made_at), (stands := state(voided, withdrawn, held)),
                text(reason), str(sent.get((number, "target"), 0)), str(sent.get((number, "copy"), 0)),
                "1" if number in told else "0",
                "1" if wants and key and not stopped and stands == "standing" else "0",
                person(key), *(apart(name) if shown == name else _apart(name, text)), external_id(program), "",
            ))
            for number, name, email, group, letters, write_on, language, made_at, withdrawn, voided, held, reason,
            wants, stopped, key, program in page.rows
        ]  # fmt: skip

    return lines


def letter_lines(facts: Facts, style: Style) -> Callable[[Page], list[str]]:
    """A function that gives the lines of a page of letters, without their last cell."""
    text, join, instant, person = style.text, style.separator.join, facts.instant, facts.person
    same = (text(facts.slug), text(facts.ai_index))

    def lines(page: Page) -> list[str]:
        return [
            join((
                f"ua-letter-{report}-{to}", f"ua-report-{report}", f"ua-pledge-{pledge}" if pledge else "", *same,
                kind, text(role), text(recipient), channel, f"{sent_on}", str(letters), str(people),
                (shown := text(name)), text(email), text(group), instant(reported_at),
                state(voided, None, held), text(reason),
                person(key), *(apart(name) if shown == name else _apart(name, text)), external_id(program), "",
            ))
            for report, to, pledge, kind, role, recipient, channel, sent_on, letters, people, name, email, group,
            reported_at, voided, held, reason, key, program in page.rows
        ]  # fmt: skip

    return lines


def in_utc(value: Stored) -> str:
    """To the second, like 2026-03-10T16:00:00Z. SQLite stores "2026-03-10 16:00:00.000000", always in UTC."""
    if isinstance(value, str):
        return f"{value[:10]}T{value[11:19]}Z"
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _apart(name: str | None, text: Cells) -> tuple[str, str]:
    """The cells of first and last name. Where the whole name is written as it stands, so are its parts."""
    given, family = apart(name)
    return text(given), text(family)
