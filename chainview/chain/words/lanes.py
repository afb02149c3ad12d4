"""A column an actor, in which a row of a family's events shows whose it is and from where it was brought about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from heapq import heappop, heappush

Extent = tuple[int, int]
"""The rows of an actor's first and last event."""
EVENT, FAILED, LIVING = "●", "✖", "│"


class Lanes:
    """The columns of actors that are there from one row to another, `most` of them at most.

    Each has one of its own where all have room, in the order of their numbers; else one that an actor left which has
    ended, and of too many at once the later ones share the last, in which no line tells who is there.
    """

    def __init__(self, extents: Sequence[Extent | None], most: int) -> None:
        self._extents = extents
        self._columns: list[int | None] = [None] * len(extents)
        self.count = 0
        """How many columns there are."""
        there = [actor for actor, extent in enumerate(extents) if extent is not None]
        if len(there) <= most:
            for column, actor in enumerate(there):
                self._columns[actor] = column
            self.count = len(there)
        else:
            self._share(most)
            if any(self._columns[actor] is None for actor in there):
                self._columns = [None] * len(extents)
                self._share(most - 1)
                self.count = most
        shared = most - 1 if any(self._columns[actor] is None for actor in there) else None
        self._spans: list[list[Extent]] = [[] for _ in range(self.count)]
        """By column: from where to where an actor is in it, first to last."""
        for extent, taken in zip(extents, self._columns, strict=True):
            if extent is not None and taken is not None:
                self._spans[taken].append(extent)
        for actor in there:
            if self._columns[actor] is None:
                self._columns[actor] = shared
        for spans in self._spans:
            spans.sort()
        edges = (edge for spans in self._spans for first, last in spans for edge in (first, last + 1))
        self._edges = sorted(set(edges))
        """The rows at which an actor comes or goes."""
        self._between: tuple[int, list[bool]] = (-1, [])
        """Who is there between two of those, as it was asked last."""

    def _share(self, most: int) -> None:
        free, taken = list(range(most)), list[tuple[int, int]]()
        begun = [(extent, actor) for actor, extent in enumerate(self._extents) if extent is not None]
        for (first, last), actor in sorted(begun):
            while taken and taken[0][0] < first:
                heappush(free, heappop(taken)[1])
            if free:
                column = heappop(free)
                self._columns[actor] = column
                self.count = max(self.count, column + 1)
                heappush(taken, (last, column))

    def column(self, actor: int) -> int | None:
        """The column of an actor; None where it has none."""
        return self._columns[actor] if actor < len(self._columns) else None

    def marks(self, row: int, actor: int, sources: Sequence[int], *, failed: bool = False, cells: int = 1) -> list[str]:
        """The text of each column in a row: an event of an actor, which those of others brought about.

        Each is so many cells wide, and has a line where its own actor has begun and not ended.
        """
        there = self._there(row)
        marks = [(LIVING if living else " ") + " " * (cells - 1) for living in there]
        at = self.column(actor)
        if at is None:
            return marks
        for other in sources:
            source = self.column(other)
            if source is None or source == at:
                continue
            low, high = min(source, at), max(source, at)
            for column in range(low, high + 1):
                marks[column] = _across(column, source, low, high, living=there[column], cells=cells)
        marks[at] = (FAILED if failed else EVENT) + marks[at][1:]
        return marks

    def _there(self, row: int) -> list[bool]:
        """By column whether its actor is there in a row."""
        edge = bisect_right(self._edges, row)
        if self._between[0] != edge:
            self._between = edge, [self._is_living(column, row) for column in range(self.count)]
        return self._between[1]

    def _is_living(self, column: int, row: int) -> bool:
        spans = self._spans[column]
        at = bisect_right(spans, row, key=lambda span: span[0]) - 1
        return at >= 0 and row <= spans[at][1]


def _across(column: int, source: int, low: int, high: int, *, living: bool, cells: int) -> str:
    """What a line from one column to another is in a column: where it begins, and where it crosses."""
    mark = "┼" if living else "─"
    if column == source:
        mark = "├" if column == low else "┤"
    return mark + ("─" if column < high else " ") * (cells - 1)
