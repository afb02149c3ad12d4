"""Reading the JSON that serde_json makes of the reference's values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Final

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
    Bool,
    Char,
    Flags,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    list_value,
    types,
)
from chainview.pack.values.types import MAX_DEPTH, PRIMITIVES_BY_NAME, Type, type_from_bytes
from chainview.system.errors import ChainviewError


class SerdeError(ChainviewError):
    """JSON that is no Pack value; the sentence says why."""


_U32: Final = Struct("<I")
_INFINITY32: Final = 0x7F80_0000
_SIGN32: Final = 1 << 31

_Make = Callable[[list[Value]], Value]
_Parts = tuple[_Make, list[object]]
"""How to make a compound of its children, and those as JSON."""


def from_serde(source: str | bytes | object) -> Value:
    """The value that JSON stands for, given as text or as json.loads returns it; SerdeError if it is none.

    Structures may also be arrays in the order of their fields, and keys that aren't known are passed over.
    Nesting is bounded: by 1,000 levels of values, and in a text by what Python's JSON reader takes.
    """
    if isinstance(source, str | bytes):
        source = _parse(source)
    make: _Make = _only
    waiting: Iterator[object] = iter((source,))
    made: list[Value] = []
    frames: list[tuple[_Make, Iterator[object], list[Value]]] = []
    while True:
        for child in waiting:
            read = _read(child)
            if isinstance(read, Value):
                made.append(read)
                continue
            if len(frames) >= MAX_DEPTH:
                raise SerdeError(f"the JSON holds values nested deeper than {MAX_DEPTH} levels")
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
        raise SerdeError("the JSON is nested too deep to be read") from None
    except ValueError as error:
        raise SerdeError(f"the text is no JSON: {error}") from None
    return parsed


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON number")


def _read(source: object) -> Value | _Parts:
    """A value without parts, or what a compound is made of."""
    kind, content = _only_entry(source, "a value")
    read = _READERS.get(kind)
    if read is None:
        raise SerdeError(f"the JSON has a value of the unknown kind {kind[:40]!r}")
    return read(content)


def _only_entry(source: object, what: str) -> tuple[str, object]:
    if isinstance(source, dict) and len(source) == 1:
        ((key, content),) = source.items()
        if isinstance(key, str):
            return key, content
    raise SerdeError(f"the JSON has something else where an object with the kind of {what} should be")


def _fields(source: object, what: str, *names: str) -> tuple[object, ...]:
    """The fields of a structure, which may be an object or an array; None for one that is missing."""
    if isinstance(source, dict):
        return tuple([source.get(name) for name in names])
    if isinstance(source, list) and len(source) == len(names):
        return tuple(source)
    raise SerdeError(f"the JSON has something else where the fields of a {what} should be")


def _array(source: object, what: str) -> list[object]:
    if not isinstance(source, list):
        raise SerdeError(f"the JSON has something else where an array with the {what} should be")
    return source


def _text(source: object, what: str) -> str:
    if not isinstance(source, str):
        raise SerdeError(f"the JSON has something else where the {what} should be")
    if not source.isascii():
        try:
            source.encode("utf-8")
        except UnicodeEncodeError:
            raise SerdeError(f"the JSON has a lone surrogate in the {what}") from None
    return source


def _integer(make: Callable[[int], Value], low: int, high: int) -> Callable[[object], Value]:
    def read(source: object) -> Value:
        return make(_in_range(source, low, high))

    return read


def _in_range(source: object, low: int, high: int) -> int:
    if not isinstance(source, int) or isinstance(source, bool) or not low <= source <= high:
        raise SerdeError(f"the JSON has something else where an integer from {low} to {high} should be")
    return source


def _number(source: object) -> float:
    if isinstance(source, bool) or not isinstance(source, int | float):
        raise SerdeError("the JSON has something else where a number should be")
    try:
        number = float(source)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise SerdeError("the JSON has a number that is too large for a float")
    return number


def _f32(source: object) -> Value:
    number = _number(source)
    try:
        return F32.of(number)
    except OverflowError:
        return F32(_INFINITY32 | (_SIGN32 if number < 0 else 0))


def _f64(source: object) -> Value:
    return F64.of(_number(source))


def _bool(source: object) -> Value:
    if not isinstance(source, bool):
        raise SerdeError("the JSON has something else where true or false should be")
    return Bool(source)


def _char(source: object) -> Value:
    text = _text(source, "character")
    if len(text) != 1:
        raise SerdeError("the JSON has a text where one character should be")
    return Char(text)


def _string(source: object) -> Value:
    return String(_text(source, "text"))


def _tuple(source: object) -> _Parts:
    return lambda made: Tuple(tuple(made)), _array(source, "items of a tuple")


def _list(source: object) -> _Parts:
    elem_type, items = _fields(source, "list", "elem_type", "items")
    elem = _type(elem_type)
    return lambda made: list_value(elem, made), _array(items, "items of a list")


def _option(source: object) -> _Parts:
    inner_type, value = _fields(source, "option", "inner_type", "value")
    inner = _type(inner_type)
    return lambda made: Option(inner, made[0] if made else None), [] if value is None else [value]


def _result(source: object) -> _Parts:
    ok_type, err_type, value = _fields(source, "result", "ok_type", "err_type", "value")
    ok, err = _type(ok_type), _type(err_type)
    side, payload = _only_entry(value, "a result")
    if side not in ("Ok", "Err"):
        raise SerdeError("the JSON has a result that is neither Ok nor Err")
    return lambda made: Result(ok, err, side == "Ok", made[0]), [payload]


def _record(source: object) -> _Parts:
    name, fields = _fields(source, "record", "type_name", "fields")
    type_name = _text(name, "name of a record")
    names: list[str] = []
    values: list[object] = []
    for field in _array(fields, "fields of a record"):
        pair = _array(field, "name and value of a field")
        if len(pair) != 2:
            raise SerdeError("the JSON has a record with a field that is no pair of name and value")
        names.append(_text(pair[0], "name of a field"))
        values.append(pair[1])
    return lambda made: Record(type_name, tuple(zip(names, made, strict=True))), values


def _map(source: object) -> _Parts:
    key_type, value_type, entries = _fields(source, "map", "key_type", "value_type", "entries")
    key, value = _type(key_type), _type(value_type)
    held: list[object] = []
    for entry in _array(entries, "entries of a map"):
        pair = _array(entry, "key and value of an entry")
        if len(pair) != 2:
            raise SerdeError("the JSON has a map with an entry that is no pair of key and value")
        held += pair
    return lambda made: Map(key, value, tuple(zip(made[::2], made[1::2], strict=True))), held


def _set(source: object) -> _Parts:
    elem_type, items = _fields(source, "set", "elem_type", "items")
    elem = _type(elem_type)
    return lambda made: Set(elem, tuple(made)), _array(items, "items of a set")


def _variant(source: object) -> _Parts:
    name, case_name, number, payload = _fields(source, "variant", "type_name", "case_name", "tag", "payload")
    type_name, case = _text(name, "name of a variant"), _text(case_name, "name of a case")
    tag = _in_range(number, 0, (1 << 64) - 1)
    return lambda made: Variant(type_name, case, tag, tuple(made)), _array(payload, "payload of a variant")


_READERS: Final[dict[str, Callable[[object], Value | _Parts]]] = {
    "Bool": _bool,
    "U8": _integer(U8, 0, 0xFF),
    "U16": _integer(U16, 0, 0xFFFF),
    "U32": _integer(U32, 0, 0xFFFF_FFFF),
    "U64": _integer(U64, 0, (1 << 64) - 1),
    "S8": _integer(S8, -(1 << 7), (1 << 7) - 1),
    "S16": _integer(S16, -(1 << 15), (1 << 15) - 1),
    "S32": _integer(S32, -(1 << 31), (1 << 31) - 1),
    "S64": _integer(S64, -(1 << 63), (1 << 63) - 1),
    "F32": _f32,
    "F64": _f64,
    "Char": _char,
    "String": _string,
    "Flags": _integer(Flags, 0, (1 << 64) - 1),
    "Tuple": _tuple,
    "List": _list,
    "Option": _option,
    "Result": _result,
    "Record": _record,
    "Variant": _variant,
    "Map": _map,
    "Set": _set,
}

_ONE_PART: Final = {types.WORDS[tag].capitalize(): tag for tag, parts in types.PARTS.items() if parts == 1}
_TWO_PARTS: Final = {"Result": (types.TAG_RESULT, "ok", "err"), "Map": (types.TAG_MAP, "key", "value")}
_PRIMITIVES: Final = {name.capitalize(): annotation for name, annotation in PRIMITIVES_BY_NAME.items()}


def _type(source: object) -> Type:
    out: list[bytes] = []
    due: list[tuple[object, int]] = [(source, 1)]
    while due:
        top, depth = due.pop()
        if depth > MAX_DEPTH:
            raise SerdeError(f"the JSON has a type nested deeper than {MAX_DEPTH} levels")
        if isinstance(top, str) and top in _PRIMITIVES:
            out.append(_PRIMITIVES[top].encoded)
            continue
        kind, content = _only_entry(top, "a type")
        if kind in _ONE_PART:
            out.append(bytes([_ONE_PART[kind]]))
            due.append((content, depth + 1))
        elif kind in _TWO_PARTS:
            tag, *names = _TWO_PARTS[kind]
            first, second = _fields(content, f"{kind.lower()} type", *names)
            out.append(bytes([tag]))
            due += ((second, depth + 1), (first, depth + 1))
        elif kind == "Tuple":
            items = _array(content, "items of a tuple type")
            out.append(bytes([types.TAG_TUPLE]) + _U32.pack(len(items)))
            due += [(item, depth + 1) for item in reversed(items)]
        elif kind == "Record":
            out.append(types.record_named(_text(content, "name of a type")).encoded)
        elif kind == "Variant":
            out.append(types.variant_named(_text(content, "name of a type")).encoded)
        else:
            raise SerdeError(f"the JSON has a type of the unknown kind {kind[:40]!r}")
    return type_from_bytes(b"".join(out))
