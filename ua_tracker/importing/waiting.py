"""Documents that a coordinator has uploaded and whose actions are not stored yet.

Each is kept with what was read from it and what was typed since, so that nothing is lost when a page is closed, and
several can be looked at one after the other. Nobody else sees them. They are deleted two days after the upload.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ua_tracker import importing, refusals
from ua_tracker.importing import answers
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.files.kinds import Kind, kind_of
from ua_tracker.models import Coordinator, Import
from ua_tracker.refusals import Refusal
from ua_tracker.texts import one_line

KEPT_FOR = timedelta(days=2)
MOST_WAITING = 60  # documents of one coordinator


@dataclass(frozen=True)
class Uploaded:
    """A file as it was uploaded, and what came of reading it: a draft or the sentence of a refusal."""

    name: str
    content: bytes
    draft: Draft | None = None
    refusal: Refusal | None = None


def read(name: str, content: bytes) -> Uploaded:
    """Reads a document. What cannot be read is refused in the answer, so that the others are read all the same.

    Raises ReadersBusy: that says nothing of the document.
    """
    name = (one_line(name) or "").replace("\0", "")[:200]
    try:
        return Uploaded(name, content, draft=importing.read(content, name))
    except refusals.ReadersBusy:
        raise
    except Refusal as refusal:
        return Uploaded(name, b"", refusal=refusal)


def add(session: Session, coordinator: Coordinator, files: Sequence[Uploaded], now: datetime) -> list[Import]:
    """Keeps these documents for the coordinator; deletes those of everybody that are too old.

    Raises TooManyWaiting when the coordinator then had more than MOST_WAITING.
    """
    forget_old(session, now)
    known = session.scalar(select(func.count()).select_from(Import).where(Import.coordinator_id == coordinator.id)) or 0
    if known + len(files) > MOST_WAITING:
        raise refusals.TooManyWaiting(most=MOST_WAITING)
    rows = [
        Import(
            coordinator_id=coordinator.id,
            name=one.name,
            content=one.content,
            reading=_reading(one),
            typed={},
            made_at=now,
        )
        for one in files
    ]
    session.add_all(rows)
    session.flush()
    return rows


def _reading(one: Uploaded) -> dict[str, Any]:
    if one.draft is not None:
        return {"draft": json.loads(answers.encoded(one.draft)), "is_pdf": kind_of(one.content, one.name) is Kind.PDF}
    facts = {name: str(fact) for name, fact in one.refusal.facts.items()} if one.refusal else {}
    return {"refusal": [one.refusal.sentence if one.refusal else "", facts]}


def of(session: Session, coordinator: Coordinator) -> list[Import]:
    """The coordinator's documents, the oldest first."""
    mine = select(Import).where(Import.coordinator_id == coordinator.id)
    return list(session.scalars(mine.order_by(Import.id)))


def find(session: Session, coordinator: Coordinator, number: int, *, to_write: bool = False) -> Import:
    """The coordinator's document with this number. Raises NoSuchImport, also for somebody else's."""
    query = select(Import).where(Import.id == number, Import.coordinator_id == coordinator.id)
    found = session.scalar(query.with_for_update() if to_write else query)
    if found is None:
        raise refusals.NoSuchImport()
    return found


def draft_of(one: Import) -> Draft | None:
    """What was read from the document; None if it was refused, or is stored."""
    if "draft" not in one.reading:
        return None
    try:
        return answers.decoded(one.reading["draft"])
    except ValueError:  # kept by another version of the program
        return importing.read(one.content, one.name)


def is_pdf(one: Import) -> bool:
    """Whether the document has pages that can be drawn."""
    return bool(one.reading.get("is_pdf"))


def keep(session: Session, one: Import, typed: dict[str, str]) -> None:
    """Keeps what is typed in the document's form now."""
    one.typed = typed
    session.flush()


def stored(session: Session, one: Import, slug: str) -> None:
    """Notes that the document became this action. File and values are deleted: the action has them."""
    one.slug, one.content, one.reading, one.typed = slug, b"", {}, {}
    session.flush()


def remove(session: Session, one: Import) -> None:
    """Deletes the document, which becomes no action."""
    session.delete(one)
    session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """Deletes the documents that were uploaded more than two days ago."""
    session.execute(delete(Import).where(Import.made_at <= now - KEPT_FOR).execution_options(synchronize_session=False))
