"""Local groups: reads, adds, renames, retires, brings back and merges them; a group's share of an action's totals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, String, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import alphabet, audit, refusals, row_counts, slugs, tally, texts
from ua_tracker.models import Action, Base, Group, GroupTally
from ua_tracker.statements import Fixed
from ua_tracker.totals import Tally
from ua_tracker.webhooks import events

LONGEST_NAME = 120
_PLACE = select(Group.id, Group.merged_into_id, Group.retired_at).with_for_update(read=True, key_share=True)
_BY_SLUG = Fixed(_PLACE.where(Group.slug == bindparam("slug", type_=String())))
_BY_ID = Fixed(_PLACE.where(Group.id == bindparam("id", type_=Integer())))


@dataclass(frozen=True)
class Share:
    """One group's totals in an action. `group` is None when there is no group with this slug."""

    slug: str
    group: Group | None
    totals: Tally


def find(session: Session, slug: str, *, to_write: bool = False) -> Group:
    """The active group with this slug, or the group it was merged into. Raises NoSuchGroup.

    `to_write` takes a shared lock on the row until the transaction ends, so that it is not merged before.
    """
    group = _row(session, Group.slug == slug, to_write)
    if group is not None and group.merged_into_id is not None:
        group = _row(session, Group.id == group.merged_into_id, to_write)
    if group is None or group.retired_at is not None:
        raise refusals.NoSuchGroup(slug=slug)
    return group


def find_id(session: Session, slug: str) -> int:
    """The id of `find` with `to_write`, for a row that is added to the group. Raises NoSuchGroup."""
    row = _BY_SLUG.first(session, slug=slug)
    if row is not None and row[1] is not None:
        row = _BY_ID.first(session, id=row[1])
    if row is None or row[2] is not None:
        raise refusals.NoSuchGroup(slug=slug)
    return int(row[0])


def heir_of(session: Session, group: Group | None) -> Group | None:
    """The group that this one was merged into, else the group itself."""
    return session.get_one(Group, group.merged_into_id) if group and group.merged_into_id else group


def share(session: Session, action_id: int, slug: str) -> Share:
    """The share of the group with this slug, also of a retired one, or of the group it was merged into.

    An empty share when there is no such group.
    """
    group = heir_of(session, session.scalar(select(Group).where(Group.slug == slug)))
    totals = tally.read_group(session, action_id, group.id) if group else Tally()
    return Share(group.slug if group else slug, group, totals)


def listing(session: Session, code: str) -> list[Group]:
    """All active groups, in the alphabetical order of the language with this code."""
    active = session.scalars(select(Group).where(Group.retired_at.is_(None)))
    return sorted(active, key=lambda group: alphabet.place(group.name, code))


def names(session: Session) -> dict[str, str]:
    """The name of every group by its slug; of retired and merged ones too."""
    return {one.slug: one.name for one in session.execute(select(Group.slug, Group.name))}


def add(session: Session, slug: str, name: str) -> Group:
    """Adds a group. Raises SlugTaken (retired and merged groups keep theirs), BadSlug, NameMissing, NameTooLong.

    A slug has at most `slugs.LONGEST` characters, a name at most 120.
    """
    if not slugs.is_slug(slug):
        raise refusals.BadSlug(max=slugs.LONGEST)
    group = Group(slug=slug, name=_checked_name(name))
    try:
        with session.begin_nested():
            session.add(group)
    except IntegrityError as clash:
        raise refusals.SlugTaken(slug=slug) from clash
    return group


def _checked_name(name: str) -> str:
    """The name as it is stored. Raises NameMissing without a visible character, NameTooLong above 120 characters."""
    kept = texts.one_line(name)
    if kept is None:
        raise refusals.NameMissing()
    if len(kept) > LONGEST_NAME:
        raise refusals.NameTooLong(max=LONGEST_NAME)
    return kept


def _find_unmerged(session: Session, slug: str) -> Group:
    """The active group with exactly this slug: a change to a merged group must not change the other group."""
    group = find(session, slug)
    if group.slug != slug:
        raise refusals.NoSuchGroup(slug=slug)
    return group


def rename(session: Session, slug: str, name: str, *, actor: str, now: datetime) -> Group:
    """Changes the group's name. The slug stays, because other websites use it in links.

    Raises NoSuchGroup, NameMissing, NameTooLong.
    """
    group, name = _find_unmerged(session, slug), _checked_name(name)
    if group.name != name:
        before, group.name = group.name, name
        audit.note(
            session,
            actor=actor,
            event="group renamed",
            subject=group.slug,
            now=now,
            before={"name": before},
            after={"name": name},
        )
        tally.touch_all(session)
    return group


def retire(session: Session, slug: str, *, actor: str, now: datetime) -> Group:
    """Retires the group: it gets no new pledges and reports, and keeps those it has. Raises NoSuchGroup."""
    group = _find_unmerged(session, slug)
    _lock(session, group)
    group.retired_at = now
    audit.note(session, actor=actor, event="group retired", subject=group.slug, now=now)
    session.flush()
    tally.touch_all(session)
    return group


def retired(session: Session, code: str) -> list[Group]:
    """The retired groups that were not merged, in the alphabetical order of the language with this code."""
    ended = session.scalars(select(Group).where(Group.retired_at.is_not(None), Group.merged_into_id.is_(None)))
    return sorted(ended, key=lambda group: alphabet.place(group.name, code))


def bring_back(session: Session, slug: str, *, actor: str, now: datetime) -> Group:
    """Lets a retired group take part again, with all that it wrote and its old links; does nothing to an active one.

    Raises NoSuchGroup, also for a group that was merged: its pledges and letters belong to the other one.
    """
    group = session.scalar(select(Group).where(Group.slug == slug, Group.merged_into_id.is_(None)))
    if group is None:
        raise refusals.NoSuchGroup(slug=slug)
    session.refresh(group, with_for_update={"of": Group})
    if group.merged_into_id is not None:  # merged while this waited for the lock
        raise refusals.NoSuchGroup(slug=slug)
    if group.retired_at is not None:
        group.retired_at = None
        audit.note(session, actor=actor, event="group brought back", subject=group.slug, now=now)
        session.flush()
        tally.touch_all(session)
    return group


def merge(session: Session, slug: str, into: str, *, actor: str, now: datetime) -> Group:
    """Merges the group `slug` into the group `into` (the heir), and returns the heir.

    Every row that refers to the first group refers to the heir afterwards, the tallies are added up, and the old
    slug leads to the heir. All of it is one transaction. Raises NoSuchGroup, or SameGroup.
    """
    gone, heir = _find_unmerged(session, slug), find(session, into)
    if gone.id == heir.id:
        raise refusals.SameGroup(slug=slug)
    _lock_actions(session, gone)
    _lock(session, gone, heir)
    shares = session.scalars(select(GroupTally.action_id).where(GroupTally.group_id == gone.id)).all()
    moved = _move_rows(session, gone, heir)
    tally.touch_all(session)
    tally.move_group_tallies(session, gone.id, heir.id)
    session.execute(update(Group).where(Group.merged_into_id == gone.id).values(merged_into_id=heir.id))
    gone.retired_at, gone.merged_into_id = now, heir.id
    after = {"heir": heir.slug, **moved}
    audit.note(session, actor=actor, event="group merged", subject=gone.slug, now=now, after=after)
    for action_id in shares:
        events.tell_totals(session, action_id, heir.id, now)
    session.flush()
    session.expire_all()
    return heir


def _row(session: Session, which: ColumnElement[bool], to_write: bool) -> Group | None:
    query = select(Group).where(which)
    if to_write:
        query = query.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    return session.scalar(query)


def _lock_actions(session: Session, group: Group) -> None:
    """Locks the actions in which the group has a share, so that no pledge or report is added during a merge.

    Every transaction locks in the same order, which avoids deadlocks: action, group, rows, tallies.
    """
    shares = select(GroupTally.action_id).where(GroupTally.group_id == group.id)
    mine = select(Action.id).where(Action.id.in_(shares)).order_by(Action.id)
    session.execute(mine.with_for_update(of=Action, key_share=True))


def _lock(session: Session, *wanted: Group) -> None:
    """Locks the groups. Raises NoSuchGroup when one has been retired since it was read."""
    for group in sorted(wanted, key=lambda one: one.id):
        session.refresh(group, with_for_update={"of": Group})
        if group.retired_at is not None:
            raise refusals.NoSuchGroup(slug=group.slug)


def _move_rows(session: Session, gone: Group, heir: Group) -> dict[str, int]:
    """Changes every reference to the first group to the heir; returns the number of rows by table.

    The foreign keys of all tables are used, so that a table added later is included. Not the tallies, which are
    added up by `tally.move_group_tallies`, and not the table of groups, where `merge` sets the references.
    """
    moved: dict[str, int] = {}
    groups = Base.metadata.tables[Group.__tablename__]
    for table in Base.metadata.sorted_tables:
        if table in (GroupTally.__table__, groups):
            continue
        for column in table.columns:
            if column.references(groups.c.id):
                moving = update(table).where(column == gone.id).values({column.name: heir.id})
                moved[table.name] = moved.get(table.name, 0) + row_counts.changed(session, moving)
    return moved
