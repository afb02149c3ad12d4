"""The first event in which two stored chains differ, found without looking at the events before it."""

from __future__ import annotations

from chainview.chain.table import EventTable


def first_mismatch(recorded: EventTable, now: EventTable) -> int | None:
    """The index of the first event whose hash differs, or at which one chain ends; None for identical chains.

    Both chains must have been checked: then an equal hash means that everything before it is equal too, and some
    twenty comparisons find the place among a million events. Events without a hash count as different.
    """
    low, high = 0, min(len(recorded), len(now))
    if high and _same(recorded, now, high - 1):
        low = high
    while low < high:
        middle = (low + high) // 2
        if _same(recorded, now, middle):
            low = middle + 1
        else:
            high = middle
    return None if low == len(recorded) == len(now) else low


def _same(recorded: EventTable, now: EventTable, index: int) -> bool:
    hash_ = recorded.hash(index)
    return hash_ is not None and hash_ == now.hash(index)
