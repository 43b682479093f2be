"""The indentation of templates is not sent."""

import pytest
from flask import Flask


@pytest.mark.parametrize(
    ("source", "compiled"),
    [
        ("<p>\n  \t{{ text }}\n</p>", "<p>\n{{ text }}\n</p>"),
        ("one{% if text %}\n  two{% endif %}", "one{% if text %}\n two{% endif %}"),
        ("one{# why #}\n    two", "one{# why #}\n two"),
    ],
)
def test_a_page_has_no_indentation_and_its_words_stay_apart(app: Flask, source, compiled):
    assert app.jinja_env.preprocess(source, "page.html") == compiled


def test_what_is_not_a_page_keeps_it(app):
    for name in ("mail.txt", "plot.svg", None):
        assert app.jinja_env.preprocess("a\n    b", name) == "a\n    b"


def test_what_a_page_shows_keeps_it(app):
    assert app.jinja_env.from_string("<p>{{ text }}</p>").render(text="b\n    c") == "<p>b\n    c</p>"
