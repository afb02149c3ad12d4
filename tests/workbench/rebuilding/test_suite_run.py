"""The suite beside a screen: its progress, its end, and everything that may come in its way."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chainview.workbench.rebuilding import suite_run
from chainview.workbench.rebuilding.suite_run import SuiteRun, SuiteState, told_of
from tests.waiting import eventually


def of_test(name: str, *, passes: bool) -> dict[str, object]:
    """A test as a report has it."""
    outcome = "passed" if passes else "differs"
    return {"name": name, "outcome": outcome, "passes": passes, "events": 9, "cause": None if passes else "it differs"}


REPORT = {
    "tests": [of_test("a", passes=True), of_test("b", passes=False), of_test("c", passes=True)],
    "sentence": "2 passed, 1 differs: 3 chains, 27 events",
    "remarks": ["of no matter"],
}
Made = Callable[[str], SuiteRun]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """Makes a suite whose command is a script of the shell."""
    held: list[SuiteRun] = []

    def make(script: str) -> SuiteRun:
        held.append(SuiteRun(tmp_path / "chainview.toml", ("sh", "-c", script)))
        return held[-1]

    yield make
    for each in held:
        each.close()


def state_of(suite: SuiteRun) -> SuiteState:
    """How far it is."""
    assert suite.state is not None
    return suite.state


def over(suite: SuiteRun) -> SuiteState:
    """What it came to."""
    eventually(lambda: state_of(suite).over)
    return state_of(suite)


def test_its_progress_is_counted_and_what_does_not_pass_comes_first(tmp_path: Path, made: Made) -> None:
    """What it says besides is heard and is no progress."""
    os.mkfifo(tmp_path / "go")
    report = shlex.quote(json.dumps(REPORT))
    script = 'echo a remark >&2; echo "{\\"done\\": 2, \\"of\\": 3, \\"failing\\": 1}" >&2; read x < go; '
    suite = made(f"{script}printf %s {report}; exit 1")
    assert suite.state is None
    suite.begin(4)
    eventually(lambda: state_of(suite).done)
    state = state_of(suite)
    assert (state.build, state.done, state.of, state.failing) == (4, 2, 3, 1)
    assert state.forms == ("suite 2/3",)
    assert told_of(state) == "2 of 3 chains replayed"
    (tmp_path / "go").write_text("\n")
    state = over(suite)
    assert [each.name for each in state.tests] == ["b", "a", "c"]
    assert state.forms == ("suite 2 of 3 equal", "suite: 1 fail")
    assert told_of(state) == "2 passed, 1 differs: 3 chains, 27 events"
    assert state.remarks == ("of no matter",)
    assert state.tests[0].cause == "it differs"


def test_a_newer_build_ends_it_and_so_does_the_end_of_all(tmp_path: Path, made: Made) -> None:
    """With all that it began; what the older one would still say is of no interest."""
    os.mkfifo(tmp_path / "held")
    suite = made("exec 3> held; (sleep 1000)& wait")
    for number in (2, 3):
        suite.begin(number)
        with (tmp_path / "held").open("rb") as held:
            assert state_of(suite) == SuiteState(number)
            assert told_of(state_of(suite)) == "the suite begins"
            if number == 3:
                suite.close()
            else:
                suite.stop("build 3 can't be used")
            assert held.read() == b""
    assert state_of(suite) == SuiteState(3)


def test_stopping_says_why_and_keeps_what_was_known_before(made: Made) -> None:
    """One that is over, and none, stay as they are."""
    suite = made("sleep 1000")
    suite.stop("nothing runs")
    assert suite.state is None
    suite.begin(2)
    suite.stop("it is gone")
    assert state_of(suite).problem == "it is gone"
    assert state_of(suite).forms[-1] == "suite: can't be run"
    assert told_of(state_of(suite)) == "it is gone"
    suite.stop("it is gone again")
    assert state_of(suite).problem == "it is gone"


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo 'chainview: there is no module' >&2; exit 2", "there is no module"),
        ("echo '[1]'; exit 0", "the suite came to no report"),
        ("echo amiss >&2; kill -9 $$", "the suite came to no report, and ended with signal 9: amiss"),
        ('echo \'{"tests": [7], "sentence": "", "remarks": []}\'', "the suite came to no report"),
    ],
)
def test_what_comes_to_no_report_says_why(made: Made, script: str, problem: str) -> None:
    """Whatever the command does."""
    suite = made(script)
    suite.begin(2)
    assert over(suite).problem == problem


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As any other reason."""
    suite = SuiteRun(tmp_path / "chainview.toml", (str(tmp_path / "nothing"),))
    suite.begin(2)
    assert "can't run the program" in over(suite).problem
    suite.close()


def test_a_report_that_is_too_large_is_not_held(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what comes no more is taken than that."""
    monkeypatch.setattr(suite_run, "LARGEST_REPORT", 100)
    suite = made("seq 100000")
    suite.begin(2)
    assert over(suite).problem == "its report is too large to be shown here"


def test_it_is_the_command_of_this_python() -> None:
    """So that the same chainview is run, whatever is first on the path."""
    assert (sys.executable, "-m", "chainview", "test") == suite_run.COMMAND


def test_all_that_pass_say_so() -> None:
    """In a few words."""
    assert SuiteState(2, 5, 5, over=True).forms == ("suite: all 5 equal",)
    assert SuiteState(2).forms == ("suite begins",)
