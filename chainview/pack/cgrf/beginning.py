"""Reading the beginning of a large CGRF value: what nobody looks at is counted, and made only when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from struct import Struct
from typing import Any, Final

from chainview.pack.cgrf.decoder import STORED_SPREAD, decode_stored, read_header
from chainview.pack.cgrf.limits import HEADER_SIZE, MAX_PAYLOAD, NODE_HEAD_SIZE
from chainview.pack.cgrf.nodes import LEAVES, SHAPES, Maker
from chainview.pack.values import Value, types
from chainview.pack.values.types import ELEMENT_WIDTHS, MAX_DEPTH
from chainview.pack.values.unread import Unread
from chainview.system.long_work import PIECE, go_on

_HEAD: Final = Struct("<B3xI")
_CHECKED: Final = (types.BOOL.encoded[0], types.CHAR.encoded[0])
_WIDTHS: Final = {kind: width for kind, width in ELEMENT_WIDTHS.items() if kind not in _CHECKED}
"""Kinds of which any bytes of that number are a value."""


def decode_beginning(data: bytes, most: int, *, by_field: bool = False) -> Value:
    """The value of CGRF bytes as `decode_stored` has it, of which about `most` values are made, the first ones.

    The others are Unread. With `by_field` each field of the record that stands outermost, behind variants, has so many.
    """
    version, count, root = read_header(data)
    nodes = _Nodes.of(data, version, count) if count > most else None
    if nodes is None or nodes.counts[root] > max(count, STORED_SPREAD):
        # Bytes that no writer writes are refused, or read, there.
        return decode_stored(data)
    return nodes.beginning(root, most, by_field=by_field)


class _Nodes:
    """Where each node of a value begins, and what is known of it without that it is made."""

    __slots__ = ("_data", "_lowest", "_shapes", "_starts", "counts")

    def __init__(self, data: bytes, version: int, starts: array[int], counts: array[int], lowest: array[int]) -> None:
        self._data, self._shapes = data, SHAPES[version]
        self._starts, self._lowest = starts, lowest
        self.counts = counts
        """The values in each node, counted at each place where it is used."""

    @classmethod
    def of(cls, data: bytes, version: int, count: int) -> _Nodes | None:
        """The nodes of data in which children stand before their parents; None where all is not well with them."""
        size, at = len(data), HEADER_SIZE
        head, shapes, widths, leaves = _HEAD.unpack_from, SHAPES[version], _WIDTHS, LEAVES
        starts, counts, lowest = array("I", bytes(4 * count)), array("I", [1]) * count, array("I", range(count))
        heights = array("H", [1]) * count
        most = max(count, STORED_SPREAD)
        for index in range(count):
            if index % PIECE == 0:
                go_on()
            start = at + NODE_HEAD_SIZE
            if start > size:
                return None
            kind, length = head(data, at)
            at = start + length
            starts[index] = start
            if widths.get(kind) == length:
                continue
            if at > size or length > MAX_PAYLOAD:
                return None
            try:
                if kind in leaves:
                    leaves[kind](data, start, at)
                    continue
                children = shapes[kind](data, start, at)[2]
            except (ValueError, KeyError):
                return None
            height, expanded, first = 0, 1, index
            for child in children:
                if child >= index:
                    return None
                expanded += counts[child]
                if heights[child] > height:
                    height = heights[child]
                if lowest[child] < first:
                    first = lowest[child]
            if height >= MAX_DEPTH or expanded > most:
                return None
            heights[index], counts[index], lowest[index] = height + 1, expanded, first
        return cls(data, version, starts, counts, lowest) if at == size else None

    def written(self, place: int) -> tuple[int, bytes]:
        """The nodes from the first one that a part reaches up to its own, with the number of that."""
        first = self._starts[self._lowest[place]] - NODE_HEAD_SIZE
        start = self._starts[place]
        return place, self._data[first : start + self._length(place)]

    def _length(self, place: int) -> int:
        length: int = _HEAD.unpack_from(self._data, self._starts[place] - NODE_HEAD_SIZE)[1]
        return length

    def beginning(self, place: int, most: int, *, by_field: bool = False) -> Value:
        """The value of a node, of which the first so many values are made, wholes before their parts."""
        path: list[tuple[Maker, Any, Iterator[int], list[Value], bool]] = []
        held: list[Value] = []
        left, outermost = most, by_field
        waiting: Iterator[int] = iter((place,))
        while True:
            for child in waiting:
                if path and path[-1][4]:
                    left = most
                if left <= 0 and not outermost:
                    held.append(Unread(self.counts[child], self, child))
                    continue
                left -= 1
                kind, start = self._data[self._starts[child] - NODE_HEAD_SIZE], self._starts[child]
                end = start + self._length(child)
                if kind in LEAVES:
                    held.append(LEAVES[kind](self._data, start, end))
                    continue
                make, own, children = self._shapes[kind](self._data, start, end)
                is_divided = outermost and kind == types.TAG_RECORD
                outermost = outermost and kind == types.TAG_VARIANT
                path.append((make, own, waiting, held, is_divided))
                waiting, held = iter(children), []
                break
            else:
                if not path:
                    return held[0]
                make, own, waiting, above, _ = path.pop()
                above.append(make(own, held))
                held = above
