"""Counts, sizes and times as they are typed."""

from __future__ import annotations

import argparse

from chainview.system.amounts import seconds_in, size_in

_LONGEST_NUMBER = 18


def positive(text: str) -> int:
    """A number of at least 1; raises argparse's error for anything else."""
    if not text.isdecimal() or not text.isascii() or len(text) > _LONGEST_NUMBER or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)


def size(text: str) -> int:
    """A number of bytes such as `512M`; raises argparse's error for anything else, or for nothing."""
    try:
        return size_in(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def seconds(text: str) -> float:
    """A time such as `10s`, `500ms` or `2m`, in seconds; a bare number is seconds. Raises argparse's error."""
    try:
        return seconds_in(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
