"""What reads JSON into shapes, and values into them: made by one thread at a time.

msgspec learns what a struct is made of when it is first read, and two threads that come first at once take the whole
process down (seen with 0.22, as a segmentation fault in a window that had just been opened). What it has learned may be
used by any number of threads. So nobody else makes a decoder, and nobody else converts.
"""

import threading
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")

_learning = threading.Lock()
_made: dict[Any, Any] = {}


@overload
def decoder(kind: type[T]) -> msgspec.json.Decoder[T]: ...
@overload
def decoder(kind: Any) -> msgspec.json.Decoder[Any]: ...
def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Of JSON into this shape. `decode` raises `msgspec.DecodeError`, or its `ValidationError` for a wrong shape."""
    found: msgspec.json.Decoder[Any] | None = _made.get(kind)
    if found is None:
        with _learning:
            found = _made[kind] = msgspec.json.Decoder(kind)
    return found


def packed(kind: type[T]) -> msgspec.msgpack.Decoder[T]:
    """Of MessagePack into this shape; its errors are those of `decoder`."""
    with _learning:
        return msgspec.msgpack.Decoder(kind)


def convert(value: Any, kind: type[T], *, str_keys: bool = False) -> T:
    """What was decoded, or built, in this shape; `str_keys`: as JSON has keys. Raises `msgspec.ValidationError`."""
    decoder(kind)
    return msgspec.convert(value, kind, str_keys=str_keys)
