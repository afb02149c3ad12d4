"""Turns for work that takes a core: of many who have it, a few at a time."""

from __future__ import annotations

import threading
from typing import Self

AT_ONCE = 2


class Turns:
    """Gives turns, so many at once."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = threading.Semaphore(at_once)

    def turn(self) -> Turn:
        """One that is waited for and taken in a with statement."""
        return Turn(self._free)


class Turn:
    """One turn; who only waits for something else may give it back before the end."""

    def __init__(self, free: threading.Semaphore) -> None:
        self._free = free
        self._has = False

    def __enter__(self) -> Self:
        self._free.acquire()
        self._has = True
        return self

    def __exit__(self, *raised: object) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Lets another one have it."""
        if self._has:
            self._has = False
            self._free.release()
