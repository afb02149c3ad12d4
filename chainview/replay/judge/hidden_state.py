"""Calls that keep something outside of their state."""

from __future__ import annotations

from dataclasses import replace

from chainview.replay.align.history import Side
from chainview.replay.changes.substitution import Substitution
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.judge.case import Case, is_limited, may_be_hidden
from chainview.replay.judge.causes import Experiment
from chainview.replay.judge.ledger import KnownCause, Ledger

_HIDDEN_STATE = (
    "run alone, from its recorded state, it does what was recorded; run after the calls before it, it does not"
)
_HIDDEN_BEHIND_STATE = "run alone, from the same state, it does something else than after the calls before it"


class Remembered:
    """An experiment that is made once for each call."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._known: dict[int, list[Difference] | None] = {}

    def differences(self, number: int) -> list[Difference] | None:
        """How the call differs when it is made alone."""
        if number not in self._known:
            self._known[number] = self._experiment.differences(number)
        return self._known[number]

    @property
    def answers_alike(self) -> bool:
        """Whether a call made alone is answered as in sequence."""
        return self._experiment.answers_alike

    @property
    def is_one_helper(self) -> bool:
        """Whether nothing changed in the code but a helper that several functions use."""
        return self._experiment.is_one_helper

    @property
    def is_one(self) -> bool:
        """Whether a single change is all that changed in the code."""
        return self._experiment.is_one

    @property
    def is_used_up(self) -> bool:
        """Whether there was more to take back than the bounds allow."""
        return self._experiment.is_used_up

    @property
    def parts(self) -> int:
        """How many changes there are in the code that can be told apart."""
        return self._experiment.parts

    def is_small(self, part: int) -> bool:
        """Whether one of the changes is one at a few places."""
        return self._experiment.is_small(part)

    def alone(self, number: int, part: int) -> list[Difference] | None:
        """How the call made alone differs when one of the changes is the only one."""
        return self._experiment.alone(number, part)

    def without(self, number: int, part: int) -> list[Difference] | None:
        """How it differs when that change is taken back."""
        return self._experiment.without(number, part)

    def repeats(self, number: int, now: Side, number_now: int) -> bool | None:
        """Whether the call says the same when it is made alone from the state it was given."""
        return self._experiment.repeats(number, now, number_now)


class HiddenState:
    """Finds calls that keep something outside of their state: made alone they do not do what they do in sequence."""

    def __init__(self, ledger: Ledger, now: Side, experiment: Experiment | None, known: Substitution) -> None:
        self._ledger = ledger
        self._now = now
        self._experiment = experiment
        self._known = known
        self._cause: KnownCause | None = None
        self._repeatable: set[tuple[str, Code]] = set()
        """The exports, each with how it differed, that did the same once more from the state that they were given."""

    def accounts_for(self, case: Case) -> bool:
        """Whether a call that would be a cause, or is like a hidden one, differs because of what it keeps."""
        first = next((each for each in case.found if not each.follows), case.found[0])
        if self._experiment is None or (self._ledger.causes and not self._experiment.answers_alike):
            return False
        if not case.state_equal:
            return self._is_behind_state(case, first, self._experiment)
        if not may_be_hidden(case):
            return False
        if self._cause is None and self._ledger.like(first) is not None:
            return False
        if self._experiment.differences(case.hunk.recorded_call) != []:
            return False
        self._shows(first, _HIDDEN_STATE)
        return True

    def _is_behind_state(self, case: Case, first: Difference, experiment: Experiment) -> bool:
        """Whether a call that matches from the recorded state differs by more than the state that it was given."""
        way = first.export, first.code
        asks = case.alone == () and way not in self._repeatable and not self._known.explains(first.leaves)
        if not asks or is_limited(case):
            return False
        if experiment.repeats(case.hunk.recorded_call, self._now, case.hunk.now_call) is not False:
            self._repeatable.add(way)
            return False
        self._shows(first, _HIDDEN_BEHIND_STATE)
        return True

    def _shows(self, found: Difference, detail: str) -> None:
        if self._cause is not None:
            self._ledger.show(self._cause, found, found.rows)
            return
        sentence = Code.HIDDEN_STATE.says(export=found.export, detail=detail)
        self._ledger.accuse(replace(found, code=Code.HIDDEN_STATE, sentence=sentence), found.rows)
        self._cause = self._ledger.causes[-1]
