"""One place decides that what people or documents wrote is text and not markup."""

import ast
import re

import pytest

from tests.project.test_structure import MODULES, imports_of, name_of, tree_of
from tests.project.test_templates import ALL, TEMPLATES
from tests.project.test_templates import name_of as name_of_template

# The only places that make markup: each from a constant of its own, into which values go escaped.
MAKE_MARKUP = {"web/filters.py", "web/sharing/embed_codes.py"}
# `tojson` is for scripts; there, in an attribute, it is escaped once more. The codes to copy are shown as text.
FORCED = {"embed/_numbers.html", "share/_kit.html"}
EVERY_TEMPLATE = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_sentence_claims_to_be_markup(path):
    """Flask-Babel's lazy string has `__html__`, so that its values stand raw in a page: see `web/translation.py`."""
    lazy = {one for one in imports_of(tree_of(path)) if one.startswith("flask_babel") and "azy" in one}
    assert lazy == set()
    assert "speaklater" not in path.read_text()
    assert "def __html__" not in path.read_text()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_markup_is_made_of_constants_only(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {
            "Markup",
            "render_template_string",
        }:
            assert name_of(path) in MAKE_MARKUP, f"line {node.lineno}"
            assert all(isinstance(argument, ast.Constant) for argument in node.args), f"line {node.lineno}"


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=name_of_template)
def test_no_template_turns_the_escaping_off(path):
    text = path.read_text()
    assert path.suffix in {".html", ".svg", ".txt"}, "Flask escapes by the ending of the name"
    assert not re.search(r"\|\s*safe\b|\bautoescape\b|\bMarkup\b|\|\s*xmlattr\b|\|\s*urlize\b", text)
    assert not re.search(r"tojson|forceescape", text) or name_of_template(path) in FORCED


@pytest.mark.parametrize("path", ALL, ids=name_of_template)
def test_instants_and_directions_are_written_by_the_filters(path):
    text = path.read_text()
    assert not re.search(r'datetime="\{\{(?![^}]*\|instant \}\})', text), "HTML takes three digits of a fraction"
    if path.parent.name != "emails" and path.name != "mail.html":
        assert not re.search(r'lang="\{\{ [a-z.]+\.language \}\}" dir="auto"', text), "use written_in"


def test_page_js_lets_htmx_ask_for_what_the_templates_name_and_nothing_else(app):
    script = (TEMPLATES.parent / "static" / "page.js").read_text()
    allowed = {
        verb: re.compile(re.search(rf"const {name} =\s+/(.+)/;", script)[1].replace("\\/", "/"))
        for verb, name in (("GET", "READABLE"), ("POST", "WRITABLE"))
    }
    named = {
        (verb.upper(), endpoint)
        for path in ALL
        for verb, endpoint in re.findall(r'hx-(get)="\{\{ url_for\("([a-z_.]+)"', path.read_text())
        + re.findall(r'method="(post)" action="\{\{ url_for\("([a-z_.]+)"[^<>]*\shx-post\b', path.read_text())
    } | {("POST", "letters.create"), ("GET", "actions.standing")}  # given to the template; made of the counter's URL
    values = {"lang": "fr", "slug": "ua-1-26", "token": "t" * 43, "group": "montreal", "noun": "letters", "number": 1,
              "page": 1, "name": "site.css", "code": "1b", "kind": "svg", "filename": "x", "digest": "0" * 32,
              "what": "void", "case": "12/26"}  # fmt: skip
    adapter = app.url_map.bind("localhost")
    every = [(verb, rule) for rule in app.url_map.iter_rules() for verb in allowed if verb in rule.methods]
    built = [
        (verb, rule.endpoint, adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}, verb))
        for verb, rule in every
    ]
    let_through = {(verb, endpoint) for verb, endpoint, address in built if allowed[verb].match(address)}
    assert let_through == named
