"""A kept response is the same for everybody: nothing of one request appears in the response to the next."""

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.factories import a_group, a_report, an_action
from ua_tracker.web.live.kept_views import declared
from ua_tracker.web.live.polling import PollInterval

PATHS = (
    "/en/actions/ua-12-26/counter",
    "/fr/actions/ua-12-26/counter",
    "/en/listing",
    "/fr/listing",
    "/api/v1/actions",
    "/api/v1/actions/ua-12-26",
    "/en/embed/ua-12-26",
    "/en/embed/ua-12-26?group=montreal",
    "/actions/ua-12-26/badge.svg",
    "/actions/ua-12-26/badge.svg?group=montreal&lang=fr",
    "/actions/ua-12-26/badge.json",
    "/fr/actions/ua-12-26/wall/numbers?group=montreal",
    "/en/actions.atom",
    "/en/actions/ua-12-26/news.atom?group=montreal",
    "/fr/deadlines.ics",
)
EVIL = "evil.example"
HEADERS = {
    **dict.fromkeys(
        ("Forwarded", "From", "Via", "User-Agent", "Referer", "Cookie", "Authorization", "Proxy-Authorization", "TE",
         "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix",
         "X-Forwarded-Server", "X-Forwarded-Ssl", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Path",
         "X-Scheme", "X-Url-Scheme", "Front-End-Https", "X-Real-IP", "X-Client-IP", "True-Client-IP",
         "CF-Connecting-IP",
         "X-Original-URL", "X-Original-URI", "X-Original-Host", "X-Rewrite-URL", "X-Host", "X-Script-Name",
         "X-Http-Method-Override", "X-Method-Override", "X-Request-ID", "X-Requested-With", "X-CSRFToken",
         "Script-Name",
         "Path-Info", "Request-Uri", "Purpose", "Sec-Purpose", "Priority", "DNT", "Sec-GPC", "Save-Data", "Origin",
         "Destination", "Depth", "Prefer", "Pragma", "Cache-Control", "Max-Forwards", "Upgrade", "Connection",
         "Upgrade-Insecure-Requests", "Access-Control-Request-Method", "Access-Control-Request-Headers"),
        EVIL,
    ),
    **{f"HX-{name}": "true" for name in ("Request", "Boosted", "History-Restore-Request", "Current-URL", "Prompt",
                                         "Target", "Trigger", "Trigger-Name")},
    **{f"Sec-Fetch-{name}": "cross-site" for name in ("Site", "Mode", "Dest", "User")},
    **{f"Sec-CH-{name}": "x" for name in ("UA", "UA-Mobile", "UA-Platform", "Prefers-Color-Scheme", "Width")},
    **{f"Sec-WebSocket-{name}": "13" for name in ("Key", "Version")},
    "Accept": "application/xml",
    "Accept-Encoding": "gzip",
    "Accept-Language": "fr-CA",
    "Accept-Charset": "utf-16",
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
    "Content-Language": "fr",
    "If-Match": '"x"',
    "If-Modified-Since": "Tue, 10 Mar 2026 16:00:00 GMT",
    "If-None-Match": '"x"',
    "If-Range": '"x"',
    "If-Unmodified-Since": "Tue, 10 Mar 2020 16:00:00 GMT",
    "Range": "bytes=0-3",
    "Expect": "100-continue",
}  # fmt: skip
FACTS = {
    "REMOTE_ADDR": ["203.0.113.9", "", "::1"],
    "REMOTE_PORT": ["1"],
    "REMOTE_USER": ["oda@example.org"],
    "REMOTE_HOST": [EVIL],
    "AUTH_TYPE": ["Basic"],
    "SERVER_NAME": [EVIL, "", "127.0.0.1"],
    "SERVER_PORT": ["8443", "0", ""],
    "SERVER_PROTOCOL": ["HTTP/1.0", "HTTP/2"],
    "SERVER_SOFTWARE": [EVIL],
    "REQUEST_METHOD": ["HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"],
    "SCRIPT_NAME": ["/letters", f"//{EVIL}", f"https://{EVIL}", "/"],
    "HTTP_HOST": [EVIL, "localhost:8001", "LOCALHOST", "localhost.", f"localhost@{EVIL}", f"localhost:80@{EVIL}",
                  "127.0.0.1", "[::1]", "[::1]:8000", f"localhost/{EVIL}", f"{EVIL}#localhost", "localhost:99999", ""],
    "QUERY_STRING": ["v=1", "v=x-5", "v=%22%3E", f"group={EVIL}", "group=%22", "lang=fr", "theme=dark", "x=1", "?",
                     "group=montreal&v=1", "v=1&group=montreal", f"next=//{EVIL}",
                     "group=a&group=b", "%00", "&&", "_=1"],
    "wsgi.url_scheme": ["https", "gopher"],
    "wsgi.multithread": [False],
    "wsgi.run_once": [True],
    "RAW_URI": [f"http://{EVIL}/en/listing", f"//{EVIL}/en/listing", f"/{EVIL}", "http://localhost/en/", "*"],
    "REQUEST_URI": [f"http://{EVIL}/", f"//{EVIL}"],
    "REDIRECT_URL": [f"//{EVIL}"],
    "PATH_TRANSLATED": ["/etc/passwd"],
    "HTTPS": ["on"],
}  # fmt: skip
VARIED = [(f"HTTP_{name.upper().replace('-', '_')}", value) for name, value in HEADERS.items()]
VARIED += [(name, value) for name, values in FACTS.items() for value in values]
ODD_PATHS = (
    "/{}",
    "//evil.example{}",
    "/\\evil.example{}",
    "{}/",
    "{}\n",
    "{}%00",
    "/.{}",
    "{};x=1",
    "/\t/evil.example{}",
)


def ask(app, path: str, **changes) -> tuple[str, list[tuple[str, str]], bytes]:
    """The whole response to a plain request with these changes to its environ, but for its id."""
    bare, _, query = path.partition("?")
    environ = {**EnvironBuilder(bare, query_string=query).get_environ(), **changes}
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    return status, [pair for pair in headers if pair[0] != "X-Request-ID"], b"".join(body)


def forget(app) -> None:
    """Drops the kept responses and the count of requests, which sets the poll interval."""
    app.extensions["ua_tracker.live"]._kept.clear()
    app.extensions["ua_tracker.live"]._poll_interval = PollInterval()


def show(session) -> None:
    a_report(session, an_action(session), group="montreal" if a_group(session) else None)


@pytest.fixture
def fresh(an_app, session):
    """The responses to plain requests, from an app that has served nothing else."""
    show(session)
    app = an_app()
    return {path: ask(app, path) for path in PATHS}


def test_these_paths_cover_every_kept_view(app):
    urls = app.url_map.bind("localhost")
    tried = {urls.match(path.partition("?")[0])[0] for path in PATHS}
    assert tried == {endpoint for endpoint in app.view_functions if declared(app, endpoint)}


@pytest.mark.walk
def test_nothing_of_one_request_appears_in_the_response_to_the_next(an_app, fresh):
    for path, plain in fresh.items():
        app = an_app()
        for name, value in VARIED:
            ask(app, path, **{name: value})
            assert ask(app, path) == plain, (path, name, value)
            app.extensions["ua_tracker.live"]._poll_interval = PollInterval()


@pytest.mark.walk
def test_nothing_of_the_first_request_changes_the_kept_response(an_app, fresh):
    """A response is kept from the first request on: here the unusual request comes first."""
    app = an_app()
    for path, plain in fresh.items():
        for name, value in VARIED:
            forget(app)
            ask(app, path, **{name: value})
            assert ask(app, path) == plain, (path, name, value)


def test_no_unusual_path_appears_in_the_response_to_the_next_request(an_app, fresh):
    app = an_app()
    for path, plain in fresh.items():
        for odd in ODD_PATHS:
            forget(app)
            status, headers, body = ask(app, path, PATH_INFO=odd.format(path.partition("?")[0]))
            assert EVIL not in f"{headers}"
            assert EVIL.encode() not in body
            assert not status.startswith("5")
            assert ask(app, path) == plain, (path, odd)


def test_requests_that_differ_in_scheme_host_or_method_get_their_own_responses(an_app, fresh):
    app = an_app()
    for path in PATHS:
        ask(app, path)
    for path in PATHS:
        status, headers, _ = ask(app, path, **{"wsgi.url_scheme": "https"})
        assert dict(headers).get("Strict-Transport-Security") or "listing" not in path
        assert status == "200 OK"
        assert ask(app, path, HTTP_HOST=EVIL)[0].startswith("400")
        assert ask(app, path, SCRIPT_NAME="/letters")[0].startswith("400")
        assert ask(app, path, REQUEST_METHOD="POST")[0].startswith("405")
        assert ask(app, path, REQUEST_METHOD="HEAD")[2] == b""
    links = ask(app, "/api/v1/actions/ua-12-26", HTTP_HOST="localhost:8001")[2]
    assert b"http://localhost:8001/en/actions/ua-12-26" in links
    assert b"https://localhost/en" in ask(app, "/api/v1/actions/ua-12-26", **{"wsgi.url_scheme": "https"})[2]
    montreal, all_of_it = (ask(app, f"/en/embed/ua-12-26{query}")[2] for query in ("?group=montreal", ""))
    assert montreal != all_of_it


def test_a_site_with_a_public_url_shows_that_url_to_every_host_name(an_app, session):
    show(session)
    app = an_app(PUBLIC_URL="https://Letters.example.org", TRUSTED_HOSTS="other.example")
    for host in ("localhost", "other.example", "letters.example.org"):
        status, _, body = ask(app, "/api/v1/actions", HTTP_HOST=host)
        assert status == "200 OK"
        assert host.encode() not in body or host == "letters.example.org"
    assert len(app.extensions["ua_tracker.live"]._kept) == 1


def test_forwarded_headers_are_used_only_where_a_proxy_is_named(an_app, session):
    show(session)
    forwarded = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "letters.example.org"}
    believing = an_app(TRUSTED_PROXIES="1", TRUSTED_HOSTS="letters.example.org")
    assert b"https://letters.example.org/en/" in ask(believing, "/api/v1/actions", **forwarded)[2]
    assert b"https://letters.example.org/en/" not in ask(believing, "/api/v1/actions")[2]
    doubting = an_app(TRUSTED_HOSTS="letters.example.org")
    assert b"http://localhost/en/" in ask(doubting, "/api/v1/actions", **forwarded)[2]
