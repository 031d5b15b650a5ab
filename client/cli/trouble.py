"""Everything that can go wrong, in the reader's language, each with what to do, and the exit status it ends with.

0  done
1  refused, or not valid: the words say what to do
2  the command line itself is wrong (from click)
3  the server could not be reached; nothing on the device is lost
4  nobody is signed in here, or the server no longer knows this device
"""

from collections.abc import Iterator, Mapping
from typing import Any

from client.cli.words import WORDS, say
from schemas.text import Language, Text
from sync.errors import TenggatError

DONE, REFUSED, UNREACHABLE, NOT_SIGNED_IN = 0, 1, 3, 4

_EXITS = {
    "unreachable": UNREACHABLE,
    "not_our_server": UNREACHABLE,
    "untrusted_server": UNREACHABLE,
    "proxy_trouble": UNREACHABLE,
    "busy": UNREACHABLE,
    "too_many": UNREACHABLE,
    "server_full": UNREACHABLE,
    "not_signed_in": NOT_SIGNED_IN,
    "wrong_credentials": NOT_SIGNED_IN,
    "password_over": NOT_SIGNED_IN,
    "revoked": NOT_SIGNED_IN,
    "wrong_secret": NOT_SIGNED_IN,
    "too_soon": NOT_SIGNED_IN,
    "wrong_code": NOT_SIGNED_IN,
    "keyring_locked": NOT_SIGNED_IN,
    "keyring_away": NOT_SIGNED_IN,
    "keyring_lost": NOT_SIGNED_IN,
}

_WITH_DETAIL = frozenset(
    (
        "unreachable",
        "not_our_server",
        "untrusted_server",
        "proxy_trouble",
        "malformed",
        "store_broken",
        "wrong_key",
        "forbidden",
        "conflict",
        "not_found",
        "invalid",
    )
)


class Said(TenggatError):
    """A refusal of the command line's own; `key` is in the table of words."""

    code = "refused"

    def __init__(self, key: str, exit_status: int = REFUSED, **values: Any) -> None:
        super().__init__(say("en", key, **values))
        self.key, self.values, self.exit_status = key, values, exit_status


def exit_status(error: TenggatError) -> int:
    return error.exit_status if isinstance(error, Said) else _EXITS.get(error.code, REFUSED)


def told(error: TenggatError, language: Language) -> list[str]:
    """What happened, then what to do about it where that is known."""
    if isinstance(error, Said):
        return [say(language, error.key, **error.values)]
    return told_by_code(error.code, error.detail, language, error.extra)


def told_by_code(code: str, detail: str, language: Language, extra: Mapping[str, Any] | None = None) -> list[str]:
    """The same from an error that was only noted down: its code and its English sentence."""
    extra = extra or {}
    text = extra.get("text")
    what = text.get(language) if isinstance(text, Text | Mapping) else None
    if what is None:
        what = say(language, f"error_{code}") if f"error_{code}" in WORDS else detail
    lines = [what]
    todo = f"todo_{code}"
    if todo in WORDS:
        lines.append(say(language, todo, seconds=extra.get("retry_after", 60)))
    # The reason as it came, for whoever is asked for help: our own words are general where it has none of its own.
    if detail and not isinstance(text, Text | Mapping) and code in _WITH_DETAIL and detail != what:
        lines.append(f"({detail})")
    return lines


def problems_of(extra: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    """Field and sentence of each problem that an error or a result carries, whoever found it."""
    for name, problem in (extra.get("problems") or {}).items():
        text = getattr(problem, "text", None)
        if isinstance(text, Text):
            yield name, text.get(language)
        elif isinstance(problem, Mapping):
            words = problem.get(language) or problem.get("en") or problem.get("code")
            yield name, str(words or _flat(problem))
        else:
            yield name, _flat(problem)


def _flat(problem: Any) -> str:
    if isinstance(problem, Mapping):
        return "; ".join(f"{name}: {_flat(inner)}" for name, inner in problem.items())
    return "; ".join(map(str, problem)) if isinstance(problem, list | tuple) else str(problem)
