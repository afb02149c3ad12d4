"""One build's side of a function, and what its instructions are called on both."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

from chainview.actor.engine.instructions import BR, BR_IF, BR_TABLE, END, number_at
from chainview.replay.code.flow import Flow, flow_of, numbers_of
from chainview.replay.code.frame import Framed, Use, framed
from chainview.replay.code.module_code import CALL, CALL_INDIRECT, CONST, LOCALS, MEMORY_USES, Body, ModuleCode
from chainview.replay.code.numbers import constant_of
from chainview.replay.code.operands import operands

ADDRESS, ENTRY, INTEGER = "address", "entry", "integer"
_SLOT = "slot"
_INTEGERS = (CONST, 0x42)
_FRACTION = b"\x44"
_LEAST_FRACTION = 1 << 52
"""Bits from which on a number of 64 is one with a fraction rather than a whole one."""
_LONGEST_TEXT = 4096
_STORES = range(0x36, 0x3F)
_LARGEST = 64
"""Bytes of a value on the stack, of which each part is read by itself."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An instruction that tells a place on the stack, by its number now."""

    key: Hashable
    place: int


class Side:
    """A function of one build; its instructions are those of `framed`."""

    def __init__(self, code: ModuleCode, body: Body, called: Mapping[int, Hashable]) -> None:
        self.code, self.body, self._called = code, body, called
        self.framed: Framed = framed(code, body.instructions)
        self.instructions = self.framed.instructions
        self.types = body.params + body.locals

    @cached_property
    def flow(self) -> Flow:
        """How control and values pass through it."""
        return flow_of(self.instructions, len(self.types))

    @cached_property
    def operands(self) -> list[tuple[int, ...]]:
        """What makes what each instruction takes."""
        return operands(self.code, self.instructions)

    @cached_property
    def begins(self) -> list[bool]:
        """Of each instruction whether nothing before it is left for what comes."""
        taken_behind = list(range(len(self.instructions) + 1))
        for at, taken in enumerate(self.operands):
            for maker in taken:
                if maker >= 0:
                    taken_behind[maker + 1] = max(taken_behind[maker + 1], at + 1)
        found, until = [], 0
        for at, behind in enumerate(taken_behind):
            until = max(until, behind)
            found.append(until <= at)
        return found

    @cached_property
    def kept(self) -> dict[int, int]:
        """For what reads a place on the stack the last instruction before it that wrote there, or handed it out."""
        found: dict[int, int] = {}
        last: dict[int, int] = {}
        for at, slot in self.framed.slots.items():
            if self.framed.uses[at] is Use.SLOT or self.instructions[at][0] in _STORES:
                last[slot] = at
                continue
            handed = next((other for other in range(slot - 1, slot - _LARGEST, -1) if other in last), slot)
            makers = [last[other] for other in (slot, handed) if other in last]
            if makers:
                found[at] = max(makers)
        return found

    def keys(self) -> list[Hashable]:
        """What each instruction is called on both sides, whatever number what it refers to has."""
        return list(self._keys)

    @cached_property
    def _keys(self) -> list[Hashable]:
        return [self._key(at, each) for at, each in enumerate(self.instructions)]

    def telling_keys(self, slots: Mapping[int, int] | None) -> list[Hashable]:
        """The same with what stands at an address, and with places on the stack, in the numbers of now."""
        keys = self.keys()
        for at, each in enumerate(self.instructions):
            key = keys[at]
            if isinstance(key, tuple) and key[0] == ADDRESS:
                keys[at] = *key, self.told_at(each)
            slot = self.framed.slots.get(at)
            if slot is not None:
                keys[at] = key, slot if slots is None else slots.get(slot, -1)
        return keys

    def _key(self, at: int, instruction: bytes) -> Hashable:
        opcode = instruction[0]
        use = self.framed.uses.get(at)
        if use is Use.MEMORY:
            return opcode, _SLOT
        if use is not None:
            return use
        if opcode == CALL:
            return CALL, self._function(number_at(instruction, 1)[0])
        if opcode == CALL_INDIRECT:
            return CALL_INDIRECT, self.code.types[number_at(instruction, 1)[0]]
        if opcode in LOCALS:
            local = number_at(instruction, 1)[0]
            return opcode, self.types[local] if local < len(self.types) else -1
        if opcode == END:
            opener = self.flow.opener[at]
            return END, self.instructions[opener][0] if opener >= 0 else opener
        if opcode in (BR, BR_IF, BR_TABLE):
            return opcode, len(numbers_of(instruction))
        entry = self.code.entry(instruction)
        if entry is not None:
            return ENTRY, self._function(entry)
        if self.code.address(instruction) is not None:
            return ADDRESS, opcode, instruction[1] if opcode in MEMORY_USES else 0
        return instruction

    def told_at(self, instruction: bytes) -> Hashable:
        """What stands at the address that an instruction holds."""
        address = self.code.address(instruction)
        if address is None:
            return None
        region, at = self.code.region(address)
        return at if region else self.code.told(address, _LONGEST_TEXT)

    def sign(self, at: int, slots: Mapping[int, int] | None, sources: Hashable) -> Hashable:
        """The name of an instruction with what it holds; `sources` tell which value of a local it reads."""
        instruction, key = self.instructions[at], self._key(at, self.instructions[at])
        slot = self.framed.slots.get(at)
        if slot is not None:
            return Slot(key, slot if slots is None else slots.get(slot, -1 - slot))
        if sources is not None:
            return key, sources
        if isinstance(key, tuple) and key[0] == ADDRESS:
            return ADDRESS, instruction[0], self.told_at(instruction)
        if key is instruction and instruction[0] in _INTEGERS:
            return _number(constant_of(instruction))
        return key

    def _function(self, function: int) -> Hashable:
        return self._called.get(function, function)


def _number(value: int) -> Hashable:
    """What a whole number is called, or the number with a fraction whose bits it holds."""
    return (INTEGER, value) if abs(value) < _LEAST_FRACTION else _FRACTION + value.to_bytes(8, "little", signed=True)
