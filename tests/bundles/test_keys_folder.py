"""The folder of the server's keys, where it cannot be read, and where somebody died in it or the clock went back."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.access.factor_key import NAME, factor_key
from server.bundles import keys, renewing
from server.bundles.keys import FORGOTTEN, SEAL, SIGN, Keys, Pair
from server.cli import main
from server.files import disk
from sync.errors import Busy
from sync.outbox import State
from tests.bundles.conftest import Make
from tests.conftest import Server

Patch = pytest.MonkeyPatch
ROOT = Path(__file__).parents[2]


def renew(server: Server) -> Pair:
    """The one that was in use until now."""
    return renewing.renew(server.world, "cli")[0]


def names(server: Server) -> set[str]:
    return {path.name for path in server.world.keys.folder.iterdir()}


def dies(patch: Patch, where: Any, name: str, after: int, error: BaseException) -> None:
    """What this step does is not done any more, once it was done so often."""
    real, done = getattr(where, name), iter(range(after))

    def step(*given: Any, **how: Any) -> Any:
        if next(done, None) is None:
            raise error
        return real(*given, **how)

    patch.setattr(where, name, step)


def closed(server: Server, patch: Patch) -> None:
    """Of another user, who shuts it."""
    real = os.scandir

    def scandir(path: Any) -> Any:
        if path == server.world.keys.folder:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    patch.setattr(keys.os, "scandir", scandir)  # type: ignore[attr-defined]


def no_folder(server: Server, _patch: Patch) -> None:
    folder = server.world.keys.folder
    folder.rename(folder.with_name("away"))
    folder.write_text("a file")


@pytest.mark.parametrize("shut", [closed, no_folder])
def test_an_exchange_is_answered_where_the_folder_cannot_be_looked_into(
    phone: Make, server: Server, shut: Callable[[Server, Patch], None], monkeypatch: Patch
) -> None:
    """Its commands were carried out: without an answer the device would send them again for ever."""
    warga = phone()
    warga.report()
    shut(server, monkeypatch)
    warga.engine.sync()
    assert set(warga.states()) == {State.ACKNOWLEDGED} and server.world.keys.mark == ""
    refused = server.app.test_client().get("/api/v1/about")
    assert refused.status_code == 503 and "cannot be looked into" in (refused.json or {})["detail"]
    assert server.world.keys.there, "whoever asks for them hears why they cannot be read"


def test_a_link_to_nothing_is_no_key(phone: Make, server: Server) -> None:
    warga = phone()
    mark = server.world.keys.mark
    (server.world.keys.folder / "seal.2026-01-01T00-00-00Z.key").symlink_to("nowhere")
    warga.report()
    warga.engine.sync()
    assert set(warga.states()) == {State.ACKNOWLEDGED} and server.world.keys.mark == mark != ""
    assert len(server.world.keys.pairs) == 1


def test_who_may_read_a_key_is_said_where_it_is_closed(server: Server, monkeypatch: Patch) -> None:
    """No backup helps where an admin renewed them as another user."""
    server.world.keys.make()
    dies(monkeypatch, Path, "read_bytes", 0, PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(Busy) as refused:
        _ = Keys(server.world.keys.folder).pairs
    assert "must belong to the one that the server runs as" in refused.value.detail
    assert "backup" not in refused.value.detail


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_a_forgetting_that_was_cut_off_is_finished_by_the_next(
    server: Server, after: int, error: BaseException, monkeypatch: Patch
) -> None:
    old = renew(server)
    with monkeypatch.context() as patch, pytest.raises((Busy, KeyboardInterrupt)):
        dies(patch, Path, "unlink", after, error)
        renewing.forget(server.world, "cli", [old])
    assert len(names(server)) == 5 - after and len(server.world.keys.pairs) == 1
    assert renewing.forget(server.world, "cli", []), "what was left is deleted, though nothing new is to go"
    assert names(server) == {SEAL, SIGN, f"{old.id}{FORGOTTEN}"}
    assert not renewing.forget(server.world, "cli", [])
    noted = server.rows("SELECT target FROM audit WHERE action = 'keys.forget'")
    assert [row.target for row in noted] == [old.id]


@pytest.mark.parametrize("half", [SEAL, SIGN])
def test_a_half_that_a_dead_renewal_left_goes_too(server: Server, half: str) -> None:
    used = server.world.keys.used
    folder = server.world.keys.folder
    os.link(folder / half, folder / keys.former_name(half, server.clock()))
    former = renew(server)
    assert former.id == used.id and len(names(server)) == 5
    renewing.forget(server.world, "cli", [former])
    assert names(server) == {SEAL, SIGN, f"{used.id}{FORGOTTEN}"}


def test_what_still_opens_stays(server: Server) -> None:
    old, kept = renew(server), renew(server)
    renewing.forget(server.world, "cli", [old])
    assert [pair.id for pair in server.world.keys.pairs[1:]] == [kept.id] and len(names(server)) == 5


def test_the_pair_in_use_is_not_forgotten(server: Server) -> None:
    old, used = renew(server), server.world.keys.used
    renewing.forget(server.world, "cli", server.world.keys.pairs)
    assert [pair.id for pair in server.world.keys.pairs] == [used.id]
    assert names(server) == {SEAL, SIGN, f"{old.id}{FORGOTTEN}"}
    noted = server.rows("SELECT target FROM audit WHERE action = 'keys.forget'")
    assert [row.target for row in noted] == [old.id]


def test_nothing_is_forgotten_where_a_file_cannot_be_read(server: Server) -> None:
    old = renew(server)
    server.clock.move(days=1)
    renew(server)
    [broken] = server.world.keys.folder.glob(keys.former_name(SIGN, server.clock()))
    broken.write_text("broken")
    before = names(server)
    with pytest.raises(Busy, match="bring it back from a backup, or delete it"):
        renewing.forget(server.world, "cli", [old])
    assert names(server) == before
    broken.unlink()
    renewing.forget(server.world, "cli", [old])
    assert names(server) == {SEAL, SIGN, f"{old.id}{FORGOTTEN}"}


def killed(server: Server, code: str) -> Path:
    """What a process leaves in the folder that does this there, and whose `die` is `kill -9`."""
    folder, before = server.world.keys.folder, names(server)
    script = f"""
import os, signal, sys
from pathlib import Path
from server.bundles.keys import Keys
from server.cli import main
from server.files import disk
def die(*given, **how):
    os.kill(os.getpid(), signal.SIGKILL)
folder, told = Path({str(folder)!r}), {list(server.told)!r}
{code}
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    [left] = (folder / name for name in names(server) - before if name.startswith("."))
    return left


_RENEWS = "disk.move = die; main([*told, 'keys', 'renew', '--yes'])"
_MAKES = "(folder / 'sign.key').unlink(); Path.unlink = die; Keys(folder).make()"


@pytest.mark.parametrize("code", [_RENEWS, _MAKES])
@pytest.mark.parametrize("comes", ["renews", "forgets", "opens", "restores"])
def test_what_a_killed_process_left_without_a_name_is_cleared_by_whoever_comes(
    server: Server, code: str, comes: str, tmp_path: Path, monkeypatch: Patch
) -> None:
    """It is a secret, of a key that is in use now and may be forgotten later."""
    folder = server.world.keys.folder
    server.world.keys.make()
    left = killed(server, code)
    assert keys.secret_of(left)
    (folder / ".notes").write_text("of an admin's")
    if comes == "renews":
        renew(server)
    elif comes == "forgets":
        assert renewing.forget(server.world, "cli", []), "there was something to delete"
    elif comes == "restores":
        renewing.copy(folder, tmp_path / "backup")
        renewing.bring(tmp_path / "backup", folder, server.clock())
    else:
        CliRunner().invoke(main, [*server.told, "keys", "list"], catch_exceptions=False)
        assert left.exists(), "somebody may be writing it now"
        monkeypatch.setattr(keys, "LEFT", timedelta())
        CliRunner().invoke(main, [*server.told, "keys", "list"], catch_exceptions=False)
    assert not left.exists() and (folder / ".notes").exists()
    assert Keys(folder).used.id


def test_a_leftover_that_goes_meanwhile_hides_no_other(server: Server, monkeypatch: Patch) -> None:
    """Two processes clear the folder at once, or one of them ends well what it was writing."""
    server.world.keys.make()
    left = [server.world.keys.folder / f".{place:016x}" for place in range(2)]
    for path in left:
        path.write_bytes(keys.new_key())
    real, asked = Path.stat, []

    def gone(path: Path, **how: bool) -> os.stat_result:
        if path in left and not asked:
            asked.append(path)
            path.unlink()
        return real(path, **how)

    monkeypatch.setattr(Path, "stat", gone)
    assert renewing.forget(server.world, "cli", []), "there was something to delete"
    assert asked and names(server) == {SEAL, SIGN}


@pytest.mark.parametrize("make", [lambda folder: Keys(folder).make(), factor_key], ids=["pair", "factor"])
def test_a_key_that_is_taken_for_a_leftover_is_made_again(
    tmp_path: Path, monkeypatch: Patch, make: Callable[[Path], object]
) -> None:
    """Somebody renews or forgets keys, which spares nothing without a name, while one is made for the first time."""
    link, cleared = os.link, []

    def late(*given: Path) -> None:
        if not cleared:
            cleared.append(keys.clear(tmp_path))
        link(*given)

    monkeypatch.setattr(os, "link", late)
    make(tmp_path)
    assert cleared == [1]
    made = {path.name for path in tmp_path.iterdir()}
    assert made in ({SEAL, SIGN}, {NAME}) and all(keys.secret_of(tmp_path / name) for name in made)


def test_an_old_copy_that_is_being_brought_is_no_leftover(tmp_path: Path) -> None:
    with keys.beside(tmp_path, b"") as file:
        os.utime(file, (0, 0))
        assert keys.clear(tmp_path, keys.LEFT) == 0 and file.exists()


def test_two_renewals_in_one_second(server: Server) -> None:
    former = [renew(server).id for _ in range(3)]
    assert [pair.id for pair in server.world.keys.pairs[1:]] == former[::-1]


@pytest.mark.parametrize("moved", [0, 1])
def test_a_renewal_that_dies_where_the_clock_went_back(server: Server, moved: int, monkeypatch: Patch) -> None:
    first = renew(server)
    server.clock.move(days=-1)
    second = server.world.keys.used
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        dies(patch, disk, "move", moved, KeyboardInterrupt())
        renew(server)
    assert server.world.keys.used.public == second.public
    assert renew(server).public == second.public
    assert {pair.id for pair in server.world.keys.pairs[1:]} == {first.id, second.id}


def test_a_renewal_counts_from_the_day_that_it_was_done(server: Server, monkeypatch: Patch) -> None:
    """One that died months ago has not happened: what is forgotten by its day was in use until now."""
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        dies(patch, disk, "move", 1, KeyboardInterrupt())
        renew(server)
    server.clock.move(days=200)
    old = renew(server)
    [former] = server.world.keys.pairs[1:]
    assert former.id == old.id and former.renewed is not None
    assert server.clock() - former.renewed < timedelta(seconds=1)
