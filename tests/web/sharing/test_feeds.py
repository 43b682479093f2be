"""The feeds of actions and of their news, and the calendar of all deadlines."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from tests.factories import NOON, a_group, a_report, an_action
from ua_tracker import actions, public_notes

ATOM = "{http://www.w3.org/2005/Atom}"
ACTIONS, NEWS, DEADLINES = "/en/actions.atom", "/en/actions/ua-12-26/news.atom", "/en/deadlines.ics"


class Read:
    """A feed as a feed reader sees it."""

    def __init__(self, page) -> None:
        assert (page.status, page.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
        self.root = ElementTree.fromstring(page.html)
        self.entries = self.root.findall(f"{ATOM}entry")
        for one in (self.root, *self.entries):  # RFC 4287, 4.1.1 and 4.1.2
            assert all(one.find(f"{ATOM}{name}").text for name in ("id", "title", "updated"))
        assert self.root.find(f"{ATOM}author/{ATOM}name").text

    def of(self, name: str) -> list[str]:
        return [entry.find(f"{ATOM}{name}").text for entry in self.entries]

    @property
    def pages(self) -> list[str]:
        return [entry.find(f"{ATOM}link").get("href") for entry in self.entries]


def test_every_action_is_in_the_feed_and_a_letter_makes_none_new(reader, session, clock):
    action = an_action(session)
    an_action(session, slug="ua-13-26", title="Potter & <others> held", practice=True)
    first = Read(reader.get(ACTIONS))
    assert (first.of("title"), first.pages) == ([action.title], ["http://localhost/en/actions/ua-12-26"])
    assert "until March 15, 2026" in first.of("summary")[0]
    clock.pass_by(hours=1)
    a_report(session, action)
    assert Read(reader.get(ACTIONS)).of("updated") == first.of("updated")


def test_what_happens_is_news_and_makes_the_action_new_again(reader, session, clock):
    action = an_action(session)
    later = NOON + timedelta(hours=2)
    actions.extend(session, action, date(2026, 3, 25), revision=action.revision, actor="oda", now=later)
    public_notes.add(session, action, "Two reports < were wrong.", "en", actor="oda", now=later + timedelta(hours=1))
    session.commit()
    actions.close(
        session, action, "good news", outcome="He is free.", revision=action.revision, actor="oda",
        now=later + timedelta(hours=2),
    )  # fmt: skip
    session.commit()
    clock.at = later + timedelta(hours=3)
    news = Read(reader.get(NEWS))
    labels = [title.partition(" – ")[0] for title in news.of("title")]
    assert labels == ["Good news", "Count corrected", "Deadline extended", action.title]
    assert news.of("summary")[:3] == [
        "No more letters are needed. He is free.",
        "Two reports < were wrong.",
        "The deadline was extended from March 15, 2026 to March 25, 2026.",
    ]
    assert len(set(news.of("id"))) == 4
    [updated] = Read(reader.get(ACTIONS)).of("updated")
    assert updated == news.of("updated")[0] == "2026-03-10T20:00:00Z"
    assert Read(reader.get(ACTIONS)).of("summary") == ["Good news. No more letters are needed. He is free."]


def test_a_stopped_action_asks_nobody_to_write(reader, session):
    action = an_action(session, lead="Ask the Minister to release Ana Lopez.")
    assert "Ask the Minister" in Read(reader.get(ACTIONS)).of("summary")[0]
    actions.close(session, action, "stop action", revision=action.revision, actor="oda", now=NOON)
    session.commit()
    for path in (ACTIONS, NEWS, DEADLINES):
        assert "Ask the Minister" not in reader.get(path).html
    assert Read(reader.get(NEWS)).of("summary")[0] == "This action was stopped. Please write no more letters."


def test_the_calendar_has_every_deadline_and_cancels_that_of_a_stopped_action(reader, session, clock):
    action, other = an_action(session), an_action(session, slug="ua-13-26", title="Potter held; kiln sealed")
    page = reader.get(DEADLINES)
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "METHOD" not in page.html
    events = {event["SUMMARY"]: event for event in Calendar.from_ical(page.html).walk("VEVENT")}
    assert set(events) == {f"Last day for letters: {one.title}" for one in (action, other)}
    single = Calendar.from_ical(reader.get("/en/actions/ua-12-26/deadline.ics").html).walk("VEVENT")[0]
    assert single["UID"] in {event["UID"] for event in events.values()}
    actions.close(session, action, "stop action", revision=action.revision, actor="oda", now=NOON)
    session.commit()
    events = Calendar.from_ical(reader.get(DEADLINES).html).walk("VEVENT")
    states = {event["UID"]: event.get("STATUS") for event in events}
    assert sorted(states.values(), key=str) == ["CANCELLED", None]
    assert states[single["UID"]] == "CANCELLED"


@pytest.mark.parametrize("path", [ACTIONS, NEWS])
def test_a_feed_of_a_group_leads_to_its_pages_in_the_language_of_the_feed(reader, session, path):
    an_action(session)
    a_group(session, "halifax", "Halifax")
    french = Read(reader.get(f"{path.replace('/en/', '/fr/')}?group=halifax"))
    assert set(french.pages) == {"http://localhost/fr/actions/ua-12-26?group=halifax"}
    assert "jusqu’au 15 mars 2026" in french.of("summary")[0]
    unknown = Read(reader.get(f"{path}?group=nowhere"))
    assert set(unknown.pages) == {"http://localhost/en/actions/ua-12-26"}


@pytest.mark.parametrize("path", [ACTIONS, NEWS, DEADLINES])
def test_a_program_that_asks_again_gets_nothing_until_something_changes(reader, session, clock, path):
    action = an_action(session)
    tag = reader.get(path).headers["ETag"]
    assert reader.get(path, headers={"If-None-Match": tag}).status == 304
    actions.extend(session, action, date(2026, 3, 25), revision=action.revision, actor="oda", now=NOON)
    session.commit()
    assert reader.get(path, headers={"If-None-Match": tag}).status == 200


def test_there_is_no_feed_of_a_draft_and_an_empty_one_of_nothing(reader, session):
    an_action(session, published_at=None)
    assert reader.get(NEWS).status == 404
    assert Read(reader.get(ACTIONS)).entries == []
    assert Calendar.from_ical(reader.get(DEADLINES).html).walk("VEVENT") == []


def test_browsers_and_people_find_the_feeds(reader, session):
    an_action(session)
    a_group(session, "halifax", "Halifax")
    front = reader.get("/en/")
    found = {link["type"]: link["href"] for link in front.soup.select("head link[rel=alternate][type][title]")}
    assert found == {"application/atom+xml": ACTIONS, "text/calendar": DEADLINES}
    assert front.soup.select_one(f'main a[href="{ACTIONS}"]')
    share = reader.get("/en/actions/ua-12-26/share?group=halifax")
    assert share.soup.select_one(f'main a[href="http://localhost{NEWS}?group=halifax"]')
    found = {link["type"]: link["href"] for link in share.soup.select("head link[rel=alternate][type][title]")}
    of_group = {"application/atom+xml": NEWS, "text/calendar": DEADLINES}
    assert found == {kind: f"http://localhost{path}?group=halifax" for kind, path in of_group.items()}
