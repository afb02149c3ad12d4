"""Pack types as they are embedded in values: the type tags themselves, compared and stored as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final

MAX_DEPTH: Final = 1000
"""The most levels a value or a type may be nested; a scalar alone has one level."""

TAG_STRING: Final = 0x06
TAG_LIST: Final = 0x07
TAG_VARIANT: Final = 0x08
TAG_RECORD: Final = 0x09
TAG_OPTION: Final = 0x0A
TAG_TUPLE: Final = 0x0B
TAG_RESULT: Final = 0x14
TAG_MAP: Final = 0x16
TAG_SET: Final = 0x17

PARTS: Final = {TAG_LIST: 1, TAG_OPTION: 1, TAG_RESULT: 2, TAG_MAP: 2, TAG_SET: 1}
"""Type tag to how many types follow it, for the types whose parts alone say what they are."""

WORDS: Final = {TAG_LIST: "list", TAG_OPTION: "option", TAG_RESULT: "result", TAG_MAP: "map", TAG_SET: "set"}
"""The word of a literal for each of those types."""

PRIMITIVE_NAMES: Final = {
    0x01: "bool",
    0x02: "s32",
    0x03: "s64",
    0x04: "f32",
    0x05: "f64",
    0x06: "string",
    0x0C: "u8",
    0x0D: "u16",
    0x0E: "u32",
    0x0F: "u64",
    0x10: "s8",
    0x11: "s16",
    0x12: "char",
    0x13: "flags",
}
"""Type tag to the name a literal uses, for the types that are one byte."""

ELEMENT_WIDTHS: Final = {
    0x01: 1,
    0x02: 4,
    0x03: 8,
    0x04: 4,
    0x05: 8,
    0x0C: 1,
    0x0D: 2,
    0x0E: 4,
    0x0F: 8,
    0x10: 1,
    0x11: 2,
    0x12: 4,
    0x13: 8,
}
"""Type tag to the bytes one array element takes, for the 13 types that can be array elements."""

_U32: Final = Struct("<I")
_SMALL: Final = 64
_MEMO_SIZE: Final = 4096


@dataclass(frozen=True, slots=True)
class Type:
    """A Pack type, held as its CGRF type-tag bytes, so that equal types are equal bytes."""

    encoded: bytes

    def __str__(self) -> str:
        """The type as a literal writes it, such as `result<tuple<>, string>`."""
        return _text(self.encoded)


_memo: dict[bytes, Type] = {}


def type_from_bytes(encoded: bytes) -> Type:
    """The type of already validated type-tag bytes; small ones are shared."""
    found = _memo.get(encoded)
    if found is None:
        found = Type(encoded)
        if len(encoded) <= _SMALL:
            if len(_memo) >= _MEMO_SIZE:
                _memo.clear()
            _memo[encoded] = found
    return found


BOOL: Final = type_from_bytes(b"\x01")
S32: Final = type_from_bytes(b"\x02")
S64: Final = type_from_bytes(b"\x03")
F32: Final = type_from_bytes(b"\x04")
F64: Final = type_from_bytes(b"\x05")
STRING: Final = type_from_bytes(b"\x06")
U8: Final = type_from_bytes(b"\x0c")
U16: Final = type_from_bytes(b"\x0d")
U32: Final = type_from_bytes(b"\x0e")
U64: Final = type_from_bytes(b"\x0f")
S8: Final = type_from_bytes(b"\x10")
S16: Final = type_from_bytes(b"\x11")
CHAR: Final = type_from_bytes(b"\x12")
FLAGS: Final = type_from_bytes(b"\x13")

PRIMITIVES: Final = {tag: type_from_bytes(bytes([tag])) for tag in PRIMITIVE_NAMES}
"""Type tag to type, for the types that are one byte."""

PRIMITIVES_BY_NAME: Final = {name: PRIMITIVES[tag] for tag, name in PRIMITIVE_NAMES.items()}
"""The literal's word to type, for the types that are one byte."""


def list_of(element: Type) -> Type:
    """The type `list<element>`."""
    return type_from_bytes(b"\x07" + element.encoded)


def option_of(inner: Type) -> Type:
    """The type `option<inner>`."""
    return type_from_bytes(b"\x0a" + inner.encoded)


def result_of(ok: Type, err: Type) -> Type:
    """The type `result<ok, err>`."""
    return type_from_bytes(b"\x14" + ok.encoded + err.encoded)


def map_of(key: Type, value: Type) -> Type:
    """The type `map<key, value>`."""
    return type_from_bytes(b"\x16" + key.encoded + value.encoded)


def set_of(element: Type) -> Type:
    """The type `set<element>`."""
    return type_from_bytes(b"\x17" + element.encoded)


def tuple_of(types: Iterable[Type]) -> Type:
    """The type `tuple<…>` of the given item types, in order."""
    parts = [item.encoded for item in types]
    return type_from_bytes(b"\x0b" + _U32.pack(len(parts)) + b"".join(parts))


def record_named(name: str) -> Type:
    """The record type of that name; a Pack type carries nothing else of a record."""
    return _named(TAG_RECORD, name)


def variant_named(name: str) -> Type:
    """The variant type of that name; a Pack type carries nothing else of a variant."""
    return _named(TAG_VARIANT, name)


def _named(tag: int, name: str) -> Type:
    raw = name.encode("utf-8")
    return type_from_bytes(bytes([tag]) + _U32.pack(len(raw)) + raw)


def fixed_width(element: Type) -> int | None:
    """Bytes per array element, or None when lists of that type are not arrays."""
    encoded = element.encoded
    return ELEMENT_WIDTHS.get(encoded[0]) if len(encoded) == 1 else None


def type_end(data: bytes, start: int, end: int, known: Mapping[int, int] = PARTS) -> int:
    """Where the type that begins at `start` ends; ValueError if there is no whole, sane type before `end`.

    Types nested deeper than MAX_DEPTH levels are refused, and those of PARTS that are not `known`.
    """
    # Each entry counts the types still to come at one level, so the length of the list is the depth.
    waiting = [1]
    at = start
    while waiting:
        if waiting[-1] == 0:
            waiting.pop()
            continue
        waiting[-1] -= 1
        if at >= end:
            raise ValueError("a type ends early")
        tag = data[at]
        at += 1
        if tag in PRIMITIVE_NAMES:
            continue
        if tag in known:
            waiting.append(known[tag])
        elif tag in (TAG_RECORD, TAG_VARIANT):
            length, at = _count(data, at, end)
            try:
                str(data[at : at + length], "utf-8")
            except UnicodeDecodeError:
                raise ValueError("a type's name is not UTF-8") from None
            at += length
        elif tag == TAG_TUPLE:
            count, at = _count(data, at, end)
            if count:
                waiting.append(count)
        else:
            raise ValueError(f"unknown type tag 0x{tag:02x}")
        if len(waiting) > MAX_DEPTH:
            raise ValueError(f"a type is nested deeper than {MAX_DEPTH} levels")
    return at


def _count(data: bytes, at: int, end: int) -> tuple[int, int]:
    if end - at < 4:
        raise ValueError("a type ends early")
    count: int = _U32.unpack_from(data, at)[0]
    if count > end - at - 4:
        raise ValueError("a type counts more than its bytes can hold")
    return count, at + 4


def split(whole: Type) -> tuple[int, str, tuple[Type, ...]]:
    """A type's tag, its name where it is a record or a variant, and the types it is made of."""
    encoded = whole.encoded
    tag = encoded[0]
    if tag in PRIMITIVE_NAMES:
        return tag, "", ()
    if tag in (TAG_RECORD, TAG_VARIANT):
        return tag, encoded[5:].decode("utf-8"), ()
    at, parts = (5, _U32.unpack_from(encoded, 1)[0]) if tag == TAG_TUPLE else (1, PARTS[tag])
    found: list[Type] = []
    for _ in range(parts):
        end = type_end(encoded, at, len(encoded))
        found.append(type_from_bytes(encoded[at:end]))
        at = end
    return tag, "", tuple(found)


def _text(encoded: bytes) -> str:
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
        if tag in WORDS:
            out.append(f"{WORDS[tag]}<")
            due += (">", None) if PARTS[tag] == 1 else (">", None, ", ", None)
        elif tag in (TAG_RECORD, TAG_VARIANT):
            length: int = _U32.unpack_from(encoded, at)[0]
            out.append(encoded[at + 4 : at + 4 + length].decode("utf-8"))
            at += 4 + length
        elif tag == TAG_TUPLE:
            count: int = _U32.unpack_from(encoded, at)[0]
            at += 4
            out.append("tuple<")
            due.append(">")
            due += ([None, ", "] * count)[:-1]
        else:
            out.append(PRIMITIVE_NAMES[tag])
    return "".join(out)
