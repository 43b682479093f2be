"""The tests that `make test` leaves out, in one series: what waits for other programs leaves its core to the rest.

The walks, the pages on PostgreSQL, each page for axe and at 320 pixels, servers that are killed, and others' programs.
"""

from collections.abc import Iterator
from itertools import chain, zip_longest

import pytest


def database_of(item: pytest.Item) -> str:
    """The kind of database that the test runs on. A test that names none counts as SQLite's."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return str(parameters.get("database", "sqlite"))


def is_page(item: pytest.Item) -> bool:
    """Whether the test is one of the pages."""
    return "tests/web/" in item.nodeid


def ordered(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests of the series: those that mostly wait in turn with those that take long, and the many short ones last.

    The tests of one file share its servers and programs, so that one process gets them all, one after the other.
    """
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if "tests/outside/" in item.nodeid or "tests/journeys/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
            groups.setdefault(item.path.name, []).append(item)
    waiting = sorted(groups.values(), key=len, reverse=True)
    working = [[item] for item in items if _takes_long(item)]
    return [*_in_turn(waiting, working), *_first_examples(items)]


def _first_examples(items: list[pytest.Item]) -> list[pytest.Item]:
    """The pages on PostgreSQL: of a test with several examples the first, because the others ask for the same rows."""
    first: dict[str, pytest.Item] = {}
    for item in items:
        if is_page(item) and database_of(item) == "postgres":
            first.setdefault(item.nodeid.partition("[")[0], item)
    return list(first.values())


def _takes_long(item: pytest.Item) -> bool:
    is_walk = item.get_closest_marker("walk") is not None and database_of(item) == "sqlite"
    return is_walk or ("tests/browser/" in item.nodeid and "320_pixels" in item.name)


def _in_turn(waiting: list[list[pytest.Item]], working: list[list[pytest.Item]]) -> Iterator[pytest.Item]:
    return chain.from_iterable(chain.from_iterable(zip_longest(waiting, working, fillvalue=[])))
