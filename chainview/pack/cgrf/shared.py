"""Values that share what is equal in them, with the bytes of each at hand: read once, and written by copying.

In the values of one chain most parts come again and again, such as all of a state but what a call changed of it. Here
equal parts of what is read are one object, so that two values are compared by what differs in them alone. And a part
that was read is put as it stood into what is written: only the indexes in it grow by one and the same number, which is
one addition, as for the copies that the encoder makes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct, pack
from struct import error as StructError
from threading import Lock
from typing import ClassVar, Final

from chainview.pack.cgrf.copies import INDEX_BYTES
from chainview.pack.cgrf.decoder import decode, decode_stored, read_header
from chainview.pack.cgrf.encoder import HEADER, LEAF_WRITERS, compound_node, encode, held_nodes
from chainview.pack.cgrf.limits import HEADER_SIZE, MAGIC, NODE_HEAD_SIZE, OLDEST, PARTS_OF_VERSION, VERSIONS
from chainview.pack.cgrf.nodes import LEAVES, SHAPES, Maker, ShapeReader
from chainview.pack.values import UNIT, Value
from chainview.system.errors import ChainviewError
from chainview.system.long_work import go_on

_LARGEST: Final = 1 << 18
"""Bytes of values that are shared: what is larger is read, and written, as if it were alone."""
_LARGEST_WRITTEN: Final = 2 * _LARGEST
_ROOM: Final = 64 << 20
"""Bytes of nodes and values that are kept at most."""
_LEAST_ROOM: Final = 8 << 20
"""Bytes that are kept however little there is to read; of more, as many as that are."""
_DEEPEST: Final = 200
_DEEPEST_WRITTEN: Final = 16
"""Levels of a value above what was read, where it is written by copying."""
_LEAST_COPIED: Final = 8
"""Nodes of a part from which on it is copied as a whole."""
_ENTRY: Final = 256
"""Bytes that an entry takes beside what it holds."""
_BEGINNING: Final = 32
"""Bytes of a node by which it is looked for among those met before."""
_KEY: Final = 64
"""Bytes by which a compound that was read is looked for."""
_HEAD: Final = Struct("<B3xI")
_INDEXES: Final = [Struct(f"<{count}I") for count in range(65)]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A compound's node: what stands before its indexes, how many those are, and what its value is made of."""

    head: bytes
    count: int
    make: Maker
    own: object


@dataclass(frozen=True, slots=True)
class _Flat:
    """A compound that holds nothing with indexes, and its nodes up to its own indexes, of which there are so many."""

    value: Value
    nodes: bytes
    count: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a value's nodes lie in what was read: bytes, the index of the first node, and how many."""

    value: Value
    data: bytes
    start: int
    stop: int
    first: int
    count: int
    indexes: Sequence[tuple[int, int]]
    """Where indexes stand in the data, and how many."""

    def at(self, first: int) -> bytes:
        """The nodes, where the first of them has that index."""
        nodes, at = self.data[self.start : self.stop], self.start
        if first == self.first:
            return nodes
        places: list[bytes] = []
        for place in range(bisect_left(self.indexes, (at,)), bisect_left(self.indexes, (self.stop,))):
            start, count = self.indexes[place]
            places += (bytes(start - at), b"\1\0\0\0" * count)
            at = start + INDEX_BYTES * count
        where = int.from_bytes(b"".join(places), "little")
        moved = int.from_bytes(nodes, "little") + (first - self.first) * where
        return moved.to_bytes(len(nodes), "little")


class _NotShared(Exception):
    """Bytes, or a value, that are not for this way."""


class _Of:
    """What was read under one version."""

    def __init__(self, version: int) -> None:
        self.shapes: Mapping[int, ShapeReader] = SHAPES[version]
        self.known = PARTS_OF_VERSION[version]
        self.clear()

    def clear(self) -> None:
        """Forgets all of it."""
        self.used = 0
        """Bytes of the nodes that are kept, also of values that could not be read to their end."""
        self.leaves: dict[bytes, Value] = {}
        self.begun: dict[bytes, _Shape] = {}
        """The last one of those shapes whose nodes begin with the same bytes."""
        self.compounds: dict[tuple[object, ...], Value] = {}
        """By what stands in the node before its indexes, and the identities of the values held, which these keep."""
        self.flat: dict[bytes, _Flat] = {}
        """By their first bytes, the last ones that were read."""
        self.levels: dict[object, int] = {}
        """Of compounds, by their identity."""
        self.parts: dict[int, _Part] = {}

    def leaf(self, node: bytes) -> Value:
        """What a node without indexes says that was not met before; raises where the encoder does not write it so."""
        read = LEAVES.get(node[0])
        if read is not None:
            value = read(node, NODE_HEAD_SIZE, len(node))
            written = LEAF_WRITERS[value.__class__](value)
        else:
            make, own, _ = self.shapes[node[0]](node, NODE_HEAD_SIZE, len(node))
            value = make(own, [])
            written = compound_node(value, (), self.known)
        if written != node:
            raise _NotShared
        self.leaves[node] = value
        self.used += _ENTRY + len(node)
        return value

    def shape(self, node: bytes) -> _Shape:
        """What a compound's node says that begins otherwise than those met before; raises as `leaf` does."""
        make, own, children = self.shapes[node[0]](node, NODE_HEAD_SIZE, len(node))
        count = len(children)
        # What it holds shows in nothing but the indexes.
        if compound_node(make(own, [UNIT] * count), children, self.known) != node:
            raise _NotShared
        shape = _Shape(node[: len(node) - INDEX_BYTES * count], count, make, own)
        self.begun[node[:_BEGINNING]] = shape
        self.used += _ENTRY + len(node)
        return shape

    def made(self, shape: _Shape, held: list[Value], key: tuple[object, ...]) -> Value:
        """The value of a compound's node that was not met before with what it holds."""
        levels = self.levels
        level = 1 + max([levels[each] for each in key[1:] if each in levels], default=0)
        if level > _DEEPEST:
            raise _NotShared
        self.compounds[key] = value = shape.make(shape.own, held)
        levels[id(value)] = level
        return value


class _Written:
    """Nodes that are written one behind the other."""

    def __init__(self) -> None:
        self.nodes: list[bytes] = []
        self.count = self.size = 0

    def add(self, nodes: bytes, count: int = 1) -> int:
        """Adds so many nodes; the index of the last."""
        self.nodes.append(nodes)
        self.count += count
        self.size += len(nodes)
        if self.size > _LARGEST_WRITTEN:
            raise _NotShared
        return self.count - 1


def _packed(indexes: Sequence[int]) -> bytes:
    count = len(indexes)
    return _INDEXES[count].pack(*indexes) if count < len(_INDEXES) else pack(f"<{count}I", *indexes)


class Values:
    """Reads and writes values, each by itself."""

    shares: ClassVar[bool] = False
    """Whether equal values are mostly one object."""

    def decode(self, data: bytes) -> Value:
        """The value of CGRF bytes, as `decode` has it."""
        return decode(data)

    def encode(self, value: Value, version: int = OLDEST) -> bytes:
        """The canonical bytes of a value, as `encode` has them."""
        return encode(value, version)

    def know(self, data: bytes, value: Value) -> None:
        """Told of bytes that were written of a value whose parts were all read."""

    def is_noted(self, value: Value, *what: object) -> bool:
        """Whether that was noted of a value, all by identity."""
        return False

    def note(self, value: Value, *what: object) -> None:
        """Keeps something of a value as long as that is kept, where it shares."""


EACH_ALONE: Final = Values()


class SharedValues(Values):
    """Reads and writes values as `decode` and `encode` do; those read here share their equal parts.

    That is so for bytes as the encoder writes them, up to a size. What is kept is bounded, so equal values may still be
    two objects.
    """

    shares = True

    def __init__(self, to_read: int | None = None) -> None:
        """`to_read` are the bytes of all that there is to read, where that is known."""
        self._lock = Lock()
        self._of = {version: _Of(version) for version in VERSIONS}
        self._wholes: dict[bytes, Value] = {}
        self._noted: dict[tuple[int, ...], tuple[object, ...]] = {}
        wanted = _ROOM if to_read is None else max(_LEAST_ROOM, to_read)
        self._whole_room = self._room = min(_ROOM, wanted)

    def decode(self, data: bytes) -> Value:
        return self._decoded(data, decode)

    def decode_stored(self, data: bytes) -> Value:
        """The value of bytes that anyone may have made, as `decode_stored` has it."""
        return self._decoded(data, decode_stored)

    def _decoded(self, data: bytes, alone: Callable[[bytes], Value]) -> Value:
        value = self._wholes.get(data)
        if value is not None:
            return value
        if len(data) > _LARGEST:
            return alone(data)
        go_on()
        with self._lock:
            try:
                return self._read(data)
            except (_NotShared, ValueError, KeyError, ChainviewError):
                pass
        return alone(data)

    def encode(self, value: Value, version: int = OLDEST) -> bytes:
        written = _Written()
        try:
            self._write(value, self._of[version], written, 0)
        except (_NotShared, KeyError, StructError, ValueError, TypeError, AttributeError, ChainviewError):
            # What is wrong with it, where anything is, is told there.
            return encode(value, version)
        return b"".join((HEADER.pack(MAGIC, version, 0, written.count, written.count - 1), *written.nodes))

    def know(self, data: bytes, value: Value) -> None:
        if len(data) <= _LARGEST:
            self._wholes[data] = value
            self._room -= _ENTRY + len(data)

    def is_noted(self, value: Value, *what: object) -> bool:
        return (id(value), *map(id, what)) in self._noted

    def note(self, value: Value, *what: object) -> None:
        if any(id(value) in of.levels for of in self._of.values()):
            self._noted[id(value), *map(id, what)] = what
            self._room -= _ENTRY

    def _read(self, data: bytes) -> Value:
        version, count, root = read_header(data)
        if root != count - 1 or data[6:8] != b"\0\0":
            raise _NotShared
        if self._room < sum([each.used for each in self._of.values()]):
            self._forget()
        of, head, heads = self._of[version], _HEAD.unpack_from, LEAVES
        leaves, compounds, parts, begun, flat = of.leaves, of.compounds, of.parts, of.begun, of.flat
        # The values that nothing holds yet, with the indexes of their nodes, and where the first of those begins.
        values: list[Value] = []
        tops: list[int] = []
        starts: list[int] = []
        indexes: list[tuple[int, int]] = []
        index, at, size = 0, HEADER_SIZE, len(data)
        while index < count:
            start = at
            known = flat.get(data[at : at + _KEY])
            if known is not None and data.startswith(known.nodes, at):
                held = known.count
                tail = at + len(known.nodes)
                at = tail + INDEX_BYTES * held
                if data[tail:at] == _packed(range(index, index + held)):
                    index += held
                    values.append(known.value)
                    tops.append(index)
                    starts.append(start)
                    indexes.append((tail, held))
                    index += 1
                    continue
                at = start
            if at + NODE_HEAD_SIZE > size:
                raise _NotShared
            kind, length = head(data, at)
            at += NODE_HEAD_SIZE + length
            node = data[start:at]
            shape = None
            if kind not in heads:
                shape = begun.get(node[:_BEGINNING])
                if shape is None or not node.startswith(shape.head):
                    shape = of.shape(node)
            held = 0 if shape is None else shape.count
            if shape is None or not held:
                value = leaves.get(node)
                if value is None:
                    value = of.leaf(node)
                values.append(value)
                tops.append(index)
                starts.append(start)
                index += 1
                continue
            if len(values) < held or node[-INDEX_BYTES * held :] != _packed(tops[-held:]):
                raise _NotShared
            items = values[-held:]
            key = (shape.head, *map(id, items))
            value = compounds.get(key)
            if value is None:
                value = of.made(shape, items, key)
                self._room -= _ENTRY + 8 * held
            first, start = (tops[-held - 1] + 1 if len(tops) > held else 0), starts[-held]
            values[-held:] = (value,)
            tops[-held:] = (index,)
            starts[-held:] = (start,)
            indexes.append((at - INDEX_BYTES * held, held))
            if index - first == held > 1:
                # Nodes without indexes and the one that holds them are the same wherever they stand, but for its tail.
                nodes = data[start : at - INDEX_BYTES * held]
                flat[nodes[:_KEY]] = _Flat(value, nodes, held)
                self._room -= _ENTRY + len(nodes)
            if index - first >= _LEAST_COPIED and id(value) not in parts:
                parts[id(value)] = _Part(value, data, start, at, first, index + 1 - first, indexes)
            index += 1
        if at != size or len(values) != 1:
            raise _NotShared
        self._wholes[data] = values[0]
        self._room -= _ENTRY + size + _ENTRY * len(indexes)
        return values[0]

    def _forget(self) -> None:
        self._room = self._whole_room
        self._wholes, self._noted = {}, {}
        for each in self._of.values():
            each.clear()

    def _write(self, value: Value, of: _Of, written: _Written, depth: int) -> int:
        """Writes a value, copied as far as it was read; the index of its own node."""
        part = of.parts.get(id(value))
        if part is not None:
            return written.add(part.at(written.count), part.count)
        writer = LEAF_WRITERS.get(value.__class__)
        if writer is not None:
            return written.add(writer(value))
        if depth == _DEEPEST_WRITTEN:
            raise _NotShared
        indexes = [self._write(each, of, written, depth + 1) for each in held_nodes(value)]
        return written.add(compound_node(value, indexes, of.known))
