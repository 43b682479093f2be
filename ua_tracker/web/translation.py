"""Sentences that are translated when they are read, and the numbers in them.

Flask-Babel's own lazy string claims to be safe markup (it has `__html__`), so that text of people or documents inside
a sentence would reach the page unescaped. These sentences are plain text, and are escaped where they are shown.
A test keeps Flask-Babel's lazy strings out of the code.

A number that decides between singular and plural, and one in the message of a form or of a refusal, is written as the
language groups its thousands; nobody has to remember it at the sentence.
"""

from collections.abc import Callable
from typing import Any, cast

from babel.support import Translations
from flask import Flask, current_app
from flask_babel import Babel, Domain, gettext
from jinja2 import pass_context
from jinja2.runtime import Context

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

    def __mod__(self, facts: Any) -> str:
        return str(self) % (with_grouping(facts) if isinstance(facts, dict) else facts)

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


def with_grouping(facts: dict[str, Any]) -> dict[str, Any]:
    """The values of a sentence, whole numbers as the request's language groups them."""
    return {name: languages.number(one, language()) if type(one) is int else one for name, one in facts.items()}


class Catalogue(Domain):
    """Flask-Babel's messages, read from the .po files."""

    def get_translations(self) -> Translations:
        """The messages in the request's language, with the spaces of the office's country."""
        return _messages()

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """The sentence for this number, which stands in it as `num`, grouped; with its other values."""
        return str(_messages().ungettext(singular, plural, num)) % {
            "num": languages.number(num, language()),
            **variables,
        }


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
        _sentence,
        _counted_sentence,
        newstyle=True,
    )
    app.jinja_env.globals["ngettext"] = _grouping(cast("Callable[..., str]", app.jinja_env.globals["ngettext"]))


@pass_context
def _sentence(context: Context, sentence: str) -> str:
    return _whole(context, _messages().ugettext(sentence))


@pass_context
def _counted_sentence(context: Context, one: str, more: str, number: int) -> str:
    return _whole(context, _messages().ungettext(one, more, number))


def _whole(context: Context, words: str) -> str:
    """The words as a page shows them: no line ends within "e-mail" or "two-factor". Mails keep the typed hyphen."""
    is_page = context.eval_ctx.autoescape and not (context.name or "").startswith("emails/")
    return words.replace("e-mail", "e\u2011mail").replace("wo-factor", "wo\u2011factor") if is_page else words


def _grouping(plural_of_jinja: Callable[..., str]) -> Callable[..., str]:
    """Jinja's `ngettext`, with the number grouped."""

    @pass_context
    def ngettext(context: Context, singular: str, plural: str, number: int, **variables: Any) -> str:
        facts = {"num": languages.number(number, language()), **variables}
        return plural_of_jinja(context, singular, plural, number, **facts)

    return ngettext
