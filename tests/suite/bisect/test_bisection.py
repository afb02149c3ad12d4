"""The search among builds, against a look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from chainview.suite.bisect.bisection import Between, Bisection, Side
from chainview.suite.bisect.given_builds import GivenBuilds


def searched(builds: Between[int], last: int, side: Callable[[int], Side]) -> tuple[Bisection[int], list[int]]:
    """A search to its end, and the builds that were judged for it."""
    search, judged = Bisection(builds, 0, last), list[int]()
    while (due := search.due) is not None:
        judged.append(due)
        search.learn(due, side(due))
    assert len(judged) == len(set(judged))
    return search, judged


def a_list(count: int) -> GivenBuilds:
    """So many builds."""
    return GivenBuilds([f"{number}.wasm" for number in range(count)])


@st.composite
def lists(draw: st.DrawFn) -> tuple[int, int, frozenset[int]]:
    """How many builds there are, the first that differs, and those that can't be judged; neither end is one."""
    count = draw(st.integers(2, 80))
    skipped = draw(st.frozensets(st.integers(1, max(1, count - 2)), max_size=count)) - {count - 1}
    return count, draw(st.integers(1, count - 1)), skipped


@given(lists())
def test_what_may_be_the_first_is_all_that_nobody_can_exclude(case: tuple[int, int, frozenset[int]]) -> None:
    """One build where its neighbour before it could be judged; else those between that could not be, and it."""
    count, first, skipped = case

    def side(build: int) -> Side:
        return Side.SKIPPED if build in skipped else Side.DIFFERS if build >= first else Side.IDENTICAL

    search, _ = searched(a_list(count), count - 1, side)
    sides = {build: side(build) for build in range(count)}
    identical = max(build for build, each in sides.items() if each is Side.IDENTICAL)
    differs = min(build for build, each in sides.items() if each is Side.DIFFERS)
    assert (search.identical, search.differs) == (identical, differs)
    assert sorted(search.candidates) == list(range(identical + 1, differs + 1))


@given(st.integers(2, 5000), st.data())
def test_a_list_is_halved(count: int, data: st.DataObject) -> None:
    """As many builds are judged as there are halvings, which is told before."""
    first = data.draw(st.integers(1, count - 1))
    about = Bisection(a_list(count), 0, count - 1).steps_left
    _, judged = searched(a_list(count), count - 1, lambda each: Side.DIFFERS if each >= first else Side.IDENTICAL)
    assert len(judged) <= about == ceil(log2(count - 1)) if count > 2 else not judged


def test_many_neighbours_that_can_t_be_judged_are_stepped_over() -> None:
    """Of a hundred in the middle few are tried before the way leads out of them."""
    skipped = range(200, 300)

    def side(build: int) -> Side:
        return Side.SKIPPED if build in skipped else Side.DIFFERS if build >= 400 else Side.IDENTICAL

    search, judged = searched(a_list(501), 500, side)
    assert search.candidates == [400]
    assert sum(each in skipped for each in judged) < 6


class Merges:
    """A history in which a build may have several parents, and what a search is to know of it by definition."""

    def __init__(self, parents: Sequence[Sequence[int]]) -> None:
        self._before: list[set[int]] = []
        for number, each in enumerate(parents):
            self._before.append({number}.union(*[self._before[parent] for parent in each]))

    def up_to(self, build: int) -> set[int]:
        """A build and all that come before it."""
        return self._before[build]

    def between(self, identical: Sequence[int], differs: int) -> Sequence[int]:
        """The best first."""
        left = self.up_to(differs).difference(*[self.up_to(each) for each in identical])

        def telling(build: int) -> int:
            weight = len(self.up_to(build) & left)
            return min(weight, len(left) - weight)

        return sorted(left, key=lambda build: (-telling(build), build))


@st.composite
def histories(draw: st.DrawFn) -> Merges:
    """Each build but the first comes from one or two before it."""
    count = draw(st.integers(2, 40))
    return Merges([(), *[draw(st.lists(st.integers(0, at - 1), min_size=1, max_size=2)) for at in range(1, count)]])


@given(histories(), st.data())
def test_among_merges_the_one_after_which_all_differ_is_found(history: Merges, data: st.DataObject) -> None:
    """Whatever can't be judged: what else is told could not be, and is not before one that is identical."""
    last = len(history._before) - 1
    guilty = data.draw(st.sampled_from(sorted(history.up_to(last) - {0})))
    skipped = data.draw(st.frozensets(st.integers(1, max(1, last - 1)))) - {last}
    identical = [0]

    def side(build: int) -> Side:
        if build in skipped:
            return Side.SKIPPED
        if guilty in history.up_to(build):
            return Side.DIFFERS
        identical.append(build)
        return Side.IDENTICAL

    search, _ = searched(history, last, side)
    assert guilty in search.candidates
    assert set(search.candidates) == history.up_to(search.differs).difference(*map(history.up_to, identical))
    assert set(search.candidates) - {search.differs} <= skipped
    assert search.identical == identical[-1]
    if not skipped:
        assert list(search.candidates) == [guilty]
