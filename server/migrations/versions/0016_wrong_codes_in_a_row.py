"""how many wrong codes came in a row, and since when codes of a phone open nothing any more"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_factor", sa.Column("wrong", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("second_factor", sa.Column("shut", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("second_factor", "shut")
    op.drop_column("second_factor", "wrong")
