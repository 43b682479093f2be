"""The database remembers which secret key it belongs to."""

from datetime import timedelta

import pytest

from tests.conftest import NOON
from ua_tracker import site_key
from ua_tracker.refusals import AnotherKey

LATER = NOON + timedelta(days=30)


def test_any_key_will_do_until_one_is_remembered(session):
    site_key.require(session, ["new"])
    site_key.remember(session, ["first"], NOON)
    site_key.require(session, ["first"])
    with pytest.raises(AnotherKey):
        site_key.require(session, ["new"])


def test_the_sentence_names_both_keys_by_fingerprint_and_shows_neither(session):
    site_key.remember(session, ["swordfish"], NOON)
    with pytest.raises(AnotherKey) as refused:
        site_key.remember(session, ["hunter2"], LATER)
    told = str(refused.value)
    for secret in ("swordfish", "hunter2"):
        assert site_key.fingerprint(secret)[:8] in told
        assert secret not in told
    assert "2026-03-10" in told
    assert "\n" not in told


def test_a_key_is_changed_with_the_old_one_as_a_fallback_one_process_after_the_other(session):
    site_key.remember(session, ["old"], NOON)
    site_key.remember(session, ["old", "new"], NOON)  # first each machine learns to understand the new one
    site_key.remember(session, ["new", "old"], LATER)
    assert site_key.newest(session).since == LATER
    site_key.remember(session, ["old", "new"], LATER)  # a machine that has not changed yet starts once more
    site_key.require(session, ["new"])  # at the end the old one is forgotten
    with pytest.raises(AnotherKey):
        site_key.require(session, ["old"])


def test_a_key_is_accepted_deliberately_also_one_that_was_there_before(session):
    site_key.remember(session, ["first"], NOON)
    site_key.accept(session, "second", NOON)
    site_key.require(session, ["second"])
    site_key.accept(session, "first", LATER)
    site_key.require(session, ["first"])
    with pytest.raises(AnotherKey):
        site_key.require(session, ["second"])
