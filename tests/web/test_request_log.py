"""Each request has an id, which a person can name and the log knows."""

import logging
import re

import pytest
from flask import abort

from tests.factories import an_action
from tests.reader import Reader

MADE = re.compile(r"[0-9a-f]{8}-[0-9]+")


def answered(app, given: str | None) -> str:
    headers = {} if given is None else {"X-Request-ID": given}
    return app.test_client().get("/en/privacy", headers=headers).headers["X-Request-ID"]


def test_the_id_of_a_proxy_is_taken_when_it_is_short_and_plain(app):
    assert answered(app, "5f0c2d1e-77aa") == "5f0c2d1e-77aa"


@pytest.mark.parametrize(
    "given", [None, "", "short", "x" * 41, "amal@example.org", "a b c d e f", "<b>aaaaaaaa", "é" * 9]
)
def test_any_other_is_replaced_by_one_of_our_own(app, given):
    assert MADE.fullmatch(answered(app, given and given.encode().decode("latin-1")))


def test_no_two_requests_have_one_id(app):
    assert answered(app, None) != answered(app, None)


@pytest.mark.parametrize("path", ["", "/counter", "/counter?v={}"])
def test_a_kept_answer_holds_the_id_of_its_own_request(app, session, path):
    an_action(session)
    client = app.test_client()
    version = client.get("/en/actions/ua-12-26/counter").headers["ETag"].strip('"')
    for given in ("5f0c2d1e-77aa", "a-second-one", None):
        answer = client.get(
            f"/en/actions/ua-12-26{path.format(version)}", headers={"X-Request-ID": given} if given else {}
        )
        assert answer.status_code == (204 if "?" in path else 200)
        [told] = answer.headers.getlist("X-Request-ID")
        assert told == given if given else MADE.fullmatch(told)


@pytest.mark.parametrize(("lang", "sentence"), [("en", "give this number"), ("fr", "indiquez ce numéro")])
def test_the_page_of_a_fault_names_the_id_that_the_log_has(app, caplog, lang, sentence):
    @app.get(f"/{lang}/broken")
    def broken() -> str:
        raise RuntimeError("amal@example.org")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR):
        page = Reader(app).get(f"/{lang}/broken")
    assert page.status == 500
    assert sentence in page.text
    assert page.headers["X-Request-ID"] in page.text
    assert "amal@example.org" not in page.text
    assert f"/{lang}/broken" in caplog.text


def test_other_errors_name_no_id(app):
    @app.get("/en/refused")
    def refused() -> str:
        abort(404)

    page = Reader(app).get("/en/refused")
    assert page.headers["X-Request-ID"] not in page.text
