"""A guest's stack in lines: frames that repeat are told once, with how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chainview.chain.event import Frame

_LONGEST_ROUND = 4
"""The frames of a function that calls itself by way of others, as far as they are looked for."""


def told_once(frames: Sequence[Frame]) -> Iterator[tuple[Frame, str]]:
    """Each frame with how many times in a row it stands there, itself or with those just before it; else empty."""
    at = 0
    while at < len(frames):
        size, times = _round(frames, at)
        for place in range(size):
            last = place == size - 1 and times > 1
            said = f"{times:,} times" if size == 1 else f"these {size} frames {times:,} times"
            yield frames[at + place], said if last else ""
        at += size * times


def _round(frames: Sequence[Frame], at: int) -> tuple[int, int]:
    """The fewest frames from a place on that stand there several times in a row, and how often; else one, once."""
    for size in range(1, _LONGEST_ROUND + 1):
        first, times = frames[at : at + size], 1
        while len(first) == size and frames[at + times * size : at + (times + 1) * size] == first:
            times += 1
        if times > 1:
            return size, times
    return 1, 1
