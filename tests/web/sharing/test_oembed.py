"""oEmbed as the specification says it (oembed.com), read by a consumer that others wrote."""

import io
from urllib.parse import urlencode
from xml.etree import ElementTree

import micawber
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests.factories import a_group, an_action

PAGE = "http://localhost/en/actions/ua-12-26"


def asked(reader, url: str = PAGE, **words):
    return reader.get(f"/oembed?{urlencode({'url': url, **words})}")


def test_an_action_is_a_rich_answer_with_all_that_is_required(reader, session):
    an_action(session)
    answer = asked(reader)
    told = answer.response.json
    assert (told["type"], told["version"], told["title"]) == ("rich", "1.0", "TEACHER HELD WITHOUT CHARGE")
    assert told["provider_name"] == "UA Tracker"
    html = BeautifulSoup(told["html"], "html5lib")
    assert html.iframe["src"] == "http://localhost/en/embed/ua-12-26"
    assert (html.iframe["width"], html.iframe["style"]) == ("100%", f"max-width:{told['width']}px")
    assert int(html.iframe["height"]) == told["height"]
    assert html.blockquote.a["href"] == PAGE
    assert not html.select("script")
    assert reader.get("/en/embed/ua-12-26").status == 200


@pytest.mark.parametrize("path", ["actions/ua-12-26", "actions/ua-12-26/share", "embed/ua-12-26"])
def test_every_page_that_can_be_pasted_says_where_to_ask_and_the_answer_is_for_its_group(reader, session, path):
    an_action(session)
    a_group(session)
    page = reader.get(f"/fr/{path}?group=montreal&size=compact")
    [link] = page.soup.select('link[rel=alternate][type="application/json+oembed"]')
    answer = reader.get(link["href"].removeprefix("http://localhost"))
    assert answer.status == 200
    assert "json" in answer.headers["Content-Type"]
    assert "/fr/embed/ua-12-26?group=montreal&amp;size=compact" in answer.response.json["html"]


def test_xml_says_the_same(reader, session):
    an_action(session)
    tree = ElementTree.fromstring(asked(reader, format="xml").html.encode())
    assert tree.tag == "oembed"
    assert {child.tag: child.text for child in tree} == {
        name: str(value) for name, value in asked(reader).response.json.items()
    }


@pytest.mark.parametrize(
    ("wide", "high", "expected"),
    [
        (None, None, (480, 480, "full")),
        (300, None, (300, 480, "full")),
        (1000, 1000, (480, 480, "full")),
        (None, 220, (480, 220, "compact")),
        (250, 90, (250, 90, "compact")),
    ],
)
def test_the_largest_width_and_height_are_obeyed(reader, session, wide, high, expected):
    an_action(session)
    words = {name: value for name, value in (("maxwidth", wide), ("maxheight", high)) if value}
    told = asked(reader, **words).response.json
    size = "compact" if "size=compact" in told["html"] else "full"
    assert (told["width"], told["height"], size) == expected


@pytest.mark.parametrize(
    ("wide", "high", "expected"),
    [(None, None, 1200), (600, 900, 600), (480, None, 300), (None, 400, 600), (300, 158, 300), (299, None, None),
     (None, 100, None)],
)  # fmt: skip
def test_the_thumbnail_is_the_card_within_the_same_limits(reader, session, wide, high, expected):
    an_action(session)
    words = {name: value for name, value in (("maxwidth", wide), ("maxheight", high)) if value}
    told = asked(reader, f"{PAGE}?group=nowhere", **words).response.json
    if expected is None:
        assert not [name for name in told if name.startswith("thumbnail")]
        return
    assert told["thumbnail_width"] == expected
    picture = reader.client.get(told["thumbnail_url"].removeprefix("http://localhost"))
    assert Image.open(io.BytesIO(picture.data)).size == (expected, told["thumbnail_height"])
    assert "group=nowhere" in told["thumbnail_url"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"url": "http://localhost/en/actions/nowhere"}, 404),
        ({"url": "http://localhost/en/actions/draft"}, 404),
        ({"url": "http://localhost/en/"}, 404),
        ({"url": "http://localhost/en/actions/ua-12-26/pledges"}, 404),
        ({"url": "http://elsewhere.example/en/actions/ua-12-26"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[broken"}, 404),
        ({"url": "http://localhost/en/actions/a\0b"}, 404),
        ({"url": ""}, 404),
        ({"format": "yaml"}, 501),
        ({"maxwidth": "wide"}, 400),
        ({"maxheight": "-3"}, 400),
        ({"maxheight": "9" * 400}, 400),
    ],
)
def test_an_error_has_the_status_of_the_specification_and_a_sentence(reader, session, words, status):
    an_action(session)
    an_action(session, slug="draft", published_at=None)
    answer = asked(reader, **words)
    assert answer.status == status
    assert answer.response.json["error"].endswith(".")
    if "format" not in words:
        in_xml = asked(reader, **words, format="xml")
        assert (in_xml.status, ElementTree.fromstring(in_xml.html.encode()).tag) == (status, "error")


def test_a_consumer_that_others_wrote_understands_the_answer(reader, session, monkeypatch):
    """Over a real connection, as the consumer would ask."""
    from threading import Thread

    from werkzeug.serving import make_server

    an_action(session)
    server = make_server("127.0.0.1", 0, reader.client.application)
    Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    try:
        registry = micawber.ProviderRegistry()
        registry.register(rf"{site}/\w+/actions/\S+", micawber.Provider(f"{site}/oembed"))
        address = f"{site}/en/actions/ua-12-26"
        told = registry.request(address, maxwidth=320)
        assert (told["type"], told["width"]) == ("rich", 320)
        shown = micawber.parse_text(f"Look:\n{address}\n", registry)
        with pytest.raises(micawber.ProviderException):
            registry.request(f"{site}/en/actions/nowhere")
    finally:
        server.shutdown()
        server.server_close()
    assert f'<iframe src="{site}/en/embed/ua-12-26"' in shown


def test_an_empty_format_capitals_and_an_unknown_group_are_accepted(reader, session):
    an_action(session)
    assert asked(reader, format="").status == 200
    assert asked(reader, "http://LOCALHOST/en/actions/ua-12-26").status == 200
    told = asked(reader, f"{PAGE}?group=mistyped&theme=dark").response.json["html"]
    assert "group=mistyped" in told  # the frame says that there is no such group
    assert "theme=dark" in told


def test_the_choice_of_the_whole_case_goes_along(reader, session):
    an_action(session)
    told = reader.get("/oembed?url=http%3A%2F%2Flocalhost%2Fen%2Factions%2Fua-12-26%3Fcount%3Dcase").response.json
    assert "/en/embed/ua-12-26?count=case" in told["html"]
