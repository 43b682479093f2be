"""Writes what happens for the webhooks that want to be told, in the transaction of the act itself.

One statement adds a message for each webhook that is on and wants this topic, this action and this group; nothing for a
practice copy. A site without webhooks does not even send it for a pledge or a report: the statement that reads the
action's dates says whether there is any (`HAS_HOOKS`).
"""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from ua_tracker.models import Action, Pledge, Report, Webhook, WebhookMessage, WebhookTopic
from ua_tracker.models.column_types import Instant
from ua_tracker.statements import Fixed

# Whether anybody is told of this action: a column for statements that read an action.
HAS_HOOKS = (
    select(Webhook.id)
    .where(Webhook.is_on, or_(Webhook.action_id.is_(None), Webhook.action_id == Action.id), Action.practice.is_(False))
    .exists()
    .label("has_hooks")
)
PLEDGE, REPORT, HELD, RELEASED = "pledge", "report", "held", "released"
EXTENDED, CLOSED, OUTCOME = "extended", "closed", "outcome"
CHANGED, TAKEN_BACK, ERASED, REOPENED, TOTALS, TEST = "changed", "taken_back", "erased", "reopened", "totals", "test"
_COLUMNS = (
    "hook_id", "message_id", "kind", "action_id", "group_id", "pledge_id", "report_id", "letters", "facts", "at",
    "due_at",
)  # fmt: skip
Table = type[Pledge] | type[Report]


def _bound(name: str, kind: Any) -> Any:
    return bindparam(name, type_=kind)


def _wanted_by(action_id: Any, topic: Any, of_group: ColumnElement[bool]) -> "Select[Any]":
    """A webhook for each row: those that are on and told of this action, this topic and this group."""
    return (
        select(Webhook.id)
        .join(WebhookTopic, and_(WebhookTopic.hook_id == Webhook.id, WebhookTopic.topic == topic))
        .join(Action, and_(Action.id == action_id, Action.practice.is_(False)))
        .where(Webhook.is_on, or_(Webhook.action_id.is_(None), Webhook.action_id == Action.id), of_group)
    )


def _telling(of_group: ColumnElement[bool]) -> Fixed:
    columns = (
        _bound("message_id", String()),
        _bound("kind", String()),
        _bound("action_id", Integer()),
        _bound("group_id", Integer()),
        _bound("pledge_id", Integer()),
        _bound("report_id", Integer()),
        _bound("letters", Integer()),
        _bound("facts", JSON()),
        _bound("at", Instant()),
        _bound("at", Instant()),
    )
    wanted = _wanted_by(_bound("action_id", Integer()), _bound("topic", String()), of_group)
    return Fixed(insert(WebhookMessage).from_select(_COLUMNS, wanted.add_columns(*columns), include_defaults=False))


_OF_GROUP = or_(Webhook.group_id.is_(None), Webhook.group_id == _bound("group_id", Integer()))
_TELL = _telling(_OF_GROUP)
_TELL_ALL = _telling(or_(_bound("to_all", Boolean()), and_(Webhook.gives_people, _OF_GROUP)))


def has_hooks(action: Action | Any) -> bool:
    """Whether anybody may be told of this action. Where that was not read with it, the statement finds out."""
    return bool(getattr(action, "has_hooks", True))


def tell_row(session: Session, entry: Pledge | Report, kind: str, now: datetime, **facts: Any) -> None:
    """Tells what happened to a pledge or report: `kind` is held, released, or a part of a type as `CHANGED`.

    An empty kind says that the row counts from now on. A row that was held and is taken back never counted, so callers
    leave that out. `facts` are what the row does not say; with `group_id` it is told to those of that group instead.
    """
    is_of_hold, noun = kind in (HELD, RELEASED), _noun(entry)
    topic, full = (kind, kind) if is_of_hold else (noun, ".".join(filter(None, (noun, kind))))
    _tell_row(session, _TELL, entry, topic, full, now, **facts)


def tell_new(session: Session, entry: Pledge | Report, now: datetime, *, has_hooks: bool) -> None:
    """Tells of a row that was added just now: that it counts, or that it is held."""
    if has_hooks:
        tell_row(session, entry, HELD if entry.is_held else "", now)


def tell_moved(session: Session, entry: Pledge | Report, was_held: bool, now: datetime) -> None:
    """Tells of a standing row that was held and is released now, or the other way round."""
    if was_held and not entry.is_held:
        tell_row(session, entry, RELEASED, now)
        tell_row(session, entry, "", now)
    elif entry.is_held and not was_held:
        tell_row(session, entry, TAKEN_BACK, now)
        tell_row(session, entry, HELD, now)


def tell_gone(session: Session, entry: Pledge | Report, now: datetime) -> None:
    """Tells that a row no longer counts. Says nothing of one that was held."""
    if not entry.is_held:
        tell_row(session, entry, TAKEN_BACK, now)


def tell_who(session: Session, pledge: Pledge, old_group_id: int | None, now: datetime) -> None:
    """Tells that somebody changed name or group. A pledge that changes its group leaves one and comes to the other."""
    if pledge.is_held:
        return
    if pledge.group_id == old_group_id:
        tell_person(session, pledge, now)
    else:
        tell_row(session, pledge, TAKEN_BACK, now, group_id=old_group_id)
        tell_row(session, pledge, "", now)


def tell_person(session: Session, pledge: Pledge, now: datetime) -> None:
    """Tells those who were given people that the name, the address or the consent of a pledge has changed."""
    if not pledge.is_held:
        _tell_row(session, _TELL_ALL, pledge, PLEDGE, f"{PLEDGE}.{CHANGED}", now, to_all=False)


def tell_erased(session: Session, entry: Pledge | Report, now: datetime) -> None:
    """Tells those who were given people that the person of this row was erased, so that they erase too."""
    noun = _noun(entry)
    _tell_row(session, _TELL_ALL, entry, noun, f"{noun}.{ERASED}", now, to_all=False)


def tell_action(session: Session, action_id: int, topic: str, kind: str, now: datetime, **facts: Any) -> None:
    """Tells what happened to a whole action, also those who are told of one group alone."""
    nothing = {"group_id": None, "pledge_id": None, "report_id": None, "letters": None}
    _tell(session, _TELL_ALL, topic=topic, kind=kind, action_id=action_id, facts=facts, now=now, to_all=True, **nothing)


def tell_deadline(session: Session, action: Action, before: date | None, now: datetime) -> None:
    """Tells that the deadline of a published action was moved: extended, or corrected to an earlier day."""
    is_public = action.published_at is not None and action.published_at <= now
    if is_public and before is not None and action.deadline is not None and before != action.deadline:
        days = {"deadline_before": before.isoformat(), "deadline": action.deadline.isoformat()}
        tell_action(session, action.id, EXTENDED, EXTENDED, now, **days)


def tell_outcome(session: Session, action: Action, before: str | None, now: datetime) -> None:
    """Tells what came of a published action, if that is another text than before."""
    is_public = action.published_at is not None and action.published_at <= now
    if is_public and action.outcome and action.outcome != before:
        tell_action(session, action.id, OUTCOME, OUTCOME, now)


def tell_totals(session: Session, action_id: int, group_id: int | None, now: datetime) -> None:
    """Tells those who are told of pledges or reports that the totals of a group changed by none of them."""
    for topic in (PLEDGE, REPORT):
        nothing = {"pledge_id": None, "report_id": None, "letters": None}
        kind = f"{topic}.{TOTALS}"
        _tell(
            session, _TELL, topic=topic, kind=kind, action_id=action_id, group_id=group_id, facts={}, now=now, **nothing
        )


def tell_rows(
    session: Session,
    table: Table,
    which: list[ColumnElement[bool]],
    states: tuple[bool | str | None, bool | str | None],
    action_id: int,
    now: datetime,
) -> None:
    """Tells of many rows at once, before a correction changes them: one message for each of them.

    `states` are those of a correction (`corrections._Plan`): True for held, False for counted, "as is" for what the
    row says, None for nothing.
    """
    before, after = states
    noun = PLEDGE if table is Pledge else REPORT
    counted, held = table.is_held.is_(False), table.is_held.is_(True)
    if before is False:
        _tell_each(session, table, which, noun, f"{noun}.{TAKEN_BACK}", action_id, now)
    elif before == "as is":
        _tell_each(session, table, [*which, counted], noun, f"{noun}.{TAKEN_BACK}", action_id, now)
    elif before is True and after is False:
        _tell_each(session, table, which, RELEASED, RELEASED, action_id, now)
    if after is False:
        _tell_each(session, table, which, noun, noun, action_id, now)
    elif after is True:
        _tell_each(session, table, which, HELD, HELD, action_id, now)
    elif after == "as is":
        _tell_each(session, table, [*which, counted], noun, noun, action_id, now)
        _tell_each(session, table, [*which, held], HELD, HELD, action_id, now)


def _tell_each(
    session: Session,
    table: Table,
    which: list[ColumnElement[bool]],
    topic: str,
    kind: str,
    action_id: int,
    now: datetime,
) -> None:
    of_group = or_(Webhook.group_id.is_(None), Webhook.group_id == table.group_id)
    nothing = literal(None, Integer())
    columns = (
        literal(f"{new_id()}_") + cast(table.id, String),
        literal(kind),
        table.action_id,
        table.group_id,
        table.id if table is Pledge else nothing,
        table.id if table is Report else nothing,
        table.letters,
        literal({}, JSON()),
        literal(now, Instant()),
        literal(now, Instant()),
    )
    rows = _wanted_by(action_id, topic, of_group).join(table, and_(table.action_id == Action.id, *which))
    telling = insert(WebhookMessage).from_select(
        _COLUMNS, rows.add_columns(*columns).order_by(table.id), include_defaults=False
    )
    session.execute(telling.execution_options(synchronize_session=False))


def _noun(entry: Pledge | Report) -> str:
    return PLEDGE if isinstance(entry, Pledge) else REPORT


def _tell_row(
    session: Session, statement: Fixed, entry: Pledge | Report, topic: str, kind: str, now: datetime, **more: Any
) -> None:
    is_pledge, for_all = isinstance(entry, Pledge), {"to_all": more.pop("to_all")} if "to_all" in more else {}
    _tell(
        session,
        statement,
        topic=topic,
        kind=kind,
        action_id=entry.action_id,
        group_id=more.pop("group_id", entry.group_id),
        pledge_id=entry.id if is_pledge else None,
        report_id=None if is_pledge else entry.id,
        letters=entry.letters,
        facts=more,
        now=now,
        **for_all,
    )


def _tell(session: Session, statement: Fixed, *, now: datetime, **values: Any) -> None:
    given = {**values, "message_id": new_id(), "at": now}
    statement.write(session, **given)


def new_id() -> str:
    """The id of a new message, by which a receiver knows it again."""
    return f"msg_{secrets.token_hex(16)}"
