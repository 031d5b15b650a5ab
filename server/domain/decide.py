"""What a command does to a case: the one function through which every change goes, whoever makes it.

`decide(command, case, actor, context)` is pure. It answers with an `Outcome`: a status, and the case as it is
now where anything about it changed (a refused action may still leave late evidence behind).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from schemas.catalogue.model import Service
from server.domain import deadlines, editing
from server.domain.acting import act
from server.domain.actor import SYSTEM, Actor
from server.domain.attaching import arrived
from server.domain.case import Case
from server.domain.outcome import Context, Outcome, applied, rejected
from server.domain.workflow import Refusal, refuse
from sync.codec import decode
from sync.decoding import decoder
from sync.errors import Malformed
from sync.messages import Act, Bytes, Choose, Command, Edit, HandOver, Status

_edit = decoder(Edit)
_act = decoder(Act)
_choose = decoder(Choose)
_to = decoder(HandOver)
_bytes = decoder(Bytes)

Decision = Callable[[Command, Case, Service, Actor, Context], Outcome]
Typed = TypeVar("Typed", bound=Edit)

MAX_DEPTH = 32
"""Levels of lists and objects in one value. No form nests deeper than three, and what is stored must stay readable
from any depth of the stack."""

MAX_CASE = 160 * 1024
"""Bytes of a case as JSON. A record travels as one line, and a device takes none over `MAX_LINE`."""

_SMALL_DATA, _FEW_PARTS = 2_000, 30


def decide(command: Command, case: Case | None, visible: bool, actor: Actor, context: Context) -> Outcome:
    """The outcome of a command on a case (None: there is none of that id yet).

    `visible` says whether the case is in the actor's scopes; one that is not is answered as if it did not exist.
    Raises `sync.errors.Malformed` where the command's data is not of its kind's shape.
    """
    kind = KINDS.get(command.kind)
    if kind is None:
        return rejected(refuse("unknown_kind", "Jenis perintah tidak dikenal.", "There is no such kind of command."))
    outcome = _decided(kind, command, case, visible, actor, context)
    if outcome.case is not None and SYSTEM not in actor.roles and not _fits(command, outcome.case):
        return rejected(refuse("case_full", "Berkas ini sudah terlalu besar.", "This case holds too much already."))
    return outcome


def _decided(
    kind: "Decision", command: Command, case: Case | None, visible: bool, actor: Actor, context: Context
) -> Outcome:
    if case is None:
        return _first(command, actor, context)
    if not visible:
        return rejected(_no_such_case())
    try:
        service = context.city.service(case.service)
    except KeyError:
        return rejected(_no_service())
    return kind(command, case, service, actor, context)


def _first(command: Command, actor: Actor, context: Context) -> Outcome:
    """The first command about a case: it makes the draft. Only an edit or a submit can be that."""
    if command.kind not in {"case.edit", "case.act"}:
        return rejected(_no_such_case())
    change: Edit = _typed(_act, command) if command.kind == "case.act" else _typed(_edit, command)
    if change.service is None:
        return rejected(_no_such_case())
    try:
        service = context.city.service(change.service)
    except KeyError:
        return rejected(_no_service())
    if not actor.roles & {"citizen", "front_desk"}:
        return rejected(
            refuse(
                "not_your_role",
                "Anda tidak mengajukan berkas.",
                "Filing a case is not yours to do.",
                roles=["citizen", "front_desk"],
            )
        )
    draft = editing.new_draft(command.case, service, actor, context)
    return KINDS[command.kind](command, draft, service, actor, context)


def _edit_case(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    return editing.edit(command.at, _typed(_edit, command), case, service, actor, context)


def _act_on_case(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    return act(command.at, _typed(_act, command), case, service, actor, context)


def _choose_value(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    return editing.choose(decode(_choose, command.data), case, service, actor)


def _open_case(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    """`case.open`: an officer who can act on it looked at it for the first time, and the applicant is told so. Whoever
    only may see it, as others of the same office, opens nothing."""
    able = any(actor.roles & set(action.roles) for action in service.actions_from(case.stage))
    if case.opened is not None or not able or actor.person == case.owner:
        return Outcome(Status.APPLIED)
    return applied(editing.bump(replace(case, opened=context.stamp)))


def _recount_case(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    """`case.recount`: the calendar changed by decree; running limits are counted again by the same rules."""
    if SYSTEM not in actor.roles:
        return rejected(_only_system())
    today = context.calendar.local(context.now).date()
    limits = tuple(deadlines.recount(ledger, context.calendar, today) for ledger in case.limits)
    if limits == case.limits:
        return Outcome(Status.APPLIED)
    return applied(editing.bump(replace(case, limits=limits)))


def _hand_over(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    """`case.hand_over`: a guest signed in to an account they had before; their cases go with them."""
    if SYSTEM not in actor.roles:
        return rejected(_only_system())
    return applied(editing.bump(replace(case, owner=decode(_to, command.data).to)))


def _bytes_arrived(command: Command, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    """`case.arrived`: the bytes of a file are at the server, and are those that the manifest promised."""
    if SYSTEM not in actor.roles:
        return rejected(_only_system())
    after = arrived(case, decode(_bytes, command.data), context)
    return Outcome(Status.APPLIED) if after == case else applied(editing.bump(after))


KINDS: dict[str, Decision] = {
    "case.edit": _edit_case,
    "case.act": _act_on_case,
    "case.choose": _choose_value,
    "case.open": _open_case,
    "case.recount": _recount_case,
    "case.hand_over": _hand_over,
    "case.arrived": _bytes_arrived,
}


def _typed(decoder: "msgspec.json.Decoder[Typed]", command: Command) -> Typed:
    """The command's data; `Malformed` also where a value in it is nested absurdly deep."""
    change = decode(decoder, command.data)
    raw = bytes(command.data)
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return change
    parts = [change.set, change.was]
    if isinstance(change, Act):
        parts.append(change.form)
    if not all(_shallow(part, MAX_DEPTH) for part in parts):
        raise Malformed(f"a value is nested more than {MAX_DEPTH} levels deep")
    return change


def _shallow(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and all(_shallow(part, levels - 1) for part in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_shallow(part, levels - 1) for part in value)
    return True


def _fits(command: Command, case: Case) -> bool:
    """Whether the case's line stays short enough to travel. Looked at only where it could have become long."""
    if (
        len(bytes(command.data)) < _SMALL_DATA
        and len(case.steps) + len(case.evidence) + len(case.conflicts) + len(case.attachments) < _FEW_PARTS
    ):
        return True
    return len(msgspec.json.encode(case)) <= MAX_CASE


def _no_such_case() -> Refusal:
    # The same words whether it does not exist or may not be seen: an id tells a stranger nothing.
    return refuse("no_such_case", "Berkas tidak ditemukan.", "There is no such case.")


def _only_system() -> Refusal:
    return refuse("not_your_role", "Hanya sistem.", "Only the system does this.", roles=[SYSTEM])


def _no_service() -> Refusal:
    return refuse("no_such_service", "Layanan ini tidak ada.", "There is no such service.")
