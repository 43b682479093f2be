"""The options in a URL beside the action: a group, what is counted, a theme, a size, a language."""

import re
from dataclasses import dataclass
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session

from ua_tracker import groups, languages
from ua_tracker.groups import Share
from ua_tracker.models import Action
from ua_tracker.web import chosen_group

# What the query may choose from; the first of each is the default. Most pages are white also for a reader whose device
# is dark: there the counter is dark only where somebody has asked for it.
THEMES = ("light", "auto", "dark")
SIZES = ("full", "compact")
COUNTS = ("action", "case")  # the letters of the action, or of all issues of its case
_PLAIN = re.compile(r"(?:[a-z]+=[a-z0-9-]+(?:&|$))*")


@dataclass(frozen=True)
class Choices:
    """The options of an embed: `group` the share of a group, if any; `theme`, `size`, `count` one of those offered.

    With `keeps_unknown` an unknown group stays in URLs, where the response then says that it is unknown.
    """

    group: Share | None
    theme: str
    size: str
    count: str = COUNTS[0]
    keeps_unknown: bool = False

    @property
    def query(self) -> dict[str, Any]:
        """The options as the query of a URL, without those that have their default."""
        found = {"group": self.group.slug if self.group and (self.group.group or self.keeps_unknown) else ""}
        looks = {"theme": self.theme, "size": self.size, "count": self.count}
        found |= {name: value for name, value in looks.items() if value != _first(name)}
        return {name: value for name, value in found.items() if value}


def of_request(session: Session, action: Action) -> Choices:
    """The options in the request's URL."""
    return Choices(share(session, action), choice("theme"), choice("size"), choice("count"))


def without_group() -> Choices:
    """The theme and the size in the request's URL, for a page that shows no counter."""
    return Choices(None, choice("theme"), choice("size"))


def share(session: Session, action: Action) -> Share | None:
    """The share of the group in the request's URL; None without one."""
    return share_named(session, action, chosen_group.typed())


def share_named(session: Session, action: Action, name: str) -> Share | None:
    """The share of the group with this slug, which someone may have typed; None for an empty one."""
    slug = chosen_group.cleaned(name)
    return groups.share(session, action.id, slug) if slug else None


def choice(name: str) -> str:
    """The option's value in the request's URL if it is offered, else the default."""
    value = request.args.get(name, "")
    return value if value in _offered()[name] else _first(name)


def use_language_of_query() -> None:
    """Takes the language from `?lang=`, where the path has none: English unless another one is given."""
    g.lang = choice("lang")


def can_be_kept(asked: Share | None) -> bool:
    """Whether the query is one of a limited number: each name once, each value an offered one.

    Anyone can invent URLs without end, and each kept response takes memory. The page's token, `v`, is never seen here:
    the live layer removes it if it comes first, and keeps nothing if it comes later.
    """
    names = [name for name, _ in request.args.items(multi=True)]
    offered = _offered()
    known = all(value in offered[name] for name, value in request.args.items() if name in offered)
    group = asked is None or asked.group is not None
    only = set(names) <= {"group", *offered} and len(names) == len(set(names))
    return known and group and only and _PLAIN.fullmatch(request.query_string.decode("latin-1")) is not None


def _first(name: str) -> str:
    return _offered()[name][0]


def _offered() -> dict[str, tuple[str, ...]]:
    """The values offered under each name, the default first."""
    return {"theme": THEMES, "size": SIZES, "count": COUNTS, "lang": tuple(languages.LANGUAGES)}
