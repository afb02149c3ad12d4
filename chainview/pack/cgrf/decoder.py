"""Reading CGRF: any bytes give a value or a DecodeError, in time and memory bounded by their size."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from struct import Struct
from typing import Final, cast

from chainview.pack.cgrf.limits import HEADER_SIZE, MAGIC, MAX_BYTES, MAX_NODES, MAX_PAYLOAD, NODE_HEAD_SIZE, VERSIONS
from chainview.pack.cgrf.nodes import LEAVES, SHAPES, OnlyIfReached, Shape, ShapeReader, check_tuple
from chainview.pack.values import Value, types
from chainview.pack.values.types import MAX_DEPTH
from chainview.system.errors import ChainviewError
from chainview.system.long_work import PIECE, go_on


class DecodeError(ChainviewError):
    """Bytes that are no CGRF value; the sentence says why."""


STORED_SPREAD: Final = 1 << 16
"""Nodes that a stored value may always have; more of them only without sharing, as every writer writes."""

_HEADER: Final = Struct("<4sHHII")
_HEAD: Final = Struct("<B3xI")

# Whole nodes, names and indexes included, come again from event to event; small ones are read once.
_MEMO_SIZE: Final = 4096
_MEMO_BYTES: Final = 192
_shapes: Final[dict[int, dict[bytes, Shape]]] = {version: {} for version in VERSIONS}


def decode(data: bytes | bytearray | memoryview, deepest: int = MAX_DEPTH, spread: int = MAX_NODES) -> Value:
    """The value of CGRF bytes under header version 2 or 3; DecodeError when they are none, or nested too deep.

    Where nodes are shared the value has at most `spread` nodes, counted at each place, or as many as the data. Flags
    and reserved bytes are ignored, nodes may be shared and in any order, and nodes the root does not reach are looked
    at only as far as the reference looks; so bytes that decode need not be canonical. Maps and sets
    are unknown to version 2.
    """
    whole = bytes(data)
    version, count, root = read_header(whole)
    value = _one_pass(whole, version, count, root) if count <= deepest and len(whole) <= MAX_PAYLOAD else None
    return _any_order(whole, version, count, root, deepest, max(count, spread)) if value is None else value


def decode_stored(data: bytes | bytearray | memoryview) -> Value:
    """The value of CGRF bytes that anyone may have made, so that walking and printing it takes time by their size.

    As `decode` has it, but a DecodeError too where shared nodes make a few bytes a value without end.
    """
    return decode(data, spread=STORED_SPREAD)


def read_header(data: bytes) -> tuple[int, int, int]:
    size = len(data)
    if size > MAX_BYTES:
        raise DecodeError(f"the data has {size} bytes, more than the {MAX_BYTES} of the largest CGRF value")
    if size < HEADER_SIZE:
        raise DecodeError(f"the data is no CGRF value: {size} bytes are less than its header")
    magic, version, _, count, root = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise DecodeError("the data is no CGRF value: it does not begin with CGRF")
    if version not in VERSIONS:
        raise DecodeError(f"the data is CGRF version {version}, and only versions 2 and 3 can be read")
    if count > MAX_NODES or count * NODE_HEAD_SIZE > size - HEADER_SIZE:
        raise DecodeError(f"the CGRF header counts {count} nodes, more than the data can hold")
    if root >= count:
        raise DecodeError(f"the CGRF root is node {root}, and there are {count} nodes")
    return version, count, root


def _one_pass(data: bytes, version: int, count: int, root: int) -> Value | None:
    """The value, when all is well, children stand before their parents and each is used once; else None.

    There are no more nodes than levels that the value may be nested.
    """
    size = len(data)
    head, leaves, shapes, known = _HEAD.unpack_from, LEAVES, SHAPES[version], _shapes[version]
    values: list[Value | None] = []
    at = HEADER_SIZE
    for index in range(count):
        start = at + NODE_HEAD_SIZE
        if start > size:
            return None
        kind, length = head(data, at)
        end = start + length
        if end > size:
            return None
        try:
            if kind in leaves:
                values.append(leaves[kind](data, start, end))
            else:
                make, own, children = _shape(shapes, known, data, kind, start, end)
                held: list[Value] = []
                for child in children:
                    if child >= index:
                        return None
                    value = values[child]
                    if value is None:
                        return None
                    values[child] = None
                    held.append(value)
                values.append(make(own, held))
        except (ValueError, KeyError):
            return None
        at = end
    return values[root] if at == size else None


def _shape(
    shapes: dict[int, ShapeReader], known: dict[bytes, Shape], data: bytes, kind: int, start: int, end: int
) -> Shape:
    if end - start > _MEMO_BYTES:
        return shapes[kind](data, start, end)
    node = data[start - NODE_HEAD_SIZE : end]
    shape = known.get(node)
    if shape is None:
        shape = shapes[kind](data, start, end)
        if len(known) >= _MEMO_SIZE:
            known.clear()
        known[node] = shape
    return shape


def _any_order(data: bytes, version: int, count: int, root: int, deepest: int, most: int = MAX_NODES) -> Value:
    """The value, whatever the order and the sharing of nodes."""
    shapes = SHAPES[version]
    kinds, starts = _read(data, shapes, count)
    values = _leaves(data, kinds, starts)
    return _build(data, shapes, kinds, starts, values, root, deepest, most)


def _read(data: bytes, shapes: dict[int, ShapeReader], count: int) -> tuple[bytearray, array[int]]:
    """The kind of each node, and where each payload starts, with where one more node's would."""
    size = len(data)
    kinds = bytearray(count)
    starts = array("I", bytes(4 * (count + 1)))
    at = HEADER_SIZE
    for index in range(count):
        if index % PIECE == 0:
            go_on()
        start = at + NODE_HEAD_SIZE
        if start > size:
            raise DecodeError(f"the CGRF data ends before node {index}")
        kind, length = _HEAD.unpack_from(data, at)
        if kind not in LEAVES and kind not in shapes:
            raise DecodeError(f"CGRF node {index} is of the unknown kind 0x{kind:02x}")
        if length > MAX_PAYLOAD or length > size - start:
            raise DecodeError(f"CGRF node {index} claims {length} bytes, more than there are or may be")
        kinds[index] = kind
        starts[index] = start
        at = start + length
    if at != size:
        raise DecodeError(f"the CGRF data has {size - at} bytes after its last node")
    starts[count] = size + NODE_HEAD_SIZE
    return kinds, starts


def _leaves(data: bytes, kinds: bytearray, starts: array[int]) -> list[Value | None]:
    """The values of the nodes without children, after the checks that every node must pass."""
    values: list[Value | None] = []
    for index, kind in enumerate(kinds):
        if index % PIECE == 0:
            go_on()
        start, end = starts[index], starts[index + 1] - NODE_HEAD_SIZE
        value = None
        try:
            if kind == types.TAG_TUPLE:
                check_tuple(data, start, end, len(kinds))
            elif kind in LEAVES:
                value = LEAVES[kind](data, start, end)
        except OnlyIfReached:
            pass
        except ValueError as error:
            raise DecodeError(f"CGRF node {index} is malformed: {error}") from None
        values.append(value)
    return values


def _build(
    data: bytes,
    shapes: dict[int, ShapeReader],
    kinds: bytearray,
    starts: array[int],
    values: list[Value | None],
    root: int,
    deepest: int,
    most: int,
) -> Value:
    count = len(kinds)
    heights = array("H", [1]) * count
    expanded = array("I", [1]) * count
    on_path = bytearray(count)
    path: list[tuple[int, Shape, Iterator[int]]] = []
    # The root is the only child of a parent that is no node.
    waiting: Iterator[int] = iter((root,))
    while True:
        for child in waiting:
            if child >= count:
                raise DecodeError(f"a CGRF node refers to node {child}, and there are {count} nodes")
            if values[child] is not None:
                continue
            if on_path[child]:
                raise DecodeError(f"CGRF node {child} holds itself")
            path.append((child, _reached(data, shapes, kinds, starts, child), waiting))
            if len(path) > deepest:
                raise DecodeError(f"the CGRF value is nested deeper than {deepest} levels")
            on_path[child] = 1
            waiting = iter(path[-1][1][2])
            break
        else:
            if not path:
                break
            index, (make, own, children), waiting = path.pop()
            if index % PIECE == 0 or len(children) > PIECE:
                go_on()
            heights[index] = height = 1 + max([heights[child] for child in children], default=0)
            if height > deepest:
                raise DecodeError(f"the CGRF value is nested deeper than {deepest} levels")
            size = 1 + sum([expanded[child] for child in children])
            if size > most:
                raise DecodeError(f"the CGRF value has more than {most} nodes, counting shared ones at each place")
            expanded[index] = size
            values[index] = make(own, cast("list[Value]", [values[child] for child in children]))
    return cast("Value", values[root])


def _reached(data: bytes, shapes: dict[int, ShapeReader], kinds: bytearray, starts: array[int], index: int) -> Shape:
    """The shape of a node that the root reaches, with the checks only those nodes must pass."""
    start, end = starts[index], starts[index + 1] - NODE_HEAD_SIZE
    read = shapes.get(kinds[index])
    try:
        if read is None:
            raise ValueError("it holds a number that is no Unicode character")
        return read(data, start, end)
    except ValueError as error:
        raise DecodeError(f"CGRF node {index} is malformed: {error}") from None


def encoded_size(data: bytes) -> int:
    """How many bytes the CGRF value takes that data begins with; DecodeError if it is cut."""
    _, count, _ = read_header(data)
    at = HEADER_SIZE
    for index in range(count):
        start = at + NODE_HEAD_SIZE
        if start > len(data):
            raise DecodeError(f"the CGRF data ends before node {index}")
        at = start + _HEAD.unpack_from(data, at)[1]
    if at > len(data):
        raise DecodeError("the CGRF data ends within its last node")
    return at
