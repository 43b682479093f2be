"""Names in the order in which readers look for them."""

import pytest

from tests.factories import a_group
from ua_tracker import alphabet, groups

IN_ORDER = [
    ["École Zola", "Edmonton"],
    ["École", "Zürich"],
    ["Île d’Orléans", "Ilots", "Îlots"],
    ["Œuvre de Laval", "Ottawa"],
    ["Saint Jean", "Saint-Luc", "Saint Zéphirin"],
    ["l'Abri", "L’Étape"],
    ["Group 2", "Group 10"],
    ["new york", "Newark"],
    ["« Amis »", "Bons amis"],
    ["Ørsted", "Oslo"],
    ["Łódź", "Lyon"],
    ["laval", "Laval"],
]


@pytest.mark.parametrize("names", IN_ORDER, ids=lambda names: names[0])
@pytest.mark.parametrize("code", ["en", "fr"])
def test_names_stand_in_their_order_whatever_their_accents_and_signs(names, code):
    last_first = list(reversed(names))
    assert sorted(last_first, key=lambda name: alphabet.place(name, code)) == names


def test_accents_decide_last_and_in_french_from_the_end():
    words = ["côté", "coté", "côte", "cote"]
    assert sorted(words, key=lambda word: alphabet.place(word, "en")) == ["cote", "coté", "côte", "côté"]
    assert sorted(words, key=lambda word: alphabet.place(word, "fr")) == ["cote", "côte", "coté", "côté"]


def test_groups_stand_in_the_same_order_on_every_database(session):
    for number, name in enumerate(["Zürich", "edmonton", "École Saint-Luc", "Montréal"]):
        a_group(session, f"g{number}", name)
    in_order = ["École Saint-Luc", "edmonton", "Montréal", "Zürich"]
    assert [group.name for group in groups.listing(session, "fr")] == in_order
