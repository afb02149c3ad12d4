"""The reversal experiment: a call made alone by the new build with a part of what changed in its code taken back.

Where what differs first in a call is as it was recorded then, and something else still differs, that has another cause.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from chainview.actor.engine.loading import LoadedModule, is_valid, with_other_code
from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import ModuleCode, UnreadableCode
from chainview.replay.code.taken_back import taken_back
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference

MOST_CALLS = 160
MOST_BUILDS = 24
_MOST_COMPILED = 8 << 20
"""Bytes of code in all modules that are compiled for it; what else a module holds, such as lines, costs little."""
_MOST_PARTS = 12
"""Changes of the code: of more, too many would have to be tried."""
_Hunks = frozenset[int]
_OF_COMPILER = (Code.FAILURE, Code.LIMIT, Code.OTHER_ENGINE)
"""How calls end, and what they say, by what a compiler makes of the same code."""


class CallsAlone(Protocol):
    """Makes recorded calls alone."""

    def made_by(self, number: int, loaded: LoadedModule) -> list[Difference] | None:
        """How a call differs from the recording when a module makes it alone; None when it was not made."""


class Reversal:
    """Asks of differences in one call whether they come of one change in the code, in a bounded number of builds."""

    def __init__(self, alone: CallsAlone, then: LoadedModule, now: LoadedModule, *, soon: bool = True) -> None:
        """Builds are compiled by what is fastest, unless `soon` says that they must not be."""
        self._soon = soon
        self.is_used_up = False
        """Whether there was more to ask than is asked."""
        self._calls_left = MOST_CALLS
        self._alone, self._then, self._now = alone, then, now
        self._builds: dict[_Hunks, LoadedModule | None] = {}
        self._made: dict[tuple[int, _Hunks], list[Difference] | None] = {}
        self._parts: list[_Hunks] | None = None
        self._change: CodeChange | None = None

    @property
    def is_one_helper(self) -> bool:
        """Whether nothing changed but a helper that several functions use."""
        return bool(self._changed_parts()) and self._change is not None and self._change.is_one_helper

    @property
    def is_one(self) -> bool:
        """Whether a single change is all that changed."""
        return bool(self._changed_parts()) and self._change is not None and self._change.is_one

    @property
    def count(self) -> int:
        """How many changes can be told apart; 0 where the code can't be compared, or differs at too many places."""
        return len(self._changed_parts())

    def is_small(self, part: int) -> bool:
        """Whether a change is one at a few places, so that all that it makes has one cause."""
        return self._change is not None and self._change.is_small(self._changed_parts()[part])

    def without(self, number: int, part: int) -> list[Difference] | None:
        """How a call differs with one change taken back; None where that can't be told."""
        return self._differences(number, self._changed_parts()[part])

    def alone(self, number: int, part: int) -> list[Difference] | None:
        """How a call differs with all changes but one taken back."""
        parts = self._changed_parts()
        return self._differences(number, frozenset().union(*[each for at, each in enumerate(parts) if at != part]))

    def _differences(self, number: int, hunks: _Hunks) -> list[Difference] | None:
        """How a call differs with these changes taken back; None where that can't be told."""
        if (number, hunks) not in self._made:
            if self._calls_left == 0:
                self.is_used_up = True
                return None
            build = self._build(hunks)
            self._calls_left -= 1
            self._made[number, hunks] = None if build is None else self._made_by(number, hunks, build)
        return self._made[number, hunks]

    def _made_by(self, number: int, hunks: _Hunks, build: LoadedModule) -> list[Difference] | None:
        """How a call differs when this build makes it; what may hang on its compiler is asked of the other one."""
        found = self._alone.made_by(number, build)
        if build.engine in (self._then.engine, self._now.engine):
            return found
        if not (found is None or any(each.code in _OF_COMPILER for each in found)):
            return found
        confirmed = self._builds[hunks] = with_other_code(self._now, build.file.data)
        return None if confirmed is None else self._alone.made_by(number, confirmed)

    def _changed_parts(self) -> list[_Hunks]:
        """The changes that are each one; none where the code can't be compared, or too much of it differs."""
        if self._parts is None:
            self._parts = []
            try:
                self._change = CodeChange(ModuleCode(self._then.file.data), ModuleCode(self._now.file.data))
                parts = self._change.parts
            except UnreadableCode:
                return self._parts
            if len(parts) <= _MOST_PARTS:
                self._parts = self._valid_parts(parts)
        return self._parts

    def _build(self, hunks: _Hunks) -> LoadedModule | None:
        if hunks not in self._builds:
            count, size = len(self._builds) + 1, 0 if self._change is None else self._change.now.code_size
            if count > MOST_BUILDS or count * size > _MOST_COMPILED:
                self.is_used_up = True
                return None
            self._builds[hunks] = self._then if self._leaves_nothing(hunks) else self._made_build(hunks)
        return self._builds[hunks]

    def _leaves_nothing(self, hunks: _Hunks) -> bool:
        """Whether a build is the recorded one once these changes are taken back, which is compiled already."""
        change = self._change
        return change is not None and len(hunks) == len(change.hunks) and change.is_of_code_alone

    def _made_build(self, hunks: _Hunks) -> LoadedModule | None:
        data = self._data(hunks)
        return None if data is None else with_other_code(self._now, data, soon=self._soon)

    def _data(self, hunks: Collection[int]) -> bytes | None:
        try:
            return None if self._change is None else taken_back(self._change, hunks)
        except UnreadableCode:
            return None

    def _valid_parts(self, parts: Sequence[_Hunks]) -> list[_Hunks]:
        """The parts that are each a module by themselves when taken back; all others are one."""
        valid = [part for part in parts if len(parts) == 1 or self._is_valid(part)]
        rest = frozenset[int]().union(*[part for part in parts if part not in valid])
        return [*valid, *([rest] if rest else [])]

    def _is_valid(self, hunks: _Hunks) -> bool:
        data = self._data(hunks)
        return data is not None and is_valid(self._now, data)
