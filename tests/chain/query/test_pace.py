"""How much a step of a search looks through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chainview.chain.query import hits, search
from chainview.chain.query.hits import Pace, Seek
from chainview.chain.query.search import Finder
from chainview.core import serving
from tests.ui import samples
from tests.ui.replay.test_rows import table_of

LEAST, MOST = 1 << 12, 1 << 20


def paced(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> Iterator[int]:
    """The size of the first step, and of each that follows one that took so long."""
    now = [0.0]
    monkeypatch.setattr(hits, "thread_time", lambda: now[0])
    pace = Pace()
    yield pace.size(LEAST, MOST)
    for each in seconds:
        with pace.kept(MOST):
            now[0] += each
        yield pace.size(LEAST, MOST)


def test_slow_steps_are_followed_by_shorter_ones_and_quick_ones_by_longer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step keeps its size while it takes some milliseconds, and never gets nothing to do or too much."""
    first, same, half, whole = paced(monkeypatch, 0.003, 0.1, 0.001)
    assert (same, half, whole) == (first, first // 2, first)
    assert list(paced(monkeypatch, *[1.0] * 40))[-1] == LEAST
    assert list(paced(monkeypatch, *[0.0] * 40))[-1] == MOST


@pytest.mark.parametrize("text", ["entry", "7", "nothing like it", "entry 1.*"])
def test_what_is_found_hangs_on_no_pace(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """However slow the steps are, and whether the core is asked in the middle of one, the same events are found."""
    table = table_of([samples.log(f"entry {number}") for number in range(400)])
    quick = Finder(table, text)
    while not quick.count_step():
        pass
    ticks = iter(range(1 << 30))
    monkeypatch.setattr(hits, "thread_time", lambda: float(next(ticks)))
    monkeypatch.setattr(search, "_MANY", 3)
    monkeypatch.setattr(serving, "pays", lambda size: True)
    slow = Finder(table, text)
    slow._is_dense = False
    while not slow.count_step():
        pass
    assert list(slow.hits_between(0, 400)) == list(quick.hits_between(0, 400))
    assert Seek(slow, -1, 1, None).run() == Seek(quick, -1, 1, None).run()


def test_steps_stay_long_enough_for_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the steps are, the core is asked of all events behind the first that had to be looked into."""
    monkeypatch.setattr(serving, "pays", lambda size: True)
    monkeypatch.delenv(serving.VARIABLE, raising=False)
    ticks, alone = iter(range(1 << 30)), list[int]()
    monkeypatch.setattr(hits, "thread_time", lambda: float(next(ticks)))
    table = table_of([samples.log(f"entry {number}") for number in range(4000)])
    finder = Finder(table, "runtime", plain=True)
    said = finder._said

    def looked_into(index: int) -> bool:
        alone.append(index)
        return said(index)

    monkeypatch.setattr(finder, "_said", looked_into)
    finder.seek(-1, accept=lambda index: False).run()
    while not finder.count_step():
        pass
    assert len(alone) < 400
