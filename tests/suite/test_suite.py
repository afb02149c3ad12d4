"""A whole suite, replayed by an executor of the test's own process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chainview.suite.case import Case, Outcome, Result
from chainview.suite.settings import read_settings
from chainview.suite.suite import find_suite, named_by, run_suite
from chainview.suite.worker_processes import WorkerCrashed, WorkerTimedOut
from chainview.system.errors import ChainviewError
from tests.suite.folders import PRICING, counted, damaged, ending_in_a_call, suite_by, suite_of


class Raising(Executor):
    """Each test ends in an error in its turn; after the last one there are results."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """What is called is not."""
        future: Future[Any] = Future()
        if self._errors:
            future.set_exception(self._errors.pop(0))
        else:
            future.set_result(Result(args[0].name, Outcome.PASSED))
        return future


class Held(Executor):
    """The first test fails, and the others do not begin before they may."""

    def __init__(self) -> None:
        self.begun = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The first result is there at once, no other ever."""
        future: Future[Any] = Future()
        if not self.begun:
            self.begun = True
            future.set_result(Result(args[0].name, Outcome.DIFFERS))
        return future


def cases(*names: str) -> list[Case]:
    """Tests of these names."""
    return [Case(name, f"/nowhere/{name}", "/nowhere/a.wasm") for name in names]


def test_every_chain_of_a_folder_has_one_result(tmp_path: Path) -> None:
    """Sound, damaged and unfinished ones, in the order of their names; `told` hears of all."""
    file = suite_of(tmp_path, a=counted(), z=counted())
    ending_in_a_call(tmp_path / "chains", "open.chain")
    damaged(tmp_path / "chains", "damaged.chain")
    suite = find_suite(read_settings(file))
    heard = list[int]()
    with ThreadPoolExecutor(1) as executor:
        found = run_suite(suite.cases, executor, lambda results: heard.append(len(results)))
    assert [(each.name, each.outcome) for each in found] == [
        ("chains/a.chain", Outcome.PASSED),
        ("chains/damaged.chain", Outcome.DAMAGED),
        ("chains/open.chain", Outcome.PASSED),
        ("chains/z.chain", Outcome.PASSED),
    ]
    assert heard == sorted(heard)
    assert heard[-1] == 4


def test_what_becomes_of_a_process_is_told_of_its_chain() -> None:
    """A crash, a time-out, a system without processes, and a defect; the others have their results."""
    errors = (WorkerCrashed("it went"), WorkerTimedOut("late"), ChainviewError("no more"), ValueError("odd"))
    given = [replace(each, chain_timeout=5.0) for each in cases("a", "b", "c", "d", "e")]
    found = run_suite(given, Raising(*errors))
    assert [each.outcome for each in found] == [
        Outcome.CRASHED,
        Outcome.TIMED_OUT,
        Outcome.ERROR,
        Outcome.ERROR,
        Outcome.PASSED,
    ]
    assert [each.text for each in found[:3]] == ["it went", given[1].too_long, "no more"]


def test_nothing_is_begun_after_a_failure_that_is_to_be_the_first() -> None:
    """What was not begun has no result."""
    assert [each.name for each in run_suite(cases("a", "b", "c"), Held(), fail_fast=True)] == ["a"]


class Counted(Future[Any]):
    """A future that counts who looks at it."""

    looks = 0

    def done(self) -> bool:
        """Whether it is done."""
        Counted.looks += 1
        return super().done()

    @property
    def _state(self) -> str:
        Counted.looks += 1
        return self._now

    @_state.setter
    def _state(self, state: str) -> None:
        self._now = state


class OneByOne(Executor):
    """Each test is done once the one before it is known."""

    def __init__(self) -> None:
        self._begun = False
        self._due = list[tuple[Counted, Case]]()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The first is done at once."""
        future = Counted()
        self._due.append((future, args[0]))
        if not self._begun:
            self._begun = True
            self.finish_next([])
        return future

    def finish_next(self, results: object) -> None:
        """The next is done."""
        if self._due:
            future, case = self._due.pop(0)
            future.set_result(Result(case.name, Outcome.PASSED))


def test_each_of_very_many_tests_is_waited_for_once() -> None:
    """What a result costs does not depend on how many tests are still waited for."""
    looks = list[int]()
    for count in (50, 200):
        executor = OneByOne()
        Counted.looks = 0
        found = run_suite(cases(*map(str, range(count))), executor, executor.finish_next)
        assert [each.name for each in found] == [*map(str, range(count))]
        looks.append(Counted.looks // count)
    assert looks[1] <= looks[0] + 1


def test_chains_are_chosen_by_words_and_patterns() -> None:
    """A word stands anywhere in the name, a pattern is of all of it; letters of either size."""
    names = ["chains/Checkout.chain", "chains/quote.chain", "more/checkout-2.json"]
    for patterns, chosen in (
        (["checkout"], [0, 2]),
        (["chains/*"], [0, 1]),
        (["*.json", "QUOTE"], [1, 2]),
        (["nothing"], []),
    ):
        wanted = named_by(patterns)
        assert [number for number, name in enumerate(names) if wanted(name)] == chosen


def test_what_is_said_of_a_chain_reaches_it(tmp_path: Path) -> None:
    """State, rules and description; a folder of modules that is not there is told, and one that is goes with all."""
    about = '[[chain]]\npath = "chains/a.chain"\nstate = "1s32"\naccept = "r.toml"\ndescription = "one"'
    limits = "limits = { timeout = 3, memory = '1M', jobs = 2 }"
    file = suite_of(tmp_path, 'modules = "modules"', limits, about, a=counted())
    suite = find_suite(read_settings(file), in_full=True)
    (case,) = suite.cases
    assert (case.state, case.accept, case.description) == ("1s32", str(tmp_path / "r.toml"), "one")
    assert (case.timeout, case.memory, case.modules, case.in_full, len(case.sha256)) == (3.0, 1 << 20, None, True, 64)
    assert suite.remarks == (
        f"there is no folder {tmp_path / 'modules'}: recorded modules are looked for in the cache alone",
    )
    (tmp_path / "modules").mkdir()
    (case,) = find_suite(read_settings(file)).cases
    assert case.modules == str(tmp_path / "modules")


def test_there_are_no_more_processes_than_chains_and_memory_for_them(tmp_path: Path) -> None:
    """Of what is said, or of the machine."""
    chains = {f"c{number}": b"?" for number in range(5)}
    assert find_suite(read_settings(suite_of(tmp_path, "limits = { jobs = 3 }", **chains))).jobs == 3
    assert find_suite(read_settings(suite_of(tmp_path, "limits = { jobs = 100 }", **chains))).jobs == 5
    assert find_suite(read_settings(suite_of(tmp_path, "limits = { memory = '500G' }", **chains))).jobs == 1
    assert 1 <= find_suite(read_settings(suite_of(tmp_path, **chains))).jobs <= 5


def test_without_a_module_nothing_is_replayed(tmp_path: Path) -> None:
    """It is told which is missing."""
    with pytest.raises(ChainviewError, match=r"there is no file .*gone\.wasm"):
        find_suite(read_settings(suite_by(Path("gone.wasm"), tmp_path, a=counted())))


def test_what_is_said_names_the_settings_of_the_suite(tmp_path: Path) -> None:
    """Not the options that the command for one chain has: the time of a call, and the state it began with."""
    states = ['[[chain]]\npath = "chains/a.chain"\nstate = "1s32"']
    chains = {"a": counted(), "loops": (PRICING / "workloads" / "forecast.chain").read_bytes()}
    suite = find_suite(read_settings(suite_by(PRICING / "faults" / "endless-loop.wasm", tmp_path, *states, **chains)))
    with ThreadPoolExecutor(1) as executor:
        state, loops = run_suite([replace(each, timeout=1.0) for each in suite.cases], executor)
    assert "leave out the state in its [[chain]]" in state.text
    assert loops.says[0].endswith("it may never end, else give more limits.timeout")
    assert "limits.timeout" in loops.text
    assert "--timeout" not in loops.text
