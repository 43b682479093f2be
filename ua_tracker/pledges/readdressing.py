"""Puts right the e-mail address of a pledge that was made a moment ago, while nobody can have used its link."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import forgetting, private_links
from ua_tracker.deadlines import Dated
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Pledge, Report
from ua_tracker.pledges import own
from ua_tracker.pledges.making import Wish, is_standing, make_discreetly


def readdress(session: Session, action: Dated, wish: Wish, *, instead_of: str, once_key: str, **how: Any) -> str | None:
    """Makes the pledge again with the wish's address, in place of that which the form made with the wrong one.

    The wrong mailbox keeps nothing: its link ends, and its mail, if it is still queued, is not sent. The answer and
    what it costs to wait for it tell nothing about either address, as those of `make_discreetly`, whose arguments these
    are; whoever has the form's key has made the pledge. One that was reported, changed to another address, or
    ended since stays as it is. Raises as `make_discreetly`.
    """
    wrong = _made_with(session, action, once_key, instead_of)
    token = make_discreetly(session, action, wish, once_key=once_key, **how)
    if wrong is not None and wrong.email_key != email_key(wish.email):
        own.withdraw(session, wrong, how["now"])
        forgetting.erase(session, wrong, how["now"])
    return token


def _made_with(session: Session, action: Dated, once_key: str, email: str) -> Pledge | None:
    """The pledge that the form with this key made with this address, locked, if nobody has used it since."""
    key = email_key(email)
    mine = select(Pledge).where(Pledge.once_key == private_links.hashed(f"{once_key} {key}"))
    found = session.scalar(mine.where(Pledge.action_id == action.id).with_for_update(of=Pledge, key_share=True))
    if found is None or not is_standing(found) or found.email_key != key:
        return None
    reported = select(Report.id).where(Report.pledge_id == found.id).limit(1)
    return None if session.scalar(reported) is not None else found
