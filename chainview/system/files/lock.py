"""Keeping two programs from writing one file, or from making one anew of what it holds at the same time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TURN_SECONDS, _ASKING_SECONDS, _PAUSE = 5.0, 0.5, 0.01

try:
    import fcntl
except ImportError:  # no flock on Windows: there only the exclusive creation of the file protects it

    def lock_exclusively(descriptor: int) -> bool:
        """Takes the file for this process until it is closed; False when another process has it."""
        return descriptor >= 0

    def _is_free(descriptor: int) -> bool:
        return descriptor >= 0

else:

    def lock_exclusively(descriptor: int) -> bool:
        """Takes the file for this process until it is closed; False when another process has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _is_free(descriptor: int) -> bool:
        """Whether nobody has the file; of several that ask at once none is taken for one that has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def lock_soon(descriptor: int, seconds: float = _ASKING_SECONDS) -> bool:
    """Takes the file as `lock_exclusively` does: whoever asks whether it is being written holds it for an instant."""
    until = time.monotonic() + seconds
    while not lock_exclusively(descriptor):
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE)
    return True


def being_written(path: Path) -> bool:
    """Whether another program is writing that chain file; raises OSError when it can't be opened."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not _is_free(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def turn_in(folder: Path) -> Iterator[None]:
    """For reading a small file of a folder and writing it anew: nobody else who takes a turn does so meanwhile.

    Where nobody can tell, as where the folder can't be opened, or somebody keeps the turn for long, the work is done
    all the same: what can't be written there says so itself.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        lock_soon(descriptor, _TURN_SECONDS)
        yield
    finally:
        os.close(descriptor)
