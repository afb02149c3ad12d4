"""Waiting for what a thread or a process brings about: for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT = 120.0
"""Seconds after which a test says that something will never be so: many times what the slowest machine needs."""


def eventually(holds: Callable[[], object], what: Callable[[], object] = lambda: "what was waited for") -> None:
    """Waits until something holds; fails with what is there instead when it never does."""
    end = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < end, f"{what()} after {LIMIT:.0f} s"
        time.sleep(0.01)
