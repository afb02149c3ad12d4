"""Values made of parts, and the type of a value."""

from __future__ import annotations

from collections.abc import Iterable
from struct import error as StructError
from struct import pack
from typing import Final, cast

from chainview.pack.values import types
from chainview.pack.values.compounds import List, Map, Option, Record, Result, Set, Tuple, Variant
from chainview.pack.values.scalars import (
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
    String,
    Value,
)
from chainview.pack.values.types import Type

_INTEGER_CODES: Final[dict[type[Value], str]] = {
    U8: "B",
    U16: "H",
    U32: "I",
    U64: "Q",
    S8: "b",
    S16: "h",
    S32: "i",
    S64: "q",
}

SCALAR_TYPES: Final[dict[type[Value], Type]] = {
    Bool: types.BOOL,
    U8: types.U8,
    U16: types.U16,
    U32: types.U32,
    U64: types.U64,
    S8: types.S8,
    S16: types.S16,
    S32: types.S32,
    S64: types.S64,
    F32: types.F32,
    F64: types.F64,
    Char: types.CHAR,
    String: types.STRING,
    Flags: types.FLAGS,
}
"""The type of each class of scalar values."""

_CLASSES: Final = {scalar: cls for cls, scalar in SCALAR_TYPES.items()}

MAX_TYPE_SIZE: Final = 1 << 27
"""The most bytes an inferred type may take: what one CGRF node can hold."""


def list_value(elem: Type, items: Iterable[Value]) -> List | Array:
    """A list as CGRF stores it: an Array when the element type is fixed-width and every item has exactly it.

    A fixed-width element type with other items gives a List that can't be encoded, as in the reference.
    """
    values = tuple(items)
    data = _packed(elem, values) if types.fixed_width(elem) is not None else None
    return List(elem, values) if data is None else Array(elem, data)


def _packed(elem: Type, items: tuple[Value, ...]) -> bytes | None:
    cls = _CLASSES[elem]
    if any(item.__class__ is not cls for item in items):
        return None
    try:
        if cls is Bool:
            return bytes([1 if item.value else 0 for item in cast("tuple[Bool, ...]", items)])
        if cls is Char:
            codes = [ord(item.value) for item in cast("tuple[Char, ...]", items)]
            return "".join(map(chr, codes)).encode("utf-32-le")
        if cls is F32:
            return pack(f"<{len(items)}I", *[item.bits for item in cast("tuple[F32, ...]", items)])
        if cls is F64:
            return pack(f"<{len(items)}Q", *[item.bits for item in cast("tuple[F64, ...]", items)])
        if cls is Flags:
            return pack(f"<{len(items)}Q", *[item.mask for item in cast("tuple[Flags, ...]", items)])
        numbers = [item.value for item in cast("tuple[U8, ...]", items)]
        return pack(f"<{len(items)}{_INTEGER_CODES[cls]}", *numbers)
    except (StructError, TypeError, UnicodeEncodeError):
        return None


def bytes_value(data: bytes) -> Array:
    """A `list<u8>` of those bytes."""
    return Array(types.U8, data)


def some(value: Value) -> Option:
    """An option that holds a value, annotated with that value's own type."""
    return Option(type_of(value), value)


def none(inner: Type) -> Option:
    """An option of that inner type that holds nothing."""
    return Option(inner, None)


def type_of(value: Value) -> Type:
    """The type a value has by what it carries; ValueError when it would be larger than MAX_TYPE_SIZE.

    Lists, options, results, maps and sets have the type of their annotations, records and variants that of their name,
    tuples the types of their items.
    """
    if not isinstance(value, Tuple):
        return _own_type(value)
    known: dict[int, Type] = {}
    stack = [value]
    while stack:
        top = stack[-1]
        waiting = [item for item in top.items if isinstance(item, Tuple) and id(item) not in known]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        if id(top) in known:
            continue
        parts = [known[id(item)] if isinstance(item, Tuple) else _own_type(item) for item in top.items]
        if sum([len(part.encoded) for part in parts]) > MAX_TYPE_SIZE:
            raise ValueError(f"the type of this value takes more than {MAX_TYPE_SIZE} bytes")
        known[id(top)] = types.tuple_of(parts)
    return known[id(value)]


def _own_type(value: Value) -> Type:
    scalar = SCALAR_TYPES.get(value.__class__)
    if scalar is not None:
        return scalar
    if isinstance(value, List | Array):
        return types.list_of(value.elem)
    if isinstance(value, Option):
        return types.option_of(value.inner)
    if isinstance(value, Result):
        return types.result_of(value.ok, value.err)
    if isinstance(value, Map):
        return types.map_of(value.key, value.value)
    if isinstance(value, Set):
        return types.set_of(value.elem)
    if isinstance(value, Record):
        return types.record_named(value.type_name)
    if isinstance(value, Variant):
        return types.variant_named(value.type_name)
    raise TypeError(f"{value.__class__.__name__} is no Pack value")
