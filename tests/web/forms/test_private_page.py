"""The forms of the private page: each is good for one thing on one pledge."""

import pytest

from tests.factories import an_action
from ua_tracker import tally
from ua_tracker.models import Pledge


@pytest.fixture
def mine(reader, session):
    """Amal's private page: three letters promised."""
    an_action(session)
    made = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3")
    return made.follow()


def pledged(session) -> tuple[int, int]:
    session.rollback()
    totals = tally.read(session, 1)
    return totals.pledges, totals.letters_pledged


def _path(page) -> str:
    return page.form("Report these letters")["action"].removesuffix("/letters")


def test_an_emptied_day_is_no_day_any_more(reader, session):
    an_action(session)
    typed = {"name": "Amal", "letters": "3", "write_on": "2026-03-12", "email_asked": "-"}
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", **typed).follow()
    assert mine.submit("Change it", write_on="").status == 303
    assert session.query(Pledge).one().write_on is None


def test_nobody_is_erased_without_ticking_the_box(mine, session):
    unsure = mine.submit("Erase me")
    assert (unsure.status, "Tick the box to say that you mean it." in unsure.text) == (422, True)
    keys = mine.form("Erase me: your name")
    values = {one["name"]: one["value"] for one in keys.select("input[type=hidden]")}
    done = mine.reader.post(keys["action"], {**values, "sure": "y"}).follow()
    assert "Your data is erased" in done.text
    session.rollback()
    assert session.query(Pledge).one().name is None
    assert mine.reader.get(_path(mine)).status == 404
    assert pledged(session) == (1, 3)


def test_a_form_for_one_purpose_does_nothing_else(mine, session):
    keys = mine.keys("Remove my") if "Remove my" in mine.text else mine.keys("Replace my link")
    assert mine.reader.post(f"{_path(mine)}/withdraw", keys).status == 400
    assert pledged(session) == (1, 3)


def test_the_form_begins_with_what_is_promised(mine):
    changed = mine.submit("Change it", letters="7", write_on="2026-03-12").follow()
    form = changed.form("Change it")
    assert [form.select_one(f"[name={name}]")["value"] for name in ("letters", "write_on")] == ["7", "2026-03-12"]


def test_a_form_of_ones_own_pledge_does_nothing_to_anothers(mine, reader, session):
    theirs = reader.get("/en/actions/ua-12-26").submit("I will write", name="Zoe", letters="5").follow()
    keys = mine.keys("Take it back")
    assert reader.post(f"{_path(theirs)}/withdraw", keys).status == 400
    assert pledged(session) == (2, 8)
