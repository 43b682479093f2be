"""Are the templates what their names say?"""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))
PAGES = [path for path in ALL if not path.name.startswith("_") and path.parent.name not in {"layouts", "macros"}]
FRAGMENTS = [path for path in ALL if path.name.startswith("_")]


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_extends_the_layout_and_has_a_title(path):
    text = path.read_text()
    assert re.match(r'\{% extends "layouts/(?:page|bare|embed)\.html" %\}', text)
    assert "{% block title %}" in text


@pytest.mark.parametrize("path", FRAGMENTS, ids=name_of)
def test_a_fragment_has_no_page_around_it(path):
    text = path.read_text()
    assert "{% extends" not in text
    assert "<html" not in text


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_a_template_is_used_and_holds_no_script_and_no_style(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", text)
    sources = [*ALL, *(TEMPLATES.parent / "ua_tracker").rglob("*.py")]
    assert any(f'"{name_of(path)}"' in other.read_text() for other in sources if other != path)


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_no_english_word_stands_outside_the_catalogue(path):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    assert re.findall(r"[A-Za-zÀ-ÿ]{2,}", text) == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_htmx_is_used_in_the_way_that_both_its_versions_understand(path):
    text = path.read_text()
    assert not re.search(r"hx-on|hx-boost|hx-push-url|hx-vals|hx-headers|\bjs:", text)
    assert not re.search(r'hx-trigger="[^"]*\[', text), "a trigger filter needs eval"
    for tag in re.findall(r"<[a-z][^<]*?hx-(?:get|post)=.*?>", text, flags=re.DOTALL):
        assert "hx-target=" in tag, tag
        assert "hx-swap=" in tag, tag
