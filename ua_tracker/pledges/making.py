"""Makes and voids pledges, and mails the links to them."""

from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.orm import Session

from ua_tracker import (
    audit,
    deadlines,
    groups,
    held_notices,
    name_search,
    private_links,
    refusals,
    search_words,
    tally,
    totals,
    trust,
)
from ua_tracker.deadlines import Dated
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Action, Pledge
from ua_tracker.statements import Fixed, insert_new
from ua_tracker.trust import Arrival
from ua_tracker.webhooks import events

_UNDER_KEY = Fixed(select(Pledge.id).where(Pledge.once_key == bindparam("once_key", type_=String())))


@dataclass(frozen=True)
class Wish:
    """The values of a pledge form. `letters` is 1 to 500, `group` a slug, `language` en or fr."""

    name: str | None
    letters: int
    language: str
    email: str | None = None
    group: str | None = None
    write_on: date | None = None
    wants_outcome: bool = False


def make(
    session: Session,
    action: Dated,
    wish: Wish,
    *,
    once_key: str,
    token: str,
    now: datetime,
    arrival: Arrival | None = None,
) -> Pledge:
    """Adds a pledge. With an idempotency key that was used before, returns the pledge of the earlier request.

    `arrival` says how it came; a pledge that looks unlike people is held (ua_tracker/trust/).
    `token` becomes the private link of a new pledge; with an e-mail address, the mail with this link is queued.
    Raises PledgingLocked from the closing instant on, AlreadyPledged for a second pledge with the same e-mail
    address, NoSuchGroup, WriteOnOutside; PledgedBefore when the earlier request had other values, PledgeTakenBack
    when its pledge was withdrawn or voided.
    """
    return _made(session, action, wish, once_key, token, now, arrival)[0]


def _made(
    session: Session, action: Dated, wish: Wish, once_key: str, token: str, now: datetime, arrival: Arrival | None
) -> tuple[Pledge, bool]:
    """The pledge, and whether it was made just now. Raises as `make`."""
    earlier = _made_under(session, once_key, wish)
    if earlier is not None:
        return earlier, False
    _require_possible(action, wish, now)
    group_id = groups.find_id(session, wish.group) if wish.group else None
    pledge = _pledge(action, wish, group_id, once_key, now)
    trust.weigh(session, pledge, pledge.letters, arrival, now)
    if not insert_new(session, pledge):
        earlier = _made_under(session, once_key, wish)
        if earlier is not None:
            return earlier, False
        raise refusals.AlreadyPledged()
    search_words.put(session, pledge)
    private_links.issue(session, pledge, token, now)
    private_links.mail_first(session, pledge, once_key, now)
    tally.move(session, action.id, pledge.group_id, totals.of_pledge(pledge), deadlines.today(action, now))
    held_notices.tell_office_of(session, pledge, now)
    events.tell_new(session, pledge, now, has_hooks=events.has_hooks(action))
    return pledge, True


def void(session: Session, pledge: Pledge, reason: str, now: datetime, *, actor: str) -> None:
    """Voids a pledge; updates the tallies and adds an event to the history.

    The reason must not name a person, since the history is kept. Does nothing for a void or withdrawn pledge. Raises
    NoReason.
    """
    if not reason.strip():
        raise refusals.NoReason()
    session.refresh(pledge, with_for_update={"of": Pledge})  # group and letters may have changed since it was read
    if pledge.voided_at is not None or pledge.withdrawn_at is not None:
        return
    slug = session.scalars(select(Action.slug).where(Action.id == pledge.action_id)).one()
    after = {"pledge": pledge.id, "letters": pledge.letters, "reason": reason}
    line = audit.note(session, actor=actor, event="pledge voided", subject=slug, now=now, after=after)
    session.flush()
    pledge.voided_at, pledge.void_reason, pledge.voided_in = now, reason, line.id  # one UPDATE, see letters.void
    session.flush()
    tally.move(session, pledge.action_id, pledge.group_id, -totals.of_pledge(pledge), pledge.made_at)
    events.tell_gone(session, pledge, now)


def make_discreetly(session: Session, action: Dated, wish: Wish, **how: Any) -> str | None:
    """Adds a pledge without disclosing whether the e-mail address has one already.

    Without an e-mail address it returns the token of the private link, to be shown on the page. With one it returns
    None: the link is sent to that mailbox only. A second pledge with the same address gets the same response as a
    first one, and the owner of the mailbox gets a mail about the existing pledge. `how` are the keyword arguments of
    `find_or_make`, and what it raises is raised.

    PledgedBefore is raised only without an e-mail address: it would disclose whether the first use of the form made a
    pledge, and so whether the address had one. For the same reason a retry with an e-mail address is checked against
    the deadline like a first request. The public total, which changes with a first pledge only, is an exception
    (docs/decisions/0008-outbox.md).
    """
    return find_or_make(session, action, wish, **how)[1]


def find_or_make(
    session: Session,
    action: Dated,
    wish: Wish,
    *,
    once_key: str,
    secrets: list[str],
    now: datetime,
    arrival: Arrival | None = None,
) -> tuple[int | None, str | None]:
    """As `make_discreetly`, with the id of the pledge before the token: None where the address has another pledge.

    `secrets` are the site's secret keys, the newest first; tokens are derived from the newest.
    """
    if wish.email:
        _require_possible(action, wish, now)
        once_key = f"{once_key} {email_key(wish.email)}"
    try:
        pledge, is_new = _made_anyway(session, action, wish, once_key, secrets[0], now, arrival)
    except refusals.AlreadyPledged:
        standing = session.scalars(standing_for(action, email_key(wish.email))).one()
        private_links.mail_again(session, standing, "second_pledge", wish.language, secrets[0], now)
        return None, None
    if wish.email or pledge.email:
        return pledge.id, None
    tokens = [private_links.token_for(once_key, secret) for secret in secrets]
    # An earlier one may have an older secret's.
    return pledge.id, tokens[0] if is_new else private_links.issued(session, pledge, tokens)


def _made_anyway(
    session: Session, action: Dated, wish: Wish, once_key: str, secret: str, now: datetime, arrival: Arrival | None
) -> tuple[Pledge, bool]:
    """As `_made`. With an e-mail address, also where the form was used for a different pledge before."""

    def made(key: str) -> tuple[Pledge, bool]:
        return _made(session, action, wish, key, private_links.token_for(key, secret), now, arrival)

    try:
        return made(once_key)
    except refusals.PledgedBefore:
        if not wish.email:
            raise
        return made(token_urlsafe(24))


def link_under(session: Session, once_key: str, secrets: list[str]) -> str | None:
    """The token of the private link that the form with this key showed for its pledge; None if it showed none."""
    known = _UNDER_KEY.first(session, once_key=private_links.hashed(once_key))
    pledge = session.get(Pledge, known[0]) if known else None
    return private_links.shown_for(session, pledge, once_key, secrets) if pledge else None


def mail_links(session: Session, action: Action | None, email: str, language: str, secret: str, now: datetime) -> None:
    """Queues a mail with a private link for each standing pledge of the address, in this action or in all."""
    key = email_key(email)
    for pledge in session.scalars(standing_for(action, key) if action else _standing(key)).all():
        private_links.mail_again(session, pledge, "link_again", language, secret, now)


def _require_possible(action: Dated, wish: Wish, now: datetime) -> None:
    deadlines.require_open(action, now)
    if wish.write_on is not None:
        deadlines.require_write_on(action, wish.write_on, now)


def _made_under(session: Session, once_key: str, wish: Wish) -> Pledge | None:
    """The pledge of an earlier request. Raises PledgedBefore if its values differ, PledgeTakenBack if it has ended."""
    known = _UNDER_KEY.first(session, once_key=private_links.hashed(once_key))
    earlier = session.get_one(Pledge, known[0]) if known else None
    if earlier is None or (is_standing(earlier) and _is_as_wished(earlier, wish)):
        return earlier
    raise refusals.PledgedBefore() if is_standing(earlier) else refusals.PledgeTakenBack()


def _is_as_wished(pledge: Pledge, wish: Wish) -> bool:
    group = pledge.group.slug if pledge.group else None
    made = (pledge.name, pledge.letters, pledge.email_key, pledge.write_on, group, pledge.wants_outcome)
    return made == (wish.name, wish.letters, email_key(wish.email), wish.write_on, wish.group, wish.wants_outcome)


def is_standing(pledge: Pledge) -> bool:
    """Whether the pledge is neither withdrawn nor void."""
    return pledge.withdrawn_at is None and pledge.voided_at is None


def _standing(key: str | None) -> Select[Pledge]:
    """The standing pledges of a mailbox; none for None."""
    of_mailbox = select(Pledge).where(Pledge.email_key == key, Pledge.email_key.is_not(None))
    return of_mailbox.where(Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None))


def standing_for(action: Dated, key: str | None) -> Select[Pledge]:
    """The standing pledge of a mailbox for this action."""
    return _standing(key).where(Pledge.action_id == action.id)


def _pledge(action: Dated, wish: Wish, group_id: int | None, once_key: str, now: datetime) -> Pledge:
    return Pledge(
        action_id=action.id,
        group_id=group_id,
        name=wish.name,
        name_key=name_search.key(wish.name),
        email=wish.email,
        email_key=email_key(wish.email),
        letters=wish.letters,
        write_on=wish.write_on,
        wants_outcome=wish.wants_outcome,
        language=wish.language,
        once_key=private_links.hashed(once_key),
        made_at=now,
    )
