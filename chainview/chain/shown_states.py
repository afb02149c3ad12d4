"""The states that a module showed between its calls, which keeps them inside, by the event after which it did."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from chainview.chain.event import StateGap
from chainview.chain.payload_source import PayloadSource

ShownState = bytes | StateGap
"""A state as CGRF, or why it is not known."""


class ShownStates:
    """The states by the numbers of their events, which only grow; those of a file stay where `source` has them."""

    def __init__(self, source: PayloadSource | None) -> None:
        self.source = source
        self._numbers = array("I")
        self._held: dict[int, ShownState | int] = {}
        """The state of each number, or where its event begins in the source."""

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def add(self, number: int, state: ShownState, start: int) -> None:
        """Takes in the state shown after an event, which begins at `start` of the source where there is one."""
        self._numbers.append(number)
        self._held[number] = state if self.source is None else start

    def last_before(self, number: int) -> int | None:
        """The number of the last event before another one after which a state was shown."""
        at = bisect_left(self._numbers, number)
        return self._numbers[at - 1] if at else None

    def between(self, first: int, stop: int) -> array[int]:
        """The numbers from `first` up to `stop` of the events after which a state was shown."""
        return self._numbers[bisect_left(self._numbers, first) : bisect_left(self._numbers, stop)]

    def at(self, number: int) -> ShownState | None:
        """The state shown after that very event; None where none was."""
        held = self._held.get(number)
        if isinstance(held, int):
            return None if self.source is None else self.source.state(held)
        return held

    def forget(self, number: int) -> None:
        """Lets go of all up to a number but the last one, which still holds behind it."""
        old = max(0, bisect_left(self._numbers, number + 1) - 1)
        for each in self._numbers[:old]:
            del self._held[each]
        del self._numbers[:old]
