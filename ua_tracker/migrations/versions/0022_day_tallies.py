"""letters by day, counted as they come

Revises: 0021
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

CHANNELS = ("post", "email", "fax", "social", "phone")
COLUMNS = ("letters_pledged", *(f"letters_{channel}" for channel in CHANNELS))
BY_CHANNEL = ", ".join(f"CASE WHEN channel = '{channel}' THEN letters ELSE 0 END" for channel in CHANNELS)
FILLED = """
    INSERT INTO day_tallies (action_id, group_id, day, {columns})
    SELECT {action}, group_id, day, {sums} FROM (
        SELECT COALESCE(group_id, 0) AS group_id, {day} AS day, letters AS letters_pledged, {zeros}
        FROM pledges
        WHERE action_id = {action} AND voided_at IS NULL AND withdrawn_at IS NULL AND NOT is_held
        UNION ALL
        SELECT COALESCE(group_id, 0), sent_on, 0, {by_channel}
        FROM reports WHERE action_id = {action} AND voided_at IS NULL AND NOT is_held
    ) AS rows
    GROUP BY group_id, day
"""


def upgrade() -> None:
    op.create_table(
        "day_tallies",
        sa.Column("action_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in COLUMNS),
        *(sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_day_tallies_{name}_not_negative")) for name in COLUMNS),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_day_tallies_action_id")),
        sa.PrimaryKeyConstraint("action_id", "group_id", "day", name=op.f("pk_day_tallies")),
        sqlite_with_rowid=False,
    )
    _fill()


def _fill() -> None:
    connection = op.get_bind()
    made = sa.table("pledges", sa.column("action_id"), sa.column("made_at", sa.DateTime(timezone=True))).c
    bounds = sa.select(made.action_id, sa.func.min(made.made_at), sa.func.max(made.made_at)).group_by(made.action_id)
    spans = {row[0]: (row[1], row[2]) for row in connection.execute(bounds)}
    parts = {
        "columns": ", ".join(COLUMNS),
        "sums": ", ".join(f"SUM({name})" for name in COLUMNS),
        "zeros": ", ".join(f"0 AS {name}" for name in COLUMNS[1:]),
        "by_channel": BY_CHANNEL,
    }
    for action_id, zone in connection.execute(sa.text("SELECT id, timezone FROM actions")).all():
        day = _day(zone, *spans[action_id]) if action_id in spans else "CAST(NULL AS DATE)"
        connection.execute(sa.text(FILLED.format(action=action_id, day=day, **parts)))


def _day(zone: str, first: datetime, last: datetime) -> str:
    """The day of `made_at` in the zone, as SQL: the offset from UTC changes at a few instants between these two."""
    *earlier, (_, offset) = _offsets(ZoneInfo(zone), _in_utc(first), _in_utc(last))
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    ending = "+00:00" if is_postgresql else ".000000"
    shifted = "CAST(made_at AT TIME ZONE 'UTC' + INTERVAL '{} seconds' AS DATE)"
    if not is_postgresql:
        shifted = "date(made_at, '{} seconds')"
    cases = (f"WHEN made_at < '{until:%Y-%m-%d %H:%M:%S}{ending}' THEN {shifted.format(by)}" for until, by in earlier)
    return f"CASE {' '.join(cases)} ELSE {shifted.format(offset)} END" if earlier else shifted.format(offset)


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _offsets(zone: ZoneInfo, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """The zone's offsets from UTC in seconds between two instants, each with the instant until which it lasts."""

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(zone).utcoffset()

    found, at = [], first.replace(microsecond=0)
    while at <= last:
        least, most = 0, 24 * 60 * 60
        while offset(at + timedelta(seconds=most)) != offset(at) and most - least > 1:
            middle = (least + most) // 2
            is_same = offset(at + timedelta(seconds=middle)) == offset(at)
            least, most = (middle, most) if is_same else (least, middle)
        until = at + timedelta(seconds=most)
        if offset(until) != offset(at) or until > last:
            found.append((until, int((offset(at) or timedelta()).total_seconds())))
        at = until
    return found


def downgrade() -> None:
    op.drop_table("day_tallies")
