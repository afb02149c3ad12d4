"""The places one came from: back and forward through them."""

from __future__ import annotations

_MOST = 200


class Places:
    """Where a person has been, by positions; far moves add to it, and going back and forward does not."""

    def __init__(self) -> None:
        self._behind: list[int] = []
        self._ahead: list[int] = []

    def left(self, position: int) -> None:
        """A place was left for one that is far from it: what lay ahead is given up."""
        if not self._behind or self._behind[-1] != position:
            self._behind = [*self._behind[-_MOST + 1 :], position]
        self._ahead.clear()

    def back(self, here: int) -> int | None:
        """The place before, to which one returns from here; None where there is none."""
        return self._along(self._behind, self._ahead, here)

    def forward(self, here: int) -> int | None:
        """The place that one went back from."""
        return self._along(self._ahead, self._behind, here)

    @staticmethod
    def _along(from_: list[int], to: list[int], here: int) -> int | None:
        while from_:
            place = from_.pop()
            if place != here:
                to.append(here)
                return place
        return None
