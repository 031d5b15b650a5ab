"""Three-way merge of a form's fields, field by field.

Different fields merge. For the same field the server's value stays, and the other is kept beside it until a
person chooses; nobody's typing is dropped. The table, for one field, where *base* is what the person saw:

    theirs = base          nothing changed here: keep ours
    ours = base            only this person changed it: take theirs
    ours = theirs          both typed the same: nothing to do
    otherwise              conflict: keep ours, keep theirs beside it

An absent field and a field that is null are the same thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Disagreement:
    """One field that two people changed: `ours` stands on the server, `theirs` came later."""

    field: str
    base: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """The merged values, the fields taken from the patch, and what could not be merged."""

    values: dict[str, Any]
    taken: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]


def merge(ours: Values, patch: Values, was: Values) -> Merged:
    """Apply `patch` (field → new value), made over the values `was`, to the values `ours`.

    Fields come out in the order they had in `ours`, new ones after them in the patch's order.
    """
    values = dict(ours)
    taken: list[str] = []
    disagreements: list[Disagreement] = []
    for field, theirs in patch.items():
        mine, base = ours.get(field), was.get(field)
        if mine is None and base is None:
            # The usual case, a first answer: nothing to compare.
            if theirs is not None:
                taken.append(field)
                values[field] = theirs
            continue
        if same(theirs, base) or same(mine, theirs):
            continue
        if same(mine, base):
            taken.append(field)
            if theirs is None:
                values.pop(field, None)
            else:
                values[field] = theirs
        else:
            disagreements.append(Disagreement(field, base, mine, theirs))
    return Merged(values, tuple(taken), tuple(disagreements))


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: 1 equals 1.0, but true does not equal 1, whatever Python thinks of it."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    return bool(left == right)
