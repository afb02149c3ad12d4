"""Fuel, stacks and reasons that stand beside events, at about what they take in a file however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Final

import msgpack

from chainview.chain.event import NO_EXTRAS, Extras, Frame

_ROOM: Final = 1 << 13
"""What is held as objects: so many events, frames, and stretches of a reason together."""
_STRETCH: Final = 64
_PARTS_OF_FRAME: Final = 3
_ERRORS: Final = "surrogatepass"


class Noted:
    """By the numbers of their events, which only grow; beyond the first ones they lie packed."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._first: dict[int, Extras] = {}
        self._numbers = array("Q")
        self._ends = array("Q")
        self._packed = bytearray()
        self._packer: msgpack.Packer | None = None
        """Made for the first that is packed: it takes a quarter of a megabyte, and a replay makes very many tables."""

    def add(self, number: int, extras: Extras) -> None:
        """Takes in what stands beside the event of that number."""
        if self._room > 0:
            self._room -= 1 + len(extras.stack) + len(extras.reason) // _STRETCH
            self._first[number] = extras
            return
        frames = [part for frame in extras.stack for part in (frame.function, frame.place, frame.offset)]
        if self._packer is None:
            self._packer = msgpack.Packer(unicode_errors=_ERRORS)
        self._packed += self._packer.pack([extras.fuel, extras.reason, *frames])
        self._numbers.append(number)
        self._ends.append(len(self._packed))

    def at(self, number: int) -> Extras:
        """The fuel, the stack and the reason of the very event of that number."""
        first = self._first.get(number)
        if first is not None or not self._numbers:
            return first or NO_EXTRAS
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            return NO_EXTRAS
        begin, end = self._ends[at - 1] if at else 0, self._ends[at]
        fuel, reason, *parts = msgpack.unpackb(self._packed[begin:end], unicode_errors=_ERRORS)
        frames = zip(*[iter(parts)] * _PARTS_OF_FRAME, strict=True)
        return Extras(fuel=fuel, stack=tuple([Frame(*frame) for frame in frames]), reason=reason)

    def forget(self, last: int) -> None:
        """Lets go of those of all events up to a number."""
        self._first = {number: extras for number, extras in self._first.items() if number > last}
        count = bisect_left(self._numbers, last + 1)
        if count:
            gone = self._ends[count - 1]
            self._ends = array("Q", [end - gone for end in self._ends[count:]])
            del self._numbers[:count], self._packed[:gone]
