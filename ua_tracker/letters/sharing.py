"""How letters divide among several targets, as far as that can be told."""

from collections.abc import Sequence
from itertools import combinations, islice

MOST_WAYS = 3  # as many as can be offered as buttons


def ways_to_share(letters: int, before: Sequence[int]) -> list[list[int]]:
    """The most even ways to divide so many letters among targets that got `before` already; [] if there is nothing.

    Each way has a number for each target, in the order of `before`. There are several where the last letters could
    have gone to one target as well as to another; of more than MOST_WAYS only MOST_WAYS + 1 are made.
    """
    shares = [0] * len(before)
    rest = letters
    while rest and shares:
        got = [earlier + share for earlier, share in zip(before, shares, strict=True)]
        fewest = [place for place, number in enumerate(got) if number == min(got)]
        if rest < len(fewest):
            chosen = islice(combinations(fewest, rest), MOST_WAYS + 1)
            return [[share + (place in few) for place, share in enumerate(shares)] for few in chosen]
        shares = [share + (place in fewest) for place, share in enumerate(shares)]
        rest -= len(fewest)
    return [shares] if any(shares) else []
