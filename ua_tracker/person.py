"""One person by e-mail address: everything that is stored under it, in all actions, and how it is erased.

For the office, when somebody asks what is known of them or asks to be erased (GDPR, articles 15 and 17).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ua_tracker import audit, coordinators, forgetting, mailboxes, outbox, private_links, refusals, refused_addresses
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Action, Coordinator, Mail, Pledge, RefusedAddress, Report

MOST = 500  # rows of a kind that are found at once
SUBJECT = "person"  # of the events in the history


@dataclass(frozen=True)
class Found:
    """What is stored under an address. `unconfirmed` are pledges whose owner wants to have the mails sent to it.

    `reports` are those that name the address, with or without a pledge. `mails` still have the address: they wait, or
    were given up. `sent` have only a code of it, kept for bounces, and `refused` say that its mailbox refused mails.
    Each list has at most MOST rows.
    """

    pledges: list[Pledge]
    reports: list[Report]
    unconfirmed: list[Pledge]
    mails: list[Mail]
    sent: list[Mail]
    refused: list[RefusedAddress]
    coordinators: list[Coordinator]

    @property
    def has_something_to_erase(self) -> bool:
        """Whether anything is found besides an account of a coordinator and the mails about it."""
        return any(self._to_erase)

    @property
    def _to_erase(self) -> tuple[Sequence[Any], ...]:
        of_supporter = self.refused if not self.coordinators else []  # else their mailbox may be that of the account
        return self.pledges, self.reports, self.unconfirmed, self.mails_of_supporter, self.sent, of_supporter

    @property
    def mails_of_supporter(self) -> list[Mail]:
        """The mails, without those about a coordinator's account."""
        return [mail for mail in self.mails if mail.kind not in mailboxes.OF_ACCOUNTS]

    @property
    def shown(self) -> str:
        """A hash that identifies exactly these rows. The form to erase them sends it back."""
        return hashlib.sha256(repr([sorted(row.id for row in part) for part in self._to_erase]).encode()).hexdigest()


def find(session: Session, address: str, secrets: Sequence[str]) -> Found:
    """Everything under this address, however it is spelled: in all actions, also what was withdrawn or taken back.

    `secrets` are the site's secret keys, under which codes of the address are kept.
    """
    key = email_key(address) or ""
    pledges = _rows(session, Pledge, Pledge.email_key == key)
    reports = _rows(session, Report, Report.email_key == key)
    waiting = session.execute(select(Pledge.id, Pledge.email_wanted).where(Pledge.email_wanted.is_not(None)))
    wanted = [number for number, other in waiting if email_key(other) == key]
    spelled = {address.strip(), key, *(row.email for row in (*pledges, *reports) if row.email)}
    of_mailbox = or_(Mail.mailbox == mailboxes.hashed(address), Mail.address.in_(spelled))
    mails = _rows(session, Mail, Mail.address.is_not(None), of_mailbox)
    codes = [refused_addresses.hashed(address, secret) for secret in secrets]
    return Found(
        pledges=pledges,
        reports=reports,
        unconfirmed=_rows(session, Pledge, Pledge.id.in_(wanted[:MOST])),
        mails=[mail for mail in mails if email_key(mail.address) == key],  # not those to another folder of the mailbox
        sent=_rows(session, Mail, Mail.recipient.in_(codes), Mail.kind.not_in(mailboxes.OF_ACCOUNTS)),
        refused=_rows(session, RefusedAddress, RefusedAddress.address_hash.in_(codes)),
        coordinators=_rows(session, Coordinator, Coordinator.email == coordinators.key(address)),
    )


def known(session: Session, found: Found) -> dict[str, Any]:
    """What is found, as JSON values. Of a pledge with another address only its action is named."""
    mine = {pledge.id for pledge in found.pledges}
    return {
        "pledges": [forgetting.known_of(session, pledge) for pledge in found.pledges],
        "reports": [forgetting.known_of(session, one) for one in found.reports if one.pledge_id not in mine],
        "unconfirmed": [session.get_one(Action, pledge.action_id).slug for pledge in found.unconfirmed],
        "mails": [
            {"kind": mail.kind, "queued_at": mail.queued_at.isoformat(), "language": mail.language}
            for mail in found.mails
        ],
        "sent": [{"kind": mail.kind, "queued_at": mail.queued_at.isoformat()} for mail in found.sent],
        "refused": [{"status": one.status, "refused_at": one.refused_at.isoformat()} for one in found.refused],
        "coordinator": [
            {"role": one.role, "group": one.group.slug if one.group else None, "may_sign_in": one.active}
            for one in found.coordinators
        ],
    }


def note_download(session: Session, found: Found, *, actor: str, now: datetime) -> None:
    """Adds an event to the history: somebody's data was downloaded. It does not say whose."""
    audit.note(session, actor=actor, event="person downloaded", subject=SUBJECT, now=now, after=_numbers(found))


def erase(
    session: Session, address: str, secrets: Sequence[str], *, reason: str, shown: str, actor: str, now: datetime
) -> Found:
    """Erases what is stored under the address, as `forgetting.erase` does for a supporter; returns what it was.

    Every number stays. A coordinator's account stays too. `shown` is that of the preview, and `secrets` are as for
    `find`. Raises NoReason, ReasonNamesSomebody, NothingStored, FoundOthers when something was stored or erased since
    the preview.
    """
    if not reason.strip():
        raise refusals.NoReason()
    if "@" in reason:
        raise refusals.ReasonNamesSomebody()
    found = find(session, address, secrets)
    if not found.has_something_to_erase:
        raise refusals.NothingStored()
    if found.shown != shown:
        raise refusals.FoundOthers()
    after = {**_numbers(found), "reason": reason}
    _erase_rows(session, found, now)
    outbox.forget_recipients(session, [mail.id for mail in found.sent])
    if not found.coordinators:
        refused_addresses.allow(session, address, secrets)
    audit.note(session, actor=actor, event="person erased", subject=SUBJECT, now=now, after=after)
    return found


def _erase_rows(session: Session, found: Found, now: datetime) -> None:
    emails = sorted({mail.address for mail in found.mails_of_supporter if mail.address})
    mine = {pledge.id for pledge in found.pledges}
    reports = [report for report in found.reports if report.pledge_id not in mine]  # the others go with their pledge
    for pledge in found.pledges:
        forgetting.erase(session, pledge, now)
    for pledge in (one for one in found.unconfirmed if one.id not in mine):
        private_links.revoke(session, pledge, now, private_links.CONFIRM)
        forgetting.forget_wanted(session, pledge, now)
        session.flush()
    for report in reports:
        forgetting.erase(session, report, now)
    outbox.forget_addresses(session, emails, now)


def _numbers(found: Found) -> dict[str, int]:
    return {"pledges": len(found.pledges), "reports": len(found.reports), "mails": len(found.mails_of_supporter)}


def _rows(session: Session, table: Any, *which: Any) -> list[Any]:
    return list(session.scalars(select(table).where(*which).order_by(table.id).limit(MOST)))
