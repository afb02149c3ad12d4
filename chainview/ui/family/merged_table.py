"""The events of all chains of a family as the table of a view: a row an event, none of them folded."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from chainview.chain.event import Kind
from chainview.chain.families.link import Place
from chainview.chain.families.merged import Merged
from chainview.chain.table import EventTable
from chainview.chain.words.lanes import Lanes

_ROW_BYTES = 8
"""A row counts for so many bytes where bytes are searched, as a power of two: they don't lie behind each other."""
_STILL_THERE = 1 << 60


class MergedTable:
    """The rows of an order, with the chains that it is the order of."""

    dropped = 0
    """Rows are never let go of: where chains let go of events, another table takes the place."""

    def __init__(self, order: Merged, *, live: bool = False) -> None:
        """In a `live` family an actor is there until it is over, else up to its last event."""
        self.order = order
        self.tables: dict[int, EventTable] = {}
        """The chains, by the numbers of their actors."""
        self.names: dict[int, str] = {}
        self.over: frozenset[int] = frozenset()
        """The actors of a live family that have ended."""
        self.kinds = bytearray()
        """Of every row the same, as rows are not folded into calls."""
        self._live = live

    def __len__(self) -> int:
        return len(self.kinds)

    def steps(self, call: int) -> int:
        """How many rows follow that are of the same call: none."""
        return 0

    def raw_start(self, index: int) -> int:
        """Where a row begins in what is searched."""
        return index << _ROW_BYTES

    def index_at(self, position: int) -> int:
        """The row that a position in what is searched belongs to."""
        return position >> _ROW_BYTES

    def settle(self) -> None:
        """Takes in that the order has grown."""
        self.kinds += bytes((Kind.OTHER,)) * (len(self.order) - len(self.kinds))

    def event(self, row: int) -> tuple[EventTable, int] | None:
        """The chain and the index in it of a row's event; None where it was let go of."""
        place = self.order.at(row)
        table = self.tables.get(place.actor)
        index = -1 if table is None else place.index - table.dropped
        return (table, index) if table is not None and 0 <= index < len(table) else None

    def stretches(self, start: int, stop: int) -> Iterator[tuple[EventTable, int, array[int]]]:
        """The rows from `start` up to `stop` by their actors: the chain, the first index, the rows one after the other.

        The events of each lie one after the other too.
        """
        rows: dict[int, array[int]] = {}
        firsts = dict[int, int]()
        for row, place in enumerate(self.order.places(start, stop), start):
            of_actor = rows.get(place.actor)
            if of_actor is None:
                rows[place.actor], firsts[place.actor] = array("I", (row,)), place.index
            else:
                of_actor.append(row)
        for actor, of_actor in rows.items():
            table = self.tables.get(actor)
            gone = 0 if table is None else max(0, table.dropped - firsts[actor])
            if table is not None and gone < len(of_actor):
                yield table, firsts[actor] + gone - table.dropped, of_actor[gone:]

    def lanes(self, most: int) -> Lanes:
        """The columns of the actors."""
        extents = self.order.extents()
        if self._live:
            for actor, extent in enumerate(extents):
                if extent is not None and actor not in self.over:
                    extents[actor] = extent[0], _STILL_THERE
        return Lanes(extents, most)

    def row_of(self, actor: int, number: int) -> int | None:
        """The row of an event by its number in the chain of an actor."""
        return self.order.row_of(Place(actor, number - 1))
