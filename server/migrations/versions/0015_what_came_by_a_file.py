"""which devices are known by a file alone; of those of before nothing tells it"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("carried", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("device", "carried")
