"""Bad input of every kind: a clear problem body or a result per command, never a 500, and nothing typed is lost."""

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.messages import MAX_BODY, MAX_COMMANDS, MAX_LINE
from tests.conftest import Server

from .conftest import Make
from .device import Answer, Device, dumps, new_id, read
from .filing import act, application, edit, fields, file

PACKERS: dict[str, Callable[[bytes], bytes]] = {"identity": bytes, "gzip": gzip.compress, "zstd": zstandard.compress}
END = {"t": "end", "commands": 1}


def _post(device: Device, body: bytes, **headers: str) -> tuple[int, str | None]:
    """Status and word code; a refusal is always a problem body, and nothing is ever a 500."""
    response = device.post(body, **headers)
    data = response.get_data()
    assert response.status_code < 500, data
    if response.status_code == 200:
        return 200, None
    assert response.mimetype == "application/problem+json"
    problem = json.loads(data)
    assert problem["status"] == response.status_code
    assert problem["detail"]
    return response.status_code, problem["code"]


def _kept(server: Server) -> list[bytes]:
    """Every line that the server keeps whole."""
    found = server.rows("SELECT payload FROM command WHERE payload IS NOT NULL UNION ALL SELECT payload FROM stray")
    return [bytes(row.payload) for row in found]


def _send(device: Device, *lines: bytes) -> Answer:
    """Lines in place of commands; the exchange itself succeeds."""
    response = device.post(device.body(lines))
    assert response.status_code == 200, response.get_data()
    return read(response)


# ---- Bodies ----


@pytest.mark.parametrize("encoding", PACKERS)
def test_a_body_cut_at_every_byte(server: Server, guest: Device, encoding: str) -> None:
    """Never a 500; what arrived whole may be applied, and the whole body sent again has each effect once."""
    case = new_id()
    lines = [edit(guest, case, {"name": "x"}), edit(guest, case, {"street": "y"}, after=1)]
    body = PACKERS[encoding](guest.body(lines))
    seen = set()
    for cut in range(len(body)):
        status, code = _post(guest, body[:cut], **{"Content-Encoding": encoding})
        # The last bytes of a compressed body are its checksum: without them the lines may be whole already.
        assert code in {"body_cut", "malformed"} or (status == 200 and encoding != "identity" and cut > len(body) - 12)
        seen.add(code)
    assert "body_cut" in seen
    assert _post(guest, body, **{"Content-Encoding": encoding}) == (200, None)
    assert [row.version for row in server.rows("SELECT version FROM feed ORDER BY pos")] == [1, 2]
    guest.pull()
    assert guest.held[case]["fields"] == {"name": "x", "street": "y"}


def test_a_damaged_body(guest: Device) -> None:
    for encoding in ("gzip", "zstd"):
        packed = bytearray(PACKERS[encoding](guest.body([edit(guest, new_id(), {"name": "x" * 200})])))
        for place in range(0, len(packed), 7):
            damaged = bytes(packed[:place] + bytes([packed[place] ^ 0xFF]) + packed[place + 1 :])
            status, _ = _post(guest, damaged, **{"Content-Encoding": encoding})
            assert status in {200, 400, 401, 409, 413}, place
        assert _post(guest, guest.body(), **{"Content-Encoding": encoding}) == (400, "malformed")


def test_a_wrong_content_encoding(guest: Device) -> None:
    for encoding in ("br", "deflate", "gzip, zstd", "x" * 500, "zstd\x7f"):
        assert _post(guest, guest.body(), **{"Content-Encoding": encoding}) == (415, "unknown_encoding")
    assert _post(guest, guest.body(), **{"Content-Encoding": " GZIP "}) == (400, "malformed")
    assert _post(guest, guest.body(), **{"Content-Encoding": ""}) == (200, None)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "Bearer x",
        "Bearer " + "é" * 43,
        "Bearer " + "x" * 44,
        "x" * 5000,
        "Bearer a b",
    ],
)
def test_a_wrong_authorization(guest: Device, header: str) -> None:
    status, code = _post(guest, guest.body(), Authorization=header)
    assert (status, code) == (401, "not_signed_in")


def test_too_large(server: Server, guest: Device) -> None:
    long = guest.command("case.edit", new_id(), {"service": "krk", "set": {"name": "x" * MAX_LINE}})
    assert _post(guest, guest.body([long])) == (413, "too_large")
    assert _post(guest, b"x" * (MAX_BODY + 1)) == (413, "too_large")
    assert server.rows("SELECT * FROM command") == []
    first = dumps({"t": "hello", "protocol": 1, "instance": guest.instance, "guest": True}) + b"\n"
    assert _post(guest, first + b'{"t":"check"}\n' * 10_000) == (413, "too_large")
    assert _post(guest, first + dumps({"t": "fetch", "ids": [new_id()] * 1_001}) + b"\n")[0] in {400, 200}


def test_too_many_commands_keep_what_came_before(server: Server, guest: Device) -> None:
    lines = [b'{"t":"command","seq":%d}' % n for n in range(1, MAX_COMMANDS + 2)]
    assert _post(guest, guest.body(lines)) == (413, "too_large")
    assert len(server.rows("SELECT seq FROM command")) == MAX_COMMANDS, "in whole batches, each kept"


@pytest.mark.parametrize("filler", [b"\0", b"\n", b"{}\n", b'{"t":"check"}\n', b'{"t":"command"}\n'])
@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_costs_little(guest: Device, encoding: str, filler: bytes) -> None:
    """Far more than is allowed, in a few hundred kilobytes: refused at 64 MiB of it, with flat memory."""
    guest.exchange()
    hello = dumps({"t": "hello", "protocol": 1, "instance": guest.instance, "guest": True}) + b"\n"
    block = filler * (4 * 1024 * 1024 // len(filler))
    bomb = _bomb(encoding, hello, block, 20)
    assert len(bomb) < 500_000
    tracemalloc.start()
    began = time.process_time()
    status, code = _post(guest, bomb, **{"Content-Encoding": encoding})
    spent = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (status, code) == (413, "too_large")
    assert peak < 64 * 1024 * 1024
    assert spent < 20, "with the tracer on, which is ten times as slow"


def _bomb(encoding: str, head: bytes, block: bytes, times: int) -> bytes:
    if encoding == "gzip":
        import zlib

        packer: Any = zlib.compressobj(1, zlib.DEFLATED, 31)
    else:
        packer = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join([packer.compress(head), *(packer.compress(block) for _ in range(times)), packer.flush()])


def test_a_zstd_window_that_would_fill_the_memory(guest: Device) -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(guest.body() + b" " * 10_000_000) + packer.flush()
    assert _post(guest, packed, **{"Content-Encoding": "zstd"}) == (400, "malformed")


# ---- Encodings ----


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "cp037"])
def test_a_body_in_another_encoding(guest: Device, encoding: str) -> None:
    body = guest.body().decode().encode(encoding)
    assert _post(guest, body) in {(400, "malformed"), (400, "body_cut")} or encoding == "utf-7"


@pytest.mark.parametrize(
    "value",
    [
        b'"\xe9"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\x00"',
        b'"\xff\xfe"',
        b'"\xc0\x80"',
        b'"\xef\xbb\xbf',
    ],
)
def test_a_command_in_a_wrong_encoding_is_kept(server: Server, guest: Device, value: bytes) -> None:
    line = edit(guest, new_id(), {"name": "HERE"}).replace(b'"HERE"', value)
    good = edit(guest, new_id(), {"name": "x"})
    answer = _send(guest, line, good)
    assert [r["status"] for r in answer.results] == ["quarantined", "applied"]
    assert answer.results[0]["code"] == "malformed"
    assert line in _kept(server)


@pytest.mark.parametrize("text", ["a\0b", "\u202e\ufeff", "\U0001f3e0" * 100, "é" * 300, "a\u0301", "\x7f"])
def test_odd_text_is_kept_as_typed_in_a_draft(server: Server, guest: Device, text: str) -> None:
    case = new_id()
    guest.exchange(edit(guest, case, {"name": text}))
    assert guest.held[case]["fields"]["name"] == text
    # And told what to do about at the submit, where it cannot stand.
    result = guest.exchange(guest.command("case.act", case, {"action": "submit"})).result
    assert result["code"] == "invalid"


# ---- Messages ----

HELLO = ["protocol", "instance", "app", "epoch", "cursor", "catalogue", "promises", "limit", "clock", "guest", "health"]
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**63,
    2**64,
    10**400,
    -(10**30),
    "",
    "x",
    "\0",
    "x" * 70,
    [],
    [[]],
    {},
    {"a": {}},
]


@pytest.mark.parametrize("field", ["t", "seq", "kind", "case", "at", "base", "after", "data"])
@pytest.mark.parametrize("value", ODD, ids=lambda v: repr(v)[:12])
def test_wrong_types_in_a_command(server: Server, guest: Device, field: str, value: Any) -> None:
    case = new_id()
    broken = json.loads(edit(guest, case, {"name": "x"}))
    broken[field] = value
    line = dumps(broken)
    good = edit(guest, new_id(), {"name": "y"})
    answer = _send(guest, line, good)
    assert len(answer.results) == 2
    first, second = answer.results
    assert second["status"] == "applied"
    assert first.get("code") != "internal"
    if first["status"] != "applied":
        assert line in _kept(server) or first["status"] == "retry"
        assert first["text"]["id"] and first["text"]["en"]
    if first["seq"] is None:
        assert first["line"] == 1
    assert [r["status"] for r in _send(guest, line, good).results] == [r["status"] for r in answer.results]


@pytest.mark.parametrize("field", HELLO)
@pytest.mark.parametrize("value", ODD, ids=lambda v: repr(v)[:12])
def test_wrong_types_in_hello(guest: Device, field: str, value: Any) -> None:
    status, code = _post(guest, guest.body(**{field: value}))
    assert (status, code) in {(200, None), (400, "malformed"), (401, "not_signed_in")}


@pytest.mark.parametrize("message", ["check", "fetch", "end", "hello", "result", "nonsense"])
def test_other_lines_in_wrong_shapes(server: Server, guest: Device, message: str) -> None:
    for value in ODD:
        for line in ({"t": message, "ids": value}, {"t": message, "commands": value}, {"t": message}):
            response = guest.post(guest.body((), line))
            assert response.status_code in {200, 400}, response.get_data()


def test_order_of_lines(server: Server, guest: Device) -> None:
    hello = dumps({"t": "hello", "protocol": 1, "instance": guest.instance, "guest": True})
    command, end = edit(guest, new_id(), {"name": "x"}), dumps({"t": "end", "commands": 1})
    wrong = {
        "no hello": [command, end],
        "two": [hello, hello, command, end],
        "after the end": [hello, command, end, command],
        "two ends": [hello, command, end, end],
        "miscounted": [hello, end],
        "a check after": [hello, command, end, b'{"t":"check"}'],
        "nothing": [],
        "blank": [b"", b""],
    }
    for name, lines in wrong.items():
        assert _post(guest, b"\n".join(lines) + b"\n")[0] == 400, name
    assert _post(guest, b"\n\n" + b"\n\n".join([hello, command, end]) + b"\n\n") == (200, None), (
        "blank lines are nothing"
    )


@pytest.mark.parametrize("depth", [100, 900, 5_000, 100_000])
def test_deep_nesting(server: Server, guest: Device, depth: int) -> None:
    """In a line, in a command's data, in a value: set aside, and what stands after it is applied."""
    case = new_id()
    deep = b"[" * depth + b"]" * depth
    wide = b'{"a":' * (depth // 3) + b"1" + b"}" * (depth // 3)
    lines = [
        edit(guest, case, {"name": "HERE"}).replace(b'"HERE"', deep),
        edit(guest, case, {"name": "HERE"}).replace(b'"HERE"', wide),
        guest.command("case.act", case, {"service": "krk", "action": "submit", "form": "HERE"}).replace(
            b'"HERE"', wide
        ),
        guest.command("case.edit", case, {}, mood="HERE").replace(b'"HERE"', deep),
        deep,
        edit(guest, case, {"street": "x"}),
    ]
    answer = _send(guest, *lines)
    assert [r["status"] for r in answer.results[:3]] == ["quarantined"] * 3
    assert {r["code"] for r in answer.results[:3]} == {"malformed"}
    assert answer.results[5]["status"] == "applied"
    assert set(lines[:3]) <= set(_kept(server))
    hello = guest.body(health="HERE").replace(b'"HERE"', b'{"x":' + deep + b"}")
    assert _post(guest, hello)[0] in {200, 400}
    guest.exchange()
    assert guest.held[case]["fields"] == {"street": "x"}
    response = server.app.test_client().post("/api/v1/accounts", data=deep, content_type="application/json")
    assert response.status_code in {400, 422}


@pytest.mark.parametrize(
    "body", [b"9" * 10_000, b'{"login":' + b"9" * 10_000 + b"}", b"NaN", b'{"login":1e999}', b"\xff", b"{"]
)
def test_bad_json_elsewhere(server: Server, body: bytes) -> None:
    for path in ("accounts", "devices"):
        response = server.app.test_client().post(f"/api/v1/{path}", data=body, content_type="application/json")
        assert response.status_code in {400, 422}, response.get_data()
        assert response.mimetype == "application/problem+json"


# ---- Keys, dates, numbers ----


@pytest.mark.parametrize("seq", [0, -1, 2**53, 2**63, 2**64, 10**100, 1.5, "1", None, True])
def test_impossible_sequence_numbers(server: Server, guest: Device, seq: Any) -> None:
    line = dumps(json.loads(edit(guest, new_id(), {"name": "x"})) | {"seq": seq})
    result = _send(guest, line).result
    assert (result["seq"], result["line"], result["status"], result["code"]) == (None, 1, "quarantined", "malformed")
    assert _kept(server) == [line]
    assert _send(guest, line).result == result
    assert _kept(server) == [line], "kept once"


def test_it_cannot_build_on_itself_or_on_a_later_one(server: Server, guest: Device) -> None:
    for after in (1, 2, 2**53 - 1):
        guest.seq = 0
        guest.instance = new_id()
        result = _send(guest, edit(guest, new_id(), {"name": "x"}, after=after)).result
        assert (result["status"], result["code"]) == ("quarantined", "malformed")


def test_an_id_is_an_id_to_the_last_character(server: Server, guest: Device) -> None:
    for wrong in (new_id() + "\n", new_id().upper(), new_id()[:-1], " " + new_id(), "../" * 12, "٠" * 36):
        result = _send(guest, edit(guest, wrong, {"name": "x"})).result
        assert (result["status"], result["code"]) == ("quarantined", "malformed"), repr(wrong)
    assert server.rows("SELECT * FROM case_record") == []


@pytest.mark.parametrize(
    "when", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "now", "\0"]
)
def test_absurd_clocks(server: Server, guest: Device, when: str) -> None:
    case = new_id()
    body = guest.body([edit(guest, case, {"name": "x"}, at=when)], clock=when, health={"oldest": when})
    answer = read(guest.post(body))
    assert answer.result["status"] == "applied"
    skew = server.rows("SELECT skew FROM device")[0].skew
    assert skew is None or -(2**31) < skew < 2**31, "whatever database keeps it"


@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "2026-02-30", "10000-01-01", "-001-01-01", "2026-13-01", 20260316, "9999"]
)
def test_absurd_dates_in_forms(server: Server, guest: Device, staff: Make, day: Any) -> None:
    data = {"action": "submit"} | application(server, "iptb", request="renewal", old_ends=day)
    result = guest.exchange(guest.command("case.act", new_id(), data)).result
    assert (result["status"], set(result["details"]["problems"])) == ("rejected", {"old_ends"})
    case = file(server, guest, "lapor", category="other", where="none")
    desk = staff("complaint_officer", scopes=("office:diskominfo",))
    desk.exchange(desk.command("case.act", case, {"action": "dispatch"}))
    plan = {"plan": "Perbaikan dimulai bulan depan", "by": day}
    result = desk.exchange(desk.command("case.act", case, {"action": "resolve_with_plan", "form": plan})).result
    assert (result["status"], set(result["details"]["problems"])) == ("rejected", {"by"})


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"9" * 5_000, b"9" * 400, b"-0", b"1e308", b"0x10"])
def test_absurd_numbers(server: Server, guest: Device, number: bytes) -> None:
    case = new_id()
    line = edit(guest, case, {"land_area": "HERE"}).replace(b'"HERE"', number)
    answer = _send(guest, line)
    assert (answer.result["status"], answer.result.get("code")) in {("applied", None), ("quarantined", "malformed")}
    if answer.result["status"] == "applied":
        guest.exchange()
        assert case in guest.held
        guest.exchange(edit(guest, case, {"land_area": 5}, guest.held[case]["fields"]))
        assert guest.held[case]["fields"] == {"land_area": 5}
    else:
        assert _kept(server) == [line]


def test_a_case_stays_short_enough_to_travel(server: Server, guest: Device, staff: Make) -> None:
    """A record is one line, and no device takes a longer one: a case that grew past it would stop an office's sync."""
    case = new_id()
    names = [field.name for field in server.city.service("krk").fields]
    results = [guest.exchange(edit(guest, case, {name: "x" * 19_000})).result for name in names]
    assert {r.get("code") for r in results} == {None, "case_full"}
    assert len(dumps(guest.held[case])) < MAX_LINE
    filed = file(server, guest)
    desk = staff("front_desk")
    for number in range(12):
        late = {"action": "submit", "form": {"notes": "y" * 50_000, "n": number}}
        result = desk.exchange(desk.command("case.act", filed, late)).result
        assert result["code"] in {"wrong_stage", "case_full"}
    assert result["code"] == "case_full"
    assert len(dumps(desk.held[filed])) < MAX_LINE
    assert act(desk, filed, "accept").result["status"] == "applied"


# ---- Hypothesis ----

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
WORDS = st.sampled_from(
    ["krk", "lapor", "submit", "accept", "street", "anonymous", "category", "owner", "ours", "theirs", "case", ""]
)
NAMES = st.sampled_from(["service", "set", "was", "action", "form", "note", "items", "field", "take", "to", "x"])
KINDS = st.sampled_from(
    ["case.edit", "case.act", "case.choose", "case.open", "case.recount", "case.hand_over", "case.x"]
)
FIELDS = st.sampled_from(
    ["street", "nik", "area", "land_area", "point", "outline", "anonymous", "category", "nope", "is_owner"]
)
DATA = st.dictionaries(NAMES, JSON | WORDS | st.dictionaries(FIELDS, JSON | WORDS, max_size=4), max_size=6)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Device, dict[str, str]]]:
    """One server for many examples: a draft, a filed case, and a complaint at the desk."""
    from server.app import create_app
    from server.settings import Settings
    from server.sources import Sources
    from tests.conftest import Clock

    clock = Clock()
    server = Server(create_app(Settings(data=tmp_path_factory.mktemp("shared")), Sources(clock=clock)), clock)
    server.app.testing = False
    _, token = server.staff(
        "citizen", "front_desk", "complaint_officer", scopes=("office:distaru", "office:diskominfo")
    )
    device = Device(server.app, token, guest=False)
    draft = new_id()
    device.exchange(edit(device, draft, fields(server)))
    yield (
        server,
        device,
        {"draft": draft, "krk": file(server, device), "lapor": file(server, device, "lapor"), "new": ""},
    )
    server.engine.dispose()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=KINDS, where=st.sampled_from(["draft", "krk", "lapor", "new"]), data=DATA | JSON)
def test_arbitrary_commands(shared: tuple[Server, Device, dict[str, str]], kind: str, where: str, data: Any) -> None:
    server, device, cases = shared
    line = device.command(kind, cases[where] or new_id(), data)
    result = device.exchange(line).result
    assert result["status"] in {"applied", "merged", "rejected", "quarantined"}
    assert result.get("code") != "internal", (line, result)
    if result["status"] in {"rejected", "quarantined"}:
        kept = server.rows(
            "SELECT payload FROM command WHERE instance = :i AND seq = :s", i=device.instance, s=device.seq
        )
        assert bytes(kept[0].payload) == line
    # What was stored can be read again, and the reader's sums agree.
    assert device.exchange().end["digest"] == device.digest()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()), cursor=st.text(max_size=60))
def test_arbitrary_lines_and_cursors(shared: tuple[Server, Device, dict[str, str]], line: bytes, cursor: str) -> None:
    _, device, _ = shared
    body = device.body([line], cursor=cursor)
    assert _post(device, body)[0] in {200, 400}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400), encoding=st.sampled_from(["identity", "gzip", "zstd"]))
def test_arbitrary_bodies(shared: tuple[Server, Device, dict[str, str]], body: bytes, encoding: str) -> None:
    _, device, _ = shared
    assert _post(device, body, **{"Content-Encoding": encoding})[0] == 400
