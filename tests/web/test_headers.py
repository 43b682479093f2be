"""What every answer says to the browser, and which posts are refused because they come from another site."""

import re
from inspect import iscoroutinefunction
from itertools import chain

import pytest
from sqlalchemy import func, select

from tests.factories import a_group, an_action
from tests.reader import Reader
from tests.web.live.test_responses import PATHS
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
POST = f"{PAGE}/pledges"
GOOD = {"name": "Amal", "letters": "3"}


def pledges_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Pledge))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_a_post_from_another_site_is_403(reader, session, headers, status):
    an_action(session)
    keys = reader.get(PAGE).keys("I will write")
    assert reader.post(POST, {**GOOD, **keys}, headers=headers).status == status
    assert pledges_in(session) == (1 if status == 303 else 0)


def test_every_answer_carries_the_strict_headers(reader, session):
    an_action(session)
    polled = reader.get(f"{PAGE}/counter").headers
    assert polled["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert polled["X-Content-Type-Options"] == "nosniff"
    for path in ("/en/", PAGE, f"{PAGE}/letters", "/en/nowhere", "/files/site.css"):
        headers = reader.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_pages_with_a_form_are_not_cached(reader, session):
    an_action(session)
    for path in (PAGE, f"{PAGE}/letters", f"{PAGE}/pledging"):
        assert reader.get(path).headers["Cache-Control"] == "no-store"
    assert reader.get("/en/").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", PATHS)
def test_shared_caches_may_keep_for_seconds_what_is_the_same_for_all_who_poll(reader, session, path):
    a_group(session, "montreal", "Montréal")
    an_action(session)
    kept = reader.get(path).headers["Cache-Control"]
    assert kept in ("public, max-age=0, s-maxage=1", "public, max-age=2")


def test_no_page_for_one_reader_may_be_kept_by_a_shared_cache(reader, session):
    an_action(session)
    pages = ("/en/", PAGE, f"{PAGE}/letters", f"{PAGE}/write", f"{PAGE}/share", "/en/pledges/link", "/en/pledges/x",
             "/en/login", "/en/dashboard/", "/en/privacy", "/en/nowhere", "/api/v1/nowhere", "/healthz")  # fmt: skip
    assert [path for path in pages if "public" in reader.client.get(path).headers["Cache-Control"]] == []


def test_the_sites_own_files_are_kept_for_a_year_under_their_mark(reader):
    sources = re.findall(r'(?:src|href)="(/files/[^"]+)"', reader.get("/en/").html)
    assert {source.split("?")[0] for source in sources} == {
        "/files/accent.css", "/files/favicon.svg", "/files/list.css", "/files/site.css", "/files/page.en.js",
    }  # fmt: skip
    for source in sources:
        assert "immutable" in reader.get(source).headers["Cache-Control"]
    assert "immutable" not in reader.get("/files/site.css?v=old").headers["Cache-Control"]
    assert reader.get("/files/../app.py").status == 404


def test_htmx_is_the_one_that_upstream_published(reader):
    import hashlib

    served = reader.get("/files/htmx.min.js").response.get_data()
    assert hashlib.sha256(served).hexdigest().startswith("491955cd")


@pytest.mark.parametrize(("accent", "words"), [("#ffb000", "#000000"), ("#1b1b6b", "#ffffff"), ("#777777", "#000000")])
def test_the_words_on_the_accent_are_the_ones_that_contrast_more(an_app, accent, words):
    sheet = Reader(an_app(SITE_ACCENT=accent)).get("/files/accent.css").html
    assert sheet.splitlines()[0] == f":root{{--accent:{accent};--on-accent:{words}}}"


def test_no_function_of_the_app_is_a_coroutine(app):
    """`creating.Site` calls each as it is, without asking it."""
    of_requests = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    called = chain.from_iterable(functions for kind in of_requests for functions in kind.values())
    assert [one for one in (*app.view_functions.values(), *called) if iscoroutinefunction(one)] == []
