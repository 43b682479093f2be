"""Every error is answered in the reader's language, with its status, and loses nothing that was typed."""

import logging

import pytest
from sqlalchemy import func, select

from tests.factories import an_action
from tests.reader import Reader
from ua_tracker import refusals
from ua_tracker.models import Pledge
from ua_tracker.refusals import Kind, Refusal
from ua_tracker.web.errors import STATUSES

PAGE = "/en/actions/ua-12-26"
POST = f"{PAGE}/pledges"
GOOD = {"name": "Amal", "letters": "3"}


def pledges_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Pledge))


def test_the_wrong_method_is_405(reader, session):
    an_action(session)
    answer = reader.get(POST)
    assert (answer.status, sorted(answer.headers["Allow"].split(", "))) == (405, ["OPTIONS", "POST"])
    assert answer.soup.find("a", string="Back to the action")["href"] == PAGE
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
    assert "Rien n’a été envoyé, donc rien n’est perdu." in answer.text
    assert "a part is missing" not in answer.html
    assert "/broken/<token>" in caplog.text
    assert "very-secret-token" not in caplog.text


def test_a_row_that_the_database_refuses_is_logged_without_its_values(reader, session, caplog):
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


@pytest.mark.parametrize("fault", [RuntimeError, refusals.NotStored, refusals.DatabaseAway, refusals.TurnTooLong])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_that_was_only_opened_says_that_nothing_was_sent(app, fault, htmx):
    @app.route("/<lang:lang>/broken", methods=["GET", "POST"])
    def broken():
        raise fault()

    headers = {"HX-Request": "true"} if htmx else {}
    opened = Reader(app).get("/en/broken", headers=headers)
    assert opened.status in (500, 503)
    assert "Nothing was sent, so nothing is lost." in opened.text
    assert "What you sent" not in opened.text
    assert "stored" not in opened.text
    assert "Rien n’a été envoyé" in Reader(app).get("/fr/broken", headers=headers).text
    sent = app.test_client().post("/en/broken", headers={**headers, "Sec-Fetch-Site": "same-origin"}).text
    assert "What you sent was not stored." in sent
    assert "Nothing was sent" not in sent


@pytest.mark.parametrize("refusal", [refusals.EditedMeanwhile, refusals.ClosedEarly])
def test_a_coordinator_who_was_slower_reads_why_and_not_that_the_action_is_locked(app, reader, refusal):
    @app.get("/<lang:lang>/slower")
    def slower() -> None:
        raise refusal(slug="ua-12-26")

    answer = reader.get("/en/slower")
    assert answer.status == 409
    assert str(refusal(slug="ua-12-26")) in answer.text


def test_every_kind_of_refusal_has_its_status_and_is_used():
    declared = [one for one in vars(refusals).values() if isinstance(one, type) and issubclass(one, Refusal)]
    assert {one.kind for one in declared} == set(STATUSES) == set(Kind)
    assert set(STATUSES.values()) == {400, 401, 403, 404, 409, 422, 429, 501, 503}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/en/nowhere", "text/html"),
        ("/api/v1/nowhere", "application/problem+json"),
        ("/actions/nowhere/badge.json", "application/json"),
        ("/actions/nowhere/badge.svg", "image/svg+xml"),
        ("/actions/nowhere/card.png", "image/png"),
        ("/en/embed/nowhere", "text/html"),
        ("/oembed?url=http://localhost/en/actions/nowhere", "application/json"),
    ],
)
def test_each_format_answers_its_own_errors(app, path, kind):
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (404, kind)


def test_an_error_of_the_dashboard_leads_back_to_the_dashboard(office, montreal):
    unknown = [(office, path, 404) for path in ("nowhere", "keys/9/x", "webhooks/9")]
    for page, path, status in [*unknown, (montreal, "history", 403)]:
        answer = page.get(f"/en/dashboard/{path}")
        [link] = answer.soup.select("main a")
        assert (answer.status, link.get_text(), link["href"]) == (status, "Back to the dashboard", "/en/dashboard/")


def test_a_used_link_to_a_password_leads_to_the_sign_in(reader):
    answer = reader.get(f"/en/login/password/{'A' * 43}")
    assert (answer.status, answer.soup.h1.get_text()) == (404, "This link no longer works")
    assert [link["href"] for link in answer.soup.select("main a")] == ["/en/login", "/en/login/forgotten"]
