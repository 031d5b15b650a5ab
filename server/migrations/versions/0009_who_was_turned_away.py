"""the newest device that was turned away is found without walking through all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TURNED_AWAY = sa.text("turned_away IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_device_turned_away",
        "device",
        ["turned_away"],
        sqlite_where=_TURNED_AWAY,
        postgresql_where=_TURNED_AWAY,
    )


def downgrade() -> None:
    op.drop_index("ix_device_turned_away", "device")
