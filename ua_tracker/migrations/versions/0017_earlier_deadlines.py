"""the deadlines that an action had before its present one

Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

INSTANT = sa.DateTime(timezone=True)
MOVES = ("extended", "edited", "imported")


def upgrade() -> None:
    op.add_column("actions", sa.Column("earlier_deadlines", sa.Text(), server_default="", nullable=False))
    actions = sa.table(
        "actions",
        *(sa.column(name) for name in ("id", "slug", "earlier_deadlines")),
        sa.column("published_at", INSTANT),
    )
    history = sa.table(
        "audit_entries",
        *(sa.column(name) for name in ("id", "deed", "subject")),
        sa.column("at", INSTANT),
        sa.column("before", sa.JSON()),
        sa.column("after", sa.JSON()),
    )
    found: dict[int, list[str]] = {}
    moves = (
        sa.select(actions.c.id, history.c.at, history.c.before, history.c.after)
        .join(history, history.c.subject == actions.c.slug)
        .where(history.c.deed.in_(MOVES), history.c.at >= actions.c.published_at)
        .order_by(history.c.id)
    )
    for number, at, before, after in op.get_bind().execute(moves):
        if before.get("deadline") and after.get("deadline"):
            instant = at.isoformat() if at.tzinfo else f"{at.isoformat()}+00:00"
            found.setdefault(number, []).append(f"{before['deadline']} {instant}")
    for number, lines in found.items():
        changed = sa.update(actions).where(actions.c.id == number)
        op.execute(changed.values(earlier_deadlines="\n".join(lines)))


def downgrade() -> None:
    op.drop_column("actions", "earlier_deadlines")
