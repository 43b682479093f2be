"""What programs that walk through all sites are asked to leave out."""

import urllib.robotparser

import pytest


@pytest.fixture
def rules(reader) -> urllib.robotparser.RobotFileParser:
    answer = reader.client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "max-age" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    parser = urllib.robotparser.RobotFileParser()
    parser.parse(answer.text.splitlines())
    return parser


@pytest.mark.parametrize("path", ["/", "/en/", "/fr/actions/ua-12-26", "/en/embed/ua-12-26", "/en/cases/12-26"])
def test_what_readers_look_for_may_be_found(rules, path):
    assert rules.can_fetch("anybody", path)


@pytest.mark.parametrize("path", ["/en/dashboard/ua-12-26", "/fr/login", "/en/listing", "/metrics"])
def test_what_coordinators_use_is_left_out(rules, path):
    assert not rules.can_fetch("anybody", path)


def test_no_private_link_is_named(reader):
    assert "pledges" not in reader.client.get("/robots.txt").text
