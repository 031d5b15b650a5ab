"""The bytes of photos and documents, and uploads under way."""

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.models.base import db

# Of millions of rows, the few that somebody must look at.
_OPEN_UPLOADS = text("code IS NULL OR code NOT IN ('done', 'terminated')")


class Blob(db.Model):  # type: ignore[name-defined,misc]
    """The bytes of a file that lie in the store whole, verified, once for all cases that have them."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(100))
    stored: Mapped[str] = mapped_column(String(40))


class BlobHolder(db.Model):  # type: ignore[name-defined,misc]
    """That a person has shown to have a blob's bytes. Who knows only its hash has not, and is given nothing for it."""

    __tablename__ = "blob_holder"

    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class UploadRow(db.Model):  # type: ignore[name-defined,misc]
    """An upload under way or ended; one for each person and attachment, so that nobody can make many.

    What it waits for stands here, copied from the manifest: how far it has come is the size of its part file.
    """

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[str] = mapped_column(String(36))
    case_id: Mapped[str] = mapped_column(String(36))
    attachment_id: Mapped[str] = mapped_column(String(36))
    sha256: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(100))
    length: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[str] = mapped_column(String(40))
    expires: Mapped[str] = mapped_column(String(40), index=True)
    verified: Mapped[str | None] = mapped_column(String(40))
    """Set before the part file is moved into the store: from then on a missing part file means that it was."""
    ended: Mapped[str | None] = mapped_column(String(40))
    code: Mapped[str | None] = mapped_column(String(40))
    """How it ended: `done`, `terminated`, or why it was refused."""
    said: Mapped[str | None] = mapped_column(String(2000))
    """`Upload-Metadata` as its creation said it; None where it came in a bundle."""

    __table_args__ = (
        Index("uq_upload_owner", "person_id", "case_id", "attachment_id", unique=True),
        Index("ix_upload_open", "device_id", sqlite_where=_OPEN_UPLOADS, postgresql_where=_OPEN_UPLOADS),
    )
