"""Whether the stores that a killed program left are sound. `python -m tests.desktop.sound PIN SCRATCH` asks it of this
user's profiles, from within their session: half of each key is in its keyring."""

import shutil
import sys
from pathlib import Path

from client.home import home_folder
from client.store.cipher import cipher_connection, subkey
from client.vault import Profiles


def sound(folder: Path, key: bytes, scratch: Path) -> None:
    """Every page, as the death left it: of a copy, so that the program itself has it to mend as it is. `folder`: the
    profile's."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for path in folder.glob("device.sqlite*"):
        if path.is_file():
            shutil.copy(path, scratch)
    connection = cipher_connection(scratch / "device.sqlite", subkey(key, "tenggat database"))
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
        assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


if __name__ == "__main__":
    profiles = Profiles(home_folder())
    for one in profiles.all():
        sound(profiles.folder(one.name), profiles.unlock(one.name, sys.argv[1]), Path(sys.argv[2]))
        print(one.name)
