"""A form is ours by its keys, and comes back with all that was typed."""

import pytest
from sqlalchemy import func, select

from tests.factories import an_action
from tests.reader import Reader
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


def test_json_in_place_of_a_form_is_no_form(reader, session):
    an_action(session)
    keys = reader.get(PAGE).keys("I will write")
    assert reader.client.post(POST, json={**GOOD, **keys}).status_code == 400
    assert pledges_in(session) == 0
