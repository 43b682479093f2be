"""The networks and mail domains from which most came for an action in the last 24 hours, for coordinators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from ua_tracker import totals
from ua_tracker.arrival_counts import LONG
from ua_tracker.models import Action, ArrivalCount, Pledge, Report

Table = type[Pledge] | type[Report]
MOST, MOST_NETWORKS, MOST_OF_A_SOURCE = 3, 10, 1_000
_LOOKED_AT = 40  # networks: those that lead on the whole site may have written for other actions


@dataclass(frozen=True)
class Network:
    """A network, and the letters that came from it for all actions, also those that were taken back.

    `report` and `pledge` are the ids of one row of the action that came from it and stands, None where there is none;
    `reports` and `pledges` how many there are, counted up to one more than MOST_OF_A_SOURCE.
    """

    report: int | None
    pledge: int | None
    letters: int
    reports: int
    pledges: int


@dataclass(frozen=True)
class Domain:
    """A mail domain, the number of pledges and reports with an address of it, and whether there are some of each."""

    name: str
    rows: int
    has_reports: bool
    has_pledges: bool


def networks(session: Session, action: Action, now: datetime) -> list[Network]:
    """The leading networks that reported or pledged for this action, at most ten: without those all taken back."""
    found = []
    for source, letters in session.execute(_leading("network", now).limit(_LOOKED_AT)).all():
        (report, reports), (pledge, pledges) = (_standing(session, action, source, one) for one in (Report, Pledge))
        if reports or pledges:
            found.append(Network(report, pledge, int(letters), reports, pledges))
        if len(found) == MOST_NETWORKS:
            break
    return found


def domains(session: Session, action: Action, now: datetime) -> list[Domain]:
    """The leading mail domains of this action, at most three."""
    prefix = f"{action.id} "
    of_action = ArrivalCount.key.between(prefix, f"{action.id}!")  # the character after a space
    rows = session.execute(_leading("domain", now).where(of_action).limit(MOST)).all()
    found = [(key.removeprefix(prefix), int(number)) for key, number in rows]
    return [Domain(name, number, *_has(session, action, name)) for name, number in found]


def _has(session: Session, action: Action, domain: str) -> tuple[bool, bool]:
    report, pledge = (_row_of(session, action, table.mail_domain == domain, table) for table in (Report, Pledge))
    return report is not None, pledge is not None


def _standing(session: Session, action: Action, source: str, table: Table) -> tuple[int | None, int]:
    """The newest standing row of the action from this network, and how many there are, as `Network` has it."""
    which = (table.source == source, table.action_id == action.id, *totals.standing(table))
    newest = select(table.id).where(*which).order_by(table.id.desc()).limit(MOST_OF_A_SOURCE + 1).subquery()
    number, last = session.execute(select(func.count(), func.max(newest.c.id)).select_from(newest)).one()
    return last, number


def _row_of(session: Session, action: Action, which: ColumnElement[bool], table: Table) -> int | None:
    return session.scalar(select(func.max(table.id)).where(which, table.action_id == action.id))


def _leading(kind: str, now: datetime) -> "Select[str, int]":
    number = func.sum(ArrivalCount.number)
    query = select(ArrivalCount.key, number).where(ArrivalCount.kind == kind, ArrivalCount.at > now - LONG)
    return query.group_by(ArrivalCount.key).order_by(number.desc(), ArrivalCount.key)
