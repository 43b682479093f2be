"""The e-mail addresses that mail servers refused for good: no further mail goes there.

Kept is a keyed hash (HMAC) of the address under the site's secret key, with the pledges and reports that name the
address, and it is deleted with them. Who gives the address anew, or asks for a link, is sent one more mail: the mailbox
may have been repaired. When a server takes that mail, the refusal is forgotten (docs/decisions/0026-bounces.md).
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from ua_tracker.mail_failures import AddressRefused
from ua_tracker.mailboxes import OF_ACCOUNTS, email_key
from ua_tracker.models import Action, Pledge, RefusedAddress, Report
from ua_tracker.outbox import Claimed

# Mails that somebody asks for by giving the address; all others the site sends by itself.
ASKED_FOR = frozenset(
    {"pledge_made", "second_pledge", "link_again", "new_address", "report_made", "report_link"} | {*OF_ACCOUNTS}
) - {"wrong_tries"}
AGAIN_AFTER = timedelta(hours=1)
LONGEST_STATUS = 12


def hashed(address: str, secret: str) -> str:
    """The hash of the address under this secret key: 64 hexadecimal digits, the same for each of its spellings."""
    return hmac.digest(secret.encode(), b"refused address\0" + (email_key(address) or "").encode(), "sha256").hex()


def find(session: Session, address: str, secrets: Sequence[str]) -> RefusedAddress | None:
    """What is known of the refusal of this address; None if it was never refused, or has taken a mail since."""
    refused = select(RefusedAddress).where(RefusedAddress.address_hash.in_([hashed(address, one) for one in secrets]))
    return session.scalar(refused.order_by(RefusedAddress.refused_at.desc(), RefusedAddress.id.desc()).limit(1))


def is_kept_back(session: Session, kind: str, address: str, secrets: Sequence[str], now: datetime) -> bool:
    """Whether a mail of this kind must not go to the address. One that was asked for may go, once an hour."""
    refused = find(session, address, secrets)
    if refused is None:
        return False
    return kind not in ASKED_FOR or now < refused.refused_at + AGAIN_AFTER


def note_try(session: Session, mail: Claimed, failure: Exception | None, secrets: Sequence[str], now: datetime) -> None:
    """Remembers what the try to send a mail says of its address: refused for good, or taken again."""
    if isinstance(failure, AddressRefused):
        note(session, mail.address, failure.status, secrets, now)
    elif failure is None and find(session, mail.address, secrets) is not None:
        allow(session, mail.address, secrets)


def note(session: Session, address: str, status: str, secrets: Sequence[str], now: datetime) -> None:
    """Remembers that the address was refused with this status (RFC 3463), for each pledge and report that names it."""
    allow(session, address, secrets)
    pledges, reports = _holders(session, address)
    holders = [{"pledge_id": number} for number in pledges] + [{"report_id": number} for number in reports]
    for holder in holders or [{}]:
        add(session, hashed(address, secrets[0]), status, now, **holder)


def add(session: Session, address_hash: str, status: str, now: datetime, **holder: int) -> None:
    """Remembers the refusal of the address with this hash, for one holder or for none."""
    status = status[:LONGEST_STATUS]
    session.add(RefusedAddress(address_hash=address_hash, status=status, refused_at=now, **holder))
    session.flush()


def allow(session: Session, address: str, secrets: Sequence[str]) -> None:
    """Forgets that the address was refused."""
    forget(session, RefusedAddress.address_hash.in_([hashed(address, one) for one in secrets]))


def are_known(session: Session) -> bool:
    """Whether any refusal is remembered."""
    return session.scalar(select(RefusedAddress.id).limit(1)) is not None


def allow_all(session: Session) -> int:
    """Forgets every refusal; returns the number of addresses."""
    number = session.scalar(select(func.count(RefusedAddress.address_hash.distinct()))) or 0
    forget(session, RefusedAddress.id.is_not(None))
    return number


def of_pledge() -> ColumnElement[bool]:
    """Whether the address of a pledge was refused."""
    return exists().where(RefusedAddress.pledge_id == Pledge.id)


def count(session: Session, action: Action, scope: int | None) -> int:
    """The number of addresses of standing pledges and reports of the action that were refused.

    `scope` is the id of the only group that is counted, None for all.
    """
    # One row is looked up for each refusal: IN would read all rows of the action first.
    of_pledge = _in_scope(Pledge, action, scope, Pledge.id == RefusedAddress.pledge_id, Pledge.withdrawn_at.is_(None))
    of_report = _in_scope(Report, action, scope, Report.id == RefusedAddress.report_id)
    holders = or_(of_pledge.exists(), of_report.exists())
    return session.scalar(select(func.count(RefusedAddress.address_hash.distinct())).where(holders)) or 0


def lead_to(session: Session, gone: Report, fresh: Report) -> None:
    """Lets the refusal belong to the report that replaces another."""
    of_gone = update(RefusedAddress).where(RefusedAddress.report_id == gone.id)
    session.execute(of_gone.values(report_id=fresh.id).execution_options(synchronize_session=False))


def forget_of(session: Session, pledges: Any = (), reports: Any = ()) -> None:
    """Deletes what is remembered of the addresses of these pledges and reports, given by their ids."""
    forget(session, or_(RefusedAddress.pledge_id.in_(pledges), RefusedAddress.report_id.in_(reports)))


def forget_of_nobody(session: Session, before: datetime) -> None:
    """Deletes refusals until this instant of addresses that no pledge or report names, as those of coordinators."""
    of_nobody = (RefusedAddress.pledge_id.is_(None), RefusedAddress.report_id.is_(None))
    forget(session, *of_nobody, RefusedAddress.refused_at <= before)


def forget(session: Session, *which: ColumnElement[bool]) -> None:
    """Deletes these rows."""
    session.execute(delete(RefusedAddress).where(*which).execution_options(synchronize_session=False))


def _in_scope(table: type[Pledge] | type[Report], action: Action, scope: int | None, *which: Any) -> Any:
    of_group = (table.group_id == scope,) if scope is not None else ()
    return select(table.id).where(table.action_id == action.id, table.voided_at.is_(None), *of_group, *which)


def _holders(session: Session, address: str) -> tuple[list[int], list[int]]:
    """The ids of the pledges and the reports that name the address."""
    key = email_key(address)
    pledges = session.scalars(select(Pledge.id).where(Pledge.email_key == key, Pledge.email.is_not(None)))
    reports = session.scalars(select(Report.id).where(Report.email_key == key))
    return list(pledges), list(reports)
