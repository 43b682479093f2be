"""A request's body is read whole or not at all."""

import pytest
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from tests.factories import an_action
from ua_tracker.models import Pledge
from ua_tracker.web.bodies import WholeRequest

PAGE = "/en/actions/ua-12-26"
POST = f"{PAGE}/pledges"
GOOD = {"name": "Amal", "letters": "3"}


def test_a_form_too_large_is_413(reader, session):
    an_action(session)
    answer = reader.post(POST, {**GOOD, "name": "x" * 70_000})
    assert answer.status == 413
    assert "Go back, and send a smaller file or a shorter text." in answer.text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"CONTENT_LENGTH": "500"}, 400),
        ({"CONTENT_LENGTH": "many"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({}, 303),
    ],
    ids=["cut short", "no number", "negative", "whole"],
)
def test_a_form_that_did_not_arrive_whole_is_refused_and_nothing_of_it_stored(app, reader, session, changes, status):
    an_action(session)
    form = {**GOOD, **reader.get(PAGE).keys("I will write")}
    answer = app.test_client().post(POST, data=form, environ_overrides=changes)
    assert answer.status_code == status
    assert session.query(Pledge).count() == (1 if status == 303 else 0)


@pytest.mark.parametrize(("length", "status"), [(70_000, 413), (30, 422)])
def test_a_body_in_chunks_is_measured_though_it_states_no_length(app, reader, session, length, status):
    an_action(session)
    form = {**GOOD, **reader.get(PAGE).keys("I will write"), "letters": "x" * length}
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    assert app.test_client().post(POST, data=form, environ_overrides=chunked).status_code == status


def test_a_body_once_refused_stays_refused(app):
    with app.test_request_context(POST, method="POST", data={"name": "x" * 70_000}):
        for _ in range(2):
            with pytest.raises(RequestEntityTooLarge):
                request.form.get("name")


def test_bytes_that_no_url_can_hold_are_read_as_if_they_were_escaped():
    environ = {**EnvironBuilder("/en/").get_environ(), "QUERY_STRING": "q=\xb2&v=%41"}
    assert WholeRequest(environ).query_string == b"q=%B2&v=%41"
