"""The reversal experiment: a call made alone by the new build with a part of what changed in its code taken back.

Where what differs first in a call is as it was recorded then, and something else still differs, that has another cause.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Protocol

from chainview.actor.engine.loading import LoadedModule, is_valid, with_other_code
from chainview.pack.values import Value
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.two_changes import are_two_changes
from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import ModuleCode, UnreadableCode
from chainview.replay.code.taken_back import taken_back
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.judge.causes import Head

MOST_QUESTIONS = 40
MOST_BUILDS = 12
_MOST_COMPILED = 8 << 20
"""Bytes of all modules that are compiled for it."""
_MOST_UNITS = 8
"""Functions that may have changed: of more, too many would have to be tried."""
_MOST_PARTS = 6
_MOST_LEAVES = 4
_ENDED_OTHERWISE = (Code.FAILURE, Code.LIMIT, Code.UNANSWERABLE)
_Hunks = frozenset[int]


class CallsAlone(Protocol):
    """Makes recorded calls alone."""

    def made_by(self, number: int, loaded: LoadedModule) -> list[Difference] | None:
        """How a call differs from the recording when a module makes it alone; None when it was not made."""


class Reversal:
    """Asks of differences in one call whether they come of one change in the code, in a bounded number of builds."""

    def __init__(self, alone: CallsAlone, then: LoadedModule, now: LoadedModule) -> None:
        self.is_used_up = False
        """Whether there was more to ask than is asked."""
        self._questions_left = MOST_QUESTIONS
        self._alone, self._then, self._now = alone, then, now
        self._builds: dict[_Hunks, LoadedModule | None] = {}
        self._made: dict[tuple[int, _Hunks], list[Difference] | None] = {}
        self._parts: list[_Hunks] | None = None
        self._change: CodeChange | None = None
        self._units: list[_Hunks] | None = None

    @property
    def is_one_helper(self) -> bool:
        """Whether nothing changed but a helper that several functions use."""
        return bool(self._changed_units()) and self._change is not None and self._change.is_one_helper

    @property
    def is_one(self) -> bool:
        """Whether a single change is all that changed."""
        return bool(self._changed_units()) and self._change is not None and self._change.is_one

    def remains(self, number: int, heads: Sequence[Head], rest: Difference, *, closely: bool) -> Difference | None:
        """What still differs of `rest` once the changes are taken back that make `heads` differ; None for nothing.

        Changes are those of whole functions, and `closely` of parts of one, too.
        """
        if not self._may_ask():
            return None
        left = self._remains(number, heads, rest, self._changed_units())
        return self._remains(number, heads, rest, self._changed_parts()) if left is None and closely else left

    def second(self, number: int, found: Difference) -> Difference | None:
        """What a second change alone makes of a value, where it takes two to make it what it is now; else None."""
        parts = self._changed_parts()
        if len(parts) < 2 or not self._may_ask():
            return None
        made = [self._differences(number, part) for part in parts]
        for leaf in found.leaves[:_MOST_LEAVES]:
            values = [None if each is None else _value(each, found, leaf) for each in made]
            others = [value for value in values if value is not None and value != leaf.now]
            if leaf.recorded in values or not others:
                continue
            moved = next((each for side in made for each in side or () if _is_in_place_of(each, found)), None)
            if moved is not None:
                return moved.at_place_of(found)
            for one, other in combinations(others, 2):
                if are_two_changes(leaf, one, other):
                    return found.made_by_another(replace(leaf, now=one))
        return None

    def _may_ask(self) -> bool:
        self.is_used_up = self.is_used_up or self._questions_left == 0
        self._questions_left -= not self.is_used_up
        return not self.is_used_up

    def _remains(
        self, number: int, heads: Sequence[Head], rest: Difference, changes: Sequence[_Hunks]
    ) -> Difference | None:
        makers = self._makers(heads, changes) if len(changes) > 1 else frozenset()
        if not makers or makers == frozenset().union(*changes):
            return None
        return self._left(number, [head for call, head in heads if call == number], rest, makers)

    def _changed_parts(self) -> list[_Hunks]:
        """The changes, taken apart where parts of a function can be taken back by themselves."""
        if self._parts is None:
            parts = [part for unit in self._changed_units() for part in self._parts_of(unit) or [unit]]
            self._parts = list(dict.fromkeys(parts)) if len(parts) <= _MOST_UNITS else []
        return self._parts

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

    def _makers(self, heads: Sequence[Head], changes: Sequence[_Hunks]) -> _Hunks:
        """All changes of which each, taken back by itself, leaves one of these as recorded; none where one stays."""
        makers: set[int] = set()
        for number, head in heads:
            found = [each for each in changes if self._is_gone(head, self._differences(number, each))]
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
            if count > MOST_BUILDS or count * size > _MOST_COMPILED:
                self.is_used_up = True
                return None
            data = self._data(hunks)
            self._builds[hunks] = None if data is None else with_other_code(self._now, data)
        return self._builds[hunks]

    def _data(self, hunks: Collection[int]) -> bytes | None:
        try:
            return None if self._change is None else taken_back(self._change, hunks)
        except UnreadableCode:
            return None

    def _parts_of(self, unit: _Hunks) -> list[_Hunks]:
        """The parts of a change that are each a module by themselves when taken back; none where they are too many."""
        change = self._change
        if change is None:
            return []
        parts: list[_Hunks] = []
        for at in sorted(unit):
            if change.hunks[at].stands_alone and not any(at in part for part in parts):
                part = change.alike(at)
                if len(parts) >= _MOST_PARTS:
                    return []
                if self._is_valid(part):
                    parts.append(part)
        for at in sorted(unit.difference(*parts)):
            part = change.alike(at)
            if len(part) > 1 and len(parts) < _MOST_PARTS and part <= unit.difference(*parts) and self._is_valid(part):
                parts.append(part)
        rest = unit.difference(*parts)
        if any(change.hunks[at].tells for at in rest) and self._is_valid(rest):
            parts.append(rest)
        return parts

    def _is_valid(self, hunks: _Hunks) -> bool:
        data = self._data(hunks)
        return data is not None and is_valid(self._now, data)


def _value(made: Sequence[Difference], found: Difference, leaf: Leaf) -> Value | None:
    """What stands in the place of a leaf; None where its host call is made elsewhere, or not at all."""
    if any(_is_in_place_of(each, found) for each in made):
        return None
    at_event = [each for each in made if each.event == found.event and each.function == found.function]
    return next((each.now for one in at_event for each in one.leaves if each.path == leaf.path), leaf.recorded)


def _is_in_place_of(made: Difference, found: Difference) -> bool:
    """Whether a host call is made at another place where another one asks for something else."""
    return made.code is Code.OTHER_CALL and made.event == found.event and made.function == found.function


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
