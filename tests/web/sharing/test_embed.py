"""The framed page and its script: for other people's pages, without a cookie, a form or a third party."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import a_case, a_group, a_pledge, a_report, an_action
from ua_tracker.models import Action
from ua_tracker.web.live.layer import MOST_KEPT

EMBED = "/en/embed/ua-12-26"
CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
OVER = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)


def test_a_frame_shows_the_number_the_goal_the_deadline_and_one_link(reader, session):
    action = an_action(session)
    a_pledge(session, action, letters=5)
    a_report(session, action, target=3)
    page = reader.get(EMBED)
    assert (page.count("letters-sent"), page.count("letters-pledged")) == (3, 5)
    assert "3 letters sent 3% 97 to go Goal: 100" in page.text
    assert "5 days left until Mar 15" in page.text
    [link] = page.soup.select("a")
    assert (link["href"], link["target"]) == ("http://localhost/en/actions/ua-12-26", "_top")
    assert not page.soup.select("form, input, img")


def test_a_counter_without_letters_shows_the_goal_and_invites_to_be_the_first(reader, session):
    an_action(session)
    page = reader.get("/fr/embed/ua-12-26")
    assert "Ouvrez la voie" in page.text
    assert page.soup.select_one(".number.none strong").get_text() == "100"
    assert page.count("letters-sent") == 0


def test_a_goal_that_is_reached_looks_unlike_one_letter_less(reader, session):
    action = an_action(session, deadline=date(2026, 5, 15))
    a_report(session, action, target=99)
    before = reader.get(EMBED)
    assert "Goal reached" not in before.text
    assert before.soup.select_one("main.open") is not None
    a_report(session, action, target=1)
    after = reader.get(EMBED)
    assert "Goal reached" in after.text
    assert after.soup.select_one("main.reached .postmark") is not None
    assert "Letters still count" in after.text


def test_far_above_the_goal_the_number_is_whole_and_the_bar_full(reader, session):
    action = an_action(session)
    for _ in range(5):
        a_report(session, action, target=499)
    page = reader.get(EMBED)
    assert page.count("letters-sent") == 2495
    assert "24 times the goal" in page.text
    assert page.soup.progress["value"] == page.soup.progress["max"] == "100"


def test_the_days_that_are_left_go_down_at_midnight_without_a_new_letter(reader, session, clock):
    a_report(session, an_action(session), target=4)
    clock.at = datetime(2026, 3, 11, 3, 59, tzinfo=UTC)
    shown = reader.get(EMBED)
    assert "5 days left" in shown.text
    assert reader.get(EMBED).soup.main["data-shown"] == shown.soup.main["data-shown"]
    clock.at = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
    after = reader.get(EMBED)
    assert "4 days left" in after.text
    assert after.soup.main["data-shown"] != shown.soup.main["data-shown"]
    clock.at = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
    assert "Today is the last day" in reader.get(EMBED).text


def test_the_last_week_is_marked(reader, session, clock):
    a_report(session, an_action(session, deadline=date(2026, 3, 18)), target=4)
    assert reader.get(EMBED).soup.select_one("main.open .last:not(.hot)") is not None
    clock.pass_by(days=1)
    assert reader.get(EMBED).soup.select_one("main.soon .last.hot") is not None


def test_a_named_group_has_its_own_number_and_the_link_chooses_it(reader, session):
    action = an_action(session)
    a_group(session)
    a_report(session, action, target=3, group="montreal")
    a_report(session, action, target=4)
    page = reader.get(f"{EMBED}?group=montreal")
    assert (page.count("group-letters-sent"), page.count("letters-sent")) == (3, 7)
    assert "Groupe de Montréal: 3 letters sent" in page.text
    assert page.soup.a["href"].endswith("/en/actions/ua-12-26?group=montreal")
    assert reader.get(page.soup.a["href"].removeprefix("http://localhost")).soup.select_one(
        "#group option[selected][value=montreal]"
    )


def test_each_state_says_where_the_action_stands_without_anyone_editing_a_page(reader, session, clock):
    a_report(session, an_action(session), target=4)
    assert "Write a letter too" in reader.get(EMBED).text
    clock.at = CLOSING
    late = reader.get(EMBED)
    assert "The deadline was March 15, 2026. Letters sent by then are still counted." in late.text
    clock.at = OVER
    over = reader.get(EMBED)
    assert "Closed: the final total 4 letters sent" in over.text
    assert " ".join(over.soup.select_one(".scale").get_text(" ").split()) == "4% Goal: 100"
    assert over.count("letters-sent") == 4
    assert "refresh" not in over.html


def test_a_stop_action_is_announced(reader, session, clock):
    an_action(session, closed_at=datetime(2026, 3, 9, tzinfo=UTC), closed_reason="stop action")
    page = reader.get(EMBED)
    assert "Please write no more letters." in page.text
    assert page.soup.select_one("main.stopped") is not None
    assert not page.soup.select("progress")


def test_good_news_is_announced(reader, session, clock):
    an_action(session, closed_at=datetime(2026, 3, 9, tzinfo=UTC), closed_reason="good news", outcome="She is free.")
    page = reader.get(EMBED)
    assert "Good news She is free." in page.text
    assert page.soup.select_one("main.good .postmark") is not None


def test_only_the_frame_may_be_framed(reader, session):
    an_action(session)
    framed = reader.get(EMBED).headers
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors" not in framed["Content-Security-Policy"]
    assert "unsafe" not in framed["Content-Security-Policy"]
    for path in ("/en/", "/en/actions/ua-12-26", "/en/actions/ua-12-26/share", "/en/actions/ua-12-26/wall",
                 "/en/actions/ua-12-26/poster", "/en/actions/ua-12-26/letters", "/en/nowhere"):  # fmt: skip
        headers = reader.get(path).headers
        assert headers["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path


@pytest.mark.parametrize("path", [EMBED, "/en/embed/nowhere"])
def test_the_frame_names_its_origin_for_browsers_to_which_self_is_nothing(reader, session, path):
    """In a sandbox the page has no origin, and WebKit then lets 'self' match nothing."""
    an_action(session)
    policy = reader.get(path).headers["Content-Security-Policy"]
    for kind in ("script-src", "style-src", "img-src", "connect-src"):
        [sources] = [part.split()[1:] for part in policy.split("; ") if part.startswith(kind)]
        assert sources[:2] == ["'self'", "http://localhost"], kind


@pytest.mark.parametrize(
    ("public", "host", "origin"),
    [
        ("", "xn--80akhbyknj4f.example", "http://xn--80akhbyknj4f.example"),
        ("https://письма.example", "127.0.0.1", "https://xn--80apmkl0e.example"),
        ("https://Letters.example:8443", "127.0.0.1", "https://letters.example:8443"),
    ],
)
def test_the_origin_is_written_as_browsers_send_it(an_app, session, public, host, origin):
    an_action(session)
    answer = an_app(PUBLIC_URL=public, TRUSTED_HOSTS=host).test_client().get(f"{EMBED}?group=x", headers={"Host": host})
    assert f"script-src 'self' {origin};" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["a.example; script-src *", "a.example script-src", "a.example'"])
def test_no_host_name_can_add_to_the_policy(reader, session, host):
    an_action(session)
    answer = reader.get(EMBED, headers={"Host": host})
    assert answer.status == 400 or host not in answer.headers["Content-Security-Policy"]


def test_a_frame_in_a_sandbox_may_fetch_itself_and_its_files(reader, session):
    """There the page's origin is "null", so that even the site's own files come from elsewhere."""
    an_action(session)
    page = reader.get(EMBED)
    files = [element.get("src") or element.get("href") for element in page.soup.select("script, link[rel=stylesheet]")]
    assert len(files) == 3
    for path in (EMBED, page.soup.main["data-json"], *files):
        headers = reader.get(path, headers={"Origin": "null"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*", path
        assert headers.get("Cross-Origin-Resource-Policy", "cross-origin") == "cross-origin", path


@pytest.mark.parametrize("slug", ["nowhere", "draft"])
def test_an_action_that_is_not_there_is_404_in_a_frame_that_can_be_shown(reader, session, slug):
    an_action(session, slug="draft", published_at=None)
    page = reader.get(f"/fr/embed/{slug}")
    assert page.status == 404
    assert "X-Frame-Options" not in page.headers
    assert not page.soup.select("script")


def test_the_words_follow_a_change_that_is_not_a_letter(reader, session):
    action = an_action(session)
    shown = reader.get(EMBED).soup.main["data-shown"]
    session.get(Action, action.id).goal = 777
    session.commit()
    after = reader.get(EMBED)
    assert after.soup.main["data-shown"] != shown
    assert "777" in after.text


def test_the_script_is_small_stands_alone_and_is_for_every_site(reader):
    answer = reader.get("/embed.js")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert len(answer.html.encode()) < 4096
    assert '"SITE"' not in answer.html
    assert '"http://localhost"' in answer.html
    assert not re.search(r"\bimport\b|\brequire\(|document\.cookie|innerHTML", answer.html)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_an_error_for_an_odd_url_can_be_seen_in_the_frame(reader):
    page = reader.get("/en/embed/UA-12-26")
    assert page.status == 404
    assert "X-Frame-Options" not in page.headers


def test_a_group_without_letters_that_is_merged_shows_its_heir_at_once(office, session):
    action = an_action(session)
    a_group(session), a_group(session, "old", "Old")
    a_report(session, action, target=5, group="montreal")
    embed = "/en/embed/ua-12-26?group=old"
    assert office.get(embed).count("group-letters-sent") == 0
    office.get("/en/dashboard/groups/old").submit("Merge with another group", group="montreal")
    assert office.get(embed).count("group-letters-sent") == 5


def test_made_up_ports_do_not_evict_all_that_is_kept(app, reader, session):
    an_action(session)
    live = app.extensions["ua_tracker.live"]
    reader.get(EMBED)
    for port in range(1, 40):
        reader.get(EMBED, headers={"Host": f"localhost:{port}"})
    assert len(live._kept) == 40 < MOST_KEPT
    live._kept.update({("http://x", str(number), ""): None for number in range(MOST_KEPT - 40)})
    reader.get("/fr/embed/ua-12-26")
    assert len(live._kept) == MOST_KEPT


@pytest.fixture
def two_issues(session):
    case = a_case(session)
    older = an_action(session, case_id=case.id, issued=date(2026, 1, 2))
    return older, an_action(session, slug="ua-12-26-2", case_id=case.id, issued=date(2026, 2, 2))


def test_the_letters_of_the_whole_case_are_counted_where_a_page_asks_for_them(reader, session, two_issues):
    a_group(session)
    for action, letters in zip(two_issues, (3, 4), strict=True):
        a_report(session, action, target=letters, group="montreal")
        a_pledge(session, action, letters=letters)
    page = reader.get(f"{EMBED}-2?count=case&group=montreal")
    assert (page.count("letters-sent"), page.count("letters-pledged"), page.count("group-letters-sent")) == (7, 7, 7)
    assert "7 letters sent in this case" in page.text
    assert not page.soup.select("progress")
    assert reader.get(f"{EMBED}-2?group=montreal").count("letters-sent") == 4


def test_a_letter_for_another_issue_moves_the_counter_of_the_case(reader, session, two_issues):
    before = reader.get(f"{EMBED}-2?count=case").soup.main
    a_report(session, two_issues[0], target=5)
    page = reader.get(f"{EMBED}-2?count=case")
    assert page.count("letters-sent") == 5
    assert int(page.soup.main["data-revision"]) > int(before["data-revision"])


def test_an_action_without_a_case_is_counted_alone(reader, session):
    a_report(session, an_action(session), target=5)
    assert "5 letters sent 5%" in reader.get(f"{EMBED}?count=case").text


def test_the_counter_of_an_older_issue_leads_to_the_newest(reader, session, two_issues, clock):
    a_group(session)
    for query, address in (("", "ua-12-26-2"), ("?group=montreal", "ua-12-26-2?group=montreal")):
        [link] = reader.get(EMBED + query).soup.select("a")
        assert (link.get_text(), link["href"]) == ("To the newest issue", f"http://localhost/en/actions/{address}")
    assert reader.get(f"{EMBED}-2").soup.a["href"] == "http://localhost/en/actions/ua-12-26-2"
    soon = {"issued": date(2026, 3, 10), "published_at": clock.at + timedelta(hours=1)}
    an_action(session, slug="ua-12-26-3", case_id=two_issues[0].case_id, **soon)
    assert "ua-12-26-2" in reader.get(EMBED).soup.a["href"]
    clock.pass_by(hours=1)
    assert "ua-12-26-3" in reader.get(EMBED).soup.a["href"]
