"""The commands. Each says what it did, and refuses with a sentence and exit status 1."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

import sync
from schemas.catalogue.errors import CatalogueError
from server.cli import (
    accounts,
    audit,
    backup,
    calendar,
    catalogue,
    demo,
    devices,
    importing,
    jobs,
    keys,
    notice,
    offices,
    quarantine,
    setting,
    template,
)
from server.cli.serving import check_port
from server.cli.serving import serve as run_server
from server.files import tidying
from server.opening import open_city
from server.settings import Settings, built_app
from sync.errors import TenggatError


class _Group(click.Group):
    """Turns our refusals into one line on stderr instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TenggatError as error:
            problems = {
                field: problem
                for field, problem in (error.extra.get("problems") or {}).items()
                # What the sentence says already is not said once more.
                if not (isinstance(problem, dict) and "en" in problem and problem["en"] in error.detail)
            }
            raise click.ClickException(error.detail + (f" {json.dumps(problems)}" if problems else "")) from None
        except CatalogueError as error:
            raise click.ClickException(f"the city's catalogue cannot be used: {error}") from None
        except DBAPIError as error:
            raise click.ClickException(f"the database cannot be used: {error.orig}") from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sync.__version__, prog_name="tenggat-server")
@click.option(
    "--city", envvar="TENGGAT_CITY", default="semarang", show_default=True, help="A shipped city or a folder."
)
@click.option(
    "--data",
    envvar="TENGGAT_DATA",
    default="data",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the SQLite database.",
)
@click.option("--database", envvar="TENGGAT_DATABASE_URL", default=None, help="A PostgreSQL URL instead of SQLite.")
@click.option(
    "--web",
    envvar="TENGGAT_WEB",
    default=None,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the built web app, by default the one that was installed.",
)
@click.option(
    "--proxies",
    envvar="TENGGAT_PROXIES",
    default=0,
    show_default=True,
    type=click.IntRange(0, 9),
    help="How many proxies in front say who asked (X-Forwarded-For) and over what (X-Forwarded-Proto).",
)
@click.option(
    "--files",
    envvar="TENGGAT_FILES",
    default=None,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of photos and documents, by default `files` in the data folder.",
)
@click.option(
    "--keys",
    envvar="TENGGAT_KEYS",
    default=None,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the server's own keys, by default `keys` in the data folder.",
)
@click.pass_context
def main(
    context: click.Context,
    city: str,
    data: Path,
    database: str | None,
    web: Path | None,
    proxies: int,
    files: Path | None,
    keys: Path | None,
) -> None:
    """The Tenggat server: applies commands, stamps dates, tells every device, shows the app.

    Every option can be set by the environment variable of the same meaning: TENGGAT_CITY, TENGGAT_DATA,
    TENGGAT_DATABASE_URL, TENGGAT_WEB, TENGGAT_PROXIES, TENGGAT_FILES, TENGGAT_KEYS.
    """
    # From the environment alone: what stands on a command line, everybody on this machine can read.
    secret = Settings.from_environment()
    context.obj = Settings(
        city, data, database or None, web or built_app(), proxies, files, keys, smtp=secret.smtp, address=secret.address
    )


_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_port = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)


@main.command()
@_host
@_port
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes (granian only).")
@click.option("--with", "server", type=click.Choice(["granian", "waitress"]), help="By default granian, if installed.")
@click.pass_obj
def serve(settings: Settings, host: str, port: int, workers: int, server: str | None) -> None:
    """Serve the API. The database is made or migrated first."""
    check_port(host, port)
    open_city(settings)
    click.echo(f"Tenggat on http://{host}:{port}")
    run_server(settings, host, port, workers, server)


@main.command("demo")
@_host
@_port
@click.pass_obj
def demo_city(settings: Settings, host: str, port: int) -> None:
    """Serve with demonstration accounts, which it prints. Never do this with a real city's data."""
    check_port(host, port)
    click.echo(demo.prepare(open_city(settings)))
    click.echo(demo.first_steps(host, port))
    run_server(settings, host, port, 1)


@main.command()
@click.pass_obj
def init(settings: Settings) -> None:
    """Make the database, or migrate it to this version, and check the city's catalogue."""
    world = open_city(settings)
    services = ", ".join(s.code for s in world.city.services)
    click.echo(f"{world.city.name.id}: {services}; catalogue {world.city.version}, calendar {world.calendar.version}")


main.add_command(accounts.account)
main.add_command(offices.office)
main.add_command(devices.device)
main.add_command(audit.audit)
main.add_command(quarantine.quarantine)
main.add_command(backup.backup)
main.add_command(backup.backups)
main.add_command(backup.restore)
main.add_command(backup.new_epoch)
main.add_command(jobs.jobs)
main.add_command(keys.keys)
main.add_command(setting.setting)
main.add_command(calendar.calendar)
main.add_command(calendar.recount)
main.add_command(catalogue.catalogue)
main.add_command(template.template)
main.add_command(notice.notice)
main.add_command(importing.import_files)


@main.command()
@click.pass_obj
def tidy(settings: Settings) -> None:
    """Clear away uploads that were given up: no byte came for 7 days. Files that arrived are never touched.

    Creations of uploads do a little of it each; a timer that runs this once a day does all of it.
    """
    world = open_city(settings)
    swept, strays = tidying.tidy(world, lambda n: click.echo(f"{n} expired uploads cleared away", err=True))
    click.echo(f"{swept} expired uploads and {strays} stray files cleared away")


@main.command()
@click.pass_obj
def openapi(settings: Settings) -> None:
    """Print the OpenAPI document of everything but the exchange."""
    # All routes, which nothing else here needs.
    from server.app import create_app

    app = create_app(settings)
    with app.test_client() as client:
        click.echo(client.get("/api/v1/openapi.json").get_data(as_text=True))
