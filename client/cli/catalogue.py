"""services and areas: what can be asked for, and by which names, with no network."""

from collections.abc import Sequence

import click
import msgspec

from client.cli.app import App
from client.cli.drafts import service_of
from client.cli.page import form_fields
from client.cli.plain import area_name, role_name, stage_label
from client.cli.trouble import Said
from client.cli.typed import areas_named, matches
from schemas.catalogue.model import Action, Condition, Field, Service
from schemas.text import Language


@click.command()
@click.argument("service", required=False)
@click.option("--action", "only", metavar="ACTION", help="Only what this action asks for.")
@click.option("--json", "raw", is_flag=True, help="For programs: the service as in the catalogue.")
@click.pass_obj
def services(app: App, service: str | None, only: str | None, raw: bool) -> None:
    """The services, or one with its fields, documents, stages, limits and actions.

    \b
    Examples:
      tenggat services
      tenggat services krk
      tenggat services krk --action report_survey
    """
    if service is None:
        _all(app, raw)
        return
    found = service_of(app, service)
    if raw:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif only is not None:
        action = next((a for a in found.actions if a.code == only), None)
        if action is None:
            raise Said("unclear", label=found.code, text=only, found=", ".join(a.code for a in found.actions))
        _action(app, found, action)
        _fields(app, form_fields(found, action.code))
    else:
        _one(app, found)


@click.command()
@click.argument("text", required=False)
@click.pass_obj
def areas(app: App, text: str | None) -> None:
    """The kelurahan by kecamatan, or those whose name holds TEXT, with their codes.

    \b
    Examples:
      tenggat areas
      tenggat areas sekayu
    """
    city = app.city
    districts = [area for area in city.areas if area.kind == "kecamatan"]
    if text is None:
        for district in districts:
            app.print(f"{district.name} ({district.code})", style="bold")
            app.print("  " + ", ".join(area.name for area in city.areas if area.parent == district.code))
        return
    inside = matches(text, {area.code: [area.name] for area in districts})
    found = areas_named(text, city)
    found += [area.code for area in city.areas if area.parent in inside and area.code not in found]
    if not found:
        raise Said("areas_none", text=text)
    for code in found:
        app.print(f"{code}  {area_name(city, code)}")


def _all(app: App, raw: bool) -> None:
    if raw:
        click.echo(msgspec.json.format(msgspec.json.encode(app.city.services), indent=2).decode())
        return
    app.print(app.say("services_title", city=app.city.name.get(app.language)), style="bold")
    for service in app.city.services:
        app.print("")
        app.print(f"{service.code}  {service.name.get(app.language)}", style="bold")
        app.print(f"  {service.summary.get(app.language)}")
        spans = [_span(app, limit.days, limit.unit) for limit in map(service.limit, service.promise)]
        app.print(f"  {app.say('service_limit', span=' + '.join(spans))}", style="dim")
    app.print("")
    app.print(app.say("services_hint"), style="dim")


def _span(app: App, days: int, unit: str) -> str:
    return app.say(f"span_{unit}", n=days)


def _head(app: App, key: str) -> None:
    app.print("")
    app.print(app.say(key), style="bold")


def _one(app: App, service: Service) -> None:
    language = app.language
    app.print(f"{service.code}  {service.name.get(language)}", style="bold")
    app.print(service.summary.get(language))
    _head(app, "head_fields")
    _fields(app, service.fields)
    if service.documents:
        _head(app, "head_documents")
    for document in service.documents:
        about = [] if document.required else [app.say("optional")]
        about += [app.say("up_to", n=document.count_max)] if document.count_max > 1 else []
        about += [app.say("with_action", action=_of_form(service, document.form, language))] if document.form else []
        about += _when(app, document.when)
        app.print(f"  {document.code}: {document.label.get(language)}{_bracket(about)}")
    _head(app, "head_stages")
    for stage in service.stages:
        about = [role_name(stage.role, language)] if stage.role else []
        about += [_span(app, stage.limit.days, stage.limit.unit)] if stage.limit else []
        app.print(f"  {stage.code}: {stage.label.get(language)}{_bracket(about)}")
    if service.limits:
        _head(app, "head_limits")
    for limit in service.limits:
        law = f" – {limit.law.get(language)}" if limit.law else ""
        app.print(f"  {limit.label.get(language)}: {_span(app, limit.days, limit.unit)}{law}")
    _head(app, "head_actions")
    for action in service.actions:
        _action(app, service, action)


def _of_form(service: Service, form: str, language: Language) -> str:
    return ", ".join(action.label.get(language) for action in service.actions if action.form == form)


def _action(app: App, service: Service, action: Action) -> None:
    language = app.language
    places = ", ".join(stage_label(service, place, language) for place in action.from_)
    about = [app.say("action_by", roles=", ".join(role_name(role, language) for role in action.roles))]
    about.append(f"{app.say('action_from')} {places}")
    if action.note == "required":
        about.append(app.say("note_required"))
    app.print(f"  {action.code}: {action.label.get(language)}{_bracket(about)}")
    names = [field.name for field in form_fields(service, action.code)]
    if names:
        app.print(f"      {app.say('action_asks')}: {', '.join(names)}", style="dim")


def _fields(app: App, fields: Sequence[Field]) -> None:
    language = app.language
    for field in fields:
        about = [app.say(f"type_{field.type}") + (f", {field.unit}" if field.unit else "")]
        about += [] if field.required else [app.say("optional")]
        about += [app.say("personal")] if field.personal else []
        about += [app.say("internal")] if field.internal else []
        about += _when(app, field.when)
        app.print(f"  {field.name}: {field.label.get(language)}{_bracket(about)}")
        for option in field.options:
            app.print(f"      {option.code} = {option.label.get(language)}", style="dim")


def _when(app: App, when: Condition | None) -> list[str]:
    if when is None:
        return []
    told = [app.say("only_when", field=when.field, values=" / ".join(when.equals))] if when.equals else []
    if when.not_equals:
        told.append(app.say("only_unless", field=when.field, values=" / ".join(when.not_equals)))
    return told


def _bracket(parts: Sequence[str]) -> str:
    return f" ({'; '.join(parts)})" if parts else ""
