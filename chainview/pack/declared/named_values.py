"""Literals of recursive types: where a declaration says `value`, the names in the literal say which type is meant."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.pack.declared.check import coerce
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import List, Option, Record, Result, Tuple, Value, Variant, list_value

_DEEPEST = 200
"""Levels that are looked into; deeper ones stay as they were typed."""


def coerce_named(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Value:
    """The value with what a literal can't say taken from the declared type, and inside a declared `value` from the
    record or variant of that name. A type that refers to itself is declared with `value` in its own place.
    """
    return coerce(_tagged(value, named, _DEEPEST), desc)


def _tagged(value: Value, named: Mapping[str, TypeDesc], room: int) -> Value:
    if room == 0:
        return value
    match value:
        case Tuple(items):
            return Tuple(tuple(_tagged(item, named, room - 1) for item in items))
        case List(elem, items):
            return list_value(elem, [_tagged(item, named, room - 1) for item in items])
        case Option(inner, held) if held is not None:
            return Option(inner, _tagged(held, named, room - 1))
        case Result(ok, err, is_ok, held):
            return Result(ok, err, is_ok, _tagged(held, named, room - 1))
        case Record(name, fields):
            return Record(name, tuple((label, _tagged(field, named, room - 1)) for label, field in fields))
        case Variant(name, case, tag, payload):
            cases = [label for label, _ in named[name].cases] if name in named else []
            known = cases.index(case) if case in cases else tag
            return Variant(name, case, known, tuple(_tagged(item, named, room - 1) for item in payload))
    return value
