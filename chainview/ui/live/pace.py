"""How soon a screen looks again for what has come: as often as somebody could see what that changes."""

from __future__ import annotations

from collections.abc import Callable

from chainview.ui.feeds.feed import Taken

QUIET_SECONDS = 0.1
_FOLLOWING_SECONDS = 0.08
_FLOOD_SECONDS = 0.2
"""A whole screen that is another one after so long is read by nobody."""
_STILL_SECONDS = 0.25
"""Where events come below what is looked at, only their number changes; where none can come, what the file became."""
_MORE_SECONDS = 0.005


class LookPace:
    """The time to the next look, by what each look finds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looked = clock()

    def next_look(self, taken: Taken, *, more: bool, following: bool, height: int, ended: bool = False) -> float:
        """In how many seconds to look again, on a screen of so many rows.

        `more` says that work is left, `ended` that no event can come any more.
        """
        now = self._clock()
        waited, self._looked = now - self._looked, now
        if taken.more or more:
            return _MORE_SECONDS
        if not taken.appended and not ended:
            return QUIET_SECONDS
        if not following or not taken.appended:
            return _STILL_SECONDS
        is_flood = taken.appended * _FLOOD_SECONDS >= height * waited
        return _FLOOD_SECONDS if is_flood else _FOLLOWING_SECONDS
