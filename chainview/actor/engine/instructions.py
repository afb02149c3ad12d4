"""The instructions of a module one by one: where the next one begins, and the numbers that stand behind them."""

from __future__ import annotations

from typing import Final

UNREACHABLE, NOP, BLOCK, LOOP, IF, ELSE, END, BR, BR_IF, BR_TABLE = 0, 1, 2, 3, 4, 5, 11, 12, 13, 14
_ONE: Final = frozenset({BR, BR_IF, 0x10, 0x12, *range(0x20, 0x27), 0x3F, 0x40, 0x41, 0x42, 0xD0, 0xD2})
"""Instructions with one number behind them."""
_TWO: Final = frozenset({0x11, 0x13})
_REFERENCES: Final = (0x63, 0x64)
"""What a type begins with that refers to another one."""
_OTHER_MEMORY: Final = 0x40
_BULK: Final = {**dict.fromkeys(range(8), 0), 9: 1, 11: 1, 13: 1, 15: 1, 16: 1, 17: 1, 8: 2, 10: 2, 12: 2, 14: 2}
"""How many numbers stand behind each instruction that begins with 0xFC."""


class UnknownCode(Exception):
    """An instruction that is not known here."""


def behind(module: bytes, at: int) -> int:
    """Where the instruction behind one begins."""
    opcode, at = module[at], at + 1
    if opcode in (BLOCK, LOOP, IF):
        return behind_type(module, at)
    if opcode in _ONE:
        return number_at(module, at)[1]
    if opcode in _TWO:
        return _behind_numbers(module, at, 2)
    if opcode == BR_TABLE:
        count, at = number_at(module, at)
        return _behind_numbers(module, at, count + 1)
    if opcode == 0x1C:
        count, at = number_at(module, at)
        for _ in range(count):
            at = behind_type(module, at)
        return at
    if 0x28 <= opcode <= 0x3E:
        return _behind_address(module, at)
    if opcode in (0x43, 0x44):
        return at + (4 if opcode == 0x43 else 8)
    if opcode in (0xFC, 0xFD, 0xFE):
        return _behind_prefixed(module, opcode, at)
    if opcode in (UNREACHABLE, NOP, ELSE, END, 0x0F, 0x1A, 0x1B, 0xD1) or 0x45 <= opcode <= 0xC4:
        return at
    raise UnknownCode


def _behind_prefixed(module: bytes, prefix: int, at: int) -> int:
    """Behind an instruction of bulk memory, of vectors or of atomics, whose own number stands behind its prefix."""
    number, at = number_at(module, at)
    if prefix == 0xFC:
        if number not in _BULK:
            raise UnknownCode
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
    alignment, at = number_at(module, at)
    return _behind_numbers(module, at, 2 if alignment & _OTHER_MEMORY else 1)


def behind_type(module: bytes, at: int) -> int:
    return number_at(module, at + 1 if module[at] in _REFERENCES else at)[1]


def _behind_numbers(module: bytes, at: int, count: int) -> int:
    for _ in range(count):
        at = number_at(module, at)[1]
    return at


def number_at(module: bytes, at: int) -> tuple[int, int]:
    """The unsigned number that stands at a place of a module, and where the next thing stands."""
    number = shift = 0
    while True:
        byte = module[at]
        number |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return number, at
