"""What is kept of a recording: some of its calls, and of their recorded answers all but some."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chainview.chain.table import EventTable


@dataclass(frozen=True, slots=True)
class Selection:
    """The positions of calls, in their order, and the indices of the recorded host calls that are `left_out` of all."""

    calls: tuple[int, ...]
    left_out: frozenset[int] = frozenset()

    def with_calls(self, calls: tuple[int, ...]) -> Selection:
        """The same answers for other calls."""
        return replace(self, calls=calls)

    def without(self, host_calls: frozenset[int]) -> Selection:
        """The same calls with fewer answers."""
        return replace(self, left_out=self.left_out | host_calls)


@dataclass(frozen=True, slots=True)
class Made:
    """The chain that a recorded module makes of a selection, and the recorded host calls that it was answered from.

    Those are left away whose answer says nothing, which the module gets whether they are there or not.
    """

    selection: Selection
    table: EventTable
    served: tuple[int, ...] = ()
