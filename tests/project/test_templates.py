"""Each template is what its name says: a page, or a fragment with one root."""

import re
from pathlib import Path

import pytest

from ua_tracker.web.mails import KINDS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))
TEXTS = sorted(TEMPLATES.rglob("*.txt"))
MAILS = TEMPLATES / "emails"
MAIL_PARTS = {"layouts/mail.html", "macros/mail.html"}
NO_PAGES = {"layouts", "macros", "emails"}
PAGES = [path for path in ALL if not path.name.startswith("_") and path.parent.name not in NO_PAGES]
FRAGMENTS = [path for path in ALL if path.name.startswith("_")]


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_extends_the_layout_and_has_a_title(path):
    text = path.read_text()
    assert re.match(r'\{% extends "layouts/(?:page|bare|embed)\.html" %\}', text)
    assert "{% block title %}" in text


def test_each_kind_of_mail_has_a_subject_a_text_and_a_page_and_nothing_is_left_over():
    wanted = {f"{kind}{ending}" for kind in KINDS for ending in (".subject.txt", ".txt", ".html")}
    assert {path.name for path in MAILS.iterdir() if not path.name.startswith("_")} == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_extends_its_layout_and_says_the_same_in_both_forms(kind):
    page, plain = (MAILS / f"{kind}.html").read_text(), (MAILS / f"{kind}.txt").read_text()
    assert page.startswith('{% extends "layouts/mail.html" %}')
    assert "{% block title %}" in page
    assert plain.startswith('{% extends "layouts/mail.txt" %}')
    # The words of headings and buttons are in the page alone: the text has its subject and the link.
    page = re.sub(r"\{\{ mail\.(?:heading|button)\(.*?\) \}\}", "", page)
    sentence = re.compile(r'_\("([^"]+)"')
    subject = sentence.findall((MAILS / f"{kind}.subject.txt").read_text())
    assert subject + sentence.findall(plain) == sentence.findall(page)


@pytest.mark.parametrize("path", FRAGMENTS, ids=name_of)
def test_a_fragment_has_no_page_around_it(path):
    text = path.read_text()
    assert "{% extends" not in text
    assert "<html" not in text


@pytest.mark.parametrize("path", [*ALL, *TEXTS], ids=name_of)
def test_a_template_is_used_and_holds_no_script_and_no_style(path):
    text = path.read_text()
    # Mail programs know no style sheet of ours; no page of the site has a style in an element.
    is_mail = path.parent == MAILS or name_of(path) in MAIL_PARTS
    assert not re.search(r"<script(?![^>]*src=)|<style|\son[a-z]+=", text)
    assert is_mail or not re.search(r"\sstyle=", text)
    if path.parent == MAILS and not path.name.startswith("_"):
        return  # named after its kind; that none is left over is tested above
    sources = [*ALL, *TEXTS, *(TEMPLATES.parent / "ua_tracker").rglob("*.py")]
    assert any(f'"{name_of(path)}"' in other.read_text() for other in sources if other != path)


@pytest.mark.parametrize("path", [*ALL, *TEXTS], ids=name_of)
def test_a_colon_after_words_has_the_space_of_the_language(path):
    assert not re.findall(r"(?:\}\}|>):(?:\s|<|$)", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", [*ALL, *TEXTS], ids=name_of)
def test_no_english_word_is_outside_the_catalogue(path):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    assert re.findall(r"[A-Za-zÀ-ÿ]{2,}", text) == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_htmx_is_used_in_the_way_that_both_its_versions_understand(path):
    text = path.read_text()
    assert not re.search(r"hx-on|hx-boost|hx-push-url|hx-vals|hx-headers|\bjs:", text)
    assert not re.search(r'hx-trigger="[^"]*\[', text), "a trigger filter needs eval"
    for tag in re.findall(r"<[a-z][^<]*?hx-(?:get=|post\b).*?>", text, flags=re.DOTALL):
        assert "hx-post" not in tag or ("hx-target=" in tag and "hx-post=" not in tag), "page.js: to the form's action"
        assert "hx-swap=" not in tag, "page.js says for all how a response is put in"


@pytest.mark.parametrize(("sheet", "most"), [("site.css", 12 * 1024), ("private.css", 4 * 1024)])
def test_a_style_sheet_is_light(sheet, most):
    assert len((TEMPLATES.parent / "static" / sheet).read_bytes()) <= most


@pytest.mark.parametrize("path", [*ALL, *TEXTS], ids=name_of)
def test_no_sentence_ends_with_a_moment(path):
    """In English a moment can end with a full stop of its own: `12:00 p.m.`"""
    sentences = re.findall(r'"([^"]+)"((?:, \w+=[^,)]*(?:\([^()]*\))?[^,)]*)+)\)', path.read_text())
    moments = [(words, name) for words, facts in sentences for name in re.findall(r"(\w+)=[^,]*\|moment\(", facts)]
    assert [words for words, name in moments if f"%({name})s." in words] == []
