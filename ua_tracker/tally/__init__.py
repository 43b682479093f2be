"""Tallies: stored totals per action and per group, so that the ledger (pledges, reports) is not counted each time.

`moving.py` changes and reads them, `checking.py` counts the ledger and corrects them. Those by day are in
ua_tracker/day_tallies.py and those of letter evenings in ua_tracker/evening_tallies.py; all are checked together.
"""

from ua_tracker.evening_tallies import EveningDifference
from ua_tracker.tally.checking import AnyDifference, DayDifference, Difference, check, check_one, recount
from ua_tracker.tally.moving import (
    begin,
    move,
    move_group_tallies,
    move_totals,
    read,
    read_all_groups,
    read_group,
    read_groups,
    read_of_group,
    read_with_revision,
    recount_days,
    touch,
    touch_all,
    touch_case,
)
from ua_tracker.totals import Tally

__all__ = [
    "AnyDifference",
    "DayDifference",
    "Difference",
    "EveningDifference",
    "Tally",
    "begin",
    "check",
    "check_one",
    "move",
    "move_group_tallies",
    "move_totals",
    "read",
    "read_all_groups",
    "read_group",
    "read_groups",
    "read_of_group",
    "read_with_revision",
    "recount",
    "recount_days",
    "touch",
    "touch_all",
    "touch_case",
]
