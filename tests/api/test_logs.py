"""The log says what happened, and never what people said: known words are sent through every door, faults are provoked,
and what was written is searched for them."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from server.files import content
from server.observe import logs
from tests.conftest import Server

from . import sending
from .device import Device, new_id

NIK, PHONE, NAME, LOGIN, SECRET = (
    "3374101234567890", "+628123456789", "Bu Lurah Sekayu", "warga-rahasia", "kata sandi yang panjang",
)  # fmt: skip
WORDS = (NIK, PHONE, NAME, LOGIN, SECRET, "ktp-bu-lurah.jpg")


pytestmark = pytest.mark.usefixtures("read_to_the_end")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a serving process would write, in JSON, down to the last debug line."""
    out = io.StringIO()
    root, ours = logging.getLogger(), logging.getLogger("tenggat")
    before = root.handlers[:], root.level, ours.level
    logs.configure("json", "debug", out)
    yield out
    root.handlers[:], root.level, ours.level = before[0], before[1], before[2]
    logging.getLogger("tenggat").setLevel(before[2])
    root.setLevel(before[1])


def _lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def _every_door(server: Server) -> Device:
    """Personal data through all kinds of routes, right and wrong."""
    device = Device(server.app)
    fields = {"applicant_name": NAME, "nik": NIK, "phone": PHONE}
    case, photo = new_id(), sending.picture()
    file = sending.entry(photo, name="ktp-bu-lurah.jpg")
    device.exchange(device.command("case.edit", case, {"service": "krk", "set": fields, "attach": [file]}))
    device.exchange(device.command("case.act", case, {"action": "submit", "note": NAME}))
    device.exchange(device.command("case.edit", case, {"set": {NAME: NIK}}))
    device.post(device.body([b'{"t":"command","nik":"' + NIK.encode() + b'"']))
    _doors_without_a_device(server)
    return device


def _doors_without_a_device(server: Server) -> None:
    client = server.app.test_client()
    client.post("/api/v1/accounts", json={"login": LOGIN, "password": SECRET, "name": NAME})
    client.post("/api/v1/devices", json={"login": LOGIN, "password": SECRET + "x"})
    client.post("/api/v1/devices", json={"login": LOGIN, "password": 7, NAME: NAME})
    client.post("/api/v1/devices", data=SECRET, content_type="application/json")
    client.get(f"/api/v1/track/{LOGIN}?code={SECRET}")
    client.get(f"/lacak?number={NIK}&code={SECRET}")
    client.post("/lapor", data={"title": NAME, "phone": PHONE})
    client.get(f"/{NAME}/{NIK}?{SECRET}")
    client.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Metadata": NAME.replace(" ", "-")})
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {SECRET}"})


def test_nothing_that_people_said_is_written(server: Server, written: io.StringIO) -> None:
    device = _every_door(server)
    told = written.getvalue()
    assert told.count('"event": "request"') >= 12, "nothing was written at all"
    for word in (*WORDS, device.token):
        assert word not in told, word


def test_faults_are_told_by_their_kind_and_place_and_without_their_words(
    server: Server, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"{NAME} {NIK}")

    monkeypatch.setattr("server.commands.batch.decide", fail)
    monkeypatch.setattr(content, "verify", fail)
    monkeypatch.setattr("server.api.public.services", fail)
    _every_door(server)
    server.app.test_client().get("/api/v1/catalogue")
    server.execute("DROP TABLE attempt")
    _doors_without_a_device(server)
    told = _lines(written)
    faults = [line for line in told if line.get("error")]
    # A table that is not there: each database has its own word for it.
    missing = "ProgrammingError" if server.engine.dialect.name == "postgresql" else "OperationalError"
    assert {"ValueError", missing} <= {str(line["error"]) for line in faults}
    assert all(re.match(r"[\w./-]+:\d+ ", at) for line in faults for at in line["at"])  # type: ignore[attr-defined]
    for word in WORDS:
        assert word not in written.getvalue(), word


def test_a_request_has_one_name_in_the_log_the_answer_and_the_refusal(server: Server, written: io.StringIO) -> None:
    response = server.app.test_client().get("/api/v1/me", headers={"X-Request-Id": "from-a-stranger"})
    name = response.headers["X-Request-Id"]
    assert response.json["request"] == name != "from-a-stranger"
    [line] = [line for line in _lines(written) if line["event"] == "request"]
    assert (line["request"], line["route"], line["method"], line["status"]) == (name, "/api/v1/me", "GET", 401)
    assert isinstance(line["ms"], float) and line["level"] == "info"


def test_a_proxys_name_of_a_request_is_kept_if_it_is_one(make_server: "type", written: io.StringIO) -> None:
    ask = make_server(proxies=1).app.test_client().get
    assert ask("/healthz", headers={"X-Request-Id": "abc-12345678"}).headers["X-Request-Id"] == "abc-12345678"
    for bad in ("short", "x" * 65, "a b c d e f g h", 'quote"quote"quote'):
        assert ask("/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"] != bad


def test_who_was_let_in_and_who_was_not_is_told_by_ids(server: Server, written: io.StringIO) -> None:
    client, account = server.app.test_client(), {"login": LOGIN, "password": SECRET}
    person = client.post("/api/v1/accounts", json=account | {"name": NAME}).json["person"]["id"]
    client.post("/api/v1/devices", json=account | {"password": SECRET + "x"})
    client.post("/api/v1/devices", json=account | {"login": SECRET})
    token = client.post("/api/v1/devices", json=account).json["token"]
    client.delete("/api/v1/devices", headers={"Authorization": f"Bearer {token}"})
    client.post("/api/v1/enrolments", json={"code": "x" * 43})
    told = [line for line in _lines(written) if line["logger"] == "tenggat.access"]
    assert [(line["event"], line.get("by"), line.get("person")) for line in told] == [
        ("signed up", None, person),
        ("not let in", "password", person),
        ("not let in", "password", None),
        ("let in", "password", person),
        ("signed out", None, person),
        ("not let in", "invitation", None),
    ]
    assert [line["level"] for line in told if line["event"] == "not let in"] == ["warning"] * 3
    assert all(line["request"] and line["timestamp"].endswith("Z") for line in told)
    assert SECRET not in written.getvalue() and LOGIN not in written.getvalue()


def test_each_refusal_says_which_one_it_was(server: Server, written: io.StringIO) -> None:
    client = server.app.test_client()
    client.get("/api/v1/me")
    client.post("/api/v1/devices", json={"login": "x"})
    client.post("/api/v1/sync", data=b"rubbish")
    client.get("/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    client.get("/api/v1/catalogue")
    found = {
        (line["route"], line["status"]): line.get("refused") for line in _lines(written) if line["event"] == "request"
    }
    assert found == {
        ("/api/v1/me", 401): "not_signed_in",
        ("/api/v1/devices", 422): "invalid",
        ("/api/v1/sync", 400): "body_cut",
        ("/metrics", 403): "forbidden",
        ("/api/v1/catalogue", 200): None,
    }


def test_a_device_is_told_apart_by_its_id(server: Server, written: io.StringIO) -> None:
    device = Device(server.app)
    device.exchange()
    [row] = server.rows("SELECT id FROM device")
    [line] = [line for line in _lines(written) if line["event"] == "request"]
    assert (line["route"], line["device"]) == ("/api/v1/sync", row.id)


def test_what_looks_after_the_process_is_written_for_debugging_only(server: Server, written: io.StringIO) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        server.app.test_client().get(path)
    assert {line["level"] for line in _lines(written)} == {"debug"}


def test_text_for_people(written: io.StringIO) -> None:
    logs.configure("text", stream=written)
    logging.getLogger("tenggat.test").info("something happened", extra={"count": 3})
    logging.getLogger("somebody.else").info("chatter")
    assert "something happened" in written.getvalue() and "count=3" in written.getvalue()
    assert "chatter" not in written.getvalue()


def test_an_application_does_not_touch_the_logs_of_who_made_it(make_server: "type") -> None:
    before = logging.getLogger().handlers[:]
    app: Flask = make_server("other").app
    app.test_client().get("/healthz")
    assert logging.getLogger().handlers == before
