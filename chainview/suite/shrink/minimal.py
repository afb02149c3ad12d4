"""Delta debugging: of some items as few as still do, of which none more can go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def minimal(items: Sequence[_T], still: Callable[[Sequence[_T]], bool]) -> tuple[_T, ...]:
    """The items that are left once none of them can go alone, in their order; `still` says whether some of them do.

    All of them do, which is not asked. Large stretches are tried first: where few of many items matter, that takes
    about as many questions as there are halvings, for each of them.
    """
    left = tuple(items)
    if not left or still(()):
        return ()
    size = len(left) // 2
    while size:
        before, at = left, 0
        while at < len(left):
            without = (*left[:at], *left[at + size :])
            # That none at all do not is known.
            if without and still(without):
                left = without
            else:
                at += size
        if size > 1:
            size = min(size // 2, max(1, len(left) // 2))
        elif left == before:
            break
    return left
