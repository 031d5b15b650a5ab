"""list and show: what is on this device, and everything about one case."""

import json

import click

from client.cli.app import App
from client.cli.finding import find
from client.cli.listing import Filter, as_json, gather, narrowed, table
from client.cli.plain import area_name
from client.cli.showing import CasePage
from client.cli.showing import as_json as case_json
from client.cli.trouble import Said
from client.cli.typed import matches

PAGE = 25
"""Cases on one page of the list."""


@click.command("list")
@click.option("--service", help="Only this service (its code).")
@click.option("--stage", help="Only this stage (its code or label).")
@click.option("--district", help="Only this kecamatan (its name or code).")
@click.option("--due-within", type=int, metavar="DAYS", help="Due in at most so many days, or overdue.")
@click.option("--mine", is_flag=True, help="Only what you filed or what your role acts on now.")
@click.option("--waiting", is_flag=True, help="Only what waits here, was refused or is to be chosen.")
@click.option("--search", metavar="TEXT", help="Only cases that hold this text.")
@click.option("--all", "every", is_flag=True, help="Ended ones too.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=PAGE, show_default=True, help="Cases on a page.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of them.")
@click.option("--json", "raw", is_flag=True, help="For programs: everything that fits, as JSON.")
@click.pass_obj
def list_cases(
    app: App, service: str | None, stage: str | None, district: str | None, due_within: int | None, mine: bool,
    waiting: bool, search: str | None, every: bool, limit: int, page: int, raw: bool,
) -> None:  # fmt: skip
    """The cases on this device, the most urgent first: overdue in red, due soon in yellow.

    \b
    Examples:
      tenggat list --mine --due-within 2
      tenggat list --stage survey --district "Semarang Tengah"
      tenggat list --search pemuda --all
    """
    code = service.lower() if service else None
    wanted = Filter(code, _stage(app, stage), _district(app, district), due_within, mine, waiting, search, every)
    rows = gather(app.desk)
    found = list(narrowed(rows, wanted, app.desk, app.today))
    if raw:
        click.echo(json.dumps([as_json(row) for row in found], ensure_ascii=False, indent=2))
        return
    shown = found[(page - 1) * limit : page * limit]
    if not shown:
        app.print(_empty(app, len(rows), narrow=wanted != Filter()))
        return
    app.console.print(table(app, shown))
    app.print("")
    overdue = sum(row.due is not None and row.due < app.today for row in found)
    hidden = 0 if every else sum(row.ended and not row.marked for row in rows)
    parts = [app.say("list_total", n=len(found))]
    parts += [app.say("list_overdue", n=overdue)] if overdue else []
    parts += [app.say("list_ended", n=hidden)] if hidden else []
    app.print("; ".join(parts) + ".", style="dim")
    if page * limit < len(found):
        shown_to = f"{(page - 1) * limit + 1}–{page * limit}"
        app.print(app.say("list_more", shown=shown_to, total=len(found), next=page + 1), style="dim")


@click.command()
@click.argument("case")
@click.option("--why", is_flag=True, help="Open every date into why it is that date.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def show(app: App, case: str, why: bool, raw: bool) -> None:
    """Everything about a case: where it is, its stage and dates, what waits here, what was refused, its history.

    CASE is a number, the end of one ("KRK-12", "12"), or the first six characters of an id.

    \b
    Examples:
      tenggat show KRK-2026-000012
      tenggat show KRK-12 --why
    """
    found = find(app, case)
    app.desk.opened(found)
    if raw:
        click.echo(case_json(app, app.desk.case(found.id)))
        return
    CasePage(app, found).print(why)


def _empty(app: App, held: int, *, narrow: bool) -> str:
    if not held:
        return app.say("list_empty")
    return app.say("list_no_match" if narrow else "list_none_open", n=held)


def _stage(app: App, text: str | None) -> str | None:
    if text is None:
        return None
    named: dict[str, list[str]] = {"draft": ["Draf", "Draft"]}
    for service in app.city.services:
        for stage in service.stages:
            named.setdefault(stage.code, []).extend((stage.label.id, stage.label.en))
    return _one(app, text, named, "col_stage")


def _district(app: App, text: str | None) -> str | None:
    if text is None:
        return None
    named = {area.code: [area.name] for area in app.city.areas if area.kind == "kecamatan"}
    return _one(app, text, named, "col_district")


def _one(app: App, text: str, named: dict[str, list[str]], label: str) -> str:
    found = matches(text, named)
    if len(found) != 1:
        shown = "; ".join(f"{area_name(app.city, code)}" for code in (found or sorted(named))[:20])
        raise Said("unclear", label=app.say(label), text=text, found=shown)
    return found[0]
