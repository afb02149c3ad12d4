"""What is told when the system refuses something."""

from __future__ import annotations

import errno
import os

from chainview.system.errors import words_of


def test_a_failure_of_the_system_is_told_in_its_words() -> None:
    """The system's sentence in small letters, or ours where it has none."""
    assert words_of(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == "no space left on device"
    assert words_of(OSError("Broken")) == "broken"
