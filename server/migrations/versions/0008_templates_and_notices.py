"""texts that officers answer with; what is to be told to whom, and where mail goes"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_RUNNING = sa.text("due IS NOT NULL")
_UNDER_WAY = sa.text("state IN ('queued', 'leaving', 'failed')")


def upgrade() -> None:
    op.add_column("person", sa.Column("email", sa.String(length=200), nullable=True))
    op.create_index(
        "ix_case_record_due", "case_record", ["due", "born"], sqlite_where=_RUNNING, postgresql_where=_RUNNING
    )
    op.create_table(
        "reply_template",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("services", sa.String(length=1000), nullable=False),
        sa.Column("actions", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_reply_template")),
    )
    op.create_table(
        "notice",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("limit_code", sa.String(length=64), nullable=True),
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("made", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("mail", sa.String(length=36), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=True),
        sa.Column("told", sa.String(length=40), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("key", "person_id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_made", "notice", ["made"])
    op.create_index("ix_notice_told", "notice", ["person_id", "told"])
    op.create_index(
        "ix_notice_under_way", "notice", ["person_id"], sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY
    )
    op.create_table(
        "notice_walk",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_walk")),
    )


def downgrade() -> None:
    op.drop_table("notice_walk")
    op.drop_table("notice")
    op.drop_table("reply_template")
    op.drop_index("ix_case_record_due", "case_record")
    op.drop_column("person", "email")
