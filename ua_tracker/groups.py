"""Which local groups are there, and what is one's share of an action?"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import refusals, tally
from ua_tracker.models import Group
from ua_tracker.tally import Tally


@dataclass(frozen=True)
class Share:
    """What one group has given to an action: its totals. `group` is None when no group has the slug asked for."""

    slug: str
    group: Group | None
    totals: Tally


def find(session: Session, slug: str) -> Group:
    """The group with this slug that still takes part. Raises NoSuchGroup."""
    group = session.scalar(select(Group).where(Group.slug == slug, Group.retired_at.is_(None)))
    if group is None:
        raise refusals.NoSuchGroup(slug=slug)
    return group


def share(session: Session, action_id: int, slug: str) -> Share:
    """The share of the group with this slug, of one that has retired too; an empty one when there is no such group."""
    group = session.scalar(select(Group).where(Group.slug == slug))
    totals = tally.read_group(session, action_id, group.id) if group else Tally()
    return Share(slug, group, totals)


def listing(session: Session) -> list[Group]:
    """All groups that take part, by name."""
    return list(session.scalars(select(Group).where(Group.retired_at.is_(None)).order_by(Group.name)))


def add(session: Session, slug: str, name: str) -> Group:
    """A new group. Raises SlugTaken."""
    group = Group(slug=slug, name=name)
    try:
        with session.begin_nested():
            session.add(group)
    except IntegrityError as clash:
        raise refusals.SlugTaken(slug=slug) from clash
    return group
