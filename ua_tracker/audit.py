"""Who did what, when, to what, from what to what? A history that only ever grows."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ua_tracker.models import AuditEntry


def note(
    session: Session, *, actor: str, deed: str, subject: str, now: datetime,
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Adds a line to the history, in the transaction of the deed. Values must be ones that JSON can hold."""
    session.add(AuditEntry(at=now, actor=actor, deed=deed, subject=subject, before=before or {}, after=after or {}))
