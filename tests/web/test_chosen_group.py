"""The group that a link names stays in every link and form of the path through the pages of its action."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from tests.factories import NOON, a_group, an_action
from tests.reader import Page, Reader
from tests.web.sharing.test_share import read_code
from ua_tracker import groups
from ua_tracker.models import Pledge, Report

PAGE = "/en/actions/ua-12-26"
# The addresses of the path; the counter, the badge and the card of the action have no group of their own choice.
OF_PATH = re.compile(r"^(/(?:en|fr)/actions/ua-12-26(?:/(?!counter)[^?#]*)?)(?=[?#]|$)(?:\?([^#]*))?")
NAMED = re.compile("for Halifax|pour Halifax")
REPORTING, OVER = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
TYPED = {"name": "Amal", "letters": "2", "letters-1": "1", "channel": "post", "sent_on": "2026-03-10"}


def group_in(address: str) -> str | None:
    """The group in an address of the path; None for any other address."""
    found = OF_PATH.match(address.removeprefix("http://localhost"))
    return found and parse_qs(found[2] or "").get("group", [""])[0]


class Walk:
    """Follows every link of the path and sends each of its forms, and looks for the group in all of them."""

    def __init__(self, reader: Reader, app, group: str = "halifax") -> None:
        self.reader, self.group, self.addresses, self.endpoints = reader, group, set(), set()
        self._urls, self._forms = app.url_map.bind("localhost"), set()

    def visit(self, address: str) -> None:
        """Reads the address, unless it was read before, and goes on from there."""
        address = address.removeprefix("http://localhost").partition("#")[0]
        if address in self.addresses:
            return
        self.addresses.add(address)
        self.read(self.reader.get(address), "GET", address)

    def look_at(self, page: Page, address: str) -> None:
        """Looks for the group in all links and forms of a page."""
        if page.html.startswith("<!doctype") and "/wall" not in address and "/poster" not in address:
            assert NAMED.search(page.text), f"{address} does not name the group"
        for element in page.soup.select("[href], [src], [hx-get], form"):
            if element.name == "form" and element["method"] == "get":
                continue  # its own field names the group
            for name in ("href", "src", "hx-get", "action", "hx-post"):
                self._check(element.get(name, ""), address)

    def read(self, page: Page, method: str, address: str) -> None:
        """Looks at a response, follows its links and sends its forms."""
        self.endpoints.add(self._urls.match(address.partition("?")[0], method=method)[0])
        if page.status in (302, 303):
            self._check(page.headers["Location"], address)
            self.visit(page.headers["Location"])
            return
        if not page.headers.get("Content-Type", "").startswith("text/html"):
            return
        self.look_at(page, address)
        for link in page.soup.select("a[href], [hx-get]:not(form)"):
            for name in ("href", "hx-get"):
                if group_in(link.get(name, "")) or "/pledges/" in link.get(name, "").partition("/link")[0]:
                    self.visit(link[name])
        for form in page.soup.select("form[method=post]"):
            if group_in(form["action"]):
                self._send(form, page)

    def _check(self, address: str, page: str) -> None:
        assert group_in(address) in (None, self.group), f"{address} on {page} has lost the group"

    def _send(self, form, page: Page) -> None:
        address = form["action"]
        chosen = form.select_one("#group [selected]")
        if form.select_one("#group"):
            assert chosen["value"] == self.group, f"{address} does not preselect the group"
        if address in self._forms:
            return
        self._forms.add(address)
        keys = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
        group = {"group": chosen["value"]} if chosen else {}
        wrong = {"name": "=1", "letters-1": "-1"}
        for values, htmx in (
            ({}, True),
            ({}, False),
            ({"email": "a@example.org"}, False),
            (wrong, True),
            (wrong, False),
        ):
            sent = {**keys, **group, **TYPED, **values}
            self.read(self.reader.post(address, sent, htmx=htmx), "POST", address)


def doors(reader: Reader, group: str) -> dict[str, str]:
    """The addresses by which people come, read from what a group puts on its pages and walls."""
    shared = reader.get(f"{PAGE}/share?group={group}").soup
    poster, wall = (reader.get(f"{PAGE}/{name}?group={group}").soup for name in ("poster", "wall"))
    badge = re.search(r'href="([^"]+)"', shared.select_one("#code-badge").get_text())[1]
    return {
        "embed": reader.get(f"/en/embed/ua-12-26?group={group}").soup.select_one(".out a")["href"],
        "badge": badge,
        "share": shared.select_one("#code-link").get_text(),
        "poster": read_code(reader.client.get(poster.img["src"])),
        "short": f"/{poster.select_one('.address').get_text().partition('/')[2]}",
        "wall": read_code(reader.client.get(wall.img["src"])),
        "wall typed": f"/{wall.select_one('.typed strong').get_text().partition('/')[2]}",
    }


@pytest.mark.parametrize(("at", "reached"), [
    (NOON, {"pledges.create", "letters.create", "manage.show", "pledges.pledging",
            "write.show", "write.envelopes", "write.labels", "share.show", "share.poster", "wall.show"}),
    (REPORTING, {"letters.create", "share.show"}),
    (OVER, {"actions.show", "letters.new"}),
], ids=["open", "reporting", "closed"])  # fmt: skip
def test_from_every_door_the_group_goes_along(reader, app, session, clock, at, reached):
    an_action(session)
    a_group(session, "halifax", "Halifax"), a_group(session)
    ways = doors(reader, "halifax")
    clock.at = at
    walk = Walk(reader, app)
    for door in ways.values():
        leads_to = reader.get(door.removeprefix("http://localhost"))
        walk.visit(leads_to.headers["Location"] if leads_to.status == 302 else door)
    assert reached <= walk.endpoints
    assert {group_in(one) for one in walk.addresses} <= {"halifax", None}


def test_links_of_a_merged_group_lead_to_its_heir(reader, app, session):
    an_action(session)
    a_group(session, "dartmouth", "Dartmouth"), a_group(session, "halifax", "Halifax")
    ways = doors(reader, "dartmouth")
    groups.merge(session, "dartmouth", "halifax", actor="oda", now=NOON)
    session.commit()
    walk = Walk(reader, app)
    for door in ways.values():
        page = reader.get(door.removeprefix("http://localhost"))
        page = page.follow() if page.status == 302 else page
        walk.look_at(page, door)
    assert doors(reader, "dartmouth") == doors(reader, "halifax")
    for address in ("badge.svg", "badge.json"):
        old, new = (reader.get(f"/actions/ua-12-26/{address}?group={group}") for group in ("dartmouth", "halifax"))
        assert old.html == new.html
    assert "Halifax" in reader.get("/oembed?url=http://localhost/en/embed/ua-12-26?group=dartmouth").html.title()


@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_left_open_while_its_group_was_merged_still_takes_its_form(reader, session, htmx):
    an_action(session)
    a_group(session, "dartmouth", "Dartmouth"), a_group(session, "halifax", "Halifax")
    pages = [reader.get(f"{PAGE}{path}?group=dartmouth") for path in ("", "/letters")]
    groups.merge(session, "dartmouth", "halifax", actor="oda", now=NOON)
    session.commit()
    pages[0].submit("I will write", htmx=htmx, name="Amal", letters="3")
    pages[1].submit("Report these letters", htmx=htmx, letters_1="1")
    assert [session.query(kind).one().group.slug for kind in (Pledge, Report)] == ["halifax", "halifax"]


@pytest.mark.parametrize("group", ["nowhere", "old", "%00", "a" * 300, "é b&c=%26", ""])
def test_a_group_that_nobody_knows_is_left_out_of_every_page(reader, session, group):
    an_action(session)
    a_group(session, "old", "Old").retired_at = NOON
    session.commit()
    for path in ("", "/letters", "/write", "/pledged", "/letters/thanks"):
        page = reader.get(f"{PAGE}{path}?group={group}")
        assert (page.status, "for Old" in page.text) == (200, False)
        assert {group_in(form["action"]) for form in page.soup.select("form")} <= {""}


def test_whoever_chooses_another_group_or_none_is_asked_for_that_one_from_then_on(reader, session):
    an_action(session)
    a_group(session, "halifax", "Halifax"), a_group(session)
    page = reader.get(f"{PAGE}?group=halifax")
    thanks = page.submit("I will write", name="Amal", letters="1", email="amal@example.org", group="montreal")
    assert "for Groupe de Montréal" in thanks.text
    nobodys = page.submit("I will write", name="Zoe", letters="0", group="")
    assert group_in(nobodys.soup.form["action"]) == ""
    assert nobodys.soup.select_one("#group [selected]")["value"] == ""


def test_the_private_page_of_a_pledge_leads_back_with_the_group_of_the_pledge(reader, session):
    an_action(session)
    a_group(session, "halifax", "Halifax")
    mine = reader.get(PAGE).submit("I will write", name="Amal", letters="3", group="halifax").follow()
    links = [group_in(link["href"]) for link in mine.soup.select("main a[href]")]
    assert set(links) - {None} == {"halifax"}


def test_the_next_person_at_the_same_screen_gets_an_empty_form_with_the_group(reader, session):
    an_action(session)
    a_group(session, "halifax", "Halifax")
    page = reader.get(f"{PAGE}?group=halifax")
    thanks = page.submit("I will write", htmx=True, name="Amal", letters="3")
    link = next(link for link in thanks.soup.select("a[hx-get]") if link.get_text() == "Another person pledges")
    fresh = reader.get(link["hx-get"], headers={"HX-Request": "true"})
    [first] = fresh.soup.select("[autofocus]")
    assert (first["name"], first.get("value")) == ("name", None)
    assert fresh.keys("I will write")["once_key"] != page.keys("I will write")["once_key"]
    assert fresh.soup.select_one("#group [selected]")["value"] == "halifax"
    assert not reader.get(f"{PAGE}/pledging").soup.select("[autofocus]")
    without_scripts = reader.get(link["href"])
    assert without_scripts.soup.select_one("#group [selected]")["value"] == "halifax"


def test_the_evening_and_the_group_stay_with_the_report_form_in_the_other_language(reader, session, app):
    from ua_tracker import evenings
    from ua_tracker.web import evening_keys

    action = an_action(session)
    a_group(session, "halifax", "Halifax")
    evening = evenings.open_for(
        session, action, None, group="halifax", hours=4, most_letters=100, actor="oda", now=NOON
    )
    session.commit()
    with app.app_context():
        key = evening_keys.key_of(evening)
    page = reader.get(f"{PAGE}/letters?evening={key}&group=halifax")
    [french] = page.soup.select('header a[lang="fr"]')
    assert parse_qs(french["href"].partition("?")[2]) == {"group": ["halifax"], "evening": [key]}
    [form] = page.soup.select("form")
    assert parse_qs(form["action"].partition("?")[2])["evening"] == [key]
    assert "evening" not in page.soup.select_one("main .kicker a")["href"]


@pytest.mark.parametrize("group", ["halifax", "nowhere"])
def test_an_error_without_the_database_still_knows_the_way_back(app, session, group):
    from sqlalchemy.exc import OperationalError

    an_action(session)

    @app.before_request
    def lose():
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    answer = Reader(app).post(f"{PAGE}/pledges?group={group}", {})
    assert answer.status == 503
    [back] = [link["href"] for link in answer.soup.select("main a[href]") if group_in(link["href"]) is not None]
    assert group_in(back) == group
