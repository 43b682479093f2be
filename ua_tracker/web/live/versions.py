"""The version of a response, and the token by which a page names the version that it shows."""

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
    """The version of a response: the stamp at which it was rendered, and until when it is valid if nothing changes.

    `interval` is the poll interval in seconds, which the view writes into the page. `phase` is what changes with time
    alone, such as the state of the action.
    """

    interval: int
    stamp: RevisionStamp | None = None
    phase: str = ""
    until: datetime | None = None

    @property
    def token(self) -> str:
        """The version as a text. A page sends it with its next poll, and gets 204 when nothing has changed."""
        return f"{self._content}-{self.interval}"

    @property
    def _content(self) -> str:
        return "-".join(str(part) for part in (*(self.stamp or ()), self.phase))

    def is_shown_as(self, token: str) -> bool:
        """Whether a page with this token shows this version already.

        So does a page whose poll interval is longer than it could be now: it gets the shorter one with the next change.
        Otherwise two workers with different load would send a page from one interval to the other and back.
        """
        content, _, interval = token.rpartition("-")
        seconds = int(interval) if _SECONDS.fullmatch(interval) else 0
        return content == self._content and seconds >= self.interval


def current() -> Version:
    """The version of this request's response. Its poll interval is 5 s unless the layer has set another."""
    version: Version = request.environ.setdefault(ENVIRON_KEY, Version(polling.SHORTEST))
    return version


def versioned(response: Response, stamp: RevisionStamp, phase: str, until: datetime | None) -> Response:
    """Sets the version of a kept view's response. A response without a version is not kept."""
    version = current()
    version.stamp, version.phase, version.until = stamp, phase, until
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
