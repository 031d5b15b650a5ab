"""The door of the command line: its options, its commands, and every error in words."""

import os
import sys
from typing import Any

import click

import sync as protocol
from client.cli import (
    accounts,
    acting,
    bundles,
    cases,
    catalogue,
    devices,
    drafts,
    files,
    locking,
    roads,
    sending,
    state,
    syncing,
    window,
)
from client.cli.app import App
from client.cli.machine import Machine
from client.cli.trouble import exit_status, problems_of, told
from sync.errors import TenggatError

_MEANT = {"cases": "list", "berkas": "list"}
"""What people call a command for whose name nothing near it in letters stands."""


class _Group(click.Group):
    """Turns refusals into words and an exit status; a traceback is shown to nobody who did not ask for it."""

    def main(self, *args: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # An old console may not have every letter; a question mark is better than no answer.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        return super().main(*args, **options)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if (meant := _MEANT.get(args[0])) is None:
                raise
            raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{meant}'?", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TenggatError as error:
            app: App = ctx.obj
            first, *more = told(error, app.language)
            app.warn(first, style="bold red")
            app.warn(*(f"  • {name}: {words}" for name, words in problems_of(error.extra, app.language)))
            app.warn(*more)
            ctx.exit(exit_status(error))
        except (KeyboardInterrupt, click.Abort):
            ctx.obj.warn(ctx.obj.say("stopped"))
            ctx.exit(1)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("TENGGAT_DEBUG"):
                raise
            ctx.obj.warn(ctx.obj.say("unexpected", error=f"{type(error).__name__}: {error}"), style="bold red")
            ctx.exit(1)


def _language(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None and isinstance(context.obj, App):
        context.obj.given_language = value


_LANGUAGE = click.option(
    "--lang", type=click.Choice(["id", "en"]), expose_value=False, callback=_language, help="Language of the answer."
)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(protocol.__version__, prog_name="tenggat")
@click.option("--profile", envvar="TENGGAT_PROFILE", metavar="NAME", help="Keep another person's or city's data apart.")
@click.option("--lang", type=click.Choice(["id", "en"]), help="Indonesian (the default) or English.")
@click.option("--pin-stdin", is_flag=True, help="Read a locked profile's PIN from the first line of standard input.")
@click.pass_context
def main(context: click.Context, profile: str | None, lang: str | None, pin_stdin: bool) -> None:
    """Permits and complaints of a city, with a date for every stage. Works with no network.

    Without a command it opens the window, where there is a screen.

    Everything you type is on this device at once; `sync` sends it when there is a network. Dates come from the
    server, and `show CASE --why` explains each of them.

    \b
    To begin:
      tenggat guest --server URL        as a citizen, with no account
      tenggat sign-in NAME --server URL as somebody with an account
      tenggat list                      the cases, the most urgent first
      tenggat status                    what waits here, since when and why

    Exit status: 0 done, 1 refused or not valid, 2 wrong usage, 3 server not reached, 4 not signed in.
    """
    machine = context.obj if isinstance(context.obj, Machine) else Machine()
    context.obj = App(machine, profile, lang, pin_stdin)
    context.call_on_close(context.obj.close)
    if context.invoked_subcommand is None:
        window.open_or_help(context.obj, context.get_help())


def _add(command: click.Command) -> None:
    main.add_command(_LANGUAGE(command))


for _command in (
    accounts.sign_in, accounts.sign_up, accounts.sign_out, accounts.password,
    accounts.enrol, accounts.guest, accounts.language, devices.devices,
    roads.trust, roads.proxy, roads.plain_http,
    cases.list_cases, cases.show,
    drafts.new, drafts.edit, drafts.submit, drafts.discard,
    files.attach, files.detach, files.files_of, files.file,
    acting.act, acting.choose,
    window.window,
    locking.lock, locking.pin, locking.recover,
    catalogue.services, catalogue.areas,
    syncing.sync, state.status, sending.outbox,
    bundles.bundle, bundles.answer, bundles.carry,
):  # fmt: skip
    _add(_command)
for _group in (sending.outbox, files.file, devices.devices):
    for _command in _group.commands.values():
        _LANGUAGE(_command)
