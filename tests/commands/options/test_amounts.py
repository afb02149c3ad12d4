"""Counts, sizes and times as they are typed."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from chainview.commands.options.amounts import positive, seconds, size


@pytest.mark.parametrize(
    ("read", "text", "amount"),
    [
        (positive, "1", 1),
        (size, "512M", 512 << 20),
        (size, "1.5GiB", 3 << 29),
        (size, "7", 7),
        (seconds, "500ms", 0.5),
        (seconds, "2m", 120.0),
        (seconds, "10", 10.0),
        (seconds, "30d", 30 * 86400.0),
    ],
)
def test_an_amount_is_read(read: Callable[[str], float], text: str, amount: float) -> None:
    """Units are binary for sizes and the usual ones for times; a bare number is bytes or seconds."""
    assert read(text) == amount


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (positive, "0"),
        (positive, "-1"),
        (positive, "٣"),
        (positive, "9" * 19),
        (size, "0"),
        (size, "much"),
        (size, "infG"),
        (size, "1e30"),
        (size, "18446744073709551616"),
        (seconds, "0s"),
        (seconds, "nan"),
        (seconds, "1e10"),
        (seconds, "soon"),
    ],
)
def test_what_is_no_amount_is_refused(read: Callable[[str], float], text: str) -> None:
    """Nothing, less than nothing, too much and words are refused with a sentence that names what was typed."""
    with pytest.raises(argparse.ArgumentTypeError, match="is no"):
        read(text)
