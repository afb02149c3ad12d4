"""One test of a suite and what it came to, as they travel between processes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Outcome(StrEnum):
    """What a test came to, by the name that reports have for it."""

    PASSED = "passed"
    ACCEPTED = "accepted"
    """What differs was accepted."""
    DIFFERS = "differs"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    """The chain is of another actor."""
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    """The process that replayed it ended, or was ended."""
    ERROR = "error"
    """It could not be replayed."""

    @property
    def passes(self) -> bool:
        """Whether nothing differs but what was accepted."""
        return self in (Outcome.PASSED, Outcome.ACCEPTED)

    @property
    def judges(self) -> bool:
        """Whether it says something of the actor; else there was nothing to judge it by."""
        return self in (Outcome.PASSED, Outcome.ACCEPTED, Outcome.DIFFERS)


@dataclass(frozen=True, slots=True)
class Case:
    """A chain, or a family's folder, that is to be replayed closed; `name` is its path from the suite's folder."""

    name: str
    path: str
    actor: str
    sha256: str = ""
    """The module's, as it was when the suite began."""
    mode: str = "probe"
    timeout: float = 30.0
    memory: int | None = None
    chain_timeout: float = math.inf
    """The seconds that all of its replay may take."""
    state: str | None = None
    accept: str | None = None
    modules: str | None = None
    """The folder of the modules that chains were recorded with."""
    description: str = ""
    in_full: bool = False
    """Whether the whole report is wanted."""

    @property
    def too_long(self) -> str:
        """The sentence for one that takes longer than it may."""
        return f"it was not done after {self.chain_timeout:,g} s, the time that limits.chain gives a chain"


@dataclass(frozen=True, slots=True)
class Result:
    """What a test came to. `says` is its cause in a sentence, and then in fewer and fewer words."""

    name: str
    outcome: Outcome
    events: int = 0
    says: tuple[str, ...] = ("",)
    text: str = ""
    """The explanation, for a test that does not pass."""
    code: str = ""
    """The code of the first cause."""
    in_call: bool = False
    """Whether its chain ends inside a call."""
    live_host_calls: int = 0
    report: Mapping[str, object] | None = None
    seconds: float = 0.0
    description: str = ""
    may_be_kept: bool = False
    """Whether all on which it stands is known: it was judged by one file, and by one module."""
    from_cache: bool = False
    called: frozenset[str] = frozenset()
    """The exports of the suite's module that its chain calls, whether they are there or not."""
    asked: frozenset[str] = frozenset()
    """The imports that were asked, recorded or now."""


_OPTIONS = {
    "--timeout": "limits.timeout",
    "--max-memory": "limits.memory",
    "--state": "the state in its [[chain]]",
}
"""The options of the command for one chain, of which its report speaks, and what they are in a suite."""
_OPTION = re.compile(rf"({'|'.join(map(re.escape, _OPTIONS))})\b")


def as_of_a_suite(result: Result) -> Result:
    """What is said of one chain, with the settings of a suite in the place of options."""
    if result.outcome is Outcome.PASSED:
        return result
    return replace(result, says=tuple([_settings_in(each) for each in result.says]), text=_settings_in(result.text))


def _settings_in(text: str) -> str:
    return _OPTION.sub(lambda found: _OPTIONS[found.group()], text)
