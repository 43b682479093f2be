"""The plot of an action in words and as a picture: the same numbers as on the page, for whom may see them."""

import io
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import resvg_py
from bs4 import BeautifulSoup
from font_source_sans_pro import SourceSansPro, SourceSansProBold
from PIL import Image, ImageChops, ImageFilter
from sqlalchemy import event

from tests.factories import NOON, a_pledge, a_report, an_action

ACTION = "/en/dashboard/ua-12-26"


@pytest.fixture
def action(session, montreal):
    """Three letters of the group of Montreal, nine of others; a week before the deadline."""
    made = an_action(session, published_at=NOON - timedelta(days=12), title="TEACHER <HELD> & SILENCED")
    a_pledge(session, made, letters=7, name="Amal", email="amal@example.org")
    a_report(session, made, target=3, group="montreal", name="Amal", sent_on=date(2026, 3, 4))
    a_report(session, made, target=9, name="Zoe", sent_on=date(2026, 3, 7))
    return made


def svg(reader, path: str = ACTION) -> BeautifulSoup:
    answer = reader.client.get(f"{path}/plot.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    ElementTree.fromstring(answer.get_data())  # it is well-formed
    return BeautifulSoup(answer.get_data(as_text=True), "html5lib").svg


def labels(drawing) -> dict[str, str]:
    return {one["class"][0]: one.get_text() for one in drawing.select("text[class]")}


def rendered(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L").filter(ImageFilter.GaussianBlur(6))


def test_each_line_is_named_in_place_in_the_readers_language(office, action):
    page = office.get(ACTION).soup
    for drawing in page.select("#plot > svg"):
        named = labels(drawing)
        words = {"letters": "12 sent", "pledged": "7 pledged", "goal": "Goal: 100", "needed": "14.7 a day needed"}
        assert {name: named[name] for name in words} == words
        days = [one.get_text() for one in drawing.select("text.day")]
        assert (days[0], days[1]) == ("Feb 26", "deadline Mar 15")
    french = {
        one["class"][0]: one.get_text() for one in office.get(ACTION.replace("en", "fr")).soup.select("#plot text")
    }
    assert (french["letters"], french["needed"]) == ("12 envoyées", "il faut 14,7 par jour")


def test_the_picture_says_what_it_is_when_it_was_and_where_it_is_from_and_names_nobody(office, action):
    drawing = svg(office)
    text = " ".join(one.get_text() for one in drawing.select("text, title, desc"))
    for words in (
        "TEACHER <HELD> & SILENCED", "12 of 100 letters sent, 7 pledged.", "As of March 10, 2026 at 12:00",
        "Source: UA Tracker, http://localhost/en/actions/ua-12-26",
    ):  # fmt: skip
        assert words in text.replace("\u202f", " ")
    assert not re.search("Amal|Zoe|amal@", str(drawing))
    assert labels(drawing)["letters"] == "12 sent"
    french = svg(office, "/fr/dashboard/ua-12-26")
    assert french["lang"] == "fr"
    assert labels(french)["goal"] == "Objectif\u00a0: 100"


def test_the_picture_stands_alone(office, action):
    drawing = svg(office)
    assert not drawing.select("style, script, image, use, [style], [href]")
    assert all(one.get("stroke") for one in drawing.select("polyline"))
    assert "sans-serif" in drawing["font-family"]


def test_both_files_show_the_same_plot(office, action):
    written = office.client.get(f"{ACTION}/plot.svg").get_data(as_text=True)
    answer = office.client.get(f"{ACTION}/plot.png")
    assert answer.mimetype == "image/png"
    png = rendered(answer.get_data())
    fonts = {"font_files": [SourceSansPro, SourceSansProBold], "skip_system_fonts": True}
    other = rendered(bytes(resvg_py.svg_to_bytes(svg_string=written, zoom=2, **fonts)))
    assert png.size == other.size
    assert ImageChops.difference(png, other).getextrema()[1] < 100
    assert ImageChops.invert(png).getextrema()[1] > 200


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_file_is_named_by_action_and_day_and_kept_by_no_cache(office, action, kind):
    answer = office.client.get(f"{ACTION}/plot.{kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ua-12-26-plot-2026-03-10.{kind}"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_group_saves_its_own_numbers_and_no_draft(montreal, office, session, action):
    an_action(session, slug="ua-13-26", published_at=None)
    drawing = svg(montreal)
    assert drawing.desc.get_text() == "Groupe de Montréal: 3 letters sent, 0 pledged."
    assert labels(drawing)["letters"] == "3 sent"
    assert not drawing.select(".goal, .needed")
    for kind in ("svg", "png"):
        assert montreal.client.get(f"/en/dashboard/ua-13-26/plot.{kind}").status_code == 404
        assert office.client.get(f"/en/dashboard/ua-13-26/plot.{kind}").status_code == 200
    assert "http" not in svg(office, "/en/dashboard/ua-13-26").get_text()


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_who_is_not_signed_in_saves_nothing(app, action, kind):
    answer = app.test_client().get(f"{ACTION}/plot.{kind}")
    assert (answer.status_code, "/login" in answer.headers["Location"]) == (303, True)


def test_a_practice_action_says_so_in_the_picture(office, session):
    an_action(session, slug="practice", practice=True)
    assert svg(office, "/en/dashboard/practice").desc.get_text().startswith("Practice: letters here are not real.")


def test_a_file_asks_the_database_less_than_the_page(office, action, session):
    def asked(path: str) -> int:
        counted = []
        count = lambda *facts: counted.append(facts[2])  # noqa: E731
        event.listen(session.get_bind().__class__, "before_cursor_execute", count)
        try:
            assert office.client.get(path).status_code == 200
        finally:
            event.remove(session.get_bind().__class__, "before_cursor_execute", count)
        return len(counted)

    page = asked(f"{ACTION}/plot")
    assert 0 < asked(f"{ACTION}/plot.svg") < page
    assert 0 < asked(f"{ACTION}/plot.png") < page


def test_the_plot_of_a_draft_says_nothing_of_a_time_since_its_publication(office, session):
    an_action(session, slug="draft", published_at=None)
    an_action(session, slug="later", published_at=NOON + timedelta(days=1))
    for slug in ("draft", "later"):
        plot = office.get(f"/en/dashboard/{slug}/plot").soup.select_one("#plot").get_text()
        assert "0 of 100 letters sent, 0 pledged." in plot
        assert "published" not in plot
        assert "published" not in office.get(f"/en/dashboard/{slug}/plot.svg").html
        counter = office.get(f"/en/dashboard/{slug}").soup.select_one("#counter").get_text()
        assert ("Draft" in counter, "total" in counter) == (True, False)
