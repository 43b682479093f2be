"""The indentation of templates is not sent."""

import pytest
from flask import Flask


@pytest.mark.parametrize(
    ("source", "compiled"),
    [
        ("<b>\n  \t{{ text }}\n</b>", "<b>\n{{ text }}\n</b>"),
        ("<p>\n  one\n  <i>two</i>\n</p>\n  one", "<p>{#\n#}one\n<i>two</i>{#\n#}</p>{#\n#}one"),
        ('<p{% if x > 1 %} id="{{ x }}"{% endif %}>\n  one', '<p{% if x > 1 %} id="{{ x }}"{% endif %}>{#\n#}one'),
        ("<p>\n  {{ text }}\n  {% if text %}", "<p>{#\n#}{{ text }}\n{% if text %}"),
        ("one{% if text %}\n  <p>two</p>{% endif %}", "one{% if text %}\n<p>two</p>{% endif %}"),
        ("one{% if text %}\n  two{% endif %}", "one{% if text %}\n two{% endif %}"),
        ("one{# why #}\n    two", "one{# why #}\n two"),
    ],
)
def test_a_page_has_no_indentation_and_its_words_stay_apart(app: Flask, source, compiled):
    assert app.jinja_env.preprocess(source, "page.html") == compiled


@pytest.mark.parametrize(
    ("source", "compiled"),
    [
        ('<p class="hint" lang="{{ one }}">', '<p class=hint lang="{{ one }}">'),
        ('<a class="small button" href="#x">', '<a class="small button" href=#x>'),
        ('<i title="a=b" class="" alt="\'">', '<i title="a=b" class="" alt="\'">'),
        ('<i class="a"{% if b %} id="c"{% endif %}>', '<i class="a"{% if b %} id="c"{% endif %}>'),
        ('<i{% if b == "c" %} id="d" {% endif %}>', '<i{% if b == "c" %} id=d {% endif %}>'),
        ('<input type="hidden" name="key" data-count="sent">', '<input type=hidden name="key" data-count="sent">'),
        ('<path d="1"/>', '<path d="1"/>'),
        ('<a href="/en/">', '<a href="/en/">'),
        ('{% set a="b" %}{{ one(two="three" ) }}<i>a="b" </i>', '{% set a="b" %}{{ one(two="three" ) }}<i>a="b" </i>'),
    ],
)
def test_a_value_that_is_a_word_of_the_template_stands_without_quotation_marks(app, source, compiled):
    assert app.jinja_env.preprocess(source, "page.html") == compiled
    assert app.jinja_env.preprocess(source, "emails/mail.html") == source  # the programs that read mails are older


@pytest.mark.parametrize(
    ("source", "compiled"),
    [
        ("<p>a</p><p>b</p></div>", "<p>a<p>b</div>"),
        ("<ul><li>a</li> <li>b</li></ul>", "<ul><li>a <li>b</ul>"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a<dd>b</dl>"),
        ("<p>a</p>b", "<p>a</p>b"),
        ("<p>a</p><b>b</b>", "<p>a</p><b>b</b>"),
        ("<p>a</p>{% if b %}<p>", "<p>a</p>{% if b %}<p>"),
        ("<a><p>a</p></a>", "<a><p>a</p></a>"),
    ],
)
def test_an_end_that_html_knows_by_itself_is_not_sent(app, source, compiled):
    assert app.jinja_env.preprocess(source, "page.html") == compiled


def test_a_tag_with_much_code_that_never_ends_is_left_as_it_is(app):
    unended = "<p " + "{{ one }} {% two %} " * 40 + "<"  # a pattern that tried each end of code would try for ever
    assert app.jinja_env.preprocess(unended, "page.html") == unended


def test_what_is_not_a_page_keeps_it(app):
    for name in ("mail.txt", "plot.svg", None):
        assert app.jinja_env.preprocess("a\n    b", name) == "a\n    b"


def test_what_a_page_shows_keeps_it(app):
    assert app.jinja_env.from_string("<p>{{ text }}</p>").render(text="b\n    c") == "<p>b\n    c</p>"
