"""backup, backups, restore, new-epoch: a city kept elsewhere, looked at, and brought back."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import create_engine

from schemas.catalogue.load import city_folder, load_city
from server.backup import restoring, taking, verifying
from server.backup.anew import begin_anew
from server.backup.shelf import Backup, BackupBroken, Shelf, at
from server.backup.taking import City
from server.files.blobs import BlobStore
from server.opening import open_city
from server.settings import Settings
from server.sources import Sources
from server.store.database import prepare, writing
from sync.errors import NotFound

_quiet = click.option("--quiet", is_flag=True, help="Say nothing where all is well: for a timer.")
_folder = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_pass_over = click.option(
    "--pass-over",
    default=0,
    type=click.IntRange(0, 100_000_000),
    metavar="N",
    help="At least N case numbers of each service, where more may have been given out than is reckoned with.",
)


@click.command()
@_folder
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Let go of all but the newest N afterwards.")
@_quiet
@click.pass_obj
def backup(settings: Settings, folder: Path, keep: int | None, quiet: bool) -> None:
    """Take a backup into FOLDER while the server works: database, photos and documents, keys.

    Photos lie there once for all backups, so that one a day costs a day's photos. Each is verified right away; exit
    status 1 where something is wrong with it. FOLDER belongs on another disk, and now and then in another house: it
    holds personal data, and the keys of this server.

    \b
    Examples:
      tenggat-server backup /mnt/backup/tenggat --keep 30
      tenggat-server --database postgresql://… backup /mnt/backup/tenggat --quiet
    """
    city = _city(settings)
    if city.engine.dialect.name == "sqlite" and not Path(str(city.engine.url.database)).exists():
        raise NotFound(f"there is no database in {settings.data}")
    shelf = Shelf(folder)
    with _told(quiet) as progress:
        taken = taking.take(city, shelf, Sources().clock(), progress)
        faults = _faults(taken, progress)
    if faults:
        # Kept all the same: it may be the only one, and most of it is whole.
        raise BackupBroken(f"{taken.folder} was taken, but {'; '.join(faults)}")
    gone = taking.drop_old(shelf, keep) if keep else []
    if not quiet:
        click.echo(f"{_line(taken)}; verified")
        for name in gone:
            click.echo(f"{name} was let go of")


@click.command()
@_folder
@click.option("--verify", is_flag=True, help="Look at every byte of each; exit status 1 where one is not whole.")
@_quiet
def backups(folder: Path, verify: bool, quiet: bool) -> None:
    """List the backups in FOLDER, the oldest first.

    \b
    Example:
      tenggat-server backups /mnt/backup/tenggat --verify
    """
    there = Shelf(folder).all()
    if not there:
        raise NotFound(f"there is no whole backup in {folder}; take one with: tenggat-server backup {folder}")
    wrong = 0
    for one in there:
        with _told(quiet) as progress:
            faults = _faults(one, progress) if verify else []
        wrong += bool(faults)
        if faults or not quiet:
            click.echo(_line(one) + ("; verified" if verify and not faults else ""))
        for fault in faults:
            click.echo(f"  {fault}", err=True)
    if wrong:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Even where there is a city with cases: all of it goes.")
@_pass_over
@_quiet
@click.confirmation_option(prompt="Is every server of this city stopped?")
@click.pass_obj
def restore(settings: Settings, path: Path, replace: bool, pass_over: int, quiet: bool) -> None:
    """Bring a city back from PATH: one backup, or a folder of them, of which it takes the newest.

    Goes into SQLite or PostgreSQL, whichever the settings name, and whatever the backup was taken from. The backup is
    verified before anything is touched. A new epoch begins: every device sends again what it did since the backup,
    and each of it counts once.

    \b
    Examples:
      tenggat-server --data /var/lib/tenggat restore /mnt/backup/tenggat
      tenggat-server restore /mnt/backup/tenggat/2026-11-27T02-00-00Z --replace --yes
    """
    found = at(path)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    sources = Sources()
    epoch = sources.new_code()
    rules = load_city(city_folder(settings.city))
    with _told(quiet) as progress:
        passed = restoring.restore(
            found, _city(settings), rules, epoch, sources.clock(),
            replace=replace, at_least=pass_over, progress=progress,
        )  # fmt: skip
    if quiet:
        return
    click.echo(f"{_line(found)}; restored as epoch {epoch}")
    click.echo(
        "Start the server. Each device that did something since then sends it again by itself, at its next exchange.\n"
        f"Cases of those days get new numbers. {_passed(passed)}\n"
        "What only this server knew of those days is gone: accounts and passwords that were made, devices that signed\n"
        "in, changes of roles, and what people did on the pages without JavaScript. Who cannot sign in needs a new\n"
        "account or invitation; what their devices hold stays there until then."
    )


@click.command("new-epoch")
@_pass_over
@click.confirmation_option(prompt="Was this database just restored from a backup?")
@click.pass_obj
def new_epoch(settings: Settings, pass_over: int) -> None:
    """Tell every device that this database was restored: each sends again what it still holds.

    `restore` does it by itself. This is for a database that was brought back by its own tools, and does the same to it:
    case numbers that may have been given out since its newest change are passed over, and admins sign in anew.
    """
    world = open_city(settings)
    epoch = world.sources.new_code()
    with writing(world.engine) as connection:
        passed = begin_anew(connection, world.city, epoch, None, world.sources.clock(), pass_over)
    click.echo(f"epoch {epoch}")
    click.echo(_passed(passed))


def _passed(gaps: Mapping[str, int]) -> str:
    counted = ", ".join(f"{prefix} {gap:,}" for prefix, gap in sorted(gaps.items()))
    return f"So many were passed over, so that none that was given out names another case: {counted}."


def _city(settings: Settings) -> City:
    engine = create_engine(settings.database_url)
    prepare(engine)
    return City(engine, BlobStore(settings.files_folder), settings.keys_folder, settings.city)


def _faults(taken: Backup, progress: taking.Progress) -> list[str]:
    try:
        verifying.verify(taken, progress)
    except BackupBroken as broken:
        return list(broken.extra["faults"])
    return []


def _line(found: Backup) -> str:
    said = found.manifest
    size = said.blob_bytes / 1_000_000
    return f"{found.name}: {said.cases} cases, {said.blobs} files ({size:,.1f} MB), feed at {said.position}"


@contextmanager
def _told(quiet: bool) -> Iterator[taking.Progress]:
    if quiet or not sys.stderr.isatty():
        yield taking.silent
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, all_: int | None) -> None:
            bar.update(task, description=what, completed=done, total=all_)

        yield tell
