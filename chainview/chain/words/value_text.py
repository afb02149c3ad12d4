"""A value as indented lines of text, for reports; any depth, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chainview.pack.literal import format_literal
from chainview.pack.values import Array, List, Option, Record, Result, Tuple, Value, Variant, types
from chainview.system.visible import visible

_DEEPEST_INDENT = 32
_INDENT = "  "

Named = tuple[str, Value]


def value_lines(name: str, value: Value, depth: int = 0) -> Iterator[str]:
    """The lines of a value: scalars as literals, what holds others as its name with those below it."""
    stack: list[tuple[str, Value, int]] = [(name, value, depth)]
    while stack:
        label, item, level = stack.pop()
        words = [f"{label}:"] if label else []
        held = _anatomy(item, words)
        while len(held) == 1 and not held[0][0]:
            held = _anatomy(held[0][1], words)
        yield visible(_INDENT * min(level, _DEEPEST_INDENT) + " ".join(words))
        stack += [(below, part, level + 1) for below, part in reversed(held)]


def _anatomy(value: Value, words: list[str]) -> Sequence[Named]:
    """Adds the words for a value itself; returns what it holds, without a name where it stands on the same line."""
    if isinstance(value, Record) and value.fields:
        words.append(value.type_name or "record")
        return value.fields
    if isinstance(value, Tuple) and value.items:
        words.append(f"tuple of {len(value.items):,}")
        return _numbered(value.items)
    if isinstance(value, List) and value.items:
        words.append(f"list of {len(value.items):,}")
        return _numbered(value.items)
    if isinstance(value, Variant) and value.payload:
        words.append(f"{value.type_name}::{value.case}")
        return [("", value.payload[0])] if len(value.payload) == 1 else _numbered(value.payload)
    if isinstance(value, Option) and value.value is not None:
        words.append("some")
        return [("", value.value)]
    if isinstance(value, Result):
        words.append("ok" if value.is_ok else "err")
        return [("", value.value)]
    words.append(_bytes(value.data) if isinstance(value, Array) and value.elem == types.U8 else format_literal(value))
    return ()


def _numbered(items: Sequence[Value]) -> list[Named]:
    return [(str(number), item) for number, item in enumerate(items)]


def _bytes(data: bytes) -> str:
    count = f"{len(data):,} byte{'' if len(data) == 1 else 's'}"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return f"{count} {data.hex()}"
    return f'{count} "{text}"' if data else count
