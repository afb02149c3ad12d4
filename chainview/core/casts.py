"""Making events of blocks of text by moulds: the core's side of it.

`chainview.chain.files.theater.moulds` is the twin, which says what a mould is and learns them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from chainview.core.events import HASH_SIZE

if TYPE_CHECKING:
    from chainview.core.instance import Instance

MOST_EVENTS: Final = 4096
"""Events that are made at once."""
MOST_BYTES: Final = 1 << 19
"""Bytes of text of which they are made."""
MOST_MOULDS: Final = 4096
_SLOTS: Final = 16384
_ROOM_FOR_MOULDS: Final = 3 << 20
_LONGEST: Final = 1 << 16
"""Bytes that a literal, what stands around its leaves, or their nodes may take."""
_MOST_LEAVES: Final = 1 << 13
_PAYLOADS: Final = 1 << 20
_MOULD = struct.Struct("<8I")
_PIECE = struct.Struct("<2I")
_MOULDS = struct.Struct("<3I")
_WORK = struct.Struct("<10I")
_MADE = struct.Struct("<8I20s3I")
SHORT_HASH: Final = 7
"""Digits of a hash that texts of keys and values tell."""
ELSEWHERE, UNPROVED, PASSED_OVER, ROOT = 0x80, 0x40, 0x20, 0x10
"""Stand beside the kind of an event that does not follow the one before, whose hash did not come out, of which nothing
was made, and which states no parent."""
UNTOLD: Final = 15
"""Stands in the place of a kind that is told by what the payload says."""
_KINDS: Final = bytes(range(ROOT)) * (256 // ROOT)
"""The kind beside which these stand."""


@dataclass(frozen=True, slots=True)
class MouldText:
    """A mould as the core knows it: the text around its leaves, the JSON text of its type, its kind, its pieces.

    There is no JSON text of a type that the names of a host call make, which are its first two leaves.
    """

    around: bytes
    json: bytes
    kind: int
    pieces: tuple[bytes, ...]


class Texts(IntEnum):
    """How the texts are written that events are made of."""

    BLOCKS = 0
    KEYS = 1
    LOST_KEYS = 2
    """As keys and values, behind one whose hash is not known, so that none is."""
    LOST_BLOCKS = 3
    """As blocks, among which many do not come out, or do not follow, or much stands that is none."""


_LOST: Final = (Texts.LOST_KEYS, Texts.LOST_BLOCKS)


@dataclass(frozen=True, slots=True)
class Made:
    """Events in columns, each the bytes of an array: `numbers` and `ends` of u32; the payloads one behind the other."""

    count: int
    taken: int
    """Of how many bytes they were made."""
    hashes: bytes
    kinds: bytes
    elsewhere: tuple[int, ...]
    """Which of those whose hashes are not known do not follow the one before."""
    numbers: bytes
    """The moulds they were made by, in the order in which those were kept."""
    ends: bytes
    payloads: bytes

    last: bytes
    """The hash of the last of them, or the first digits of it where that is not known."""
    marks: bytes = b""
    """Of lost blocks and lost keys the kinds with what stands beside them; what is no event is of damage's kind."""
    parents: bytes = b""
    """Of lost blocks the parents they state."""
    starts: bytes = b""
    """Of lost blocks where each begins: an array of u32."""


class CastCore:
    """This work on an instance of the core of its own, for one text."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        reserve = instance.reserve
        self._list, self._slots = reserve(_MOULD.size * MOST_MOULDS), reserve(4 * _SLOTS)
        self._moulds, self._work, self._made = reserve(_MOULDS.size), reserve(_WORK.size), reserve(_MADE.size)
        self._texts, self._data = reserve(_ROOM_FOR_MOULDS), reserve(MOST_BYTES)
        self._columns = tuple([reserve(width * MOST_EVENTS) for width in (HASH_SIZE, 1, 4, 4)])
        self._of_lost = reserve(HASH_SIZE * MOST_EVENTS), reserve(4 * MOST_EVENTS)
        self._payloads = reserve(_PAYLOADS)
        self._known = self._used = 0
        instance.write(self._moulds, _MOULDS.pack(self._list, self._slots, _SLOTS - 1))
        rooms = (_LONGEST, _LONGEST, 4 * _MOST_LEAVES, _LONGEST, 8 * _LONGEST)
        around, nodes, ends, literal, text = [reserve(size) for size in rooms]
        told = (around, rooms[0], nodes, rooms[1], ends, _MOST_LEAVES, literal, rooms[3], text, rooms[4])
        instance.write(self._work, _WORK.pack(*told))

    def keep(self, mould: MouldText) -> bool:
        """Takes in one more mould, which is tried before those for the same text; False where there is no room."""
        pieces = len(mould.pieces)
        text = b"".join((mould.around, mould.json, *mould.pieces))
        size = _PIECE.size * pieces + len(text)
        if self._known == MOST_MOULDS or self._used + size > _ROOM_FOR_MOULDS:
            return False
        place = self._texts + self._used
        around = place + _PIECE.size * pieces
        json = at = around + len(mould.around)
        at += len(mould.json)
        places = []
        for piece in mould.pieces:
            places.append(_PIECE.pack(at, len(piece)))
            at += len(piece)
        self._instance.write(place, b"".join(places) + text)
        told = (around, len(mould.around), json, len(mould.json), mould.kind, place, pieces, 0)
        self._instance.write(self._list + _MOULD.size * self._known, _MOULD.pack(*told))
        self._instance.call("keep_mould", self._moulds, self._known)
        self._known += 1
        self._used += size
        self._used += -self._used % 4
        return True

    def cast(self, data: bytes, last: bytes | None, texts: Texts, tried_of: int = 0) -> Made:
        """Makes events of blocks that follow each other, of which the first goes on from an event of the hash `last`.

        It stops before the first that is not written as most are, or is made by no mould so that its hash comes out,
        and before one behind which it can't see the next begin. Of lost keys none has a hash: `last` is the first
        digits of one, and each is made by the mould for its text that was kept last. What is no block between two lost
        ones is told in its place. With `tried_of` those whose hashes do not come out are made by the one mould for
        their text, and those for which there is none are passed over, but for one of so many, by the checksum of its
        text, at which it stops.
        """
        instance, size = self._instance, min(len(data), MOST_BYTES)
        instance.write(self._data, data[:size])
        lost = (*self._of_lost, tried_of)
        told = (*self._columns, self._payloads, _PAYLOADS, 0, int(last is not None), last or b"", *lost)
        instance.write(self._made, _MADE.pack(*told))
        count = instance.call("cast", self._data, size, MOST_EVENTS, texts, self._moulds, self._work, self._made)
        taken, _, going_on, parents_at, starts_at, _ = _MADE.unpack(instance.read(self._made, _MADE.size))[6:]
        read, (hashes_at, kinds_at, numbers_at, ends_at) = instance.read, self._columns
        hashes, kinds = read(hashes_at, HASH_SIZE * count), read(kinds_at, count)
        numbers, ends = read(numbers_at, 4 * count), read(ends_at, 4 * count)
        used = struct.unpack_from("<I", ends, 4 * (count - 1))[0] if count else 0
        elsewhere: tuple[int, ...] = ()
        if texts is Texts.LOST_KEYS:
            going_on = going_on[:SHORT_HASH]
            elsewhere = tuple([at for at, kind in enumerate(kinds) if kind & ELSEWHERE])
        payloads, marks = read(self._payloads, used), kinds
        kinds = marks.translate(_KINDS)
        made = Made(count, taken, hashes, kinds, elsewhere, numbers, ends, payloads, going_on)
        if texts not in _LOST:
            return made
        parents, starts = read(parents_at, HASH_SIZE * count), read(starts_at, 4 * count)
        return replace(made, marks=marks, parents=parents, starts=starts)
