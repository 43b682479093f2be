"""How large an address is printed in its place."""

import pytest

from ua_tracker.paper import COVER, LABELS, WINDOW

PLACES = [WINDOW, COVER, *LABELS.values()]


@pytest.mark.parametrize("place", PLACES)
def test_a_short_address_is_printed_large_and_a_long_one_small(place):
    assert place.size(["Rufus Firefly", "Minister", "1 Main Street", "FREEDONIA"]) == place.sizes[0]
    eight = ["Building of the Ministry of the Interior"] * 8
    assert place.sizes[0] >= place.size(eight) >= place.size([*eight, *eight[:2]]) >= 7


@pytest.mark.parametrize("place", PLACES)
def test_what_does_not_fit_even_small_has_no_size(place):
    assert place.size(["line"] * 100) is None
    assert place.size(["word" * 2000]) is None


def test_wide_characters_take_more_room():
    assert WINDOW.size(["abc " * 60]) > WINDOW.size(["ABC " * 60]) > WINDOW.size(["国家元首" * 60])
