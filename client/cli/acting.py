"""act: a named action on a case, such as a survey; and choose, between two values of a field."""

from collections.abc import Sequence
from typing import Any

import click

from client.cli.act_files import pairs_of, take_files, tell_stopped
from client.cli.app import App
from client.cli.asking import Interview, prompt
from client.cli.finding import find, name_of
from client.cli.from_template import filled, offered
from client.cli.half_typed import half_typed, keep_files, keep_typed
from client.cli.page import form_fields
from client.cli.papers import document_label
from client.cli.plain import role_name, stage_label, value_in_words
from client.cli.trouble import Said
from client.cli.typed import from_json, values_of
from client.files.refusals import DocumentsMissing
from client.view import LocalCase
from schemas.catalogue.model import Action, Service
from sync.errors import Invalid


@click.command()
@click.argument("case")
@click.argument("action", required=False)
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--note", help="A note or a reason, for those actions that take one.")
@click.option(
    "--mend",
    multiple=True,
    metavar="FIELD=REASON",
    help="To correct (document:NAME is a document).",
)
@click.option("--file", "files", multiple=True, metavar="DOCUMENT=PATH", help="A photo or PDF that belongs to it.")
@click.option("--json", "path", metavar="FILE", help="Answers from a JSON object in FILE; - is standard input.")
@click.option("--template", "templates", multiple=True, metavar="NAME", help="One of the city's texts, put in.")
@click.pass_obj
def act(
    app: App, case: str, action: str | None, values: tuple[str, ...], note: str | None, mend: tuple[str, ...],
    files: tuple[str, ...], path: str | None, templates: tuple[str, ...],
) -> None:  # fmt: skip
    """Do ACTION on a case; without one, list what can be done now and by whom.

    With a terminal it asks for whatever the action needs and was not given. Answers of a stopped interview are kept.

    \b
    Examples:
      tenggat act KRK-2026-000012
      tenggat act KRK-2026-000012 report_survey
      tenggat act 12 report_survey point=-6.98,110.41 road_width=6 existing_use=house matches=ya
      tenggat act 12 report_survey … --file survey_photos=depan.jpg --file survey_photos=batas.jpg
      tenggat act 12 request_correction --mend nik="Tidak sama dengan KTP" --mend ktp="Foto buram"
      tenggat act LPR-7 answer --template "Sudah diteruskan"
    """
    found = find(app, case)
    if action is None:
        _list(app, found)
        return
    chosen = _action(app, found, action)
    if chosen.effect in {"submit", "resubmit"} or chosen not in app.desk.possible.actions(found):
        # Desk tells why not, and submits what is to be submitted.
        app.desk.act(found.id, chosen.code, files=pairs_of(files))
    else:
        given = filled(app, found, chosen, templates, _given(app, found, chosen, values, path), note)
        form, note = _form(app, found, chosen, given.form), given.note
        asked = not given.form and path is None
        kept = take_files(app, found, chosen, form, files, asked=asked)
        items = _items(app, found.service, chosen, mend)
        note = _note(app, chosen, note, asked=asked)
        _do(app, found, chosen, form, note, items, kept)
    app.print(app.say("acted", action=chosen.label.get(app.language), case=name_of(found)), style="green")
    after = app.desk.case(found.id)
    if after.moved:
        app.print(app.say("stage_expected", stage=stage_label(after.service, after.stage, app.language)))


@click.command()
@click.argument("case")
@click.argument("field")
@click.argument("take", type=click.Choice(["ours", "theirs"]))
@click.pass_obj
def choose(app: App, case: str, field: str, take: str) -> None:
    """Of two values of FIELD, say which one stands: `ours` is on the case, `theirs` is kept beside it.

    \b
    Example:
      tenggat choose KRK-2026-000012 street theirs
    """
    found = find(app, case)
    app.desk.choose(found.id, field, take)
    assert found.record is not None, "choose has looked for the conflict on the record"
    conflict = [c for c in found.record.conflicts if c.field == field][-1]
    value = conflict.ours if take == "ours" else conflict.theirs
    asked = next((f for f in found.service.fields if f.name == field), None)
    app.print(app.say("chosen", value=value_in_words(asked, value, app.city, app.language)), style="green")


def _action(app: App, case: LocalCase, code: str) -> Action:
    try:
        return case.service.action(code)
    except KeyError:
        raise Said("no_action", service=case.service.code, name=code, case=name_of(case)) from None


def _list(app: App, case: LocalCase) -> None:
    language, stage = app.language, stage_label(case.service, case.stage, app.language)
    possible = case.service.actions_from(case.stage)
    if not possible:
        app.print(app.say("actions_none", stage=stage))
        return
    mine = app.desk.possible.actions(case)
    app.print(app.say("actions_head", stage=stage), style="bold")
    for action in possible:
        roles = ", ".join(role_name(role, language) for role in action.roles)
        you = f"  ✓ {app.say('yours')}" if action in mine else ""
        app.print("")
        app.print(f"  {action.code}  {action.label.get(language)}{you}", style="bold" if you else "dim")
        about = [app.say("action_by", roles=roles)]
        if action.to:
            about.append(app.say("leads_to", stage=stage_label(case.service, action.to, language)))
        app.print(f"      {'; '.join(about)}")
        if action.help:
            app.print(f"      {action.help.get(language)}")
        asks = [f.name + ("" if f.required and f.when is None else "?") for f in form_fields(case.service, action.code)]
        if asks:
            app.print(f"      {app.say('action_asks')}: {', '.join(asks)}")
        files = [
            d.code + ("" if d.required and d.when is None else "?")
            for d in case.service.documents
            if action.form is not None and d.form == action.form
        ]
        if files:
            app.print(f"      {app.say('action_files')}: {', '.join(files)}")
        if action.note == "required":
            app.print(f"      {app.say('note_required')}")
        if action in mine and (texts := offered(app, case, action)):
            app.print(f"      {app.say('templates_offered')}: {', '.join(one.title for one in texts)}")


def _given(app: App, case: LocalCase, action: Action, values: tuple[str, ...], path: str | None) -> dict[str, Any]:
    fields = form_fields(case.service, action.code)
    given = from_json(path, fields, case.service, app.language) if path else {}
    return given | values_of(values, fields, case.service, app.city, app.today, app.language)


def _form(app: App, case: LocalCase, action: Action, given: dict[str, Any]) -> dict[str, Any]:
    fields = form_fields(case.service, action.code)
    if not fields or not app.interactive or (given and not app.desk.possible.form_problems(case, action, given)):
        return given
    kept = half_typed(app).get(case.id, {}).get(action.code, {})
    if kept:
        app.print(app.say("ask_resumed"), style="cyan")
    answers = kept | given

    def save(name: str, value: Any) -> None:
        answers[name] = value
        keep_typed(app, case.id, action.code, answers)

    app.print(f"{action.label.get(app.language)} – {name_of(case)}", style="bold")
    try:
        return Interview(app, case.service, fields, answers, save, needed=True).run()
    except click.Abort:
        tell_stopped(app, case, action)
        raise


def _items(app: App, service: Service, action: Action, mend: Sequence[str]) -> list[dict[str, str]]:
    """Fields or documents that are to be corrected, each with its reason."""
    items = []
    for pair in mend:
        name, equals, reason = pair.partition("=")
        if not equals or not reason.strip():
            raise Said("no_equals", text=pair)
        items.append(_item(app, service, name.strip(), reason.strip()))
    if action.effect == "correction" and not items and app.interactive:
        fields = [f.name for f in service.fields]
        names = [*fields, *(f"document:{d.code}" if d.code in fields else d.code for d in service.documents)]
        app.print(app.say("items_list", names=", ".join(names)), style="dim")
        while name := prompt(app.say("ask_mend")):
            try:
                _item(app, service, name, "-")
            except Said as error:
                app.print(app.say(error.key, **error.values), style="yellow")
                continue
            if reason := prompt(app.say("ask_mend_why")):
                items.append(_item(app, service, name, reason))
    return items


def _item(app: App, service: Service, name: str, reason: str) -> dict[str, str]:
    """`document:NAME` means the document where a field has the same name."""
    kind, colon, rest = name.partition(":")
    if colon and kind == "document" and any(document.code == rest for document in service.documents):
        return {"document": rest, "reason": reason}
    if any(field.name == name for field in service.fields):
        return {"field": name, "reason": reason}
    if any(document.code == name for document in service.documents):
        return {"document": name, "reason": reason}
    raise Said("ask_unknown_item", name=name)


def _note(app: App, action: Action, note: str | None, *, asked: bool) -> str | None:
    if note is None and app.interactive and (action.note == "required" or (action.note == "optional" and asked)):
        optional = "" if action.note == "required" else f" ({app.say('optional')})"
        note = prompt(app.say("ask_note") + optional) or None
    return note


def _do(
    app: App, case: LocalCase, action: Action, form: dict[str, Any], note: str | None, items: list[dict[str, str]],
    kept: list[dict[str, Any]],
) -> None:  # fmt: skip
    try:
        with app.store.transaction():
            app.desk.act(case.id, action.code, form, note, items, kept=kept)
            keep_typed(app, case.id, action.code, None)
            keep_files(app, case.id, action.code, None)
    except DocumentsMissing as error:
        app.warn(app.say("submit_refused"))
        for code in error.extra["documents"]:
            app.warn(f"  • {document_label(case, code, app.language)}: --file {code}=…")
        raise click.exceptions.Exit(1) from None
    except Invalid as error:
        if not error.extra.get("problems"):
            raise
        labels = {f.name: f.label.get(app.language) for f in form_fields(case.service, action.code)}
        app.warn(app.say("submit_refused"))
        for name, problem in error.extra["problems"].items():
            app.warn(f"  • {labels.get(name, name)} [{name}]: {problem.text.get(app.language)}")
        raise click.exceptions.Exit(1) from None
