"""What a function keeps on the stack in the memory, told apart by places in it rather than by numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from chainview.actor.engine.instructions import number_at
from chainview.replay.code.module_code import CONST, MEMORY_USES, ModuleCode
from chainview.replay.code.numbers import constant_of, signed
from chainview.replay.code.operands import UNKNOWN, operands

_GLOBAL_GET, _GLOBAL_SET, _LOCAL_GET, _LOCAL_SET, _LOCAL_TEE, _ADD, _SUB, _OR = (
    0x23,
    0x24,
    0x20,
    0x21,
    0x22,
    0x6A,
    0x6B,
    0x72,
)
_LONGEST = 6
_ALIGNED = 16
"""Bytes by which the room of a function is aligned."""


class Use(Enum):
    """What an instruction has to do with the room that a function takes on the stack."""

    SIZE = auto()
    """It is the number of its bytes."""
    BASE = auto()
    """It reads where it begins."""
    SLOT = auto()
    """It is the number of a place in it, which is added to where it begins."""
    MEMORY = auto()
    """It reads or writes at a place in it."""


@dataclass(frozen=True, slots=True)
class Framed:
    """Instructions that do the same, in which every place on the stack is told by a number; by place what each is."""

    instructions: tuple[bytes, ...]
    uses: dict[int, Use]
    slots: dict[int, int]
    """The places on the stack, by the places of the instructions that tell them."""
    size: int = 0
    within: dict[int, int] = field(default_factory=dict)
    """Places that are told by the bits behind another one, each with that."""


def framed(code: ModuleCode, instructions: Sequence[bytes]) -> Framed:
    """The instructions of a function with what they have to do with its room on the stack."""
    base = _base(instructions)
    if base is None:
        return Framed(tuple(instructions), {}, {})
    instructions, within = _in_sums(code, instructions, base)
    taken = operands(code, instructions)
    at_base = {
        at: taken[at][0]
        for at, each in enumerate(instructions)
        if each[0] in MEMORY_USES and taken[at][0] != UNKNOWN and instructions[taken[at][0]] == base
    }
    behind_base = set(at_base.values())
    made: list[bytes] = []
    uses: dict[int, Use] = {1: Use.SIZE}
    slots: dict[int, int] = {}
    size = constant_of(instructions[1])
    for at, each in enumerate(instructions):
        place = len(made)
        if at in at_base:
            uses[place], slots[place] = Use.MEMORY, offset_of(each)
        made.append(each)
        if each != base:
            continue
        uses[place] = Use.BASE
        if at in behind_base:
            continue
        follows = [other[0] for other in instructions[at + 1 : at + 4]]
        if follows[:2] == [CONST, _ADD] and code.address(instructions[at + 1]) is None:
            ends = follows[2:] == [_GLOBAL_SET]
            uses[place + 1] = Use.SIZE if ends else Use.SLOT
            if not ends:
                slots[place + 1] = constant_of(instructions[at + 1])
        else:
            made += [bytes([CONST, 0]), bytes([_ADD])]
            uses[place + 1], slots[place + 1] = Use.SLOT, 0
    return Framed(tuple(made), uses, slots, size, within)


def _in_sums(code: ModuleCode, instructions: Sequence[bytes], base: bytes) -> tuple[Sequence[bytes], dict[int, int]]:
    """The instructions where places on the stack are told by sums alone, and which were told by bits behind another.

    A place that is aligned has none of its lowest bits set, so that a compiler sets them where others are added.
    """
    made: list[bytes] = []
    within: dict[int, int] = {}
    for each in instructions:
        made.append(each)
        before = made[-5:]
        if [other[0] for other in before[1:]] != [CONST, _ADD, CONST, _OR] or before[0] != base:
            continue
        if any(code.address(before[step]) is not None for step in (1, 3)):
            continue
        slot, more = constant_of(before[1]), constant_of(before[3])
        if 0 < more < _ALIGNED and not slot & more:
            made[-5:] = [base, bytes([CONST]) + signed(slot + more), before[2]]
            within[slot + more] = slot
    return made, within


def _base(instructions: Sequence[bytes]) -> bytes | None:
    """The instruction that reads where the room of a function begins; None for a function that takes none."""
    begin = instructions[:_LONGEST]
    takes = [each[0] for each in begin[:4]]
    if takes[:3] != [_GLOBAL_GET, CONST, _SUB] or takes[3:] not in ([_LOCAL_TEE], [_LOCAL_SET]):
        return None
    local = begin[3][1:]
    again = sum(each[0] in (_LOCAL_SET, _LOCAL_TEE) and each[1:] == local for each in instructions)
    return bytes([_LOCAL_GET]) + local if again == 1 else None


def offset_of(instruction: bytes) -> int:
    """How far behind its address an instruction reads or writes."""
    return number_at(instruction, number_at(instruction, 1)[1])[0]
