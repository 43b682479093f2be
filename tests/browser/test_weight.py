"""How much a page sends over a slow line: the action of the real document, as the server compresses it."""

import re
from urllib.request import Request, urlopen

import pytest

from tests.browser.test_every_page import GROUPS
from tests.factories import NOON, a_group, a_pledge, a_report
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions
from ua_tracker.importing import saving
from ua_tracker.importing.reading import read
from ua_tracker.models import Action

KB = 1024
PART = re.compile(r'(?:href|src)="(/(?:files|actions)/[^"]+)"')


@pytest.fixture
def real(session, site) -> Action:
    """The action of the real document, published and open."""
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    action = saving.save(session, read(SAMPLE.read_bytes()), **options).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.deadline = NOON.date()
    a_group(session)
    session.commit()
    return action


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_an_action_with_all_it_loads_is_light(address, real, language, encoding):
    path = f"/{language}/actions/{real.slug}"
    with urlopen(address + path) as answer:
        page = answer.read()
    weights = {}
    for part in {path, *PART.findall(page.decode())}:
        with urlopen(Request(address + part, headers={"Accept-Encoding": encoding})) as answer:
            weights[part] = len(answer.read())
            assert weights[part] < 2 * KB or answer.headers["Content-Encoding"] == encoding, part
    assert len(page) <= 12 * KB
    assert weights[path] <= 6 * KB
    assert len(weights) >= 5
    assert sum(weights.values()) <= 45 * KB, weights


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("query", ["", "?group=montreal"])
def test_it_is_as_light_for_an_office_with_fifteen_groups_when_letters_are_counted(
    address, session, real, language, query
):
    for slug, name in list(GROUPS.items())[:15]:
        if slug != "montreal":  # which is there already
            a_group(session, slug, name)
    for _ in range(2):
        a_pledge(session, real, letters=100)
    a_report(session, real, target=250, copy=9)
    with urlopen(f"{address}/{language}/actions/{real.slug}{query}") as answer:
        page = answer.read()
    assert page.count(b"<option") == 16
    assert b'data-count="letters-sent">250<' in page
    assert len(page) <= 12 * KB
