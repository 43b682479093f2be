"""How often shall open pages ask? As seldom as the load of this process wants it."""

import time
from dataclasses import dataclass, field


@dataclass
class Tempo:
    """How often pages shall ask: every 5 s, and less often while this process has much to answer.

    The steps down lie far below the steps up, since a longer interval lowers the very rate it depends on.
    """

    steps: tuple[tuple[int, int, int], ...] = ((5, 0, 250), (15, 40, 500), (60, 60, 1 << 30))
    window: float = 5.0
    _step: int = 0
    _count: int = 0
    _since: float = field(default_factory=time.monotonic)

    def interval(self, at: float) -> int:
        """Counts one request at this monotonic second; answers the interval in seconds."""
        self._count += 1
        if at - self._since >= self.window:
            rate = self._count / (at - self._since)
            _, low, high = self.steps[self._step]
            self._step += (rate > high) - (rate < low)
            self._count, self._since = 0, at
        return self.steps[self._step][0]
