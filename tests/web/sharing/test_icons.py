"""The icon: there for every browser that asks, named by every page, in the office's colour."""

import io

import pytest
from PIL import Image

from tests.factories import an_action
from tests.reader import Reader


@pytest.mark.parametrize(
    ("path", "size"),
    [("/favicon.ico", 48), ("/apple-touch-icon.png", 180), ("/apple-touch-icon-precomposed.png", 180)],
)
def test_what_browsers_ask_for_unasked_is_there_and_may_be_kept(reader, path, size):
    answer = reader.client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in answer.headers
    assert Image.open(io.BytesIO(answer.data)).size == (size, size)


@pytest.mark.parametrize(
    "path", ["/en/", "/en/actions/ua-12-26", "/fr/embed/ua-12-26", "/en/actions/ua-12-26/wall", "/en/nowhere"]
)
def test_every_page_names_an_icon_that_is_there_and_may_be_loaded(reader, session, path):
    an_action(session)
    page = reader.get(path)
    for element in page.soup.select("link[rel=icon], link[rel=apple-touch-icon]"):
        answer = reader.client.get(element["href"])
        assert answer.status_code == 200
        assert answer.mimetype in ("image/svg+xml", "image/png")
    assert page.soup.select_one("link[rel=icon]")["href"].startswith("/files/favicon.svg?v=")
    [images] = [part for part in page.headers["Content-Security-Policy"].split("; ") if part.startswith("img-src ")]
    assert {"'self'", "data:"} <= set(images.split())


def test_the_icon_has_the_colour_of_the_office(an_app):
    reader = Reader(an_app(SITE_ACCENT="#005f73"))
    drawn = Image.open(io.BytesIO(reader.client.get("/favicon.ico").data)).convert("RGB")
    assert drawn.getpixel((1, 1)) == (0, 95, 115)
    [icon] = reader.get("/en/").soup.select("link[rel=icon]")
    answer = reader.get(icon["href"])
    assert 'fill="#005f73"' in answer.html
    assert 'fill="#ffffff"' in answer.html
    assert "#ffb000" not in answer.html
    assert "immutable" in answer.headers["Cache-Control"]
