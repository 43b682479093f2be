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


@pytest.mark.parametrize("other", [Version(5, (1, 3), "open"), Version(5, (1, 2), "reporting"), Version(5)])
def test_another_stamp_or_another_phase_is_another_version(other):
    assert not Version(5, (1, 2), "open").is_shown_as(other.token)
