"""The connections of a process to a SQLite file, after one of its files was deleted under them."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from ua_tracker import refusals
from ua_tracker.database_file import DatabaseFile

# Another process, which opens the file, and writes a row each time it is told to.
OTHER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("SELECT count(*) FROM pledges").fetchone()
print("open", flush=True)
for name in sys.stdin:
    connection.execute("INSERT INTO pledges VALUES (?)", [name.strip()])
    print("written", flush=True)
"""


class Other:
    """Another process with the file open."""

    def __init__(self, path) -> None:
        command = [sys.executable, "-c", OTHER, str(path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "open\n"

    def write(self, name: str) -> None:
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "written\n"

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "site.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE pledges (name TEXT)")
    return path


def insert(connection, name: str) -> None:
    connection.execute("INSERT INTO pledges VALUES (?)", [name])


def names(path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM pledges")}


def delete(path, name: str) -> None:
    path.with_name(path.name + name).unlink()


@pytest.mark.parametrize("name", ["-shm", "-wal"])
def test_a_process_leaves_a_deleted_file_with_all_its_connections(path, name):
    file = DatabaseFile(path)
    first, idle = file.open(), file.open()
    idle.give_back()
    insert(first, "Early")
    first.give_back()
    delete(path, name)
    again = file.open()
    other = Other(path)
    insert(again, "Amal")
    other.write("Zoe")
    other.end()
    again.close()
    assert (first.take(), idle.take()) == (False, False)
    assert names(path) == {"Early", "Amal", "Zoe"}


def test_a_connection_is_not_opened_beside_one_that_uses_a_deleted_index(path):
    file = DatabaseFile(path)
    first = file.open()
    insert(first, "Early")
    delete(path, "-shm")
    other = Other(path)
    with pytest.raises(refusals.DatabaseAway):
        file.open()
    other.write("Zoe")
    first.give_back()  # its use ends, and with it the last one of the deleted index
    again = file.open()
    insert(again, "Amal")
    again.close()
    other.end()
    assert names(path) == {"Early", "Amal", "Zoe"}


def test_a_connection_opened_beside_another_has_the_index_that_the_other_has(path):
    file = DatabaseFile(path)
    first = file.open()
    second = file.open()
    assert second.opened.index == first.opened.index
    first.close()
    assert file.is_in_place(second.opened)
    second.close()
