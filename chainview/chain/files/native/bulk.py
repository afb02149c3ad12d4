"""Taking in the events of a native chain file by the core, as far as they lie there as the writer lays them out."""

from __future__ import annotations

from typing import Final

import msgpack

from chainview.chain.event import Extras
from chainview.chain.files.entries.beside import Beside
from chainview.chain.files.entries.entry import Data
from chainview.chain.files.native.layout import TEXT_ERRORS, read_extras
from chainview.chain.files.native.object_end import BLOB_LENGTH
from chainview.chain.files.native.reader import BROKEN, LONGEST_ARRAY
from chainview.chain.hashing import HASH_SIZE
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, ODD_EXTRAS, ODD_PARENT, ODD_REASON, Columns

_LEAST_READ: Final = 1 << 16
_SHORT_RUN: Final = 32
"""Events that must be taken in at once for that to be worth its call."""
_MOST_BY_HAND: Final = 1 << 12
_HASH_AT: Final = 3
_NONE: Final = 0xC0


class BulkIndex:
    """Fills a table from a file; what it leaves is to be read entry by entry, `by_hand` of them."""

    def __init__(self, data: Data, table: EventTable) -> None:
        self.by_hand = 1
        """How many entries are to be read without it, before it is worth asking again."""
        self._data, self._table = data, table
        self._patience = 1

    def take_in(self, position: int, most: int) -> tuple[int, int]:
        """Adds up to `most` events from a position on; how many, and where the next entry begins."""
        table, size = self._table, len(self._data)
        core = serving.event_core() if serving.pays(size - position) else None
        if core is None or not core.learn(table, len(table.type_names), table.type_texts):
            self.by_hand = _MOST_BY_HAND
            return 0, position
        data = self._data[position : min(size, position + self._worth_reading(position, most))]
        columns = core.index(data, position, most, table.going)
        beside = _beside(columns, data, position)
        if beside is None:
            self.by_hand = columns.count
            return 0, position
        table.extend(columns, beside)
        if columns.count < min(most, _SHORT_RUN):
            self._patience = min(2 * self._patience, _MOST_BY_HAND)
            self.by_hand = self._patience
        elif columns.count < most and not (columns.is_short and position + len(data) < size):
            self._patience = self.by_hand = 1
        return columns.count, position + columns.taken

    def _worth_reading(self, position: int, most: int) -> int:
        """About as many bytes as so many events take."""
        known = max(len(self._table), 1)
        return min(max(_LEAST_READ, (position // known + 1) * most * 5 // 4), MOST_BYTES)


def _beside(columns: Columns, data: bytes, position: int) -> Beside | None:
    """What columns do not say of their events; None where some of it can't be read."""
    parents, extras, reasons = dict[int, bytes | None](), dict[int, Extras](), dict[int, str]()
    starts = memoryview(columns.starts).cast("Q")
    for at, why, begin, end in columns.odd:
        if why & ODD_PARENT:
            parents[at] = _parent(data, starts[at] - position)
        if why & ODD_REASON:
            reasons[at] = data[begin:end].decode()
        elif why & ODD_EXTRAS:
            try:
                stored = msgpack.unpackb(
                    data[begin:end],
                    strict_map_key=False,
                    max_array_len=LONGEST_ARRAY,
                    max_map_len=LONGEST_ARRAY,
                    unicode_errors=TEXT_ERRORS,
                )
            except BROKEN:
                return None
            extras[at] = read_extras(stored)
    return Beside(parents, extras, reasons)


def _parent(data: bytes, start: int) -> bytes | None:
    """The parent in an entry whose hashes have their usual size."""
    at = start + _HASH_AT
    at += 1 + BLOB_LENGTH[data[at]] + HASH_SIZE
    if data[at] == _NONE:
        return None
    at += 1 + BLOB_LENGTH[data[at]]
    return data[at : at + HASH_SIZE]
