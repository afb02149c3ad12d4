"""Keeping two programs from writing one chain file."""

from __future__ import annotations

import os
from pathlib import Path

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
