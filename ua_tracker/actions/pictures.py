"""The picture of an action: shows, replaces and removes it. The history keeps its words, not the picture itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ua_tracker import audit, deadlines, refusals, tally
from ua_tracker.actions.finding import lock
from ua_tracker.actions.picture_files import Made
from ua_tracker.models import Action, Picture, PictureFile


@dataclass(frozen=True)
class Shown:
    """What an action shall show: the files, or none to keep the present ones, and the words of the picture."""

    files: Sequence[Made]
    description: str | None
    credit: str | None = None


def find(session: Session, action: Action) -> Picture | None:
    """The picture of this action, if it has one."""
    return session.scalar(select(Picture).where(Picture.action_id == action.id))


def content(session: Session, digest: str, now: datetime) -> bytes | None:
    """The file with this digest, if an action shows it that the public sees at this UTC instant."""
    query = select(PictureFile.content).join(Picture).join(Action, Action.id == Picture.action_id)
    shown = query.where(PictureFile.digest == digest, deadlines.published(now))
    return session.scalars(shown.limit(1)).first()


def put(session: Session, action: Action, shown: Shown, *, revision: int, actor: str, now: datetime) -> bool:
    """Gives the action this picture in place of the present one; returns whether anything differed.

    `revision` is the revision that the coordinator saw. Raises EditedMeanwhile, NoPicture without files if there is no
    picture yet, and PictureNotDescribed.
    """
    lock(session, action, revision)
    if not shown.description:
        raise refusals.PictureNotDescribed()
    picture = find(session, action)
    if picture is None and not shown.files:
        raise refusals.NoPicture()
    before = _snapshot(picture)
    if picture is None:
        picture = Picture(action_id=action.id)
        session.add(picture)
    picture.description, picture.credit = shown.description, shown.credit
    if shown.files:
        picture.files = [
            PictureFile(digest=one.digest, width=one.width, height=one.height, content=one.content)
            for one in shown.files
        ]
    return _changed(session, action, before, _snapshot(picture), actor, now)


def take_away(session: Session, action: Action, *, revision: int, actor: str, now: datetime) -> bool:
    """Removes the picture; returns whether there was one. Raises EditedMeanwhile."""
    lock(session, action, revision)
    picture = find(session, action)
    if picture is not None:
        session.delete(picture)
    return _changed(session, action, _snapshot(picture), None, actor, now)


def erase(session: Session, action: Action) -> None:
    """Deletes the rows of the picture of an action that is deleted itself."""
    of_action = select(Picture.id).where(Picture.action_id == action.id)
    session.execute(delete(PictureFile).where(PictureFile.picture_id.in_(of_action)))
    session.execute(delete(Picture).where(Picture.action_id == action.id))


def already_shows(picture: Picture | None, shown: Shown) -> bool:
    """Whether the picture is like that already."""
    if picture is None or (picture.description, picture.credit) != (shown.description, shown.credit):
        return False
    digests = [one.digest for one in picture.files]
    return not shown.files or digests == [one.digest for one in shown.files]


def _snapshot(picture: Picture | None) -> dict[str, Any] | None:
    """What the history keeps: the words, and a part of the digest, by which a replaced picture is known."""
    if picture is None:
        return None
    return {"description": picture.description, "credit": picture.credit, "file": picture.largest.digest[:12]}


def _changed(
    session: Session,
    action: Action,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: str,
    now: datetime,
) -> bool:
    values: dict[str, Any] = {"before": {"picture": before}, "after": {"picture": after}}
    differs = audit.changed(session, actor=actor, event="edited", subject=action.slug, now=now, **values)
    if differs:
        flag_modified(action, "title")  # increases the revision, so that nobody overwrites what was not seen
        session.flush()
        tally.touch(session, action.id)
    return differs
