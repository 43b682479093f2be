"""French punctuation has the spaces of the office's country."""

import pytest

from tests.factories import an_action
from ua_tracker import french_spaces, languages, letter_texts

CANADA = "Écrire\u00a0: qui? Vous! «\u00a0%(name)s\u00a0»; voyez /fr/?group=x; (?)"


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("canada", CANADA),
        ("france", "Écrire\u00a0: qui\u202f? Vous\u202f! «\u00a0%(name)s\u00a0»\u202f; voyez /fr/?group=x\u202f; (?)"),
        (
            "switzerland",
            "Écrire\u202f: qui\u202f? Vous\u202f! «\u202f%(name)s\u202f»\u202f; voyez /fr/?group=x\u202f; (?)",
        ),
    ],
)
def test_each_country_has_its_spaces(country, text):
    assert french_spaces.set_as_in(country, CANADA) == text


def test_the_catalogue_and_the_letters_are_set_and_english_is_not(session):
    said = [languages.catalogue("fr", one).gettext("Thank you!") for one in french_spaces.COUNTRIES]
    assert said == ["Merci!", "Merci\u202f!", "Merci\u202f!"]
    assert languages.catalogue("en", "france").gettext("Thank you!") == "Thank you!"
    zones = ("America/Toronto", "Europe/Paris", "Europe/Zurich")
    texts = [
        letter_texts.letters(an_action(session, slug=zone[-3:].lower(), language="fr", timezone=zone)) for zone in zones
    ]
    marks = ["\u202f:" in one[0].text for one in texts]
    assert marks == [False, False, True]
