"""Sentences that are put into the reader's language when they are read, not when the module is loaded.

Flask-Babel's own lazy string claims to be safe markup (it has `__html__`), so that what people or documents wrote
and a sentence names would stand raw in a page. These sentences are text like any other: whoever shows them escapes
them. A test keeps Flask-Babel's out of the code.
"""

from typing import Any

from flask import Flask
from flask_babel import Babel, Domain, gettext

from ua_tracker import languages
from ua_tracker.web.request import language


class Sentence:
    """A sentence with the facts it names, translated each time it is read."""

    def __init__(self, sentence: str, facts: dict[str, Any]) -> None:
        self._sentence, self._facts = sentence, facts

    def __str__(self) -> str:
        return str(gettext(self._sentence, **self._facts))

    def __repr__(self) -> str:
        return f"lazy_gettext({self._sentence!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == other

    def __hash__(self) -> int:
        return hash(str(self))

    def __mod__(self, facts: Any) -> str:
        return str(self) % facts

    def __add__(self, other: str) -> str:
        return str(self) + other

    def __radd__(self, other: str) -> str:
        return other + str(self)

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def __len__(self) -> int:
        return len(str(self))


def lazy_gettext(sentence: str, **facts: Any) -> Sentence:
    """The sentence in the language of whoever reads it, with its facts; as text, never as markup."""
    return Sentence(sentence, facts)


class Catalogue(Domain):
    """Flask-Babel's messages, read from the .po files as they stand."""

    def get_translations(self):  # type: ignore[no-untyped-def]
        """The messages of the request's language."""
        return languages.catalogue(language())


class Messages(Babel):
    """Flask-Babel with the catalogue above."""

    domain_instance = Catalogue()


def register(app: Flask) -> None:
    """Puts the messages on the app."""
    Messages(app, locale_selector=lambda: languages.LANGUAGES[language()].locale)
