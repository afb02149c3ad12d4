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
        self._states: list[ShownState] = []
        self._starts = array("Q")
        """Where the event of each number begins in the source, which has its state."""

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def add(self, number: int, state: ShownState, start: int) -> None:
        """Takes in the state shown after an event, which begins at `start` of the source where there is one."""
        self._numbers.append(number)
        if self.source is None:
            self._states.append(state)
        else:
            self._starts.append(start)

    def last_before(self, number: int) -> int | None:
        """The number of the last event before another one after which a state was shown."""
        at = bisect_left(self._numbers, number)
        return self._numbers[at - 1] if at else None

    def between(self, first: int, stop: int) -> array[int]:
        """The numbers from `first` up to `stop` of the events after which a state was shown."""
        return self._numbers[bisect_left(self._numbers, first) : bisect_left(self._numbers, stop)]

    def at(self, number: int) -> ShownState | None:
        """The state shown after that very event; None where none was."""
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            return None
        return self._states[at] if self.source is None else self.source.state(self._starts[at])

    def forget(self, number: int) -> None:
        """Lets go of all up to a number but the last one, which still holds behind it."""
        old = max(0, bisect_left(self._numbers, number + 1) - 1)
        del self._numbers[:old], self._states[:old], self._starts[:old]
