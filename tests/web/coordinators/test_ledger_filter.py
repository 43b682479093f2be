"""Each filter of the lists finds its rows, also by hour, size, mail domain, source and reason."""

from datetime import timedelta

import pytest

from tests.factories import NOON, a_pledge, a_report, an_action
from ua_tracker.trust import USUAL, Arrival, Thresholds

PLEDGES, LETTERS = "/en/dashboard/ua-12-26/pledges", "/en/dashboard/ua-12-26/letters"
LIMITS = Thresholds(**{**USUAL, "letters": 10})


def names(page) -> list[str]:
    return [next(row.stripped_strings) for row in page.soup.select("tbody tr > th")]


@pytest.fixture
def rows(session):
    """Two pledges and two reports, one hour apart, of different sizes and domains; the later ones are held."""
    action = an_action(session)
    for hours, name, letters in ((0, "Amal", 2), (1, "Zoe", 40)):
        arrival = Arrival(f"192.0.{hours}.1", LIMITS)
        facts = {"name": name, "email": f"{name.lower()}@mail{hours}.example", "arrival": arrival}
        pledge = a_pledge(session, action, NOON + timedelta(hours=hours), letters=letters, **facts)
        facts["email"] = f"home@mail{hours}.example"  # with the pledge's address it would be a report for the pledge
        a_report(session, action, NOON + timedelta(hours=hours), target=letters, **facts)
    a_report(session, action, name="Linked", target=1, pledge=pledge)
    return action


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("first=2026-03-10&first_hour=13", ["Zoe"]), ("last=2026-03-10&last_hour=12", ["Amal"]),
        ("least=3", ["Zoe"]), ("most=2", ["Amal"]), ("least=2&most=40&sort=letters", ["Amal", "Zoe"]),
        ("domain=mail0.example", ["Amal"]), ("domain=@Mail1.example", ["Zoe"]), ("domain=example", []),
        ("state=held", ["Zoe"]), ("state=standing", ["Amal"]), ("held_for=letters", ["Zoe"]), ("held_for=trap", []),
        ("reported=yes", ["Zoe"]), ("reported=no", ["Amal"]), ("like=1", ["Amal"]), ("like=2", ["Zoe"]),
        ("like=1&like=2", ["Zoe", "Amal"]), ("like=1,+2", ["Zoe", "Amal"]), ("like=1,+99", ["Amal"]),
    ],
)  # fmt: skip
def test_pledges(office, rows, query, found):
    assert names(office.get(f"{PLEDGES}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("state=held", ["Linked", "Zoe"]), ("least=40", ["Zoe"]), ("sort=-letters", ["Zoe", "Amal", "Linked"])],
)
def test_letters(office, rows, query, found):
    assert names(office.get(f"{LETTERS}?{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "first_hour=24",
        "least=many",
        "like=x",
        "like=1,x",
        "like=" + ",".join("123456789" * 3),
        "held_for=taste",
        "reported=maybe",
        "evening=-1",
        "most=9999999999",
    ],
)
def test_what_makes_no_sense_is_said(office, rows, query):
    page = office.get(f"{PLEDGES}?{query}")
    assert page.status == 422
    assert "This filter could not be understood." in page.text


@pytest.mark.parametrize("path", [PLEDGES, LETTERS])
def test_rows_without_an_address_are_found_and_taken_back_under_that_name(office, session, path):
    action = an_action(session)
    for name, email in (("Amal", "amal@one.example"), ("Zoe", None), ("Oda", None)):
        (a_pledge if path == PLEDGES else a_report)(session, action, name=name, email=email)
    page = office.get(path)
    found = office.get(page.soup.find("a", string="no address")["href"])
    assert names(found) == ["Oda", "Zoe"]
    assert names(office.get(f"{path}?domain=-&sort=-domain")) == ["Oda", "Zoe"]
    preview = office.get(found.soup.find("a", string="Take back all that this filter shows…")["href"])
    assert "2 rows would be taken back." in preview.text
    assert "no address" in preview.soup.select_one("#filter").get_text()


@pytest.mark.parametrize("path", [PLEDGES, LETTERS])
def test_all_rows_from_the_networks_of_the_ticked_ones_are_shown(office, session, path):
    action, made = an_action(session), {}
    for place in (1, 1, 1, 2, 2, 3):
        name = f"Writer {len(made)}"
        arrival = Arrival(f"192.0.{place}.1", LIMITS)
        made[name] = (a_pledge if path == PLEDGES else a_report)(session, action, name=name, arrival=arrival)
    ticked = tuple(f"{made[name].id}" for name in ("Writer 0", "Writer 2", "Writer 4"))
    found = office.get(path).press("Show all from their networks", tick=ticked).follow()
    assert names(found) == ["Writer 4", "Writer 3", "Writer 2", "Writer 1", "Writer 0"]
    assert "Only from the same networks as rows" in found.text
    assert names(office.get(path).press("Show all from their networks")) == list(reversed(made)), "nothing was ticked"


def test_the_networks_of_more_than_twenty_ticked_rows_are_found_and_not_those_of_others(montreal, session):
    action = an_action(session)
    own = [a_report(session, action, group="montreal", arrival=Arrival("192.0.2.1", LIMITS)) for _ in range(21)]
    other = a_report(session, action, arrival=Arrival("192.0.9.1", LIMITS))
    query = "&".join(f"row={row.id}" for row in (*own, other))
    found = montreal.get(f"{LETTERS}?networks=yes&{query}")
    assert found.headers["Location"].endswith(f"/letters?like={own[0].id}")


def test_more_rows_than_can_be_chosen_are_refused(office, rows):
    many = "&".join(f"row={number}" for number in range(501))
    assert office.get(f"{LETTERS}/void?{many}").status == 400
