"""A function of the new build in which some instructions are as they were, in locals and places of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from chainview.actor.engine.instructions import BLOCK, BR, BR_IF, BR_TABLE, END, IF, LOOP, number_at
from chainview.replay.code.flow import FUNCTION
from chainview.replay.code.frame import Use
from chainview.replay.code.groups import Groups
from chainview.replay.code.hunk import Hunk
from chainview.replay.code.laid import Laid
from chainview.replay.code.module_code import CONST, LOCALS, UnreadableCode
from chainview.replay.code.numbers import number, signed

_GET, _SET, _TEE = 0x20, 0x21, 0x22
_ALIGNMENT = 16
Item = tuple[bool, int]
"""An instruction or a place at which a local is set: whether it is one of then, and its number."""


class Mixed:
    """Such a function; raises UnreadableCode where what was does not fit to what is."""

    def __init__(self, laid: Laid, hunks: Sequence[Hunk]) -> None:
        self._laid, self._sides = laid, {True: laid.then, False: laid.now}
        self._params = len(laid.now.body.params)
        self.items = list(self._mixed(hunks))
        self._groups: Groups[Item] = Groups()
        self._numbers: dict[Item, int] = {}
        self.locals = bytearray()
        """The types of its locals."""
        self._join()
        self._room = self._needed_room()

    def _mixed(self, hunks: Sequence[Hunk]) -> Iterator[Item]:
        at = 0
        for hunk in hunks:
            yield from [(False, place) for place in range(at, hunk.start)]
            yield from [(True, place) for place in range(hunk.at, hunk.at + len(hunk.then))]
            at = hunk.stop
        yield from [(False, place) for place in range(at, len(self._laid.now.instructions))]

    def instructions(self) -> Iterator[tuple[bool, bytes]]:
        """Its instructions, each with whether it is one of then, whose functions and addresses have other numbers."""
        yield from self._begin()
        opened: list[Item] = [(False, FUNCTION)]
        for item in self.items:
            was, at = item
            side = self._sides[was]
            instruction = side.instructions[at]
            opcode, use = instruction[0], side.framed.uses.get(at)
            if opcode in (BLOCK, LOOP, IF):
                opened.append(self._block(item))
            elif opcode == END:
                opened.pop()
            if opcode in (BR, BR_IF, BR_TABLE):
                depths = [self._depth(opened, self._block((was, target))) for target in side.flow.targets[at]]
                count = number(len(depths) - 1) if opcode == BR_TABLE else b""
                yield was, bytes([opcode]) + count + b"".join(map(number, depths))
            elif opcode in LOCALS:
                yield from self._also(item)
                yield was, bytes([opcode]) + number(self._local(item))
            elif use is Use.SIZE and self._room:
                yield was, bytes([CONST]) + signed(self._laid.now.framed.size + self._room)
            elif was and use is Use.SIZE:
                yield was, bytes([CONST]) + signed(self._laid.now.framed.size)
            elif was and use is Use.SLOT:
                yield was, bytes([CONST]) + signed(self._slot(side.framed.slots[at]))
            elif was and use is Use.MEMORY:
                begin, slot = instruction[: number_at(instruction, 1)[1]], self._slot(side.framed.slots[at])
                if slot < 0:
                    # What lies below the frame is reached through a sum alone.
                    raise UnreadableCode
                yield was, begin + number(slot)
            else:
                yield was, instruction

    def _block(self, item: Item) -> Item:
        """A block as that of now, where it is one."""
        was, at = item
        return (
            (False, self._laid.pairs.get(at, at) if at != FUNCTION else at)
            if was and (at == FUNCTION or at in self._laid.pairs)
            else item
        )

    @staticmethod
    def _depth(opened: Sequence[Item], block: Item) -> int:
        if block not in opened:
            raise UnreadableCode
        return len(opened) - 1 - opened.index(block)

    def _join(self) -> None:
        """Makes one local of all that is set and read together, of what was and of what is."""
        of_then = {at for was, at in self.items if was}
        for was in (True, False):
            for places in self._sides[was].flow.reads.values():
                for one in places:
                    self._groups.join((was, min(places)), (was, one))
        reads, reads_now = self._laid.then.flow.reads, self._laid.now.flow.reads
        for at, other in self._laid.pairs.items():
            if at in reads and self._laid.read_then(at) != self._laid.read_now(other):
                self._groups.join((True, min(reads[at])), (False, min(reads_now[other])))
        self._kept = {self._groups.name((True, place)) for at in of_then for place in self._places(True, at)}
        for local in range(self._params):
            root = self._groups.name((False, -1 - local))
            if root in self._numbers:
                raise UnreadableCode
            self._numbers[root] = local

    def _begin(self) -> Iterator[tuple[bool, bytes]]:
        """What hands over the parameters to what was."""
        for local in range(self._params):
            root = self._groups.name((True, -1 - local))
            if root in self._kept:
                yield False, bytes([_GET]) + number(local)
                yield False, bytes([_SET]) + number(self._number(root, self._laid.now.types[local]))

    def _also(self, item: Item) -> Iterator[tuple[bool, bytes]]:
        """What keeps a value that is set now for what was, too."""
        was, at = item
        then = None if was else self._laid.back.get(at)
        if then is not None and self._sides[was].instructions[at][0] in (_SET, _TEE):
            root = self._groups.name((True, then))
            if root in self._kept:
                yield False, bytes([_TEE]) + number(self._local((True, then)))

    def _places(self, was: bool, at: int) -> Collection[int]:
        """The places at which the local is set that an instruction reads or sets."""
        side = self._sides[was]
        opcode = side.instructions[at][0]
        if opcode not in LOCALS:
            return ()
        return side.flow.reads[at] if opcode == _GET else (at,)

    def _local(self, item: Item) -> int:
        was, at = item
        side = self._sides[was]
        kind = side.types[number_at(side.instructions[at], 1)[0]]
        places = self._places(was, at)
        root = self._groups.name((was, min(places))) if places else (was, -1 << 40 | kind)
        return self._number(root, kind)

    def _number(self, root: Item, kind: int) -> int:
        if root not in self._numbers:
            self._numbers[root] = self._params + len(self.locals)
            self.locals.append(kind)
        return self._numbers[root]

    def _slot(self, slot: int) -> int:
        """Where on the stack is now what lay at a place then; behind all else where nothing tells that."""
        known = self._laid.slot_now(slot)
        return known if known is not None else self._laid.now.framed.size + slot

    def _needed_room(self) -> int:
        then = self._laid.then.framed
        lost = any(was and at in then.slots and self._laid.slot_now(then.slots[at]) is None for was, at in self.items)
        return -(-then.size // _ALIGNMENT) * _ALIGNMENT if lost else 0
