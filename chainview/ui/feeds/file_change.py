"""What becomes of a chain file, and of its name, while it is shown."""

from __future__ import annotations

from collections.abc import Callable

from chainview.chain.files.opened import OpenedChain

_LOOK_SECONDS, _LOOK_AT_NAME_SECONDS = 0.1, 1.0


class FileChange:
    """Looks at an opened file now and then; `says` what became of it, empty while it is what was opened."""

    def __init__(self, opened: OpenedChain, clock: Callable[[], float], *, named: bool = True) -> None:
        """Where the file is not `named` what becomes of its name means nothing."""
        self._opened = opened
        self._clock, self._named = clock, named
        self._stamp = opened.stamp
        self._looked = self._looked_at_name = clock()
        self._content = self._name = ""

    @property
    def of_content(self) -> bool:
        """Whether it is not only its name that leads elsewhere."""
        return bool(self._content)

    @property
    def says(self) -> str:
        """What became of it."""
        return self._content or self._name

    def look(self) -> bool:
        """Whether what was read of the file has changed since the last look."""
        now = self._clock()
        if now - self._looked < _LOOK_SECONDS:
            return False
        self._looked = now
        if self._named and now - self._looked_at_name >= _LOOK_AT_NAME_SECONDS:
            self._looked_at_name, self._name = now, self._opened.name_lost
        stamp = self._opened.stamp
        if stamp == self._stamp:
            return False
        self._stamp, change = stamp, self._opened.change()
        if change is not None:
            self._content = f"{change} while it was open"
        return change is not None
