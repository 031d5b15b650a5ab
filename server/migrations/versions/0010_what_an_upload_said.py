"""what an upload's creation said of it, for HEAD to say again"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upload", sa.Column("said", sa.String(length=2000), nullable=True))


def downgrade() -> None:
    op.drop_column("upload", "said")
