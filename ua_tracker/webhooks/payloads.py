"""Makes the body of a message when it is sent, from the rows as they are then.

So nothing that was erased meanwhile is sent, and what waits holds no person. The numbers of the event itself are those
of its instant, the running totals those of the sending.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from ua_tracker import deadlines, tally
from ua_tracker.models import Action, Group, Pledge, Report, Webhook, WebhookMessage
from ua_tracker.totals import Tally
from ua_tracker.webhooks.events import CLOSED, HELD, OUTCOME, RELEASED, REOPENED, TAKEN_BACK

Address = Callable[[Action], str]
_WITHOUT_PERSON = (HELD, RELEASED, TAKEN_BACK)


def body(session: Session, hook: Webhook, message: WebhookMessage, address: Address, now: datetime) -> str:
    """The message as JSON: `type`, `timestamp` (when it happened) and `data`. `address` gives an action's URL."""
    data = _data(session, hook, message, address, now)
    told = {"type": message.kind, "timestamp": _instant(message.at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _data(session: Session, hook: Webhook, message: WebhookMessage, address: Address, now: datetime) -> dict[str, Any]:
    action = session.get(Action, message.action_id) if message.action_id is not None else None
    if action is None:
        return {}
    data: dict[str, Any] = {"action": _action(action, address, now), **message.facts}
    group = session.get(Group, message.group_id) if message.group_id is not None else None
    row = _row(session, message)
    if row is not None:
        data |= {"group": group.slug if group else None, "letters": message.letters, **_of_row(row)}
        if hook.gives_people and _may_name(message, row):
            data["person"] = _person(row, _pledge_of(session, hook, row))
    if message.kind in (CLOSED, REOPENED, OUTCOME):
        data["outcome"] = action.outcome
    data["totals"] = _totals(tally.read(session, action.id))
    if (shown := group or hook.group) is not None:
        data["group_totals"] = {"group": shown.slug, **_totals(tally.read_group(session, action.id, shown.id))}
    data["as_of"] = _instant(now)
    return data


def _action(action: Action, address: Address, now: datetime) -> dict[str, Any]:
    closes, over = deadlines.closes_at(action), deadlines.reporting_closes_at(action)
    return {
        "slug": action.slug,
        "ua_number": action.case.ua_number if action.case else None,
        "ai_index": action.ai_index,
        "title": action.title,
        "url": address(action),
        "state": deadlines.state(action, now).value,
        "deadline": action.deadline.isoformat() if action.deadline else None,
        "timezone": action.timezone,
        "closes_at": _instant(closes) if closes else None,
        "reporting_closes_at": _instant(over) if over else None,
        "goal": action.goal,
    }


def _row(session: Session, message: WebhookMessage) -> Pledge | Report | None:
    if message.pledge_id is not None:
        return session.get(Pledge, message.pledge_id)
    return session.get(Report, message.report_id) if message.report_id is not None else None


def _of_row(row: Pledge | Report) -> dict[str, Any]:
    if isinstance(row, Pledge):
        return {"pledge": row.id}
    return {
        "report": row.id,
        "pledge": row.pledge_id,
        "channel": row.channel,
        "sent_on": row.sent_on.isoformat(),
        "recipients": [
            {"kind": line.recipient.kind, "name": line.recipient.title, "letters": line.letters} for line in row.lines
        ],
    }


def _may_name(message: WebhookMessage, row: Pledge | Report) -> bool:
    """Whether the message may name the person: never of a row that is held, or no longer stands."""
    stands = row.voided_at is None and (isinstance(row, Report) or row.withdrawn_at is None)
    return stands and not row.is_held and message.kind.rpartition(".")[2] not in _WITHOUT_PERSON


def _pledge_of(session: Session, hook: Webhook, row: Pledge | Report) -> Pledge | None:
    """The pledge that says more of the person, unless it belongs to a group that this webhook is not told of."""
    if isinstance(row, Pledge):
        return row
    pledge = session.get(Pledge, row.pledge_id) if row.pledge_id is not None else None
    is_seen = pledge is not None and hook.group_id in (None, pledge.group_id)
    return pledge if is_seen else None


def _person(row: Pledge | Report, pledge: Pledge | None) -> dict[str, Any]:
    """Name, address, language and consent. A report without a pledge has no language, and asks for no mail."""
    return {
        "name": row.name or (pledge.name if pledge else None),
        "email": row.email or (pledge.email if pledge else None),
        "language": pledge.language if pledge else None,
        "wants_outcome": pledge is not None and pledge.wants_outcome and pledge.mails_stopped_at is None,
    }


def _totals(numbers: Tally) -> dict[str, int]:
    names = ("pledges", "letters_pledged", "letters_sent", "copies_sent")
    return {name: getattr(numbers, name) for name in names}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
