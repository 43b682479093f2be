"""By which index the rows of a list are read, so that a list of a million rows costs what one of a thousand does.

Few rows that a filter finds are collected and sorted. Among many, the first fifty are soon found by looking at rows in
the order of the list.
"""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ua_tracker import mailboxes, search_words
from ua_tracker.ledger.wanted import Wanted
from ua_tracker.models import Pledge, Report

MOST_COLLECTED = 5_000  # rows, since their places are all over the table
Table = type[Pledge] | type[Report]


def is_walked(session: Session, table: Table, action_id: int, wanted: Wanted, sort: str) -> bool:
    """Whether rows are looked at in the order of the list, since each text, mail domain and size finds very many.

    With other parts in the filter that find few rows it is not done. `sort` has no hyphen.
    """
    by_index = (wanted.numbers, wanted.evening, wanted.like, wanted.held_for, wanted.first, wanted.last)
    if wanted.is_unusual or any(by_index) or wanted.key is not None or wanted.inside:
        return False
    few = [search_words.are_few(session, table, action_id, wanted.text)] if wanted.is_by_words else []
    for which in _parts(table, wanted, sort):
        found = select(table.id).where(table.action_id == action_id, *which).limit(MOST_COLLECTED + 1)
        few.append((session.scalar(select(func.count()).select_from(found.subquery())) or 0) <= MOST_COLLECTED)
    return bool(few) and not any(few)


def _parts(table: Table, wanted: Wanted, sort: str) -> list[list[ColumnElement[bool]]]:
    """The parts of the filter that have an index of their own, which the order has not."""
    found: list[list[ColumnElement[bool]]] = []
    if wanted.domain and sort != "made":
        found.append([table.mail_domain == mailboxes.domain_key(wanted.domain)])
    sizes: list[ColumnElement[bool]] = []
    if wanted.least is not None:
        sizes.append(table.letters >= wanted.least)
    if wanted.most is not None:
        sizes.append(table.letters <= wanted.most)
    if sizes and sort != "letters":
        found.append(sizes)
    return found
