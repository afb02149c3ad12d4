"""The interpreter's whole collections of garbage, each as long as several frames, made while nobody types."""

from __future__ import annotations

import gc
from time import perf_counter
from types import TracebackType
from typing import Self

_QUIET_LOOKS = 5
"""So many times in a row nothing may have been typed before a collection."""
_DUE, _OVERDUE = 100, 300
"""How many collections of young objects bring about a whole one: where nobody types, and where somebody does.

Each frame brings about one or two of them, also where it leaves nothing.
"""
_SHARE = 100
"""A whole collection comes no sooner than so many times its own length after the one before."""
_NEVER = 1 << 30


class Garbage:
    """Collects as somebody types or does not; within it the interpreter makes no whole collection by itself."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        self._quiet = 0
        self._not_before = 0.0
        self._kept = False

    def __enter__(self) -> Self:
        self._before = gc.get_threshold()
        gc.set_threshold(*self._before[:2], _NEVER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.set_threshold(*self._before)

    def typed(self) -> None:
        """Somebody types: a collection waits, unless there is very much of it."""
        self._quiet = 0
        self._collect(_OVERDUE)

    def quiet(self) -> None:
        """Nothing was typed since the last look."""
        self._quiet += 1
        if self._quiet >= _QUIET_LOOKS:
            self._collect(_DUE)

    def _collect(self, least: int) -> None:
        begun = perf_counter()
        if gc.get_count()[2] < least or begun < self._not_before:
            return
        gc.collect()
        if not self._kept:
            # Modules and the first screen stay: they are looked through this once.
            gc.freeze()
            self._kept = True
        ended = perf_counter()
        self._not_before = ended + _SHARE * (ended - begun)
