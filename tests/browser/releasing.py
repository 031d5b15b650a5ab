"""The next version of the app, made of the built one: other names, another version, and other words on the screen.

It is put together from the build itself rather than built once more, so that no test needs Node.
"""

import json
import re
import shutil
from pathlib import Path

from tests.browser.serving import web_folder

HASH = re.compile(r"-([0-9A-Z]{8})\.")
TEXTS = {".js", ".css", ".html", ".json", ".webmanifest"}
COMPRESSED = {".br", ".gz"}


def copy_of_the_app(folder: Path) -> Path:
    """A copy that a test may replace by another version."""
    return Path(shutil.copytree(web_folder(), folder))


def version_in(web: Path) -> str:
    return str(json.loads((web / "build.json").read_text(encoding="utf-8"))["version"])


def release(web: Path, before: str, after: str) -> str:
    """Put the next version into the place of the one in `web`, in which the words `before` read `after`; its name.
    Nothing of the version before stays there, as a new build leaves nothing."""
    files = [path for path in web.rglob("*") if path.is_file()]
    for path in files:
        # They tell of the version before; the server sends the plain files instead.
        if path.suffix in COMPRESSED:
            path.unlink()
    files = [path for path in files if path.suffix not in COMPRESSED]
    version = version_in(web)
    names = {found[1]: _next(found[1]) for path in files if (found := HASH.search(path.name))}
    names |= {version: _next(version)}
    every = re.compile("|".join(map(re.escape, names)))
    said = 0
    for path in files:
        if path.suffix in TEXTS:
            text = path.read_text(encoding="utf-8")
            said += before in text
            path.write_text(every.sub(lambda found: names[found[0]], text).replace(before, after), encoding="utf-8")
        path.rename(path.with_name(every.sub(lambda found: names[found[0]], path.name)))
    if not said:
        raise RuntimeError(f"“{before}” stands nowhere in {web}")
    # The server looks at when this was written, and takes the folder in anew.
    told = web / "build.json"
    told.write_text(told.read_text(encoding="utf-8"), encoding="utf-8")
    return names[version]


def _next(name: str) -> str:
    return name[1:] + name[:1]
