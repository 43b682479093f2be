"""What is kept of thanks and recipients is never older than the action, and nobody gets what is another's."""

from dataclasses import replace

from tests.conftest import NOON
from tests.factories import a_group, an_action, an_addressee
from ua_tracker import actions

PAGE = "/en/actions/ua-12-26"


def thanked(reader, page: str = PAGE, **typed):
    return reader.get(page).submit("I will write", htmx=True, name="Amal", **typed)


def link_in(answer) -> str:
    return answer.soup.select_one("#private-link")["href"]


def test_each_supporter_gets_the_own_link_and_number_in_the_own_language(reader, session):
    an_action(session)
    a_group(session)
    answers = [thanked(reader, letters=number) for number in ("3", "3", "5")]
    links = [link_in(answer) for answer in answers]
    assert len(set(links)) == 3
    assert all(link not in str(other.soup) for link in links for other in answers if link_in(other) != link)
    assert ["You promise to write 5 letters." in answer.text for answer in answers] == [False, False, True]
    assert [answer.count("letters-pledged") for answer in answers] == [3, 6, 11]
    assert all(answer.soup.select('#counter[hx-swap-oob="true"]') for answer in answers)
    of_group = thanked(reader, f"{PAGE}?group=montreal", letters="3")
    assert "group=montreal" in str(of_group.soup)
    assert "group=montreal" not in str(thanked(reader, letters="3").soup)
    french = reader.get(PAGE.replace("/en/", "/fr/")).submit("Je vais écrire", htmx=True, name="Amal", letters="3")
    assert link_in(french).startswith("/fr/pledges/")


def test_the_thanks_have_the_addresses_that_the_action_has_now(reader, session):
    action = an_action(session)
    assert "Queen Gloria" not in thanked(reader, letters="3").text
    queen = replace(an_addressee(action.targets[0]), name="Queen Gloria")
    actions.edit(session, action, {"targets": [queen]}, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    assert "Queen Gloria" in thanked(reader, letters="3").text
