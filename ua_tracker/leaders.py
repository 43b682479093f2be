"""The networks and mail domains from which most came for an action in the last 24 hours, for coordinators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ua_tracker.arrival_counts import LONG
from ua_tracker.models import Action, ArrivalCount, Report

MOST = 3
_LOOKED_AT = 20  # networks: those that lead on the whole site may have written for other actions


@dataclass(frozen=True)
class Network:
    """A network by a report that came from it, and the letters that came from it for all actions."""

    report: int
    letters: int


@dataclass(frozen=True)
class Domain:
    """A mail domain, and the number of pledges and reports with an address of it."""

    name: str
    rows: int


def networks(session: Session, action: Action, now: datetime) -> list[Network]:
    """The leading networks that reported for this action, at most three."""
    found = []
    for source, letters in session.execute(_leading("network", now).limit(_LOOKED_AT)).all():
        of_source = select(func.max(Report.id)).where(Report.source == source, Report.action_id == action.id)
        report = session.scalar(of_source)
        if report is not None:
            found.append(Network(report, int(letters)))
    return found[:MOST]


def domains(session: Session, action: Action, now: datetime) -> list[Domain]:
    """The leading mail domains of this action, at most three."""
    prefix = f"{action.id} "
    of_action = ArrivalCount.key.between(prefix, f"{action.id}!")  # the character after a space
    rows = session.execute(_leading("domain", now).where(of_action).limit(MOST)).all()
    return [Domain(key.removeprefix(prefix), int(number)) for key, number in rows]


def _leading(kind: str, now: datetime) -> "Select[str, int]":
    number = func.sum(ArrivalCount.number)
    query = select(ArrivalCount.key, number).where(ArrivalCount.kind == kind, ArrivalCount.at > now - LONG)
    return query.group_by(ArrivalCount.key).order_by(number.desc(), ArrivalCount.key)
