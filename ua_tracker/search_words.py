"""Finds pledges and reports by the words of a name and by an address, from kept words instead of all rows.

The words are personal data: they are deleted in the transaction in which the name or the address is.
"""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, delete, false, func, insert, or_, select, union_all
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


def matches(
    session: Session, table: Table, action_id: int, text: str, *, inside: bool, few: bool | None = None
) -> ColumnElement[bool]:
    """The condition for rows of the action with this text in name or address, whatever its case and accents.

    It is found where a word of the name begins, at the beginning of the address, and as the whole domain of it, with or
    without an @ before it; with `inside` anywhere, for which every row of the action is read. `few` says whether the
    rows are collected from the words, or else each row is looked at; without it they are counted.
    """
    if not name_search.folded(text):
        return false()
    if inside:
        both = func.coalesce(table.name, "") + "\n" + func.coalesce(table.email, "")  # one match instead of two
        return both.regexp_match(name_search.pattern(text))
    if _is_long(text):
        return _read(table, text)
    if few is None:
        few = number(session, table, action_id, text) <= MOST_COLLECTED
    return table.id.in_(_collected(table, action_id, text)) if few else _looked_up(table, text)


def number(session: Session, table: Table, action_id: int, text: str) -> int:
    """How many rows the words find, some of them twice; counted up to one more than MOST_COLLECTED.

    A text that is longer than the words has as many.
    """
    if _is_long(text):
        return MOST_COLLECTED + 1
    found = _collected(table, action_id, text).limit(MOST_COLLECTED + 1)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def span(text: str) -> tuple[str, str]:
    """The least text that begins with this one, folded, and the first that is above all of these."""
    begins = name_search.key(text)
    return begins, begins + name_search.LAST


def _is_long(text: str) -> bool:
    return len(name_search.folded(text)) > name_search.LONGEST_KEY


def _collected(table: Table, action_id: int, text: str) -> CompoundSelect[Any]:
    (begins, ends), words, domain = span(text), _WORDS[table], _domain(text)
    parts: list[Select[Any]] = [
        select(table.id).where(table.action_id == action_id, table.name_key >= begins, table.name_key < ends),
        select(words.row_id).where(words.action_id == action_id, words.word >= begins, words.word < ends),
    ]
    if domain is not None:
        parts.append(select(table.id).where(table.action_id == action_id, table.mail_domain == domain))
    return union_all(*parts)


def _looked_up(table: Table, text: str) -> ColumnElement[bool]:
    """The same for one row that is looked at: by its own words."""
    (begins, ends), words = span(text), _WORDS[table]
    word = select(words.row_id).where(words.row_id == table.id, words.word >= begins, words.word < ends).limit(1)
    is_named = and_(func.coalesce(table.name_key, "") >= begins, func.coalesce(table.name_key, "") < ends)
    # Not EXISTS, for which PostgreSQL may first collect the words of all rows.
    found, domain = [is_named, word.scalar_subquery().is_not(None)], _domain(text)
    return or_(*found, *([] if domain is None else [func.coalesce(table.mail_domain, "") == domain]))


def _read(table: Table, text: str) -> ColumnElement[bool]:
    named, domain = table.name.regexp_match(name_search.pattern_of_word(text)), _domain(text)
    found = [named, table.email.regexp_match(f"^{name_search.pattern(text)}")]
    return or_(*found, *([] if domain is None else [table.mail_domain == domain]))


def _domain(text: str) -> str | None:
    """The mail domain that the text may be; None for an address, which is not to find all others of its domain."""
    domain = name_search.composed(text).strip().removeprefix("@")
    return None if "@" in domain else mailboxes.domain_key(domain)
