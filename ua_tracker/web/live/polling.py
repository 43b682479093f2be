"""The poll interval of open pages: longer when this process has many requests."""

import time
from dataclasses import dataclass, field

SHORTEST = 5
# Seconds between two requests of a page, and the requests a second below which the interval becomes shorter and above
# which it becomes longer. A poll takes a fifth of a millisecond of a core, and a quarter of that where it is not read
# anew (ua_tracker/repeats.py).
STEPS = ((SHORTEST, 0, 750), (15, 120, 1_500), (60, 180, 1 << 30))


@dataclass
class PollInterval:
    """The poll interval: 5 s, and longer while this process has many requests.

    The rates that shorten the interval are far below those that lengthen it, because a longer interval lowers the rate
    of requests itself.
    """

    window: float = 5.0
    _step: int = 0
    _count: int = 0
    _since: float = field(default_factory=time.monotonic)

    def seconds(self, at: float) -> int:
        """Counts one request at this monotonic second; returns the interval in seconds."""
        self._count += 1
        if at - self._since >= self.window:
            rate = self._count / (at - self._since)
            _, low, high = STEPS[self._step]
            self._step += (rate > high) - (rate < low)
            self._count, self._since = 0, at
        return STEPS[self._step][0]
