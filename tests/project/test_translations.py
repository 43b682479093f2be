"""Does every sentence have its French?"""

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

HOME = Path(__file__).resolve().parents[2]
KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    found = set()
    for folder, method in (
        ("ua_tracker", [("**.py", "python")]),
        ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        for _file, _line, message, _comments, _context in extract_from_dir(HOME / folder, method, keywords=KEYWORDS):
            found |= {message} if isinstance(message, str) else set(message[:1])
    return found


@pytest.fixture(scope="module")
def french():
    with (HOME / "ua_tracker/translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="fr")


def test_each_sentence_has_its_french_and_none_is_left_over(sentences, french):
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in french if message.id}
    assert sentences - known == set()
    assert known - sentences == set()


def test_french_is_complete_and_keeps_the_placeholders(french):
    for message in french:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        wanted = set(PLACEHOLDER.findall(" ".join(ids)))
        assert wanted == set(PLACEHOLDER.findall(" ".join(strings))), message.id


def test_french_is_set_as_in_canada(french):
    """A no-break space before a colon and in guillemets, none before ! ? ; (Office québécois)."""
    for message in french:
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in strings if message.id else []:
            assert not re.search(r"[^\u00a0:]:(?!//)", text), text
            assert not re.search(r"[\s\u00a0][!?;]", text), text
            assert not re.search(r"«[^\u00a0]|[^\u00a0]»", text), text
            assert "'" not in text, text
