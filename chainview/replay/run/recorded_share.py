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
        self._refused_at: int | None = None

    def begin(self, failure: str = "") -> None:
        """A call begins that failed for this reason when it was recorded; empty where it did not."""
        self._refused_at = too_much_for_family(failure) if failure else None

    def hold(self, size: Callable[[], int]) -> str:
        """Whatever it was not refused then; it is measured only in a call that was."""
        return "" if self._refused_at is None or size() >> 20 < self._refused_at else self._failure()

    def let_go(self) -> None:
        """What it holds is asked for whenever that matters."""
