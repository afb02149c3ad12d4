"""Counts, sizes and times as they are typed."""

from __future__ import annotations

import argparse

_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_LONGEST_NUMBER = 18
_LARGEST_SIZE = 1 << 60
"""The engine takes no number that is much larger, and no machine has as much."""
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def positive(text: str) -> int:
    """A number of at least 1; raises argparse's error for anything else."""
    if not text.isdecimal() or not text.isascii() or len(text) > _LONGEST_NUMBER or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)


def size(text: str) -> int:
    """A number of bytes such as `512M`; raises argparse's error for anything else, or for nothing."""
    number, unit = text.lower().removesuffix("ib").removesuffix("b"), 1
    if number and number[-1] in _UNITS:
        number, unit = number[:-1], _UNITS[number[-1]]
    try:
        value = int(float(number) * unit)
    except (ValueError, OverflowError):
        value = 0
    if not 0 < value <= _LARGEST_SIZE:
        raise argparse.ArgumentTypeError(f"{text} is no size: such as 512M or 2G")
    return value


def seconds(text: str) -> float:
    """A time such as `10s`, `500ms` or `2m`, in seconds; a bare number is seconds."""
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
        raise argparse.ArgumentTypeError(f"{text} is no time: such as 10s, 500ms or 2m")
    return value
