"""What supporters do with a pledge of their own, through its private link: change, withdraw, restore, release it."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import (
    deadlines,
    groups,
    held_notices,
    letters,
    mailboxes,
    name_search,
    private_links,
    refusals,
    refused_addresses,
    search_words,
    tally,
    totals,
    trust,
)
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Action, Pledge
from ua_tracker.pledges import making
from ua_tracker.trust import Arrival, Thresholds
from ua_tracker.webhooks import events


def change(
    session: Session,
    action: Action,
    pledge: Pledge,
    *,
    letters: int,
    write_on: date | None,
    now: datetime,
    arrival: Arrival | None = None,
) -> None:
    """Changes the number of letters (1 to 500) and the day for writing; the tallies change by the difference.

    Further letters are weighed as those of a new pledge, so that the whole pledge can be held (ua_tracker/trust/).
    Raises PledgingLocked from the closing instant on, WriteOnOutside, PledgeEnded for a withdrawn or void pledge.
    """
    deadlines.require_open(action, now)
    if write_on is not None:
        deadlines.require_write_on(action, write_on, now)
    _lock_standing(session, pledge)
    before, more, old = totals.of_pledge(pledge), letters - pledge.letters, (pledge.letters, pledge.is_held)
    pledge.letters, pledge.write_on = letters, write_on
    if more > 0 and not pledge.is_held:
        trust.weigh(session, pledge, more, arrival, now, whole=letters)
    session.flush()
    if pledge.is_held != old[1]:
        held_notices.tell_office_of(session, pledge, now)
    if more:
        tally.move(session, pledge.action_id, pledge.group_id, totals.of_pledge(pledge) + -before, pledge.made_at)
        _tell_letters(session, pledge, *old, now)


def _tell_letters(session: Session, pledge: Pledge, letters: int, was_held: bool, now: datetime) -> None:
    if pledge.is_held != was_held:
        events.tell_moved(session, pledge, was_held, now)
    elif not pledge.is_held:
        events.tell_row(session, pledge, events.CHANGED, now, letters_before=letters)


def change_who(
    session: Session, action: Action, pledge: Pledge, *, name: str | None, group: str | None, now: datetime
) -> None:
    """Changes the name and the local group (a slug); the tallies of both groups change.

    Reports keep the group that they were sent with. Raises ReportingClosed, NoSuchGroup, PledgeEnded.
    """
    deadlines.require_reporting(action, now)
    _lock_standing(session, pledge)
    before = pledge.group_id
    if group != (pledge.group.slug if pledge.group else None):  # a retired group can be kept
        pledge.group_id = groups.find_id(session, group) if group else None
    pledge.name, pledge.name_key = name, name_search.key(name)
    session.flush()
    search_words.replace(session, pledge)
    if pledge.group_id != before:
        tally.move(session, pledge.action_id, before, -totals.of_pledge(pledge), pledge.made_at)
        tally.move(session, pledge.action_id, pledge.group_id, totals.of_pledge(pledge), pledge.made_at)
        session.refresh(pledge, ["group"])
    events.tell_who(session, pledge, before, now)


def want_mails(session: Session, pledge: Pledge, *, outcome: bool, next_issue: bool, now: datetime) -> None:
    """Sets whether mails tell what came of the action, and if its case needs letters again. Raises PledgeEnded."""
    _lock_standing(session, pledge)
    pledge.wants_outcome, pledge.wants_next = outcome, next_issue
    session.flush()
    events.tell_person(session, pledge, now)


def release_own(session: Session, pledge: Pledge, now: datetime, limits: Thresholds | None = None) -> None:
    """Releases a held pledge and its held reports: its owner opened the link that was mailed and pressed the button.

    Raises PledgeEnded, NotProven without an e-mail address, whose link was shown to whoever made the pledge, and
    TooMuchForOneMailbox for more letters than these limits let one mailbox vouch for. Releases all or nothing.
    """
    _lock_standing(session, pledge)
    if pledge.email is None:
        raise refusals.NotProven()
    if pledge.is_held:
        trust.require_vouched(session, pledge, pledge.letters, pledge.email, limits, now)
    before, was_held = totals.of_pledge(pledge), pledge.is_held
    if was_held:
        pledge.is_held, pledge.released_in = False, None
    session.flush()
    tally.move(session, pledge.action_id, pledge.group_id, totals.of_pledge(pledge) + -before, pledge.made_at)
    events.tell_moved(session, pledge, was_held, now)
    letters.release_own(session, pledge, now, limits)


def withdraw(session: Session, pledge: Pledge, now: datetime) -> None:
    """Withdraws the pledge, also after the deadline; updates the tallies. Raises PledgeEnded if it has ended."""
    _lock_standing(session, pledge)
    pledge.withdrawn_at = now
    session.flush()
    tally.move(session, pledge.action_id, pledge.group_id, -totals.of_pledge(pledge), pledge.made_at)
    events.tell_gone(session, pledge, now)


def restore(session: Session, action: Action, pledge: Pledge, now: datetime) -> None:
    """Undoes `withdraw` for as long as letters may be reported; updates the tallies.

    The mail after the deadline has a button to take the promise back too. Does nothing for a pledge that stands. Raises
    ReportingClosed, AlreadyPledged when the address has another pledge by now, PledgeEnded for a void pledge.
    """
    deadlines.require_reporting(action, now)
    session.refresh(pledge, with_for_update={"of": Pledge, "key_share": True})
    if pledge.voided_at is not None:
        raise refusals.PledgeEnded()
    if pledge.withdrawn_at is None:
        return
    try:
        with session.begin_nested():
            pledge.withdrawn_at = None
            session.flush()
    except IntegrityError as clash:
        raise refusals.AlreadyPledged() from clash
    tally.move(session, pledge.action_id, pledge.group_id, totals.of_pledge(pledge), pledge.made_at)
    events.tell_new(session, pledge, now, has_hooks=True)


def want_email(
    session: Session, pledge: Pledge, email: str, secret: str, now: datetime, language: str | None = None
) -> None:
    """Queues a mail that asks to confirm a new e-mail address; `confirm_email` then changes the pledge.

    The mail is in this language; without one in that of the pledge.

    So the page does not disclose which addresses have a pledge. A link to another unconfirmed address ends. Raises
    PledgeEnded.
    """
    _lock_standing(session, pledge)
    if email_key(pledge.email_wanted) != email_key(email):
        private_links.revoke(session, pledge, now, private_links.CONFIRM)
    pledge.email_wanted = email
    session.flush()
    private_links.mail_new_address(session, pledge, language or pledge.language, secret, now)


def confirm_email(session: Session, token: str, now: datetime) -> None:
    """Sets the pledge's e-mail address to the confirmed one, ends the link, and notifies the old address by mail.

    Does nothing if the link was used before. Raises as `private_links.find_confirmation`; AlreadyPledged when the
    address has another pledge, PledgeEnded.
    """
    link, pledge = private_links.find_confirmation(session, token, now)
    _lock_standing(session, pledge)
    session.refresh(link)
    link, pledge = private_links.find_confirmation(session, token, now)
    if link.used_at is not None:
        return
    wanted, old = str(pledge.email_wanted), pledge.email
    try:
        with session.begin_nested():
            pledge.email, pledge.email_key, pledge.email_wanted = wanted, email_key(wanted), None
            pledge.mail_domain = mailboxes.domain_of(wanted)
            session.flush()
    except IntegrityError as clash:
        raise refusals.AlreadyPledged() from clash
    link.used_at = now
    session.flush()
    search_words.replace(session, pledge)
    events.tell_person(session, pledge, now)
    refused_addresses.forget_of(session, pledges=[pledge.id])
    if old is not None and email_key(old) != email_key(wanted):
        private_links.mail_changed(session, pledge, old, link, now)


def _lock_standing(session: Session, pledge: Pledge) -> None:
    """Reads the row again and locks it, since the group may have been merged. Raises PledgeEnded."""
    session.refresh(pledge, with_for_update={"of": Pledge, "key_share": True})  # does not block new links to it
    if not making.is_standing(pledge):
        raise refusals.PledgeEnded()
