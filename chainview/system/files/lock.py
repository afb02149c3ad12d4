"""Keeping two programs from writing one file, or from making one anew of what it holds at the same time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TURN_SECONDS, _TURN_PAUSE = 5.0, 0.01

try:
    import fcntl
except ImportError:  # no flock on Windows: there only the exclusive creation of the file protects it

    def lock_exclusively(descriptor: int) -> bool:
        """Takes the file for this process until it is closed; False when another process has it."""
        return descriptor >= 0

else:

    def lock_exclusively(descriptor: int) -> bool:
        """Takes the file for this process until it is closed; False when another process has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def being_written(path: Path) -> bool:
    """Whether another program is writing that chain file; raises OSError when it can't be opened."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not lock_exclusively(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def turn_in(folder: Path) -> Iterator[None]:
    """For reading a small file of a folder and writing it anew: nobody else who takes a turn does so meanwhile.

    Raises OSError where the folder can't be opened. Where nobody can tell, or somebody keeps the turn for long, the
    work is done all the same.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + _TURN_SECONDS
        while not lock_exclusively(descriptor) and time.monotonic() < until:
            time.sleep(_TURN_PAUSE)
        yield
    finally:
        os.close(descriptor)
