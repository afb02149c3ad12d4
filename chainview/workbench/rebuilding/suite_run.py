"""The suite beside a screen: `chainview test` as a process of its own, begun anew for each new build."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chainview.chain.words.spans import Forms
from chainview.system.build_command import end_in_words, run_aside
from chainview.system.errors import ChainviewError, failed_itself
from chainview.system.long_work import GivenUp
from chainview.system.wording import plural
from chainview.workbench.rebuilding.newest_work import NewestWork

COMMAND = (sys.executable, "-m", "chainview", "test")
LARGEST_REPORT = 256 << 20
_MOST_TALK = 20
_LONGEST_LINE = 1 << 16
_MOST_TESTS = 10_000
_UNUSABLE = 2


@dataclass(frozen=True, slots=True)
class SuiteTest:
    """What became of one test."""

    name: str
    outcome: str
    passes: bool
    events: int
    cause: str


@dataclass(frozen=True, slots=True)
class SuiteState:
    """How far the suite is with a build; replaced as a whole, so that any thread may read it.

    `problem` is why it came to nothing, `tests` what all came to once it is over.
    """

    build: int
    done: int = 0
    of: int = 0
    failing: int = 0
    over: bool = False
    problem: str = ""
    tests: tuple[SuiteTest, ...] = ()
    sentence: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def forms(self) -> Forms:
        """What it comes to in fewer and fewer words."""
        if self.problem:
            return ("the suite can't be run", "suite: can't be run")
        if not self.over:
            return (f"suite {self.done:,}/{self.of:,}",) if self.of else ("suite begins",)
        equal = self.of - self.failing
        if self.failing:
            return (f"suite {equal:,} of {self.of:,} equal", f"suite: {self.failing:,} fail")
        return (f"suite: all {self.of:,} equal",)


class SuiteRun:
    """Puts one build at a time through the suite of a `chainview.toml`, at low priority; the newest ends the others."""

    def __init__(self, config: Path, command: Sequence[str] = COMMAND) -> None:
        self.config = config
        self._words = [*command, "--json", "--progress", "--no-build", "--config", str(config)]
        self._lock = threading.Lock()
        self._state: SuiteState | None = None
        self._one = NewestWork[int]("suite", self._run)
        self._report, self._talk = bytearray(), deque[str](maxlen=_MOST_TALK)
        self._line = bytearray()

    @property
    def state(self) -> SuiteState | None:
        """How far it is; None before there was a new build."""
        return self._state

    def begin(self, build: int) -> None:
        """Puts a build through the suite."""
        self._state = SuiteState(build)
        self._one.ask(build)

    def stop(self, why: str) -> None:
        """Ends it, since what it is tried with is not there any more."""
        state = self._state
        self._one.stop()
        if state is not None and not state.over:
            self._state = replace(state, over=True, problem=why)

    def close(self) -> None:
        """Ends it for good."""
        self._one.close()

    def _run(self, build: int) -> None:
        self._report, self._line = bytearray(), bytearray()
        self._talk.clear()
        try:
            code = run_aside(self._words, self.config.parent, self._take, self._take_talk)
            told = self._read(code)
        except GivenUp:
            raise
        except ChainviewError as error:
            told = SuiteState(build, over=True, problem=error.sentence)
        # The one place where an unforeseen error of ours becomes a message.
        except Exception as error:
            told = SuiteState(build, over=True, problem=failed_itself(error, "ran the suite").sentence)
        finally:
            self._report = bytearray()
        self._tell(replace(told, build=build))

    def _tell(self, state: SuiteState) -> None:
        with self._lock:
            now = self._state
            if now is not None and now.build == state.build and not now.over:
                self._state = state

    def _take(self, data: bytes) -> None:
        if len(self._report) <= LARGEST_REPORT:
            self._report += data

    def _take_talk(self, data: bytes) -> None:
        *whole, last = data.split(b"\n")
        for piece in whole:
            self._take_line(bytes(self._line + piece))
            self._line.clear()
        if len(self._line) < _LONGEST_LINE:
            self._line += last

    def _take_line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            self._talk.append(text)
            return
        with self._lock:
            state = self._state
            if state is not None and not state.over:
                done, of, failing = [_count(told.get(key)) for key in ("done", "of", "failing")]
                self._state = replace(state, done=done, of=of, failing=failing)

    def _read(self, code: int) -> SuiteState:
        """What its report says; raises ChainviewError where there is none."""
        if code == _UNUSABLE or len(self._report) > LARGEST_REPORT:
            said = self._talk[-1].removeprefix("chainview: ") if self._talk else ""
            raise ChainviewError(said if code == _UNUSABLE and said else "its report is too large to be shown here")
        try:
            told = json.loads(self._report)
            tests = [_test(each) for each in told["tests"]]
            sentence, remarks = str(told["sentence"]), tuple(map(str, told["remarks"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            said = f": {self._talk[-1]}" if self._talk else ""
            how = f", and ended with {end_in_words(code)}" if code else ""
            raise ChainviewError(f"the suite came to no report{how}{said}") from None
        failing = sum(not each.passes for each in tests)
        # Those that fail are what one looks for.
        shown = tuple(sorted(tests, key=lambda each: each.passes)[:_MOST_TESTS])
        return SuiteState(0, len(tests), len(tests), failing, True, "", shown, sentence, remarks)


def _test(told: Any) -> SuiteTest:
    cause, passes = told["cause"], bool(told["passes"])
    said = "" if cause is None else str(cause)
    return SuiteTest(str(told["name"]), str(told["outcome"]), passes, _count(told["events"]), said)


def _count(told: object) -> int:
    return told if isinstance(told, int) and told >= 0 else 0


def told_of(state: SuiteState) -> str:
    """What the suite came to with a build, in a sentence."""
    if state.problem:
        return state.problem
    if not state.over and not state.of:
        return "the suite begins"
    if not state.over:
        return f"{state.done:,} of {plural(state.of, 'chain')} replayed"
    return state.sentence
