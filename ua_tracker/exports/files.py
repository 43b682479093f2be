"""Which file is ordered, and how each kind is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import Session

from ua_tracker import deadlines, languages
from ua_tracker.exports import columns, crm_files, csv_cells, csv_files, local_times, people, rows, workbooks
from ua_tracker.exports.rows import Conditions
from ua_tracker.models import Action


class Flavour(StrEnum):
    """For whom a file is: for people with a spreadsheet (a workbook, or a CSV), for programs, or for one program.

    Those for one program hold pledges alone, of people who agreed to be told what comes of the action.
    """

    WORKBOOK = "workbook"
    SPREADSHEET = "spreadsheet"
    IMPORT = "import"
    ACTION_NETWORK = "action-network"
    CIVICRM = "civicrm"


OF_PEOPLE = (Flavour.ACTION_NETWORK, Flavour.CIVICRM)


@dataclass(frozen=True)
class Order:
    """What is to be made. With `group_id` the file holds that group's rows alone; `secret` is the site's secret key.

    `which` are conditions for the rows of a filter, as `ledger.matching` makes them; without any it holds all rows.
    """

    action: Action
    group_id: int | None
    flavour: Flavour
    language: str
    secret: str
    now: datetime
    which: Conditions = field(default_factory=list)


@dataclass(frozen=True)
class Download:
    """A file to send: the number of rows without the header, and the bytes in chunks of about 1000 rows."""

    rows: int
    chunks: Iterator[bytes]


def pledges(session: Session, order: Order) -> Download:
    """The pledges of an action, oldest first, including withdrawn and void ones; for a CRM those of `rows.agreed`.

    `rows` is counted now, and pledges made later are left out. Of a filter the file holds those rows that matched it
    now, whatever becomes of them while it is sent. Read the chunks after the view has committed: they end the session's
    transaction, and each page has a short transaction of its own, so that a slow download does not prevent SQLite's
    checkpoints.
    """
    agreed = rows.agreed() if order.flavour in OF_PEOPLE else []
    mine = _mine(session, rows.PLEDGES, order, agreed)
    number = rows.count(session, rows.PLEDGES, mine)
    if order.flavour in OF_PEOPLE:
        return Download(number, _people(session, order, mine))
    pages = rows.pledges_with_reports(session, mine, order.group_id)
    if order.flavour is Flavour.WORKBOOK:
        return Download(number, workbooks.chunks(session, _book(order, workbooks.PLEDGES), pages))
    facts, style = _facts(order), _style(order)
    lines = csv_files.pledge_lines(facts, style)
    return Download(number, csv_files.chunks(session, columns.PLEDGE_COLUMNS, pages, lines, style))


def letters(session: Session, order: Order) -> Download:
    """The letters of an action, one row for each recipient of a report, including void ones. Otherwise as `pledges`.

    With `group_id` these are the reports of that group; the group of a linked pledge does not matter.
    """
    mine = _mine(session, rows.REPORTS, order)
    number, pages = rows.count(session, rows.REPORTS, mine), rows.letters(session, mine)
    if order.flavour is Flavour.WORKBOOK:
        return Download(number, workbooks.chunks(session, _book(order, workbooks.LETTERS), pages))
    facts, style = _facts(order), _style(order)
    lines = csv_files.letter_lines(facts, style)
    return Download(number, csv_files.chunks(session, columns.LETTER_COLUMNS, pages, lines, style))


def file_name(action: Action, noun: str, now: datetime, suffix: str = "csv") -> str:
    """A file name from slug, noun and today's date in the action's zone, like ua-109-23-2-pledges-2026-11-24.csv."""
    return f"{action.slug}-{noun}-{deadlines.today(action, now).isoformat()}.{suffix}"


def _mine(session: Session, table: Table, order: Order, more: Sequence[ColumnElement[bool]] = ()) -> rows.Mine:
    seen = [*rows.seen(session, table, order.action.id, order.group_id), *more]
    return rows.picked(session, table, [*seen, *order.which]) if order.which else seen


def _people(session: Session, order: Order, mine: rows.Mine) -> Iterator[bytes]:
    facts, pages, style = _facts(order), rows.pledges(session, mine), csv_cells.for_programs()
    if order.flavour is Flavour.CIVICRM:
        lines, names = crm_files.civicrm_lines(facts), crm_files.CIVICRM_COLUMNS
        return csv_files.chunks(session, names, pages, lines, style)
    lines = crm_files.action_network_lines(facts)
    return csv_files.chunks(session, crm_files.ACTION_NETWORK_COLUMNS, pages, lines, style)


def _facts(order: Order) -> csv_files.Facts:
    of_spreadsheet = order.flavour is Flavour.SPREADSHEET
    instant = local_times.texts(order.action.timezone) if of_spreadsheet else csv_files.in_utc
    return csv_files.Facts(order.action.slug, order.action.ai_index, instant, people.ids(order.secret))


def _style(order: Order) -> csv_cells.Style:
    if order.flavour is Flavour.SPREADSHEET:
        return csv_cells.for_spreadsheet(languages.known(order.language).cells)
    return csv_cells.for_programs()


def _book(order: Order, noun: workbooks.Noun) -> workbooks.Book:
    action = order.action
    return workbooks.Book(
        noun=noun,
        title=file_name(action, noun.name, order.now, "xlsx"),
        slug=action.slug,
        ai_index=action.ai_index,
        zone=action.timezone,
        language=order.language,
        person=people.ids(order.secret),
        made_at=order.now,
    )
