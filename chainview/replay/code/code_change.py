"""Where the code of two builds differs, beside where its functions, texts and tables lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from chainview.actor.engine.instructions import number_at
from chainview.replay.align.sequence import matches, stretches
from chainview.replay.code.exchange import exchanges
from chainview.replay.code.module_code import (
    CALL,
    CALL_INDIRECT,
    CONST,
    LOCALS,
    MEMORY_USES,
    Body,
    ModuleCode,
    UnreadableCode,
    is_of_library,
    without_places,
)
from chainview.replay.code.pairing import copies, paired

_LONGEST_TEXT = 4096
_NOWHERE = 1 << 32
_DEEPEST = 2
_MOST_CODE = 1 << 20
"""Bytes of code of a module; to compare more takes some seconds."""
_ADDRESS, _ENTRY, _INTEGER = "address", "entry", "integer"
_NUMERIC = range(0x41, 0xC5)
_INTEGERS = (CONST, 0x42)
_GLOBAL_GET, _LOCAL_GET = 0x23, 0x20
_SUMS = (0x6A, 0x6B)
_SUMS_OF_ALL = (*_SUMS, 0x7C, 0x7D)
_PROLOGUE = 6
"""Instructions in which a function takes room on the stack."""
_BEYOND = frozenset({*range(0x4A, 0x4E), *range(0x55, 0x59)})
"""Comparisons with what is greater, or no less, which say of the number before what others say of the next one."""
Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Instructions of a function that stand in the place of others: `start` and `stop` are places now.

    `then` are those of the other build, in its own bytes. `sign` is what became what, wherever the same is changed.
    """

    function: int
    start: int
    stop: int
    then: tuple[bytes, ...]
    sign: tuple[Key, Key] = ((), ())
    stands_alone: bool = False
    """Whether it is nothing but other numbers, texts or operations: no other place for what is kept meanwhile."""

    @property
    def tells(self) -> bool:
        """Whether it changes more than where something is kept."""
        one, other = Counter(self.sign[0]), Counter(self.sign[1])
        return any(_tells(key) for key in (*(one - other), *(other - one)))


def _tells(key: Hashable) -> bool:
    if isinstance(key, bytes):
        return key[0] in _NUMERIC
    return isinstance(key, tuple) and key[0] in (CALL, CALL_INDIRECT, _ADDRESS, _ENTRY, _INTEGER)


def _tells_apart(key: Hashable) -> bool:
    """Whether an instruction is found in one change rather than in others: no sum, and no number."""
    if isinstance(key, bytes):
        return key[0] in _NUMERIC and key[0] not in _SUMS_OF_ALL
    return isinstance(key, tuple) and key[0] in (CALL, CALL_INDIRECT, _ADDRESS, _ENTRY)


def _is_pure(key: Hashable) -> bool:
    """Whether an instruction neither reads nor keeps anything: a constant, or what is made of such."""
    if isinstance(key, bytes):
        return key[0] in _NUMERIC
    return isinstance(key, tuple) and (key[0] in (_ENTRY, _INTEGER) or key[:2] == (_ADDRESS, CONST))


class CodeChange:
    """The hunks in which a build differs from another one; raises UnreadableCode where they can't be laid side by side.

    `functions` tells for each function of then which one it is now, and `addresses` the same of what the memory begins
    with, as far as the code refers to it.
    """

    def __init__(self, then: ModuleCode, now: ModuleCode) -> None:
        if len(then.segments) != len(now.segments) or max(then.code_size, now.code_size) > _MOST_CODE:
            raise UnreadableCode
        self.then, self.now = then, now
        self.functions = paired(then, now)
        self._copies = copies(now)
        self.addresses: dict[int, int] = {}
        self._one_place = then.segments == now.segments
        self._one_numbering = then.types == now.types and all(a == b for a, b in self.functions.items())
        if not self._one_place and not (then.is_linked and now.is_linked):
            # Where the linker's mark is gone, addresses can't be told from numbers.
            raise UnreadableCode
        pairs = [(one, other) for one, other in self.functions.items() if one >= len(then.imports)]
        self.hunks = tuple([hunk for one, other in pairs for hunk in self._hunks(one, other)])

    @cached_property
    def _called(self) -> dict[int, Hashable]:
        """What each function of then is called on both sides: of copies that say the same it is the first one now."""
        gone = {one: ("then", one) for one in range(len(self.then.function_types)) if one not in self.functions}
        return gone | {one: self._copies.get(other, other) for one, other in self.functions.items()}

    def units(self) -> list[frozenset[int]]:
        """The hunks by function, as their places in `hunks`; functions changed in one and the same way are one."""
        of_function: dict[int, set[int]] = {}
        for at, hunk in enumerate(self.hunks):
            of_function.setdefault(hunk.function, set()).add(at)
        units: list[set[int]] = []
        for own in self._with_library(of_function):
            alike = [unit for unit in units if self._is_same_change(unit, own)]
            units = [unit for unit in units if unit not in alike]
            units.append(own.union(*alike))
        return [frozenset(unit) for unit in units]

    def _with_library(self, of_function: dict[int, set[int]]) -> list[set[int]]:
        """The hunks of each function; as one those of a library that call each other, as one closure is in."""
        library = [function for function in of_function if is_of_library(self.now.key(function))]
        calls = {function: self._calls(function) for function in library}
        groups: list[set[int]] = []
        for function in library:
            near = [group for group in groups if any(function in calls[one] or one in calls[function] for one in group)]
            groups = [group for group in groups if group not in near]
            groups.append({function}.union(*near))
        merged = [set[int]().union(*[of_function[function] for function in group]) for group in groups]
        return [*merged, *[own for function, own in of_function.items() if function not in library]]

    def _calls(self, function: int) -> set[int]:
        """The functions that one calls."""
        return {number_at(each, 1)[0] for each in self.now.body(function).instructions if each[0] == CALL}

    @cached_property
    def is_one(self) -> bool:
        """Whether one number or operation changed and nothing else, at however many places, or two changed places."""
        tell = bool(self.hunks) and all(hunk.stands_alone and hunk.tells for hunk in self.hunks)
        return self._one_place and tell and len(self.alike(0)) == len(self.hunks)

    @cached_property
    def is_one_helper(self) -> bool:
        """Whether nothing changed but several functions in one and the same way, as where a helper is written out."""
        of_function: dict[int, set[int]] = {}
        for at, hunk in enumerate(self.hunks):
            of_function.setdefault(hunk.function, set()).add(at)
        essences = [self._essence(own) for own in of_function.values()]
        return len(essences) > 1 and bool(essences[0]) and all(each == essences[0] for each in essences)

    def alike(self, at: int) -> frozenset[int]:
        """The hunks that change the same as one of them, or that changed places with it, that one included."""
        together = next((each for each in self._exchanges if at in each), frozenset({at}))
        signs = {self.hunks[each].sign for each in together if self.hunks[each].tells}
        return together.union([other for other, each in enumerate(self.hunks) if each.sign in signs])

    @cached_property
    def _exchanges(self) -> list[frozenset[int]]:
        of_function: dict[int, dict[int, tuple[Key, Key]]] = {}
        for at, hunk in enumerate(self.hunks):
            of_function.setdefault(hunk.function, {})[at] = hunk.sign
        return [each for own in of_function.values() for each in exchanges(own)]

    def _is_same_change(self, one: set[int], other: set[int]) -> bool:
        ones, others = self._essence(one), self._essence(other)
        return bool(ones & others) and (ones <= others or others <= ones)

    def _essence(self, unit: set[int]) -> set[Hashable]:
        """What the hunks of a function change together, wherever it moved and whatever is kept elsewhere for it."""
        counts: Counter[Hashable] = Counter()
        hunks = [self.hunks[at] for at in sorted(unit)]
        for hunk in hunks:
            counts.update(hunk.sign[1])
            counts.subtract(hunk.sign[0])
        told = {(key, count > 0) for key, count in counts.items() if count and _tells_apart(key)}
        return {*told, *[hunk.sign for hunk in hunks if hunk.stands_alone and hunk.tells]}

    def _hunks(self, one: int, other: int) -> Iterator[Hunk]:
        if self._one_numbering and self._only_lies_elsewhere(self.then.raw(one), self.now.raw(other)):
            return
        if self.then.type_of(one) != self.now.type_of(other):
            raise UnreadableCode
        body, body_now = self.then.body(one), self.now.body(other)
        called = self._called
        sides = (_Side(self.then, body, called), _Side(self.now, body_now, self._copies))
        keys, keys_now = ([side.key(each) for each in side.body.instructions] for side in sides)
        found = matches(keys, keys_now)
        for part, part_now, same in stretches(found, len(keys), len(keys_now)):
            if same:
                pairs = zip(part, part_now, strict=True)
                apart = [(a, b) for a, b in pairs if not self._same_place(body, body_now, a, b)]
                yield from [_hunk(other, range(a, a + 1), range(b, b + 1), sides) for a, b in apart]
            else:
                yield _hunk(other, part, part_now, sides)

    def _only_lies_elsewhere(self, raw: bytes, raw_now: bytes) -> bool:
        """Whether the code of two functions is the same but for where that lies which it refers to."""
        if raw == raw_now and self._one_place:
            return True
        (rest, places), (rest_now, places_now) = without_places(raw), without_places(raw_now)
        if rest != rest_now:
            return False
        first = self.then.segments[0].address if self.then.segments else _NOWHERE
        for one, other in zip(places, places_now, strict=True):
            if one < first:
                same = self._same_entry(one, other) or (one == other and one not in self.then.table)
            else:
                same = self._same(one, other, _DEEPEST)
            if not same:
                return False
            self.addresses.update({one: other} if one >= first else {})
        return True

    def _same_place(self, body: Body, body_now: Body, at: int, at_now: int) -> bool:
        """Whether two instructions that are alike but for an address refer to the same."""
        one, other = self.then.address(body.instructions[at]), self.now.address(body_now.instructions[at_now])
        if one is None or other is None:
            return True
        same = self.addresses.get(one) == other or self._same(one, other, _DEEPEST)
        if same:
            self.addresses[one] = other
        return same

    def _same(self, one: int, other: int, depth: int) -> bool:
        region, region_now = self.then.region(one), self.now.region(other)
        if region[0] or region_now[0] or (self._one_place and one == other):
            return region == region_now or self._same_behind(one, other, min(region[0], region_now[0]))
        said, said_now = self.then.told(one, _LONGEST_TEXT), self.now.told(other, _LONGEST_TEXT)
        length = min(len(said), len(said_now))
        if said[:length] == said_now[:length]:
            return True
        if (one - other) % 4 or not depth:
            return False
        begin = -one % 4
        stop = length - (length - begin) % 4
        words, words_now = (_words(each[begin:stop]) for each in (said, said_now))
        ends = (said[:begin], said[stop:length]) == (said_now[:begin], said_now[stop:length])
        return ends and all(a == b or self._same_word(a, b, depth - 1) for a, b in zip(words, words_now, strict=True))

    def _same_behind(self, one: int, other: int, region: int) -> bool:
        """Whether two addresses lie at the same place behind what the memory begins with, which may be aligned."""
        behind = one - self.then.segments[-1].stop == other - self.now.segments[-1].stop
        return region == len(self.then.segments) and (one == other or behind)

    def _same_word(self, one: int, other: int, depth: int) -> bool:
        """Whether two words in the memory refer to the same: by an address, or by a place in the table."""
        if all(
            code.segments[0].address <= word < code.segments[0].stop
            for code, word in ((self.then, one), (self.now, other))
        ):
            return self._same(one, other, depth)
        return self._same_entry(one, other)

    def _same_entry(self, one: int, other: int) -> bool:
        return (
            one in self.then.table
            and other in self.now.table
            and self._called.get(self.then.table[one]) == self._copies.get(self.now.table[other], self.now.table[other])
        )


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]


class _Side:
    """One build's side of a function, and what its instructions are called on both."""

    def __init__(self, code: ModuleCode, body: Body, called: Mapping[int, Hashable]) -> None:
        self.code, self.body = code, body
        self._called = called
        self._locals = named_locals(body.params + body.locals)
        begin = body.instructions[:_PROLOGUE]
        taken = [each[1:] for each in begin if each[0] in (0x21, 0x22)]
        self._frame = taken[0] if taken and begin[0][0] == _GLOBAL_GET else None
        """The local that points to what the function keeps on the stack, as it stands in instructions."""

    def key(self, instruction: bytes) -> Hashable:
        """An instruction as it is called on both sides, whatever number its function, type, local or address has."""
        opcode = instruction[0]
        if opcode == CALL:
            return CALL, self._function(number_at(instruction, 1)[0])
        if opcode == CALL_INDIRECT:
            return CALL_INDIRECT, self.code.types[number_at(instruction, 1)[0]]
        if opcode in LOCALS:
            return opcode, *self._locals[number_at(instruction, 1)[0]]
        entry = self.code.entry(instruction)
        if entry is not None:
            return _ENTRY, self._function(entry)
        if self.code.address(instruction) is not None:
            return _ADDRESS, opcode, instruction[1] if opcode in MEMORY_USES else 0
        return instruction

    def sign(self, instruction: bytes) -> Hashable:
        """The same, with what stands at an address and without which local it is."""
        key = self.key(instruction)
        if instruction[0] in LOCALS and isinstance(key, tuple):
            return key[:2]
        address = self.code.address(instruction)
        if address is None and key is instruction and instruction[0] in _INTEGERS:
            return _INTEGER, number_at(instruction, 1)[0]
        if address is None:
            return key
        region, at = self.code.region(address)
        return _ADDRESS, instruction[0], self.code.told(address, _LONGEST_TEXT) if not region else at

    def is_of_frame(self, part: range) -> bool:
        """Whether a stretch is behind what points to the stack, and made a place of it, where something is kept."""
        before = self.body.instructions[part.start - 1 : part.start]
        if not before or before[0][0] not in (_GLOBAL_GET, _LOCAL_GET):
            return False
        adds = any(each[0] in _SUMS for each in self.body.instructions[part.start : part.stop + 1])
        return adds and (before[0][0] == _GLOBAL_GET or before[0][1:] == self._frame)

    def _function(self, function: int) -> Hashable:
        return self._called.get(function, function)


def _hunk(function: int, part: range, part_now: range, sides: tuple[_Side, _Side]) -> Hunk:
    (side, side_now), bodies = sides, [each.body.instructions for each in sides]
    then, now = bodies[0][part.start : part.stop], bodies[1][part_now.start : part_now.stop]
    sign: tuple[Key, Key] = tuple(map(side.sign, then)), tuple(map(side_now.sign, now))
    following = [each[at.stop][0] for each, at in zip(bodies, (part, part_now), strict=True) if at.stop < len(each)]
    if len(then) == len(now) == 1 and len(set(following)) == 1 and following[0] in _BEYOND:
        sign = _next_number(sign[0]), _next_number(sign[1])
    alone = all(map(_is_pure, (*sign[0], *sign[1]))) and not (side.is_of_frame(part) or side_now.is_of_frame(part_now))
    return Hunk(function, part_now.start, part_now.stop, then, sign, alone)


def _next_number(sign: Key) -> Key:
    """The sign of a number as that of the next one."""
    key = sign[0]
    return ((_INTEGER, key[1] + 1),) if isinstance(key, tuple) and key[0] == _INTEGER else sign


def named_locals(types: bytes) -> list[tuple[int, int]]:
    """What each local is called in both builds: its type, and how many of that stand before it."""
    counts: Counter[int] = Counter()
    named = []
    for each in types:
        named.append((each, counts[each]))
        counts[each] += 1
    return named
