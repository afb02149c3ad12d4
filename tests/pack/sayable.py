"""What a literal can say: the values whose text is read back as the same value."""

from __future__ import annotations

import math
import re
from struct import unpack_from

from chainview.pack.values import (
    F32,
    F64,
    Array,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    Tuple,
    Value,
    Variant,
    type_of,
    types,
)
from chainview.pack.values.types import Type

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
TRUTHS = ("true", "false")


def can_be_said(value: Value) -> bool:
    """Whether reading the value's literal gives the value."""
    match value:
        case F32() | F64():
            return math.isfinite(value.value)
        case Array():
            return all(map(can_be_said, value))
        case Tuple():
            return all(map(can_be_said, value.items))
        case List() if not value.items:
            return _type_can_be_said(value.elem)
        case List():
            return value.elem == type_of(value.items[0]) and all(map(can_be_said, value.items))
        case Option():
            return _type_can_be_said(value.inner) and (value.value is None or can_be_said(value.value))
        case Result():
            return _type_can_be_said(value.ok) and _type_can_be_said(value.err) and can_be_said(value.value)
        case Map():
            typed = _type_can_be_said(value.key) and _type_can_be_said(value.value)
            return typed and all(map(can_be_said, value.held))
        case Set():
            return _type_can_be_said(value.elem) and all(map(can_be_said, value.items))
        case Record():
            named = all(_is_name(name) and can_be_said(field) for name, field in value.fields)
            return named and _is_type_name(value.type_name)
        case Variant():
            named = value.tag == 0 and _is_name(value.case) and _is_type_name(value.type_name)
            return named and all(map(can_be_said, value.payload))
        case _:
            return True


def _is_name(name: str) -> bool:
    return IDENTIFIER.fullmatch(name) is not None


def _is_type_name(name: str) -> bool:
    return not name or (_is_name(name) and name not in TRUTHS)


def _type_can_be_said(annotation: Type) -> bool:
    """Whether no variant, no name of another form and no name of a primitive type stands in an annotation."""
    encoded = annotation.encoded
    at = 0
    while at < len(encoded):
        tag = encoded[at]
        at += 1
        if tag == types.TAG_VARIANT:
            return False
        if tag == types.TAG_TUPLE:
            at += 4
        elif tag == types.TAG_RECORD:
            (length,) = unpack_from("<I", encoded, at)
            name = encoded[at + 4 : at + 4 + length].decode("utf-8")
            at += 4 + length
            if not _is_name(name) or name in types.PRIMITIVES_BY_NAME:
                return False
    return True
