"""Only addresses that the site can have are answered, and no other host gets into a link or a redirect."""

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.factories import an_action
from tests.reader import Reader

PAGE = "/en/actions/ua-12-26"
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")
SENTENCES = ("The address or the form was damaged on its way.", "L’adresse ou le formulaire")


def ask(app, method: str = "GET", **changes):
    environ = {**EnvironBuilder("/").get_environ(), "REQUEST_METHOD": method, **changes}
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    return int(status[:3]), headers, b"".join(body).decode()


@pytest.mark.parametrize(
    "path",
    ["//evil.example/en/", "//evil.example", "//", "///x", "/\\evil.example", "/\t/evil.example", "/\r\n/evil.example",
     "/\\/evil.example", "", "*", "evil.example:443", "\\\\evil.example"],
)  # fmt: skip
def test_a_path_that_browsers_take_for_another_host_is_refused_whatever_the_method(app, path):
    for method in METHODS:
        status, headers, text = ask(app, method, PATH_INFO=path)
        assert status == 400
        assert "Location" not in headers
        assert method == "HEAD" or all(sentence in text for sentence in SENTENCES)
        assert "evil" not in text


@pytest.mark.parametrize(
    "path", ["/en", "/en/", "/", "/en//actions", "/en/actions/", "/fr/actions/ua-12-26/", "/nowhere/"]
)
def test_redirects_and_pages_name_no_host_but_this(app, session, path):
    an_action(session)
    for method in METHODS:
        status, headers, text = ask(app, method, PATH_INFO=path)
        assert status < 500
        assert headers.get("Location", "/").startswith(("/", "http://localhost/"))
        assert not headers.get("Location", "/").startswith("//")
        assert "evil" not in text


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://localhost/en/", "localhost", 200),
        ("http://LOCALHOST/en/", "localhost", 200),
        ("https://localhost/en/", "localhost", 200),
        ("http://evil.example/en/", "localhost", 400),
        ("http://localhost@evil.example/en/", "localhost", 400),
        ("http://localhost:81/en/", "localhost", 400),
        ("http:///en/", "localhost", 400),
        ("http://[/en/", "localhost", 400),
        ("ftp://localhost/en/", "localhost", 400),
        ("http://localhost/en/", "", 400),
    ],
)
def test_a_target_with_a_host_must_name_the_host_of_the_request(app, target, host, status):
    assert ask(app, PATH_INFO="/en/", RAW_URI=target, HTTP_HOST=host)[0] == status


@pytest.mark.parametrize("prefix", ["/letters", "//evil.example", "https://evil.example", "/"])
def test_a_site_under_a_path_is_not_ours(app, prefix):
    assert ask(app, PATH_INFO="/en/", SCRIPT_NAME=prefix)[0] == 400


@pytest.mark.parametrize(
    "host",
    ["localhost@evil.example", "localhost:80@evil.example", "evil.example#localhost", "localhost/evil", "localhost.",
     "local host", "[::1", "[::1]evil", "localhost:0", "localhost:99999", "localhost:8000:1", "evil.example"],
)  # fmt: skip
def test_a_host_that_is_none_or_not_ours_is_refused(app, host):
    status, _, text = ask(app, PATH_INFO="/en/", HTTP_HOST=host)
    assert status == 400
    assert "evil" not in text


def test_a_host_in_capitals_is_the_same_host(app, session):
    an_action(session)
    text = ask(app, PATH_INFO="/api/v1/actions", HTTP_HOST="LocalHost:8000")[2]
    assert "http://localhost:8000/en/actions/ua-12-26" in text
    assert len(app.extensions["ua_tracker.live"]._kept) == 1


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "letters.example.org:99999"])
def test_a_host_that_is_not_ours_is_400(app, session, host):
    an_action(session)
    client = app.test_client()
    for path in ("/en/", PAGE, f"{PAGE}/counter"):
        assert client.get(path, headers={"Host": host}).status_code == 400


def test_the_forwarded_address_is_believed_only_behind_a_declared_proxy(an_app, session):
    an_action(session)
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in Reader(an_app()).get("/en/", headers=forged).headers
    behind = an_app(TRUSTED_PROXIES="1")
    assert "Strict-Transport-Security" in Reader(behind).get("/en/", headers=forged).headers
