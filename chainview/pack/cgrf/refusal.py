"""What the reference says of bytes that are no CGRF value: its own checks, in its order and its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chainview.pack.cgrf.limits import KIND_ARRAY, MAGIC, MAX_BYTES, MAX_NODES, MAX_PAYLOAD, OLDEST, PARTS_OF_VERSION
from chainview.pack.values.types import (
    ELEMENT_WIDTHS,
    PRIMITIVE_NAMES,
    TAG_LIST,
    TAG_MAP,
    TAG_OPTION,
    TAG_RECORD,
    TAG_RESULT,
    TAG_SET,
    TAG_STRING,
    TAG_TUPLE,
    TAG_VARIANT,
)

_BOOL: Final = 0x01
_CHAR: Final = 0x12
_MOST_ITEMS: Final = 128 << 20
_UNCHECKED: Final = frozenset({TAG_LIST, TAG_OPTION, TAG_RECORD, TAG_VARIANT, TAG_RESULT, TAG_MAP, TAG_SET})
"""Kinds that are looked at only where the root reaches them."""


class _Refused(Exception):
    """What the reference says."""


def refusal(data: bytes, version: int = OLDEST) -> str | None:
    """Why the reference does not decode bytes as a value of its version; None where it finds nothing wrong."""
    try:
        nodes, root = _read(data, version)
        for index, (kind, payload) in enumerate(nodes):
            _check(index, kind, payload, len(nodes), version)
        _build(nodes, root, version)
    except _Refused as refused:
        return str(refused)
    return None


class _Cursor:
    """Reads bytes from the front on."""

    __slots__ = ("_data", "at")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self._data)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.at + count
        if end > len(self._data):
            raise _Refused(f"Buffer too small: need {end} bytes, have {len(self._data)}")
        taken = self._data[self.at : end]
        self.at = end
        return taken

    def number(self, width: int = 4) -> int:
        """The next unsigned number."""
        return int.from_bytes(self.take(width), "little")

    def name(self, what: str) -> None:
        """Passes over a text."""
        _text(self.take(self.number()), f"Invalid UTF-8 in {what}")


def _invalid(why: str) -> _Refused:
    return _Refused(f"Invalid encoding: {why}")


def _text(raw: bytes, complaint: str) -> None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _invalid(complaint) from None


def _read(data: bytes, version: int) -> tuple[list[tuple[int, bytes]], int]:
    """The nodes, each with its kind and payload, and the index of the root."""
    if len(data) > MAX_BYTES:
        raise _invalid("Buffer too large")
    cursor = _Cursor(data)
    if cursor.take(4) != MAGIC:
        raise _invalid("Invalid magic")
    if cursor.number(2) != version:
        raise _invalid("Unsupported version")
    cursor.take(2)
    count = cursor.number()
    if count > MAX_NODES:
        raise _invalid("Node count exceeds limit")
    root = cursor.number()
    nodes: list[tuple[int, bytes]] = []
    for _ in range(count):
        kind = cursor.number(1)
        if kind not in PRIMITIVE_NAMES and kind not in (
            KIND_ARRAY,
            TAG_TUPLE,
            TAG_RECORD,
            TAG_VARIANT,
            *PARTS_OF_VERSION[version],
        ):
            raise _Refused(f"Invalid variant tag: {kind}")
        cursor.take(1)
        cursor.take(2)
        size = cursor.number()
        if size > MAX_PAYLOAD:
            raise _invalid("Payload too large")
        nodes.append((kind, cursor.take(size)))
    if root >= count:
        raise _invalid("Root index out of range")
    if not cursor.is_at_end:
        raise _invalid("Trailing bytes")
    return nodes, root


def _check(index: int, kind: int, payload: bytes, count: int, version: int) -> None:
    """What every node must hold, whether the root reaches it or not."""
    if kind in _UNCHECKED:
        return
    cursor = _Cursor(payload)
    if kind == _BOOL:
        if cursor.number(1) > 1:
            raise _invalid(f"Invalid bool payload at node {index}")
    elif kind == _CHAR:
        if not _is_char(cursor.number()):
            raise _invalid(f"Invalid char scalar at node {index}")
    elif kind == TAG_STRING:
        _text(cursor.take(cursor.number()), f"Invalid UTF-8 string at node {index}")
    elif kind == TAG_TUPLE:
        items = cursor.number()
        if items > _MOST_ITEMS:
            raise _invalid(f"Sequence too large at node {index}")
        for _ in range(items):
            if cursor.number() >= count:
                raise _invalid(f"Child index out of range at node {index}")
    elif kind == KIND_ARRAY:
        width = ELEMENT_WIDTHS.get(_type(cursor, version))
        if width is None:
            raise _invalid(f"Non-primitive element type in Array at node {index}")
        items = cursor.number()
        if items > _MOST_ITEMS:
            raise _invalid(f"Sequence too large at node {index}")
        cursor.take(items * width)
    else:
        cursor.take(ELEMENT_WIDTHS[kind])
    if not cursor.is_at_end:
        raise _invalid(f"Trailing payload bytes at node {index}")


def _is_char(code: int) -> bool:
    return code <= 0x10FFFF and not 0xD800 <= code < 0xE000


def _type(cursor: _Cursor, version: int) -> int:
    """Passes over a type; its tag."""
    first = -1
    due = 1
    while due:
        due -= 1
        tag = cursor.number(1)
        first = tag if first < 0 else first
        if tag in PARTS_OF_VERSION[version]:
            due += PARTS_OF_VERSION[version][tag]
        elif tag == TAG_RECORD:
            cursor.name("record name")
        elif tag == TAG_VARIANT:
            cursor.name("variant name")
        elif tag == TAG_TUPLE:
            due += cursor.number()
        elif tag not in PRIMITIVE_NAMES:
            raise _Refused(f"Invalid variant tag: {tag}")
    return first


def _build(nodes: list[tuple[int, bytes]], root: int, version: int) -> None:
    """What must hold of the nodes that the root reaches, looked at in the order in which the value is made."""
    made: set[int] = set()
    path: dict[int, Iterator[int]] = {}
    waiting: Iterator[int] = iter((root,))
    while True:
        child = next(waiting, None)
        if child is None:
            if not path:
                return
            made.add(path.popitem()[0])
            waiting = next(reversed(path.values()), iter(()))
        elif child not in made:
            if child in path:
                raise _invalid("Cycle detected in graph buffer")
            if child >= len(nodes):
                raise _invalid(f"Node index {child} out of range")
            path[child] = waiting = _children(child, *nodes[child], version)


def _children(index: int, kind: int, payload: bytes, version: int) -> Iterator[int]:
    """The children of a node, each read when the one before was made."""
    cursor = _Cursor(payload)
    if kind == KIND_ARRAY:
        _check_letters(cursor, version)
        return
    if kind not in _UNCHECKED and kind != TAG_TUPLE:
        return
    for _ in range(_count(cursor, kind, version)):
        yield cursor.number()
    if not cursor.is_at_end:
        raise _invalid(f"Trailing payload bytes at node {index}")


def _check_letters(cursor: _Cursor, version: int) -> None:
    """Of the elements of an array only characters can be wrong once every node was checked."""
    if _type(cursor, version) == _CHAR:
        for _ in range(cursor.number()):
            if not _is_char(cursor.number()):
                raise _invalid("Invalid char in array")


def _count(cursor: _Cursor, kind: int, version: int) -> int:
    """Passes over what stands before a node's children; how many those are."""
    if kind in (TAG_RECORD, TAG_VARIANT):
        cursor.name("type name")
    if kind == TAG_VARIANT:
        cursor.name("case name")
        cursor.number()
        return cursor.number()
    if kind == TAG_RECORD:
        fields = cursor.number()
        for _ in range(fields):
            cursor.name("field name")
        return fields
    if kind == TAG_TUPLE:
        return cursor.number()
    tag = _type(cursor, version)
    if kind == TAG_OPTION:
        return 1 if cursor.number(1) == 1 else 0
    if kind == TAG_RESULT:
        _type(cursor, version)
        cursor.number()
        if cursor.number(1) != 1:
            raise _invalid("Result must have payload")
        return 1
    if kind == TAG_MAP:
        _type(cursor, version)
        return 2 * cursor.number()
    if kind == TAG_LIST and tag in ELEMENT_WIDTHS:
        raise _invalid("List node with primitive elem_type; expected Array node")
    return cursor.number()
