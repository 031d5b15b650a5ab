"""The quarantine's pages, and the same on the command line."""

import json
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner

from server.access import audit
from server.cli import main
from server.commands import batch, quarantine
from tests.api.admin import Desk, signed_in
from tests.api.device import Device, dumps
from tests.api.filing import application, fields
from tests.api.test_quarantine import fail, submit
from tests.conftest import Server


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def item(server: Server) -> str:
    (found,) = quarantine.items(server.engine)
    return f"/admin/quarantine/{found.key}"


def test_an_empty_quarantine_says_so(desk: Desk) -> None:
    desk.open("/admin/quarantine")
    assert "Karantina kosong" in desk.words


def test_nothing_that_somebody_typed_is_shown_before_it_is_asked_for(server: Server, desk: Desk, guest: Device) -> None:
    line = submit(server, guest)
    fail(server, guest, line)
    typed = [value for value in fields(server).values() if isinstance(value, str) and len(value) > 5 and " " in value]
    assert typed
    desk.open("/admin/quarantine")
    assert "Terjadi kesalahan di server" in desk.words
    assert not [value for value in typed if value in desk.shown.html]
    desk.open(item(server))
    assert "Isian: address, applicant_kind" in desk.words
    assert "submit" in desk.words
    assert not [value for value in typed if value in desk.shown.html]
    assert [one.action for one in audit.entries(server.engine)] == ["session.begin", "person.add"]
    desk.send("/payload")
    shown = "".join(next(one for one in desk.shown.all("textarea") if one["name"] == "line").parts)
    assert json.loads(shown) == json.loads(line)
    assert audit.entries(server.engine)[0].action == "quarantine.read"


def test_it_is_tried_again_from_the_page(server: Server, desk: Desk, guest: Device) -> None:
    fail(server, guest, submit(server, guest))
    desk.open(item(server))
    with mock.patch.object(batch, "decide", side_effect=RuntimeError):
        desk.send("/retry")
    assert desk.status == 409
    assert "Masih tidak bisa dijalankan, dan tidak ada yang berubah." in desk.words
    desk.send("/retry")
    assert "Perintah dijalankan." in desk.words
    assert "Dijalankan (KRK-2026-000001), admin" in desk.words
    assert guest.exchange().one("amended")["result"]["status"] == "applied"


def test_a_correction_that_goes_wrong_keeps_what_was_typed(server: Server, desk: Desk, guest: Device) -> None:
    sent = guest.command("case.act", "6f1c2b1e-0000-4000-8000-000000000001", {"action": "submit", "service": "krk"})
    fail(server, guest, sent)
    desk.open(item(server))
    desk.send("/payload")
    desk.send("/correct", line='{"t": "command", <b>')
    assert desk.status == 422
    assert '{"t": "command", <b>' in next(one for one in desk.shown.all("textarea")).words
    assert "no JSON" in desk.words
    desk.send("/correct", line=sent.decode())
    assert desk.status == 409
    assert "nik:" in desk.words, "the problems by field"
    line = json.loads(sent)
    line["data"] |= application(server)
    desk.send("/correct", line=json.dumps(line, indent=2))
    assert "Perintah yang diperbaiki dijalankan." in desk.words
    assert quarantine.history(server.engine, guest.instance, 1)[0].payload == dumps(line)


def test_it_is_refused_with_an_answer_from_the_page(server: Server, desk: Desk, guest: Device) -> None:
    fail(server, guest, submit(server, guest))
    desk.open(item(server))
    for words in ("", "  ", "x" * 1_001):
        desk.send("/reject", words=words)
        assert desk.status == 422
        assert "Tulis jawaban" in desk.words
    desk.send("/reject", words="Sudah dicatat <di> loket.")
    assert "Pengirim melihat jawabannya" in desk.words
    assert guest.exchange().one("amended")["result"]["text"]["id"] == "Sudah dicatat <di> loket."


def test_what_was_sent_again_since_is_warned_of(server: Server, desk: Desk, guest: Device) -> None:
    case = "6f1c2b1e-0000-4000-8000-000000000001"
    fail(server, guest, submit(server, guest, case))
    guest.exchange(submit(server, guest, case))
    desk.open(item(server))
    assert "Mungkin isinya sudah dikirim ulang" in desk.words


def test_a_line_without_a_number_is_laid_aside_or_corrected(server: Server, desk: Desk, guest: Device) -> None:
    guest.exchange(b"\xff\xfenot a line", b"{}")
    assert len(quarantine.items(server.engine)) == 2
    desk.open("/admin/quarantine")
    desk.follow("Baris tanpa nomor urut")
    assert "tidak bisa dijawab" in desk.words
    desk.send("/payload")
    desk.send("/dismiss")
    assert "Baris dikesampingkan." in desk.words
    desk.open(item(server))
    desk.send("/payload")
    guest.seq = 0
    desk.send("/correct", line=submit(server, guest).decode())
    assert "yang diperbaiki dijalankan" in desk.words
    assert len(guest.exchange().records) == 1


@pytest.mark.parametrize("path", ["retry", "correct", "reject", "dismiss", "payload"])
def test_what_is_not_there_is_said_to_be_gone(server: Server, desk: Desk, guest: Device, path: str) -> None:
    fail(server, guest, submit(server, guest))
    where = item(server)
    desk.open(where)
    csrf = next(one["value"] for one in desk.shown.all("input") if one["name"] == "csrf")
    desk.send("/retry")
    answer = desk.client.post(f"{where}/{path}", data={"csrf": csrf, "words": "x", "line": "{}"})
    assert answer.status_code == 404
    assert "Mungkin sudah dihapus" in answer.get_data(as_text=True)
    assert desk.client.post(f"/admin/quarantine/zzz/{path}", data={"csrf": csrf}).status_code == 404


def test_of_one_device_and_in_pages(server: Server, desk: Desk, guest: Device) -> None:
    other = Device(server.app)
    guest.exchange(*(b"broken %d" % n for n in range(52)))
    other.exchange(b"other")
    desk.open("/admin/quarantine")
    assert "Semua: 53" in desk.words
    desk.follow("Berikutnya")
    assert len(desk.shown.all("li", cls="panel")) == 3
    (row,) = server.rows("SELECT device_id FROM instance WHERE id = :id", id=other.instance)
    desk.open(f"/admin/devices/{row[0]}")
    desk.follow("Buka yang di karantina (1)")
    assert len(desk.shown.all("li", cls="panel")) == 1
    for page in ("0", "-1", "x", "9" * 9):
        desk.open("/admin/quarantine", page=page, device="'")
        assert desk.status == 200


# ---- The command line ----


def test_the_same_on_the_command_line(server: Server, guest: Device, tmp_path: Path) -> None:
    def run(*words: str, answer: bytes | None = None) -> str:
        done = CliRunner().invoke(main, [*server.told, *words], input=answer)
        return done.output if done.exit_code == 0 else f"failed: {done.output}"

    assert "empty" in run("quarantine", "list")
    lines = [submit(server, guest) for _ in range(3)]
    with mock.patch.object(batch, "decide", side_effect=RuntimeError):
        guest.exchange(*lines, b"broken")
    found = json.loads(run("quarantine", "list", "--json"))
    keys = sorted((one["key"] for one in found), key=lambda key: key.startswith("line."))
    assert len(keys) == 4
    assert "internal" in run("quarantine", "list")
    assert json.loads(run("quarantine", "show", keys[0]))["outline"]["action"] == "submit"
    sent = run("quarantine", "show", keys[0], "--payload")
    assert sent.encode().strip() in lines
    assert "applied as KRK-2026-" in run("quarantine", "retry", keys[0])
    assert "failed" in run("quarantine", "retry", keys[0])
    payload = run("quarantine", "show", keys[1], "--payload").encode()
    assert "no JSON" in run("quarantine", "correct", keys[1], "-", answer=b"{")
    assert "applied" in run("quarantine", "correct", keys[1], "-", answer=payload)
    assert "rejected" in run("quarantine", "reject", keys[2], "Tidak bisa.")
    assert "failed" in run("quarantine", "retry", keys[3])
    assert "laid aside" in run("quarantine", "dismiss", keys[3])
    assert "rows, each as it was written" in run("audit", "verify")
    assert "quarantine.rejected" in run("audit", "list", "--action", "quarantine")
    assert len(json.loads(run("audit", "list", "--json"))) == 6
    assert "failed" in run("audit", "verify", "--expect", "00")


def test_devices_are_asked_on_the_command_line(server: Server, guest: Device) -> None:
    def run(*words: str) -> str:
        return CliRunner().invoke(main, [*server.told, *words]).output

    guest.exchange(health={"refused": 2})
    (row,) = server.rows("SELECT id FROM device")
    assert "Something" not in run("device", "list")
    assert "What was sent from this device was refused (2)" in run("device", "list", "--guests")
    assert json.loads(run("device", "list", "--guests", "--json"))[0]["troubles"][0] == "refused"
    assert "starts over when it comes" in run("device", "resync", row[0][:8])
    assert "is asked when it comes" in run("device", "diagnose", row[0][:8])
    answer = guest.exchange()
    assert answer.one("reset")
    assert answer.hello["diagnose"]
    assert json.loads(run("device", "diagnose", row[0][:8], "--show")) == []
    assert "is revoked" in run("device", "revoke", row[0][:8], "--why", "lost")
    assert "revoked" in run("device", "resync", row[0][:8])
    assert server.rows("SELECT revoked_why FROM device") == [("lost",)]
