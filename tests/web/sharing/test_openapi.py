"""The description of the public JSON names exactly the keys that are in it."""

import re

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.factories import an_action
from ua_tracker.web.sharing.openapi import DOCUMENT, SCHEMAS


def require_described(answer: dict, schema: str) -> None:
    """Raises ValidationError unless the answer is as described."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    Draft202012Validator(whole).validate(answer)


def test_every_address_of_the_api_is_described_but_for_the_description(app):
    rules = [rule.rule for rule in app.url_map.iter_rules() if "/api/" in rule.rule]
    paths = {re.sub(r"<\w+:(\w+)>", r"{\1}", rule) for rule in rules}
    assert paths - set(DOCUMENT["paths"]) == {"/api/v1/openapi.json"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_one(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_the_site_serves_the_description_unchanged(reader):
    assert reader.get("/api/v1/openapi.json").response.json == DOCUMENT


def test_an_answer_with_a_field_more_or_less_is_not_as_described(reader, session):
    an_action(session)
    told = reader.get("/api/v1/actions/ua-12-26").response.json
    require_described(told, "Action")
    for wrong in ({**told, "name": "Amal"}, {name: value for name, value in told.items() if name != "goal"},
                  {**told, "letters_sent": -1}, {**told, "state": "draft"}):  # fmt: skip
        with pytest.raises(ValidationError):
            require_described(wrong, "Action")
