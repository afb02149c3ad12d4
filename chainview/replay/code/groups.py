"""Things that belong together, by what is known of two of them at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Groups(Generic[T]):
    """Puts things together; each of them is in one group."""

    def __init__(self, things: Iterable[T] = ()) -> None:
        self._same: dict[T, T] = {}
        self._things = list(things)

    def join(self, *things: T) -> None:
        """Says that these belong together."""
        for one, other in pairwise(things):
            one, other = self.name(one), self.name(other)
            if one != other:
                self._same[one] = other

    def name(self, thing: T) -> T:
        """One of the group of a thing, the same for all of them."""
        while thing in self._same:
            thing = self._same[thing]
        return thing

    def all(self) -> list[list[T]]:
        """The groups of the things that were given first, in order."""
        found: dict[T, list[T]] = {}
        for thing in self._things:
            found.setdefault(self.name(thing), []).append(thing)
        return list(found.values())
