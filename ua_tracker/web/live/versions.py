"""Which version of an answer is this? What the view tells of it, and the token by which a page says what it shows."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from ua_tracker.revisions import RevisionStamp
from ua_tracker.web.live import polling

ENVIRON_KEY = "ua_tracker.live"
_SECONDS = re.compile(r"[0-9]{1,6}")


@dataclass
class Version:
    """What a view tells of its answer: at which stamp it was made, and until when it holds if nothing is stored.

    `interval` is given to the view: the seconds after which a page shall ask again. `phase` is what time alone
    changes, as the state of the action.
    """

    interval: int
    stamp: RevisionStamp | None = None
    phase: str = ""
    until: datetime | None = None

    @property
    def token(self) -> str:
        """Names the answer: the page sends it back, and gets nothing when nothing has changed."""
        return f"{self._content}-{self.interval}"

    @property
    def _content(self) -> str:
        return "-".join(str(part) for part in (*(self.stamp or ()), self.phase))

    def is_shown_as(self, token: str) -> bool:
        """Whether a page with this token shows the same already.

        One that asks more seldom than it now might does too: it learns the shorter interval with the next
        change. Else a page would be told back and forth by two workers that are not equally busy.
        """
        content, _, interval = token.rpartition("-")
        seconds = int(interval) if _SECONDS.fullmatch(interval) else 0
        return content == self._content and seconds >= self.interval


def current() -> Version:
    """The version of this request's answer, with the poll interval; a page rendered on its own asks every 5 s."""
    version: Version = request.environ.setdefault(ENVIRON_KEY, Version(polling.SHORTEST))
    return version


def versioned(response: Response, stamp: RevisionStamp, phase: str, until: datetime | None) -> Response:
    """The answer of a kept view, its version told; without it the answer is not kept."""
    version = current()
    version.stamp, version.phase, version.until = stamp, phase, until
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
