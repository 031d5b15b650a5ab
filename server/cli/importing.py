"""import: what was carried to the server in files, and what became of it in words."""

from pathlib import Path

import click

from server.bundles.importing import Imported, import_bundle
from server.bundles.rescue import import_rescue
from server.cli.placing import placed
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from sync.errors import TenggatError, TooLarge
from sync.messages import MAX_BODY, Result, Status

_DONE = {Status.APPLIED, Status.MERGED}


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--answer",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the answers to bundles into this folder, to be carried back.",
)
@click.option("--for", "login", metavar="LOGIN", help="Whose an account's rescued file is, where nothing else says it.")
@click.option(
    "--device-lost",
    is_flag=True,
    help="The device will never speak again: carry out what it holds even if this server was restored since.",
)
@click.pass_obj
def import_files(
    settings: Settings, files: tuple[Path, ...], folder: Path | None, login: str | None, device_lost: bool
) -> None:
    """Take in bundles (tenggat bundle), and files that a browser wrote of what it could not send.

    Safe to do again, in any order, and while the server runs. What is refused stays readable, here and on the device.
    Exit status 1 where a file could not be taken in, or something in it was refused.

    \b
    Examples:
      tenggat-server import /media/usb/*.tenggat --answer /media/usb
      tenggat-server import tenggat-outbox.json --for sari
    """
    world = open_city(settings)
    wrong = 0
    for path in files:
        try:
            wrong += _import(world, path, folder, login, device_lost)
        except TenggatError as error:
            wrong += 1
            click.echo(f"{path}: {error.detail} ({error.code})", err=True)
        except OSError as error:
            wrong += 1
            click.echo(f"{path}: {error.strerror or error}", err=True)
    if wrong:
        raise click.exceptions.Exit(1)


def _import(world: Services, path: Path, folder: Path | None, login: str | None, lost: bool) -> int:
    """One file, told; how much in it was refused."""
    with path.open("rb") as source:
        if source.read(1) == b"{":
            return _rescue(world, path, login)
        if folder is None:
            return _told(path, import_bundle(world, source, None, late=lost), None)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{path.stem}.answer{path.suffix or '.tenggat'}"
        with placed(target) as answer:
            found = import_bundle(world, source, answer, late=lost)
    return _told(path, found, target)


def _rescue(world: Services, path: Path, login: str | None) -> int:
    with path.open("rb") as source:
        content = source.read(MAX_BODY + 1)
    if len(content) > MAX_BODY:
        raise TooLarge(f"the file is over {MAX_BODY} bytes")
    found = import_rescue(world, content, login)
    click.echo(f"{path}: {_counted(found.results)}" + (f" ({found.name})" if found.name else ""))
    if found.files_left:
        click.echo(f"  {found.files_left} photos or documents stayed on that device; it must send them itself")
    return _tell_refused(found.results)


def _told(path: Path, found: Imported, answer: Path | None) -> int:
    words = _counted(found.results)
    if found.files:
        words += f"; {found.arrived} of {len(found.files)} files are here"
    click.echo(f"{path}: {words}" + (f"; answer in {answer}" if answer else ""))
    for problem in found.problems:
        click.echo(f"  refused as a whole: {problem.detail} ({problem.code})")
    failed = [file for file in found.files if file.code != "arrived"]
    for file in failed:
        why = (file.text or {}).get("en") or file.code.replace("_", " ")
        click.echo(f"  file {file.attachment[:8]} of case {file.case[:8]}: {why}")
    return _tell_refused(found.results) + len(found.problems) + len(failed)


def _counted(results: list[Result]) -> str:
    done = sum(result.status in _DONE for result in results)
    later = sum(result.status is Status.RETRY for result in results)
    words = f"{len(results)} commands, {done} done, {len(results) - done - later} refused"
    return words + (f", {later} to come again once the device has heard that this server was restored" if later else "")


def _tell_refused(results: list[Result]) -> int:
    refused = [result for result in results if result.status not in _DONE | {Status.RETRY}]
    for result in refused:
        why = (result.text or {}).get("en") or (result.code or "refused").replace("_", " ")
        number = result.seq if result.seq is not None else f"line {result.line}"
        click.echo(f"  command {number} of case {(result.case or '?')[:8]}: {result.status}: {why}")
    return len(refused)
