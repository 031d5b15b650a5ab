"""bundle, carry, import and answer, as people type them; and the file that a browser wrote on its last day."""

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.app import create_app
from server.cli import main
from server.files import uploads
from sync.messages import Status
from tests.cli.conftest import ADDRESS, PASSWORD, Make, Person
from tests.conftest import Server
from tests.wsgi_transport import WsgiTransport


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A USB stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def admin(server: Server, monkeypatch: pytest.MonkeyPatch) -> object:
    """`tenggat-server`, on the server of this test."""
    monkeypatch.setattr("server.cli.importing.open_city", lambda _settings: server.world)

    def run(*words: object, exits: int = 0) -> str:
        server.clock.move(seconds=1)
        done: Result = CliRunner().invoke(main, list(map(str, words)))
        assert done.exit_code == exits, done.output
        return done.output

    return run


def test_a_stick_goes_to_the_admin_and_back(person: Make, stick: Path, admin: object, server: Server) -> None:
    warga: Person = person("warga")
    warga.draft()
    warga.network.offline = True
    file = stick / "kiriman.tenggat"
    said = warga.run("bundle", str(file))
    assert "6 foto" in said and "tenggat answer" in said and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "sudah ada" in warga.run("bundle", str(file), exits=1), "nothing is written over"
    told = admin("import", file, "--answer", stick)  # type: ignore[operator]
    assert "0 refused; 6 of 6 files are here; answer in" in " ".join(told.split())
    answer = stick / "kiriman.answer.tenggat"
    assert stat.S_IMODE(answer.stat().st_mode) == 0o600
    assert "terjawab" in warga.run("answer", str(answer))
    assert "lebih baru" in warga.run("answer", str(answer)), "once more does no harm"
    assert warga.json("status")["waiting"]["count"] == 0
    assert server.rows("SELECT count(*) AS n FROM blob")[0].n == 6


def test_somebody_with_a_network_carries_it(person: Make, fresh: Person, stick: Path, server: Server) -> None:
    warga: Person = person("warga")
    warga.draft()
    file = stick / "kiriman.tenggat"
    warga.network.offline = True
    assert "0 foto" in warga.run("bundle", str(file), "--without-files")
    broken = stick / "rusak.tenggat"
    broken.write_bytes(file.read_bytes()[:-1])
    server.clock.move(seconds=1)
    said = fresh.run("carry", str(broken), str(file), "--server", ADDRESS, exits=1)
    assert "rusak" in said and "sudah sampai di server" in said, "one that is broken keeps no other back"
    assert not (stick / "rusak.answer.tenggat").exists()
    assert "berkas diterima" in warga.run("answer", str(stick / "kiriman.answer.tenggat"))
    fresh.network.offline = True
    fresh.run("carry", str(file), "--server", ADDRESS, exits=3)
    assert "jawaban" in fresh.run("carry", str(stick / "kiriman.answer.tenggat"), "--server", ADDRESS, exits=1).lower()


def test_whoever_carries_a_file_of_another_server_is_told_to_keep_it(
    person: Make, fresh: Person, stick: Path, make_server: Callable[..., Server]
) -> None:
    """They cannot make another: only the device where it came from can."""
    file = stick / "kiriman.tenggat"
    person("warga").run("bundle", str(file))
    fresh.network = WsgiTransport(make_server("lain").app)
    said = fresh.flat("carry", str(file), "--server", ADDRESS, lang="en", exits=1)
    assert "of another server" in said and "not changed; keep it" in said
    assert "`tenggat bundle` on the device where it came from" in said


def test_who_carries_is_told_to_come_again(
    person: Make, fresh: Person, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warga: Person = person("warga")
    warga.draft()
    file = stick / "kiriman.tenggat"
    warga.network.offline = True
    warga.run("bundle", str(file))
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "MOST_OPEN_BYTES", 0)
        said = " ".join(fresh.run("carry", str(file), "--server", ADDRESS, exits=1).split())
    assert "sudah sampai di server" in said and "6 foto atau dokumen di dalamnya belum diterima" in said
    assert "belum diterima" not in fresh.run("carry", str(file), "--server", ADDRESS)


def test_what_is_refused_is_said_in_words(person: Make, stick: Path, admin: object, server: Server) -> None:
    warga: Person = person("warga")
    name = warga.draft()
    warga.run("sync")
    warga.network.offline = True
    warga.run("submit", name)
    server.execute("UPDATE case_record SET stage = stage")
    warga.run("bundle", str(stick / "satu.tenggat"))
    server.execute("UPDATE device SET revoked = '2026-03-16T02:00:00Z'")
    told = admin("import", stick / "satu.tenggat", "--answer", stick, exits=1)  # type: ignore[operator]
    assert "quarantined: This device was revoked" in told
    assert "dicabut" in warga.run("answer", str(stick / "satu.answer.tenggat"), exits=1).lower()


def test_no_keys_no_bundle(fresh: Person, stick: Path) -> None:
    fresh.run("guest", "--server", ADDRESS, "--no-sync")
    said = fresh.flat("bundle", str(stick / "satu.tenggat"), exits=1)
    assert "belum pernah bertemu servernya" in said and not list(stick.iterdir()), "no half file is left"


def test_not_a_bundle_at_all(person: Make, stick: Path, admin: object) -> None:
    photo = stick / "foto.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 not a bundle")
    warga: Person = person("warga")
    assert "bukan berkas Tenggat" in warga.run("answer", str(photo), exits=1)
    assert "bukan berkas Tenggat" in warga.run("carry", str(photo), exits=1)
    assert "not_a_bundle" in admin("import", photo, exits=1)  # type: ignore[operator]
    assert "tidak dapat dibaca" in warga.run("answer", str(stick / "tidak ada"), exits=1)
    assert "No such file" in admin("import", stick / "tidak ada", exits=1)  # type: ignore[operator]


def rescued(whose: Person, **more: object) -> dict[str, object]:
    """What a browser writes of this outbox (client/web/src/device/rescue.ts)."""
    store = whose.store()
    entries = [
        {
            "instance": store.outbox.identity(entry.instance), "seq": entry.seq, "state": "sent",
            "queued_at": entry.queued_at, "line": entry.line.decode(), "result": None,
        }
        for entry in store.outbox.entries()
    ]  # fmt: skip
    told = {"format": "tenggat-outbox", "version": 1, "exported": "2026-03-16T09:00:00+07:00", "server": ADDRESS}
    file = told | {"person": None, "instances": [], "files_left": 2, "entries": entries} | more
    store.close()
    return file


def test_a_guests_phone_that_never_reached_the_server(person: Make, stick: Path, admin: object, server: Server) -> None:
    warga: Person = person("warga")
    warga.run("sync")
    warga.draft(files=False)
    server.execute("DELETE FROM instance")
    server.execute("DELETE FROM device")
    store = warga.store()
    token = store.meta.get("token")
    store.close()
    path = stick / "tenggat-outbox.json"
    path.write_text(json.dumps(rescued(warga, token=token)))
    first = admin("import", path)  # type: ignore[operator]
    assert "1 commands, 1 done, 0 refused" in first and "2 photos or documents stayed" in first
    assert admin("import", path) == first, "again does nothing twice"  # type: ignore[operator]
    assert server.rows("SELECT count(*) AS n FROM feed")[0].n == 1
    warga.run("sync")
    assert server.rows("SELECT count(*) AS n FROM feed")[0].n == 1, "and so does the phone itself"
    assert warga.json("status")["waiting"]["count"] == 0


def test_an_accounts_file_goes_in_as_who_typed_it(person: Make, stick: Path, admin: object, server: Server) -> None:
    loket: Person = person("loket", "front_desk")
    loket.draft(files=False)
    path = stick / "tenggat-outbox.json"
    file = rescued(loket, person={"id": "x", "name": "Petugas", "kind": "staff"})
    path.write_text(json.dumps(file))
    assert "1 done" in admin("import", path)  # type: ignore[operator]
    other: Person = person("survei", "surveyor")
    assert "are Nama loket's" in admin("import", path, "--for", other.profile, exits=1)  # type: ignore[operator]
    # A device that never came: nothing says whose it is but the admin.
    unseen = "00000000-0000-4000-8000-0000000000aa"
    for entry in file["entries"]:  # type: ignore[attr-defined]
        entry["instance"] = unseen
        entry["line"] = entry["line"].replace('"case":"', '"case":"', 1)
    path.write_text(json.dumps(file))
    assert "--for LOGIN" in admin("import", path, exits=1)  # type: ignore[operator]
    assert "no account tidakada" in admin("import", path, "--for", "tidakada", exits=1)  # type: ignore[operator]
    admin("import", path, "--for", "LOKET")  # type: ignore[operator]
    people = server.rows(
        "SELECT p.login FROM instance i JOIN device d ON d.id = i.device_id JOIN person p ON p.id = d.person_id"
        " WHERE i.id = :id", id=unseen,
    )  # fmt: skip
    assert [row.login for row in people] == ["loket"]
    assert "Perangkat yang isinya dibawa lewat file Diterima admin kota Senin, 16 Maret 2026" in loket.flat("devices")
    *_, carried = loket.json("devices", "list")
    end = ("devices", "end", carried["id"], "--password-stdin")
    assert "File lain dari perangkat itu" in loket.run(*end, typed=f"{PASSWORD}\n")


def test_a_rescued_file_that_lies(person: Make, stick: Path, admin: object, server: Server) -> None:
    warga: Person = person("warga")
    warga.draft(files=False)
    file = rescued(warga)
    path = stick / "tenggat-outbox.json"
    for hurt in (
        {"format": "lain"}, {"version": 2}, {"entries": {}}, {"entries": [{"instance": "x", "seq": 1, "line": "{}"}]},
        {"entries": [file["entries"][0] | {"seq": 7}]}, {"entries": [file["entries"][0] | {"line": "{}\n{}"}]},  # type: ignore[index]
        {"entries": [file["entries"][0] | {"line": ""}]},  # type: ignore[index]
    ):  # fmt: skip
        path.write_text(json.dumps(file | hurt))
        assert "(malformed)" in admin("import", path, exits=1)  # type: ignore[operator]
    path.write_text("{" * 100_000)
    assert "(malformed)" in admin("import", path, exits=1)  # type: ignore[operator]
    assert server.rows("SELECT * FROM command") == []


def test_the_same_persons_laptop_takes_it_in(person: Make, fresh: Person, stick: Path, server: Server) -> None:
    warga: Person = person("warga")
    warga.run("sync")
    warga.draft(files=False)
    store = warga.store()
    token = store.meta.get("token")
    store.close()
    path = stick / "tenggat-outbox.json"
    path.write_text(json.dumps(rescued(warga, token=token)))
    said = fresh.run("answer", str(path))
    assert "1 perubahan" in said
    assert "0 perubahan" in fresh.run("answer", str(path)), "once"
    fresh.run("guest", "--server", ADDRESS)
    fresh.run("sync")
    assert server.rows("SELECT status FROM command")[0].status == Status.APPLIED
    warga.run("sync")
    assert warga.json("status")["waiting"]["count"] == 0 and server.rows("SELECT count(*) AS n FROM feed")[0].n == 1
    other: Person = person("lain")
    other.run("sync")
    assert "bukan" in other.run("answer", str(path), exits=1)


def test_a_real_server_folder_gets_keys_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = CliRunner().invoke(main, ["--data", str(data), "import", str(tmp_path / "nichts")])
    assert done.exit_code == 1
    app = create_app(_settings(data))
    first = app.test_client().get("/api/v1/about").json
    assert {stat.S_IMODE((data / "keys" / name).stat().st_mode) for name in ("seal.key", "sign.key")} == {0o600}
    assert create_app(_settings(data)).test_client().get("/api/v1/about").json == first
    (data / "keys" / "seal.key").write_text("broken")
    refused = create_app(_settings(data)).test_client().get("/api/v1/about")
    assert refused.status_code == 503 and "backup" in refused.json["detail"], "never made anew over a broken one"
    shutil.rmtree(data / "keys")
    assert create_app(_settings(data)).test_client().get("/api/v1/about").json["seal"] != first["seal"]


def _settings(data: Path) -> object:
    from server.settings import Settings

    return Settings(data=data)
