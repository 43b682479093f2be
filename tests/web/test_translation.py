"""Sentences that are translated when they are read, and are text like any other."""

import pytest
from flask import render_template_string
from markupsafe import escape

from ua_tracker.web.translation import lazy_gettext

SENTENCE = lazy_gettext("Letters to: %(recipient)s", recipient="<b>Rosa</b>")


@pytest.mark.parametrize(("lang", "words"), [("en", "Letters to: <b>Rosa</b>"), ("fr", "Lettres à\u00a0: <b>Rosa</b>")])
def test_a_sentence_is_put_into_the_language_of_whoever_reads_it(app, lang, words):
    with app.test_request_context(f"/{lang}/"):
        assert str(SENTENCE) == words
        assert words == SENTENCE
        assert (f"- {words}", f"{words} -") == ("- " + SENTENCE, SENTENCE + " -")
        assert len(SENTENCE) == len(words)
        assert "Rosa" in SENTENCE


def test_what_a_sentence_names_is_escaped_where_it_is_shown(app):
    assert not hasattr(SENTENCE, "__html__")
    with app.test_request_context("/en/"):
        shown = render_template_string("{{ sentence }}", sentence=SENTENCE)
        assert escape(SENTENCE) == "Letters to: &lt;b&gt;Rosa&lt;/b&gt;"
    assert "<b>" not in shown


def test_a_placeholder_can_be_filled_in_later(app):
    with app.test_request_context("/en/"):
        sentence = lazy_gettext("This is longer than %(max)d characters.")
        assert sentence % {"max": 3} == "This is longer than 3 characters."
