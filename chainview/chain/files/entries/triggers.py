"""What brought the events of a chain about, as far as that was noted, at a few bytes each however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from chainview.chain.event import Trigger
from chainview.chain.files.entries.type_names import TypeNames


class Triggers:
    """By the numbers of the events that were brought about, which only grow."""

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._kinds = array("I")
        self._actors = array("I")
        self._events = array("Q")
        self._texts = TypeNames()

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, trigger: Trigger) -> None:
        """Takes in what brought the event of that number about."""
        self._numbers.append(number)
        self._kinds.append(self._texts.learn(trigger.kind))
        self._actors.append(self._texts.learn(trigger.actor))
        self._events.append(trigger.event)

    def at(self, number: int) -> Trigger | None:
        """What brought that very event about; None where nothing is noted."""
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            return None
        return Trigger(self._texts[self._kinds[at]], self._texts[self._actors[at]], self._events[at])

    def between(self, first: int, stop: int) -> Iterator[tuple[int, Trigger]]:
        """Those noted of events from a number up to another, with the numbers of those events."""
        for number in self._numbers[bisect_left(self._numbers, first) : bisect_left(self._numbers, stop)]:
            trigger = self.at(number)
            if trigger is not None:
                yield number, trigger

    def forget(self, number: int) -> None:
        """Lets go of all up to a number."""
        old = bisect_left(self._numbers, number + 1)
        for column in (self._numbers, self._kinds, self._actors, self._events):
            del column[:old]
