"""Who promises how many letters? A pledge is a promise of letters to one action, made before its deadline."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import audit, deadlines, groups, private_links, refusals, tally
from ua_tracker.models import Action, Pledge
from ua_tracker.tally import Tally


@dataclass(frozen=True)
class Wish:
    """What a supporter asks for. `letters` from 1 to 500; `group` a slug; `language` en or fr."""

    name: str | None
    letters: int
    language: str
    email: str | None = None
    group: str | None = None
    write_on: date | None = None


def make(session: Session, action: Action, wish: Wish, *, once_key: str, token: str, now: datetime) -> Pledge:
    """The pledge made under this once-only key: new, or the one that an earlier try under the key made.

    `token` becomes the way back to a new pledge. Raises PledgingLocked from the closing instant on (UTC),
    AlreadyPledged for a second pledge from one e-mail address, NoSuchGroup, WriteOnOutside.
    """
    earlier = _made_under(session, once_key)
    if earlier is not None:
        return earlier
    deadlines.require_open(action, now)
    if wish.write_on is not None:
        deadlines.require_write_on(action, wish.write_on, now)
    group = groups.find(session, wish.group, to_write=True) if wish.group else None
    pledge = _pledge(action, wish, group.id if group else None, once_key, now)
    try:
        with session.begin_nested():
            session.add(pledge)
    except IntegrityError as clash:
        earlier = _made_under(session, once_key)
        if earlier is not None:
            return earlier
        if not _holds_pledge(session, action, pledge.email_key):
            raise
        raise refusals.AlreadyPledged() from clash
    private_links.issue(session, pledge.id, token, now)
    tally.move(session, action.id, pledge.group_id, Tally(pledges=1, letters_pledged=pledge.letters))
    return pledge


def void(session: Session, pledge: Pledge, reason: str, now: datetime, *, actor: str) -> None:
    """Takes a pledge out of the count for a reason that names nobody; the tally follows, the history says who did it.

    One that is void or withdrawn already stays as it is. Raises NoReason.
    """
    if not reason.strip():
        raise refusals.NoReason()
    session.refresh(
        pledge, with_for_update={"of": Pledge}
    )  # its group may have been merged, its letters changed meanwhile
    if pledge.voided_at is not None or pledge.withdrawn_at is not None:
        return
    slug = session.scalars(select(Action.slug).where(Action.id == pledge.action_id)).one()
    after = {"pledge": pledge.id, "letters": pledge.letters, "reason": reason}
    line = audit.note(session, actor=actor, deed="pledge voided", subject=slug, now=now, after=after)
    session.flush()
    pledge.voided_at, pledge.void_reason, pledge.voided_in = now, reason, line.id  # one UPDATE, see letters.void
    session.flush()
    tally.move(session, pledge.action_id, pledge.group_id, Tally(pledges=-1, letters_pledged=-pledge.letters))


def email_key(email: str | None) -> str | None:
    """The form in which two spellings of one mailbox are equal: case is folded, nothing else is guessed."""
    return email.strip().casefold() if email else None


def _made_under(session: Session, once_key: str) -> Pledge | None:
    return session.scalar(select(Pledge).where(Pledge.once_key == private_links.hashed(once_key)))


def _holds_pledge(session: Session, action: Action, key: str | None) -> bool:
    same = select(Pledge.id).where(Pledge.action_id == action.id, Pledge.email_key == key)
    standing = same.where(Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None))
    return key is not None and session.scalar(standing) is not None


def _pledge(action: Action, wish: Wish, group_id: int | None, once_key: str, now: datetime) -> Pledge:
    return Pledge(
        action_id=action.id,
        group_id=group_id,
        name=wish.name,
        email=wish.email,
        email_key=email_key(wish.email),
        letters=wish.letters,
        write_on=wish.write_on,
        language=wish.language,
        once_key=private_links.hashed(once_key),
        made_at=now,
    )
