"""Find, filter and go to on the replay screen, over both sides."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from chainview.chain.table import EventTable
from chainview.ui.find.find_actions import LookedThrough, Looking
from chainview.ui.find.go_to import Wanted, hash_matches
from chainview.ui.replay.pair_painter import Shown
from chainview.ui.replay.pair_panes import PairPanes
from chainview.ui.replay.pair_tree import PairTree


class ReplayLooking(Looking[PairTree]):
    """Looks through both sides while they are linked, else through the one that has the keys; a filter is for both."""

    def __init__(self, screen: LookedThrough[PairTree], panes: PairPanes) -> None:
        super().__init__(screen)
        self._panes = panes
        self._sought = ""

    @property
    def _trees(self) -> Sequence[PairTree]:
        return self._panes.trees

    def search(self, pattern: str) -> str:
        """Searches for a pattern, or for nothing; returns why it can't be searched for."""
        reason = super().search(pattern)
        self._sought = "" if reason else pattern
        return reason

    def again(self) -> None:
        """Goes on searching and filtering in trees that show something else now."""
        if self._sought:
            super().search(self._sought)
        if self.filtering and any(tree.filter_count is None for tree in self._trees):
            self.set_filter(self.filter)

    def go_to(self, wanted: Wanted) -> str:
        """Moves to an event; returns why it can't. A hash is looked for in slices, on either side."""
        tree = self._panes.active
        if not len(tree.table):
            return "there are no events yet"
        if wanted.step is not None:
            tree.move_to(max(0, min(len(tree.table) - 1, (tree.cursor or 0) + wanted.step)))
            return ""
        if wanted.number is not None and self._to_item(wanted.number - 1):
            return ""
        missing = "" if wanted.number is None else f"there is no event {wanted.number:,}: {self._ends()}"
        if not wanted.hash_prefix:
            return missing
        self._screen.slices.add("goto", self._to_hash(wanted.hash_prefix, missing))
        return ""

    def _sides(self) -> list[tuple[EventTable, array[int]]]:
        """The events of either side and the rows they stand in, first the side that an event's number is of."""
        tree = self._panes.active
        both = [(tree.sides.recorded, tree.pairs.recorded), (tree.sides.now, tree.pairs.now)]
        return both[::-1] if tree.shown is Shown.NOW else both

    def _to_item(self, item: int) -> bool:
        for table, rows in self._sides():
            if 0 <= item < len(table) and item in rows:
                self._panes.active.move_to(rows.index(item), centre=True)
                return True
        return False

    def _to_hash(self, prefix: str, missing: str) -> Iterator[None]:
        for table, rows in self._sides():
            for found in hash_matches(table, prefix):
                if found is not None and found in rows:
                    self._panes.active.move_to(rows.index(found), centre=True)
                    return
                yield
        also = f"{missing}; " if missing else ""
        self._screen.say(f"{also}no event's hash begins with {prefix}", "warning")

    def _ends(self) -> str:
        sides = self._panes.sides
        return f"recorded ends at {len(sides.recorded):,}, now at {len(sides.now):,}"
