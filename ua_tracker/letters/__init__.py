"""Reports of letters sent. Each report is a row that is never changed; a wrong one is voided.

`reporting.py` adds and voids reports, `walk_ins.py` those that are made in public, `entering.py` the total of an
evening, and `own.py` is for supporters who have a private link. `readdressing.py`, which is imported by its own name,
puts a wrong address right, and `sharing.py` divides letters among several targets.
"""

from ua_tracker.letters.entering import enter_evening
from ua_tracker.letters.own import (
    CORRECTED,
    UNDONE,
    UNKNOWN,
    correct,
    is_taken_back,
    release_own,
    reported_for,
    reports_of,
    sent_to,
    undo,
)
from ua_tracker.letters.reporting import (
    EveningTotal,
    Sending,
    Sent,
    report,
    reported_under,
    void,
)
from ua_tracker.letters.sharing import MOST_WAYS, ways_to_share
from ua_tracker.letters.walk_ins import link_of, link_under, mail_links, report_discreetly

__all__ = [
    "CORRECTED",
    "MOST_WAYS",
    "UNDONE",
    "UNKNOWN",
    "EveningTotal",
    "Sending",
    "Sent",
    "correct",
    "enter_evening",
    "is_taken_back",
    "link_of",
    "link_under",
    "mail_links",
    "release_own",
    "report",
    "report_discreetly",
    "reported_for",
    "reported_under",
    "reports_of",
    "sent_to",
    "undo",
    "void",
    "ways_to_share",
]
