"""The version of a response, and the token by which a page says which one it shows."""

import pytest

from ua_tracker.web.live.versions import Version


@pytest.mark.parametrize("typed", ["²", "١٠", "1_0", "", "9" * 5000])
def test_the_interval_in_a_token_is_read_of_the_digits_0_to_9_alone(typed):
    assert not Version(5, (1,), "open").is_shown_as(f"1-open-{typed}")
    assert Version(5, (1,), "open").is_shown_as("1-open-15")


def test_a_page_with_a_longer_interval_than_needed_gets_nothing_until_the_next_change():
    version = Version(5, (1, 2), "open")
    assert version.is_shown_as(version.token)
    assert version.is_shown_as("1-2-open-60")
    assert not Version(60, (1, 2), "open").is_shown_as(version.token)


@pytest.mark.parametrize("other", [Version(5, (1, 1), "open"), Version(5, (1, 2), "reporting"), Version(5)])
def test_another_stamp_or_another_phase_is_another_version(other):
    assert not Version(5, (1, 2), "open").is_shown_as(other.token)


@pytest.mark.parametrize("newer", ["1-3-open", "2-2-open", "9-9-open"])
def test_a_page_that_shows_a_newer_version_keeps_it(newer):
    """Another machine has sent it, and this one reads a replica that lags behind."""
    assert Version(5, (1, 2), "open").is_shown_as(f"{newer}-5")
    assert Version(60, (1, 2), "open").is_shown_as(f"{newer}-5")


@pytest.mark.parametrize(
    "other",
    ["1-1-open", "0-3-open", "2-1-open", "1-3-closed", "1-3-3-open", "3-open", "1-03x-open", "1-²-open", "01-2-open"],
)
def test_a_version_that_is_not_newer_in_every_part_is_replaced(other):
    assert not Version(5, (1, 2), "open").is_shown_as(f"{other}-5")
    assert not Version(5, None, "open").is_shown_as(f"{other}-5")
