"""The HTML that people paste into their own pages."""

from bs4 import BeautifulSoup

from tests.factories import a_group, an_action
from ua_tracker.web.sharing.embed_codes import HEIGHTS, WIDTH

SHARE = "/en/actions/ua-12-26/share"


def test_every_code_to_copy_is_whole_and_for_the_group(reader, session):
    an_action(session, title='“Free” <Zoë> & "others"')
    a_group(session)
    page = reader.get(f"{SHARE}?group=montreal&theme=dark")
    codes = {area["id"]: area.get_text() for area in page.soup.select("textarea")}
    assert codes["code-link"] == "http://localhost/en/actions/ua-12-26?group=montreal&theme=dark"
    frame = BeautifulSoup(codes["code-iframe"], "html5lib").iframe
    assert frame["src"] == "http://localhost/en/embed/ua-12-26?group=montreal&theme=dark"
    assert frame["title"] == 'Letters so far: “Free” <Zoë> & "others"'
    script = BeautifulSoup(codes["code-script"], "html5lib")
    assert script.a["href"] == "http://localhost/en/actions/ua-12-26?group=montreal"
    assert script.a["data-theme"] == "dark"
    assert script.a.get_text() == '“Free” <Zoë> & "others"'
    assert script.script["src"] == "http://localhost/embed.js"
    for name, path in (("code-newsletter", "card.png"), ("code-badge", "badge.svg")):
        picture = BeautifulSoup(codes[name], "html5lib").img
        assert picture["src"] == f"http://localhost/actions/ua-12-26/{path}?lang=en&group=montreal"
        assert picture["alt"]
        assert reader.client.get(picture["src"].removeprefix("http://localhost")).status_code == 200


def test_the_frame_is_as_high_as_its_size_needs_and_as_wide_as_its_place(reader, session):
    an_action(session)
    for size, height in HEIGHTS.items():
        code = reader.get(f"{SHARE}?size={size}").soup.select_one("#code-iframe").get_text()
        frame = BeautifulSoup(code, "html5lib").iframe
        assert (frame["width"], frame["height"], frame["style"]) == ("100%", str(height), f"max-width:{WIDTH}px")


def test_every_code_is_one_block_in_one_line_and_its_pictures_shrink(reader, session):
    """Themes of WordPress align blocks only, and it makes line breaks of those in a code."""
    an_action(session)
    codes = {area["id"]: area.get_text() for area in reader.get(SHARE).soup.select("textarea")}
    for name in ("code-iframe", "code-script", "code-newsletter", "code-badge"):
        parsed = BeautifulSoup(codes[name], "html5lib")
        [block] = parsed.body.find_all(recursive=False)
        assert (block.name, "\n" in codes[name]) == ("div", False), name
        for picture in parsed.select("img"):
            assert picture["style"] == "max-width:100%;height:auto"
            assert not picture.has_attr("height")


def test_no_code_contains_a_default_value(reader, session):
    an_action(session)
    page = reader.get(f"{SHARE}?theme=light&size=full&group=")
    assert page.soup.select_one("#code-link").get_text() == "http://localhost/en/actions/ua-12-26"
    script = BeautifulSoup(page.soup.select_one("#code-script").get_text(), "html5lib").a
    assert sorted(script.attrs) == ["class", "href"]


def test_only_a_code_that_asks_for_it_is_dark_on_a_dark_device(reader, session):
    an_action(session)
    for query, expected in (("", "light"), ("?theme=auto", "auto")):
        page = reader.get(f"{SHARE}{query}")
        codes = [page.soup.select_one(f"#code-{name}").get_text() for name in ("link", "iframe", "script")]
        assert all(("auto" in code) == (expected == "auto") for code in codes)
        framed = page.soup.select_one(".seen iframe")["src"]
        assert expected in reader.get(framed).soup.html["class"]
    assert "light" in reader.get("/en/embed/nowhere").soup.html["class"]
    assert "dark" in reader.get("/en/embed/nowhere?theme=dark").soup.html["class"]
