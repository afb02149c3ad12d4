"""Sizes and times as people write them, on the command line and in files."""

from __future__ import annotations

_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_LARGEST_SIZE = 1 << 60
"""The engine takes no number that is much larger, and no machine has as much."""
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def size_in(text: str) -> int:
    """A number of bytes such as `512M`; raises ValueError, which says why, for anything else, or for nothing."""
    number, unit = text.lower().removesuffix("ib").removesuffix("b"), 1
    if number and number[-1] in _UNITS:
        number, unit = number[:-1], _UNITS[number[-1]]
    try:
        value = int(float(number) * unit)
    except (ValueError, OverflowError):
        value = 0
    if not 0 < value <= _LARGEST_SIZE:
        raise ValueError(f"{text} is no size: such as 512M or 2G")
    return value


def seconds_in(text: str) -> float:
    """A time such as `10s`, `500ms` or `2m`, in seconds; a bare number is seconds; raises ValueError as `size_in`."""
    for suffix, factor in sorted(_SECONDS.items(), key=lambda unit: -len(unit[0])):
        if text.endswith(suffix):
            number, unit = text[: -len(suffix)], factor
            break
    else:
        number, unit = text, 1.0
    try:
        value = float(number) * unit
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise ValueError(f"{text} is no time: such as 10s, 500ms or 2m")
    return value
