"""The search for the shortest chain that still differs."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.payload import INIT
from chainview.chain.table import EventTable
from chainview.replay.run.recording import Recording
from chainview.suite.shrink.selection import Made, Selection
from chainview.suite.shrink.shrinking import Shrinking, Trials
from tests.replay import chains

CALLS, HOST_CALLS = 8, 3
"""Of each call so many host calls are told of, by ten times the call's position and their own."""
NUMBERS = [10 * call + each for call in range(CALLS) for each in range(HOST_CALLS)]


@cache
def recording() -> Recording:
    """An init and seven calls."""
    return chains.recording(*[chains.Made(INIT if number == 0 else "f") for number in range(CALLS)])


def made(selection: Selection) -> Made:
    """A chain without events of which only what it was answered from counts."""
    served = [each for each in NUMBERS if each // 10 in selection.calls and each not in selection.left_out]
    return Made(selection, EventTable(), tuple(served))


@given(st.frozensets(st.integers(1, CALLS - 1)), st.frozensets(st.sampled_from(NUMBERS), max_size=4), st.data())
def test_no_call_and_no_host_call_more_can_go(
    calls: frozenset[int], host_calls: frozenset[int], data: st.DataObject
) -> None:
    """Init stays; the calls and answers that are needed are left, as are the calls of these, and nothing else."""
    needed = calls | {each // 10 for each in host_calls}
    last = data.draw(st.integers(max(needed, default=0), CALLS - 1))

    def differs(tried: Made) -> bool:
        return needed <= {0, *tried.selection.calls} and host_calls <= set(tried.served)

    search = Shrinking(recording(), Trials(made, differs), last)
    search.run()
    assert search.best is not None
    assert search.is_minimal
    assert search.best.selection.calls == tuple(sorted({0, *needed}))
    assert set(search.best.served) == host_calls


@given(st.integers(0, CALLS - 1), st.integers(0, CALLS - 1))
def test_of_calls_without_an_init_one_is_left(needed: int, more: int) -> None:
    """As of a package: a chain without any call is not even tried."""
    package = chains.recording(*[chains.Made("f") for _ in range(CALLS)])

    def differs(tried: Made) -> bool:
        assert tried.selection.calls
        return needed in tried.selection.calls

    search = Shrinking(package, Trials(made, differs), max(needed, more))
    search.run()
    assert search.best is not None
    assert search.best.selection.calls == (needed,)


def test_what_asks_for_what_was_not_recorded_does_not_differ() -> None:
    """Where that is so of every chain, none is found."""
    search = Shrinking(recording(), Trials(lambda selection: None, lambda tried: True), CALLS - 1)
    search.run()
    assert (search.best, search.is_minimal) == (None, False)


@pytest.mark.parametrize("most", [0, 1, 3])
def test_a_search_that_is_ended_keeps_what_it_has(most: int) -> None:
    """The shortest so far; what was tried as it was ended does not count."""
    tried = list[Selection]()

    def differs(each: Made) -> bool:
        if len(tried) == most:
            search.stop()
        tried.append(each.selection)
        return {3, 5} <= set(each.selection.calls)

    search = Shrinking(recording(), Trials(made, differs), CALLS - 1)
    search.run()
    assert not search.is_minimal
    assert len(tried) == most + 1
    shortest = [each for each in tried[:-1] if {3, 5} <= set(each.calls)]
    assert (None if search.best is None else search.best.selection) == (shortest[-1] if shortest else None)


def test_nothing_is_tried_twice() -> None:
    """However often it is asked whether a chain still differs."""
    tried = list[Selection]()

    def differs(each: Made) -> bool:
        tried.append(each.selection)
        return {2, 6} <= set(each.selection.calls)

    search = Shrinking(recording(), Trials(made, differs), CALLS - 1)
    search.run()
    assert len(tried) == len(set(tried)) == search.tried
