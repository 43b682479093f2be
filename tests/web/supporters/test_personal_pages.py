"""Pages behind a private link are not cached, framed, listed or named to others, whatever view answers."""

import pytest
from sqlalchemy.exc import OperationalError

from tests.factories import NOON, SECRET, a_pledge, an_action
from tests.reader import Reader
from ua_tracker import private_links
from ua_tracker.private_links import CONFIRM, STOP

TOKEN = private_links.token_for("form", SECRET)


@pytest.fixture
def pledge(session):
    """Amal's pledge, with a link of each purpose."""
    made = a_pledge(session, an_action(session), once_key="form", email="amal@example.org")
    made.email_wanted = "amal@example.net"
    for purpose in (CONFIRM, STOP):
        private_links.issue(session, made, private_links.token_for("form", SECRET, purpose), NOON, purpose)
    session.commit()
    return made


LOST = "/en/pledges/link"  # the empty form, which shows nobody's data and is looked for in search engines


def is_shut(answer, found: bool = False) -> bool:
    """Whether the answer is kept and passed on by nobody, and listed by nobody unless it may be `found`."""
    told = {name: answer.headers.get(name) for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")}
    robots = None if found else "noindex"
    assert told == {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": robots}, answer
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "ETag" not in answer.headers
    return True


def paths_below_pledges(app) -> list[tuple[str, str]]:
    """Every method and path of the site below /<lang>/pledges, and where a pledge is made; as the map has them."""
    values = {"<lang:lang>": "en", "<int:number>": "1", "<slug:slug>": "ua-12-26"}
    found = []
    for rule in app.url_map.iter_rules():
        if not {"pledges", "pledged"} & set(rule.rule.split("/")) or "dashboard" in rule.rule:
            continue
        tokens = [private_links.token_for("form", SECRET, purpose) for purpose in ("page", CONFIRM, STOP)]
        for token in [*tokens, "unknown-but-well-formed"] if "token" in rule.arguments else [""]:
            path = rule.rule.replace("<token:token>", token)
            for part, value in values.items():
                path = path.replace(part, value)
            found += [(method, path) for method in sorted(rule.methods)]
    return found


def test_no_response_below_a_private_link_is_cached(app, pledge):
    asked = paths_below_pledges(app)
    assert len({path for _, path in asked}) > 60
    statuses = set()
    for method, path in asked:
        for headers in ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"}):
            answer = app.test_client().open(path, method=method, headers=headers)
            is_form = path == LOST and method != "POST" and answer.status_code == 200
            assert is_shut(answer, found=is_form), (method, path)
            statuses.add(answer.status_code)
    assert statuses >= {200, 303, 400, 403, 404}


def test_a_search_engine_leads_to_the_form_for_a_lost_link_and_to_nothing_else_below_it(app, session):
    an_action(session)
    page = Reader(app).get(LOST)
    assert page.soup.select_one("meta[name=description]")["content"].startswith("Have the private link")
    assert "X-Robots-Tag" not in page.headers
    for told in (Reader(app).get(f"{LOST}?action=ua-12-26"), page.submit("Send the link", email="no address")):
        assert told.headers["X-Robots-Tag"] == "noindex"
    assert Reader(app).get(f"{LOST}/sent").headers["X-Robots-Tag"] == "noindex"


def test_a_view_that_somebody_adds_below_it_cannot_forget(app, pledge):
    @app.get("/<lang:lang>/pledges/<token:token>/later")
    def later(token):
        return "a word"

    assert is_shut(app.test_client().get(f"/en/pledges/{TOKEN}/later"))


@pytest.mark.parametrize("path", ["/en/pledges", "/en/pledges/x", "/en/pledges/a/b/c/d", "/fr/pledges/forgotten/x"])
def test_an_unknown_url_there_is_not_cached(app, session, path):
    answer = app.test_client().get(path)
    assert (answer.status_code, is_shut(answer)) == (404, True)


def test_an_error_is_not_cached_either(app, an_app, session, pledge):
    reader = Reader(app)
    mine = reader.get(f"/en/pledges/{TOKEN}")
    wrong = mine.submit("Change it", letters="0")
    assert (wrong.status, is_shut(wrong.response)) == (422, True)
    large = reader.post(f"/en/pledges/{TOKEN}/change", {"letters": "1" * 70_000})
    assert (large.status, is_shut(large.response)) == (413, True)
    pledge.withdrawn_at = NOON
    session.commit()
    ended = mine.submit("Change it", letters="2")
    assert (ended.status, is_shut(ended.response)) == (409, True)
    limited = Reader(an_app(RATELIMIT_ENABLED="yes"))
    often = [limited.post(f"/en/pledges/{TOKEN}/change", {}) for _ in range(91)][-1]
    assert (often.status, is_shut(often.response)) == (429, True)


def test_a_database_error_there_is_not_cached_either(app, session, pledge):
    @app.before_request
    def lose():
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    answer = app.test_client().get(f"/en/pledges/{TOKEN}")
    assert (answer.status_code, is_shut(answer)) == (503, True)


@pytest.mark.parametrize("htmx", [False, True])
def test_the_thanks_that_show_a_private_link_are_not_cached(reader, session, htmx):
    an_action(session)
    thanks = reader.get("/en/actions/ua-12-26").submit("I will write", htmx=htmx, name="Amal", letters="3")
    assert ("/en/pledges/" in thanks.html, thanks.status) == ((True, 200) if htmx else (True, 303))
    assert is_shut(thanks.response)


def test_what_everybody_may_read_stays_so(reader, session):
    an_action(session)
    for path in ("/en/", "/en/actions/ua-12-26", "/en/actions/ua-12-26/letters"):
        headers = reader.get(path).headers
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "X-Robots-Tag" not in headers
    assert reader.get("/api/v1/actions/ua-12-26").headers["Access-Control-Allow-Origin"] == "*"
