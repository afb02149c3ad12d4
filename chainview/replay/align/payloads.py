"""Which payloads of two tables are the same: by reading them, or by fingerprints where the core makes those."""

from __future__ import annotations

import os
from array import array
from collections.abc import Hashable, Sequence
from typing import Protocol

from chainview.chain.bulk.fingerprints import fingerprints
from chainview.chain.table import EventTable
from chainview.core.events import KEY_SIZE
from chainview.system.alike import common_start


class Payloads(Protocol):
    """The payloads of two tables, from an event of each on."""

    def run(self, at: int, at_other: int, count: int) -> int:
        """How many of so many pairs of events, from these on, have the same payload before the first that has not."""

    def keys(self, ones: Sequence[int], others: Sequence[int]) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
        """What is equal for those events of either table that have the same payload, and for no other."""


def payloads_of(one: EventTable, other: EventTable, start: int, start_other: int) -> Payloads:
    """The payloads of the events from these on."""
    key = os.urandom(KEY_SIZE)
    prints = fingerprints(one, start, key)
    prints_other = None if prints is None else fingerprints(other, start_other, key)
    if prints is None or prints_other is None:
        return ReadPayloads(one, other)
    return PrintedPayloads(prints, prints_other, start, start_other)


class PrintedPayloads:
    """Payloads by their fingerprints."""

    def __init__(self, one: array[int], other: array[int], start: int, start_other: int) -> None:
        self._one, self._other = one, other
        self._start, self._start_other = start, start_other

    def run(self, at: int, at_other: int, count: int) -> int:
        """As `Payloads` says."""
        begin, begin_other = at - self._start, at_other - self._start_other
        one, other = self._one[begin : begin + count], self._other[begin_other : begin_other + count]
        return common_start(one, other)

    def keys(self, ones: Sequence[int], others: Sequence[int]) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
        """As `Payloads` says."""
        one, start, other, start_other = self._one, self._start, self._other, self._start_other
        return array("Q", [one[at - start] for at in ones]), array("Q", [other[at - start_other] for at in others])


class ReadPayloads:
    """Payloads as they are read: what fingerprints stand for."""

    def __init__(self, one: EventTable, other: EventTable) -> None:
        self._one, self._other = _Blocks(one), _Blocks(other)
        self._tables = one, other

    def run(self, at: int, at_other: int, count: int) -> int:
        """As `Payloads` says."""
        one, other = self._one.of(at, count), self._other.of(at_other, count)
        return count if one == other else next(place for place in range(count) if one[place] != other[place])

    def keys(self, ones: Sequence[int], others: Sequence[int]) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
        """As `Payloads` says."""
        one, other = self._tables
        return one.payloads_at(ones), other.payloads_at(others)


class _Blocks:
    """A side's payloads, read in blocks; what was read beyond a difference is kept for the block behind it."""

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self._start = 0
        self._held: list[bytes] = []

    def of(self, at: int, size: int) -> list[bytes]:
        place = at - self._start
        if not 0 <= place <= len(self._held):
            place, self._start, self._held = 0, at, []
        missing = place + size - len(self._held)
        if missing > 0:
            self._held = self._held[place:] + self._table.payloads(at + size - missing, at + size)
            self._start, place = at, 0
        return self._held[place : place + size]
