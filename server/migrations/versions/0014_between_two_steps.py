"""who has typed the password and not yet the code"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "half_way",
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("password", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_half_way_person_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_half_way")),
    )
    op.create_index(op.f("ix_half_way_person_id"), "half_way", ["person_id"])


def downgrade() -> None:
    op.drop_table("half_way")
