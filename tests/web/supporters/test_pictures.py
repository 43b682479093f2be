"""The picture of an action on its page, and its files."""

import io

from PIL import Image

from tests.factories import a_photograph, a_picture, an_action

PAGE = "/en/actions/ua-12-26"


def test_the_page_shows_the_picture_with_its_size_and_its_words(reader, session):
    action = an_action(session)
    a_picture(session, action, description='Ana "<b>" Lopez', credit="© <i>")
    page = reader.get("/fr/actions/ua-12-26")
    image = page.soup.select_one("figure.picture img")
    assert (image["alt"], page.soup.figcaption.get_text()) == ('Ana "<b>" Lopez', "© <i>")
    assert (image["width"], image["height"], image["loading"]) == ("712", "475", "lazy")
    assert page.soup.figure["lang"] == "en"
    assert page.soup.select('link[href*="picture.css"]')
    for address, width in (part.split() for part in image["srcset"].split(", ")):
        answer = reader.get(address).response
        assert Image.open(io.BytesIO(answer.data)).width == int(width.removesuffix("w"))


def test_a_page_without_a_picture_is_as_before(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    assert not page.soup.select("figure, img:not(.on-paper img)")
    assert "picture.css" not in page.html


def test_a_portrait_is_no_higher_than_a_screen(reader, session):
    a_picture(session, an_action(session), a_photograph(size=(800, 1600)), credit=None)
    page = reader.get(PAGE)
    assert (page.soup.figure.img["width"], page.soup.figure.img["height"]) == ("216", "432")
    assert not page.soup.select("figcaption")


def test_a_small_picture_has_one_file(reader, session):
    a_picture(session, an_action(session), a_photograph(size=(300, 300)))
    assert "srcset" not in reader.get(PAGE).soup.figure.img.attrs


def test_a_file_is_kept_for_good_and_can_do_nothing(reader, session):
    picture = a_picture(session, an_action(session))
    address = f"/pictures/{picture.largest.digest}.webp"
    answer = reader.get(address)
    assert answer.response.mimetype == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    again = reader.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.response.data) == (304, b"")


def test_what_no_published_action_shows_is_not_there(reader, session):
    hidden = a_picture(session, an_action(session, slug="draft", published_at=None))
    for digest in (hidden.largest.digest, "0" * 32, "0" * 31, "A" * 32, "0" * 32 + "%00"):
        answer = reader.get(f"/pictures/{digest}.webp")
        assert answer.status == 404
        assert "immutable" not in answer.headers["Cache-Control"]


def test_the_page_stays_light(reader, session):
    a_picture(session, an_action(session))
    with_it = len(reader.get(PAGE).html)
    assert with_it <= 12 * 1024
