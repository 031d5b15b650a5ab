"""No secret goes out with the sources, and one that did would be seen."""

import secrets
import string
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.sweeps.secrets import EXPLAINED, Found, explained, found_in, tracked


def test_nothing_that_is_committed_holds_a_secret() -> None:
    files, known = tracked(), explained()
    assert len(files) > 500
    found = found_in(files)
    unexplained = [one for one in found if not any(reason.fits(one) for reason in known)]
    assert not unexplained, (
        "these look like secrets. A real one is void from now on: take it out and get another. For what is none, say"
        f" why in {EXPLAINED.name}:\n" + "\n".join(map(str, unexplained))
    )
    idle = [reason.text for reason in known if not any(reason.fits(one) for one in found)]
    assert not idle, f"{EXPLAINED.name} explains what is nowhere any more: {idle}"


def _planted() -> dict[str, str]:
    """A line of each sort, made here: written out, this file would hold secrets itself."""
    noise = secrets.token_urlsafe(32)
    private = ed25519.Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "key.pem": pem,
        "token.py": f'TOKEN = "{noise}"\n',
        "hex.py": f'VALUE = "{secrets.token_hex(32)}"\n',
        "setting.ini": f"metrics_token = {noise}\n",
        "address.py": f'DATABASE = "postgresql://tenggat:{secrets.token_hex(8)}@10.0.0.1/kota"\n',
        "aws.py": f'x = "AKIA{secrets.token_hex(8).upper()}"\n',
        "github.md": "ghp_" + "".join(secrets.choice(string.ascii_letters) for _ in range(36)) + "\n",
        "remark.py": f'TOKEN = "{noise}"  # pragma: ' + "allowlist secret\n",
        "words.json": f'{{"password": "{secrets.token_urlsafe(9)}7"}}\n',
    }


@pytest.mark.parametrize("name", _planted())
def test_a_secret_that_was_left_there_is_seen(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(_planted()[name])
    found = found_in([name], tmp_path)
    assert found
    assert not [one for one in found if any(reason.fits(one) for reason in explained())]
    assert found[0].text not in str(found[0]), "and not said aloud"


def test_words_are_no_secrets() -> None:
    known = explained()
    for words in ("Kata sandi", "salah sekali", "coba-tenggat"):
        assert any(reason.fits(Found("x.py", 1, "Secret Keyword", words)) for reason in known), words
    for secret in ("hunter2", "Tr0ub4dor", "x7Kq2", secrets.token_hex(8)):
        assert not any(reason.fits(Found("x.py", 1, "Secret Keyword", secret)) for reason in known), secret
