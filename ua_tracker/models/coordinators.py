"""The tables of coordinators, their links to choose a password, sessions, known sources and sign-in tries."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.actions import Group
from ua_tracker.models.base import Base, one_of

ROLES = ("office", "group")


class Coordinator(Base):
    """A coordinator of the office, who sees all rows, or of one group, who sees that group's rows.

    A row is never deleted, because events of the history refer to it. `active`, `fs_uniquifier`, `is_authenticated`,
    `is_active` and `get_id` are required by Flask-Security and Flask-Login. Sessions have a table of their own.
    """

    __tablename__ = "coordinators"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role_known"),
        CheckConstraint("(role = 'group') = (group_id IS NOT NULL)", name="group_for_its_role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(10))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    codes_secret: Mapped[str | None] = mapped_column(Text)
    codes_counter: Mapped[int | None]
    recovery_hashes: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]

    group: Mapped[Group | None] = relationship(lazy="joined")

    @property
    def actor(self) -> str:
        """The coordinator's name in the history: an id and no personal data, since events are never deleted."""
        return f"coordinator {self.id}"

    is_authenticated = True

    @property
    def is_active(self) -> bool:
        """Whether this coordinator may sign in."""
        return self.active

    def get_id(self) -> str:
        """The id for Flask-Login. Our cookie has the key of a session instead."""
        return self.fs_uniquifier


class CoordinatorLink(Base):
    """A link to choose a password. It works once, until it expires; only the hash of its token is stored."""

    __tablename__ = "coordinator_links"
    __table_args__ = (CheckConstraint("kind IN ('invitation', 'reset')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinators.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    coordinator: Mapped[Coordinator] = relationship()


class CoordinatorSession(Base):
    """An open session. Only the hash of its key is stored, and the row is deleted when the session ends.

    The kind `halfway` means that the password was correct and the two-factor code is missing. `proven_at` is the
    instant of the last correct password.
    """

    __tablename__ = "coordinator_sessions"
    __table_args__ = (CheckConstraint("kind IN ('signed in', 'halfway')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinators.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[datetime] = mapped_column(index=True)
    proven_at: Mapped[datetime]

    coordinator: Mapped[Coordinator] = relationship(lazy="joined")


class KnownSource(Base):
    """A source from which a coordinator signed in lately, as a keyed hash (`ua_tracker.sources`)."""

    __tablename__ = "known_sources"
    __table_args__ = (UniqueConstraint("coordinator_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinators.id"))
    source: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(index=True)


class SignInTry(Base):
    """A try that counts against a limit: a wrong password or code, or one that is being checked.

    Account and source are keyed hashes; `account` is None if the try names none. A row is deleted after a day.
    """

    __tablename__ = "sign_in_tries"
    __table_args__ = (
        CheckConstraint("kind IN ('secret', 'link', 'asking')", name="kind_known"),
        Index(None, "account", "at"),
        Index(None, "source", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    account: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(index=True)
