"""Indexing the events of a native chain file, hashing, searching and comparing events: the core's side of each.

`chainview.chain.files.native.index`, `chainview.chain.hashing`, `chainview.chain.query.search` and
`chainview.replay.align.payloads` are the twins, which say what it means.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
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
ODD_REASON: Final = 4
_ROOM_FOR_TYPES: Final = 1 << 18
_SLOTS: Final = 4096
_SCRATCH: Final = MOST_BYTES + (MOST_BYTES >> 2)
_TYPE = struct.Struct("<5I")
_TYPES = struct.Struct("<3I")
_PROGRESS = struct.Struct("<Q7I20s")
_ODD = struct.Struct("<4I")
PRINT_SIZE: Final = 8
"""Bytes of a fingerprint."""
KEY_SIZE: Final = 16
"""Bytes of the key that fingerprints are made with."""
_PLACE_SIZE, _SPAN_SIZE = 8, 8
_LOW: Final = 0xFFFF_FFFF
_SOUGHT = struct.Struct("<5I")
_MOST_SOUGHT: Final = 1 << 12
_NO_HASH = bytes(HASH_SIZE)
_ASKED = struct.Struct("<3I")
_ROOM_FOR_TOLD: Final = 1 << 21


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


Odd = tuple[int, int, int, int]
"""An event, by its place among its columns, of which those do not say all, why that is so, and where the rest lies.

For ODD_EXTRAS those are its extras, for ODD_REASON the text of a reason; ODD_PARENT may be so beside either.
"""


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
    odd: Sequence[Odd]


@dataclass(frozen=True, slots=True)
class Region:
    """Up to MOST_EVENTS events that lie one behind the other in up to MOST_BYTES.

    Where each begins, as a u64 of an array, counts from where the first of the bytes has the place `base`; their types
    are ids, u32 of an array. They are whole entries of a file, or else payloads.
    """

    data: bytes
    starts: bytes
    base: int
    type_ids: bytes
    in_entries: bool

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.starts) // _PLACE_SIZE


class EventCore:
    """These works on one instance of the core, for one thread."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        reserve = instance.reserve
        self._type_list, self._slots = reserve(_TYPE.size * MOST_TYPES), reserve(4 * _SLOTS)
        self._texts, self._types = reserve(_ROOM_FOR_TYPES), reserve(_TYPES.size)
        self._progress, self._columns = reserve(_PROGRESS.size), reserve(4 * 9)
        self._places = tuple([reserve(width * MOST_EVENTS) for width in (8, 8, 4, 4, 4, _ODD.size, HASH_SIZE, 1, 1)])
        self._data, self._starts = reserve(MOST_BYTES), reserve(_PLACE_SIZE * MOST_EVENTS)
        self._type_ids, self._spans = reserve(4 * MOST_EVENTS), reserve(_SPAN_SIZE * MOST_EVENTS)
        self._hashes, self._found = reserve(HASH_SIZE * (MOST_EVENTS + 1)), reserve(HASH_SIZE * MOST_EVENTS)
        self._scratch = reserve(_SCRATCH)
        self._key, self._prints = reserve(KEY_SIZE), reserve(PRINT_SIZE * MOST_EVENTS)
        self._sought, self._told = reserve(_SOUGHT.size + _MOST_SOUGHT), reserve(MOST_EVENTS)
        self._texts_told = 0
        """Where they are put, once somebody asks for them."""
        self._known = self._used = 0
        self._owner: Callable[[], object] = _nobody
        """Whose types lie in the memory."""
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
            list(_ODD.iter_unpack(read(places[5], _ODD.size * odd))),
        )

    def hashes(self, region: Region, parent: bytes | None, hashes: bytes) -> bytes | None:
        """What these events hash to, each the child of the one before, by `hashes`.

        None where an entry is not laid out as the writer does it, and where the text of one is longer than there is
        room for.
        """
        if not self.place(region):
            return None
        instance, count = self._instance, region.count
        instance.write(self._hashes, (parent or _NO_HASH) + hashes)
        done = instance.call(
            "hash", self._data, self._spans, self._type_ids, self._types, count, self._hashes,
            int(parent is not None), self._found, self._scratch, _SCRATCH,
        )  # fmt: skip
        return instance.read(self._found, HASH_SIZE * count) if done == count else None

    def prints(self, region: Region, key: bytes) -> bytes | None:
        """The fingerprint of each payload, a u64: with one key that nobody knows, the same for the same bytes alone.

        None where an entry is not laid out as the writer does it.
        """
        if not self.place(region):
            return None
        self._instance.write(self._key, key)
        self._instance.call("prints", self._data, self._spans, region.count, self._key, self._prints)
        return self._instance.read(self._prints, PRINT_SIZE * region.count)

    def says(self, region: Region, text: bytes, unseen: Collection[bytes], *, any_case: bool) -> bytes | None:
        """A byte for each of these events: 1 where its payload says the text, 2 where only the twin can tell, else 0.

        The text is in small letters where any case will do. The names of types that are among `unseen`, and those in
        them, are no texts. None where an entry is not laid out as the writer does it, and where the text is empty or
        longer than there is room for.
        """
        instance, count = self._instance, region.count
        names = b"".join([struct.pack("<I", len(name)) + name for name in unseen])
        if not 0 < len(text) <= _MOST_SOUGHT - len(names):
            return None
        if not self.place(region):
            return None
        at = self._sought + _SOUGHT.size
        sought = _SOUGHT.pack(at, len(text), int(any_case), at + len(text), len(names))
        instance.write(self._sought, sought + text + names)
        instance.call("says", self._data, self._spans, count, self._sought, self._told)
        return instance.read(self._told, count)

    def tell(self, region: Region, kinds: bytes, room: int, *, literals: bool, shown: bool) -> list[str] | None:
        """The line of each of these events in about `room` characters; nothing where only the twin can tell.

        With `literals` its names and values stand behind it, with NULs between them; `shown` says that states stand
        beside events. None where an entry is not laid out as the writer does it, and where all are too long together.
        """
        if not self.place(region):
            return None
        instance, count = self._instance, region.count
        self._texts_told = self._texts_told or instance.reserve(_ROOM_FOR_TOLD)
        instance.write(self._told, kinds)
        instance.write(self._sought, _ASKED.pack(room, int(literals), int(shown)))
        size = instance.call(
            "tell", self._data, self._spans, self._told, count, self._sought, self._texts_told, _ROOM_FOR_TOLD
        )
        return instance.read(self._texts_told, size).decode().split("\n")[:count] if size else None

    def close_up(self, region: Region, first: int) -> tuple[bytes, bytes] | None:
        """Their payloads, one behind the other, and where each begins, a u64, where the first begins at `first`.

        None where an entry is not laid out as the writer does it.
        """
        if not self.place(region):
            return None
        instance, count = self._instance, region.count
        size = instance.call("close_up", self._data, self._spans, count, first & _LOW, first >> 32)
        return instance.read(self._data, size), instance.read(self._spans, _PLACE_SIZE * count)

    @property
    def placed(self) -> tuple[int, int, int]:
        """Where the events lie that were placed last: their bytes, the spans of their payloads, and their types."""
        return self._data, self._spans, self._type_ids

    def place(self, region: Region) -> bool:
        """Puts events, and where their payloads lie, where the core looks for them; False where that can't be told."""
        instance, size, count, base = self._instance, len(region.data), region.count, region.base & _LOW
        instance.write(self._data, region.data)
        instance.write(self._starts, region.starts)
        instance.write(self._type_ids, region.type_ids)
        if not region.in_entries:
            instance.call("bare", size, self._starts, base, count, self._spans)
            return True
        found = instance.call(
            "payloads", self._data, size, self._starts, base, self._type_ids, self._types, count, self._spans
        )
        return found == count


def _nobody() -> None:
    """Who owns the types at first."""
