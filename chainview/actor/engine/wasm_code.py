"""The instructions of a module's functions, read as far as to tell where control goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_CODE = 10
_UNREACHABLE, _NOP, _BLOCK, _LOOP, _IF, _ELSE, _END, _BR, _BR_IF, _BR_TABLE = 0, 1, 2, 3, 4, 5, 11, 12, 13, 14
_ONE: Final = frozenset({_BR, _BR_IF, 0x10, 0x12, *range(0x20, 0x27), 0x3F, 0x40, 0x41, 0x42, 0xD0, 0xD2})
"""Instructions with one number behind them."""
_TWO: Final = frozenset({0x11, 0x13})
_REFERENCES: Final = (0x63, 0x64)
"""What a type begins with that refers to another one."""
_OTHER_MEMORY: Final = 0x40
_BULK: Final = {**dict.fromkeys(range(8), 0), 9: 1, 11: 1, 13: 1, 15: 1, 16: 1, 17: 1, 8: 2, 10: 2, 12: 2, 14: 2}
"""How many numbers stand behind each instruction that begins with 0xFC."""


_TRAPPING: Final = frozenset({*range(0x6D, 0x71), *range(0x7F, 0x83), *range(0xA8, 0xAC), *range(0xAE, 0xB2)})
"""Divisions, remainders, and floats made integers."""
_IDLE: Final = (
    frozenset({_NOP, _BLOCK, _LOOP, _END, 0x1A, 0x1B, 0x20, 0x21, 0x22, 0x23, *range(0x41, 0xC5)}) - _TRAPPING
)
"""Instructions that leave nothing behind where a function traps after them."""


class _UnknownCode(Exception):
    """An instruction that is not known here."""


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
    except (_UnknownCode, IndexError):
        return offset
    if function is None or function.opcodes.get(offset) == _UNREACHABLE:
        return offset
    found = (_reached(function, each) for each in _next_places(function, offset))
    return next((each for each in found if each is not None), offset)


def _sections(module: bytes) -> Iterator[tuple[int, int, int]]:
    """The sections of a module: what each is, where it starts, and where it ends."""
    at = 8
    while at < len(module):
        section = module[at]
        size, start = _number(module, at + 1)
        at = start + size
        yield section, start, at


def _function_at(module: bytes, offset: int) -> _Function | None:
    """The function whose body holds a place."""
    for section, start, end in _sections(module):
        if section != _CODE or not start <= offset < end:
            continue
        count, at = _number(module, start)
        for _ in range(count):
            size, body = _number(module, at)
            at = body + size
            if body <= offset < at:
                return _read_function(module, body, at)
    return None


def _read_function(module: bytes, start: int, end: int) -> _Function:
    groups, at = _number(module, start)
    for _ in range(groups):
        at = _behind_type(module, _number(module, at)[1])
    function = _Function(at)
    # The blocks that an instruction stands in, innermost last; the function itself is None.
    open_blocks: list[int | None] = [None]
    while at < end:
        opcode, after = module[at], _behind(module, at)
        function.opcodes[at], function.following[at] = opcode, after
        if opcode in (_BR, _BR_IF, _BR_TABLE):
            function.labels[at] = [open_blocks[-1 - depth] for depth in _depths(module, at)]
        block = open_blocks[-1]
        if opcode in (_BLOCK, _LOOP, _IF):
            open_blocks.append(at)
        elif opcode == _ELSE and block is not None:
            function.elses[block] = at
        elif opcode == _END:
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
    if opcode in (_IF, _BR_IF, _LOOP):
        yield function.following[at]
    if opcode == _IF:
        yield function.following[function.elses.get(at, function.ends[at])]
    yield from _targets(function, at)


def _targets(function: _Function, at: int) -> Iterator[int]:
    """Where a branch leads; what leaves the function leads nowhere."""
    for block in function.labels.get(at, ()):
        if block is not None:
            yield function.following[block if function.opcodes[block] == _LOOP else function.ends[block]]


def _reached(function: _Function, at: int) -> int | None:
    """The `unreachable` that control comes to from a place before it does anything that counts."""
    seen: set[int] = set()
    while at in function.opcodes and at not in seen:
        seen.add(at)
        opcode = function.opcodes[at]
        if opcode == _UNREACHABLE:
            return at
        if opcode == _BR:
            at = next(_targets(function, at), -1)
        elif opcode == _ELSE:
            block = next(block for block, place in function.elses.items() if place == at)
            at = function.ends[block]
        elif opcode in _IDLE:
            at = function.following[at]
        else:
            return None
    return None


def _depths(module: bytes, at: int) -> list[int]:
    """How many blocks a branch leaves, for each place that it may lead to."""
    count, behind = _number(module, at + 1)
    if module[at] != _BR_TABLE:
        return [count]
    depths = []
    for _ in range(count + 1):
        depth, behind = _number(module, behind)
        depths.append(depth)
    return depths


def _behind(module: bytes, at: int) -> int:
    """Where the instruction behind one begins."""
    opcode, at = module[at], at + 1
    if opcode in (_BLOCK, _LOOP, _IF):
        return _behind_type(module, at)
    if opcode in _ONE:
        return _number(module, at)[1]
    if opcode in _TWO:
        return _behind_numbers(module, at, 2)
    if opcode == _BR_TABLE:
        count, at = _number(module, at)
        return _behind_numbers(module, at, count + 1)
    if opcode == 0x1C:
        count, at = _number(module, at)
        for _ in range(count):
            at = _behind_type(module, at)
        return at
    if 0x28 <= opcode <= 0x3E:
        return _behind_address(module, at)
    if opcode in (0x43, 0x44):
        return at + (4 if opcode == 0x43 else 8)
    if opcode in (0xFC, 0xFD, 0xFE):
        return _behind_prefixed(module, opcode, at)
    if opcode in (_UNREACHABLE, _NOP, _ELSE, _END, 0x0F, 0x1A, 0x1B, 0xD1) or 0x45 <= opcode <= 0xC4:
        return at
    raise _UnknownCode


def _behind_prefixed(module: bytes, prefix: int, at: int) -> int:
    """Behind an instruction of bulk memory, of vectors or of atomics, whose own number stands behind its prefix."""
    number, at = _number(module, at)
    if prefix == 0xFC:
        if number not in _BULK:
            raise _UnknownCode
        return _behind_numbers(module, at, _BULK[number])
    if prefix == 0xFE:
        return at + 1 if number == 3 else _behind_address(module, at)
    if number <= 11 or number in (92, 93):
        return _behind_address(module, at)
    if number in (12, 13):
        return at + 16
    if 21 <= number <= 34:
        return at + 1
    return _behind_address(module, at) + 1 if 84 <= number <= 91 else at


def _behind_address(module: bytes, at: int) -> int:
    alignment, at = _number(module, at)
    return _behind_numbers(module, at, 2 if alignment & _OTHER_MEMORY else 1)


def _behind_type(module: bytes, at: int) -> int:
    return _number(module, at + 1 if module[at] in _REFERENCES else at)[1]


def _behind_numbers(module: bytes, at: int, count: int) -> int:
    for _ in range(count):
        at = _number(module, at)[1]
    return at


def _number(module: bytes, at: int) -> tuple[int, int]:
    """The unsigned number that stands at a place of a module, and where the next thing stands."""
    number = shift = 0
    while True:
        byte = module[at]
        number |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return number, at
