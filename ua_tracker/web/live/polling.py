"""How often shall open pages ask? As seldom as the load of this process wants it."""

import time
from dataclasses import dataclass, field

SHORTEST = 5
# Seconds between two requests of a page, and the requests a second below and above which another step is taken.
STEPS = ((SHORTEST, 0, 250), (15, 40, 500), (60, 60, 1 << 30))


@dataclass
class PollInterval:
    """How often pages shall ask: every 5 s, and less often while this process has much to answer.

    The rates that lead to a shorter interval lie far below those that lead to a longer one, since a longer interval
    lowers the very rate it depends on.
    """

    window: float = 5.0
    _step: int = 0
    _count: int = 0
    _since: float = field(default_factory=time.monotonic)

    def seconds(self, at: float) -> int:
        """Counts one request at this monotonic second; answers the interval in seconds."""
        self._count += 1
        if at - self._since >= self.window:
            rate = self._count / (at - self._since)
            _, low, high = STEPS[self._step]
            self._step += (rate > high) - (rate < low)
            self._count, self._since = 0, at
        return STEPS[self._step][0]
