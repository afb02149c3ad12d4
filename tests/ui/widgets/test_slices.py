"""Long work in slices: which goes on, which is replaced, and in what turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chainview.ui.widgets.slices import Slices


def counting(done: list[str], name: str, steps: int) -> Iterator[None]:
    """Work that takes some steps and notes each."""
    for _ in range(steps):
        done.append(name)
        yield


def test_work_is_done_in_turn_to_its_end() -> None:
    """Pieces of different names take a step each until they are done, and are gone then."""
    slices, done = Slices(), list[str]()
    slices.add("one", counting(done, "one", 2))
    slices.add("other", counting(done, "other", 3))
    assert len(slices) == 2
    slices.run(10)
    assert done == ["one", "other", "one", "other", "other"]
    assert len(slices) == 0
    assert "one" not in slices


def test_newer_work_replaces_the_older_of_its_name() -> None:
    """What was begun under a name is not gone on with once something else has the name."""
    slices, done = Slices(), list[str]()
    slices.add("seek", counting(done, "older", 5))
    slices.add("seek", counting(done, "newer", 2))
    assert len(slices) == 1
    slices.run(10)
    assert done == ["newer", "newer"]


def test_work_that_ends_by_beginning_anew_leaves_what_it_began() -> None:
    """The end of a piece of work takes away itself, not what has its name by then."""
    slices, done = Slices(), list[str]()

    def first() -> Iterator[None]:
        yield
        slices.add("seek", counting(done, "newer", 2))

    slices.add("seek", first())
    slices.run(10)
    assert done == ["newer", "newer"]
    assert "seek" not in slices


def test_dropped_work_is_not_gone_on_with() -> None:
    """Dropping ends work of a name, and does nothing where there is none."""
    slices, done = Slices(), list[str]()
    slices.add("seek", counting(done, "seek", 2))
    slices.drop("seek")
    slices.drop("seek")
    slices.run(10)
    assert done == []


def test_no_time_is_no_step() -> None:
    """Work waits for the next slice when there is no time left."""
    slices, done = Slices(), list[str]()
    slices.add("seek", counting(done, "seek", 2))
    slices.run(0)
    assert done == []
    assert "seek" in slices


def test_one_name_alone_is_gone_on_with() -> None:
    """What a key begins has its first slice for itself."""
    slices, done = Slices(), list[str]()
    slices.add("one", counting(done, "one", 2))
    slices.add("other", counting(done, "other", 2))
    slices.run(10, only="other")
    assert done == ["other", "other"]
    slices.run(10, only="nothing of that name")
    assert "one" in slices


def test_a_step_that_takes_all_the_time_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And next time it is the turn of the others."""
    now, done, slices = [0.0], list[str](), Slices()
    monkeypatch.setattr("chainview.ui.widgets.slices.perf_counter", lambda: now[0])

    def slow(name: str) -> Iterator[None]:
        for _ in range(2):
            now[0] += 1.0
            done.append(name)
            yield

    slices.add("one", slow("one"))
    slices.add("other", slow("other"))
    for _ in range(4):
        slices.run(0.5)
    assert done == ["one", "other", "one", "other"]


def test_it_tells_of_work_where_there_was_none() -> None:
    """Whoever rests until there is work is told of the first piece, and again after the last one was done."""
    begun, done = list[int](), list[str]()
    slices = Slices(lambda: begun.append(len(slices)))
    slices.add("one", counting(done, "one", 1))
    slices.add("other", counting(done, "other", 1))
    assert begun == [1]
    slices.run(10)
    slices.add("one", counting(done, "one", 1))
    assert begun == [1, 1]
