"""Sentences that are translated when they are read, and are text like any other."""

import pytest
from flask import render_template_string
from flask_babel import ngettext
from markupsafe import escape

from ua_tracker import refusals
from ua_tracker.web.errors import sentence_of
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
        sentence = lazy_gettext("This is longer than %(max)s characters.")
        assert sentence % {"max": 3} == "This is longer than 3 characters."


MORE = ("The mail goes to one person.", "The mail goes to %(num)s people.")


@pytest.mark.parametrize(("lang", "number"), [("en", "1,234"), ("fr", "1\u00a0234")])
def test_the_thousands_of_every_number_in_a_sentence_stand_apart(app, lang, number):
    with app.test_request_context(f"/{lang}/"):
        written = [
            ngettext(*MORE, 1234),
            render_template_string("{{ ngettext(one, more, 1234) }}", one=MORE[0], more=MORE[1]),
            lazy_gettext("This is longer than %(max)s characters.") % {"max": 1234},
            sentence_of(refusals.EveningTooLarge(most=1234)),
        ]
    assert [number in words for words in written] == [True] * 4, written


def test_what_a_plural_of_a_template_names_is_escaped(app):
    with app.test_request_context("/en/"):
        shown = render_template_string('{{ ngettext("to %(who)s", "%(num)s to %(who)s", 1234, who=who) }}', who="<b>")
    assert shown == "1,234 to &lt;b&gt;"


def test_a_refusal_on_the_command_line_groups_its_numbers_too():
    assert str(refusals.EveningTooLarge(most=12345)) == "Choose a number of letters up to 12,345."


def test_on_a_page_no_line_ends_at_the_hyphen_of_e_mail_and_mails_keep_the_one_that_is_typed(app):
    template = app.jinja_env.from_string('{{ _("Send it by e-mail") }} {{ title }}')
    with app.test_request_context("/en/"):
        page = template.render(title="E-mails by e-mail")
        template.name = "emails/sent.html"
        mail = template.render(title="E-mails by e-mail")
    assert page == "Send it by e\u2011mail E-mails by e-mail"  # what people and documents wrote is as they wrote it
    assert mail == "Send it by e-mail E-mails by e-mail"
