"""The tables. Hot paths (commands, feed) write them set-based through `Model.__table__`; the rest use the session.

Times are text in UTC (RFC 3339, to the second): the same on SQLite and PostgreSQL, sortable, and as they go out.
Sums of hashes are signed 64-bit integers holding unsigned ones (sync.digest.signed).
"""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase

# Names for constraints, so that a migration can drop one on either database.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# On SQLite only a column that is called INTEGER is the table's own key; any other type costs an index beside it.
Position = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
