"""What supporters do with reports of their own, through a private link: read, take back, correct, release them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ua_tracker import (
    deadlines,
    evening_tallies,
    groups,
    held_notices,
    private_links,
    refusals,
    refused_addresses,
    search_words,
    totals,
    trust,
)
from ua_tracker.deadlines import Dated
from ua_tracker.letters import reporting
from ua_tracker.letters.lines import lines_of, sums
from ua_tracker.letters.reporting import Sending
from ua_tracker.models import Action, Pledge, Recipient, Report, ReportLine
from ua_tracker.private_links import Holder
from ua_tracker.totals import Tally
from ua_tracker.trust import Arrival, Thresholds
from ua_tracker.webhooks import events

# The reasons of reports that a supporter took back or corrected. The office cannot undo these.
UNDONE, CORRECTED = "undone by the one who reported it", "corrected by the one who reported it"
# What a report no longer says once another has replaced it, or its supporter is forgotten.
UNKNOWN: dict[str, Any] = {
    "name": None,
    "name_key": "",
    "email": None,
    "email_key": None,
    "source": None,
    "mail_domain": None,
}


def reports_of(session: Session, holder: Holder) -> list[Report]:
    """The standing reports of a pledge, newest first; of a report without a pledge, itself while it stands."""
    whose = Report.id if isinstance(holder, Report) else Report.pledge_id
    standing = select(Report).where(whose == holder.id, Report.voided_at.is_(None))
    return list(session.scalars(standing.order_by(Report.reported_at.desc(), Report.id.desc())))


def reported_for(session: Session, pledge: Pledge) -> Tally:
    """The number of letters and copies in the pledge's standing reports."""
    rows = session.execute(
        select(Recipient.kind, func.sum(ReportLine.letters))
        .join(ReportLine, ReportLine.recipient_id == Recipient.id)
        .join(Report, Report.id == ReportLine.report_id)
        .where(Report.pledge_id == pledge.id, Report.voided_at.is_(None))
        .group_by(Recipient.kind)
    )
    by_kind = dict(rows.all())
    return Tally(letters_sent=by_kind.get("target", 0), copies_sent=by_kind.get("copy", 0))


def sent_to(session: Session, pledge: Pledge) -> dict[int, int]:
    """The number of letters to each recipient in the pledge's standing reports, by recipient id."""
    rows = session.execute(
        select(ReportLine.recipient_id, func.sum(ReportLine.letters))
        .join(Report, Report.id == ReportLine.report_id)
        .where(Report.pledge_id == pledge.id, Report.voided_at.is_(None))
        .group_by(ReportLine.recipient_id)
    )
    return {recipient: int(letters) for recipient, letters in rows}


def undo(session: Session, entry: Report, now: datetime, *, actor: str = "supporter") -> None:
    """Voids a report at the request of who made it, while letters may be reported. Raises ReportingClosed."""
    deadlines.require_reporting(session.get_one(Action, entry.action_id), now)
    reporting.void(session, entry, UNDONE, now, actor=actor, is_own=True)


def is_taken_back(entry: Report) -> bool:
    """Whether its supporter took the report back, so that it can be made again."""
    return entry.voided_at is not None and entry.void_reason == UNDONE


def correct(
    session: Session,
    action: Dated,
    entry: Report,
    sending: Sending,
    *,
    once_key: str,
    now: datetime,
    arrival: Arrival | None = None,
) -> Report:
    """Replaces a report by another at the supporter's request, and makes its private links lead to the new one.

    The old one is voided in the same transaction, and no longer has name and address. The new one keeps its pledge,
    its evening and the way it came, and is held if the old one is. Further letters are weighed as those of a new
    report. Also makes a report again that its supporter took back. Idempotent as `report`, and raises what it raises;
    also ReportEnded for a report that the office voided.
    """
    earlier = reporting.reported_under(session, once_key, sending)
    if earlier is not None:
        return earlier
    deadlines.require_reporting(action, now)
    deadlines.require_sent_on(action, sending.sent_on, now)
    lines = lines_of(session, action.id, sending.letters)
    evening_tallies.lock(session, entry.evening_id)
    session.refresh(entry, with_for_update={"of": Report})
    if entry.voided_at is not None and not is_taken_back(entry):
        raise refusals.ReportEnded()
    fresh = reporting.entry_of(action, sending, _group_of(session, entry, sending), once_key, now)
    fresh.letters = sums(lines)[0]
    _take_over(session, fresh, entry, sums(lines), arrival, now)
    reporting.void(session, entry, CORRECTED, now, actor="supporter", is_own=True)
    kept = reporting.added(session, fresh, lines, once_key, sending)
    session.execute(update(Report).where(Report.id == entry.id).values(UNKNOWN))  # no link leads to it any more
    search_words.forget(session, Report, Report.id == entry.id)
    private_links.lead_to(session, entry, kept)
    refused_addresses.lead_to(session, entry, kept)
    held_notices.tell_office_of(session, kept, now)
    events.tell_new(session, kept, now, has_hooks=kept is fresh)
    return kept


def _group_of(session: Session, entry: Report, sending: Sending) -> int | None:
    """The group that was chosen: at an evening it stays the evening's, and a retired group can be kept."""
    is_kept = entry.evening_id is not None or (entry.group is not None and entry.group.slug == sending.group)
    if is_kept:
        return entry.group_id
    return groups.find_id(session, sending.group) if sending.group else None


def _take_over(
    session: Session, fresh: Report, entry: Report, numbers: tuple[int, int], arrival: Arrival | None, now: datetime
) -> None:
    """Makes the fresh report, with these numbers of letters to targets and copies, stand as the one it replaces."""
    fresh.pledge_id, fresh.by_link, fresh.evening_id = entry.pledge_id, entry.by_link, entry.evening_id
    fresh.api_key_id, fresh.released_in, fresh.held_for = entry.api_key_id, entry.released_in, entry.held_for
    before = _numbers(entry) if entry.voided_at is None else (0, 0)
    more, further = max(0, max(numbers) - max(before)), (numbers[0] - before[0], numbers[1] - before[1])
    grows = more > 0 or (entry.evening_id is not None and max(further) > 0)  # an evening limits letters and copies each
    if grows and not entry.is_held:
        trust.weigh(session, fresh, more, _at_evening(session, entry, further, arrival), now, whole=max(numbers))
        return
    fresh.source, fresh.mail_domain = entry.source, entry.mail_domain
    fresh.is_held = entry.is_held


def _numbers(entry: Report) -> tuple[int, int]:
    """The letters to targets and the copies of a report."""
    return sums({line.recipient: line.letters for line in entry.lines})


def _at_evening(session: Session, entry: Report, further: tuple[int, int], arrival: Arrival | None) -> Arrival | None:
    """Further letters of an evening's report count within the number of that evening, also after its end."""
    if entry.evening_id is None or arrival is None:
        return arrival
    return replace(arrival, admitted=evening_tallies.admit(session, entry.evening_id, *further))


def release_own(session: Session, holder: Holder, now: datetime, limits: Thresholds | None = None) -> None:
    """Releases the held reports of a pledge, or a held report without one: who asks has opened a link that was mailed.

    Raises NotProven without an e-mail address, whose link was shown to whoever reported, and TooMuchForOneMailbox for
    more letters than these limits let one mailbox vouch for. Releases all or none.
    """
    if holder.email is None:
        raise refusals.NotProven()
    entries = reports_of(session, holder)
    evening_tallies.lock(session, *(entry.evening_id for entry in entries))
    for entry in entries:
        session.refresh(entry, with_for_update={"of": Report})
        if entry.is_held and entry.voided_at is None:
            numbers, copies = _numbers(entry), _numbers(entry)[1]
            trust.require_vouched(session, entry, max(numbers), holder.email, limits, now)
            before, entry.is_held, entry.released_in = totals.of_report(entry, copies), False, None
            session.flush()
            change = totals.of_report(entry, copies) + -before
            reporting.count(session, entry, change)
            events.tell_moved(session, entry, True, now)
