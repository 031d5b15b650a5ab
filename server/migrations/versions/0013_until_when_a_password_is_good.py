"""until when a password is good that was made up for somebody; those of before have no end"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("password_until", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "password_until")
