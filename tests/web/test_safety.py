"""What protects the door: keys, origins, headers, sizes, hosts, limits, honest errors."""

import logging
import re

import pytest
from sqlalchemy import func, select

from tests.factories import an_action
from tests.reader import Reader
from ua_tracker import refusals
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
POST = f"{PAGE}/pledges"
GOOD = {"name": "Amal", "letters": "3"}


def pledges_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Pledge))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda keys: {},
        lambda keys: {"once_key": keys["once_key"]},
        lambda keys: {**keys, "csrf_token": "forged"},
        lambda keys: {**keys, "once_key": "another"},
        lambda keys: {**keys, "once_key": ""},
    ],
    ids=["nothing", "no token", "forged token", "key of another form", "no key"],
)
def test_a_form_without_our_keys_is_400_and_goes_through_at_the_second_press(reader, session, spoil):
    an_action(session)
    keys = reader.get(PAGE).keys("I will write")
    answer = reader.post(POST, {**GOOD, **spoil(keys)})
    assert answer.status == 400
    assert "Nothing is lost: please press the button once more." in answer.text
    assert pledges_in(session) == 0
    assert answer.submit("I will write").status == 303
    assert pledges_in(session) == 1


def test_the_keys_of_one_form_do_not_open_another(reader, session):
    an_action(session)
    an_action(session, slug="ua-13-26")
    keys = reader.get(PAGE).keys("I will write")
    assert reader.post("/en/actions/ua-13-26/pledges", {**GOOD, **keys}).status == 400
    assert reader.post(f"{PAGE}/letters", {"letters-1": "2", **keys}).status == 400


def test_a_form_signed_with_an_older_secret_is_still_good(reader, session, app, an_app):
    an_action(session)
    keys = reader.get(PAGE).keys("I will write")
    changed = an_app(SECRET_KEY="new", SECRET_KEY_FALLBACKS=app.config["SECRET_KEY"])
    assert Reader(changed).post(POST, {**GOOD, **keys}).status == 303
    assert Reader(an_app(SECRET_KEY="new")).post(POST, {**GOOD, **keys}).status == 400


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


def test_pages_with_a_form_are_kept_by_nobody(reader, session):
    an_action(session)
    for path in (PAGE, f"{PAGE}/letters", f"{PAGE}/pledging"):
        assert reader.get(path).headers["Cache-Control"] == "no-store"
    assert reader.get("/en/").headers["Cache-Control"] == "no-cache"


def test_the_sites_own_files_are_kept_for_a_year_under_their_mark(reader):
    sources = re.findall(r'(?:src|href)="(/files/[^"]+)"', reader.get("/en/").html)
    assert {source.split("?")[0] for source in sources} == {
        "/files/accent.css", "/files/site.css", "/files/htmx.min.js", "/files/page.js",
    }  # fmt: skip
    for source in sources:
        assert "immutable" in reader.get(source).headers["Cache-Control"]
    assert "immutable" not in reader.get("/files/site.css?v=old").headers["Cache-Control"]
    assert reader.get("/files/../app.py").status == 404


def test_htmx_is_the_one_that_upstream_published(reader):
    import hashlib

    served = reader.get("/files/htmx.min.js").response.get_data()
    assert hashlib.sha256(served).hexdigest().startswith("491955cd")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "letters.example.org:99999"])
def test_a_host_that_is_not_ours_is_400(app, session, host):
    an_action(session)
    client = app.test_client()
    for path in ("/en/", PAGE, f"{PAGE}/counter"):
        assert client.get(path, headers={"Host": host}).status_code == 400


def test_a_form_too_large_is_413(reader, session):
    an_action(session)
    answer = reader.post(POST, {**GOOD, "name": "x" * 70_000})
    assert answer.status == 413
    assert "Please shorten it." in answer.text


def test_the_wrong_method_is_405(reader, session):
    an_action(session)
    answer = reader.get(POST)
    assert (answer.status, sorted(answer.headers["Allow"].split(", "))) == (405, ["OPTIONS", "POST"])
    assert reader.post("/en/", {}).status == 405


@pytest.mark.parametrize(
    ("path", "words"),
    [("/en/nowhere", "This page does not exist"), ("/fr/nulle-part", "Cette page n’existe pas")],
)
def test_a_page_that_does_not_exist_says_so_in_the_language_of_its_address(reader, path, words):
    answer = reader.get(path)
    assert answer.status == 404
    assert words in answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_an_unforeseen_error_is_an_honest_page_and_the_log_holds_no_private_link(app, caplog, htmx):
    @app.get("/<lang:lang>/broken/<token>")
    def broken(token):
        raise RuntimeError("a part is missing")

    headers = {"HX-Request": "true"} if htmx else {}
    with caplog.at_level(logging.ERROR):
        answer = Reader(app).get("/fr/broken/very-secret-token", headers=headers)
    assert answer.status == 500
    assert "Ce que vous avez saisi n’a pas été enregistré." in answer.text
    assert "a part is missing" not in answer.html
    assert "/broken/<token>" in caplog.text
    assert "very-secret-token" not in caplog.text


def test_a_row_that_the_database_refuses_is_told_to_the_log_without_its_values(reader, session, caplog):
    from sqlalchemy import text

    an_action(session)
    page = reader.get(PAGE)
    session.execute(text("ALTER TABLE private_links RENAME TO elsewhere"))
    session.commit()
    try:
        answer = page.submit("I will write", name="Amal Secret", letters="3", email="amal@example.org")
    finally:
        session.execute(text("ALTER TABLE elsewhere RENAME TO private_links"))
        session.commit()
    assert answer.status in (500, 503)
    assert "private_links" in caplog.text or answer.status == 503
    assert "Amal Secret" not in caplog.text
    assert "amal@example.org" not in caplog.text
    assert pledges_in(session) == 0


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
    assert again["action"] == POST
    assert {field["name"] for field in again.select("input")} >= {"csrf_token", "once_key", "name", "letters"}


def test_the_forwarded_address_is_believed_only_behind_a_declared_proxy(an_app, session):
    an_action(session)
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in Reader(an_app()).get("/en/", headers=forged).headers
    behind = an_app(TRUSTED_PROXIES="1")
    assert "Strict-Transport-Security" in Reader(behind).get("/en/", headers=forged).headers


def test_a_database_that_is_away_is_503_and_keeps_what_was_typed(app, session):
    from sqlalchemy.exc import OperationalError

    away = False

    @app.before_request
    def lose():
        if away:
            raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    an_action(session)
    page = Reader(app).get(PAGE)
    away = True
    answer = page.submit("I will write", htmx=True, **GOOD)
    assert answer.status == 503
    assert "Amal" in answer.text
    away = False
    assert answer.submit("Try again").status == 303


@pytest.mark.parametrize(("accent", "words"), [("#ffb000", "#000000"), ("#1b1b6b", "#ffffff"), ("#777777", "#000000")])
def test_the_words_on_the_accent_are_the_ones_that_contrast_more(an_app, accent, words):
    sheet = Reader(an_app(SITE_ACCENT=accent)).get("/files/accent.css").html
    assert sheet.splitlines()[0] == f":root{{--accent:{accent};--on-accent:{words}}}"


@pytest.mark.parametrize("refusal", [refusals.EditedMeanwhile, refusals.ClosedEarly])
def test_a_coordinator_who_was_slower_reads_why_and_not_that_the_action_is_locked(app, reader, refusal):
    @app.get("/<lang:lang>/slower")
    def slower() -> None:
        raise refusal(slug="ua-12-26")

    answer = reader.get("/en/slower")
    assert answer.status == 409
    assert str(refusal(slug="ua-12-26")) in answer.text
