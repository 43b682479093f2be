"""A report is corrected on the private page of its pledge, as one without a pledge is on its own."""

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, an_action
from ua_tracker import letters, private_links, tally
from ua_tracker.letters import CORRECTED
from ua_tracker.models import Action, Report


@pytest.fixture
def pledge(session):
    """Amal's pledge of five letters, with a report of three for it. Its private link has the key "a key"."""
    action = an_action(session)
    a_group(session)
    pledge = a_pledge(session, action, letters=5, once_key="a key", group="montreal", email="amal@example.org")
    a_report(session, action, target=3, pledge=pledge, group="montreal", name="Amal", email="amal@example.org")
    return pledge


@pytest.fixture
def mine(reader, pledge):
    """Its private page."""
    return reader.get(f"/en/pledges/{private_links.token_for('a key', SECRET)}")


def correcting(page):
    """The page that corrects the one report that stands."""
    [link] = [one["href"] for one in page.soup.select("a") if one.get_text() == "Correct this report"]
    return page.reader.get(link)


def sent(session) -> tuple[int, int]:
    session.rollback()
    assert tally.check(session) == []
    return tally.read(session, 1).letters_sent, tally.read_groups(session, 1)["montreal"].letters_sent


def test_a_report_of_a_pledge_is_corrected_once_and_the_rest_of_the_promise_is_left(mine, pledge, session):
    form = correcting(mine)
    assert form.soup.select_one("[name=letters-1]")["value"] == "3"
    assert not form.soup.select("[name=email]")
    for _ in range(2):  # pressed twice
        answer = form.submit("Store the correction", letters_1="4", channel="fax")
        assert answer.status == 303, answer.text
    page = answer.follow()
    assert "The correction is stored." in page.soup.select_one("[role=status]").get_text()
    assert "Did you send the other letter?" in page.text
    assert sent(session) == (4, 4)
    [before, after] = session.scalars(select(Report).order_by(Report.id)).all()
    assert (before.void_reason, before.name, before.email) == (CORRECTED, None, None)
    assert (after.pledge_id, after.channel, after.name, after.by_link) == (pledge.id, "fax", None, True)
    assert letters.reported_for(session, pledge).letters_sent == 4


def test_a_wrong_correction_is_said_at_its_field_and_changes_nothing(mine, session):
    wrong = correcting(mine).submit("Store the correction", letters_1="-1")
    assert (wrong.status, "Choose a number from 0 to 500." in wrong.text) == (422, True)
    assert wrong.soup.select_one("[name=letters-1]")["value"] == "-1"
    none = correcting(mine).submit("Store the correction", letters_1="0", letters_2="0")
    assert none.status == 422
    assert sent(session) == (3, 3)


def test_nobody_corrects_the_report_of_another_pledge_or_one_of_the_office(mine, session):
    action = session.scalars(select(Action)).one()
    other = a_report(session, action, target=9, pledge=a_pledge(session, action, name="Zoe"))
    base = correcting(mine).form("Store the correction")["action"]
    for number in (other.id, other.id + 1, 2**63, 0):
        path = base.replace("/reports/1/", f"/reports/{number}/")
        assert mine.reader.get(path.removesuffix("/correct")).status == 404
        assert mine.reader.post(path, mine.keys("Undo this report")).status == 404
    form = correcting(mine)
    letters.void(session, session.get_one(Report, 1), "twice", NOON, actor="oda")
    session.commit()
    assert form.submit("Store the correction", letters_1="4").status == 409
    assert mine.reader.get(base.removesuffix("/correct")).status == 303
    assert sent(session) == (9, 0)


def test_after_the_days_of_reporting_the_page_leads_back_and_the_form_is_refused(mine, session, clock):
    form = correcting(mine)
    clock.pass_by(days=60)
    assert mine.reader.get(form.form("Store the correction")["action"].removesuffix("/correct")).status == 303
    assert form.submit("Store the correction", letters_1="4").status == 409
    assert sent(session) == (3, 3)
