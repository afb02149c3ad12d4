"""Who writes a file, who only asks about that, and whose turn it is."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from chainview.system.files.lock import being_written, lock_exclusively, lock_soon, turn_in

fcntl = pytest.importorskip("fcntl")


def test_several_who_ask_are_not_taken_for_a_writer(tmp_path: Path) -> None:
    """A file that others look at is written by nobody; one that somebody has taken is."""
    path = tmp_path / "a.chain"
    path.write_bytes(b"")
    with path.open("rb") as asking, path.open("rb") as writing:
        fcntl.flock(asking, fcntl.LOCK_SH)
        assert not being_written(path)
        fcntl.flock(asking, fcntl.LOCK_UN)
        assert lock_exclusively(writing.fileno())
        assert being_written(path)


def test_a_writer_waits_for_who_only_asks(tmp_path: Path) -> None:
    """Somebody who asks at this moment is waited for; somebody who keeps the file is not for long."""
    path = tmp_path / "a.chain"
    path.write_bytes(b"")
    with path.open("rb") as asking, path.open("rb") as writing:
        fcntl.flock(asking, fcntl.LOCK_SH)
        assert not lock_soon(writing.fileno(), 0.0)
        answers = list[bool]()
        waiting = threading.Thread(target=lambda: answers.append(lock_soon(writing.fileno(), 60.0)))
        waiting.start()
        fcntl.flock(asking, fcntl.LOCK_UN)
        waiting.join()
        assert answers == [True]


def test_a_turn_is_given_where_none_can_be_had(tmp_path: Path) -> None:
    """In a folder that is not there the work is done all the same, and its own sentence tells what is wrong."""
    with turn_in(tmp_path / "none"):
        assert not os.path.exists(tmp_path / "none")
