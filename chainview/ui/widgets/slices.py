"""Long work on the screen's own thread, in slices short enough that no key has to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter


class Slices:
    """Named pieces of work, each an iterator whose steps are short; a new one replaces the one of its name.

    `begun` is told of work where there was none.
    """

    def __init__(self, begun: Callable[[], object] = lambda: None) -> None:
        self._work: dict[str, Iterator[object]] = {}
        self._begun = begun

    def __len__(self) -> int:
        return len(self._work)

    def __contains__(self, name: str) -> bool:
        return name in self._work

    def add(self, name: str, work: Iterator[object]) -> None:
        """Starts work."""
        rested = not self._work
        self._work[name] = work
        if rested:
            self._begun()

    def drop(self, name: str) -> None:
        """Ends work, if there is any of that name."""
        self._work.pop(name, None)

    def run(self, seconds: float, only: str = "") -> None:
        """Goes on with all of it, or `only` with that of one name, in turn, for about that long."""
        until = perf_counter() + seconds
        while self._work and perf_counter() < until:
            for name in [only] if only else list(self._work):
                work = self._work.pop(name, None)
                if work is None:
                    return
                # It stands behind the others now, which have their turn before it also where the time is over.
                self._work[name] = work
                if next(work, _OVER) is _OVER and self._work.get(name) is work:
                    del self._work[name]
                if perf_counter() >= until:
                    return


_OVER = object()
