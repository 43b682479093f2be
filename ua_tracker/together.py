"""One commit for all who wait to write: the thread whose turn it is also does the work of those who wait behind it.

Each commit waits for the disk, and each turn has its own costs, so that under load several pledges in one transaction
cost little more than one. On SQLite there is one turn for the file. On PostgreSQL there is one for each action, since
only one transaction at a time can move its tally.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ua_tracker import request_counts
from ua_tracker.database import db, transaction, writers
from ua_tracker.refusals import Refusal
from ua_tracker.statements import Fixed, written
from ua_tracker.writer_queue import PATIENCE, FairLock, Place

MOST = 64  # in one transaction, so that nobody waits long for those behind
_TURN = Fixed(
    text("SELECT pg_advisory_xact_lock(7561, hashtext(:about))").bindparams(bindparam("about", type_=String()))
)
# Together, works lock rows in no particular order, and may wait for somebody who waits for them. PostgreSQL looks for
# that after a second (deadlock_timeout). This is less, so that they give up first and are done one by one.
_SHORT_WAITS = Fixed(text("SET LOCAL lock_timeout = '500ms'"))
Result = TypeVar("Result")
Work = Callable[[Session, datetime], Result]


def write(work: Work[Result], clock: Callable[[], datetime], about: str = "") -> Result:
    """Does the work in a write transaction, as in a block of `database.writing`; returns its result after the commit.

    `about` is the slug of the action whose tally it moves. The work gets a session and the instant at which it begins,
    after the wait. It may be done by another thread, in one transaction with the work of others, and more than once if
    the first time is rolled back. So it knows nothing of the request, and its result has values, not rows of the
    session. What it raises is raised here and undoes what it wrote, not what others wrote. If the commit fails on
    SQLite, or the connection is lost, it fails for all of them. What this thread's session has read before must be
    read again. Raises TurnTooLong as `database.writing`.
    """
    db.session().close()  # who waits keeps no old state of the database
    job: _Job[Result] = _Job(work, clock)
    queue = writers()
    if queue is not None:
        queue.turn_for(job, lambda deadline: _lead(job, queue.take, partial(transaction, deadline)))
    else:
        _wait_for_action(job, about)
    return job.outcome()


class _NotAlone(Exception):
    """A job has failed after it wrote something, so that the transaction must be rolled back."""


class _Job(Generic[Result]):
    """One thread's work, and its result or the exception that it raised."""

    def __init__(self, work: Work[Result], clock: Callable[[], datetime]) -> None:
        self._work, self._clock = work, clock
        self._result: Any = None
        self.error: BaseException | None = None

    def outcome(self) -> Result:
        """The result. Raises what the work raised."""
        if self.error is not None:
            raise self.error
        result: Result = self._result
        return result

    def do(self, session: Session, *, among_others: bool = False) -> None:
        """Does the work, and keeps the refusal with which it ends before it writes. Raises _NotAlone otherwise.

        With `among_others` it raises errors of the database themselves: they may be another job's.
        """
        before = written(session)
        try:
            self._result = self._work(session, self._clock())
            session.flush()
        except Exception as error:
            if among_others and isinstance(error, DBAPIError):
                raise
            self.error = error
            if not isinstance(error, Refusal) or written(session) != before or _has_more(session):
                raise _NotAlone from error
        session.expunge_all()  # the next job reads its own rows


def _has_more(session: Session) -> bool:
    return bool(session.new or session.dirty or session.deleted)


Turn = Callable[[], AbstractContextManager[Session]]


def _lead(own: _Job[Any], take: Callable[[int], list[Place]], turn: Turn) -> None:
    """Does this thread's job and those of the threads that wait behind it; again without one that has failed."""
    others: list[Place] = []
    jobs = [own]
    try:
        while jobs:
            try:
                with turn() as session:
                    taken = take(MOST - 1 - len(others))
                    others += taken
                    jobs += [place.job for place in taken]
                    _do(jobs, session)
                jobs = []
            except _NotAlone:
                jobs = [job for job in jobs if job.error is None]
            except DBAPIError as failed:
                if len(jobs) == 1 or failed.connection_invalidated or db.engine.dialect.name == "sqlite":
                    raise
                while jobs:
                    _do_alone(jobs.pop(0), turn)
    except BaseException as error:
        for job in jobs:
            job.error = job.error or error
    finally:
        for place in others:
            place.ends.release()


def _do(jobs: list[_Job[Any]], session: Session) -> None:
    among_others = len(jobs) > 1 and db.engine.dialect.name == "postgresql"
    if among_others:
        _SHORT_WAITS.write(session)
    for job in jobs:
        job.do(session, among_others=among_others)


def _do_alone(job: _Job[Any], turn: Turn) -> None:
    try:
        with turn() as session:
            job.do(session)
    except BaseException as error:
        job.error = job.error or error


def _wait_for_action(job: _Job[Any], about: str) -> None:
    """Waits for the turn to write about this action on PostgreSQL, unless another thread does the job."""
    threads = _actions.setdefault(db.engine, {}).setdefault(about, FairLock())
    began = time.monotonic()
    is_ours = threads.acquire(began + PATIENCE, job)
    request_counts.count(request_counts.TURN, began)
    if is_ours:
        try:
            _lead(job, threads.take, partial(_turn_of_action, about))
        finally:
            threads.release()


@contextmanager
def _turn_of_action(about: str) -> Iterator[Session]:
    """A transaction that no other process has a turn beside, until it ends."""
    with transaction(0.0) as session:
        _TURN.rows(session, about=about)
        yield session


# The turns of this process, by database and action.
_actions: "WeakKeyDictionary[Engine, dict[str, FairLock]]" = WeakKeyDictionary()
os.register_at_fork(after_in_child=_actions.clear)
