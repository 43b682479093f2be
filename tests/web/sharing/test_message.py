"""The message by which a supporter asks others to write."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from tests.factories import a_group, an_action

PAGE = "/en/actions/ua-12-26"
LINK = "http://localhost/en/actions/ua-12-26?group=halifax"


def said(page) -> str:
    [text] = page.soup.select("#message-text")
    [mail] = page.soup.select('#message a[href^="mailto:?"]')
    assert parse_qs(mail["href"].partition("?")[2])["body"] == [text.get_text().strip()]
    assert page.soup.select_one("#message-link").get_text().strip() == LINK
    return text.get_text().strip()


@pytest.mark.parametrize("htmx", [False, True])
def test_after_a_pledge_and_a_report_others_are_told_with_the_link_of_the_group(reader, session, htmx):
    an_action(session)
    a_group(session, "halifax", "Halifax")
    typed = {"name": "Amal", "letters": "3", "email": "amal@example.org"}
    thanks = reader.get(f"{PAGE}?group=halifax").submit("I will write", htmx=htmx, **typed)
    assert said(thanks).startswith("TEACHER HELD WITHOUT CHARGE: letters are wanted until March 15, 2026.")
    assert said(thanks).endswith(LINK)
    assert "1 Main Street" in thanks.text
    reported = reader.get(f"{PAGE}/letters?group=halifax").submit("Report these letters", htmx=True, letters_1="1")
    assert said(reported) == said(thanks)


def test_the_page_to_share_begins_with_the_message_and_the_codes_follow(reader, session, clock):
    action = an_action(session)
    a_group(session, "halifax", "Halifax")
    page = reader.get(f"{PAGE}/share?group=halifax")
    assert [one["id"] for one in page.soup.select("#message-text, #kit")] == ["message-text", "kit"]
    chosen = reader.get(f"{PAGE}/share/kit?group=halifax")
    assert said(chosen) == said(page)
    assert [one["id"] for one in chosen.soup.select("[hx-swap-oob]")] == ["message"]
    clock.at = datetime(2026, 3, 20, tzinfo=UTC)
    assert "see how many letters were sent" in said(reader.get(f"{PAGE}/share?group=halifax"))
    action.closed_at, action.closed_reason = clock.at, "good news"
    session.commit()
    assert said(reader.get(f"{PAGE}/share?group=halifax")) == f"Good news: TEACHER HELD WITHOUT CHARGE {LINK}"
    action.closed_reason = "stop action"
    session.commit()
    assert "Please write no more letters." in said(reader.get(f"{PAGE}/share?group=halifax"))
