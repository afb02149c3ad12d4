"""The instructions of a module's functions, read as far as to tell where control goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from chainview.actor.engine.instructions import (
    BLOCK,
    BR,
    BR_IF,
    BR_TABLE,
    ELSE,
    END,
    IF,
    LOOP,
    NOP,
    UNREACHABLE,
    UnknownCode,
    behind,
    behind_type,
    number_at,
)

_CODE = 10
_TRAPPING: Final = frozenset({*range(0x6D, 0x71), *range(0x7F, 0x83), *range(0xA8, 0xAC), *range(0xAE, 0xB2)})
"""Divisions, remainders, and floats made integers."""
_IDLE: Final = frozenset({NOP, BLOCK, LOOP, END, 0x1A, 0x1B, 0x20, 0x21, 0x22, 0x23, *range(0x41, 0xC5)}) - _TRAPPING
"""Instructions that leave nothing behind where a function traps after them."""


@dataclass(slots=True)
class _Function:
    """The instructions of one function by the place of each, with what follows it and where it may lead."""

    first: int
    opcodes: dict[int, int] = field(default_factory=dict)
    following: dict[int, int] = field(default_factory=dict)
    labels: dict[int, list[int | None]] = field(default_factory=dict)
    """The blocks that a branch leaves, or loops that it repeats; None is the function itself."""
    ends: dict[int, int] = field(default_factory=dict)
    elses: dict[int, int] = field(default_factory=dict)


def unreachable_behind(module: bytes, offset: int) -> int:
    """The place of the `unreachable` that was reached, for the place in a module that the engine tells of one.

    It makes one conditional trap of a branch that leads to an `unreachable`, and tells where the branch stands; where a
    function begins with it, it tells where the function begins. The place itself where nothing better is found.
    """
    try:
        function = _function_at(module, offset)
    except (UnknownCode, IndexError):
        return offset
    if function is None or function.opcodes.get(offset) == UNREACHABLE:
        return offset
    found = (_reached(function, each) for each in _next_places(function, offset))
    return next((each for each in found if each is not None), offset)


def _sections(module: bytes) -> Iterator[tuple[int, int, int]]:
    """The sections of a module: what each is, where it starts, and where it ends."""
    at = 8
    while at < len(module):
        section = module[at]
        size, start = number_at(module, at + 1)
        at = start + size
        yield section, start, at


def _function_at(module: bytes, offset: int) -> _Function | None:
    """The function whose body holds a place."""
    for section, start, end in _sections(module):
        if section != _CODE or not start <= offset < end:
            continue
        count, at = number_at(module, start)
        for _ in range(count):
            size, body = number_at(module, at)
            at = body + size
            if body <= offset < at:
                return _read_function(module, body, at)
    return None


def _read_function(module: bytes, start: int, end: int) -> _Function:
    groups, at = number_at(module, start)
    for _ in range(groups):
        at = behind_type(module, number_at(module, at)[1])
    function = _Function(at)
    # The blocks that an instruction stands in, innermost last; the function itself is None.
    open_blocks: list[int | None] = [None]
    while at < end:
        opcode, after = module[at], behind(module, at)
        function.opcodes[at], function.following[at] = opcode, after
        if opcode in (BR, BR_IF, BR_TABLE):
            function.labels[at] = [open_blocks[-1 - depth] for depth in _depths(module, at)]
        block = open_blocks[-1]
        if opcode in (BLOCK, LOOP, IF):
            open_blocks.append(at)
        elif opcode == ELSE and block is not None:
            function.elses[block] = at
        elif opcode == END:
            open_blocks.pop()
            if block is not None:
                function.ends[block] = at
        at = after
    return function


def _next_places(function: _Function, at: int) -> Iterator[int]:
    """Where control may go from an instruction, or from before the first one, where a function tells its locals."""
    if at < function.first:
        yield function.first
        return
    opcode = function.opcodes.get(at)
    if opcode in (IF, BR_IF, LOOP):
        yield function.following[at]
    if opcode == IF:
        yield function.following[function.elses.get(at, function.ends[at])]
    yield from _targets(function, at)


def _targets(function: _Function, at: int) -> Iterator[int]:
    """Where a branch leads; what leaves the function leads nowhere."""
    for block in function.labels.get(at, ()):
        if block is not None:
            yield function.following[block if function.opcodes[block] == LOOP else function.ends[block]]


def _reached(function: _Function, at: int) -> int | None:
    """The `unreachable` that control comes to from a place before it does anything that counts."""
    seen: set[int] = set()
    while at in function.opcodes and at not in seen:
        seen.add(at)
        opcode = function.opcodes[at]
        if opcode == UNREACHABLE:
            return at
        if opcode == BR:
            at = next(_targets(function, at), -1)
        elif opcode == ELSE:
            block = next(block for block, place in function.elses.items() if place == at)
            at = function.ends[block]
        elif opcode in _IDLE:
            at = function.following[at]
        else:
            return None
    return None


def _depths(module: bytes, at: int) -> list[int]:
    """How many blocks a branch leaves, for each place that it may lead to."""
    count, behind = number_at(module, at + 1)
    if module[at] != BR_TABLE:
        return [count]
    depths = []
    for _ in range(count + 1):
        depth, behind = number_at(module, behind)
        depths.append(depth)
    return depths
