"""What must hold in how a case moves: every stage reached, every end an end, every event one that can happen."""

from collections.abc import Callable, Iterable, Iterator

from schemas.catalogue.fault import Fault, twice
from schemas.catalogue.model import DRAFT, OWNER, ROLES, Action, Limit, Routes, Service, Stage

# A case may not end like this without a word to the person who waits for it.
ENDS_WITH_WORDS = {"refused", "conditional", "elsewhere", "duplicate"}


def process_faults(service: Service, offices: set[str]) -> Iterator[Fault]:
    """The faults in the stages, actions, limits and routes of a service."""
    yield from twice("stages", (stage.code for stage in service.stages))
    yield from twice("actions", (action.code for action in service.actions))
    yield from twice("limits", (limit.code for limit in service.all_limits()))
    stages = {stage.code: stage for stage in service.stages}
    if service.first not in stages:
        yield Fault("first", f"unknown stage {service.first!r}")
    for action in service.actions:
        yield from _action(service, action, stages)
    yield from _submit(service)
    yield from _stages(service)
    reached = _closure((service.first,), lambda stage: _next(service, stage))
    for limit in service.limits:
        yield from _limit(service, limit, reached)
    yield from _promise(service)
    if service.routes is not None:
        yield from _routes(service, service.routes, offices)


def _next(service: Service, stage: str) -> list[str]:
    return [action.to for action in service.actions_from(stage) if action.to is not None]


def _closure(start: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(start)
    while todo:
        place = todo.pop()
        if place not in found:
            found.add(place)
            todo.extend(step(place))
    return found


def _stages(service: Service) -> Iterator[Fault]:
    reached = _closure((service.first,), lambda stage: _next(service, stage))
    ends = {stage.code for stage in service.stages if stage.ending is not None}
    for stage in service.stages:
        place = f"stages[{stage.code}]"
        if stage.code == DRAFT:
            yield Fault(place, "draft is reserved: it is where a case is before it is submitted")
        if stage.code not in reached:
            yield Fault(place, "no case can ever reach it")
        if stage.role is not None and stage.role not in ROLES:
            yield Fault(f"{place}.role", f"unknown role {stage.role!r}")
        yield from _way_out(service, stage)
        if stage.ending is None:
            yield from _open_stage(service, stage, ends)
        else:
            yield from _end(stage)


def _way_out(service: Service, stage: Stage) -> Iterator[Fault]:
    place = f"stages[{stage.code}]"
    leaves = any(to != stage.code for to in _next(service, stage.code))
    if stage.ending is None and not leaves:
        yield Fault(place, "is no ending and has no way out: give it an ending or an action")
    if stage.ending is not None and leaves and not stage.continues:
        yield Fault(f"{place}.ending", "an action leads out of it: set continues = true or remove the action")
    if stage.continues and (stage.ending is None or not leaves):
        yield Fault(f"{place}.continues", "is only for an ending that an action leads out of")


def _open_stage(service: Service, stage: Stage, ends: set[str]) -> Iterator[Fault]:
    place = f"stages[{stage.code}]"
    if not ends & _closure((stage.code,), lambda code: _next(service, code)):
        yield Fault(place, "no ending can be reached from it")
    if stage.role is None and stage.waits_for is None:
        yield Fault(f"{place}.role", "nobody acts here: name a role, or waits_for")
    if stage.waits_for is not None:
        if stage.limit is not None:
            yield Fault(f"{place}.limit", "every clock stands still while it waits for the applicant")
        if not any(OWNER in a.roles and a.to for a in service.actions_from(stage.code)):
            yield Fault(f"{place}.waits_for", "the applicant has no action that leads out of it")


def _end(stage: Stage) -> Iterator[Fault]:
    place = f"stages[{stage.code}]"
    if stage.waits_for is not None:
        yield Fault(f"{place}.waits_for", "an ending waits for nobody")
    if stage.limit is not None:
        yield Fault(f"{place}.limit", "an ending has no limit")


def _action(service: Service, action: Action, stages: dict[str, Stage]) -> Iterator[Fault]:
    place = f"actions[{action.code}]"
    if not action.from_:
        yield Fault(f"{place}.from", "is empty")
    yield from twice(f"{place}.from", action.from_)
    for code in action.from_:
        if code not in stages and code != DRAFT:
            yield Fault(f"{place}.from", f"unknown stage {code!r}")
    if action.to is not None and action.to not in stages:
        yield Fault(f"{place}.to", f"unknown stage {action.to!r}")
    yield from _who(service, action)
    forms = {form.code: form for form in service.forms}
    if action.form is not None and action.form not in forms:
        yield Fault(f"{place}.form", f"unknown form {action.form!r}")
    end = stages[action.to].ending if action.to in stages else None
    if end in ENDS_WITH_WORDS and action.form is None and action.note != "required":
        yield Fault(f"{place}.note", f"an end that is {end} needs a form or a required note")
    yield from _effect(service, action, stages)


def _who(service: Service, action: Action) -> Iterator[Fault]:
    place = f"actions[{action.code}]"
    if not action.roles:
        yield Fault(f"{place}.roles", "nobody may do it")
    for role in action.roles:
        if role not in ROLES and role != OWNER:
            yield Fault(f"{place}.roles", f"unknown role {role!r}")
    codes = {other.code for other in service.actions}
    for code in action.not_by:
        if code not in codes:
            yield Fault(f"{place}.not_by", f"unknown action {code!r}")
    if action.beyond is not None:
        if action.times is not None and action.times <= action.beyond.times:
            yield Fault(f"{place}.beyond", "times already forbids what beyond allows")
        for role in action.beyond.roles:
            if role not in action.roles:
                yield Fault(f"{place}.beyond.roles", f"{role!r} is not in roles")


def _effect(service: Service, action: Action, stages: dict[str, Stage]) -> Iterator[Fault]:
    place = f"actions[{action.code}].effect"
    form = next((form for form in service.forms if form.code == action.form), None)
    asked = {field.name: field for field in form.fields} if form else {}
    to_applicant = action.to in stages and stages[action.to].waits_for == "applicant"
    if action.effect == "correction" and not to_applicant:
        yield Fault(place, "a correction must lead to a stage that waits for the applicant")
    if action.effect == "correction" and not any(a.effect == "resubmit" for a in service.actions):
        yield Fault(place, "a correction needs an action with the effect resubmit")
    if action.effect == "resubmit":
        for code in action.from_:
            if code in stages and stages[code].waits_for != "applicant":
                yield Fault(place, f"resubmit leaves {code!r}, which does not wait for the applicant")
    if action.effect == "link" and ("case" not in asked or asked["case"].type != "case"):
        yield Fault(place, "link needs a form with the field case, of type case")
    if action.effect == "route":
        if "office" in asked and asked["office"].type != "office":
            yield Fault(place, "the form's field office must be of type office")
        chosen = "office" in asked and asked["office"].required
        if service.routes is None and not chosen:
            yield Fault(place, "without routes, the form must require the field office")


def _submit(service: Service) -> Iterator[Fault]:
    found = [action for action in service.actions if action.effect == "submit"]
    if len(found) != 1:
        yield Fault("actions", f"exactly one action has the effect submit, not {len(found)}")
    for action in service.actions:
        place = f"actions[{action.code}]"
        if action.effect == "submit":
            if action.from_ != (DRAFT,):
                yield Fault(f"{place}.from", 'submit must be from = ["draft"]')
            if action.to != service.first:
                yield Fault(f"{place}.to", f"submit must lead to first, {service.first!r}")
        elif DRAFT in action.from_:
            yield Fault(f"{place}.from", "only submit leaves draft, which is reserved")


def _limit(service: Service, limit: Limit, reached: set[str]) -> Iterator[Fault]:
    place = f"limits[{limit.code}]"
    stages = {stage.code for stage in service.stages}
    actions = {action.code: action for action in service.actions}
    for name, events in (("starts", limit.starts), ("ends", limit.ends)):
        if not events:
            yield Fault(f"{place}.{name}", "is empty")
        for event in events:
            verb, _, what = event.partition(":")
            if verb not in ("enter", "action"):
                yield Fault(f"{place}.{name}", f"{event!r} is neither enter:<stage> nor action:<action>")
            elif what not in (stages if verb == "enter" else actions):
                kind = "stage" if verb == "enter" else "action"
                yield Fault(f"{place}.{name}", f"unknown {kind} {what!r}")
            elif not _can_occur(event, actions, reached):
                yield Fault(f"{place}.{name}", f"{event!r} can never occur")
    for event in set(limit.starts) & set(limit.ends):
        yield Fault(f"{place}.ends", f"{event!r} also starts it")


def _can_occur(event: str, actions: dict[str, Action], reached: set[str]) -> bool:
    verb, _, what = event.partition(":")
    if verb == "enter":
        return what in reached
    return bool({*actions[what].from_} & (reached | {DRAFT}))


def _promise(service: Service) -> Iterator[Fault]:
    known = {limit.code for limit in service.all_limits()}
    if not service.promise:
        yield Fault("promise", "is empty: the applicant must be told a date")
    yield from twice("promise", service.promise)
    for code in service.promise:
        if code not in known:
            yield Fault("promise", f"unknown limit {code!r}")


def _routes(service: Service, routes: Routes, offices: set[str]) -> Iterator[Fault]:
    fields = {field.name: field for field in service.fields}
    field = fields.get(routes.field)
    if field is None or field.type != "choice":
        yield Fault("routes.field", f"{routes.field!r} is no field of type choice")
        return
    options = {option.code for option in field.options}
    for option in sorted(options - set(routes.table)):
        yield Fault(f"routes.table.{option}", "this option goes to no office")
    for option, office in routes.table.items():
        if option not in options:
            yield Fault(f"routes.table.{option}", f"is no option of {routes.field!r}")
        if office not in offices:
            yield Fault(f"routes.table.{option}", f"unknown office {office!r}")
    if (routes.never is None) != (routes.instead is None):
        yield Fault("routes.never", "never and instead come together")
    elif routes.never is not None:
        if routes.never not in fields or fields[routes.never].type != "office":
            yield Fault("routes.never", f"{routes.never!r} is no field of type office")
        if routes.instead not in offices:
            yield Fault("routes.instead", f"unknown office {routes.instead!r}")
        if routes.instead in routes.table.values():
            # Were it in the table, a case about that very office would go to it.
            yield Fault("routes.instead", "must be an office that the table never names")
