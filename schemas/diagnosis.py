"""What a device tells when an admin asks how it stands: counts, versions, codes and times, and nothing that anybody
typed.

Whatever else a device says is dropped here, so that no personal data can come in this way.
"""

from typing import Any, Final

import marshmallow as ma

LARGEST: Final = 16 * 1024
"""Bytes of a report."""

_MOST = 2**53 - 1


def _count(**more: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(0, _MOST), **more)


def _word(longest: int = 64, **more: Any) -> ma.fields.String:
    # Codes, versions, times: what a person typed has other characters, or is longer.
    return ma.fields.String(
        validate=[ma.validate.Length(0, longest), ma.validate.Regexp(r"^[\w .:+/()\-]*\Z")], allow_none=True, **more
    )


def _counts() -> ma.fields.Dict:
    word = ma.fields.String(validate=[ma.validate.Length(1, 64), ma.validate.Regexp(r"^[\w.]+\Z")])
    return ma.fields.Dict(keys=word, values=_count(), validate=ma.validate.Length(max=40))


class Answered(ma.Schema):
    """One of the last refusals, by codes."""

    class Meta:
        unknown = ma.EXCLUDE

    kind = _word()
    status = _word()
    code = _word()


class Diagnosis(ma.Schema):
    """All of it may be left out."""

    class Meta:
        unknown = ma.EXCLUDE

    app = _word(80)
    platform = _word(120, metadata={"description": "System, its version, and the machine's kind"})
    protocol = _count()
    clock = _word(40, metadata={"description": "The device's claim of the time"})
    skew = ma.fields.Integer(strict=True, allow_none=True, validate=ma.validate.Range(-_MOST, _MOST))
    epoch = _word()
    catalogue = _word()
    promises = _word(128)
    cursor = ma.fields.Boolean(metadata={"description": "Whether it has come anywhere in the feed"})
    snapshot = ma.fields.Boolean(metadata={"description": "Whether it is in the middle of starting over"})
    instances = _count()
    scopes = _count()
    records = _count()
    conflicts = _count()
    mended = _count()
    outbox = _counts()
    waiting = _counts()
    oldest = _word(40)
    bytes = _count(metadata={"description": "Of the commands that wait"})
    refused = ma.fields.List(ma.fields.Nested(Answered), validate=ma.validate.Length(max=50))
    files = _counts()
    used = _count(allow_none=True)
    free = _count(allow_none=True)
    persistent = ma.fields.Boolean(allow_none=True)
    failed = _count()
    trouble = _word()
    trouble_at = _word(40)
    ended = _word(40)
    ended_here = _word(40)
    next_try = _word(40)
    upgrade = ma.fields.Boolean()
