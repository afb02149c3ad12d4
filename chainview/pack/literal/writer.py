"""Writing a value as a Pack literal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from chainview.pack.literal.text_pieces import TextPieces
from chainview.pack.values import (
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    U8,
    U16,
    U32,
    U64,
    Array,
    Bool,
    Char,
    Flags,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
)
from chainview.pack.values.floats import literal_float
from chainview.pack.values.unread import Unread, begun
from chainview.system.long_work import PIECE

_STRING_ESCAPES: Final = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_CHAR_ESCAPES: Final = str.maketrans({"'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _escaped(text: str) -> str:
    return text.translate(_STRING_ESCAPES)


def _string(text: str) -> str:
    return f'"{_escaped(text)}"'


def _char(value: Char) -> str:
    return f"'{value.value.translate(_CHAR_ESCAPES)}'"


_LEAVES: Final[dict[type[Value], Callable[[Any], str]]] = {
    Bool: lambda value: "true" if value.value else "false",
    U8: lambda value: f"{value.value}u8",
    U16: lambda value: f"{value.value}u16",
    U32: lambda value: f"{value.value}u32",
    U64: lambda value: f"{value.value}u64",
    S8: lambda value: f"{value.value}s8",
    S16: lambda value: f"{value.value}s16",
    S32: lambda value: f"{value.value}s32",
    S64: lambda value: f"{value.value}s64",
    F32: lambda value: f"{literal_float(value)}f32",
    F64: lambda value: f"{literal_float(value)}f64",
    Char: _char,
    Flags: lambda value: f"flags(0x{value.mask:x})",
}


def _element(value: Value) -> str:
    return _LEAVES[value.__class__](value)


def format_literal(value: Value, most: int | None = None) -> str:
    """The text of a value as the reference writes it, cut behind `most` letters where that is given.

    Text can't say everything: variant tags, the element type of a list that is not empty, the payload of a
    NaN and whether an annotation names a variant are lost, and not every text can be read back.
    """
    text = TextPieces(most)
    out = text.pieces
    # Texts and values still to write, the next one last.
    due: list[str | Value] = [value]
    while due:
        top = due.pop()
        if isinstance(top, str):
            out.append(top)
            if (len(out) > text.next_look or len(top) > PIECE) and text.are_enough():
                break
            continue
        leaf = _LEAVES.get(top.__class__)
        if leaf is not None:
            out.append(leaf(top))
        elif isinstance(top, String):
            if len(top.value) <= PIECE:
                out.append(_string(top.value))
            else:
                out.append('"')
                text.add_text(top.value, _escaped)
                out.append('"')
        elif isinstance(top, Array):
            out.append("[")
            text.add_elements(top, _element)
            out.append("]" if top.data else f"]<{top.elem}>")
        elif isinstance(top, Tuple):
            _sequence(due, "(", top.items, ")")
        elif isinstance(top, List):
            _sequence(due, "[", top.items, "]" if top.items else f"]<{top.elem}>")
        elif isinstance(top, Map):
            due.append("]")
            for index in range(len(top.entries) - 1, -1, -1):
                key, held = top.entries[index]
                due += (held, " => ", key, ", " if index else "")
            due.append(f"map<{top.key}, {top.value}>[")
        elif isinstance(top, Set):
            _sequence(due, f"set<{top.elem}>[", top.items, "]")
        elif isinstance(top, Record):
            due.append("}")
            for index in range(len(top.fields) - 1, -1, -1):
                name, field = top.fields[index]
                due += (field, f", {name}: " if index else f"{name}: ")
            due.append(f"{top.type_name}{{")
        elif isinstance(top, Variant):
            head = f"{top.type_name}::{top.case}"
            if top.payload:
                _sequence(due, f"{head}(", top.payload, ")")
            else:
                out.append(head)
        elif isinstance(top, Option):
            if top.value is None:
                out.append(f"none<{top.inner}>")
            else:
                _sequence(due, f"some<{top.inner}>(", (top.value,), ")")
        elif isinstance(top, Unread):
            due.append(begun(top))
        else:
            assert isinstance(top, Result)
            _sequence(due, f"{'ok' if top.is_ok else 'err'}<{top.ok}, {top.err}>(", (top.value,), ")")
    return text.joined()


def _sequence(due: list[str | Value], opening: str, items: Sequence[Value], closing: str) -> None:
    due.append(closing)
    for item in reversed(items):
        due += (item, ", ")
    if items:
        due.pop()
    due.append(opening)
