"""The filter of the lists of pledges and letters, as it stands in the URL's query."""

import hashlib
from typing import Any

from flask import request

from ua_tracker import ledger, trust
from ua_tracker.ledger import Wanted
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.request import day_in, number_in
from ua_tracker.web.translation import lazy_gettext

TEXTS = (
    "text",
    "group",
    "state",
    "first",
    "first_hour",
    "last",
    "last_hour",
    "least",
    "most",
    "domain",
    "held_for",
    "key",
)
NAMES = (*TEXTS, "inside", "like", "evening", "number", "reported", "sort")
ROW = "row"  # the chosen rows: several values of one name
ORDER = "order"  # what the heading of a column asks for, in the place of `sort`
OF = "of"  # for which filter and order the form was made that asks for the next page
MOST_NETWORKS = 20  # that can be looked at together
MOST_ROWS = 500  # that can be chosen by their boxes; a filter has no limit
STATE_WORDS = {
    ledger.STANDING: lazy_gettext("counted"),
    ledger.HELD: lazy_gettext("held"),
    ledger.WITHDRAWN: lazy_gettext("withdrawn"),
    ledger.VOID: lazy_gettext("taken back"),
}
LABELS = (
    ("text", lazy_gettext("Name or e-mail")),
    ("inside", lazy_gettext("Inside words too")),
    ("group", lazy_gettext("Local group")),
    ("state", lazy_gettext("State")),
    ("held_for", lazy_gettext("Held because")),
    ("first", lazy_gettext("From")),
    ("first_hour", lazy_gettext("From hour")),
    ("last", lazy_gettext("To")),
    ("last_hour", lazy_gettext("To hour")),
    ("least", lazy_gettext("Letters, at least")),
    ("most", lazy_gettext("Letters, at most")),
    ("domain", lazy_gettext("Mail domain")),
    ("key", lazy_gettext("Entered with API key")),
    ("reported", lazy_gettext("Reported letters")),
    ("like", lazy_gettext("From the same network as row")),
    ("likes", lazy_gettext("From the same networks as rows")),
    ("evening", lazy_gettext("Letter evening")),
    ("number", lazy_gettext("Row")),
)
REASON_WORDS = {
    "trap": lazy_gettext("a field was filled in that people do not see"),
    "speed": lazy_gettext("filled in faster than by hand"),
    "form": lazy_gettext("one form was sent many times"),
    "letters": lazy_gettext("many letters at once"),
    "network": lazy_gettext("much from one network"),
    "crowd": lazy_gettext("much from one network on a day with many letters"),
    "domain": lazy_gettext("one mail domain leads suddenly"),
    "pace": lazy_gettext("far above the usual pace"),
    trust.OVER_QUOTA: lazy_gettext("more than its API key enters in a day"),
    trust.OVER_EVENING: lazy_gettext("more than its letter evening counts"),
    trust.OVER_PROOF: lazy_gettext("more than one mailbox vouches for in a day"),
    trust.OF_HELD_PLEDGE: lazy_gettext("its pledge was held"),
}


def wanted(*, of_chosen: bool = False) -> Wanted:
    """The filter in the URL; with `of_chosen` the chosen rows if there are any, whichever filters they were found by.

    Raises ValueError for a day, an hour, a number or a state that does not exist.
    """
    if of_chosen and (rows := chosen()):
        return Wanted(numbers=rows)
    asked: dict[str, str | None] = {name: one_line(request.args.get(name)) or None for name in NAMES}
    likes = _likes()
    if asked["state"] not in (None, *STATE_WORDS) or asked["held_for"] not in (None, *REASON_WORDS):
        raise ValueError("no such state")
    if asked["reported"] not in (None, "yes", "no"):
        raise ValueError(asked["reported"])
    return Wanted(
        text=asked["text"] or "",
        inside=asked["inside"] == "yes",
        group=asked["group"],
        state=asked["state"],
        first=day_in(asked["first"]) if asked["first"] else None,
        last=day_in(asked["last"]) if asked["last"] else None,
        first_hour=_number(asked["first_hour"], most=23),
        last_hour=_number(asked["last_hour"], most=23),
        least=_number(asked["least"]),
        most=_number(asked["most"]),
        domain=_domain(asked["domain"]),
        held_for=asked["held_for"],
        like=likes[0] if len(likes) == 1 else None,
        likes=likes if len(likes) > 1 else (),
        evening=_number(asked["evening"]),
        key=_number(asked["key"]),
        numbers=_only(asked["number"]),
        reported=None if asked["reported"] is None else asked["reported"] == "yes",
    )


def chosen() -> tuple[int, ...]:
    """The ids of the rows whose boxes are ticked. Raises ValueError for more than MOST_ROWS, or what is no number."""
    numbers = {_number(value) or 0 for value in request.args.getlist(ROW)}
    if len(numbers) > MOST_ROWS:
        raise ValueError("too many rows")
    return tuple(sorted(numbers))


def query(*, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The filter as the query of the next URL, without any other names of this one."""
    found: dict[str, Any] = {name: value for name in NAMES if (value := one_line(request.args.get(name)))}
    if order := one_line(request.args.get(ORDER)):
        found["sort"] = order
    if "like" in found:
        found["like"] = ", ".join(request.args.getlist("like"))
    if rows := request.args.getlist(ROW)[:MOST_ROWS]:
        found[ROW] = rows
    return {name: value for name, value in found.items() if name not in without}


def shown() -> str:
    """A short text for the filter and the order in the URL, the same for the same ones."""
    parts = sorted({"sort": "-made", **query(without=(ROW,))}.items())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def after() -> int | None:
    """The id of the row after which the page begins; None for the first page.

    It is the first too where the filter was changed before *Next page* was pressed. Raises ValueError.
    """
    text = request.args.get("after")
    if not text or request.args.get(OF, default=shown()) != shown():
        return None
    return _number(text)


def _domain(text: str | None) -> str | None:
    """The mail domain that is asked for. Raises ValueError for an address: others have the same domain."""
    domain = (text or "").removeprefix("@")
    if "@" in domain:
        raise ValueError(text)
    return domain or None


def _likes() -> tuple[int, ...]:
    """The ids of rows of the wanted networks, in one value with commas or in several. Raises as `chosen`."""
    texts = [part for value in request.args.getlist("like") for part in value.split(",") if part.strip()]
    if len(texts) > MOST_NETWORKS:
        raise ValueError("too many networks")
    return tuple(sorted({_number(one_line(text)) or 0 for text in texts}))


def _only(text: str | None) -> tuple[int, ...]:
    number = _number(text)
    return () if number is None else (number,)


def _number(text: str | None, most: int = 999_999_999) -> int | None:
    if text is None:
        return None
    number = number_in(text)
    if number is None or number > most:
        raise ValueError(text)
    return number
