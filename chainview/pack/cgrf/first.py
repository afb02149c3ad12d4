"""A value that is to stand first in tuples: its nodes are the same there as alone, so that they are written once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from chainview.pack.cgrf.encoder import HEADER, compound_node, encode
from chainview.pack.cgrf.glance import node_count, only_node
from chainview.pack.cgrf.limits import HEADER_SIZE, MAGIC, PARTS_OF_VERSION
from chainview.pack.values import UNIT, String, Tuple, Value

_LARGEST: Final = 1 << 16
"""Bytes up to which a value is kept, far below what is too large for a tuple."""
_SHORT_TEXT: Final = 64
_MOST: Final = 16
"""Values that may follow it."""


class First:
    """Keeps one value, known by its identity, with its nodes."""

    def __init__(self, version: int) -> None:
        """Under this header version."""
        self._version = version
        self._value: Value | None = None
        self._nodes, self._count = b"", 0

    def keep(self, value: Value, size: int) -> None:
        """Keeps this value from now on, a part of one of that size that was written; none where that is large."""
        self._value = None
        if size <= _LARGEST:
            data = encode(value, self._version)
            self._value, self._nodes, self._count = value, data[HEADER_SIZE:], node_count(data)

    def keep_nodes(self, value: Value, nodes: bytes, count: int) -> None:
        """Keeps this value, whose nodes are so many and are at hand."""
        self._value, self._nodes, self._count = value, nodes, count

    def tuple_of(self, value: Value) -> bytes | None:
        """What `encode` gives of a tuple in which that value is followed by values of a node each; else None."""
        if type(value) is not Tuple or not value.items or value.items[0] is not self._value:
            return None
        nodes = [self._nodes]
        for other in value.items[1:]:
            node = only_node(_encoded(other, self._version))
            if node is None or len(node) > _LARGEST or len(nodes) > _MOST:
                return None
            nodes.append(node)
        last = self._count + len(nodes) - 1
        root = _tuple_node(self._count - 1, last, self._version)
        return b"".join((HEADER.pack(MAGIC, self._version, 0, last + 1, last), *nodes, root))


@lru_cache(maxsize=256)
def _tuple_node(first: int, stop: int, version: int) -> bytes:
    """The node of a tuple of the nodes from one index up to another."""
    items = range(first, stop)
    return compound_node(Tuple((UNIT,) * len(items)), items, PARTS_OF_VERSION[version])


def _encoded(value: Value, version: int) -> bytes:
    if type(value) is String and len(value.value) <= _SHORT_TEXT:
        return _encoded_text(value.value, version)
    return encode(value, version)


@lru_cache(maxsize=256)
def _encoded_text(text: str, version: int) -> bytes:
    """A timer's name, which comes again and again."""
    return encode(String(text), version)
