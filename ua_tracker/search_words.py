"""Finds pledges and reports by the words of a name and by an address, from kept words instead of all rows.

The words are personal data: they are deleted in the transaction in which the name or the address is.
"""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, false, func, insert, or_, select, union_all
from sqlalchemy.orm import Session

from ua_tracker import mailboxes, name_search
from ua_tracker.models import Pledge, PledgeWord, Report, ReportWord
from ua_tracker.statements import Fixed, bound
from ua_tracker.totals import Table

# Rows that are collected from the words and then sorted. More are so many that the newest are found by looking at rows.
MOST_COLLECTED = 10_000
_WORDS: dict[Table, type[PledgeWord] | type[ReportWord]] = {Pledge: PledgeWord, Report: ReportWord}
_INSERT = {
    table: Fixed(insert(words).values(bound(words, "row_id", "word", "action_id"))) for table, words in _WORDS.items()
}


def put(session: Session, row: Pledge | Report) -> None:
    """Adds the words of a new row."""
    words = [
        {"row_id": row.id, "word": word, "action_id": row.action_id} for word in name_search.words(row.name, row.email)
    ]
    if words:
        _INSERT[type(row)].many(session, words)


def replace(session: Session, row: Pledge | Report) -> None:
    """Replaces the words of a row whose name or address has changed, or was deleted."""
    forget(session, type(row), type(row).id == row.id)
    put(session, row)


def forget(session: Session, table: Table, *which: ColumnElement[bool]) -> None:
    """Deletes the words of the rows of the table that these conditions find."""
    words = _WORDS[table]
    deleting = delete(words).where(words.row_id.in_(select(table.id).where(*which)))
    session.execute(deleting.execution_options(synchronize_session=False))


def matches(session: Session, table: Table, action_id: int, text: str, *, inside: bool) -> ColumnElement[bool]:
    """The condition for rows of the action with this text in name or address, whatever its case and accents.

    It is found where a word of the name begins, at the beginning of the address, and as the whole domain of it; with
    `inside` anywhere, for which every row of the action is read.
    """
    if not name_search.folded(text):
        return false()
    if inside:
        both = func.coalesce(table.name, "") + "\n" + func.coalesce(table.email, "")  # one match instead of two
        return both.regexp_match(name_search.pattern(text))
    few = are_few(session, table, action_id, text)
    return table.id.in_(_collected(table, action_id, text)) if few else _read(table, text)


def are_few(session: Session, table: Table, action_id: int, text: str) -> bool:
    """Whether the words find so few rows of the action that these are collected and sorted. They hold no long text."""
    found = _collected(table, action_id, text).limit(MOST_COLLECTED + 1)
    number = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return number <= MOST_COLLECTED and len(name_search.folded(text)) <= name_search.LONGEST_KEY


def _collected(table: Table, action_id: int, text: str) -> CompoundSelect[Any]:
    begins, words = name_search.key(text), _WORDS[table]
    ends = begins + name_search.LAST
    return union_all(
        select(table.id).where(table.action_id == action_id, table.name_key >= begins, table.name_key < ends),
        select(words.row_id).where(words.action_id == action_id, words.word >= begins, words.word < ends),
        select(table.id).where(table.action_id == action_id, table.mail_domain == _domain(text)),
    )


def _read(table: Table, text: str) -> ColumnElement[bool]:
    return or_(
        table.name.regexp_match(name_search.pattern_of_word(text)),
        table.email.regexp_match(f"^{name_search.pattern(text)}"),
        table.mail_domain == _domain(text),
    )


def _domain(text: str) -> str:
    return mailboxes.domain_key(name_search.composed(text).strip().removeprefix("@"))
