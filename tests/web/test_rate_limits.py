"""How much one source may write, and what the page says when it is too much."""

import pytest
from flask import Flask

from tests.factories import SECRET, a_coordinator, a_pledge, an_action
from tests.reader import Reader
from ua_tracker import private_links
from ua_tracker.limit_store import NAME
from ua_tracker.web.rate_limits import ASKING_LIMIT, WRITING_LIMIT

PAGE = "/en/actions/ua-12-26"
FRENCH = "/fr/actions/ua-12-26"
ONCE_KEY = "k" * 32
PRIVATE = f"/en/pledges/{private_links.token_for(ONCE_KEY, SECRET)}"
A_MINUTE, ASKED = int(WRITING_LIMIT.split()[0]), int(ASKING_LIMIT.split()[0])


@pytest.fixture
def app(an_app) -> Flask:
    """The app with its limits, behind one proxy."""
    return an_app(RATELIMIT_ENABLED="yes", TRUSTED_PROXIES="1")


@pytest.fixture
def client(app):
    return app.test_client(use_cookies=False)


def sent(client, path: str, times: int = 1, source: str = "203.0.113.9", **kinds) -> list[int]:
    """The statuses of so many empty forms: each counts, whatever is in it."""
    headers = {"X-Forwarded-For": source, **kinds.pop("headers", {})}
    return [client.post(path, data={}, headers=headers, **kinds).status_code for _ in range(times)]


def test_all_that_writes_counts_together(client, session):
    pledge = a_pledge(session, an_action(session), once_key=ONCE_KEY)
    assert pledge.id
    ways = (
        f"{PAGE}/pledges", f"{FRENCH}/pledges", f"{PAGE}/pledges/", f"{PAGE}/letters", f"{FRENCH}/letters",
        f"{PRIVATE}/letters", f"{PRIVATE}/change", f"{PRIVATE}/withdraw", f"{PRIVATE}/reports/1/undo",
        f"{PRIVATE}/email", f"{PRIVATE}/address/confirm", f"{PRIVATE}/mails", f"{PRIVATE}/link", f"{PRIVATE}/erase",
    )  # fmt: skip
    for number in range(A_MINUTE):
        headers = {"HX-Request": "true"} if number % 2 else {}
        assert sent(client, ways[number % len(ways)], headers=headers) != [429]
    for way in ways:
        assert sent(client, way) == [429], way
    assert sent(client, f"{PAGE}/pledges", source="203.0.113.10") == [400]


@pytest.mark.parametrize(
    "others",
    [
        ("203.0.113.9:4711", "203.0.113.9:1", "[203.0.113.9]:80", "::ffff:203.0.113.9", "::FFFF:CB00:7109"),
        ("2001:db8:1:2::1", "2001:DB8:1:2::2", "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::9%25eth0"),
        ("unknown", "_hidden", "300.1.1.1", "1.2.3", "[]:80"),
    ],
    ids=["IPv4", "IPv6 network", "no address"],
)
def test_a_source_stays_the_same_however_it_is_written(client, session, others):
    an_action(session)
    for number in range(A_MINUTE):
        assert sent(client, f"{PAGE}/pledges", source=others[number % len(others)]) == [400]
    assert [sent(client, f"{PAGE}/pledges", source=other) for other in others] == [[429]] * len(others)
    assert sent(client, f"{PAGE}/pledges", source="2001:db8:1:3::1") == [400]


def test_who_must_wait_sees_how_long_and_keeps_what_was_typed(app, session, clock):
    an_action(session)
    reader = Reader(app)
    page = reader.get(PAGE)
    sent(reader.client, f"{PAGE}/pledges", source="127.0.0.1")
    clock.pass_by(seconds=40)
    sent(reader.client, f"{PAGE}/pledges", A_MINUTE - 1, source="127.0.0.1")
    answer = page.submit("I will write", name="Amal", letters="3")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "20")
    assert "Wait a minute and press the button again." in answer.text
    clock.pass_by(seconds=20)
    assert answer.submit("Try again").status == 303


@pytest.mark.walk
def test_ten_minutes_and_a_day_have_their_limits_too(app, session, clock):
    an_action(session)
    client = app.test_client(use_cookies=False)
    for _ in range(4):
        assert sent(client, f"{PAGE}/pledges", A_MINUTE) == [400] * A_MINUTE
        clock.pass_by(seconds=61)
    assert sent(client, f"{PAGE}/pledges", 41) == [400] * 40 + [429]
    answer = client.post(f"{PAGE}/pledges", headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.headers["Retry-After"] == str(600 - 4 * 61)
    assert "Wait 6 minutes and press the button again." in answer.text


@pytest.mark.parametrize("path", ["/pledges/link"])
@pytest.mark.parametrize(
    "kinds",
    [
        {},
        {"query_string": {"lang": "fr"}},
        {"headers": {"X-HTTP-Method-Override": "PUT"}},
        {"json": {"email": ["zoe@example.org"]}},
        {"data": {"email": ""}},
    ],
    ids=["plain", "lang", "override", "JSON", "empty"],
)
def test_asking_for_a_link_has_one_limit_whatever_is_sent(client, session, path, kinds):
    a_coordinator(session)
    headers = {"X-Forwarded-For": "203.0.113.9", **kinds.get("headers", {})}
    told = {**kinds, "headers": headers}
    for number in range(ASKED):
        assert client.post(f"/{('en', 'fr')[number % 2]}{path}", **told).status_code != 429
    for again in (path, f"{path}/"):
        assert client.post(f"/en{again}", **told).status_code == 429
        assert client.post(f"/fr{again}", headers=headers).status_code == 429
        assert client.head(f"/en{again}", headers=headers).status_code == 200  # asks for nothing


def test_a_store_that_fails_stops_nobody(an_app, session, tmp_path):
    an_action(session)
    (tmp_path / NAME).mkdir()
    reader = Reader(an_app(RATELIMIT_ENABLED="yes"))
    page = reader.get(PAGE)
    assert sent(reader.client, f"{PAGE}/pledges", A_MINUTE + 10) == [400] * (A_MINUTE + 10)
    assert page.submit("I will write", name="Amal", letters="3").status == 303


def test_a_store_of_another_kind_stops_the_start_with_a_sentence(an_app):
    for wrong in ("memory://", "memcached://localhost"):
        with pytest.raises(SystemExit, match="begins with redis://"):
            an_app(RATELIMIT_STORAGE_URI=wrong)


def test_a_hall_of_sixty_gets_through_and_a_flood_gets_429_with_what_it_typed(session, an_app):
    an_action(session)
    limited = Reader(an_app(RATELIMIT_ENABLED="yes"))
    for number in range(60):
        answer = limited.get(PAGE).submit("I will write", name=f"Guest {number}", letters="1")
        assert answer.status == 303
    page = limited.get(PAGE)
    answers = [page.submit("I will write", name="Flood", letters="1") for _ in range(60)]
    answer = answers[-1]
    assert answer.status == 429
    assert "Retry-After" in answer.headers
    assert "Wait a minute and press the button again." in answer.text
    assert "Flood" in answer.text
    again = answer.form("Try again")
    assert again["action"] == f"{PAGE}/pledges"
    assert {field["name"] for field in again.select("input")} >= {"csrf_token", "once_key", "name", "letters"}
