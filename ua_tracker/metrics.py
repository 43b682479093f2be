"""What a monitoring system reads: requests and their times over all processes, and what the database counts.

In the text format of Prometheus. Labels are methods, patterns of routes, statuses and names of jobs, never what people
or documents wrote.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ua_tracker import jobs, mail_standing
from ua_tracker.models import Action, ActionTally, Mail, Pledge, Report
from ua_tracker.refusals import NotStored
from ua_tracker.request_counts import METHODS, SPANS, STATEMENT, TURN, ProcessCounts, Series

MEDIA_TYPE = "text/plain; version=0.0.4"
TALLIES = {
    "pledges": "Pledges that stand and count",
    "letters_pledged": "Letters in pledges that stand and count",
    "letters_sent": "Letters to targets that were reported and count",
    "copies_sent": "Copies that were reported and count",
    "pledges_held": "Pledges that are held",
    "letters_held": "Letters to targets in reports that are held",
}
Block = Callable[[], AbstractContextManager[Session]]


def text(counts: ProcessCounts | None, reading: Block, now: datetime) -> bytes:
    """All numbers. Without a database only those of the processes, and `ua_tracker_database_up` is 0."""
    registry = CollectorRegistry()
    registry.register(_Collected([*_of_processes(counts), *_of_database(reading, now)]))
    return generate_latest(registry)


class _Collected:
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """The families, as the library asks for them."""
        yield from self._families


def _of_processes(counts: ProcessCounts | None) -> list[Metric]:
    if counts is None:
        return []
    answered = CounterMetricFamily(
        "ua_tracker_requests", "Requests that were answered", labels=["method", "route", "status"]
    )
    times = HistogramMetricFamily(
        "ua_tracker_request_seconds", "Time in which they were answered", labels=["method", "route"]
    )
    others, by_route = [], defaultdict(list)
    for series, counted in sorted(counts.totals().items()):
        if series[0] in {STATEMENT, TURN}:
            others += _seconds(series, counted.times, counted.microseconds)
            continue
        method = series[0] if series[0] in METHODS else "other"
        answered.add_metric([method, series[1], series[2]], counted.times)
        by_route[method, series[1]].append(counted)
    for labels, found in by_route.items():
        spans = [sum(one) for one in zip(*(counted.spans for counted in found), strict=True)]
        times.add_metric(labels, _buckets(spans), sum(counted.microseconds for counted in found) / 1e6)
    return [answered, times, *others, *_at_this_moment(counts)]


def _buckets(spans: list[int]) -> list[tuple[str, float]]:
    """Upper ends in seconds, each with how many requests took no longer."""
    ends, total, buckets = [*(str(end / 1e6) for end in SPANS), "+Inf"], 0, []
    for end, number in zip(ends, spans, strict=True):
        total += number
        buckets.append((end, float(total)))
    return buckets


def _seconds(series: Series, count: int, microseconds: int) -> list[Metric]:
    names = {STATEMENT: ("database_statement", "SQL statements"), TURN: ("write_turn", "waits for the turn to write")}
    name, what = names[series[0]]
    return [
        CounterMetricFamily(f"ua_tracker_{name}s", f"Number of {what}", value=count),
        CounterMetricFamily(f"ua_tracker_{name}_seconds", f"Seconds of {what}", value=microseconds / 1e6),
    ]


def _at_this_moment(counts: ProcessCounts) -> list[Metric]:
    found = counts.moments()
    return [
        GaugeMetricFamily("ua_tracker_processes", "Server processes that live", value=len(found)),
        GaugeMetricFamily("ua_tracker_connections", "Open connections of clients", value=sum(one[0] for one in found)),
        GaugeMetricFamily(
            "ua_tracker_writer_queue", "Writing requests that wait or are worked on", value=sum(one[1] for one in found)
        ),
    ]


def _of_database(reading: Block, now: datetime) -> list[Metric]:
    try:
        with reading() as session:
            families = [*_tallies(session), *_made(session), *_mails(session, now), _jobs(session)]
    except (SQLAlchemyError, NotStored):
        families = []
    up = GaugeMetricFamily("ua_tracker_database_up", "Whether the database answered", value=float(bool(families)))
    return [up, *families]


def _tallies(session: Session) -> list[Metric]:
    columns = [func.coalesce(func.sum(getattr(ActionTally, name)), 0) for name in TALLIES]
    real = select(*columns).join(Action, Action.id == ActionTally.action_id).where(Action.practice.is_(False))
    row = session.execute(real).one()
    return [
        GaugeMetricFamily(f"ua_tracker_{name}", what, value=float(number))
        for (name, what), number in zip(TALLIES.items(), row, strict=True)
    ]


def _made(session: Session) -> list[Metric]:
    """By the highest number of a row, since a million rows are not counted for this; a number may have been skipped."""
    made = ((Pledge, "pledges_made", "Pledges stored so far"), (Report, "reports_made", "Reports stored so far"))
    return [
        CounterMetricFamily(f"ua_tracker_{name}", what, value=session.scalar(select(func.max(table.id))) or 0)
        for table, name, what in made
    ]


def _mails(session: Session, now: datetime) -> list[Metric]:
    trouble = mail_standing.trouble(session)
    oldest = session.scalar(select(func.min(Mail.due_at)).where(Mail.due_at <= now))
    late = (now - oldest).total_seconds() if oldest else 0.0
    return [
        GaugeMetricFamily("ua_tracker_outbox_waiting", "Mails that wait", value=trouble.waiting),
        GaugeMetricFamily(
            "ua_tracker_outbox_failing", "Waiting mails that could not be sent yet", value=trouble.failing
        ),
        GaugeMetricFamily("ua_tracker_outbox_given_up", "Mails that were given up", value=trouble.given_up),
        GaugeMetricFamily("ua_tracker_outbox_late_seconds", "How long the oldest due mail waits", value=late),
    ]


def _jobs(session: Session) -> Metric:
    family = GaugeMetricFamily(
        "ua_tracker_job_done_timestamp_seconds", "When a job last ended well (Unix time)", labels=["job"]
    )
    for kind, job in sorted(jobs.done(session).items()):
        if job.done_at is not None:
            family.add_metric([kind], job.done_at.timestamp())
    return family
