"""What did the address ask for beside the action: a group's share, a theme, a size, a language?"""

import re
from dataclasses import dataclass

from flask import g, request
from sqlalchemy.orm import Session

from ua_tracker import groups, languages
from ua_tracker.groups import Share
from ua_tracker.models import Action

# What the query may choose from; the first of each is the default.
THEMES = ("auto", "light", "dark")
SIZES = ("full", "compact")
_PLAIN = re.compile(r"(?:[a-z]+=[a-z0-9-]+(?:&|$))*")


@dataclass(frozen=True)
class Choices:
    """The choices of an embed: `group` the share asked for, if any; `theme` and `size` one of those offered.

    `keeps_unknown`: a group that nobody knows stays in addresses, where the answer is to say so.
    """

    group: Share | None
    theme: str
    size: str
    keeps_unknown: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The choices as an address carries them; what is the default is left out."""
        found = {"group": self.group.slug if self.group and (self.group.group or self.keeps_unknown) else ""}
        found |= {name: value for name, value in (("theme", self.theme), ("size", self.size)) if value != _first(name)}
        return {name: value for name, value in found.items() if value}


def of_request(session: Session, action: Action) -> Choices:
    """What the request's address asks for."""
    return Choices(share(session, action), choice("theme"), choice("size"))


def share(session: Session, action: Action) -> Share | None:
    """The share of the group that the address names; None when it names none."""
    return share_named(session, action, typed_group())


def share_named(session: Session, action: Action, name: str) -> Share | None:
    """The share of the group with this slug, as somebody typed it; None for nothing."""
    slug = _cleaned(name)
    return groups.share(session, action.id, slug) if slug else None


def typed_group() -> str:
    """The slug of the group as the address names it, cleaned; nothing when it names none."""
    return _cleaned(request.args.get("group", ""))


def _cleaned(name: str) -> str:
    return name.replace("\0", "").strip()[:60]  # PostgreSQL takes no NUL


def choice(name: str) -> str:
    """The value asked for if it is offered, else the default."""
    value = request.args.get(name, "")
    return value if value in _offered()[name] else _first(name)


def speak_as_asked() -> None:
    """Takes the language from `?lang=`, where the path has none: English unless it asks for another."""
    g.lang = choice("lang")


def can_be_kept(asked: Share | None) -> bool:
    """Whether the query is one of a bounded number: every name once, every value one that is offered.

    Anybody can make up addresses without end, and each kept answer takes memory. The token of a page, `v`, never gets
    here: the live layer takes it off where it stands first, and keeps nothing where it stands elsewhere.
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
    return {"theme": THEMES, "size": SIZES, "lang": tuple(languages.LANGUAGES)}
