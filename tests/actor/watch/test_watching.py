"""The thread that watches."""

from __future__ import annotations

import threading

from chainview.actor.watch.trouble import ENDED, WatchTrouble
from chainview.actor.watch.watching import Watching
from tests.waiting import eventually


def test_it_looks_until_it_is_closed() -> None:
    """Again and again; once it is closed no thread of it is left, and closing it again is nothing."""
    looks = list[int]()
    watching = Watching(lambda: looks.append(1), "looks on", "all is")
    watching.start()
    eventually(lambda: len(looks) > 2)
    watching.close()
    watching.close()
    assert "looks on" not in [each.name for each in threading.enumerate()]
    assert watching.ended == WatchTrouble()


def test_one_that_never_began_closes() -> None:
    """There is no thread to be waited for."""
    watching = Watching(lambda: None, "never begun", "all is")
    watching.close()
    assert watching.ended == WatchTrouble()


def test_an_error_that_ends_it_is_told() -> None:
    """With what is no longer watched, why, and what to do."""

    def fail() -> None:
        raise LookupError("it is lost")

    watching = Watching(fail, "fails", "all is", "; look yourself")
    watching.start()
    eventually(lambda: watching.ended.short == ENDED)
    watching.close()
    assert watching.ended.sentence == "all is no longer watched (LookupError: it is lost); look yourself"
