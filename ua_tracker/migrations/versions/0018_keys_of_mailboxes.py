"""one key for each mailbox: international domains in one spelling, and `ß` is not `ss`

Revises: 0017
"""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from email_validator import EmailNotValidError, validate_email

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Gives new keys to the rows whose key changes. A pledge keeps its key if another one stands under the new key."""
    pledges = _table("pledges", "withdrawn_at", "voided_at")
    standing = (pledges.c.withdrawn_at.is_(None), pledges.c.voided_at.is_(None))
    connection = op.get_bind()
    for row in _international(pledges):
        key = _key(row.email)
        same = sa.select(pledges.c.id).where(
            pledges.c.action_id == row.action_id, pledges.c.email_key == key, *standing
        )
        stands = row.withdrawn_at is None and row.voided_at is None
        if stands and connection.scalar(same.where(pledges.c.id != row.id)) is not None:
            key = row.email_key
        _set(pledges, row, key)
    reports = _table("reports")
    for row in _international(reports):
        _set(reports, row, _key(row.email))


def downgrade() -> None:
    """Earlier versions make other keys, and find the rows by those they have."""


def _table(name: str, *more: str) -> sa.TableClause:
    columns = ("id", "action_id", "email", "email_key", "mail_domain", *more)
    return sa.table(name, *(sa.column(column) for column in columns))


def _international(table: sa.TableClause) -> list[sa.Row[Any]]:
    """The rows whose address is not plain ASCII, or has a domain in its ASCII form."""
    matches = "GLOB '*[^ -~]*'" if op.get_bind().dialect.name == "sqlite" else "~ '[^ -~]'"
    which = sa.text(f"email {matches} OR LOWER(email) LIKE '%xn--%'")
    return list(op.get_bind().execute(sa.select(table).where(which).order_by(table.c.id)))


def _key(email: str) -> str:
    try:
        valid = validate_email(email.strip(), check_deliverability=False)
        name, domain = valid.local_part, valid.domain
    except EmailNotValidError:
        name, _, domain = email.strip().rpartition("@")
    return f"{_lower(name)}@{_lower(domain)}"


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def _set(table: sa.TableClause, row: sa.Row[Any], key: str) -> None:
    values = {"email_key": key, "mail_domain": _key(row.email).rpartition("@")[2][:253]}
    op.execute(sa.update(table).where(table.c.id == row.id).values(**values))
