"""Pledges: promises of a number of letters for an action, made before its deadline.

`making.py` makes and voids them, `readdressing.py` puts a wrong e-mail address right, `own.py` is for supporters who
have a private link.
"""

from ua_tracker.mailboxes import email_key
from ua_tracker.pledges.making import Wish, find_or_make, link_under, mail_links, make, make_discreetly, void
from ua_tracker.pledges.own import (
    change,
    change_who,
    confirm_email,
    release_own,
    restore,
    want_email,
    want_mails,
    withdraw,
)
from ua_tracker.pledges.readdressing import readdress

__all__ = [
    "Wish",
    "change",
    "change_who",
    "confirm_email",
    "email_key",
    "find_or_make",
    "link_under",
    "mail_links",
    "make",
    "make_discreetly",
    "readdress",
    "release_own",
    "restore",
    "void",
    "want_email",
    "want_mails",
    "withdraw",
]
