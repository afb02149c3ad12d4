"""The search from the first build to the last, which have to be what they are said to be, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from chainview.suite.bisect.bisection import Bisection, Side
from chainview.suite.bisect.builds import BuildName, Builds, NotBuilt
from chainview.suite.bisect.closed_judge import side_of
from chainview.suite.case import Result
from chainview.system.errors import ChainviewError

_B = TypeVar("_B", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tried:
    """A build, on which side it is, and why, in a sentence; empty for one that is identical."""

    name: BuildName
    side: Side
    sentence: str = ""
    said: tuple[str, ...] = ()
    """The last lines of the command that did not build it."""
    result: Result | None = None
    """What it was judged by; None where it was not built."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Bisected:
    """What a search came to. `one_of` holds the builds that may be the first that differs: one where it was found.

    It holds none where the last build is identical too.
    """

    one_of: tuple[Tried, ...]
    last_identical: Tried
    tried: tuple[Tried, ...]
    builds: int
    """How many there are."""
    noun: str
    seconds: float

    @property
    def differs(self) -> Tried | None:
        """Of the builds that were found to differ the first one; None where none does."""
        return next((each for each in self.one_of if each.side is Side.DIFFERS), None)

    @property
    def skipped(self) -> list[Tried]:
        """The builds of which nothing is known."""
        return [each for each in self.tried if each.side is Side.SKIPPED]

    @property
    def exit_code(self) -> int:
        """0 where it was found, or is one of several, 1 where nothing differs."""
        return 0 if self.one_of else 1


class Bisecting(Generic[_B]):
    """A search among builds, on whatever thread calls `run`; any other may look how far it is."""

    def __init__(self, builds: Builds[_B], judge: Callable[[str], Result], told: Callable[[str], None]) -> None:
        """`told` hears of each build that was tried, in lines for a person."""
        self._builds, self._judge, self._told = builds, judge, told
        self._tried: dict[_B, Tried] = {}
        self._doing = ""
        self._left = 0

    @property
    def how_far(self) -> str:
        """How far it is, in a few words."""
        return self._doing

    @property
    def known(self) -> str:
        """What is known so far, in a sentence; empty where that is nothing yet."""
        sides = [(each.name, each.side) for each in self._tried.values()]
        identical = [name for name, side in sides if side is Side.IDENTICAL]
        differs = [name for name, side in sides if side is Side.DIFFERS]
        if not identical or not differs:
            return ""
        return f"so far: {identical[-1].whole} is identical, and {differs[-1].whole} differs"

    def run(self) -> Bisected:
        """Searches to the end; raises ChainviewError where the first build, or the last, is not what it is to be."""
        began = time.monotonic()
        builds = self._builds
        search = Bisection(builds, builds.first, builds.last)
        count = 1 + len(search.candidates)
        # The two ends are tried before anything is searched.
        self._left = 2 + search.steps_left
        first = self._try(builds.first)
        if first.side is not Side.IDENTICAL:
            raise ChainviewError(f"{first.name.whole} is to be identical, {_but_is(first)}")
        last = self._try(builds.last)
        if last.side is Side.SKIPPED:
            raise ChainviewError(f"{last.name.whole} is to differ, {_but_is(last)}")
        if last.side is Side.IDENTICAL:
            return self._bisected((), last, count, began)
        while (due := search.due) is not None:
            self._left = search.steps_left
            search.learn(due, self._try(due).side)
        one_of = [self._tried[each] for each in builds.in_order(search.candidates)]
        return self._bisected(one_of, self._tried[search.identical], count, began)

    def _bisected(self, one_of: Sequence[Tried], identical: Tried, count: int, began: float) -> Bisected:
        tried = tuple(self._tried.values())
        return Bisected(tuple(one_of), identical, tried, count, self._builds.noun, time.monotonic() - began)

    def _try(self, build: _B) -> Tried:
        name, began = self._builds.name(build), time.monotonic()
        number = len(self._tried) + 1
        so_far = f"{number:,} of about {number - 1 + max(1, self._left):,}: {name.short}"
        self._doing = f"building {so_far}"
        try:
            actor = self._builds.made(build)
            self._doing = f"replaying {so_far}"
            result = self._judge(actor)
        except NotBuilt as why:
            tried = Tried(name, Side.SKIPPED, why.sentence, why.said, None, time.monotonic() - began)
        else:
            side = side_of(result)
            sentence = "" if side is Side.IDENTICAL else result.says[0]
            tried = Tried(name, side, sentence, (), result, time.monotonic() - began)
        self._left -= 1
        self._tried[build] = tried
        self._told(f"build {so_far} {name.more}: {tried.side}{_in_brief(tried)}")
        for line in tried.said:
            self._told(f"  {line}")
        return tried


def _in_brief(tried: Tried) -> str:
    """What is amiss with a build, behind how it is told."""
    if tried.side is Side.DIFFERS and tried.result is not None:
        # The first of the forms is a whole sentence, which stands in the report.
        return f", {tried.result.says[:2][-1]}"
    return f", {tried.sentence}" if tried.sentence else ""


def _but_is(tried: Tried) -> str:
    """What is amiss with a build by which nothing can be searched."""
    if tried.side is Side.DIFFERS:
        return f"and differs: {tried.sentence}"
    return f"and could not be judged: {tried.sentence}"
