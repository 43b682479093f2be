"""The pages of an office have the spaces of its country, by its setting or by its time zone."""

import pytest

from tests.factories import an_action
from tests.reader import Reader


@pytest.mark.parametrize(
    ("settings", "space"),
    [
        ({}, ""),
        ({"DEFAULT_TIMEZONE": "Europe/Paris"}, "\u202f"),
        ({"DEFAULT_TIMEZONE": "Europe/Zurich"}, "\u202f"),
        ({"DEFAULT_TIMEZONE": "Europe/Zurich", "FRENCH_SPACES": "canada"}, ""),
        ({"FRENCH_SPACES": "france"}, "\u202f"),
    ],
)
def test_a_page_is_set_as_in_the_country_also_when_it_is_kept(session, an_app, settings, space):
    an_action(session)
    reader = Reader(an_app(**settings))
    for _ in range(2):
        page = reader.get("/fr/evenings/guide").html
        assert f"supprimez-la{space};" in page or f"{space}?" in page or f"{space};" in page
        assert any(f"\u202f{mark}" in page for mark in "?!;") == bool(space)
