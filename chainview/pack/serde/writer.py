"""Writing a value as the JSON that serde_json makes of the reference's values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any, Final

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
    types,
)
from chainview.pack.values.floats import json_float
from chainview.pack.values.types import PRIMITIVE_NAMES, Type

_U32: Final = Struct("<I")
_TWO_PARTS: Final = {types.TAG_RESULT: ("Result", "ok", "err"), types.TAG_MAP: ("Map", "key", "value")}
_quoted: Final = json.JSONEncoder(ensure_ascii=False).encode


def _number(name: str) -> Callable[[Any], str]:
    return lambda value: f'{{"{name}":{value.value}}}'


_LEAVES: Final[dict[type[Value], Callable[[Any], str]]] = {
    Bool: lambda value: '{"Bool":true}' if value.value else '{"Bool":false}',
    U8: _number("U8"),
    U16: _number("U16"),
    U32: _number("U32"),
    U64: _number("U64"),
    S8: _number("S8"),
    S16: _number("S16"),
    S32: _number("S32"),
    S64: _number("S64"),
    F32: lambda value: f'{{"F32":{json_float(value)}}}',
    F64: lambda value: f'{{"F64":{json_float(value)}}}',
    Char: lambda value: f'{{"Char":{_quoted(value.value)}}}',
    String: lambda value: f'{{"String":{_quoted(value.value)}}}',
    Flags: lambda value: f'{{"Flags":{value.mask}}}',
}


def to_serde(value: Value) -> str:
    """The compact JSON text of a value, byte for byte as serde_json writes it.

    NaN and infinities become `null`, which can't be read back.
    """
    out: list[str] = []
    # Texts and values still to write, the next one last.
    due: list[str | Value] = [value]
    while due:
        top = due.pop()
        if isinstance(top, str):
            out.append(top)
            continue
        leaf = _LEAVES.get(top.__class__)
        if leaf is not None:
            out.append(leaf(top))
        elif isinstance(top, Tuple):
            _sequence(due, '{"Tuple":[', top.items, "]}")
        elif isinstance(top, Array):
            write = _LEAVES[top[0].__class__] if top.data else str
            items = ",".join(map(write, top))
            out.append(f'{{"List":{{"elem_type":{_type(top.elem)},"items":[{items}]}}}}')
        elif isinstance(top, List):
            _sequence(due, f'{{"List":{{"elem_type":{_type(top.elem)},"items":[', top.items, "]}}")
        elif isinstance(top, Map):
            due.append("]}}")
            for index in range(len(top.entries) - 1, -1, -1):
                key, held = top.entries[index]
                due += ("]", held, ",", key, ",[" if index else "[")
            due.append(f'{{"Map":{{"key_type":{_type(top.key)},"value_type":{_type(top.value)},"entries":[')
        elif isinstance(top, Set):
            _sequence(due, f'{{"Set":{{"elem_type":{_type(top.elem)},"items":[', top.items, "]}}")
        elif isinstance(top, Record):
            due.append("]}}")
            for index in range(len(top.fields) - 1, -1, -1):
                name, field = top.fields[index]
                due += ("]", field, f"{',' if index else ''}[{_quoted(name)},")
            due.append(f'{{"Record":{{"type_name":{_quoted(top.type_name)},"fields":[')
        elif isinstance(top, Variant):
            names = f'"type_name":{_quoted(top.type_name)},"case_name":{_quoted(top.case)},"tag":{top.tag}'
            _sequence(due, f'{{"Variant":{{{names},"payload":[', top.payload, "]}}")
        elif isinstance(top, Option):
            head = f'{{"Option":{{"inner_type":{_type(top.inner)},"value":'
            due += ("}}", "null" if top.value is None else top.value, head)
        else:
            assert isinstance(top, Result)
            annotations = f'"ok_type":{_type(top.ok)},"err_type":{_type(top.err)}'
            due += (
                "}}}",
                top.value,
                f'{{"Result":{{{annotations},"value":{{"{"Ok" if top.is_ok else "Err"}":',
            )
    return "".join(out)


def _sequence(due: list[str | Value], opening: str, items: Iterable[Value], closing: str) -> None:
    between: list[str | Value] = []
    for item in items:
        between += (item, ",")
    due.append(closing)
    due.extend(reversed(between[:-1]))
    due.append(opening)


def _type(annotation: Type) -> str:
    encoded = annotation.encoded
    out: list[str] = []
    at = 0
    # None stands for "one type is due here", a string for text that follows.
    due: list[str | None] = [None]
    while due:
        text = due.pop()
        if text is not None:
            out.append(text)
            continue
        tag = encoded[at]
        at += 1
        if tag in PRIMITIVE_NAMES:
            out.append(f'"{PRIMITIVE_NAMES[tag].capitalize()}"')
        elif tag in _TWO_PARTS:
            kind, first, second = _TWO_PARTS[tag]
            out.append(f'{{"{kind}":{{"{first}":')
            due += ("}}", None, f',"{second}":', None)
        elif tag in types.WORDS:
            out.append(f'{{"{types.WORDS[tag].capitalize()}":')
            due += ("}", None)
        elif tag == types.TAG_TUPLE:
            count: int = _U32.unpack_from(encoded, at)[0]
            at += 4
            out.append('{"Tuple":[')
            due.append("]}")
            due += ([None, ","] * count)[:-1]
        else:
            length: int = _U32.unpack_from(encoded, at)[0]
            name = encoded[at + 4 : at + 4 + length].decode("utf-8")
            at += 4 + length
            out.append(f'{{"{"Record" if tag == types.TAG_RECORD else "Variant"}":{_quoted(name)}}}')
    return "".join(out)
