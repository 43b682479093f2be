"""How each language writes a date, an instant, a number."""

from datetime import UTC, date, datetime

import pytest

from tests import pseudo_language
from ua_tracker import languages
from ua_tracker.languages import Language

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
    short = [languages.short_day(date(2025, 4, day), "fr") for day in (1, 11, 21)]
    assert short == ["1er avr.", "11 avr.", "21 avr."]
    assert languages.short_day(date(2025, 4, 1), "en") == "Apr 1"


def test_an_instant_is_written_in_its_time_zone():
    moments = {code: languages.moment(CLOSING, "America/Toronto", code) for code in languages.LANGUAGES}
    plain = {code: " ".join(words.split()) for code, words in moments.items()}
    assert plain == {"en": "September 16, 2025 at 12:00 a.m.", "fr": "16 septembre 2025 à 0 h"}
    assert moments["fr"].endswith("à 0\u00a0h")  # a line never ends within the time
    assert languages.moment(datetime(2025, 9, 15, 11, 30, tzinfo=UTC), "America/Toronto", "fr").endswith(
        "à 7\u00a0h\u00a030"
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "Monday, December\u00a01, 2025; Dec\u00a01; December\u00a015, 2025"),
        ("fr", "lundi 1er\u00a0décembre 2025; 1er\u00a0déc.; 15\u00a0décembre 2025"),
    ],
)
def test_a_line_never_ends_between_the_day_and_the_month(code, words):
    first = date(2025, 12, 1)
    written = [
        languages.weekday(first, code),
        languages.short_day(first, code),
        languages.day(date(2025, 12, 15), code),
    ]
    assert "; ".join(languages.unbroken(one) for one in written) == words


def test_a_zone_has_the_name_it_has_at_that_time():
    winter = datetime(2026, 1, 16, 5, 0, tzinfo=UTC)
    assert languages.zone_name("America/Toronto", CLOSING, "en") == "Eastern Daylight Time"
    assert languages.zone_name("America/Toronto", winter, "en") == "Eastern Standard Time"
    assert languages.zone_name("America/Toronto", CLOSING, "fr") == "heure avancée de l’Est"


def test_numbers_are_grouped_and_a_goal_is_reached_only_when_it_is():
    assert (languages.number(12345, "en"), languages.number(12345, "fr")) == ("12,345", "12\u00a0345")
    assert (languages.percent(499, 500, "en"), languages.percent(500, 500, "en")) == ("99%", "100%")


def test_a_row_says_how_its_language_writes(monkeypatch, tmp_path):
    code = pseudo_language.add(monkeypatch, tmp_path / "translations").code
    assert languages.catalogue(code).gettext("Thank you!") == pseudo_language.spoken("Thank you!")
    assert languages.catalogue(code).gettext("A sentence that it lacks.") == "A sentence that it lacks."
    assert languages.moment(CLOSING, "America/Toronto", code) == "2025-Septembro-16 ĵé 00:00"
    assert (languages.thousands("en"), languages.thousands("fr"), languages.thousands(code)) == (",", "\u202f", "\xa0")


def test_a_language_without_a_catalogue_and_one_that_is_unknown_speak_english(monkeypatch):
    monkeypatch.setitem(languages.LANGUAGES, "ar", Language("ar", "العربية", "ar", at=""))
    for code in ("ar", "de"):
        assert languages.catalogue(code).gettext("Thank you!") == "Thank you!"
    assert languages.day(date(2025, 9, 15), "de") == "September 15, 2025"
    assert [languages.runs_from_the_right(code) for code in ("en", "fr", "ar")] == [False, False, True]


@pytest.mark.parametrize("code", ["", "e", "EO", "e1", "eng", "en-CA", "en\n"])
def test_a_code_is_two_small_letters(code):
    with pytest.raises(ValueError, match="two small letters"):
        Language(code, "Anything", "en", at="at")
