"""The time of day, which others may set to anything at any moment: to be told, never to measure by."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LAST_NS = (1 << 63) - 1
"""The last moment that can be told, in the year 2262."""
_NS = 1_000_000_000


def wall_ns() -> int:
    """Nanoseconds since the Unix epoch, as the system's clock has it; of one beside what can be told the nearest."""
    try:
        return max(0, time.time_ns())
    except OverflowError:
        return LAST_NS


def can_be_told() -> bool:
    """Whether the system's clock stands where Python can tell it."""
    try:
        time.time()
    except OverflowError:
        return False
    return True


def wall_seconds() -> float:
    """The same in seconds, as files have the time of their last change."""
    return wall_ns() / _NS


def wall_moment() -> datetime:
    """The same as a moment of the calendar, in UTC."""
    # Nobody who reads a chain needs it.
    from datetime import UTC, datetime

    return datetime.fromtimestamp(wall_seconds(), UTC)
