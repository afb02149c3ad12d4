"""The new build with some of what changed in its code taken back."""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from itertools import groupby

from chainview.actor.engine.instructions import number_at
from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.hunk import Hunk
from chainview.replay.code.mixed import Mixed
from chainview.replay.code.module_code import (
    CALL,
    CALL_INDIRECT,
    CODE,
    CONST,
    DATA,
    DATA_COUNT,
    GLOBAL_USES,
    MEMORY,
    MEMORY_USES,
    PAGE,
    UnreadableCode,
    words_of,
)
from chainview.replay.code.numbers import number

_HEADER = 8


def taken_back(change: CodeChange, hunks: Collection[int]) -> bytes:
    """The new module, in which some of the hunks, by their places, are as they were.

    Raises UnreadableCode where they need what the new module has no more. It may be no valid module: a part of what
    changed needs not fit to the rest.
    """
    return _Maker(change).made([change.hunks[at] for at in sorted(hunks)])


class _Maker:
    def __init__(self, change: CodeChange) -> None:
        self._change, self._then, self._now = change, change.then, change.now
        self._copy = False
        """Whether something refers to a text that only the other module holds, which lies in a copy of its texts."""

    def made(self, hunks: Sequence[Hunk]) -> bytes:
        """The module."""
        bodies = {
            function: self._body(function, list(own)) for function, own in groupby(hunks, lambda hunk: hunk.function)
        }
        module = bytearray(self._now.module[:_HEADER])
        at = _HEADER
        while at < len(self._now.module):
            kind = self._now.module[at]
            size, start = number_at(self._now.module, at + 1)
            content = self._now.module[start : start + size]
            at = start + size
            if kind == CODE:
                content = self._code(bodies)
            elif self._copy and kind in (MEMORY, DATA, DATA_COUNT):
                content = self._with_copy(kind, content)
            module += bytes([kind]) + number(len(content)) + content
        return bytes(module)

    def _code(self, bodies: dict[int, bytes]) -> bytes:
        made = [bodies.get(function, self._now.raw(function)) for function in self._now.functions]
        return number(len(made)) + b"".join([number(len(body)) + body for body in made])

    def _body(self, function: int, hunks: Sequence[Hunk]) -> bytes:
        laid = self._change.laid[function]
        if len(hunks) == len(laid.places):
            # All of a function as it was needs nothing of what it is.
            own = laid.then.body.locals
            instructions = [self._translated(each) for each in laid.then.body.instructions]
        else:
            mixed = Mixed(laid, hunks)
            instructions = [self._translated(each) if was else each for was, each in mixed.instructions()]
            own = bytes(mixed.locals)
        groups = [(len(list(run)), kind) for kind, run in groupby(own)]
        told = b"".join([number(count) + bytes([kind]) for count, kind in groups])
        return number(len(groups)) + told + b"".join(instructions)

    def _translated(self, instruction: bytes) -> bytes:
        """An instruction of the other module in the numbers of this one."""
        opcode = instruction[0]
        told = number_at(instruction, 1)[0] if len(instruction) > 1 else 0
        if opcode == CALL:
            if told not in self._change.functions:
                raise UnreadableCode
            return instruction[:1] + number(self._change.functions[told])
        if opcode == CALL_INDIRECT:
            form = self._then.types[told]
            if form not in self._now.types:
                raise UnreadableCode
            return instruction[:1] + number(self._now.types.index(form)) + instruction[number_at(instruction, 1)[1] :]
        if opcode in GLOBAL_USES and self._then.globals != self._now.globals:
            raise UnreadableCode
        entry = self._then.entry(instruction)
        if entry is not None:
            return instruction[:1] + _filled_in(self._entry(entry))
        address = self._then.address(instruction)
        if address is None:
            return instruction
        place = self._place(address)
        if opcode in MEMORY_USES:
            return instruction[: number_at(instruction, 1)[1]] + _filled_in(place)
        return instruction[:1] + _filled_in(place)

    def _entry(self, function: int) -> int:
        """Where in the table a function stands now."""
        now = self._change.functions.get(function)
        found = next((place for place, each in self._now.table.items() if each == now), None)
        if now is None or found is None:
            raise UnreadableCode
        return found

    def _place(self, address: int) -> int:
        """Where something lies now that lay at an address then."""
        known = self._change.addresses.get(address)
        if known is not None:
            return known
        region, at = self._then.region(address)
        if region == 0:
            self._copy = True
            return self._now.pages * PAGE + at
        segments = self._now.segments
        return (segments[region].address if region < len(segments) else self._now.zeros) + at

    def _with_copy(self, kind: int, content: bytes) -> bytes:
        """A section with room for the copy of the other module's texts, or with that."""
        texts = self._then.segments[0]
        count, at = number_at(content, 0)
        if kind == DATA_COUNT:
            return number(count + 1)
        if kind == DATA:
            segment = b"\0" + bytes([CONST]) + _filled_in(self._now.pages * PAGE) + b"\x0b"
            return number(count + 1) + content[at:] + segment + number(len(texts.data)) + self._moved_texts()
        limits, at = content[at], at + 1
        pages = self._now.pages + -(-len(texts.data) // PAGE)
        most = number(max(number_at(content, number_at(content, at)[1])[0], pages)) if limits else b""
        return number(1) + bytes([limits]) + number(pages) + most

    def _moved_texts(self) -> bytes:
        """The other module's texts, in which what refers to them refers to this copy."""
        texts = self._then.segments[0]
        moved = bytearray(texts.data)
        begin, by = -texts.address % 4, self._now.pages * PAGE - texts.address
        for at, word in enumerate(words_of(texts)):
            if texts.address <= word < texts.stop:
                struct.pack_into("<I", moved, begin + 4 * at, word + by)
        return bytes(moved)


def _filled_in(value: int) -> bytes:
    """A place in the memory or in the table as the linker writes it, in the longest form of a number."""
    return bytes([*[value >> shift & 0x7F | 0x80 for shift in (0, 7, 14, 21)], value >> 28 & 0x7F])
