"""How control and values pass through a function: what closes what, where branches lead, what a local may hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from chainview.actor.engine.instructions import BLOCK, BR, BR_IF, BR_TABLE, ELSE, END, IF, LOOP, UNREACHABLE, number_at
from chainview.replay.code.module_code import LOCALS, UnreadableCode

FUNCTION = -1
"""The place of the function itself among those of blocks."""
_GET, _RETURN = 0x20, 0x0F
_OPENERS = (BLOCK, LOOP, IF)
_State = list[frozenset[int]]
"""What may have set each local."""


@dataclass(slots=True)
class Flow:
    """By the places of instructions. What a local holds when the function begins is set at a place below zero."""

    opener: dict[int, int] = field(default_factory=dict)
    """Where the block begins that an instruction ends or divides."""
    closer: dict[int, int] = field(default_factory=dict)
    """Where the block ends that begins somewhere."""
    targets: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Where the blocks begin that a branch leaves, or goes on with."""
    reads: dict[int, frozenset[int]] = field(default_factory=dict)
    """The places that may have set what is read somewhere."""


def begun(local: int) -> int:
    """The place at which a local is set when the function begins."""
    return -1 - local


def flow_of(instructions: Sequence[bytes], count: int) -> Flow:
    """The flow of a function that has so many locals, parameters included; raises UnreadableCode for none."""
    flow = Flow()
    _structure(instructions, flow)
    _Reader(instructions, flow, count).read()
    return flow


def _structure(instructions: Sequence[bytes], flow: Flow) -> None:
    opened = [FUNCTION]
    for at, each in enumerate(instructions):
        opcode = each[0]
        if opcode in _OPENERS:
            opened.append(at)
        elif opcode in (ELSE, END):
            flow.opener[at] = opened[-1]
            if opcode == END:
                flow.closer[opened.pop()] = at
        elif opcode in (BR, BR_IF, BR_TABLE):
            depths = numbers_of(each)
            if max(depths) >= len(opened):
                raise UnreadableCode
            flow.targets[at] = tuple([opened[-1 - depth] for depth in depths])
        if not opened and at + 1 < len(instructions):
            raise UnreadableCode


def numbers_of(branch: bytes) -> list[int]:
    """How many blocks out each of the targets of a branch is."""
    if branch[0] != BR_TABLE:
        return [number_at(branch, 1)[0]]
    count, at = number_at(branch, 1)
    depths = []
    for _ in range(count + 1):
        depth, at = number_at(branch, at)
        depths.append(depth)
    return depths


class _Reader:
    """Goes through the function once; a loop is taken to set, before it begins, whatever it sets."""

    def __init__(self, instructions: Sequence[bytes], flow: Flow, count: int) -> None:
        self._instructions, self._flow, self._count = instructions, flow, count
        self._left: dict[int, _State] = {}
        """What the locals may hold behind a block, by where that begins, from the branches to there."""
        self._otherwise: dict[int, _State] = {}
        self._sets = [at for at, each in enumerate(instructions) if each[0] in LOCALS and each[0] != _GET]

    def read(self) -> None:
        """Notes what each read may see."""
        state: _State | None = [frozenset({begun(local)}) for local in range(self._count)]
        for at, each in enumerate(self._instructions):
            opcode = each[0]
            if opcode in LOCALS:
                local = number_at(each, 1)[0]
                if local >= self._count:
                    raise UnreadableCode
                if opcode == _GET:
                    self._flow.reads[at] = frozenset() if state is None else state[local]
                elif state is not None:
                    state[local] = frozenset({at})
            elif opcode == LOOP and state is not None:
                state = self._with_loop(state, at)
            elif opcode == IF and state is not None:
                self._otherwise[at] = list(state)
            elif opcode == ELSE:
                begin = self._flow.opener[at]
                self._leave(begin, state)
                state = self._otherwise.pop(begin, None)
            elif opcode == END:
                begin = self._flow.opener[at]
                for other in (self._left.pop(begin, None), self._otherwise.pop(begin, None)):
                    state = _either(state, other)
            elif opcode in (BR, BR_IF, BR_TABLE):
                for target in set(self._flow.targets[at]):
                    self._leave(target, state)
                state = state if opcode == BR_IF else None
            elif opcode in (_RETURN, UNREACHABLE):
                state = None

    def _leave(self, target: int, state: _State | None) -> None:
        """A branch out of a block; one to the beginning of a loop is known there already."""
        if state is None or (target != FUNCTION and self._instructions[target][0] == LOOP):
            return
        left = self._left.get(target)
        self._left[target] = list(state) if left is None else _either(left, state) or left

    def _with_loop(self, state: _State, begin: int) -> _State:
        state = list(state)
        first, stop = bisect_left(self._sets, begin), bisect_left(self._sets, self._flow.closer[begin])
        for at in self._sets[first:stop]:
            local = number_at(self._instructions[at], 1)[0]
            state[local] = state[local] | {at}
        return state


def _either(one: _State | None, other: _State | None) -> _State | None:
    if one is None or other is None:
        return one if other is None else other
    return [a if a is b or a == b else a | b for a, b in zip(one, other, strict=True)]
