"""What a coordinator wants to see of a list: its filter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ua_tracker import audit

NO_GROUP, NO_DOMAIN, ANY_KEY = "-", "-", 0
STANDING, HELD, WITHDRAWN, VOID = "standing", "held", "withdrawn", "void"
# The parts of a filter that name nobody, and stand in the history as they are.
_AS_IT_IS = ("group", "state", "held_for", "first_hour", "last_hour", "least", "most", "like", "evening", "key")


@dataclass(frozen=True)
class Wanted:
    """A filter. `text` is searched in name and e-mail, as `search_words.matches` does with `inside`; `group` is a slug
    or NO_GROUP.

    `state` is STANDING (counted), HELD, WITHDRAWN (pledges only) or VOID. `first` and `last` are the first and last day
    on which the row was made, in the action's time zone; `first_hour` and `last_hour` (0 to 23) narrow them. `least`
    and `most` are numbers of letters to targets. `domain` is a mail domain, or NO_DOMAIN for rows without an address;
    `held_for` a reason of `trust.REASONS`. `like` is the id of a row: only rows of its source match; `likes` are
    several. `numbers` are the ids of chosen rows. `reported` says whether a pledge has a standing report; `evening` is
    the id of a letter evening, `key` that of an API key, or ANY_KEY. None and empty values do nothing.
    """

    text: str = ""
    inside: bool = False
    group: str | None = None
    state: str | None = None
    first: date | None = None
    last: date | None = None
    first_hour: int | None = None
    last_hour: int | None = None
    least: int | None = None
    most: int | None = None
    domain: str | None = None
    held_for: str | None = None
    like: int | None = None
    likes: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    reported: bool | None = None
    evening: int | None = None
    key: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether an index finds the few rows that match, so that no other index should be read for them."""
        return self.is_sifted or self.is_unusual

    @property
    def is_sifted(self) -> bool:
        """Whether an index finds few rows, but in no other order than that of their ids: they are sorted."""
        few = (self.text, self.domain, self.like, self.likes, self.numbers, self.evening, self.first, self.last)
        return any(few) or self.key is not None

    @property
    def is_by_words(self) -> bool:
        """Whether a text is searched by the words that are kept."""
        return bool(self.text.strip()) and not self.inside

    @property
    def is_unusual(self) -> bool:
        """Whether only rows of a state are wanted that few have, or rows that were held for a reason.

        Their own indexes find them, in each order, whatever else is wanted.
        """
        return self.state in (HELD, WITHDRAWN, VOID) or self.held_for is not None

    @property
    def in_history(self) -> dict[str, Any]:
        """The filter for the history, which is kept longer than people's data.

        A text may be a name, and a mail domain one person's own: only whether there was one is kept.
        """
        parts = {
            "text": bool(self.text.strip()),
            "domain": bool(self.domain),
            "chosen": len(self.numbers) or None,
            "likes": ", ".join(str(number) for number in self.likes) or None,
            "first": audit.plain(self.first),
            "last": audit.plain(self.last),
            "reported": None if self.reported is None else "yes" if self.reported else "no",
            **{name: getattr(self, name) for name in _AS_IT_IS},
        }
        return {name: value for name, value in parts.items() if value is not None and value is not False}
