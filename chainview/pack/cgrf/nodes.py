"""Reading the payload of one CGRF node; ValueError says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from struct import Struct, iter_unpack, unpack_from
from typing import Any, Final

from chainview.pack.cgrf.limits import KIND_ARRAY, MAX_NODES, PARTS_OF_VERSION
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
    UNIT,
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
from chainview.pack.values.types import ELEMENT_WIDTHS, PRIMITIVES, Type, type_end, type_from_bytes


class OnlyIfReached(ValueError):
    """A fault in a childless node that counts only when the root reaches it."""


Maker = Callable[[Any, list[Value]], Value]
Shape = tuple[Maker, Any, tuple[int, ...]]
"""How to make a compound's value, what it is made of besides its children, and the indexes of those."""

_U32: Final = Struct("<I")
_TAG_AND_FLAG: Final = Struct("<IB")
_BOOL: Final = types.BOOL.encoded[0]
_CHAR: Final = types.CHAR.encoded[0]
_TRUTH: Final = b"\x00" + b"\x01" * 255
_MEMO_SIZE: Final = 4096
_MEMO_BYTES: Final = 68
_strings: dict[bytes, String] = {}


def check_tuple(data: bytes, start: int, end: int, nodes: int) -> None:
    """What must hold of a tuple node even if nothing refers to it, among that many nodes."""
    count, at = _count(data, start, end)
    if end - at != 4 * count:
        raise ValueError("its items do not fill it")
    if count and max(iter_unpack("<I", memoryview(data)[at:end]))[0] >= nodes:
        raise ValueError(f"it refers to a node that is not there, of {nodes}")


def _count(data: bytes, at: int, end: int) -> tuple[int, int]:
    if end - at < 4:
        raise ValueError("it ends early")
    count: int = _U32.unpack_from(data, at)[0]
    return count, at + 4


def _name(data: bytes, at: int, end: int) -> tuple[str, int]:
    length, at = _count(data, at, end)
    if length > end - at:
        raise ValueError("it ends within a name")
    try:
        return str(data[at : at + length], "utf-8"), at + length
    except UnicodeDecodeError:
        raise ValueError("its text is not UTF-8") from None


def _annotation(known: Mapping[int, int], data: bytes, at: int, end: int) -> tuple[Type, int]:
    if at < end and data[at] in PRIMITIVES:
        return PRIMITIVES[data[at]], at + 1
    stop = type_end(data, at, end, known)
    return type_from_bytes(data[at:stop]), stop


def _children(data: bytes, at: int, end: int, count: int) -> tuple[int, ...]:
    if end - at != 4 * count:
        raise ValueError("its children do not fill it")
    if count > MAX_NODES:
        raise ValueError(f"it has more than {MAX_NODES} children")
    return unpack_from(f"<{count}I", data, at)


def _tuple(data: bytes, start: int, end: int) -> Shape:
    count, at = _count(data, start, end)
    return _make_tuple, None, _children(data, at, end, count)


def _make_tuple(_: None, items: list[Value]) -> Value:
    return Tuple(tuple(items)) if items else UNIT


def _list(known: Mapping[int, int], data: bytes, start: int, end: int) -> Shape:
    elem, at = _annotation(known, data, start, end)
    if data[start] in ELEMENT_WIDTHS:
        raise ValueError(f"a list of {elem} must be an array")
    count, at = _count(data, at, end)
    return _make_list, elem, _children(data, at, end, count)


def _make_list(elem: Type, items: list[Value]) -> Value:
    return List(elem, tuple(items))


def _option(known: Mapping[int, int], data: bytes, start: int, end: int) -> Shape:
    inner, at = _annotation(known, data, start, end)
    if at >= end:
        raise ValueError("it ends early")
    return _make_option, inner, _children(data, at + 1, end, 1 if data[at] == 1 else 0)


def _make_option(inner: Type, held: list[Value]) -> Value:
    return Option(inner, held[0] if held else None)


def _result(known: Mapping[int, int], data: bytes, start: int, end: int) -> Shape:
    ok, at = _annotation(known, data, start, end)
    err, at = _annotation(known, data, at, end)
    if end - at < 5:
        raise ValueError("it ends early")
    tag, has_payload = _TAG_AND_FLAG.unpack_from(data, at)
    if has_payload != 1:
        raise ValueError("a result must have a payload")
    return _make_result, (ok, err, tag == 0), _children(data, at + 5, end, 1)


def _make_result(own: tuple[Type, Type, bool], held: list[Value]) -> Value:
    return Result(*own, held[0])


def _record(data: bytes, start: int, end: int) -> Shape:
    type_name, at = _name(data, start, end)
    count, at = _count(data, at, end)
    # A field takes four bytes for the length of its name and four for its child.
    if 8 * count > end - at:
        raise ValueError("it counts more fields than it can hold")
    names = []
    for _ in range(count):
        name, at = _name(data, at, end)
        names.append(name)
    return _make_record, (type_name, names), _children(data, at, end, count)


def _make_record(own: tuple[str, list[str]], held: list[Value]) -> Value:
    return Record(own[0], tuple(zip(own[1], held, strict=True)))


def _variant(data: bytes, start: int, end: int) -> Shape:
    type_name, at = _name(data, start, end)
    case, at = _name(data, at, end)
    tag, at = _count(data, at, end)
    count, at = _count(data, at, end)
    return _make_variant, (type_name, case, tag), _children(data, at, end, count)


def _make_variant(own: tuple[str, str, int], held: list[Value]) -> Value:
    return Variant(*own, tuple(held))


def _map(known: Mapping[int, int], data: bytes, start: int, end: int) -> Shape:
    key, at = _annotation(known, data, start, end)
    value, at = _annotation(known, data, at, end)
    count, at = _count(data, at, end)
    return _make_map, (key, value), _children(data, at, end, 2 * count)


def _make_map(own: tuple[Type, Type], held: list[Value]) -> Value:
    return Map(*own, tuple(zip(held[::2], held[1::2], strict=True)))


def _set(known: Mapping[int, int], data: bytes, start: int, end: int) -> Shape:
    elem, at = _annotation(known, data, start, end)
    count, at = _count(data, at, end)
    return _make_set, elem, _children(data, at, end, count)


def _make_set(elem: Type, items: list[Value]) -> Value:
    return Set(elem, tuple(items))


ShapeReader = Callable[[bytes, int, int], Shape]

_ANNOTATED: Final[dict[int, Callable[[Mapping[int, int], bytes, int, int], Shape]]] = {
    types.TAG_LIST: _list,
    types.TAG_OPTION: _option,
    types.TAG_RESULT: _result,
    types.TAG_MAP: _map,
    types.TAG_SET: _set,
}

SHAPES: Final[dict[int, dict[int, ShapeReader]]] = {
    version: {
        types.TAG_VARIANT: _variant,
        types.TAG_RECORD: _record,
        types.TAG_TUPLE: _tuple,
        **{kind: partial(read, known) for kind, read in _ANNOTATED.items() if kind in known},
    }
    for version, known in PARTS_OF_VERSION.items()
}
"""Header version to kind to reader, for the nodes that have children."""


def _string(data: bytes, start: int, end: int) -> Value:
    size = end - start
    raw = data[start:end]
    if size <= _MEMO_BYTES:
        found = _strings.get(raw)
        if found is not None:
            return found
    if size < 4 or _U32.unpack_from(raw)[0] != size - 4:
        raise ValueError("its text does not fill it")
    try:
        value = String(str(raw[4:], "utf-8"))
    except UnicodeDecodeError:
        raise ValueError("its text is not UTF-8") from None
    if size <= _MEMO_BYTES:
        if len(_strings) >= _MEMO_SIZE:
            _strings.clear()
        _strings[raw] = value
    return value


def _bool(data: bytes, start: int, end: int) -> Value:
    if end - start != 1 or data[start] > 1:
        raise ValueError("a bool is one byte, 0 or 1")
    return Bool(data[start] == 1)


def _char(data: bytes, start: int, end: int) -> Value:
    if end - start != 4:
        raise ValueError("a char takes 4 bytes")
    code = _U32.unpack_from(data, start)[0]
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ValueError("it is no Unicode character")
    return Char(chr(code))


def _scalar(make: Callable[[Any], Value], code: str) -> Callable[[bytes, int, int], Value]:
    packer = Struct(f"<{code}")
    read, width = packer.unpack_from, packer.size

    def leaf(data: bytes, start: int, end: int) -> Value:
        if end - start != width:
            raise ValueError(f"a number of that kind takes {width} bytes")
        return make(read(data, start)[0])

    return leaf


def _array(data: bytes, start: int, end: int) -> Value:
    if end - start < 5:
        raise ValueError("it ends early")
    tag = data[start]
    width = ELEMENT_WIDTHS.get(tag)
    if width is None:
        raise ValueError(f"an array can't have elements of type 0x{tag:02x}")
    count = _U32.unpack_from(data, start + 1)[0]
    if end - start - 5 != width * count:
        raise ValueError("its elements do not fill it")
    packed = data[start + 5 : end]
    if tag == _BOOL:
        packed = packed.translate(_TRUTH)
    elif tag == _CHAR:
        try:
            packed.decode("utf-32-le")
        except UnicodeDecodeError:
            raise OnlyIfReached("it holds a number that is no Unicode character") from None
    return Array(PRIMITIVES[tag], packed)


LEAVES: Final[dict[int, Callable[[bytes, int, int], Value]]] = {
    0x01: _bool,
    0x02: _scalar(S32, "i"),
    0x03: _scalar(S64, "q"),
    0x04: _scalar(F32, "I"),
    0x05: _scalar(F64, "Q"),
    0x06: _string,
    0x0C: _scalar(U8, "B"),
    0x0D: _scalar(U16, "H"),
    0x0E: _scalar(U32, "I"),
    0x0F: _scalar(U64, "Q"),
    0x10: _scalar(S8, "b"),
    0x11: _scalar(S16, "h"),
    0x12: _char,
    0x13: _scalar(Flags, "Q"),
    KIND_ARRAY: _array,
}
"""Kind to reader, for the nodes that have no children."""
