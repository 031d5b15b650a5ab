"""jobs: what runs on a timer, how it went, and one of them done now."""

from datetime import timedelta

import click

from server.jobs import table
from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from server.opening import open_city
from server.settings import Settings
from sync.errors import Busy


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """What runs on a timer: a serving process does what is due, and one of them only.

    \b
    Examples:
      tenggat-server jobs
      tenggat-server jobs run tidy_uploads
    """
    if context.invoked_subcommand is not None:
        return
    world = open_city(context.obj)
    there, now = table.standings(world.engine), world.sources.clock()
    for job in JOBS:
        found = there.get(job.name)
        if found is None or found.started is None:
            told = "never ran"
        elif found.at_work(now):
            told = f"at work since {found.started}"
        else:
            told = f"{found.finished or 'broken off'}: {found.outcome or 'nobody noted an end'}"
            told += f" (failed {found.failed} times in a row)" if found.failed else ""
        often = f"every {_words(job.every)}" if job.every else "when needed"
        click.echo(f"{job.name:<16} {often:<14} {told}")


@jobs.command("run")
@click.argument("name", type=click.Choice([job.name for job in JOBS]))
@click.pass_obj
def run(settings: Settings, name: str) -> None:
    """Do the job NAME now, unless somebody is at it.

    \b
    Example:
      tenggat-server jobs run tidy_uploads
    """
    world = open_city(settings)
    [job] = [one for one in JOBS if one.name == name]
    told = run_due(world, job, world.sources.new_id(), timedelta(0))
    if told is None:
        raise Busy(f"{name} is being done by another process right now")
    click.echo(told)
    if told.startswith("failed"):
        raise click.exceptions.Exit(1)


def _words(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
