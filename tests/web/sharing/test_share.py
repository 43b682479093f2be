"""What a group shares: codes that do what they say, a QR code that leads to the action, a poster on one sheet."""

import io

import pytest
import resvg_py
import zxingcpp
from PIL import Image

from tests.factories import NOON, a_case, a_group, an_action
from ua_tracker import actions

SHARE = "/en/actions/ua-12-26/share"


def read_code(answer) -> str:
    """What a reader that others wrote reads in a QR code."""
    data = answer.data
    if answer.mimetype == "image/svg+xml":
        data = bytes(resvg_py.svg_to_bytes(svg_string=data.decode(), width=400))
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(data)).convert("L"))
    return found.text


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("", "http://localhost/fr/actions/ua-12-26"),
        ("?group=montreal", "http://localhost/fr/actions/ua-12-26?group=montreal"),
        ("?group=montreal&to=letters", "http://localhost/r/1n1"),
        ("?group=nowhere", "http://localhost/fr/actions/ua-12-26"),
    ],
)
def test_the_code_leads_to_the_action_with_the_group_chosen(reader, session, kind, query, leads_to):
    an_action(session)
    a_group(session)
    assert read_code(reader.client.get(f"/fr/actions/ua-12-26/qr.{kind}{query}")) == leads_to
    assert reader.client.get(leads_to, follow_redirects=True).status_code == 200


def test_the_kit_alone_is_the_same_as_on_the_page(reader, session):
    an_action(session)
    a_group(session)
    page, kit = (
        reader.get(f"{SHARE}?group=montreal&size=compact"),
        reader.get(f"{SHARE}/kit?group=montreal&size=compact"),
    )
    assert page.soup.select_one("#kit").get_text().split() == kit.soup.select_one("#kit").get_text().split()
    assert "size=compact" in kit.soup.iframe["src"]


def test_each_code_stands_under_what_it_looks_like_and_one_box_holds_the_choices(reader, session):
    an_action(session)
    a_group(session)
    page = reader.get(f"{SHARE}?group=montreal&size=compact")
    assert len(page.soup.select(".box")) == 1
    assert len(page.soup.select(".box select")) == 3
    for picture in page.soup.select(".kit .seen img, .kit .qr"):
        assert reader.client.get(picture["src"]).status_code == 200
    assert [one["src"].partition("?")[0].rpartition("/")[2] for one in page.soup.select(".seen img")] == [
        "card.png",
        "badge.svg",
    ]
    assert "Short address, to type: localhost/1n1" in page.text


def test_an_unknown_group_gets_a_message_and_the_codes_of_all(reader, session):
    an_action(session)
    page = reader.get(f"{SHARE}?group=nowhere")
    assert "There is no group “nowhere”: these are the codes for all." in page.text
    assert page.soup.select_one("#code-link").get_text() == "http://localhost/en/actions/ua-12-26"


def test_the_page_of_an_action_leads_there(reader, session):
    an_action(session)
    [link] = reader.get("/en/actions/ua-12-26").soup.select('a[href$="/share"]')
    assert reader.get(link["href"]).status == 200


def test_a_poster_says_what_is_asked_until_when_and_where(reader, session):
    an_action(session)
    a_group(session)
    page = reader.get("/en/actions/ua-12-26/poster?group=montreal&paper=letter")
    for words in ("TEACHER HELD WITHOUT CHARGE", "Release Ana Lopez.", "100 letters until March 15, 2026",
                  "Groupe de Montréal", "Ana Lopez was taken from her school.", "localhost/1n1"):  # fmt: skip
        assert words in page.text
    assert page.soup.select_one("main.poster.letter")
    assert read_code(reader.client.get(page.soup.img["src"])).endswith("?group=montreal")


def test_a_poster_shows_whole_demands_only_and_says_that_there_are_more(reader, session):
    an_action(session, demands=["Release her at once. " * 15, "Investigate. " * 20, "Let her see a lawyer. " * 20])
    page = reader.get("/en/actions/ua-12-26/poster")
    assert len(page.soup.select("main li")) == 2
    assert "All demands are on the page of the action." in page.text


def test_a_poster_of_a_closed_action_warns(reader, session, clock):
    from datetime import UTC, datetime

    an_action(session)
    clock.at = datetime(2026, 3, 20, tzinfo=UTC)
    assert "This poster is for an action that takes no more letters." in reader.get("/en/actions/ua-12-26/poster").html


@pytest.mark.parametrize("path", ["share", "share/kit", "poster", "wall", "wall/numbers"])
def test_an_action_that_is_not_there_is_404(reader, session, path):
    an_action(session, slug="draft", published_at=None)
    for slug in ("nowhere", "draft"):
        assert reader.get(f"/fr/actions/{slug}/{path}").status == 404


def test_a_poster_always_has_a_demand_and_says_the_end(reader, session):
    from datetime import UTC, datetime

    action = an_action(session, demands=["Release every one of them at once. " * 30, "Investigate."])
    assert len(reader.get("/en/actions/ua-12-26/poster").soup.select("main li")) == 1
    action.closed_at, action.closed_reason = datetime(2026, 3, 9, tzinfo=UTC), "stop action"
    session.commit()
    closed = reader.get("/en/actions/ua-12-26/poster")
    assert "0 letters sent Closed. This is the final total." in closed.text
    assert "The deadline was" not in closed.text
    assert "This action was stopped. Please write no more letters." in closed.text
    assert not closed.soup.select("main li")  # what was asked for can do harm now
    action.closed_reason, action.outcome = "good news", "She is free."
    session.commit()
    news = reader.get("/en/actions/ua-12-26/poster")
    assert "Good news She is free. Thank you to all who wrote." in news.text
    assert not news.soup.select("main li")


@pytest.mark.parametrize("key", ["x" * 5000, "é" * 3000, "MQ.forged"])
def test_only_a_key_of_ours_goes_into_the_code(reader, session, key):
    an_action(session)
    code = "/en/actions/ua-12-26/qr.svg"
    plain = reader.get(f"{code}?to=letters")
    asked = reader.get(code, query_string={"to": "letters", "evening": key})
    assert (plain.status, asked.status, asked.html) == (200, 200, plain.html)


def test_the_letters_of_the_case_are_offered_where_it_has_more_than_one_issue(reader, session):
    case = a_case(session)
    an_action(session, case_id=case.id)
    assert not reader.get(SHARE).soup.select("#count")
    second = an_action(session, slug="ua-12-26-2", case_id=case.id, published_at=None)
    assert not reader.get(SHARE).soup.select("#count")
    actions.publish(session, second, actor="oda", now=NOON)
    session.commit()
    assert [one["value"] for one in reader.get(SHARE).soup.select("#count option")] == ["action", "case"]
    page = reader.get(f"{SHARE}?count=case")
    for code in ("#code-link", "#code-iframe"):
        assert "?count=case" in page.soup.select_one(code).get_text()
    assert 'data-count="case"' in page.soup.select_one("#code-script").get_text()
