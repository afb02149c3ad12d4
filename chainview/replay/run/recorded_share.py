"""What a replayed actor may hold of a memory that it shared with its family when it was recorded."""

from __future__ import annotations

from collections.abc import Callable

from chainview.actor.limits import too_much_for_family


class RecordedShare:
    """Refuses an actor more in the call in which its recording was, once it holds as much as it did then.

    What others held is in no chain: this is all that is known of it. `failure` tells why the running call failed, once
    all that was recorded of it before has been made, and is empty else.
    """

    def __init__(self, failure: Callable[[], str]) -> None:
        self._failure = failure
        self._before = self._held = 0

    def begin(self) -> None:
        """A call begins."""
        self._before = self._held

    def hold(self, size: int) -> str:
        """Whatever it was not refused then."""
        self._held = size
        if size <= self._before:
            return ""
        failure = self._failure()
        refused_at = too_much_for_family(failure)
        return failure if refused_at is not None and size >> 20 >= refused_at else ""

    def let_go(self) -> None:
        """The next instance begins with nothing."""
        self._before = self._held = 0
