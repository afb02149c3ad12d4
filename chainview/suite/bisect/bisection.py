"""The search for the first build that differs, whatever builds are and whoever judges them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

_B = TypeVar("_B", bound=Hashable)
_Of = TypeVar("_Of", bound=Hashable)
_OUTWARDS = 3
"""The larger this is, the shorter are the steps that lead away from builds that can't be judged."""


class Side(StrEnum):
    """What is known of a build, by the name that reports have for it."""

    IDENTICAL = "identical"
    DIFFERS = "differs"
    SKIPPED = "skipped"
    """It was not built, or could not be judged."""


class Between(Protocol[_Of]):
    """What knows which builds come before which."""

    def between(self, identical: Sequence[_Of], differs: _Of) -> Sequence[_Of]:
        """The builds that may be the first that differs, the one that is known to differ among them.

        That is, it and those before it that come neither before one that is identical nor are one: first those that
        tell most, whatever is found of them.
        """


class Bisection(Generic[_B]):
    """A search between a build that is identical and a later one that differs: it says which is to be judged next."""

    def __init__(self, builds: Between[_B], identical: _B, differs: _B) -> None:
        self._builds = builds
        self._identical, self._differs = [identical], differs
        self._skipped: set[_B] = set()
        self.candidates: Sequence[_B] = ()
        """The builds that may be the first that differs, `differs` among them: one once that is known."""
        self._narrow()

    @property
    def differs(self) -> _B:
        """Of the builds that differ the one that no other one comes before, as far as is known."""
        return self._differs

    @property
    def identical(self) -> _B:
        """The last build that was found to be identical."""
        return self._identical[-1]

    @property
    def steps_left(self) -> int:
        """How many more builds have to be judged, about."""
        return len(self._untried).bit_length()

    @property
    def due(self) -> _B | None:
        """The build to be judged next; None where the first that differs is known, or nothing more can be known."""
        untried = self._untried
        if not untried:
            return None
        # What keeps one from being built is likely to be so of its neighbours: the next one is farther away.
        skipped = len(self.candidates) - 1 - len(untried)
        return untried[len(untried) * skipped // (skipped + _OUTWARDS)]

    @property
    def _untried(self) -> Sequence[_B]:
        return [each for each in self.candidates if each != self._differs and each not in self._skipped]

    def learn(self, build: _B, side: Side) -> None:
        """Takes what was found of the build that was due."""
        if side is Side.SKIPPED:
            self._skipped.add(build)
            return
        if side is Side.DIFFERS:
            self._differs = build
        else:
            self._identical.append(build)
        self._narrow()

    def _narrow(self) -> None:
        self.candidates = self._builds.between(self._identical, self._differs)
