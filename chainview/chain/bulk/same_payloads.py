"""How far the payloads of two tables are the same, asked of the core."""

from __future__ import annotations

from typing import Final

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_EVENTS, EventCore

_LEAST: Final = 64
"""Events that must fit into one region, so that reading regions pays."""


class SamePayloads:
    """Compares the payloads of two tables, of each of which a region is held by the core of this thread."""

    def __init__(self, one: EventTable, other: EventTable) -> None:
        self._tables = one, other
        self._held = [range(0), range(0)]
        """The events of each table that the core holds."""
        self._pays = serving.pays(min(table.raw_start(len(table)) for table in self._tables))

    def run(self, at: int, at_other: int, most: int) -> tuple[int, bool] | None:
        """How many of up to `most` events have the same payload from here on, and whether the next one has another.

        Fewer than `most`, and no other one behind them, means that it did not look further. None where it can't tell.
        """
        core = serving.event_core() if self._pays and most else None
        if core is None:
            return None
        if not core.pairs_for(self):
            self._held = [range(0), range(0)]
        if not self._holds(core, 0, at) or not self._holds(core, 1, at_other):
            return None
        held, held_other = self._held
        count = min(most, held.stop - at, held_other.stop - at_other)
        same = core.same(at - held.start, at_other - held_other.start, count)
        return same, same < count

    def _holds(self, core: EventCore, side: int, at: int) -> bool:
        """Whether the core holds an event of a table, which it is given first where it does not."""
        if at in self._held[side]:
            return True
        self._held[side] = range(0)
        table = self._tables[side]
        stop = min(at + MOST_EVENTS, len(table))
        if table.raw_start(stop) - table.raw_start(at) > MOST_BYTES:
            stop = table.index_at(table.raw_start(at) + MOST_BYTES)
        damaged = table.kinds.find(Kind.DAMAGED, at, stop)
        stop = stop if damaged < 0 else damaged
        region = table.region(at, stop, MOST_BYTES) if stop - at >= _LEAST or serving.is_always() else None
        if region is None or stop <= at or not core.learn(table, len(table.type_names), table.type_texts):
            return False
        data, offsets = region
        ids = table.type_ids(at, stop).tobytes()
        if not core.load(side, data, offsets.tobytes(), ids, in_entries=table.in_file):
            return False
        self._held[side] = range(at, stop)
        return True
