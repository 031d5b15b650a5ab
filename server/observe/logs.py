"""Logs: one line an event, with the request it belongs to, and never with what people said.

A message of an exception may hold what somebody typed, so of an exception only its kind and the places in the code are
written. Lines are JSON, for programs, or text, for whoever runs a server by hand (`TENGGAT_LOG`).
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Kind = Literal["json", "text"]

FRAMES: Final = 12
"""Innermost places of an exception that are written."""


def configure(kind: Kind = "text", level: str = "info", stream: TextIO | None = None) -> None:
    """Set this process's logs up. What libraries say below a warning stays unsaid: they know no rule of ours.
    `stream`: standard error, unless another is given."""
    last: list[Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False)]
        if kind == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, places, *last],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tenggat").setLevel(level.upper())


def places(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its kind and where it came from, in the place of its words."""
    found: Any = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = _places(error.__traceback__)
        if error.__cause__ is not None:
            event["because"] = type(error.__cause__).__name__
    event.pop("exception", None)
    event.pop("stack_info", None)
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path: str) -> str:
    """From the package's folder on: where a machine keeps its programs is nobody's business either."""
    parts = path.replace("\\", "/").split("/")
    for root in ("site-packages", "server", "schemas", "sync"):
        if root in parts:
            at = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[at + (root == "site-packages") :])
    return parts[-1]
