"""CSV exports of the pledges and letters of one action (docs/csv.md).

RFC 4180: a header line, CRLF after every line, quotes where needed. There is no limit on the number of rows: they
are read in pages by primary key and sent at once, so that a million rows need no more memory than a thousand. Why
there are two flavours, why cells are guarded against formulas, and how an incomplete file can be recognised:
docs/decisions/0007-csv.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, String, Table, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from ua_tracker import deadlines, languages
from ua_tracker.models import Action, Base

PAGE = 1000
# Several names on a line, as the cells further down, so that the two can be compared.
PLEDGE_COLUMNS = (
    "external_id", "action", "ai_index", "name", "email", "group", "letters", "write_on", "language", "made_at",
    "state", "void_reason", "letters_reported", "copies_reported", "has_reported", "last_row",
)  # fmt: skip
LETTER_COLUMNS = (
    "external_id", "report_external_id", "pledge_external_id", "action", "ai_index", "recipient_kind",
    "recipient_role", "recipient_name", "channel", "sent_on", "letters", "people", "name", "email", "group",
    "reported_at", "state", "void_reason", "last_row",
)  # fmt: skip

# Core tables: mapped classes would take more time for each row than the rest of this module.
_PLEDGES, _REPORTS, _LINES, _RECIPIENTS, _GROUPS = (
    Base.metadata.tables[name] for name in ("pledges", "reports", "report_lines", "recipients", "groups")
)
_NOT_LAST, _LAST = "no\r\n", "yes\r\n"

# Characters that begin a formula (OWASP, CSV Injection; ＝ ＋ － ＠ in East Asian spreadsheets), and characters that a
# spreadsheet may ignore before them: all kinds of spaces, quotes, and invisible characters.
_FORMULA = r"=+\-@＝＋－＠"
_UNSEEN = (
    r"[ \"\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
    r"\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
)
_STARTS = re.compile(
    rf"\A(?={_UNSEEN}[{_FORMULA}\t\r\n\0])"
    rf"|(?<=[\n\r\v\f\x85\u2028\u2029])(?={_UNSEEN}[{_FORMULA}\t])"
    rf"|(?<=[,;|\t])(?={_UNSEEN}[{_FORMULA}])"
)
_NEEDS_QUOTES = re.compile(r'[",;\r\n]')
# A quick test that most cells pass: after a letter or digit, none of these characters begins a formula.
_NEEDS_CARE = re.compile(rf'[",;\r\n\t\0{_FORMULA}](?<!\w[\t\0{_FORMULA}])')


class Flavour(StrEnum):
    """SPREADSHEET is for people who open the file in a spreadsheet, IMPORT for programs that read it."""

    SPREADSHEET = "spreadsheet"
    IMPORT = "import"


@dataclass(frozen=True)
class Download:
    """A file to send: the number of rows without the header, and the bytes in chunks of about 1000 rows."""

    rows: int
    chunks: Iterator[bytes]


def pledges(session: Session, action: Action, *, group_id: int | None, flavour: Flavour, language: str) -> Download:
    """The pledges of an action, oldest first, including withdrawn and void ones; with `group_id` only the group's.

    `rows` is counted now, and pledges made later are left out. Read the chunks after the view has committed: they end
    the session's transaction, and each page has a short transaction of its own, so that a slow download does not
    prevent SQLite's checkpoints.
    """
    mine = _seen(session, _PLEDGES, action, group_id)
    rows = session.scalar(select(func.count()).select_from(_PLEDGES).where(*mine))
    style = _Style(flavour, language)
    pages = _pledge_pages(session, mine, group_id, _names(action, style), style)
    return Download(rows or 0, _chunks(session, PLEDGE_COLUMNS, pages, style))


def letters(session: Session, action: Action, *, group_id: int | None, flavour: Flavour, language: str) -> Download:
    """The letters of an action, one row for each recipient of a report, including void ones. Otherwise as `pledges`.

    With `group_id` these are the reports of that group; the group of a linked pledge does not matter.
    """
    mine = _seen(session, _REPORTS, action, group_id)
    rows = session.scalar(select(func.count()).join_from(_REPORTS, _LINES).where(*mine))
    style = _Style(flavour, language)
    pages = _letter_pages(session, mine, _names(action, style), style)
    return Download(rows or 0, _chunks(session, LETTER_COLUMNS, pages, style))


def file_name(action: Action, noun: str, now: datetime, suffix: str = "csv") -> str:
    """A file name from slug, noun and today's date in the action's zone, like ua-109-23-2-pledges-2026-11-24.csv."""
    return f"{action.slug}-{noun}-{deadlines.today(action, now).isoformat()}.{suffix}"


def guarded(cell: str) -> str:
    """The cell with an apostrophe at each place where a spreadsheet could read the beginning of a formula.

    These are the start of the cell, the start of each line in it, and the place after a character that a spreadsheet
    with another separator treats as the end of the cell. Spaces and invisible characters before a formula are
    skipped. A cell that begins with TAB, CR, LF or NUL gets an apostrophe too. See OWASP, CSV Injection, and OWASP
    ASVS 5.0, 1.2.10.
    """
    return _STARTS.sub("'", cell)


class _Style:
    """The format of a flavour: the separator, the characters before the header, and the function that writes a text."""

    def __init__(self, flavour: Flavour, language: str) -> None:
        spreadsheet = flavour is Flavour.SPREADSHEET
        self.separator = languages.known(language).cells if spreadsheet else ","
        self.beginning = "\ufeff" if spreadsheet else ""
        self.text = _guarded_cell if spreadsheet else _cell


# Instead of csv.writer, which takes more time for each row than reading it from the database. The tests compare the
# result with csv.reader.
def _cell(text: str | None) -> str:
    if text is None:
        return ""
    return _quoted(text) if _NEEDS_QUOTES.search(text) else text


def _guarded_cell(text: str | None) -> str:
    if text is None:
        return ""
    return _cell(guarded(text)) if _NEEDS_CARE.search(text) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _seen(session: Session, table: Table, action: Action, group_id: int | None) -> list[ColumnElement[bool]]:
    """Conditions for the rows that the coordinator may see and that exist now."""
    of = table.c
    rows = [of.action_id == action.id]
    if group_id is not None:
        rows = [_unindexed(of.action_id) == action.id, of.group_id == group_id]
    last = session.scalar(select(func.max(of.id)).where(*rows))
    return [*rows, of.id <= (last or 0)]


def _unindexed(column: Column[int]) -> ColumnElement[int]:
    """The column's value in a form that keeps the database from using this column's index.

    SQLite does not know how many rows a group or an action has, and could read a million rows to find ten.
    """
    return column + 0


def _names(action: Action, style: _Style) -> tuple[str, str]:
    return style.text(action.slug), style.text(action.ai_index)


def _chunks(session: Session, columns: tuple[str, ...], pages: Iterator[list[str]], style: _Style) -> Iterator[bytes]:
    """The file, one chunk for each page. A line's cell `last_row` is written once the next page has been read."""
    before = after = style.beginning + style.separator.join(columns) + "\r\n"
    for lines in pages:
        session.rollback()  # the client may take long to receive a chunk
        yield _encoded(before + _NOT_LAST.join(lines))
        before, after = _NOT_LAST, _LAST
    session.rollback()
    yield _encoded(after)


def _encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which UTF-8 cannot encode, becomes a question mark."""
    return text.encode("utf-8", "replace")


def _pledge_pages(
    session: Session, mine: list[ColumnElement[bool]], group_id: int | None, names: tuple[str, str], style: _Style
) -> Iterator[list[str]]:
    """Lines without their last cell, page by page."""
    query, join, text, after = _pledge_query(mine), style.separator.join, style.text, 0
    while rows := session.execute(query.where(_PLEDGES.c.id > after)).all():
        sent, told = _reported(session, group_id, rows[0].id, rows[-1].id), _told(session, rows[0].id, rows[-1].id)
        after = rows[-1].id
        yield [
            join((
                f"ua-pledge-{number}", *names, text(name), text(email), text(group), str(letters), f"{write_on or ''}",
                language, _instant(made_at), _state(voided, withdrawn, held),
                text(reason), str(sent.get((number, "target"), 0)), str(sent.get((number, "copy"), 0)),
                "1" if number in told else "0", "",
            ))
            for number, name, email, group, letters, write_on, language, made_at, withdrawn, voided, held, reason
            in rows
        ]  # fmt: skip


def _state(voided: Any, withdrawn: Any, held: bool) -> str:
    return "void" if voided else "withdrawn" if withdrawn else "held" if held else "standing"


def _pledge_query(mine: list[ColumnElement[bool]]) -> Select[Any]:
    of = _PLEDGES.c
    return (
        select(
            *(of.id, of.name, of.email, _GROUPS.c.slug, of.letters, _stored(of.write_on), of.language),
            *(_stored(of.made_at), _stored(of.withdrawn_at), _stored(of.voided_at), of.is_held, of.void_reason),
        )
        .select_from(_PLEDGES.outerjoin(_GROUPS))
        .where(*mine)
        .order_by(of.id)
        .limit(PAGE)
    )


def _reported(session: Session, group_id: int | None, first: int, last: int) -> dict[tuple[int, str], int]:
    """Letters of standing reports by pledge and kind of recipient; with `group_id` only from that group's reports."""
    whose = _REPORTS.c.pledge_id
    query = (
        select(whose, _RECIPIENTS.c.kind, func.sum(_LINES.c.letters))
        .select_from(_REPORTS.join(_LINES).join(_RECIPIENTS, _RECIPIENTS.c.id == _LINES.c.recipient_id))
        .where(whose.between(first, last), _REPORTS.c.voided_at.is_(None), _REPORTS.c.is_held.is_(False))
        .group_by(whose, _RECIPIENTS.c.kind)
    )
    if group_id is not None:
        query = query.where(_unindexed(_REPORTS.c.group_id) == group_id)
    return {(number, kind): letters for number, kind, letters in session.execute(query).all()}


def _told(session: Session, first: int, last: int) -> set[int]:
    """The pledges with a report that was not taken back, a held one too, whichever group it was made for."""
    whose = _REPORTS.c.pledge_id
    return set(session.scalars(select(whose).where(whose.between(first, last), _REPORTS.c.voided_at.is_(None))))


def _letter_pages(
    session: Session, mine: list[ColumnElement[bool]], names: tuple[str, str], style: _Style
) -> Iterator[list[str]]:
    """Lines without their last cell, page by page."""
    query, join, text = _letter_query(mine), style.separator.join, style.text
    report, line, to = _REPORTS.c.id, _LINES.c.report_id, _LINES.c.recipient_id
    after = (0, 0)
    # Both conditions, although report and line have the same id: else PostgreSQL reads all lines from the first one.
    while rows := session.execute(
        query.where(report >= after[0], line >= after[0], or_(line > after[0], to > after[1]))
    ).all():
        after = rows[-1][:2]
        yield [
            join((
                f"ua-letter-{report}-{to}", f"ua-report-{report}", f"ua-pledge-{pledge}" if pledge else "", *names,
                kind, text(role), text(recipient), channel, f"{sent_on}", str(letters), str(people), text(name),
                text(email), text(group), _instant(reported_at), _state(voided, None, held), text(reason), "",
            ))
            for report, to, pledge, kind, role, recipient, channel, sent_on, letters, people, name, email, group,
            reported_at, voided, held, reason in rows
        ]  # fmt: skip


def _letter_query(mine: list[ColumnElement[bool]]) -> Select[Any]:
    of, to = _REPORTS.c, _RECIPIENTS.c
    joined = _REPORTS.join(_LINES).join(_RECIPIENTS, to.id == _LINES.c.recipient_id)
    return (
        select(
            of.id,
            to.id,
            of.pledge_id,
            to.kind,
            to.role,
            to.name,
            of.channel,
            _stored(of.sent_on),
            _LINES.c.letters,
            of.people,
            of.name,
            of.email,
            _GROUPS.c.slug,
            _stored(of.reported_at),
            _stored(of.voided_at),
            of.is_held,
            of.void_reason,
        )
        .select_from(joined.outerjoin(_GROUPS, _GROUPS.c.id == of.group_id))
        .where(*mine)
        .order_by(of.id, _LINES.c.recipient_id)
        .limit(PAGE)
    )


def _stored(column: Column[Any]) -> ColumnElement[Any]:
    """A day or an instant in the driver's own form, so that SQLite's text is not parsed and formatted again."""
    return type_coerce(column, String)


def _instant(value: str | datetime) -> str:
    """In UTC, to the second, like 2026-03-10T16:00:00Z. SQLite stores "2026-03-10 16:00:00.000000", always in UTC."""
    if isinstance(value, str):
        return f"{value[:10]}T{value[11:19]}Z"
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
