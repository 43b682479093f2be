"""The views whose responses are kept. A view declares it beside its route, and the paths are read from the route."""

import re
from collections.abc import Callable
from itertools import chain, zip_longest
from typing import Any, NamedTuple, TypeVar

from flask import Flask

from ua_tracker.revisions import StampStatement

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED = "kept_view"
_VARIABLE = re.compile(r"<(\w+):(\w+)>")


class KeptView(NamedTuple):
    """How the responses of a view are kept: until which stamp changes, and whether they depend on the query."""

    stamp: StampStatement
    varies_by_query: bool


class KeptPath(NamedTuple):
    """The path of a kept view: the statement that reads its stamp, its slug, and whether the query matters."""

    stamp: StampStatement
    slug: str | None
    varies_by_query: bool


def kept(stamp: StampStatement, *, varies_by_query: bool = False) -> Callable[[View], View]:
    """Declares that the responses of the view below are kept until this stamp (`revisions`) changes.

    Without `varies_by_query` the query is ignored. With it the view must limit the possible queries, since each one has
    a kept response.
    """

    def declare(view: View) -> View:
        vars(view)[_DECLARED] = KeptView(stamp, varies_by_query)  # on the function: `functools.wraps` takes it along
        return view

    return declare


def declared(app: Flask, endpoint: str | None) -> KeptView | None:
    """The declaration of the view of this endpoint; None for a view whose responses are not kept."""
    return getattr(app.view_functions.get(endpoint or ""), _DECLARED, None)


class KeptRoutes:
    """The paths of all kept views of an app, as their URL rules describe them."""

    def __init__(self, app: Flask) -> None:
        converters = {name: made(app.url_map).regex for name, made in app.url_map.converters.items()}
        found = ((rule.rule, declared(app, rule.endpoint)) for rule in app.url_map.iter_rules())
        self._routes = [(_pattern(rule, converters), view) for rule, view in found if view]

    def match(self, path: str) -> KeptPath | None:
        """The stamp and the slug of a kept view's path; None for any other path."""
        for pattern, view in self._routes:
            match = pattern.fullmatch(path)
            if match:
                return KeptPath(view.stamp, match.groupdict().get("slug"), view.varies_by_query)
        return None


def _pattern(rule: str, converters: dict[str, str]) -> re.Pattern[str]:
    """A regular expression for the paths of a URL rule. Raises ValueError for a variable unlike `<slug:slug>`."""
    parts = _VARIABLE.split(rule)  # text, converter, name, text, and so on
    texts = [re.escape(text) for text in parts[::3]]
    if any("<" in text for text in texts):
        raise ValueError(f"the route of a kept view has only variables like <slug:slug>: {rule}")
    variables = [f"(?P<{name}>{converters[of]})" for of, name in zip(parts[1::3], parts[2::3], strict=True)]
    return re.compile("".join(chain.from_iterable(zip_longest(texts, variables, fillvalue=""))))
