"""The version of a response, and the token by which a page names the version that it shows."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import Response, request

from ua_tracker.revisions import RevisionStamp
from ua_tracker.web.live import polling

ENVIRON_KEY = "ua_tracker.live"
# For one second a shared cache may answer all who poll with one response; a browser asks each time.
SHARED_FOR_A_SECOND = "public, max-age=0, s-maxage=1"
_SECONDS = re.compile(r"[0-9]{1,6}")
_REVISION = re.compile(r"[0-9]{1,18}")


class FormKeys(NamedTuple):
    """The hidden keys of a form on a page, as they were rendered, and the purpose that the token is for."""

    purpose: str
    once_key: str
    token: str


class PageFacts(NamedTuple):
    """Until when a page is valid if nothing changes, and the keys of its form, if it has one."""

    until: datetime | None
    form: FormKeys | None


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
    page: PageFacts | None = None  # of a whole page, which has no version of its own

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
        return (content == self._content and seconds >= self.interval) or self._is_older_than(content)

    def _is_older_than(self, content: str) -> bool:
        """Whether the page shows a newer version, which it keeps.

        It can have come from another machine, if this one reads a replica of the database that lags behind.
        """
        *numbers, phase = content.split("-")
        if self.stamp is None or phase != self.phase or not all(_REVISION.fullmatch(number) for number in numbers):
            return False
        shown = tuple(int(number) for number in numbers)
        if len(shown) != len(self.stamp) or shown == self.stamp:
            return False
        return all(theirs >= ours for theirs, ours in zip(shown, self.stamp, strict=True))


def current() -> Version:
    """The version of this request's response. Its poll interval is 5 s unless the layer has set another."""
    version: Version = request.environ.setdefault(ENVIRON_KEY, Version(polling.SHORTEST))
    return version


def versioned(response: Response, stamp: RevisionStamp, phase: str, until: datetime | None) -> Response:
    """Sets the version of a kept view's response. A response without a version is not kept."""
    version = current()
    version.stamp, version.phase, version.until = stamp, phase, until
    response.headers.setdefault("Cache-Control", SHARED_FOR_A_SECOND)
    return response


def keep_page(until: datetime | None, form: FormKeys | None = None) -> None:
    """Lets the layer keep the page of this request's view (`kept_views.kept_page`)."""
    current().page = PageFacts(until, form)
