"""What stands in the place of something else in a function, and what that says wherever the same is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

from chainview.replay.code.laid import Laid, Places
from chainview.replay.code.module_code import CALL, CALL_INDIRECT, CONST
from chainview.replay.code.side import ADDRESS, ENTRY, INTEGER, Side, Slot

_NUMERIC = range(0x41, 0xC5)
_SUMS_OF_ALL = (0x6A, 0x6B, 0x7C, 0x7D)
_BEYOND = frozenset({*range(0x4A, 0x4E), *range(0x55, 0x59)})
"""Comparisons with what is greater, or no less, which say of the number before what others say of the next one."""
_OPPOSITE = {at + one: at + other for at in (0x46, 0x51) for one, other in enumerate((1, 0, 8, 9, 6, 7, 4, 5, 2, 3))}
"""Comparisons with those that hold where they don't: a compiler branches by either."""
_EVERYWHERE = frozenset({0, 1, -1})
"""Numbers that stand for nothing by themselves."""
NEXT = (0, 1, -1)
"""How far the number that code goes by may lie from the one that a source holds."""
_WORDS = (4, 8)
"""The bytes of a number that memory begins with."""
Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Instructions of a function that stand in the place of others: `start` and `stop` are places now.

    `then` are those of the other build, in its own bytes, from its place `at` on. `sign` is what became what, wherever
    the same is changed.
    """

    function: int
    start: int
    stop: int
    then: tuple[bytes, ...]
    at: int = 0
    sign: tuple[Key, Key] = ((), ())
    stands_alone: bool = False
    """Whether it is nothing but other numbers, texts or operations: no other place for what is kept meanwhile."""

    @property
    def tells(self) -> bool:
        """Whether it changes more than where something is kept."""
        one, other = Counter(self.sign[0]), Counter(self.sign[1])
        return any(_tells(key) for key in (*(one - other), *(other - one)))

    @property
    def number(self) -> tuple[int, int] | None:
        """Which whole number became which, in the code or in what memory begins with, if that is all it changes."""
        one, other = (_whole_number(side[0]) if len(side) == 1 else None for side in self.sign)
        return None if one is None or other is None or {one, other} <= _EVERYWHERE else (one, other)

    @property
    def wherever_kept(self) -> tuple[Key, Key]:
        """The sign without which places on the stack are told."""
        one, other = (tuple([key.key if isinstance(key, Slot) else key for key in side]) for side in self.sign)
        return one, other

    @property
    def wherever_read(self) -> tuple[Key, Key]:
        """The sign without places on the stack, and without which values of its locals are read."""
        one, other = (tuple(map(_without_sources, side)) for side in self.wherever_kept)
        return one, other


def hunk_of(function: int, places: Places, laid: Laid) -> Hunk:
    """What stands at one of the places at which the two sides of a function differ."""
    part, part_now = places
    then, now = laid.then.instructions[part.start : part.stop], laid.now.instructions[part_now.start : part_now.stop]
    sign = _sign(laid.then, laid, part), _sign(laid.now, laid, part_now)
    following = [
        side.instructions[at.stop][0]
        for side, at in ((laid.then, part), (laid.now, part_now))
        if at.stop < len(side.instructions)
    ]
    alone = all(map(_is_pure, (*sign[0], *sign[1])))
    if len(then) == len(now) == 1 and len(set(following)) == 1 and following[0] in _BEYOND:
        sign = _next_number(sign[0]), _next_number(sign[1])
    if len(then) == len(now) == 1 and then[0][0] in _OPPOSITE and now[0][0] in _OPPOSITE:
        sign = min(sign, (_opposite(then[0]), _opposite(now[0])))
    return Hunk(function, part_now.start, part_now.stop, then, part.start, sign, alone)


def _sign(side: Side, laid: Laid, part: range) -> Key:
    if side is laid.then:
        return tuple([side.sign(at, laid.slots, laid.read_then(at) if at in side.flow.reads else None) for at in part])
    return tuple([side.sign(at, None, laid.read_now(at) if at in side.flow.reads else None) for at in part])


def _without_sources(key: Hashable) -> Hashable:
    return key[0] if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], frozenset) else key


def _tells(key: Hashable) -> bool:
    if isinstance(key, bytes):
        return key[0] in _NUMERIC
    return isinstance(key, tuple) and key[0] in (CALL, CALL_INDIRECT, ADDRESS, ENTRY, INTEGER)


def tells_apart(key: Hashable) -> bool:
    """Whether an instruction is found in one change rather than in others: no sum, and no number."""
    if isinstance(key, bytes):
        return key[0] in _NUMERIC and key[0] not in _SUMS_OF_ALL
    return isinstance(key, tuple) and key[0] in (CALL, CALL_INDIRECT, ADDRESS, ENTRY)


def _is_pure(key: Hashable) -> bool:
    """Whether an instruction neither reads nor keeps anything: a constant, or what is made of such."""
    if isinstance(key, bytes):
        return key[0] in _NUMERIC
    return isinstance(key, tuple) and (key[0] in (ENTRY, INTEGER) or key[:2] == (ADDRESS, CONST))


def numbers_of(hunks: Sequence[Hunk]) -> tuple[Collection[int], Collection[int]]:
    """The whole numbers that some hunks take away together, and those that they bring."""
    counts: Counter[int] = Counter()
    for hunk in hunks:
        one, other = ([each for each in map(_whole_number, side) if each is not None] for side in hunk.sign)
        counts.update(other)
        counts.subtract(one)
    return {each for each, count in counts.items() if count < 0}, {each for each, count in counts.items() if count > 0}


def becomes(number: tuple[int, int], numbers: tuple[Collection[int], Collection[int]], *, near: bool) -> bool:
    """Whether one number that is taken away and one that is brought are these two.

    Where something is compared with numbers a compiler may take the next ones: both, or, `near` each other, either.
    """
    shifts = [(one, other) for one in NEXT for other in NEXT if near or one == other]
    pairs = [(number[0] + one, number[1] + other) for one, other in shifts]
    return any(one in numbers[0] and other in numbers[1] and not {one, other} <= _EVERYWHERE for one, other in pairs)


def _whole_number(key: Hashable) -> int | None:
    """The number that an instruction holds, or that stands where it refers to; None for others."""
    if not isinstance(key, tuple):
        return None
    if key[0] == INTEGER:
        return int(key[1])
    held = key[2] if key[:2] == (ADDRESS, CONST) and len(key) > 2 else None
    return int.from_bytes(held, "little", signed=True) if isinstance(held, bytes) and len(held) in _WORDS else None


def _opposite(comparison: bytes) -> Key:
    return (bytes([_OPPOSITE[comparison[0]]]),)


def _next_number(sign: Key) -> Key:
    """The sign of a number as that of the next one."""
    key = sign[0]
    return ((INTEGER, key[1] + 1),) if isinstance(key, tuple) and key[0] == INTEGER else sign
