"""Waiting for what takes long."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from chainview.commands.reporting.long_wait import SignOfLife, on_a_thread
from chainview.system.errors import ChainviewError


@pytest.fixture
def seconds() -> list[float]:
    """What a clock shows, to be changed."""
    return [0.0]


def signs(seconds: list[float]) -> SignOfLife:
    """A sign of life by that clock."""
    steps: Iterator[int] = iter(range(1, 100))
    return SignOfLife(lambda: f"call {next(steps)} of 9", lambda: seconds[0])


def test_a_person_at_a_terminal_sees_that_something_happens(
    seconds: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing within the first second, then a line that is written over each second, and taken away at the end."""
    sign = signs(seconds)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for moment in (0.0, 0.9, 1.0, 1.5, 2.0):
        seconds[0] = moment
        sign.show()
    assert [each.rstrip() for each in capsys.readouterr().err.split("\r")] == [
        "", "call 1 of 9 · 1 s", "call 2 of 9 · 2 s",
    ]  # fmt: skip
    sign.clear()
    assert capsys.readouterr().err.strip() == ""


def test_a_file_gets_no_sign_of_life(seconds: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    """Standard error that is no terminal holds what is to be known, and no progress."""
    sign = signs(seconds)
    seconds[0] = 30.0
    sign.show()
    sign.clear()
    assert capsys.readouterr().err == ""


def test_what_the_work_comes_to_is_handed_on() -> None:
    """What it returns, and what it raises."""

    def fails() -> None:
        raise ChainviewError("no")

    assert on_a_thread(lambda: 7, lambda: "") == 7
    with pytest.raises(ChainviewError, match="no"):
        on_a_thread(fails, lambda: "")


def test_garbage_waits_longer_while_work_goes_on_and_no_longer() -> None:
    """Whatever comes of the work, the interpreter collects as it did before."""
    before = gc.get_threshold()

    def fails() -> None:
        raise ChainviewError(str(gc.get_threshold()[0]))

    assert on_a_thread(gc.get_threshold, lambda: "")[0] > before[0]
    with pytest.raises(ChainviewError, match="0000"):
        on_a_thread(fails, lambda: "")
    assert gc.get_threshold() == before


def test_what_work_leaves_is_not_looked_through_once_more_at_its_end() -> None:
    """Objects that are kept count as old, so that the next small collection has nothing but what is new."""
    kept: list[list[int]] = []
    looked_at: list[bool] = []

    def collected(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and not looked_at:
            young = {id(each) for generation in (0, 1) for each in gc.get_objects(generation)}
            looked_at.append(any(id(each) in young for each in kept))

    # A screen that was shown before leaves what was there by then apart for good.
    gc.unfreeze()
    on_a_thread(lambda: kept.extend([number] for number in range(10_000)), lambda: "")
    gc.callbacks.append(collected)
    try:
        gc.collect(0)
    finally:
        gc.callbacks.remove(collected)
    assert looked_at == [False]
    assert not gc.get_freeze_count()


def test_lines_that_work_tells_are_said_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, in their order, also the last one."""
    told: SimpleQueue[str] = SimpleQueue()

    def work() -> int:
        for each in ("one", "two\x1b"):
            told.put(each)
        return 7

    assert on_a_thread(work, lambda: "", told=told) == 7
    assert capsys.readouterr().err == "one\ntwo\\u{1b}\n"
