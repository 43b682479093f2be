"""No request causes a 500: every rule and method of the URL map, with all of `tests/hostile.py`."""

import io
import json
import logging
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen
from hypothesis import strategies as st
from werkzeug.test import run_wsgi_app

from tests import hostile
from tests.factories import NOON, PASSWORD, SECRET, a_coordinator, a_group, a_pledge, a_report, an_action
from tests.reader import CoordinatorReader
from ua_tracker import private_links

TOKEN = private_links.token_for("k" * 32, SECRET)
# Werkzeug leaves the file of an answer without a body to the collector, which closes it at once.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.walk,
]
EXAMPLES = {
    "lang": "en", "slug": "ua-12-26", "group": "halifax", "token": TOKEN, "number": 1, "noun": "pledges", "kind": "svg",
    "name": "site.css", "filename": "site.css", "code": "1b", "digest": "0" * 32, "what": "void", "page": 1,
    "case": "12/26",
}  # fmt: skip
PUBLIC_PAGES = (
    "/en/actions/ua-12-26", "/en/actions/ua-12-26/letters", "/en/pledges/link", "/en/login", "/en/login/forgotten",
    f"/en/pledges/{TOKEN}",
)  # fmt: skip
OFFICE_PAGES = (
    "/en/dashboard/ua-12-26", "/en/dashboard/ua-13-26", "/en/dashboard/ua-12-26/pledges",
    "/en/dashboard/ua-12-26/letters", "/en/dashboard/ua-12-26/edit", "/en/dashboard/new", "/en/dashboard/import",
    "/en/dashboard/groups", "/en/dashboard/groups/halifax", "/en/dashboard/coordinators",
    "/en/dashboard/account/password", "/en/dashboard/account/codes", "/en/dashboard/ua-12-26/evening",
    "/en/dashboard/history", "/en/dashboard/ua-12-26/picture", "/en/dashboard/keys",
)  # fmt: skip
PAST_FIRST = re.compile(r"recipients-[1-9]")  # one recipient of the form is enough
MEANT = {501: "/oembed"}  # oEmbed's own word for a format that is not offered (oembed.com, 2.3.1)
OF_AN_IMAGE = {".svg": b"<svg", ".png": b"\x89PNG"}


@pytest.fixture
def app(an_app, session, caplog):
    """The app behind a proxy, with something of everything in it; at the end its log must hold no fault."""
    action = an_action(session)
    an_action(session, slug="ua-13-26", published_at=None)
    a_group(session, "halifax", "Halifax")
    pledge = a_pledge(session, action, email="amal@example.org")
    a_report(session, action, pledge=pledge)
    private_links.issue(session, pledge, TOKEN, NOON)
    session.commit()
    with caplog.at_level(logging.ERROR):
        yield an_app(TRUSTED_PROXIES="1")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture(params=["nobody", "office"])
def ask(request, app, session):
    """Sends one request as this person; answers the status, once the answer is a proper one."""
    cookie = ""
    if request.param == "office":
        a_coordinator(session)
        reader = CoordinatorReader(app)
        reader.sign_in("oda@example.org", PASSWORD)
        cookie = f"session={reader.client.get_cookie('session').value}"

    def send(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> int:
        environ = environ_of(method, path, query, body, {**({"Cookie": cookie} if cookie else {}), **headers})
        content, status, said = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        check(method, path, query, int(status[:3]), dict(said), b"".join(content))
        return int(status[:3])

    def reads(path: str) -> str:
        client = app.test_client(use_cookies=False)
        page = client.get(path, headers={"Cookie": cookie})
        assert page.status_code == 200, path
        return page.get_data(as_text=True)

    def step(nobody: int, office: int) -> int:
        """Of what reaches the database each n-th is sent, in turn; on PostgreSQL fewer, as its requests take longer."""
        return (office if cookie else nobody) * (3 if "postgresql" in app.config["DATABASE_URL"] else 1)

    def own(*methods: str) -> list[tuple[str, str]]:
        """All rules; signed in those of the dashboard, since the others ask nobody who they are."""
        return [
            rule for rule in rules(app, *methods) if not cookie or rule[1].startswith(("/en/dashboard", "/en/login"))
        ]

    send.is_signed_in, send.reads, send.step, send.rules = bool(cookie), reads, step, own
    return send


def environ_of(method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> dict:
    """A request as gunicorn gives it to the app, whatever stands in it."""
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }  # fmt: skip
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


def check(method: str, path: str, query: str, status: int, said: dict[str, str], content: bytes) -> None:
    """No fault of ours, and an answer of the kind that was asked for."""
    told = f"{status} for {method} {path[:100]!r} {query[:100]!r}"
    assert status < 500 or path == MEANT.get(status), told
    if method == "HEAD" or status in (204, 303, 304) or said.get("Content-Length") == "0":
        return
    kind = said["Content-Type"].partition(";")[0]
    if kind == "text/plain" and status == 400:
        return  # to an unknown host: no page can be built there
    if path.startswith("/api/"):
        assert kind in {"application/json", "application/problem+json"}, told
    for ending, start in OF_AN_IMAGE.items():
        if path.endswith(ending) and path.startswith("/actions/") and "Content-Encoding" not in said:
            assert content.lstrip().startswith(start), told
    if "Content-Encoding" in said:
        return
    if kind.endswith("json"):
        json.loads(content)
    if kind == "text/html" and status >= 400:
        assert b"<h1" in content or b"<h2" in content or b"<section" in content, told


def rules(app, *methods: str) -> Iterator[tuple[str, str]]:
    """Every method and path of the URL map; a rule with an unknown part needs an example above."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        path = adapter.build(rule.endpoint, {name: EXAMPLES[name] for name in rule.arguments}, method=min(rule.methods))
        for method in methods or hostile.METHODS:
            if not methods or method in rule.methods:
                yield method, path


def in_turn(table: dict[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """All names at once, until each of their values has had its turn."""
    for turn in range(max(len(values) for values in table.values())):
        yield {name: values[turn % len(values)] for name, values in table.items()}


def test_every_method_at_every_address(ask, app):
    for method, path in ask.rules():
        ask(method, path)
    for path in hostile.PATHS:
        for method in ("GET", "POST"):
            ask(method, path)


def test_every_header_at_every_address(ask, app):
    bundles = list(in_turn(hostile.TOGETHER))
    if ask.is_signed_in:
        bundles = [{name: value for name, value in bundle.items() if name != "Cookie"} for bundle in bundles]
    for method, path in ask.rules("GET", "POST")[:: ask.step(1, 1)]:
        for headers in bundles:
            ask(method, path, **headers)


def test_every_header_that_is_refused_at_once(ask, app):
    for method, path in ask.rules("POST")[:: ask.step(1, 1)]:
        for name, values in hostile.ALONE.items():
            for value in values:
                ask(method, path, body=b"name=a", **{name: value})
    for value in hostile.ALONE["Host"]:
        for method, path in ask.rules("GET")[:: ask.step(1, 1)]:
            ask(method, path, Host=value)


def test_every_query_at_every_address(ask, app):
    asked = [*hostile.QUERIES, *("&".join(f"{name}={value}" for name in hostile.NAMES) for value in hostile.ASKED)]
    for place, (method, path) in enumerate(ask.rules("GET")):
        for query in asked[place % ask.step(2, 2) :: ask.step(2, 2)]:
            ask(method, path, query)


def test_every_body_at_every_address(ask, app):
    for place, (method, path) in enumerate(ask.rules("POST")):
        for number, (kind, body) in enumerate(hostile.BODIES.values()):
            headers = {"HX-Request": "true"} if (place + number) % 2 else {}
            if (place + number) % ask.step(2, 3) == 0:
                ask(method, path, body=body, **{"Content-Type": kind, **headers})


def forms_of(html: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, address and fields of every form of a page, as it would send them untouched."""
    for form in BeautifulSoup(html, "html.parser").select("form"):
        fields = {}
        for field in form.select("input[name], textarea[name], select[name]"):
            chosen_option = field.select_one("[selected]") or field.select_one("option") or {}
            fields.setdefault(field["name"], field.get("value") or chosen_option.get("value") or field.get_text())
        yield form.get("method", "get").upper(), form.get("action", ""), fields


def test_anything_in_the_fields_of_our_own_forms(ask, app):
    """With the keys that the page gave, so that what is in the fields gets as far as the rules."""
    step = ask.step(8, 20)
    for page in OFFICE_PAGES if ask.is_signed_in else PUBLIC_PAGES:
        for place, (method, address, fields) in enumerate(forms_of(ask.reads(page))):
            if address.endswith(("/out", "/everywhere")):
                continue
            names = [name for name in fields if name not in {"csrf_token", "once_key"} and not PAST_FIRST.match(name)]
            for value in hostile.VALUES[place % step :: step]:
                send(ask, method, address or page, {**fields, **dict.fromkeys(names, value)})
            for number, name in enumerate(names):
                for value in hostile.VALUES[(place + number) % step :: step]:
                    send(ask, method, address or page, {**fields, name: value})


def send(ask, method: str, address: str, fields: dict[str, str]) -> None:
    """Sends the form as a browser would."""
    written = urlencode(fields, errors="surrogatepass")
    path, _, query = address.partition("?")
    if method == "POST":
        ask("POST", path, query, written.encode(), **{"Content-Type": hostile.FORM})
    else:
        ask("GET", path, written)


@chosen(derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_at_all(ask, app, data):
    method, path = data.draw(st.sampled_from(list(ask.rules("GET", "POST"))))
    bytes_as_text = st.binary(max_size=60).map(lambda character: character.decode("latin-1"))
    headers = data.draw(st.dictionaries(st.sampled_from(sorted(hostile.TOGETHER)), bytes_as_text, max_size=4))
    kind = data.draw(st.sampled_from(sorted({kind for kind, _ in hostile.BODIES.values()})))
    body = data.draw(st.binary(max_size=300)) if method == "POST" else b""
    ask(method, path + data.draw(bytes_as_text), data.draw(bytes_as_text), body, **{"Content-Type": kind, **headers})
