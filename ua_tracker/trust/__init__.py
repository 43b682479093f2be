"""Decides which reports and pledges are held: stored and thanked for, but not counted until they are released.

`arrivals.py` has how something arrived and the thresholds (settings HOLD_…), `rules.py` the reasons, `weighing.py`
decides. See docs/decisions/0016-held.md.
"""

from ua_tracker.trust.arrivals import USUAL, Arrival, Quota, Thresholds
from ua_tracker.trust.rules import OF_HELD_PLEDGE, OVER_EVENING, OVER_PROOF, OVER_QUOTA, REASONS, RULES
from ua_tracker.trust.weighing import forget, require_vouched, vouches, weigh

__all__ = [
    "OF_HELD_PLEDGE",
    "OVER_EVENING",
    "OVER_PROOF",
    "OVER_QUOTA",
    "REASONS",
    "RULES",
    "USUAL",
    "Arrival",
    "Quota",
    "Thresholds",
    "forget",
    "require_vouched",
    "vouches",
    "weigh",
]
