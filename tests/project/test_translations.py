"""Each language has a translation of every sentence."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from ua_tracker.languages import DEFAULT, FOLDER, LANGUAGES

HOME = Path(__file__).resolve().parents[2]
SOURCES = {"ua_tracker": [("**.py", "python")], "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")]}
KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")
TRANSLATED = sorted(set(LANGUAGES) - {DEFAULT})


@pytest.fixture(scope="module")
def sentences() -> dict[str, set[str]]:
    """Each sentence in use, with the files that use it."""
    found: dict[str, set[str]] = {}
    for folder, methods in SOURCES.items():
        for file, _line, message, _comments, _context in extract_from_dir(HOME / folder, methods, keywords=KEYWORDS):
            found.setdefault(singular(message), set()).add(f"{folder}/{file}")
    return found


def singular(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def references(catalog: Catalog) -> dict[str, set[str]]:
    return {singular(message.id): {file for file, _ in message.locations} for message in catalog if message.id}


def template() -> Catalog:
    with (FOLDER / "messages.pot").open("rb") as file:
        return read_po(file)


def read(code: str) -> Catalog:
    with LANGUAGES[code].catalogue.open("rb") as file:
        return read_po(file, locale=code)


def strings_of(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_each_language_has_its_catalogue_and_each_catalogue_its_row():
    assert {path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/messages.po")} == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_sentence_is_translated_and_none_is_left_over(sentences, code):
    assert references(read(code)).keys() - sentences.keys() == set()
    assert sentences.keys() - references(read(code)).keys() == set()


@pytest.mark.parametrize("code", [None, *TRANSLATED])
def test_each_catalogue_names_the_files_of_each_sentence(sentences, code):
    """`make words` brings them up to date; None is the list of sentences, `messages.pot`."""
    assert references(read(code) if code else template()) == sentences


@pytest.mark.parametrize("code", [None, *TRANSLATED])
def test_each_catalogue_has_a_header(code):
    headers = dict((read(code) if code else template()).mime_headers)
    assert headers["Project-Id-Version"].startswith("UA Tracker ")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers.get("Language") == code
    assert not code or headers["Plural-Forms"].startswith("nplurals=")


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_is_complete_and_keeps_the_placeholders(code):
    catalogue = read(code)
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = strings_of(message)
        assert all(strings), message.id
        assert len(strings) == (1 if len(ids) == 1 else catalogue.num_plurals), message.id
        assert not message.fuzzy, message.id
        wanted = set(PLACEHOLDER.findall(" ".join(ids)))
        assert wanted == set(PLACEHOLDER.findall(" ".join(strings))), message.id


def test_french_is_set_as_in_canada():
    """A no-break space before a colon and in guillemets, none before ! ? ; (Office québécois)."""
    for message in read("fr"):
        for text in strings_of(message) if message.id else []:
            assert not re.search(r"[^\u00a0:]:(?!//)", text), text
            assert not re.search(r"[\s\u00a0][!?;]", text), text
            assert not re.search(r"«[^\u00a0]|[^\u00a0]»", text), text
            assert "'" not in text, text


def test_no_sentence_is_inside_an_f_string():
    """Up to Python 3.11 the extraction does not look into one."""
    for path in (HOME / "ua_tracker").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = (
                [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
                if isinstance(node, ast.JoinedStr)
                else []
            )
            assert not {ast.unparse(one) for one in called} & {"gettext", "ngettext", "lazy_gettext", "marked"}, path


def test_no_list_of_languages_is_outside_the_table():
    """A regular expression, a style sheet, a script or a template that names them would have to be found by hand."""
    places = [*(HOME / "ua_tracker").rglob("*.py"), *(HOME / "static").iterdir(), *(HOME / "templates").rglob("*.*")]
    named = re.compile(r"""["'](?:en|fr)["']|\ben\|fr\b|:lang\(\w""")
    found = {path.name for path in places if path.parent.name != "versions" and named.search(path.read_text())}
    assert found == {"languages.py"}


# The word that the French texts have for each notion, and those that they once had beside it (docs/translating.md).
OTHER_WORDS = {
    "clore": r"ferme[rz]? (?:l’|les |une |cette |ces )actions?\b|fermeture|clôtur(?:er|ez)\b",
    "cas": r"\baffaires?\b",
    "destinataire": r"\bcibles?\b",
    "signaler une lettre": r"lettres? reportée|reporter (?:une|des|les|vos) lettre",
    "groupe local": r"\bsections? locales?\b",
    "courriel": r"\be-?mails?\b|\bmels?\b",
}
OF_MEN_ALONE = (
    r"\b(?:à|de|tous|pour) ceux (?:qui|à qui|dont)|\barrêtent ceux|\bcoord(?:onn|in)ateurs?\b(?<!et coordonnateurs)"
)


def test_french_has_one_word_for_each_notion_and_no_word_for_men_alone():
    texts = [text for message in read("fr") for text in strings_of(message) if message.id]
    sentences = [PLACEHOLDER.sub("", text) for text in texts]
    for word, others in OTHER_WORDS.items():
        assert [text for text in sentences if re.search(others, text, re.IGNORECASE)] == [], word
    assert [text for text in sentences if re.search(OF_MEN_ALONE, text)] == []
