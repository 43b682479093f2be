"""Which requests count as one source."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ua_tracker.sources import UNKNOWN, hashed_source, provider_of, source_of

A_DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("203.0.113.9:5678", "203.0.113.9"),
        ("203.0.113.9:", "203.0.113.9"),
        ('"203.0.113.9:5678"', "203.0.113.9"),
        ("[203.0.113.9]:80", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:0db8:0001:0002:0000:0000:0000:0009", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ('"[2001:db8:1:2::9]:4711"', "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9%25eth0]:80", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::FFFF:cb00:7109", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
        ("64:ff9b::203.0.113.9", "203.0.113.9"),
        ("2002:cb00:7109:77::1", "203.0.113.9"),
        ("2001:0:4136:e378:8000:63bf:34ff:8ef6", "203.0.113.9"),
    ],
)
def test_one_sender_is_one_source_however_it_is_written(written, source):
    assert source_of(written) == source


@pytest.mark.parametrize(
    "made_up",
    [None, "", "unknown", "_hidden", "a", "1", "256.1.1.1", "1.2.3", "010.1.1.1", "1.2.3.4, 5.6.7.8", "[", "[]:1", "%",
     ":", "::::", "1.2.3.4\0", "１.2.3.4", "\ud800", "x" * 10_000, "1.2.3.4.5:80"],
)  # fmt: skip
def test_what_is_no_address_is_one_source_together(made_up):
    assert source_of(made_up) == UNKNOWN


@given(st.text())
def test_no_text_at_all_raises_and_a_source_is_its_own_source(text):
    source = source_of(text)
    assert source == UNKNOWN or source_of(source.removesuffix("/64")) == source


def test_what_is_stored_shows_the_same_source_within_one_day_and_nothing_else():
    stored = hashed_source("2001:db8:1:2::9", "secret", A_DAY)
    assert stored == hashed_source("[2001:DB8:1:2:3::]:80", "secret", A_DAY)
    others = {
        hashed_source("2001:db8:1:3::9", "secret", A_DAY),
        hashed_source("2001:db8:1:2::9", "another", A_DAY),
        hashed_source("2001:db8:1:2::9", "secret", A_DAY + timedelta(1)),
    }
    assert stored not in others
    assert len(others) == 3
    assert len(stored) == 32


@pytest.mark.parametrize(
    ("address", "provider"),
    [("2001:db8:7:1::5", "2001:db8::/32"), ("2001:DB8:ffff::1", "2001:db8::/32"), ("192.0.2.7", None),
     ("::ffff:192.0.2.7", None), ("nonsense", None)],
)  # fmt: skip
def test_a_provider_of_ipv6_has_a_larger_network_than_its_customers(address, provider):
    assert provider_of(address) == provider
