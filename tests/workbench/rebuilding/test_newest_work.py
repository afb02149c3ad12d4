"""Work of which only the newest is wanted."""

from __future__ import annotations

import threading

from chainview.system.long_work import go_on
from chainview.workbench.rebuilding.newest_work import NewestWork
from tests.waiting import LIMIT, eventually


class Noted:
    """Work that goes on until it is not wanted any more, or is told to end."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.may_end = threading.Event()

    def __call__(self, number: int) -> None:
        self.begun.append(number)
        while not self.may_end.wait(0.001):
            go_on()
        self.ended.append(number)


def test_what_is_asked_for_ends_what_is_done() -> None:
    """And stopping does, with nothing in its place; closing comes back once it is over."""
    work = Noted()
    newest = NewestWork[int]("test", work)
    newest.ask(1)
    eventually(lambda: work.begun == [1])
    newest.ask(2)
    eventually(lambda: work.begun == [1, 2])
    newest.stop()
    newest.ask(3)
    eventually(lambda: work.begun[-1] == 3)
    work.may_end.set()
    eventually(lambda: work.ended == [3])
    work.may_end.clear()
    newest.ask(4)
    eventually(lambda: work.begun[-1] == 4)
    newest.close()
    newest.close()
    newest.ask(5)
    assert work.ended == [3]
    assert 5 not in work.begun


def test_stopping_what_has_not_begun_leaves_it_out() -> None:
    """Only what was asked for last is done."""
    work, held = Noted(), threading.Event()
    newest = NewestWork[int]("test", lambda number: work(number) if held.wait(LIMIT) else None)
    newest.ask(1)
    newest.ask(2)
    newest.ask(3)
    held.set()
    eventually(lambda: work.begun[-1:] == [3])
    assert set(work.begun) <= {1, 3}
    newest.close()


def test_one_that_was_never_asked_closes() -> None:
    """No thread has begun that would have to be waited for, and none begins any more."""
    work = Noted()
    newest = NewestWork[int]("never asked", work)
    newest.close()
    newest.ask(1)
    assert "never asked" not in [each.name for each in threading.enumerate()]
    assert work.begun == []
