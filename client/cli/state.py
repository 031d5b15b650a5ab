"""status: what waits, since when and why; who is signed in where; what this device holds."""

import json
import shutil
from typing import Any

import click
from rich.table import Table
from rich.text import Text as Rich

from client.cli.app import App
from client.cli.half_typed import half_typed
from client.cli.plain import clean, role_name, size_in_words, span_in_words
from client.cli.trouble import told_by_code
from client.files.room import LOW
from client.newer import newer
from client.roads import DIRECT, shown
from client.trust import fingerprint_of, held, in_groups
from sync.outbox import State

SKEW = 300
"""Seconds by which this device's clock may be off before it is mentioned."""


@click.command()
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def status(app: App, raw: bool) -> None:
    """What waits on this device, since when and why, and what it holds.

    \b
    Example:
      tenggat status
    """
    facts = _facts(app)
    if raw:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for key, words, style in _rows(app, facts):
        shown.add_row(app.say(f"status_{key}"), Rich(clean(words), style=style))
    app.console.print(shown)


def _facts(app: App) -> dict[str, Any]:
    meta, outbox = app.store.meta, app.store.outbox
    waiting, size, oldest = outbox.waiting()
    error = meta.get("last_error")
    return {
        "profile": app.profile,
        "folder": str(app.store.path.parent),
        "server": app.server,
        "person": meta.get("person"),
        "guest": bool(meta.get("guest")),
        "signed_in": meta.get("token") is not None,
        "revoked": meta.get("wiped"),
        "upgrade": bool(meta.get("upgrade")),
        "last_success": meta.get("last_success"),
        "last_error": {"code": error[0], "detail": error[1], "at": error[2], "text": _words(error)} if error else None,
        "waiting": {"count": waiting, "bytes": size, "oldest": oldest},
        "files": _files(app),
        "refused": outbox.count(State.REFUSED),
        "conflicts": app.store.records.conflicts(),
        "half_typed": sorted(half_typed(app)),
        "held": app.store.records.count(),
        "mended": meta.get("mended") or 0,
        "free": shutil.disk_usage(app.store.path.parent).free,
        "skew": _skew(app),
        "proxy": shown(proxy) if (proxy := meta.get("proxy")) else None,
        "trusts": [fingerprint_of(each) for each in held(app.store)],
        "newer": newer(app.store),
    }


def _words(error: list[Any]) -> dict[str, str] | None:
    return error[3] if len(error) > 3 else None


def _skew(app: App) -> int | None:
    """Device clock minus server clock, in seconds, at the last sync."""
    here, there = (app.parse(app.store.meta.get(key)) for key in ("last_success_here", "last_success"))
    return round((here - there).total_seconds()) if here and there else None


def _rows(app: App, facts: dict[str, Any]) -> list[tuple[str, str, str]]:
    say, language = app.say, app.language
    waiting, free, files = facts["waiting"], facts["free"], facts["files"]
    rows = [
        ("server", facts["server"] or say("status_no_server"), ""),
        ("person", _person(app, facts), "" if facts["signed_in"] else "yellow"),
        ("success", _when(app, facts["last_success"]) or say("status_never"), ""),
    ]
    if facts["revoked"] and not facts["signed_in"]:
        rows.append(("error", "\n".join(told_by_code("revoked", "", language)), "red"))
    elif facts["upgrade"]:
        rows.append(("error", "\n".join(told_by_code("upgrade", "", language)), "yellow"))
    elif error := facts["last_error"]:
        extra = {"text": error["text"]} if error["text"] else None
        lines = [_when(app, error["at"]) or "", *told_by_code(error["code"], error["detail"], language, extra)]
        rows.append(("error", "\n".join(lines), "yellow"))
    rows.append(("waiting", _waiting(app, waiting), "cyan" if waiting["count"] else "green"))
    if files["count"]:
        key = "status_files_refused" if files["refused"] else "status_files_waiting"
        sizes = {name: size_in_words(files[part], language) for name, part in (("size", "bytes"), ("sent", "sent"))}
        words = say(key, n=files["count"], refused=files["refused"], **sizes)
        rows.append(("files", words, "bold red" if files["refused"] else "cyan"))
    if facts["refused"]:
        rows.append(("refused", say("status_refused_see", n=facts["refused"]), "bold red"))
    if facts["conflicts"]:
        rows.append(("conflicts", say("status_conflicts_see", n=facts["conflicts"]), "magenta"))
    if facts["half_typed"]:
        rows.append(("typing", ", ".join(case[:8] for case in facts["half_typed"]), "cyan"))
    rows.append(("held", str(facts["held"]), ""))
    if facts["mended"]:
        rows.append(("mended", str(facts["mended"]), ""))
    size = size_in_words(free, language)
    rows.append(("free", say("status_low", size=size) if free < LOW else size, "bold red" if free < LOW else ""))
    if facts["skew"] is not None and abs(facts["skew"]) >= SKEW:
        span = span_in_words(abs(facts["skew"]), language)
        rows.append(("clock", say("status_clock_off", span=span), "yellow"))
    for fingerprint in facts["trusts"]:
        rows.append(("trusts", in_groups(fingerprint), ""))
    if facts["proxy"]:
        rows.append(("proxy", say("proxy_none") if facts["proxy"] == DIRECT else facts["proxy"], ""))
    if facts["newer"]:
        rows.append(("newer", say("newer_there", version=facts["newer"]), "cyan"))
    if facts["profile"] != "default":
        rows.append(("profile", facts["profile"], ""))
    rows.append(("folder", facts["folder"], "dim"))
    return rows


def _files(app: App) -> dict[str, int]:
    unsent = [upload for upload in app.store.files.uploads() if upload.unsent]
    return {
        "count": len(unsent),
        "bytes": sum(upload.size for upload in unsent),
        "sent": sum(upload.sent for upload in unsent),
        "refused": sum(upload.refused for upload in unsent),
    }


def _person(app: App, facts: dict[str, Any]) -> str:
    if not facts["signed_in"]:
        return app.say("status_nobody")
    if facts["guest"]:
        return app.say("status_guest")
    person = facts["person"] or {}
    roles = ", ".join(role_name(role, app.language) for role in person.get("roles", []))
    return f"{person.get('name', '?')} ({roles})"


def _ago(app: App, stamp: str) -> str:
    found = app.parse(stamp)
    return span_in_words((app.now - found).total_seconds(), app.language, "ago") if found else "?"


def _when(app: App, stamp: str | None) -> str | None:
    return f"{app.moment(stamp)} ({_ago(app, stamp)})" if stamp else None


def _waiting(app: App, waiting: dict[str, Any]) -> str:
    if not waiting["count"]:
        return app.say("status_nothing")
    size = size_in_words(waiting["bytes"], app.language)
    oldest = waiting["oldest"]
    return app.say(
        "status_waiting_since", n=waiting["count"], size=size, when=app.moment(oldest), ago=_ago(app, oldest)
    )
