"""purposes of links

Existing links get the purpose `page`. Links that were mailed to confirm an address and were not used get the purpose
`confirm`, since the mailbox may be a stranger's.

Revises: 0009
"""

import hashlib
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.DateTime(timezone=True)
PURPOSES = "purpose IN ('page', 'confirm', 'stop')"
MAILS = sa.table("mails", sa.column("kind"), sa.column("once_key"), sa.column("queued_at", INSTANT))
PLEDGES = sa.table("pledges", sa.column("id"), sa.column("once_key"), sa.column("email"), sa.column("email_wanted"))
LINKS = sa.table(
    "private_links",
    sa.column("id"),
    sa.column("pledge_id"),
    sa.column("purpose"),
    sa.column("issued_at", INSTANT),
    sa.column("expires_at", INSTANT),
    sa.column("revoked_at", INSTANT),
)


def upgrade() -> None:
    op.add_column("mails", sa.Column("mailbox", sa.String(length=64), nullable=True))
    op.create_index("ix_mails_mailbox", "mails", ["mailbox"])
    # As SQL: SQLite can add a check together with a column, but not later.
    op.execute(
        "ALTER TABLE private_links ADD COLUMN purpose VARCHAR(10) DEFAULT 'page' NOT NULL "
        f"CONSTRAINT ck_private_links_purpose_known CHECK ({PURPOSES})"
    )
    op.add_column("private_links", sa.Column("expires_at", INSTANT, nullable=True))
    op.add_column("private_links", sa.Column("used_at", INSTANT, nullable=True))
    _narrow_what_was_mailed()


def downgrade() -> None:
    op.execute("DELETE FROM private_links WHERE purpose <> 'page'")  # else they would open the private page
    for name in ("used_at", "expires_at", "purpose"):
        op.drop_column("private_links", name)
    op.drop_index("ix_mails_mailbox", "mails")
    op.drop_column("mails", "mailbox")


def _narrow_what_was_mailed() -> None:
    """Sets the purpose `confirm` for unused links in mails that ask to confirm an address.

    A link has the same time as its mail, and the mail's key has the pledge's key and a hash of the address.
    """
    connection = op.get_bind()
    mails = connection.execute(sa.select(MAILS.c.once_key, MAILS.c.queued_at).where(MAILS.c.kind == "new_address"))
    for once_key, at in mails.all():
        _, pledge_key, address, _ = once_key.split(":", 3)
        pledge = connection.execute(sa.select(PLEDGES).where(PLEDGES.c.once_key == pledge_key)).one_or_none()
        if pledge is None or _is(address, pledge.email):
            continue  # the address is confirmed
        values = {"purpose": "confirm", "expires_at": at + timedelta(days=7)}
        if not _is(address, pledge.email_wanted):
            values["revoked_at"] = at  # another address was requested later
        which = (LINKS.c.pledge_id == pledge.id, LINKS.c.issued_at == at)
        connection.execute(sa.update(LINKS).where(*which).values(**values))


def _is(hashed: str, address: str | None) -> bool:
    return address is not None and hashlib.sha256(address.encode()).hexdigest()[:16] == hashed
