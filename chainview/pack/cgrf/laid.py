"""Values that are read where they lie just as the encoder writes them, so that what holds parts of them is copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

from chainview.pack.cgrf.copies import INDEX_BYTES
from chainview.pack.cgrf.decoder import DecodeError, read_header
from chainview.pack.cgrf.encoder import LEAF_WRITERS, EncodeError, compound_node
from chainview.pack.cgrf.limits import HEADER_SIZE, NODE_HEAD_SIZE, PARTS_OF_VERSION, VERSIONS
from chainview.pack.cgrf.nodes import LEAVES, SHAPES, Maker
from chainview.pack.values import UNIT, Value

_MOST_NODES: Final = 900
"""Far below the levels that a value may have, so that those of none of these need to be counted."""
_LARGEST: Final = 1 << 16
_HEAD: Final = Struct("<II")
_PAIR: Final = Struct("<3I")
_FLAGS: Final = slice(6, 8)
_MEMO_SIZE: Final = 4096
_MEMO_BYTES: Final = 192

_Shape = tuple[Maker, object, list[int]]
"""What a node says that holds others: how its value is made, what of, and the indexes."""
_nodes: Final[dict[int, dict[bytes, Value | _Shape]]] = {version: {} for version in VERSIONS}
"""What whole nodes say that the encoder writes so: most of those of a value came in the one before."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A value with its bytes: where each of its nodes ends, and where indexes stand in them, with how many."""

    value: Value
    data: bytes
    ends: Sequence[int]
    indexes: Sequence[tuple[int, int]]

    def pair(self) -> tuple[int, int]:
        """The indexes of both values, where the value is an ok of a pair."""
        _, first, second = _PAIR.unpack_from(self.data, self.ends[-3] + NODE_HEAD_SIZE)
        return first, second

    def nodes(self, count: int, behind: int = 0) -> bytes:
        """The first so many nodes, as they are where so many others stand before them."""
        stop = self.ends[count - 1]
        nodes = self.data[HEADER_SIZE:stop]
        if not behind:
            return nodes
        places: list[bytes] = []
        at = HEADER_SIZE
        for start, held in self.indexes:
            if start >= stop:
                break
            places += (bytes(start - at), b"\1\0\0\0" * held)
            at = start + INDEX_BYTES * held
        # No index can overflow, so that all of them grow in one addition.
        where = int.from_bytes(b"".join(places), "little")
        return (int.from_bytes(nodes, "little") + behind * where).to_bytes(len(nodes), "little")


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
    return Laid(values[0], data, ends, indexes) if at == size and len(values) == 1 else None


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
