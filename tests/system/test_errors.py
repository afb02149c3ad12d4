"""What is told when the system refuses something."""

from __future__ import annotations

import errno
import os

from chainview.system.errors import failed_itself, words_of


def test_a_failure_of_the_system_is_told_in_its_words() -> None:
    """The system's sentence in small letters, or ours where it has none."""
    assert words_of(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == "no space left on device"
    assert words_of(OSError("Broken")) == "broken"


def test_a_limit_of_the_machine_is_no_defect() -> None:
    """Of an error that nobody foresaw its kind is told; of one that says the machine is at an end, that alone."""
    assert failed_itself(KeyError("x"), "ran").sentence == "chainview itself failed while it ran (KeyError: 'x')"
    assert failed_itself(ValueError(), "ran").sentence == "chainview itself failed while it ran (ValueError)"
    assert failed_itself(MemoryError(), "ran").sentence.startswith("out of memory")
    assert "no more open files" in failed_itself(OSError(errno.EMFILE, "x"), "ran").sentence
    assert "no more threads" in failed_itself(RuntimeError("can't start new thread"), "ran").sentence
