"""Reading the JSON that serde_json makes of the reference's values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Final

from chainview.errors import ChainviewError
from chainview.pack.types import MAX_DEPTH
from chainview.pack.values import (
    Value,
)


class SerdeError(ChainviewError):
    """JSON that is no Pack value; the sentence says why."""


_U32: Final = Struct("<I")
_INFINITY32: Final = 0x7F80_0000
_SIGN32: Final = 1 << 31

_Made = tuple[Callable[[list[Value]], Value], list[object]]
"""How to make a compound of its children, and those as JSON."""


def from_serde(source: str | bytes | object) -> Value:
    """The value that JSON stands for, given as text or as json.loads returns it; SerdeError if it is none.

    Structures may also be arrays in the order of their fields, and keys that aren't known are passed over. Nesting
    is bounded: by 1,000 levels of values, and in a text by what Python's JSON reader takes.
    """
    if isinstance(source, str | bytes):
        source = _parse(source)
    make: Callable[[list[Value]], Value] = _only
    waiting: Iterator[object] = iter((source,))
    made: list[Value] = []
    frames: list[tuple[Callable[[list[Value]], Value], Iterator[object], list[Value]]] = []
    while True:
        for child in waiting:
            read = _read(child)
            if isinstance(read, Value):
                made.append(read)
                continue
            if len(frames) >= MAX_DEPTH:
                raise SerdeError(f"The JSON holds values nested deeper than {MAX_DEPTH} levels.")
            frames.append((make, waiting, made))
            make, waiting, made = read[0], iter(read[1]), []
            break
        else:
            value = make(made)
            if not frames:
                return value
            make, waiting, made = frames.pop()
            made.append(value)


def _only(made: list[Value]) -> Value:
    return made[0]


def _parse(text: str | bytes) -> object:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        parsed: object = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise SerdeError("The JSON is nested too deep to be read.") from None
    except ValueError as error:
        raise SerdeError(f"The text is no JSON: {error}.") from None
    return parsed


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON number")


def _read(source: object) -> Value | _Made:
    if not isinstance(source, dict) or len(source) != 1:
        raise SerdeError(
            "The JSON is no Pack value: an object with the value's kind as its one key is missing."
        )
    ((kind, content),) = source.items()
    read = _READERS.get(kind)
    if read is None:
        raise SerdeError(f"The JSON has a value of the unknown kind {_brief(kind)}.")
    return read(content)


def _brief(thing: object) -> str:
    text = repr(thing)
    return text if len(text) <= 60 else f"{text[:57]}..."
