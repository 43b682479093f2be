"""How long an action's page is: the real document, with a group and with letters that were counted."""

import re
from datetime import UTC, date, datetime

import pytest

from tests.conftest import Clock
from tests.factories import a_group, a_pledge, a_report
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions
from ua_tracker.importing import saving
from ua_tracker.importing.reading import read
from ua_tracker.models import Action

SUMMER = datetime(2025, 7, 1, 16, 0, tzinfo=UTC)  # before the deadline of the document
MOST = 12 * 1024
# By as much is the text of the document itself longer than that of our sample of it.
LONGER = 1620


@pytest.fixture
def clock() -> Clock:
    return Clock(SUMMER)


def published(session) -> Action:
    """The action of our sample, which is open in summer."""
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": SUMMER, "actor": "tests"}
    action = saving.save(session, read(SAMPLE.read_bytes()), **options).action
    actions.publish(session, action, actor="rosa", now=SUMMER)
    return action


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_a_document_as_long_as_the_real_one_has_12_kb_at_most(reader, session, language):
    action = published(session)
    action.background = [*action.background[:-1], action.background[-1] + " Don't." * (LONGER // 11)]  # ' is &#39;
    session.commit()
    page = reader.get(f"/{language}/actions/{action.slug}")
    assert page.soup.select_one("#pledge form")
    assert len(page.html.encode()) <= MOST


@pytest.mark.parametrize("query", ["", "?group=montreal"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_with_a_group_it_has_12_kb_at_most_beside_the_list_of_groups(reader, session, language, query):
    action = published(session)
    action.background = [*action.background[:-1], action.background[-1] + " Don't." * (LONGER // 11)]
    a_group(session, "montreal", "Groupe de Montréal")
    page = reader.get(f"/{language}/actions/{action.slug}{query}")
    (choice,) = re.findall("<select id=group .*?</select>", page.html)
    assert choice.count("<option") == 2
    assert len(page.html.encode()) - len(choice.encode()) <= MOST


def test_each_group_adds_its_name_its_slug_and_few_bytes(reader, session):
    action = published(session)
    a_group(session, "montreal", "Montreal")
    before = reader.get(f"/en/actions/{action.slug}").html
    a_group(session, "vancouver", "Vancouver")
    after = reader.get(f"/en/actions/{action.slug}").html
    assert len(after) - len(before) <= len("vancouverVancouver") + 15


@pytest.mark.parametrize("query", ["", "?group=montreal"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_the_document_has_12_kb_at_most_also_when_letters_are_counted(reader, session, language, query):
    action = published(session)
    a_group(session, "montreal", "Groupe de Montréal")
    page = reader.get(f"/{language}/actions/{action.slug}{query}")
    assert page.soup.select_one("#pledge form")
    assert len(page.html.encode()) <= MOST
    for _ in range(2):
        a_pledge(session, action, SUMMER, letters=100)
    a_report(session, action, SUMMER, target=250, copy=9, sent_on=date(2025, 6, 30))
    page = reader.get(f"/{language}/actions/{action.slug}{query}")
    assert page.count("letters-sent") == 250
    assert len(page.html.encode()) <= MOST
