"""Indexing the events of a native chain file, hashing events and searching them: the core's side of each.

`chainview.chain.files.native.index`, `chainview.chain.hashing` and `chainview.chain.query.search` are the twins, which
say what it means.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from weakref import ref

if TYPE_CHECKING:
    from chainview.core.instance import Instance

HASH_SIZE: Final = 20
BY_PAYLOAD: Final = 0xFF
"""In the place of a kind: each event's payload tells it."""
MOST_EVENTS: Final = 4096
"""Events that are taken in or hashed at once."""
MOST_BYTES: Final = 1 << 20
"""Bytes of them."""
MOST_TYPES: Final = 1024
ODD_PARENT: Final = 1
ODD_EXTRAS: Final = 2
_ROOM_FOR_TYPES: Final = 1 << 18
_SLOTS: Final = 4096
_SCRATCH: Final = MOST_BYTES + (MOST_BYTES >> 2)
_TYPE = struct.Struct("<5I")
_TYPES = struct.Struct("<3I")
_PROGRESS = struct.Struct("<Q7I20s")
_ODD = struct.Struct("<4I")
_SPAN = struct.Struct("<2I")
_SOUGHT = struct.Struct("<5I")
_MOST_SOUGHT: Final = 1 << 12
_NO_HASH = bytes(HASH_SIZE)


@dataclass(frozen=True, slots=True)
class TypeText:
    """An event type as the core knows it: its bytes, its JSON text, and the kind of its events, or BY_PAYLOAD."""

    name: bytes
    json: bytes
    kind: int


@dataclass(frozen=True, slots=True)
class Going:
    """What goes on from one piece of a file to the next: the next event's number, the open call's, the last hash."""

    number: int
    open_call: int
    last: bytes | None


@dataclass(frozen=True, slots=True)
class Odd:
    """An event, by its place among its columns, of which those do not say all; `extras` is where those lie."""

    at: int
    parent: bool
    extras: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Events in columns, each as the bytes of an array; `taken` is how many bytes they were read from."""

    count: int
    taken: int
    is_short: bool
    """Whether the bytes end inside of what would come next."""
    going: Going
    steps: int
    """How many events follow the call that was open before them; 0 where none was, or nothing of it came."""
    starts: bytes
    times: bytes
    durations: bytes
    links: bytes
    types: bytes
    hashes: bytes
    flags: bytes
    kinds: bytes
    odd: tuple[Odd, ...]


class EventCore:
    """These works on one instance of the core, for one thread."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        reserve = instance.reserve
        self._type_list, self._slots = reserve(_TYPE.size * MOST_TYPES), reserve(4 * _SLOTS)
        self._texts, self._types = reserve(_ROOM_FOR_TYPES), reserve(_TYPES.size)
        self._progress, self._columns = reserve(_PROGRESS.size), reserve(4 * 9)
        self._places = tuple([reserve(width * MOST_EVENTS) for width in (8, 8, 4, 4, 4, _ODD.size, HASH_SIZE, 1, 1)])
        self._data, self._offsets = reserve(MOST_BYTES), reserve(4 * MOST_EVENTS)
        self._type_ids, self._spans = reserve(4 * MOST_EVENTS), reserve(8 * MOST_EVENTS)
        self._hashes, self._found = reserve(HASH_SIZE * (MOST_EVENTS + 1)), reserve(HASH_SIZE * MOST_EVENTS)
        self._scratch = reserve(_SCRATCH)
        self._sides = tuple([(reserve(MOST_BYTES), reserve(8 * MOST_EVENTS)) for _ in range(2)])
        self._sought, self._told = reserve(_SOUGHT.size + _MOST_SOUGHT), reserve(MOST_EVENTS)
        self._known = self._used = 0
        self._owner: Callable[[], object] = _nobody
        """Whose types lie in the memory."""
        self._pair: Callable[[], object] = _nobody
        """Who loaded both sides last."""
        instance.write(self._types, _TYPES.pack(self._type_list, self._slots, _SLOTS - 1))
        instance.write(self._columns, struct.pack("<9I", *self._places))

    def learn(self, owner: object, count: int, texts: Callable[[int], Sequence[TypeText]]) -> bool:
        """Lets ids stand for the `count` types of the owner, of which `texts` gives those from one on.

        An owner may only add to its types. False where they are more than there is room for.
        """
        instance = self._instance
        if self._owner() is not owner:
            self._owner, self._known, self._used = ref(owner), 0, 0
            instance.write(self._slots, bytes(4 * _SLOTS))
        if self._known == count:
            return True
        if count > MOST_TYPES:
            return False
        first = self._known
        for each in texts(first):
            text = each.name + each.json
            if self._used + len(text) > _ROOM_FOR_TYPES:
                return False
            at = self._texts + self._used
            instance.write(at, text)
            named = _TYPE.pack(at, len(each.name), at + len(each.name), len(each.json), each.kind)
            instance.write(self._type_list + _TYPE.size * self._known, named)
            self._used += len(text)
            self._known += 1
        instance.call("learn", self._types, first, self._known)
        return True

    def index(self, data: bytes, base: int, most: int, going: Going) -> Columns:
        """Takes in up to `most` events of the learned types, which begin at `base` of a file, as far as the data go.

        It stops before anything that is no event as the writer lays them out.
        """
        instance, size, most = self._instance, min(len(data), MOST_BYTES), min(most, MOST_EVENTS)
        last = _NO_HASH if going.last is None else going.last
        told = _PROGRESS.pack(base, going.number, going.open_call, 0, 0, 0, going.last is not None, 0, last)
        instance.write(self._progress, told)
        instance.write(self._data, data[:size])
        count = instance.call("index", self._data, size, most, self._types, self._columns, self._progress)
        told = instance.read(self._progress, _PROGRESS.size)
        _, number, open_call, steps, taken, odd, has_last, is_short, last = _PROGRESS.unpack(told)
        read, places = instance.read, self._places
        return Columns(
            count,
            taken,
            bool(is_short),
            Going(number, open_call, last if has_last else None),
            steps,
            read(places[0], 8 * count),
            read(places[1], 8 * count),
            read(places[2], 4 * count),
            read(places[3], 4 * count),
            read(places[4], 4 * count),
            read(places[6], HASH_SIZE * count),
            read(places[7], count),
            read(places[8], count),
            tuple(
                [
                    Odd(at, bool(why & ODD_PARENT), (begin, end) if why & ODD_EXTRAS else None)
                    for at, why, begin, end in _ODD.iter_unpack(read(places[5], _ODD.size * odd))
                ]
            ),
        )

    def hashes_in_entries(
        self, data: bytes, offsets: bytes, type_ids: bytes, parent: bytes | None, hashes: bytes
    ) -> bytes | None:
        """What events hash to whose entries begin at these offsets, each the child of the one before, by `hashes`.

        Offsets and ids are the bytes of arrays of u32. None where an entry is not laid out as the writer does it.
        """
        placed = self._place(data, offsets, type_ids, in_entries=True)
        return self._hashed(len(offsets) // 4, parent, hashes) if placed else None

    def hashes_of(
        self, data: bytes, offsets: bytes, type_ids: bytes, parent: bytes | None, hashes: bytes
    ) -> bytes | None:
        """The same of events of which the data are the payloads, one behind the other, each from its offset on."""
        self._place(data, offsets, type_ids, in_entries=False)
        return self._hashed(len(offsets) // 4, parent, hashes)

    def says(
        self, data: bytes, offsets: bytes, type_ids: bytes, text: bytes, unseen: Collection[bytes],
        *, any_case: bool, in_entries: bool,
    ) -> bytes | None:  # fmt: skip
        """A byte for each of these events: 1 where its payload says the text, 2 where only the twin can tell, else 0.

        They are told as to `hashes_in_entries`, or else as to `hashes_of`. The text is in small letters where any case
        will do. The names of types that are among `unseen`, and those in them, are no texts. None where an entry is not
        laid out as the writer does it, and where the text is empty or longer than there is room for.
        """
        instance, count = self._instance, len(offsets) // 4
        names = b"".join([struct.pack("<I", len(name)) + name for name in unseen])
        if not 0 < len(text) <= _MOST_SOUGHT - len(names):
            return None
        if not self._place(data, offsets, type_ids, in_entries=in_entries):
            return None
        at = self._sought + _SOUGHT.size
        sought = _SOUGHT.pack(at, len(text), int(any_case), at + len(text), len(names))
        instance.write(self._sought, sought + text + names)
        instance.call("says", self._data, self._spans, count, self._sought, self._told)
        return instance.read(self._told, count)

    def pairs_for(self, owner: object) -> bool:
        """Whether the owner is who loaded the sides last; from now on it is."""
        held, self._pair = self._pair() is owner, ref(owner)
        return held

    def load(self, side: int, data: bytes, offsets: bytes, type_ids: bytes, *, in_entries: bool) -> bool:
        """Puts the payloads of events at hand as one of the two sides, 0 or 1, of what `same` compares.

        They begin at these offsets, where `in_entries` says that whole entries of the learned types do. False where one
        is not laid out as the writer does it.
        """
        instance, count = self._instance, len(offsets) // 4
        place, spans = self._sides[side]
        instance.write(place, data)
        if not in_entries:
            instance.write(spans, _spans(offsets, len(data)))
            return True
        instance.write(self._offsets, offsets)
        instance.write(self._type_ids, type_ids)
        found = instance.call("payloads", place, len(data), self._offsets, self._type_ids, self._types, count, spans)
        return found == count

    def same(self, at: int, at_other: int, count: int) -> int:
        """How many payloads of both sides are the same, from these places among the loaded ones on."""
        (place, spans), (place_other, spans_other) = self._sides
        first, first_other = spans + _SPAN.size * at, spans_other + _SPAN.size * at_other
        return self._instance.call("same", place, first, place_other, first_other, count)

    def _place(self, data: bytes, offsets: bytes, type_ids: bytes, *, in_entries: bool) -> bool:
        """Puts events, and where their payloads lie, where the core looks for them; False where that can't be told."""
        instance, count = self._instance, len(offsets) // 4
        instance.write(self._data, data)
        instance.write(self._type_ids, type_ids)
        if not in_entries:
            instance.write(self._spans, _spans(offsets, len(data)))
            return True
        instance.write(self._offsets, offsets)
        found = instance.call(
            "payloads", self._data, len(data), self._offsets, self._type_ids, self._types, count, self._spans
        )
        return found == count

    def _hashed(self, count: int, parent: bytes | None, hashes: bytes) -> bytes | None:
        instance = self._instance
        instance.write(self._hashes, (parent or _NO_HASH) + hashes)
        done = instance.call(
            "hash", self._data, self._spans, self._type_ids, self._types, count, self._hashes,
            int(parent is not None), self._found, self._scratch, _SCRATCH,
        )  # fmt: skip
        return instance.read(self._found, HASH_SIZE * count) if done == count else None


def _spans(offsets: bytes, size: int) -> bytes:
    """Where payloads begin and end that lie one behind the other in so many bytes."""
    return b"".join([_SPAN.pack(*span) for span in pairwise([*memoryview(offsets).cast("I"), size])])


def _nobody() -> None:
    """Who owns the types at first."""
