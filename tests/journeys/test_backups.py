"""A backup while people write, and its restoring while the site runs: on either database, without a stop."""

import re
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from tests.factories import NOON, SECRET, an_action
from tests.journeys.test_at_the_deadline import a_form, press
from ua_tracker import backups, tally
from ua_tracker.backups import schema
from ua_tracker.models import ActionTally, Pledge

WRITERS, BETWEEN = 3, 8


@pytest.fixture
def action(engine, session):
    """An open action, in a database whose tables say which version they are."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": schema.newest()})
    yield an_action(session)
    session.close()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


class Writers:
    """People who pledge one after the other until it is over, and how many were thanked so far."""

    def __init__(self, site) -> None:
        self.site, self.thanked, self.over = site, set(), threading.Event()
        self._changed = threading.Condition()

    def write(self, who: int) -> None:
        number = 0
        while not self.over.is_set():
            name = f"Writer {who}, pledge {number}"
            assert press(self.site, a_form(self.site), name) == 303
            with self._changed:
                self.thanked.add(name)
                self._changed.notify_all()
            number += 1

    def wait_for(self, more: int) -> set[str]:
        """All who were thanked, once so many more were."""
        with self._changed:
            wanted = len(self.thanked) + more
            assert self._changed.wait_for(lambda: len(self.thanked) >= wanted, timeout=120)
            return set(self.thanked)


def shown(site) -> str:
    with urllib.request.urlopen(f"{site.address}/en/actions/ua-12-26/counter") as page:
        return re.search(r'data-count="letters-pledged"[^>]*>\s*([\d,]+)', page.read().decode())[1]


def test_backups_are_made_while_people_write_and_each_is_right(site, database, action, tmp_path):
    writers, engine = Writers(site), create_engine(database)
    with ThreadPoolExecutor(WRITERS) as pool:
        people = [pool.submit(writers.write, number) for number in range(WRITERS)]
        try:
            for number in range(3):
                before = writers.wait_for(BETWEEN)
                path = tmp_path / f"{number}.backup"
                made = backups.make(engine, path, secret=SECRET, version="1.0", at=NOON)
                after = writers.wait_for(1)
                copy = schema.engine_of(path)
                with Session(copy) as held:
                    names = set(held.scalars(select(Pledge.name)))
                    assert tally.check(held) == []
                copy.dispose()
                assert before <= names <= after | {f"Writer {who}, pledge {next_of(after, who)}" for who in range(3)}
                assert made.tally_differs is False
        finally:
            writers.over.set()
        for person in as_completed(people):
            person.result()
    engine.dispose()


def next_of(names: set[str], who: int) -> int:
    """The pledge that this writer makes now: it may be stored, and its answer still on the way."""
    return sum(name.startswith(f"Writer {who},") for name in names)


def test_a_backup_is_restored_under_a_running_site_which_takes_it_up(site, database, action, tmp_path):
    engine = create_engine(database)
    for number in range(3):
        assert press(site, a_form(site), f"Early {number}") == 303
    backups.make(engine, tmp_path / "a.backup", secret=SECRET, version="1.0", at=NOON)
    late = [a_form(site) for _ in range(4)]
    for number, form in enumerate(late):
        assert press(site, form, f"Late {number}") == 303
    assert {shown(site) for _ in range(6)} == {"14"}  # both workers keep this answer
    how = {"secrets": [SECRET], "version": "1.0", "at": NOON, "folder": tmp_path, "overwrite": True}
    backups.restore(tmp_path / "a.backup", engine, **how)
    engine.dispose()
    # As many changes as there were after the backup: no worker may take what it keeps for the answer to these.
    for number in range(4):
        assert press(site, a_form(site), f"Again {number}", "1") == 303
    assert {shown(site) for _ in range(6)} == {"10"}
    assert press(site, late[0], "Late 0") == 303  # whose pledge the backup lacks
    after = create_engine(database)
    with Session(after) as held:
        assert tally.check(held) == []
        assert held.scalar(select(ActionTally.pledges)) == 8
        assert len(held.scalars(select(Pledge)).all()) == 8
    after.dispose()
