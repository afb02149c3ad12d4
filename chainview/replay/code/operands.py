"""Which instructions of a function make what others take from the stack of values."""

from __future__ import annotations

from collections.abc import Sequence

from chainview.actor.engine.instructions import BLOCK, BR, BR_IF, BR_TABLE, ELSE, END, IF, LOOP, UNREACHABLE, number_at
from chainview.replay.code.module_code import CALL, CALL_INDIRECT, ModuleCode

UNKNOWN = -1
"""Something that is made before the stack was lost track of."""
_RETURN, _PREFIX = 0x0F, 0xFC
_ENDS_PATH = (BR, _RETURN, UNREACHABLE)
_TAKES = {
    0x1A: (1, 0),
    0x1B: (3, 1),
    0x20: (0, 1),
    0x21: (1, 0),
    0x22: (1, 1),
    0x23: (0, 1),
    0x24: (1, 0),
    0x3F: (0, 1),
    0x40: (1, 1),
    **dict.fromkeys(range(0x28, 0x36), (1, 1)),
    **dict.fromkeys(range(0x36, 0x3F), (2, 0)),
    **dict.fromkeys(range(0x41, 0x45), (0, 1)),
    **dict.fromkeys(
        (0x45, 0x50, *range(0x67, 0x6A), *range(0x79, 0x7C), *range(0x8B, 0x92), *range(0x99, 0xA0)), (1, 1)
    ),
    **dict.fromkeys((*range(0x46, 0x50), *range(0x51, 0x67), *range(0x6A, 0x79), *range(0x7C, 0x8B)), (2, 1)),
    **dict.fromkeys((*range(0x92, 0x99), *range(0xA0, 0xA7)), (2, 1)),
    **dict.fromkeys(range(0xA7, 0xC5), (1, 1)),
}
"""How many values an instruction takes and leaves."""
_TAKES_OF_BULK = {**dict.fromkeys(range(8), (1, 1)), 8: (3, 0), 9: (0, 0), 10: (3, 0), 11: (3, 0)}


def operands(code: ModuleCode, instructions: Sequence[bytes]) -> list[tuple[int, ...]]:
    """For each instruction the places of those that make what it takes, within what runs without a branch."""
    stack: list[int] = []
    found: list[tuple[int, ...]] = []
    for at, each in enumerate(instructions):
        opcode = each[0]
        if opcode in _ENDS_PATH or opcode in (BLOCK, LOOP, END, ELSE):
            found.append(tuple(stack) if opcode in (_RETURN, END) else ())
            stack = []
            continue
        takes, leaves = _effect(code, each)
        taken = stack[len(stack) - takes :] if takes else []
        taken = [UNKNOWN] * (takes - len(taken)) + taken if takes > len(stack) else taken
        del stack[max(0, len(stack) - takes) :]
        stack += [at] * leaves
        if opcode in (IF, BR_TABLE):
            stack = []
        found.append(tuple(taken))
    return found


def _effect(code: ModuleCode, instruction: bytes) -> tuple[int, int]:
    opcode = instruction[0]
    if opcode == CALL:
        return _of_type(code.type_of(number_at(instruction, 1)[0]))
    if opcode == CALL_INDIRECT:
        takes, leaves = _of_type(code.types[number_at(instruction, 1)[0]])
        return takes + 1, leaves
    if opcode in (IF, BR_IF, BR_TABLE):
        return 1, 0
    if opcode == _PREFIX:
        return _TAKES_OF_BULK.get(number_at(instruction, 1)[0], (0, 0))
    return _TAKES.get(opcode, (0, 0))


def _of_type(form: bytes) -> tuple[int, int]:
    takes, at = number_at(form, 1)
    return takes, number_at(form, at + takes)[0]
