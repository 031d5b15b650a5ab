"""what the sync board shows of devices, and what an admin asks of them; commands that are answered anew"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OPEN_UPLOADS = sa.text("code IS NULL OR code NOT IN ('done', 'terminated')")
_QUARANTINED = sa.text("status = 'quarantined'")


def _columns() -> tuple["sa.Column[object]", ...]:
    """Of `device`. Added in place: copying the table would first have to let go of what points to it."""
    return (
        sa.Column("waits", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("succeeded", sa.String(length=40), nullable=True),
        sa.Column("cuts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("mismatches", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("mismatched", sa.String(length=40), nullable=True),
        sa.Column("turned_away", sa.String(length=40), nullable=True),
        sa.Column("revoked_why", sa.String(length=200), nullable=True),
        sa.Column("resync", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("resync_asked", sa.String(length=40), nullable=True),
        sa.Column("diagnosis_asked", sa.String(length=40), nullable=True),
        sa.Column("amended", sa.BigInteger(), nullable=False, server_default="0"),
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column("device", column)
    op.create_index("ix_device_seen", "device", ["seen"])
    op.create_index(
        "ix_command_quarantined",
        "command",
        ["received"],
        sqlite_where=_QUARANTINED,
        postgresql_where=_QUARANTINED,
    )
    op.create_index(
        "ix_upload_open", "upload", ["device_id"], sqlite_where=_OPEN_UPLOADS, postgresql_where=_OPEN_UPLOADS
    )
    op.add_column("stray", sa.Column("handled", sa.String(length=40), nullable=True))
    op.add_column("stray", sa.Column("handled_how", sa.String(length=16), nullable=True))
    op.create_table(
        "amendment",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("instance", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_amendment")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index("ix_amendment_instance_n", ["instance", "n"], unique=False)
    op.create_table(
        "device_sample",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=True),
        sa.Column("skew", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", "at", name=op.f("pk_device_sample")),
    )
    with op.batch_alter_table("device_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_sample_at"), ["at"], unique=False)
    op.create_table(
        "diagnosis",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("came", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "came", name=op.f("pk_diagnosis")),
    )


def downgrade() -> None:
    op.drop_table("diagnosis")
    op.drop_table("device_sample")
    op.drop_table("amendment")
    op.drop_column("stray", "handled_how")
    op.drop_column("stray", "handled")
    op.drop_index("ix_upload_open", "upload")
    op.drop_index("ix_command_quarantined", "command")
    op.drop_index("ix_device_seen", "device")
    for column in reversed(_columns()):
        op.drop_column("device", column.name)
