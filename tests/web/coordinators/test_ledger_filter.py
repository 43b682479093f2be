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


def test_more_rows_than_can_be_chosen_are_refused(office, rows):
    many = "&".join(f"row={number}" for number in range(501))
    assert office.get(f"{LETTERS}/void?{many}").status == 400
