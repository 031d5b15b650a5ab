"""new, edit, submit, discard: what a person writes before a case moves."""

from collections.abc import Mapping
from typing import Any

import click

from client.cli.app import App
from client.cli.asking import Interview
from client.cli.expecting import expected
from client.cli.finding import find, name_of
from client.cli.papers import ask_applicants
from client.cli.plain import value_in_words
from client.cli.trouble import Said
from client.cli.typed import from_json, values_of
from client.files.refusals import DocumentsMissing
from client.view import LocalCase
from schemas.catalogue.model import Service
from schemas.forms import Problem
from sync.errors import Invalid
from sync.outbox import State

_json = click.option("--json", "path", metavar="FILE", help="Values from a JSON object in FILE; - is standard input.")


@click.command()
@click.argument("service")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@_json
@click.option("--submit", "at_once", is_flag=True, help="Submit it at once if it is complete.")
@click.pass_obj
def new(app: App, service: str, values: tuple[str, ...], path: str | None, at_once: bool) -> None:
    """Begin a case of SERVICE as a draft on this device.

    With a terminal and no values it asks one question at a time, then for the documents. A value can be a name or a
    code; FIELD=@FILE reads a file.

    \b
    Examples:
      tenggat new lapor
      tenggat new lapor category=road title="Lubang di Jalan Pemuda" area=Sekayu
      tenggat new krk --json permohonan.json --submit
    """
    found = service_of(app, service)
    typed = _typed(app, found, values, path)
    case = _ask_new(app, found) if typed is None else app.desk.case(app.desk.new(found.code, typed))
    app.print(app.say("draft_saved", case=name_of(case)), style="green")
    if tell_missing(app, case):
        if at_once:
            raise click.exceptions.Exit(1)
    elif at_once or (typed is None and click.confirm(app.say("ask_submit"), default=False)):
        _submit(app, case)
    else:
        app.print(app.say("draft_ready", case=name_of(case)))


@click.command()
@click.argument("case")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@_json
@click.pass_obj
def edit(app: App, case: str, values: tuple[str, ...], path: str | None) -> None:
    """Change fields of a draft, or of a correction; FIELD= empties one.

    With a terminal and no values it asks for each field, showing what is there now, then for the documents.

    \b
    Examples:
      tenggat edit 3f9a1c rt_rw=003/005 phone=
      tenggat edit KRK-2026-000012 street=@alamat.txt
    """
    found = find(app, case)
    typed = _typed(app, found.service, values, path)
    if typed is None:
        if not app.desk.possible.may_edit(found):
            app.desk.edit(found.id, {})
        _interview(app, found)
        found = app.desk.case(found.id)
    else:
        found = app.desk.edit(found.id, typed)
        app.print(app.say("edited"), style="green")
        for name, value in typed.items():
            field = found.service.field(name)
            app.print(f"  {field.label.get(app.language)}: {value_in_words(field, value, app.city, app.language)}")
    if not tell_missing(app, found):
        app.print(app.say("draft_ready", case=name_of(found)))


@click.command()
@click.argument("case")
@click.pass_obj
def submit(app: App, case: str) -> None:
    """Submit a draft or a correction. It goes out at the next sync.

    \b
    Example:
      tenggat submit 3f9a1c
    """
    _submit(app, find(app, case))


@click.command()
@click.argument("case")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def discard(app: App, case: str, yes: bool) -> None:
    """Drop what was typed about a case and has not left this device. A draft that only lies here is gone then.

    The text stays readable in the outbox for 30 days.

    \b
    Example:
      tenggat discard 3f9a1c
    """
    found = find(app, case)
    queued = [entry for entry in found.waiting if entry.state is State.QUEUED]
    if not queued:
        raise Said("nothing_to_undo")
    if app.interactive and not yes and not click.confirm(app.say("ask_discard", case=name_of(found)), default=False):
        raise click.Abort
    app.print(app.say("discarded", n=app.desk.discard(found.id)))
    if found.record is not None:
        app.print(app.say("discard_kept"))


def service_of(app: App, code: str) -> Service:
    """The service of that code, in any case of letters."""
    try:
        return app.city.service(code.lower())
    except KeyError:
        raise Said("no_such_service", name=code, known=", ".join(s.code for s in app.city.services)) from None


def tell_problems(app: App, service: Service, problems: Mapping[str, Problem], head: str) -> None:
    """What is missing or wrong, by label, with the field's name, and what it may be, for the next command."""
    language, fields = app.language, {field.name: field for field in service.fields}
    app.print(head, style="yellow")
    for name, problem in problems.items():
        field = fields.get(name)
        app.print(f"  • {field.label.get(language) if field else name} [{name}]: {problem.text.get(language)}")
        if field and field.options:
            choices = ", ".join(f"{option.code} = {option.label.get(language)}" for option in field.options)
            app.print(f"      {choices}", style="dim")


def tell_missing(app: App, case: LocalCase) -> bool:
    """What the case lacks before it can be sent in, fields and documents, and how to add them; whether it lacks any."""
    fields, files = app.desk.possible.problems(case), app.desk.possible.document_problems(case)
    if fields:
        tell_problems(app, case.service, fields, app.say("draft_missing"))
        app.print(app.say("edit_how", case=name_of(case)))
    if files:
        _tell_documents(app, files)
        app.print(app.say("attach_how", case=name_of(case)))
    return bool(fields or files)


def _tell_documents(app: App, problems: Mapping[str, Problem]) -> None:
    for code, problem in problems.items():
        app.print(f"  • [{code}] {problem.text.get(app.language)}", style="yellow")


def _typed(app: App, service: Service, values: tuple[str, ...], path: str | None) -> dict[str, Any] | None:
    """What was given on the command line; None where the person is to be asked."""
    if not values and path is None:
        if app.interactive:
            return None
        raise Said("needs_values", service=service.code)
    given = from_json(path, service.fields, service, app.language) if path else {}
    return given | values_of(values, service.fields, service, app.city, app.today, app.language)


def _ask_new(app: App, service: Service) -> LocalCase:
    case_id: str | None = None

    def save(name: str, value: Any) -> None:
        nonlocal case_id
        if case_id is None:
            case_id = app.desk.new(service.code, {name: value})
        else:
            app.desk.edit(case_id, {name: value})

    app.print(service.name.get(app.language), style="bold")
    app.print(service.summary.get(app.language))
    try:
        Interview(app, service, service.fields, {}, save).run()
        case_id = case_id or app.desk.new(service.code)
        ask_applicants(app, case_id)
    except click.Abort:
        if case_id is not None:
            _stopped(app, f"tenggat edit {name_of(app.desk.case(case_id))}")
        raise
    return app.desk.case(case_id)


def _interview(app: App, case: LocalCase) -> None:
    def save(name: str, value: Any) -> None:
        app.desk.edit(case.id, {name: value})

    only = app.desk.possible.marked(case)
    try:
        Interview(app, case.service, case.service.fields, case.fields, save, only=only).run()
        ask_applicants(app, case.id)
    except click.Abort:
        _stopped(app, f"tenggat edit {name_of(case)}")
        raise


def _stopped(app: App, command: str) -> None:
    app.print("")
    app.print(app.say("ask_stopped", command=command), style="yellow")


def _submit(app: App, case: LocalCase) -> None:
    try:
        app.desk.submit(case.id)
    except DocumentsMissing as error:
        app.print(app.say("submit_refused"), style="yellow")
        _tell_documents(app, error.extra["problems"])
        app.print(app.say("attach_how", case=name_of(case)))
        raise click.exceptions.Exit(1) from None
    except Invalid as error:
        tell_problems(app, case.service, error.extra["problems"], app.say("submit_refused"))
        app.print(app.say("edit_how", case=name_of(case)))
        raise click.exceptions.Exit(1) from None
    app.print(app.say("submitted", case=name_of(case)), style="green")
    app.print(*expected(app, case.service))
