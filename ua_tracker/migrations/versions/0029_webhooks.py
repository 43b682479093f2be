"""webhooks, what each of them is told, and the messages to them

Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"


def upgrade() -> None:
    _hooks()
    op.create_table(
        "webhook_topics",
        sa.Column("hook_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "topic IN ('pledge', 'report', 'held', 'released', 'extended', 'closed', 'outcome')",
            name=op.f("ck_webhook_topics_topic_known"),
        ),
        sa.ForeignKeyConstraint(["hook_id"], ["webhooks.id"], name=op.f("fk_webhook_topics_hook_id")),
        sa.PrimaryKeyConstraint("hook_id", "topic", name=op.f("pk_webhook_topics")),
    )
    _messages()


def _hooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("gives_people", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("once_key", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("off_reason", sa.String(length=20), nullable=True),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "off_reason IS NULL OR off_reason IN ('coordinator', 'gone', 'given up')",
            name=op.f("ck_webhooks_off_reason_known"),
        ),
        sa.CheckConstraint("is_on = (off_reason IS NULL)", name=op.f("ck_webhooks_off_for_a_reason")),
        sa.CheckConstraint("removed_at IS NULL OR NOT is_on", name=op.f("ck_webhooks_removed_is_off")),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_webhooks_action_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_webhooks_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("once_key", name=op.f("uq_webhooks_once_key")),
    )
    for column in ("action_id", "group_id"):
        op.create_index(op.f(f"ix_webhooks_{column}"), "webhooks", [column])


def _messages() -> None:
    op.create_table(
        "webhook_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("pledge_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint("ending IN ('sent', 'given up')", name=op.f("ck_webhook_messages_ending_known")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_webhook_messages_ended_with_ending")
        ),
        *(
            sa.ForeignKeyConstraint([f"{noun}_id"], [f"{table}.id"], name=op.f(f"fk_webhook_messages_{noun}_id"))
            for noun, table in (
                ("hook", "webhooks"), ("action", "actions"), ("group", "groups"), ("pledge", "pledges"),
                ("report", "reports"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_messages")),
        sa.UniqueConstraint("hook_id", "message_id", name=op.f("uq_webhook_messages_hook_id_message_id")),
    )  # fmt: skip
    for column in ("action_id", "group_id", "pledge_id", "report_id", "ended_at"):
        op.create_index(op.f(f"ix_webhook_messages_{column}"), "webhook_messages", [column])
    op.create_index("ix_webhook_messages_hook_id_id", "webhook_messages", ["hook_id", "id"])
    op.create_index(
        "ix_webhook_messages_waiting",
        "webhook_messages",
        ["hook_id", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("webhook_messages")
    op.drop_table("webhook_topics")
    op.drop_table("webhooks")
