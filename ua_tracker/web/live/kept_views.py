"""The views whose responses are kept. A view declares it beside its route, and the paths are read from the route."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any, NamedTuple, TypeVar

from flask import Flask

from ua_tracker.revisions import StampStatement
from ua_tracker.server_log import route_name

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED, _DECLARED_PAGE = "kept_view", "kept_page"
MOST_PATHS = 1_000  # whose meaning is remembered
_VARIABLE = re.compile(r"<(\w+):(\w+)>")


class KeptView(NamedTuple):
    """How the responses of a view are kept: until which stamp changes, and whether they depend on the query."""

    stamp: StampStatement
    varies_by_query: bool


class PageView(NamedTuple):
    """How the page of a view is kept: until which stamp changes, and around which kept view's fragment.

    `reads` are the names in a query that make it another page, which is not kept. One more is known: `group`.
    """

    stamp: StampStatement
    fragment: str | None
    reads: frozenset[str]


class PagePath(NamedTuple):
    """What the page at a path depends on: the names in the query, and the kept fragment in it, with its path.

    The first `own` numbers of the stamp are the page's, the others the fragment's.
    """

    reads: frozenset[str]
    own: int
    fragment: "tuple[str, KeptPath] | None"


class KeptPath(NamedTuple):
    """The path of a kept view: the statement of its stamp, its slug, case or group, and whether the query matters.

    `route` is the pattern of its route, by which requests are counted. `page` is set if the view is a whole page, which
    is kept with holes (`pages.py`).
    """

    stamp: StampStatement
    slug: str | None
    varies_by_query: bool
    route: str
    page: PagePath | None = None


def kept(stamp: StampStatement, *, varies_by_query: bool = False) -> Callable[[View], View]:
    """Declares that the responses of the view below are kept until this stamp (`revisions`) changes.

    Without `varies_by_query` the query is ignored. With it the view must limit the possible queries, since each one has
    a kept response.
    """

    def declare(view: View) -> View:
        vars(view)[_DECLARED] = KeptView(stamp, varies_by_query)  # on the function: `functools.wraps` takes it along
        return view

    return declare


def kept_page(
    stamp: StampStatement, *, fragment: str | None = None, reads: Iterable[str] = ()
) -> Callable[[View], View]:
    """Declares that the page of the view below is kept until this stamp (`revisions`) changes.

    `fragment` is the endpoint of a kept view whose response stands in the page; the columns of its stamp are the last
    ones of `stamp`. Put into `reads` every name in a query, but `group`, that makes it another page: with one of them
    it is rendered for each request. All other names are removed from the request that the view sees. The view calls
    `versions.keep_page`, and does not where the group in the query is none.
    """

    def declare(view: View) -> View:
        vars(view)[_DECLARED_PAGE] = PageView(stamp, fragment, frozenset(reads))
        return view

    return declare


def declared(app: Flask, endpoint: str | None) -> KeptView | None:
    """The declaration of the view of this endpoint; None for a view whose responses are not kept."""
    return getattr(app.view_functions.get(endpoint or ""), _DECLARED, None)


class KeptRoutes:
    """The paths of all kept views of an app, as their URL rules describe them."""

    def __init__(self, app: Flask) -> None:
        converters = {name: made(app.url_map).regex for name, made in app.url_map.converters.items()}
        rules = list(app.url_map.iter_rules())
        found = ((rule, declared(app, rule.endpoint) or _declared_page(app, rule.endpoint)) for rule in rules)
        self._routes = [(_pattern(rule.rule, converters), view, route_name(rule.rule)) for rule, view in found if view]
        self._fragments = {rule.endpoint: _VARIABLE.sub(r"{\2}", rule.rule) for rule in rules}
        self._app = app
        self.match = lru_cache(MOST_PATHS)(self._match)

    def _match(self, path: str) -> KeptPath | None:
        """The stamp and the slug of a kept view's path; None for any other path."""
        for pattern, view, route in self._routes:
            match = pattern.fullmatch(path)
            if match:
                parts = match.groupdict()
                named = parts.get("slug") or parts.get("case") or parts.get("group")
                if isinstance(view, KeptView):
                    return KeptPath(view.stamp, named, view.varies_by_query, route)
                return KeptPath(view.stamp, named, False, route, self._page(view, parts))
        return None

    def _page(self, view: PageView, parts: dict[str, str]) -> PagePath:
        numbers, of_fragment = len(view.stamp.selected_columns), declared(self._app, view.fragment)
        if view.fragment is None or of_fragment is None:
            return PagePath(view.reads, numbers, None)
        path = self._fragments[view.fragment].format(**parts)
        fragment = KeptPath(of_fragment.stamp, parts.get("slug"), of_fragment.varies_by_query, path)
        return PagePath(view.reads, numbers - len(fragment.stamp.selected_columns), (path, fragment))


def _declared_page(app: Flask, endpoint: str) -> PageView | None:
    return getattr(app.view_functions.get(endpoint), _DECLARED_PAGE, None)


def _pattern(rule: str, converters: dict[str, str]) -> re.Pattern[str]:
    """A regular expression for the paths of a URL rule. Raises ValueError for a variable unlike `<slug:slug>`."""
    parts = _VARIABLE.split(rule)  # text, converter, name, text, and so on
    texts = [re.escape(text) for text in parts[::3]]
    if any("<" in text for text in texts):
        raise ValueError(f"the route of a kept view has only variables like <slug:slug>: {rule}")
    variables = [f"(?P<{name}>{converters[of]})" for of, name in zip(parts[1::3], parts[2::3], strict=True)]
    return re.compile("".join(chain.from_iterable(zip_longest(texts, variables, fillvalue=""))))
