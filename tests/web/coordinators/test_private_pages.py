"""No cache stores the pages of coordinators, no search engine finds them, and no other site gets their URLs."""

import pytest

from tests.factories import PASSWORD, a_coordinator, a_group, an_action
from tests.reader import CoordinatorReader
from ua_tracker.models import CoordinatorSession

VALUES = {
    "slug": "ua-12-26",
    "group": "montreal",
    "token": "x" * 32,
    "noun": "letters",
    "what": "void",
    "number": "1",
    "lang": "fr",
}
KB = 1024
FORM = "application/x-www-form-urlencoded"


def addresses(app) -> list[tuple[str, str]]:
    """Every address of the sign-in pages and of the dashboard, with each method that it takes."""
    adapter, found = app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/<lang:lang>/login", "/<lang:lang>/dashboard")):
            values = {name: VALUES.get(name, "1") for name in rule.arguments}
            for method in rule.methods - {"OPTIONS"}:
                found.append((method, adapter.build(rule.endpoint, values, method=method)))
    assert len(found) > 60
    return sorted(found)


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_response_is_cached_or_found_by_search_engines(app, session, signed_in):
    an_action(session)
    a_group(session)
    a_coordinator(session)
    client = app.test_client()
    if signed_in:
        reader = CoordinatorReader(app)
        reader.sign_in("oda@example.org", PASSWORD)
        client = reader.client
    nowhere = [("GET", "/en/login/nowhere"), ("GET", "/en/dashboard/a/b/c/d"), ("PUT", "/en/dashboard/account")]
    for method, path in [*addresses(app), *nowhere]:
        answer = client.open(path, method=method)
        headers = answer.headers
        told = (headers["Cache-Control"], headers["Referrer-Policy"], headers["X-Robots-Tag"])
        assert told == ("no-store", "same-origin", "noindex"), (method, path)
        assert answer.status_code < 500, (method, path)
        answer.close()


def big(kilobytes: int) -> dict[str, str]:
    return {"text": "x" * kilobytes * KB, "csrf_token": "of a session that is over"}


class Counting:
    """A body that counts what is read of it."""

    def __init__(self, size: int) -> None:
        self.left, self.count = size, 0

    def read(self, size: int = -1) -> bytes:
        part = b"x" * (self.left if size < 0 else min(size, self.left))
        self.left, self.count = self.left - len(part), self.count + len(part)
        return part

    readline = read


@pytest.mark.parametrize("path", ["/en/dashboard/import", "/en/dashboard/new", "/en/dashboard/ua-12-26/edit",
                                  "/en/dashboard/groups", "/en/login", "/en/login/out"])  # fmt: skip
def test_a_strangers_long_post_is_refused_before_it_is_read(app, session, path):
    an_action(session)
    looked = app.test_client()
    looked.get("/en/login")  # who looked at the sign-in page has a cookie of ours, and is a stranger all the same
    for client in (app.test_client(), looked):
        body = Counting(900 * KB)
        sent = {"wsgi.input": body, "CONTENT_LENGTH": str(900 * KB), "CONTENT_TYPE": FORM}
        answer = client.post(path, environ_overrides=sent)
        if path == "/en/login/out":
            assert (answer.status_code, body.count) == (303, 0)  # nothing of it is wanted
        else:
            assert (answer.status_code, body.count) == (413, 0)
        assert client.post(path, data=big(60)).status_code != 413


def test_whoever_was_signed_in_gets_a_long_text_back(app, session, clock):
    a_coordinator(session)
    oda = CoordinatorReader(app)
    oda.sign_in("oda@example.org", PASSWORD)
    clock.pass_by(hours=13)
    for _ in range(2):
        answer = oda.post("/en/dashboard/new", big(400))
        given_back = "x" * 400 * KB in answer.html
        assert (answer.status, given_back) == (401, True)
        session.query(CoordinatorSession).delete()  # the second time nothing is left of the session
        session.commit()
