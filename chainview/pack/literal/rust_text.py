"""A value in Rust's debug form, as Theater writes an error that is no text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from chainview.pack.literal.rust_escapes import is_escaped
from chainview.pack.literal.text_pieces import TextPieces
from chainview.pack.values import (
    F32,
    F64,
    SCALAR_TYPES,
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
from chainview.pack.values.floats import debug_float
from chainview.pack.values.types import PRIMITIVE_NAMES, TAG_MAP, TAG_RECORD, TAG_RESULT, TAG_TUPLE, WORDS, Type, split
from chainview.system.long_work import PIECE

_PLAIN: Final = re.compile(r"[ !#-&(-\[\]-~]*")
"""Texts that stand as they are, within quotes of either kind."""
_ESCAPES: Final = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}
_PARTS: Final = {TAG_RESULT: ("ok", "err"), TAG_MAP: ("key", "value")}
"""The types whose parts have names."""

_Due = list["str | Value | Type | tuple[Array]"]
"""Texts, values, types and the elements of long arrays that are still to write, the next one last."""


def debug_text(value: Value, most: int | None = None) -> str:
    """The value as Rust's `{:?}` writes the reference's own, on one line; cut behind `most` letters where given."""
    text = TextPieces(most)
    out = text.pieces
    due: _Due = [value]
    while due:
        top = due.pop()
        if isinstance(top, str):
            out.append(top)
            if (len(out) > text.next_look or len(top) > PIECE) and text.are_enough():
                break
        elif isinstance(top, Type):
            _type(due, top)
        elif isinstance(top, String) and len(top.value) > PIECE:
            out.append('String("')
            text.add_text(top.value, _escaped_text)
            out.append('")')
        elif isinstance(top, tuple):
            text.add_elements(top[0], _scalar)
        elif top.__class__ in SCALAR_TYPES:
            out.append(_scalar(top))
        else:
            _COMPOUNDS[top.__class__](due, top)
    return text.joined()


def _scalar(value: Value) -> str:
    if isinstance(value, Bool):
        return f"Bool({'true' if value.value else 'false'})"
    if isinstance(value, Char):
        return f"Char({quoted(value.value, chr(39))})"
    if isinstance(value, String):
        return f"String({quoted(value.value)})"
    if isinstance(value, Flags):
        return f"Flags({value.mask})"
    if isinstance(value, F32 | F64):
        return f"{type(value).__name__}({debug_float(value)})"
    return f"{type(value).__name__}({value.value})"  # type: ignore[attr-defined]


def quoted(text: str, quote: str = '"') -> str:
    """A text in Rust's debug form, which is that of a path, too."""
    return f"{quote}{_escaped_text(text, quote)}{quote}"


def _escaped_text(text: str, quote: str = '"') -> str:
    return text if _PLAIN.fullmatch(text) else "".join([_escaped(letter, quote) for letter in text])


def _escaped(letter: str, quote: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter == quote:
        return f"\\{letter}"
    if " " <= letter <= "~" or (letter > "~" and not is_escaped(letter)):
        return letter
    return f"\\u{{{ord(letter):x}}}"


def _tuple(due: _Due, value: Tuple) -> None:
    _sequence(due, "Tuple([", value.items, "])")


def _list(due: _Due, value: List | Array) -> None:
    if isinstance(value, Array) and len(value.data) > PIECE:
        due += ("] }", (value,), ", items: [")
    else:
        items = value.items if isinstance(value, List) else tuple(value)
        _sequence(due, ", items: [", items, "] }")
    due += (value.elem, "List { elem_type: ")


def _set(due: _Due, value: Set) -> None:
    _sequence(due, ", items: [", value.items, "] }")
    due += (value.elem, "Set { elem_type: ")


def _map(due: _Due, value: Map) -> None:
    due.append("] }")
    for index in range(len(value.entries) - 1, -1, -1):
        key, held = value.entries[index]
        due += (")", held, ", ", key, ", (" if index else "(")
    due += (", entries: [", value.value, ", value_type: ", value.key, "Map { key_type: ")


def _option(due: _Due, value: Option) -> None:
    due += (" }", "None") if value.value is None else (") }", value.value, "Some(")
    due += (", value: ", value.inner, "Option { inner_type: ")


def _result(due: _Due, value: Result) -> None:
    due += (") }", value.value, "Ok(" if value.is_ok else "Err(")
    due += (", value: ", value.err, ", err_type: ", value.ok, "Result { ok_type: ")


def _record(due: _Due, value: Record) -> None:
    due.append("] }")
    for index in range(len(value.fields) - 1, -1, -1):
        name, field = value.fields[index]
        due += (")", field, f"{', ' if index else ''}({quoted(name)}, ")
    due.append(f"Record {{ type_name: {quoted(value.type_name)}, fields: [")


def _variant(due: _Due, value: Variant) -> None:
    names = f"type_name: {quoted(value.type_name)}, case_name: {quoted(value.case)}"
    _sequence(due, f"Variant {{ {names}, tag: {value.tag}, payload: [", value.payload, "] }")


_COMPOUNDS: Final[dict[type[Value], Callable[[_Due, Any], None]]] = {
    Tuple: _tuple,
    List: _list,
    Array: _list,
    Set: _set,
    Map: _map,
    Option: _option,
    Result: _result,
    Record: _record,
    Variant: _variant,
}


def _sequence(due: _Due, opening: str, items: Sequence[Value | Type], closing: str) -> None:
    due.append(closing)
    for index in range(len(items) - 1, -1, -1):
        due.append(items[index])
        if index:
            due.append(", ")
    due.append(opening)


def _type(due: _Due, given: Type) -> None:
    tag, name, parts = split(given)
    if tag in PRIMITIVE_NAMES:
        due.append(PRIMITIVE_NAMES[tag].capitalize())
    elif tag in _PARTS:
        first, second = _PARTS[tag]
        due += (" }", parts[1], f", {second}: ", parts[0], f"{WORDS[tag].capitalize()} {{ {first}: ")
    elif tag in WORDS:
        _sequence(due, f"{WORDS[tag].capitalize()}(", parts, ")")
    elif tag == TAG_TUPLE:
        _sequence(due, "Tuple([", parts, "])")
    else:
        due.append(f"{'Record' if tag == TAG_RECORD else 'Variant'}({quoted(name)})")
