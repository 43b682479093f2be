"""The hidden keys of a public form."""

from datetime import UTC, datetime

import pytest
from itsdangerous import BadData, BadSignature, URLSafeSerializer

from ua_tracker.web import form_keys

AT = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)


def test_a_token_says_when_it_was_made_also_after_the_secret_key_has_changed():
    key = form_keys.fresh()
    token = form_keys.token("pledge é", key, ["older", "newest"], AT)
    assert form_keys.made_at(token, "pledge é", key, ["newest", "newer still"]) == int(AT.timestamp())
    before = URLSafeSerializer(["newest"], salt=f"form\0pledge é\0{key}".encode())  # of pages that are still open
    assert before.dumps(int(AT.timestamp())) == token
    for other in ("", "x", f"{token}x", before.dumps("soon"), before.dumps("x" * 999)):
        with pytest.raises(BadData):
            form_keys.made_at(other, "pledge é", key, ["newest"])


def test_a_token_is_for_one_purpose_one_key_and_this_site():
    token = form_keys.token("pledge", "k", ["secret"], AT)
    for purpose, key, secret in (("report", "k", "secret"), ("pledge", "l", "secret"), ("pledge", "k", "other")):
        with pytest.raises(BadSignature):
            form_keys.made_at(token, purpose, key, [secret])


def test_no_two_keys_are_alike():
    assert len({form_keys.fresh() for _ in range(50)}) == 50
