"""How soon a screen looks again for what has come: as often as somebody could see what that changes."""

from __future__ import annotations

from collections.abc import Callable

from chainview.ui.feeds.feed import Taken

QUIET_SECONDS = 0.1
_FOLLOWING_SECONDS = 0.08
_UNREAD_SECONDS = 0.2
"""A whole screen that is another one after so long is read by nobody."""
_FLOOD_SECONDS = 0.3
_STILL_SECONDS = 0.4
"""Where events come below what is looked at, only their number changes."""
TYPED_SECONDS = 0.2
"""What an actor answers to what is typed is waited for."""
_SETTLED_SECONDS = 0.5
_MORE_SECONDS = 0.005


class LookPace:
    """The time to the next look, by what each look finds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looked = clock()

    def next_look(self, taken: Taken, *, more: bool, following: bool, height: int, settled: bool = False) -> float:
        """In how many seconds to look again, on a screen of so many rows.

        `more` says that work is left, `settled` that nothing can come any more but what becomes of a file.
        """
        now = self._clock()
        waited, self._looked = now - self._looked, now
        if taken.more or more:
            return _MORE_SECONDS
        if not taken.appended:
            return _SETTLED_SECONDS if settled else QUIET_SECONDS
        if not following:
            return _STILL_SECONDS
        is_flood = taken.appended * _UNREAD_SECONDS >= height * waited
        return _FLOOD_SECONDS if is_flood else _FOLLOWING_SECONDS
