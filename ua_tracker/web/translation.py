"""Sentences that are translated when they are read, not when the module is loaded.

Flask-Babel's own lazy string claims to be safe markup (it has `__html__`), so that text of people or documents inside
a sentence would reach the page unescaped. These sentences are plain text, and are escaped where they are shown.
A test keeps Flask-Babel's lazy strings out of the code.
"""

from typing import Any

from babel.support import Translations
from flask import Flask, current_app
from flask_babel import Babel, Domain, gettext

from ua_tracker import languages
from ua_tracker.web.request import language


class Sentence:
    """A sentence with its values, translated each time it is read."""

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

    def __mod__(self, facts: object) -> str:
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
    """The sentence in the language of the request that shows it, with its values; as text, never as markup."""
    return Sentence(sentence, facts)


class Catalogue(Domain):
    """Flask-Babel's messages, read from the .po files."""

    def get_translations(self) -> Translations:
        """The messages in the request's language, with the spaces of the office's country."""
        return _messages()


def _messages() -> Translations:
    return languages.catalogue(language(), current_app.config["FRENCH_SPACES"])


class Messages(Babel):
    """Flask-Babel with the catalogue above."""

    domain_instance = Catalogue()


def register(app: Flask) -> None:
    """Registers the messages on the app."""
    Messages(app, locale_selector=lambda: languages.LANGUAGES[language()].locale)
    # In templates without Flask-Babel's search for the catalogue, which a page would do for each of its sentences.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of Jinja's extension for translations
        lambda sentence: _messages().ugettext(sentence),
        lambda one, more, number: _messages().ungettext(one, more, number),
        newstyle=True,
    )
