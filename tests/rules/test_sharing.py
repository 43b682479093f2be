"""How letters divide among several targets: evenly, and in each way that is as even."""

import pytest

from ua_tracker.letters import MOST_WAYS, ways_to_share


@pytest.mark.parametrize(("letters", "before", "ways"), [
    (0, [0, 0], []),
    (3, [], []),
    (3, [0], [[3]]),
    (4, [0, 0], [[2, 2]]),
    (5, [0, 0], [[3, 2], [2, 3]]),
    (1, [0, 0, 0], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    (2, [2, 0], [[0, 2]]),
    (3, [1, 0], [[1, 2]]),
    (2, [1, 0], [[1, 1], [0, 2]]),
    (1, [9, 0], [[0, 1]]),
    (500, [0, 0, 0], [[167, 167, 166], [167, 166, 167], [166, 167, 167]]),
])  # fmt: skip
def test_letters_are_shared_as_evenly_as_can_be(letters, before, ways):
    assert ways_to_share(letters, before) == ways


def test_of_many_ways_only_so_many_are_made_that_one_sees_they_are_too_many():
    assert len(ways_to_share(10, [0] * 20)) == MOST_WAYS + 1
