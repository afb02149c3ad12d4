"""Values that are read where they lie just as the encoder writes them, so that what holds parts of them is copied."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

from chainview.pack.cgrf.copies import INDEX_BYTES
from chainview.pack.cgrf.decoder import DecodeError, decode, read_header
from chainview.pack.cgrf.encoder import LEAF_WRITERS, EncodeError, compound_node
from chainview.pack.cgrf.glance import FLOATS, INTEGERS
from chainview.pack.cgrf.limits import HEADER_SIZE, NODE_HEAD_SIZE, PARTS_OF_VERSION, VERSIONS
from chainview.pack.cgrf.nodes import LEAVES, SHAPES, Maker
from chainview.pack.values import UNIT, Value, types

_MOST_NODES: Final = 900
"""Far below the levels that a value may have, so that those of none of these need to be counted."""
_LARGEST: Final = 1 << 16
_HEAD: Final = Struct("<II")
_PAIR: Final = Struct("<3I")
_FLAGS: Final = slice(6, 8)
_MEMO_SIZE: Final = 4096
_MEMO_BYTES: Final = 192
_NUMBERS: Final = frozenset((*INTEGERS, *FLOATS, types.FLAGS.encoded[0]))
"""The kinds of nodes of which all bytes behind the head may be any."""

_Shape = tuple[Maker, object, list[int]]
"""What a node says that holds others: how its value is made, what of, and the indexes."""
_nodes: Final[dict[int, dict[bytes, Value | _Shape]]] = {version: {} for version in VERSIONS}
"""What whole nodes say that the encoder writes so: most of those of a value came in the one before."""


class Layout:
    """Where the nodes of a value end, and where indexes stand in them, with how many.

    Values that are the same but for the numbers in them have it in common.
    """

    __slots__ = ("_mask", "_moved", "_rest", "ends", "indexes")

    def __init__(self, ends: Sequence[int], indexes: Sequence[tuple[int, int]]) -> None:
        self.ends, self.indexes = ends, indexes
        self._mask = self._rest = 0
        self._moved: dict[int, int] = {}

    def is_that_of(self, data: bytes, known: bytes) -> bool:
        """Whether bytes lie so, as those do that are known to."""
        if len(data) != len(known):
            return False
        if not self._mask:
            self._mask = self._all_but_numbers(known)
            self._rest = int.from_bytes(known, "little") & self._mask
        return int.from_bytes(data, "little") & self._mask == self._rest

    def _all_but_numbers(self, data: bytes) -> int:
        """Ones where what stands there tells how the value lies; any number is one."""
        parts, at = [b"\xff" * HEADER_SIZE], HEADER_SIZE
        for end in self.ends:
            told = NODE_HEAD_SIZE if data[at] in _NUMBERS else end - at
            parts.append(b"\xff" * told + bytes(end - at - told))
            at = end
        return int.from_bytes(b"".join(parts), "little")

    def moved(self, nodes: bytes, behind: int) -> bytes:
        """The first nodes, as they are where so many others stand before them."""
        stop = HEADER_SIZE + len(nodes)
        where = self._moved.get(stop)
        if where is None:
            places: list[bytes] = []
            at = HEADER_SIZE
            for start, held in self.indexes:
                if start >= stop:
                    break
                places += (bytes(start - at), b"\1\0\0\0" * held)
                at = start + INDEX_BYTES * held
            where = self._moved[stop] = int.from_bytes(b"".join(places), "little")
        # No index can overflow, so that all of them grow in one addition.
        return (int.from_bytes(nodes, "little") + behind * where).to_bytes(len(nodes), "little")


class Laid:
    """A value with its bytes and its layout; one that lies as another is read once somebody looks at it."""

    __slots__ = ("_value", "data", "layout")

    def __init__(self, data: bytes, layout: Layout, value: Value | None = None) -> None:
        self.data, self.layout, self._value = data, layout, value

    @property
    def value(self) -> Value:
        """All of it."""
        if self._value is None:
            self._value = decode(self.data)
        return self._value

    def alike(self, data: bytes) -> Laid | None:
        """The value of other bytes, where they lie as these."""
        return Laid(data, self.layout) if self.layout.is_that_of(data, self.data) else None

    def pair(self) -> tuple[int, int]:
        """The indexes of both values, where the value is an ok of a pair."""
        _, first, second = _PAIR.unpack_from(self.data, self.layout.ends[-3] + NODE_HEAD_SIZE)
        return first, second

    def nodes_between(self, one: int, other: int) -> bytes:
        """The nodes behind one, up to another, which is the last of them."""
        return self.data[self.layout.ends[one] : self.layout.ends[other]]

    def nodes(self, count: int, behind: int = 0) -> bytes:
        """The first so many nodes, as they are where so many others stand before them."""
        nodes = self.data[HEADER_SIZE : self.layout.ends[count - 1]]
        return self.layout.moved(nodes, behind) if behind else nodes


def laid(data: bytes, version: int) -> Laid | None:
    """The value of bytes that the encoder writes for it under that version; None for any others, and where it is large.

    It is the one that `decode` gives.
    """
    try:
        found, count, root = read_header(data) if len(data) <= _LARGEST else (0, 0, 0)
        if found != version or count > _MOST_NODES or root != count - 1 or data[_FLAGS] != b"\0\0":
            return None
        return _read(data, version, count)
    except (ValueError, KeyError, DecodeError, EncodeError):
        return None


def _read(data: bytes, version: int, count: int) -> Laid | None:
    size = len(data)
    head, known = _HEAD.unpack_from, _nodes[version]
    # The values that nothing holds yet, with the indexes of their nodes.
    values: list[Value] = []
    tops: list[int] = []
    ends: list[int] = []
    indexes: list[tuple[int, int]] = []
    at = HEADER_SIZE
    for index in range(count):
        start = at + NODE_HEAD_SIZE
        if start > size:
            return None
        end = start + head(data, at)[1]
        node = data[at:end]
        met = known.get(node)
        if met is None:
            if end > size:
                return None
            met = _met(node, version)
        if isinstance(met, tuple):
            make, own, children = met
            held = len(children)
            if tops[-held:] != children:
                return None
            indexes.append((end - INDEX_BYTES * held, held))
            values[-held:] = (make(own, values[-held:]),)
            tops[-held:] = (index,)
        else:
            values.append(met)
            tops.append(index)
        ends.append(end)
        at = end
    return Laid(data, Layout(ends, indexes), values[0]) if at == size and len(values) == 1 else None


def _met(node: bytes, version: int) -> Value | _Shape:
    """What a node says; raises ValueError, or KeyError, where the encoder does not write it so."""
    # What is reserved beside the kind makes it one that there is not.
    kind = _HEAD.unpack_from(node)[0]
    met: Value | _Shape
    if kind in LEAVES:
        met = LEAVES[kind](node, NODE_HEAD_SIZE, len(node))
        written = LEAF_WRITERS[met.__class__](met)
    else:
        make, own, children = SHAPES[version][kind](node, NODE_HEAD_SIZE, len(node))
        # What it holds shows in nothing but the indexes.
        like = make(own, [UNIT] * len(children))
        written = compound_node(like, children, PARTS_OF_VERSION[version])
        met = (make, own, list(children)) if children else like
    if written != node:
        raise ValueError
    if len(node) <= _MEMO_BYTES:
        known = _nodes[version]
        if len(known) >= _MEMO_SIZE:
            known.clear()
        known[node] = met
    return met
