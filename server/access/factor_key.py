"""The key that secrets of second factors are sealed with: a file beside the server's other keys, made when somebody
first sets one up, and in every backup."""

from pathlib import Path
from typing import Final

from server.bundles.keys import beside, give_name, new_key, secret_of, written

NAME: Final = "factor.key"


def factor_key(folder: Path) -> bytes:
    """The key in this folder. `Busy` where it cannot be read, or not be made."""
    path = folder / NAME
    if not path.exists():
        with written(folder), beside(folder, new_key()) as file:
            give_name(file, path)
    return secret_of(path)
