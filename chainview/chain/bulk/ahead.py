"""The payloads of events that are asked for one after the other, many of them read at once."""

from __future__ import annotations

from typing import Final

from chainview.chain.table import EventTable

_EVENTS: Final = 1 << 9
_BYTES: Final = 1 << 16


class PayloadsAhead:
    """The payloads of a table's events; behind one that followed the one before come those that may follow.

    The table may grow, and let go of its oldest events, between two of them.
    """

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self._held: list[bytes] = []
        self._first = 0
        """The number of the event that the first of those held is of."""
        self._following = 0
        """The number behind that of the event that was asked for last."""

    def of(self, index: int) -> bytes:
        """The payload of the event at an index."""
        table = self._table
        number = table.number(index)
        at = number - self._first
        if not 0 <= at < len(self._held):
            stop = index + 1
            if number == self._following:
                near = table.index_at(table.raw_start(index) + _BYTES)
                stop = min(max(stop, near), index + _EVENTS, len(table))
            self._first, self._held, at = number, table.payloads(index, stop), 0
        self._following = number + 1
        return self._held[at]
