"""How a letter evening is run, for volunteers who have never seen this site."""

import pytest

from tests.factories import a_group, an_action
from ua_tracker import evenings

NOT_THERE = {"Share this action", "Write your letter"}  # on pages of the action that the public sees


@pytest.mark.parametrize(
    ("lang", "steps"),
    [
        ("en", ["Two weeks before", "Before people come", "While people write", "Count, enter, compare",
                "Say thank you"]),
        ("fr", ["Deux semaines avant", "Avant l’arrivée des gens", "Pendant qu’on écrit", "Compter, inscrire, comparer",
                "Remercier"]),
    ],
)  # fmt: skip
def test_it_goes_from_the_invitation_to_the_thanks_without_signing_in(reader, lang, steps):
    page = reader.get(f"/{lang}/evenings/guide")
    assert [head.get_text() for head in page.soup.select("main h2")] == steps
    assert not page.soup.select("main form")


def test_every_button_that_it_names_is_there(office, session, clock):
    action = an_action(session)
    a_group(session)
    how = {"group": "montreal", "hours": 3, "most_letters": 200, "actor": "coordinator 1"}
    evenings.open_for(session, action, None, now=clock(), **how)
    session.commit()
    guide = office.get("/en/evenings/guide").text
    named = {part.split("”")[0] for part in guide.split("“")[1:]}
    there = office.get("/en/dashboard/ua-12-26/evenings").text
    public = office.get("/en/actions/ua-12-26").text + office.get("/en/actions/ua-12-26/write").text
    assert len(named) == 9
    assert {name for name in named if name not in there} <= NOT_THERE
    assert {name for name in NOT_THERE if name not in public} == set()


def test_it_is_named_where_evenings_are_opened_and_entered(office, session):
    an_action(session)
    for path in ("evenings", "evening"):
        assert office.get(f"/en/dashboard/ua-12-26/{path}").soup.select_one('main a[href="/en/evenings/guide"]')
