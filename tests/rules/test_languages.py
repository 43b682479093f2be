"""How does each language write a date, a moment, a number?"""

from datetime import UTC, date, datetime

import pytest

from ua_tracker import languages

CLOSING = datetime(2025, 9, 16, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "day", "first", "weekday"),
    [
        ("en", "September 15, 2025", "December 1, 2025", "Monday, September 15, 2025"),
        ("fr", "15 septembre 2025", "1er décembre 2025", "lundi 15 septembre 2025"),
    ],
)
def test_dates(code, day, first, weekday):
    assert languages.day(date(2025, 9, 15), code) == day
    assert languages.day(date(2025, 12, 1), code) == first
    assert languages.weekday(date(2025, 9, 15), code) == weekday


def test_french_says_first_only_on_the_first():
    assert languages.day(date(2025, 12, 11), "fr") == "11 décembre 2025"
    assert languages.day(date(2025, 12, 21), "fr") == "21 décembre 2025"


def test_a_moment_is_told_on_its_zones_clock():
    moments = {code: languages.moment(CLOSING, "America/Toronto", code) for code in languages.LANGUAGES}
    plain = {code: " ".join(words.split()) for code, words in moments.items()}
    assert plain == {"en": "September 16, 2025 at 12:00 a.m.", "fr": "16 septembre 2025 à 00 h 00"}


def test_a_zone_has_the_name_it_has_at_that_time():
    winter = datetime(2026, 1, 16, 5, 0, tzinfo=UTC)
    assert languages.zone_name("America/Toronto", CLOSING, "en") == "Eastern Daylight Time"
    assert languages.zone_name("America/Toronto", winter, "en") == "Eastern Standard Time"
    assert languages.zone_name("America/Toronto", CLOSING, "fr") == "heure avancée de l’Est"


def test_numbers_are_grouped_and_a_goal_is_reached_only_when_it_is():
    assert (languages.number(12345, "en"), languages.number(12345, "fr")) == ("12,345", "12\u00a0345")
    assert (languages.percent(499, 500, "en"), languages.percent(500, 500, "en")) == ("99%", "100%")
