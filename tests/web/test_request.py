"""What views ask of a request: its language, whole addresses, numbers and days."""

import re
from datetime import date

import pytest

from tests.factories import an_action
from tests.reader import Reader
from ua_tracker.web.request import absolute, day_in, is_private, language, number_in, secret_keys

ACTION = "/api/v1/actions/ua-12-26"
PAGE = "/en/actions/ua-12-26"


def test_the_address_is_the_public_one_where_there_is_one(an_app, session):
    an_action(session)
    public = Reader(an_app(PUBLIC_URL="https://letters.example.org"))
    assert public.get(ACTION).response.json["url"] == "https://letters.example.org/en/actions/ua-12-26"
    thanks = public.get("/en/actions/ua-12-26").submit("I will write", htmx=True, name="Amal", letters="1")
    assert thanks.soup.select_one("#private-link").get_text().startswith("https://letters.example.org/en/pledges/")
    plain = Reader(an_app())
    for host in ("localhost", "127.0.0.1"):
        told = plain.get(ACTION, headers={"Host": host}).response.json
        assert told["url"] == f"http://{host}/en/actions/ua-12-26"


@pytest.mark.parametrize("typed", ["1_0", "１０", "+5", " 5 ", "²"])
def test_an_address_and_a_command_take_no_other_digits(app, reader, session, typed):
    an_action(session)
    asked = {"url": f"http://localhost{PAGE}", "maxwidth": typed}
    assert reader.get("/oembed", query_string=asked).status == (200 if typed == " 5 " else 400)
    [shown] = re.findall(r"\?v=([^\"]+)-5\"", reader.get(f"{PAGE}/counter").html)
    assert reader.get(f"{PAGE}/counter", query_string={"v": f"{shown}-60"}).status == 204
    assert reader.get(f"{PAGE}/counter", query_string={"v": f"{shown}-{typed}"}).status == 200
    said = app.test_cli_runner().invoke(args=["actions", "import", "nowhere", "--goal", typed])
    assert said.exit_code == 2
    assert "is no whole number of the digits 0 to 9" in said.output


@pytest.mark.parametrize(
    ("path", "preferred", "expected"),
    [
        ("/fr/actions/ua-12-26", "en", "fr"),
        ("/en/nowhere", "fr", "en"),
        ("/", "fr-CA, fr;q=0.9, en;q=0.5", "fr"),
        ("/", "fr-CA, en;q=0.5", "fr"),
        ("/", "en-US, fr;q=0.9", "en"),
        ("/", "FR-ca;q=0.5, en;q=0.9", "en"),
        ("/", "de-CH, fr-CH;q=0.8, en;q=0.3", "fr"),
        ("/", "fr;q=0, en-GB;q=0.1", "en"),
        ("/", "*", "en"),
        ("/", "de", "en"),
        ("/nowhere", "fr", "fr"),
        ("/api/v1/actions", "fr", "en"),
    ],
)
def test_the_language_is_that_of_the_path_or_else_of_the_browser(app, path, preferred, expected):
    with app.test_request_context(path, headers={"Accept-Language": preferred}):
        assert language() == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/en/dashboard/", True), ("/fr/login", True), ("/fr/login/code", True), ("/en/", False),
     ("/en/actions/login", False), ("/dashboard", False)],
)  # fmt: skip
def test_the_coordinators_own_addresses_are_private(app, path, expected):
    with app.test_request_context(path):
        assert is_private() is expected


@pytest.mark.parametrize("typed", ["1_0", "²", "١٠", "+5", " 5", "", "-1", "1" * 10, None])
def test_a_row_is_named_by_up_to_nine_plain_digits(typed):
    assert number_in(typed) is None
    assert number_in("0" * 8 + "7") == 7


@pytest.mark.parametrize("typed", ["20260309", "2026-W11-1", "2026-02-30", "2026-03-09T00:00", "٢٠٢٦-03-09"])
def test_a_day_is_written_in_one_way(typed):
    with pytest.raises(ValueError, match=r"day|month"):
        day_in(typed)
    assert day_in("2026-03-09") == date(2026, 3, 9)


def test_the_newest_secret_key_is_first(an_app):
    app = an_app(SECRET_KEY="new", SECRET_KEY_FALLBACKS="old, older")
    with app.test_request_context("/en/"):
        assert secret_keys() == ["new", "old", "older"]
        assert absolute("/en/") == "http://localhost/en/"
