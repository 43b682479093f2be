"""Who waits to write is served by the thread whose turn it is: one commit, and to each the own result or refusal."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from tests.conftest import NOON
from ua_tracker import refusals, together
from ua_tracker.database import db, writers, writing
from ua_tracker.models import Group
from ua_tracker.writer_queue import FairLock

LONG = 60.0


def a_group_of(name: str):
    """Work that stores a group, and says the instant at which it was done."""

    def work(session, at):
        session.add(Group(slug=name, name=name))
        return name, at

    return work


def refuses(_session, _at):
    raise refusals.NoSuchGroup(slug="nowhere")


def fails_after_it_wrote(session, _at):
    session.add(Group(slug="half", name="Half"))
    session.flush()
    raise ZeroDivisionError


def spoils_the_commit(session, _at):
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.add(Group(slug="spoilt", name="Spoilt", merged_into_id=999))


def names(session) -> list[str]:
    return sorted(session.scalars(select(Group.name)))


@pytest.fixture
def wait_together(app, clock):
    """Brings the work of several threads into the queue, in order, in this thread's turn, and then ends the turn."""

    def run(*works) -> list[Future]:
        def one(work):
            with app.app_context():
                return together.write(work, clock)

        with ThreadPoolExecutor(len(works)) as pool, app.app_context(), _turn():
            futures = []
            for number, work in enumerate(works, start=1):
                futures.append(pool.submit(one, work))
                _until_waiting(number)
            clock.pass_by(minutes=1)
        return futures

    return run


@contextmanager
def _turn() -> Iterator[None]:
    if writers():
        with writing():
            yield
    else:
        threads = _threads()
        assert threads.acquire(time.monotonic() + LONG)
        yield
        threads.release()


def _threads() -> FairLock:
    queue = writers()
    return queue._threads if queue else together._actions.setdefault(db.engine, {}).setdefault("", FairLock())


def _until_waiting(number: int) -> None:
    last = time.monotonic() + LONG
    while len(_threads()._waiting) < number:
        assert time.monotonic() < last


def test_all_who_wait_are_committed_at_once_and_each_gets_the_own_result(app, session, wait_together):
    seen: list[object] = []
    with app.app_context():
        event.listen(db.engine, "commit", seen.append)
        of_sqlite = writers() is not None
    futures = wait_together(*(a_group_of(name) for name in ("laval", "montreal", "ottawa")))
    assert [future.result()[0] for future in futures] == ["laval", "montreal", "ottawa"]
    assert names(session) == ["laval", "montreal", "ottawa"]
    assert len(seen) == (2 if of_sqlite else 1)  # that of the turn in which they waited, if it has one, and their own


def test_the_instant_is_that_after_the_wait(wait_together, clock):
    [future] = wait_together(a_group_of("laval"))
    assert future.result() == ("laval", clock.at)
    assert clock.at > NOON


@pytest.mark.parametrize(
    ("wrong", "error"), [(refuses, refusals.NoSuchGroup), (fails_after_it_wrote, ZeroDivisionError)]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_one_of_them_raises_is_its_own_and_undoes_nothing_of_the_others(
    session, wait_together, wrong, error, place
):
    works = [a_group_of("laval"), a_group_of("montreal")]
    works.insert(place, wrong)
    futures = wait_together(*works)
    with pytest.raises(error):
        futures.pop(place).result()
    assert [future.result()[0] for future in futures] == ["laval", "montreal"]
    assert names(session) == ["laval", "montreal"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_commit_that_fails_fails_for_all_and_stores_nothing(session, wait_together):
    futures = wait_together(a_group_of("laval"), spoils_the_commit, a_group_of("montreal"))
    for future in futures:
        with pytest.raises(IntegrityError):
            future.result()
    assert names(session) == []


def test_who_waits_for_a_row_of_another_is_done_alone_and_none_is_lost(app, session, wait_together, clock):
    """As in a deadlock: the row is free only once the others have given up doing it together."""
    session.add(Group(slug="laval", name="Laval"))
    session.commit()
    tries: list[datetime] = []

    def needs_the_row(session, at):
        tries.append(at)
        if session.get_bind().dialect.name == "postgresql" and len(tries) == 1:
            session.execute(text("SET LOCAL lock_timeout = '1ms'"))
            with db.engine.connect() as other:
                other.execute(text("UPDATE groups SET name = 'Held' WHERE slug = 'laval'"))
                session.execute(text("UPDATE groups SET name = 'Laval-des-Rapides' WHERE slug = 'laval'"))
        session.execute(text("UPDATE groups SET name = 'Laval-des-Rapides' WHERE slug = 'laval'"))

    futures = wait_together(a_group_of("montreal"), needs_the_row, a_group_of("ottawa"))
    assert [future.exception() for future in futures] == [None, None, None]
    assert names(session) == ["Laval-des-Rapides", "montreal", "ottawa"]


def test_alone_it_is_a_block_of_writing(app, session, clock):
    with app.app_context():
        assert together.write(a_group_of("laval"), clock) == ("laval", NOON)
        with pytest.raises(ZeroDivisionError):
            together.write(fails_after_it_wrote, clock)
        with pytest.raises(refusals.NoSuchGroup):
            together.write(refuses, clock)
    assert names(session) == ["laval"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_writes_a_block_of_its_own_is_not_overtaken(app, session, clock):
    """A block without a job keeps its place: those behind it are not taken along before it."""
    order: list[str] = []

    def block() -> None:
        with app.app_context(), writing():
            order.append("block")

    def job(name: str) -> None:
        with app.app_context():
            together.write(lambda _session, _at: order.append(name), clock)

    with app.app_context(), ThreadPoolExecutor(3) as pool, writing():
        for number, start in enumerate((lambda: job("first"), block, lambda: job("last")), start=1):
            pool.submit(start)
            _until_waiting(number)
    assert order == ["first", "block", "last"]
