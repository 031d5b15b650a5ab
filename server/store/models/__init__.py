"""All tables of a city's database, declared for migrations and backups; statements are written by hand elsewhere."""

from server.store.models.administration import (
    AdminSession,
    AuditRow,
    CatalogueVersion,
    DayOff,
    JobRow,
    NoticeRow,
    NoticeWalk,
    Recount,
    ReplyTemplate,
    SettingRow,
)
from server.store.models.base import Base, db
from server.store.models.cases import Amendment, CaseRow, CommandRow, Counter, FeedHead, FeedRow, Reach, Scope, Stray
from server.store.models.files import Blob, BlobHolder, UploadRow
from server.store.models.people import Attempt, Device, DeviceSample, Diagnosis, Grant, Instance, Invitation, Person

__all__ = [
    "AdminSession",
    "Amendment",
    "Attempt",
    "AuditRow",
    "Base",
    "Blob",
    "BlobHolder",
    "CaseRow",
    "CatalogueVersion",
    "CommandRow",
    "Counter",
    "DayOff",
    "Device",
    "DeviceSample",
    "Diagnosis",
    "FeedHead",
    "FeedRow",
    "Grant",
    "Instance",
    "Invitation",
    "JobRow",
    "NoticeRow",
    "NoticeWalk",
    "Person",
    "Reach",
    "Recount",
    "ReplyTemplate",
    "Scope",
    "SettingRow",
    "Stray",
    "UploadRow",
    "db",
]
