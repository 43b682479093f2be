"""Who may sign in, what may they see, and how do they come to a password and lose it again?

`people.py` knows who coordinates and what they see; `ways_in.py` knows invitations, links, passwords and sessions.
"""

from ua_tracker.coordinators.people import (
    actor_of,
    add,
    find,
    find_or_none,
    held,
    is_first_start,
    listing,
    may_see,
    named,
    numbered,
    of_session,
    remove,
    require_group,
    seen_group,
)
from ua_tracker.coordinators.ways_in import (
    INVITATION_DAYS,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    change_password,
    choose_password,
    end_sessions,
    find_link,
    hand_out_password,
    invite,
    invite_by_mail,
    locked_out,
    mail_reset,
    require_good_password,
    reset_link,
    signed_in,
)

__all__ = [
    "INVITATION_DAYS", "LONGEST_PASSWORD", "SHORTEST_PASSWORD", "actor_of", "add", "change_password",
    "choose_password", "end_sessions", "find", "find_link", "find_or_none", "hand_out_password", "held", "invite",
    "invite_by_mail", "is_first_start", "listing", "locked_out", "mail_reset", "may_see", "named", "numbered",
    "of_session", "remove", "require_good_password", "require_group", "reset_link", "seen_group", "signed_in",
]  # fmt: skip
