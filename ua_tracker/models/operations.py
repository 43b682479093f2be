"""What the installation keeps of itself: which keys it had, and when each job of the clock ran."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base


class SiteKey(Base):
    """A secret key that this database belongs to, or belonged to: the newest counts. `key_hash` is its fingerprint."""

    __tablename__ = "site_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(32), unique=True)
    since: Mapped[datetime]


class Job(Base):
    """A job that is done again and again, such as queueing reminders: when it last ended well, and when badly.

    While it runs on one machine, `leased_until` keeps all others from it; `leased_by` is a random word of the process.
    """

    __tablename__ = "jobs"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(16))
