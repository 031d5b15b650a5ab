"""since when an epoch is that began with a restore

What devices did in the lost days comes back in whatever order they come by; for a while it waits for one another.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_head", sa.Column("begun", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("feed_head", "begun")
