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

MOST_QUESTIONS = 40
MOST_BUILDS = 16
_MOST_COMPILED = 8 << 20
"""Bytes of all modules that are compiled for it."""
_MOST_UNITS = 8
"""Functions that may have changed: of more, too many would have to be tried."""
_MOST_PARTS = 6
_MOST_TRIED = 40
"""Parts of a function that are tried for being a module by themselves."""
_ENDED_OTHERWISE = (Code.FAILURE, Code.LIMIT, Code.UNANSWERABLE)
_Hunks = frozenset[int]


class CallsAlone(Protocol):
    """Makes recorded calls alone."""

    def made_by(self, number: int, loaded: LoadedModule) -> list[Difference] | None:
        """How a call differs from the recording when a module makes it alone; None when it was not made."""


class Reversal:
    """Asks of differences in one call whether they come of one change in the code, in a bounded number of builds."""

    def __init__(self, alone: CallsAlone, then: LoadedModule, now: LoadedModule) -> None:
        self.questions_left = MOST_QUESTIONS
        self._alone, self._then, self._now = alone, then, now
        self._builds: dict[_Hunks, LoadedModule | None] = {}
        self._made: dict[tuple[int, _Hunks], list[Difference] | None] = {}
        self._parts: dict[_Hunks, list[_Hunks]] = {}
        self._change: CodeChange | None = None
        self._units: list[_Hunks] | None = None

    def remains(
        self, number: int, heads: Sequence[Difference], rest: Difference, *, closely: bool = True
    ) -> Difference | None:
        """What still differs of `rest` once the changes are taken back that make `heads` differ; None for nothing.

        Changes are those of whole functions, and `closely` of parts of one, too.
        """
        units = self._changed_units()
        if not units or self.questions_left <= 0:
            return None
        self.questions_left -= 1
        makers = self._makers(number, heads, units) if len(units) > 1 else units[0]
        if not makers:
            return None
        left = self._left(number, heads, rest, makers) if makers < frozenset().union(*units) else None
        if left is not None or not closely:
            return left
        parts = [part for unit in units if unit <= makers for part in self._parts_of(unit)]
        makers = self._makers(number, heads, parts) if len(parts) > 1 else frozenset()
        return self._left(number, heads, rest, makers) if makers < frozenset().union(*parts) else None

    def _changed_units(self) -> list[_Hunks]:
        """The changes by function; none where the code can't be compared, or differs at too many places."""
        if self._units is None:
            self._units = []
            try:
                self._change = CodeChange(ModuleCode(self._then.file.data), ModuleCode(self._now.file.data))
                units = self._change.units()
            except UnreadableCode:
                units = []
            self._units = units if len(units) <= _MOST_UNITS else []
        return self._units

    def _makers(self, number: int, heads: Sequence[Difference], units: Sequence[_Hunks]) -> _Hunks:
        """All changes of which each, taken back by itself, leaves one of these as recorded; none where one stays."""
        makers: set[int] = set()
        for head in heads:
            found = [unit for unit in units if self._is_gone(head, self._differences(number, unit))]
            if not found:
                return frozenset()
            makers = makers.union(*found)
        return frozenset(makers)

    def _left(self, number: int, heads: Sequence[Difference], rest: Difference, makers: _Hunks) -> Difference | None:
        """What is left of `rest` where changes are taken back; nothing where one of `heads` is left."""
        made = self._differences(number, makers)
        if made is None or not all(self._is_gone(head, made) for head in heads):
            return None
        left = [each for each in made if _meet(each, rest)]
        if not left or not rest.leaves:
            return rest if left else None
        paths = {leaf.path for each in left for leaf in each.leaves}
        return rest.part([leaf for leaf in rest.leaves if _lies_among(leaf.path, paths)])

    def _is_gone(self, head: Difference, made: Sequence[Difference] | None) -> bool:
        return made is not None and not any(_meet(head, each) for each in made)

    def _differences(self, number: int, hunks: _Hunks) -> list[Difference] | None:
        """How a call differs with these changes taken back; None where that can't be told."""
        if (number, hunks) not in self._made:
            build = self._build(hunks)
            made = None if build is None else self._alone.made_by(number, build)
            if made is not None and any(each.code in _ENDED_OTHERWISE for each in made):
                # Half of a change need not be a program that works.
                made = None
            self._made[number, hunks] = made
        return self._made[number, hunks]

    def _build(self, hunks: _Hunks) -> LoadedModule | None:
        if hunks not in self._builds:
            count, size = len(self._builds) + 1, len(self._now.file.data)
            data = self._data(hunks) if count <= MOST_BUILDS and count * size <= _MOST_COMPILED else None
            self._builds[hunks] = None if data is None else with_other_code(self._now, data)
        return self._builds[hunks]

    def _data(self, hunks: Collection[int]) -> bytes | None:
        try:
            return None if self._change is None else taken_back(self._change, hunks)
        except UnreadableCode:
            return None

    def _parts_of(self, unit: _Hunks) -> list[_Hunks]:
        """The parts of a change that are each a module by themselves when taken back, as small as they can be."""
        if unit not in self._parts:
            self._parts[unit] = self._found_parts(unit)
        return self._parts[unit]

    def _found_parts(self, unit: _Hunks) -> list[_Hunks]:
        change = self._change
        if change is None:
            return []
        parts: list[_Hunks] = []
        waiting: list[int] = []
        for tried, at in enumerate(sorted(unit)):
            if tried >= _MOST_TRIED or len(parts) > _MOST_PARTS:
                return []
            if any(at in part for part in parts):
                continue
            waiting.append(at)
            part = frozenset(waiting).union(*[change.alike(each) for each in waiting])
            data = self._data(part)
            if data is not None and is_valid(self._now, data):
                parts.append(part)
                waiting = []
        return parts


def _meet(one: Difference, other: Difference) -> bool:
    """Whether two differences of one call are at the same place of it."""
    if one.event != other.event or one.at_end != other.at_end:
        return False
    if one.leaves and other.leaves:
        return any(_lies_among(leaf.path, {each.path for each in other.leaves}) for leaf in one.leaves)
    return one.function == other.function


def _lies_among(path: str, paths: Collection[str]) -> bool:
    """Whether a path is one of some paths, or within one of them, or holds one."""
    return any(_is_within(path, each) or _is_within(each, path) for each in paths)


def _is_within(path: str, other: str) -> bool:
    return path.startswith(other) and path[len(other) : len(other) + 1] in ("", ".", "[")
