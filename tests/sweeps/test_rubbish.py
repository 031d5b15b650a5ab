"""Rubbish at every door, described or not: methods, addresses, headers and bodies that nobody would send. Whatever it
is, the answer is none of our faults, and a refusal is a problem or a page."""

import os
import re
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from server.api.problems import MEDIA
from server.files import tus
from sync import bundle, codec
from tests.api.device import dumps
from tests.sweeps.askers import EVERYBODY, askers
from tests.sweeps.city_day import CityDay
from tests.sweeps.talking import read_to_the_end

MANY = int(os.environ.get("TENGGAT_FUZZ") or 0)
"""Other rubbish each time, so many times the usual amount: `make fuzz`."""

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "SYNC")

HEADERS: Final = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Content-Length",
    "Content-Type", "Cookie", "Expect", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Origin",
    "Range", "Sec-Fetch-Site", "Transfer-Encoding", "Tus-Resumable", "Upload-Checksum", "Upload-Concat",
    "Upload-Defer-Length", "Upload-Length", "Upload-Metadata", "Upload-Offset", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Request-Id", "Last-Event-ID", "Connection", "Upgrade",
)  # fmt: skip

ODD: Final = (
    "", " ", "*", "*/*", ";", ",,,", "=", "0", "-1", "1e999", "9" * 400, "bytes=-", "bytes=5-2", "bytes=0-0,-1,2-",
    "bytes=99999999999999999999-", "W/", '"', 'W/"x"', "gzip;q=", "zstd, gzip;q=0", "br;q=nan", "identity;q=-1",
    "chunked", "gzip", "zstd", "deflate, gzip", "text/html;charset=utf-7", "multipart/form-data",
    "multipart/form-data; boundary=", "application/json", "application/json; charset=utf-16",
    "application/x-www-form-urlencoded", "Bearer", "Bearer ", "Basic eA==", "Bearer " + "x" * 43, "1.0.0",
    "case Y2FzZQ==", "case !,attachment", "sha1 AAAA", "sha256 ", "md5 x", "PATCH", "HEAD", "same-origin",
    "cross-site", "null", "http://[::1", "localhost:99999", "jahat.example", "127.0.0.1, x",
    "Thu, 32 Feb 2026 99:00:00 GMT", "0001-01-01", "tenggat_admin=", "tenggat_admin=" + "a" * 43,
    "a=b; tenggat_admin=\xff", "100-continue", "websocket", "\xff\xfe", "\xe9" * 50, "%00", "../../etc/passwd",
    "${jndi:ldap://x}", "{{7*7}}", "' OR 1=1--", "id", "en;q=9", "x" * 9_000, tus.MEDIA, codec.MEDIA, bundle.MEDIA,
)  # fmt: skip

HELLO: Final = dumps({"t": "hello", "protocol": 1, "instance": "00000000-0000-4000-8000-000000000000", "guest": True})

BODIES: Final = (
    b"", b"\0", b"{}", b"[]", b"null", b'"x"', b"{", b"[" * 9_000, b'{"login":{},"password":[]}', b"\xff\xfe\0x",
    b'{"code":"' + b"x" * 43 + b'"}', b'{"code":1e999}', HELLO, HELLO + b"\n", HELLO + b'\n{"t":"end","commands":0}\n',
    b"a=b&a=b&=&%zz=%00", b"form.key=x&title=%ff", b"csrf=x",
    b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n--x--", b"tenggat-bundle 1\n",
    b"tenggat-bundle 1\n{}\n" + b"\0" * 300, b"\x28\xb5\x2f\xfd", b"\x1f\x8b\x08", b"%PDF-", b"\xff\xd8\xff",
)  # fmt: skip

QUERIES: Final = ("lang=en", "code=%00", "page=" + "9" * 30, "since=\xff", "a[]=1", "&&=", "before=-1", "q=%ff")

PARTS: Final = ("x", "..", "%2e%2e%2f", "0", "-1", "\u0663", "a" * 3_000, "\ud7ff", "'", "%00", "\0")

TEXT: Final = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40)

PART: Final = st.none() | st.sampled_from(PARTS) | st.text(min_size=1, max_size=20)
"""A part of an address: None is a real one."""


class Doors:
    """The city's, and how they are asked. Told in one word: what a failure tells is what was asked."""

    def __init__(self, day: CityDay) -> None:
        day.server.app.testing = False
        self.day = day
        self.app = read_to_the_end(day.server.app)

    def __repr__(self) -> str:
        return "doors"


@pytest.fixture(scope="module")
def doors(day: CityDay) -> Doors:
    return Doors(day)


def _rules(day: CityDay) -> list[Rule]:
    """In an order that stays, whatever was asked so far."""
    return sorted(day.server.app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def _path(day: CityDay, rule: Rule, parts: list[str | None]) -> str:
    """The rule's address, each part of it real, or anything at all."""
    real = {
        "number": day.number, "case": day.accepted, "attachment": day.photo, "upload": day.upload.rpartition("/")[2],
        "id": day.device, "key": day.stuck, "came": day.came,
    }  # fmt: skip
    path = rule.rule
    for argument, part in zip(sorted(rule.arguments), parts, strict=False):
        told = quote((real.get(argument, "x") if part is None else part).encode("utf-8", "replace"), safe="")
        path = re.sub(rf"<(\w+:)?{argument}>", lambda _, told=told: told, path)
    return path


@settings(
    max_examples=MANY * 20 or 1_000,
    deadline=None,
    derandomize=not MANY,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    number=st.integers(0, 9_999),
    parts=st.lists(PART, min_size=3, max_size=3),
    who=st.sampled_from(sorted(EVERYBODY)),
    added=st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(ODD) | TEXT, max_size=5),
    other=st.none() | st.none() | st.sampled_from(METHODS),
    query=st.none() | st.sampled_from(QUERIES) | TEXT,
    body=st.none() | st.sampled_from(BODIES) | st.binary(max_size=200),
)
def test_whatever_comes_is_answered_without_a_fault(
    doors: Doors,
    number: int,
    parts: list[str | None],
    who: str,
    added: dict[str, str],
    other: str | None,
    query: str | None,
    body: bytes | None,
) -> None:
    day, rules = doors.day, _rules(doors.day)
    rule = rules[number % len(rules)]
    methods = sorted(rule.methods or ())
    method, path = other or methods[number // len(rules) % len(methods)], _path(day, rule, parts)
    headers = {asker.name: asker for asker in askers(day)}[who].headers | added
    # A stream of events would last half a minute.
    if rule.rule.endswith("/events"):
        headers.pop("Cookie", None)
    environ = EnvironBuilder(path=path, method=method, data=body).get_environ()
    environ["QUERY_STRING"] = (query or "").encode("utf-8", "replace").decode("latin-1")
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    # Straight into the application: the library's own client stumbles over such hosts.
    answer = TestResponse(*run_wsgi_app(doors.app, environ), request=EnvironBuilder().get_request())
    told = f"{method} {path} {headers} {query!r} {body!r} as {who}: {answer.status} {answer.get_data()[:300]!r}"
    assert answer.status_code not in (500, 501, 502), told
    assert answer.headers["X-Content-Type-Options"] == "nosniff", told
    if answer.status_code >= 400 and method != "HEAD" and answer.get_data():
        assert answer.mimetype in (MEDIA, "text/html"), told


def test_what_another_one_was_wanted_of_is_not_sent(day: CityDay) -> None:
    """If-Match (RFC 9110 §13.1.1): the refusal is a problem, and not the thing itself under another number."""
    headers = {"Authorization": f"Bearer {day.devices['owner'].token}", "If-Match": '"another"'}
    for path in ("/api/v1/catalogue", f"/api/v1/cases/{day.accepted}/files/{day.photo}"):
        answer = day.server.app.test_client().get(path, headers=headers, buffered=True)
        assert (answer.status_code, answer.mimetype, answer.json["code"]) == (412, MEDIA, "not_the_same")
