"""The parents that events state and that are not the event before, at a few bytes each however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_left


class OtherParents:
    """By the numbers of their events, which only grow."""

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._ends = array("Q")
        self._are_none = bytearray()
        self._bytes = bytearray()

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, parent: bytes | None) -> None:
        """Takes in what the event of that number states."""
        self._numbers.append(number)
        self._are_none.append(parent is None)
        if parent:
            self._bytes += parent
        self._ends.append(len(self._bytes))

    def at(self, number: int) -> bytes | None:
        """What the event of that number states, of which something was taken in."""
        at = bisect_left(self._numbers, number)
        if self._are_none[at]:
            return None
        return bytes(self._bytes[self._ends[at - 1] if at else 0 : self._ends[at]])

    def forget(self, last: int) -> None:
        """Lets go of those of all events up to a number."""
        count = bisect_left(self._numbers, last + 1)
        if count:
            gone = self._ends[count - 1]
            self._ends = array("Q", [end - gone for end in self._ends[count:]])
            del self._numbers[:count], self._are_none[:count], self._bytes[:gone]

    def begin_with(self, number: int, parent: bytes | None) -> None:
        """Takes in what the first event states, in the place of what it stated before."""
        self.forget(number)
        said = parent or b""
        self._numbers.insert(0, number)
        self._are_none.insert(0, parent is None)
        self._bytes[:0] = said
        self._ends = array("Q", [len(said), *[end + len(said) for end in self._ends]])
