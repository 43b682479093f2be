"""links of reports, and the pledge that a report belongs to by its address

A private link can lead to a report. A report has the key of its address, and says whether it came by a private link:
one that belongs to a pledge because it names its address did not.

Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# SQLite cannot change a column, so the table is copied there. The check stands in the column, because SQLite drops no
# column that another check of the table names.
COLUMNS = """
    id INTEGER NOT NULL CONSTRAINT pk_private_links PRIMARY KEY,
    pledge_id INTEGER {pledge} CONSTRAINT fk_private_links_pledge_id REFERENCES pledges (id),
    token_hash VARCHAR(64) NOT NULL,
    issued_at DATETIME NOT NULL,
    revoked_at DATETIME,
    purpose VARCHAR(10) DEFAULT 'page' NOT NULL
        CONSTRAINT ck_private_links_purpose_known CHECK (purpose IN ('page', 'confirm', 'stop')),
    expires_at DATETIME,
    used_at DATETIME,
    {report}
    CONSTRAINT uq_private_links_token_hash UNIQUE (token_hash)
"""
KEPT = "id, pledge_id, token_hash, issued_at, revoked_at, purpose, expires_at, used_at"
REPORT = "report_id INTEGER CONSTRAINT fk_private_links_report_id REFERENCES reports (id),"
CHECKS = {
    "one_holder": "(pledge_id IS NULL) <> (report_id IS NULL)",
    "purpose_of_pledge": "pledge_id IS NOT NULL OR purpose = 'page'",
}


def upgrade() -> None:
    # By plain ALTER TABLE, because SQLite's batch mode would copy the whole table.
    op.execute("ALTER TABLE reports ADD COLUMN email_key TEXT")
    op.execute("ALTER TABLE reports ADD COLUMN by_link BOOLEAN DEFAULT false NOT NULL")
    op.execute("UPDATE reports SET by_link = true WHERE pledge_id IS NOT NULL")
    op.execute("UPDATE reports SET email_key = LOWER(TRIM(email)) WHERE email IS NOT NULL")
    op.create_index("ix_reports_email_key", "reports", ["email_key", "action_id"])
    checks = {f"ck_private_links_{name}": check for name, check in CHECKS.items()}
    if op.get_bind().dialect.name == "sqlite":
        report = REPORT + "".join(f"CONSTRAINT {name} CHECK ({check})," for name, check in checks.items())
        _copy(pledge="", report=report)
    else:
        op.alter_column("private_links", "pledge_id", existing_type=sa.Integer(), nullable=True)
        op.execute(f"ALTER TABLE private_links ADD COLUMN {REPORT.rstrip(',')}")
        for name, check in checks.items():
            op.create_check_constraint(op.f(name), "private_links", check)
    op.create_index("ix_private_links_report_id", "private_links", ["report_id"])


def downgrade() -> None:
    op.execute("DELETE FROM private_links WHERE pledge_id IS NULL")
    op.drop_index("ix_private_links_report_id", "private_links")
    if op.get_bind().dialect.name == "sqlite":
        _copy(pledge="NOT NULL", report="")
    else:
        for name in CHECKS:
            op.drop_constraint(op.f(f"ck_private_links_{name}"), "private_links", type_="check")
        op.drop_column("private_links", "report_id")
        op.alter_column("private_links", "pledge_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_reports_email_key", "reports")
    op.execute("UPDATE reports SET pledge_id = NULL WHERE NOT by_link")  # earlier versions count it as by link
    op.drop_column("reports", "by_link")
    op.drop_column("reports", "email_key")


def _copy(**parts: str) -> None:
    op.execute("ALTER TABLE private_links RENAME TO links_before")
    op.execute(f"CREATE TABLE private_links ({COLUMNS.format(**parts)})")
    op.execute(f"INSERT INTO private_links ({KEPT}) SELECT {KEPT} FROM links_before")  # noqa: S608 - names of this module
    op.execute("DROP TABLE links_before")
    op.create_index("ix_private_links_pledge_id", "private_links", ["pledge_id"])
