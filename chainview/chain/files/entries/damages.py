"""The stretches of a chain file that could not be read, at a few bytes each however many there are."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import overload

from chainview.chain.files.entries.entry import Damage

PlacedDamage = tuple[int, Damage]
"""A stretch with the number of events before it."""


TOLD_APART = 100
"""Stretches in a row that are told one by one; those behind them are one."""
_MOST_TOLD_APART = 10_000
"""Stretches of a file, also between others, behind which those in a row are one from the second on."""


class Damages(Sequence[PlacedDamage]):
    """Each stretch with the number of events before it."""

    def __init__(self) -> None:
        self._events = array("Q")
        self._starts = array("Q")
        self._ends = array("Q")
        self._words: list[str] = []
        self._whats = array("I")
        self._in_a_row = 0

    def add(self, events: int, damage: Damage, *, follows: bool) -> bool:
        """Takes in the next stretch, which `follows` the last one or not; False where it only makes that one longer."""
        self._in_a_row = self._in_a_row + 1 if follows and self._ends else 0
        what = self._word(damage.what)
        if self._in_a_row >= (TOLD_APART if len(self) < _MOST_TOLD_APART else 1) and self._whats[-1] == what:
            self._ends[-1] = damage.end
            return False
        self._events.append(events)
        self._starts.append(damage.start)
        self._ends.append(damage.end)
        self._whats.append(what)
        return True

    def _word(self, what: str) -> int:
        if what not in self._words:
            self._words.append(what)
        return self._words.index(what)

    @property
    def end(self) -> int:
        """Where the last stretch ends; -1 where there is none."""
        return self._ends[-1] if self._ends else -1

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, at: int) -> PlacedDamage: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PlacedDamage]: ...
    def __getitem__(self, at: int | slice) -> PlacedDamage | Sequence[PlacedDamage]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return self._events[at], Damage(self._starts[at], self._ends[at], self._words[self._whats[at]])
