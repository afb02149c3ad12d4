"""A value as indented lines of text, for reports; any depth, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.pack.literal import format_literal, named_parts
from chainview.pack.values import HELD, Array, Compound, List, Map, Record, Result, Set, Tuple, Value, Variant, types
from chainview.system.wording import plural, visible

_DEEPEST_INDENT = 32
_INDENT = "  "


def value_lines(name: str, value: Value, depth: int = 0) -> Iterator[str]:
    """The lines of a value: scalars as literals, what holds others as its name with those below it."""
    stack: list[tuple[str, Value, int]] = [(name, value, depth)]
    while stack:
        label, item, level = stack.pop()
        words = [f"{label}:"] if label else []
        words.append(_words(item))
        held = list(named_parts(item))
        while len(held) == 1 and held[0][0] == HELD:
            words.append(_words(held[0][1]))
            held = list(named_parts(held[0][1]))
        yield visible(_INDENT * min(level, _DEEPEST_INDENT) + " ".join(words))
        stack += [(f"{label.text}{label.of_entry}", part, level + 1) for label, part in reversed(held)]


def _words(value: Value) -> str:
    """The words for a value itself; all of it where it holds nothing."""
    if isinstance(value, Array) and value.elem == types.U8:
        return _bytes(value.data)
    if not isinstance(value, Compound) or not value.held:
        return format_literal(value)
    if isinstance(value, Tuple | List):
        return f"{'tuple' if isinstance(value, Tuple) else 'list'} of {len(value.items):,}"
    if isinstance(value, Map | Set):
        count = len(value.entries if isinstance(value, Map) else value.items)
        return f"{'map' if isinstance(value, Map) else 'set'} of {count:,}"
    if isinstance(value, Variant):
        return f"{value.type_name}::{value.case}"
    if isinstance(value, Result):
        return "ok" if value.is_ok else "err"
    return value.type_name or "record" if isinstance(value, Record) else "some"


def _bytes(data: bytes) -> str:
    count = plural(len(data), "byte")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return f"{count} {data.hex()}"
    return f'{count} "{text}"' if data else count
