"""Lines of blocks that come one by one, of which some stand for others that are folded away."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from time import perf_counter

from chainview.ui.lines.blocks import Block
from chainview.ui.lines.line import Line
from chainview.ui.lines.placed import Key, Placed

_UNFOLDED = 1 << 30


class LazyLines:
    """The lines of blocks; only those up to the last line asked for are pulled, and what is folded is passed over."""

    def __init__(self, blocks: Iterable[Block], folded: set[Key] | None = None) -> None:
        self._rest: Iterator[Block] = iter(blocks)
        self._blocks: list[Block] = []
        self._shown = array("Q")
        self._starts = array("Q")
        self._hidden_below = _UNFOLDED
        self.folded = set() if folded is None else folded
        """What is folded, by its place."""
        self.height = 0
        """How many lines are known."""
        self.complete = False
        """Whether all lines are known."""

    def ensure(self, height: int, seconds: float = 0.02) -> None:
        """Makes that many lines known, if there are so many, and stops early when that takes longer than `seconds`."""
        until = perf_counter() + seconds
        while not self.complete and self.height < height:
            block = next(self._rest, None)
            if block is None:
                self.complete = True
            elif block.height:
                self._blocks.append(block)
                self._show(len(self._blocks) - 1)
                if not len(self._blocks) & 63 and perf_counter() > until:
                    return

    def _show(self, at: int) -> None:
        """Adds the lines of a block, unless one above it is folded."""
        block = self._blocks[at]
        if isinstance(block, Placed):
            if block.place.depth > self._hidden_below:
                return
            folded = block.place.key in self.folded
            self._hidden_below = block.place.depth if folded else _UNFOLDED
            height = block.heads if folded else block.height
        else:
            self._hidden_below = _UNFOLDED
            height = block.height
        self._shown.append(at)
        self._starts.append(self.height)
        self.height += height

    def _refold(self) -> None:
        self._shown, self._starts, self.height, self._hidden_below = array("Q"), array("Q"), 0, _UNFOLDED
        for at in range(len(self._blocks)):
            self._show(at)

    def line(self, row: int) -> Line:
        """The line at `row`, which must be known."""
        at = bisect_right(self._starts, row) - 1
        block = self._blocks[self._shown[at]]
        if isinstance(block, Placed) and row == self._starts[at] and block.place.key in self.folded:
            return block.folded_line
        return block.line(row - self._starts[at])

    # Places

    def placed_at(self, row: int) -> Placed | None:
        """What stands at a line; None where that is no value."""
        at = bisect_right(self._starts, row) - 1
        block = self._blocks[self._shown[at]] if 0 <= row < self.height else None
        return block if isinstance(block, Placed) else None

    def row_of(self, key: Key) -> int | None:
        """The first line of a place; None where it is not known, or folded away."""
        for at, shown in enumerate(self._shown):
            block = self._blocks[shown]
            if isinstance(block, Placed) and block.place.key == key:
                return self._starts[at]
        return None

    def first_row(self, row: int) -> int:
        """The first line of what stands at a line."""
        at = bisect_right(self._starts, row) - 1
        return self._starts[at] if at >= 0 else 0

    def beside(self, row: int, step: int, shallower: int = 0) -> int | None:
        """The first line of the next place, or for -1 the one before, that is as deep as that of a line, or less."""
        here = self.placed_at(row)
        at = bisect_right(self._starts, row) - 1 + step
        while here is not None and 0 <= at < len(self._shown):
            block = self._blocks[self._shown[at]]
            if not isinstance(block, Placed):
                if here.place.depth - shallower > 0:
                    return None
            elif block.place.depth <= here.place.depth - shallower:
                return self._starts[at]
            at += step
        return None

    def set_folded(self, placed: Placed, folded: bool) -> None:
        """Folds a place, or unfolds it."""
        (self.folded.add if folded else self.folded.discard)(placed.place.key)
        self._refold()

    def fold_all(self) -> None:
        """Folds all places that are known and hold others; those on top stay open, so that something is to be seen."""
        placed = [block for block in self._blocks if isinstance(block, Placed)]
        self.folded |= {each.place.key for each in placed if each.foldable and each.place.depth}
        self._refold()

    def unfold_all(self) -> None:
        """Unfolds everything."""
        self.folded.clear()
        self._refold()
