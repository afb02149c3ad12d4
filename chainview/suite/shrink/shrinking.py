"""Shrinking a chain that differs: fewer and fewer calls and host calls, as long as it differs in the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chainview.chain.payload import INIT
from chainview.replay.run.recording import Recording
from chainview.suite.shrink.minimal import minimal
from chainview.suite.shrink.selection import Made, Selection


class Stopped(Exception):
    """No more chains are to be tried."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What makes the chain of a selection, and what says whether a chain still differs in the same way."""

    make: Callable[[Selection], Made | None]
    differs: Callable[[Made], bool]


class Shrinking:
    """The search for the shortest chain. `best` is the shortest so far, None before one was made anew that differs.

    `run` may be ended from another thread by `stop`: `best` then holds what was found up to there.
    """

    def __init__(self, recording: Recording, trials: Trials, last: int) -> None:
        """`last` is the position of the call in which the cause lies: what comes behind it can't be needed."""
        self.best: Made | None = None
        self.tried = 0
        """How many chains were tried."""
        self.is_minimal = False
        """Whether no call and no host call of `best` can go."""
        self._trials, self._last = trials, last
        self._stopped = False
        self._known: dict[Selection, bool] = {}
        first = recording.call(0) if recording.starts else None
        self._stay = (0,) if first is not None and first.function == INIT else ()
        """The calls that stay whatever they do."""

    def stop(self) -> None:
        """Ends the search at its next chain."""
        self._stopped = True

    def run(self) -> None:
        """Searches to the end, or until it is stopped."""
        with suppress(Stopped):
            self.is_minimal = self._searched()

    def _searched(self) -> bool:
        whole = Selection(tuple(range(self._last + 1)))
        # Most calls can go for nothing but the one in which it shows. The whole, which takes longest, is tried last.
        needed = [each for each in whole.calls if each not in self._stay and each != self._last]
        self._fewer_calls(whole, needed, (self._last,) if self._last not in self._stay else ())
        if self.best is None and not self._still(whole):
            return False
        before = None
        while before != self._selection:
            before = self._selection
            self._fewer_host_calls()
            selection = self._selection
            self._fewer_calls(selection, [each for each in selection.calls if each not in self._stay])
        return True

    @property
    def _selection(self) -> Selection:
        assert self.best is not None
        return self.best.selection

    def _fewer_calls(self, selection: Selection, calls: Sequence[int], pinned: tuple[int, ...] = ()) -> None:
        """Tries to do with fewer of some calls of a selection; the others are `pinned`, or stay."""

        def still(kept: Sequence[int]) -> bool:
            return self._still(selection.with_calls((*self._stay, *kept, *pinned)))

        minimal(calls, still)

    def _fewer_host_calls(self) -> None:
        """Tries to do with fewer of the recorded answers."""
        assert self.best is not None
        selection, served = self.best.selection, self.best.served

        def still(kept: Sequence[int]) -> bool:
            return self._still(selection.without(frozenset(served) - frozenset(kept)))

        minimal(served, still)

    def _still(self, selection: Selection) -> bool:
        """Whether the chain of a selection differs in the same way; it is the best one then."""
        if not selection.calls:
            # A package has no call that stays.
            return False
        if selection not in self._known:
            if self._stopped:
                raise Stopped
            self.tried += 1
            made = self._trials.make(selection)
            differs = made is not None and self._trials.differs(made)
            # A call that was ended with the search says nothing of its chain.
            if self._stopped:
                raise Stopped
            self._known[selection] = differs
            if made is not None and differs:
                self.best = made
        return self._known[selection]
