"""The words that a person typed, made safe to keep and to compare."""

import re
import unicodedata
from typing import Any, Final

from marshmallow import ValidationError

from schemas import form_problems as problems
from schemas.form_problems import Problem

# C0 and C1 controls but tab and line ends, lone surrogates, and the marks that reverse the order of a line, with
# which a name can be made to read as another.
FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def refuse(problem: Problem) -> ValidationError:
    """The error that carries a problem through marshmallow, which keeps a list of messages as it is."""
    return ValidationError([problem])


def clean_words(value: Any, size: int, *, lines: bool = False) -> str:
    """Trimmed, NFC, without forbidden characters. Raises ValidationError.

    Characters are Unicode code points, counted after normalising. A tab or line end in a one-line answer comes from
    pasting and becomes a space.
    """
    if not isinstance(value, str):
        raise refuse(problems.NOT_TEXT)
    # Before any work on it: normalising ten megabytes would be the attack.
    if len(value) > 4 * size + 1_000:
        raise refuse(problems.too_long(size))
    text = value
    if not text.isprintable():
        if FORBIDDEN.search(text):
            raise refuse(problems.BAD_CHARACTERS)
        text = text.replace("\r\n", "\n").replace("\r", "\n") if lines else " ".join(text.split())
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text).strip()
