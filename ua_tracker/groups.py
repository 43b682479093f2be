"""Which local groups are there?"""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import refusals
from ua_tracker.models import Group


def find(session: Session, slug: str) -> Group:
    """The group with this slug that still takes part. Raises NoSuchGroup."""
    group = session.scalar(select(Group).where(Group.slug == slug, Group.retired_at.is_(None)))
    if group is None:
        raise refusals.NoSuchGroup(slug=slug)
    return group


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
