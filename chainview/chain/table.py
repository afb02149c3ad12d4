"""A chain in columns: what screens and reports read, at 34 bytes an event beside payload and hash."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Any, TypeVar

from chainview.chain.event import NO_EXTRAS, Event, Extras, Frame, Kind
from chainview.chain.files.native.layout import payload_span, plain_times, read_extras
from chainview.chain.hashing import HASH_SIZE
from chainview.chain.payload import MODULE_EVENT, kind_of

NO_CALL = 0xFFFF_FFFF
_STUB, _DAMAGED, _OTHER_PARENT, _NO_HASH = 1, 2, 4, 8
_NO_HASH_BYTES = bytes(HASH_SIZE)
_LONGEST = 0xFFFF_FFFF
_TOO_LONG = (_LONGEST + 1) * 1000
_RESULT = bytes((Kind.RESULT,))
_TYPE_AT = 47
"""Where the type begins in a native entry of an event with a parent."""
_SHORT_BYTES, _LONGER_BYTES = 0xC4, 0xC5
"""How byte strings of up to 255, and of up to 65,535 bytes begin in msgpack."""
_GAPS = bytes([1 if flags & _OTHER_PARENT else 0 for flags in range(256)])

Noted = TypeVar("Noted")


class EventTable:
    """Events by index, in columns; an event's number is its index + 1 + `dropped`.

    Payloads lie in one buffer, or, for events of a native chain file, in `source` (its bytes or memory map). Only one
    thread may use a table.
    """

    def __init__(self, source: Any = None) -> None:
        self.dropped = 0
        """How many of the oldest events were let go."""
        self.kinds = bytearray()
        """A Kind an event: bytes, so that the next event of a kind is one `find`."""
        self._links = array("I")
        self._types = array("I")
        self._times = array("Q")
        self._durations = array("I")
        self._flags = bytearray()
        self._hashes = bytearray()
        self._starts = array("Q")
        self._payloads = bytearray()
        self._payload_base = 0
        self._source = source
        self._type_names: list[str] = []
        self._type_ids: dict[str, int] = {}
        self._parents: dict[int, bytes | None] = {}
        self._notes: dict[int, Extras] = {}
        self._type_kinds: dict[str, Kind] = {}
        self._open_call = NO_CALL
        self._last_hash: bytes | None = None

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def type_names(self) -> list[str]:
        """The distinct event types, by type id."""
        return self._type_names

    def append(self, event: Event, extras: Extras = NO_EXTRAS) -> None:
        """Adds an event, its payload into the table's own buffer."""
        start = self._payload_base + len(self._payloads)
        self._payloads += event.payload
        self._add_event(event, extras, start)

    def append_stored(self, event: Event, extras: Extras, start: int) -> None:
        """Adds an event whose entry begins at `start` of the source, where its payload stays."""
        self._add_event(event, extras, start)

    def append_parts(self, parts: list[Any], start: int) -> bool:
        """Adds the event in the parts of a whole entry that begins at `start` of the source.

        False, and nothing added, for parts that are not as the writer writes them.
        """
        _, hash_, parent, event_type, payload, extras, _ = parts
        if type(event_type) is not str or type(payload) is not bytes or type(hash_) is not bytes:
            return False
        if len(hash_) != HASH_SIZE or (parent is not None and type(parent) is not bytes):
            return False
        time_ns = duration_ns = flags = 0
        if extras is not None:
            times = plain_times(extras)
            if times is not None:
                time_ns, duration_ns = times
            else:
                noted = read_extras(extras)
                time_ns, duration_ns, flags = noted.time_ns, noted.duration_ns, _STUB if noted.stub else 0
                if noted.stack or noted.fuel is not None:
                    self._notes[len(self.kinds) + 1 + self.dropped] = noted
        kind = self._type_kinds.get(event_type)
        if kind is None:
            kind = kind_of(event_type, payload)
        self._add(kind, hash_, parent, event_type, start, time_ns, duration_ns, flags)
        return True

    def append_damage(self, raw: bytes, start: int, what: str) -> None:
        """Adds a row for a stretch of a file that is no readable event, named by what stood there."""
        if self._source is None:
            start = self._payload_base + len(self._payloads)
            self._payloads += raw
        self._add(Kind.DAMAGED, b"", None, what, start, 0, 0, _NO_HASH)

    def continue_from(self, source: Any) -> None:
        """Takes a longer view of the same file as the source."""
        self._source = source

    def _add_event(self, event: Event, extras: Extras, start: int) -> None:
        flags = (_STUB if extras.stub else 0) | (_DAMAGED if extras.damaged else 0)
        hash_ = event.hash
        if len(hash_) != HASH_SIZE:
            flags |= _NO_HASH
        if extras.stack or extras.fuel is not None:
            self._notes[len(self.kinds) + 1 + self.dropped] = extras
        kind = kind_of(event.event_type, event.payload)
        self._add(kind, hash_, event.parent, event.event_type, start, extras.time_ns, extras.duration_ns, flags)

    def _add(
        self,
        kind: Kind,
        hash_: bytes,
        parent: bytes | None,
        event_type: str,
        start: int,
        time_ns: int,
        duration_ns: int,
        flags: int,
    ) -> None:
        number = len(self.kinds) + 1 + self.dropped
        if parent != self._last_hash:
            flags |= _OTHER_PARENT
            self._parents[number] = parent
        if flags & _NO_HASH:
            hash_ = _NO_HASH_BYTES
            self._last_hash = None
        else:
            self._last_hash = hash_
        type_id = self._type_ids.get(event_type)
        if type_id is None:
            type_id = self._new_type(event_type)
        self._links.append(self._link(kind, number))
        self._types.append(type_id)
        self._times.append(time_ns)
        self._durations.append(duration_ns // 1000 if duration_ns < _TOO_LONG else _LONGEST)
        self._flags.append(flags)
        self._hashes += hash_
        self._starts.append(start)
        self.kinds.append(kind)

    def _new_type(self, event_type: str) -> int:
        type_id = self._type_ids[event_type] = len(self._type_names)
        self._type_names.append(event_type)
        if event_type != MODULE_EVENT:
            self._type_kinds[event_type] = kind_of(event_type, b"")
        return type_id

    def _link(self, kind: Kind, number: int) -> int:
        """For a wasm-call how many events follow it in its call, for any other event the number of its call."""
        if kind is Kind.CALL:
            self._open_call = number
            return 0
        call = self._open_call
        if call == NO_CALL or kind is Kind.SHUTDOWN or kind is Kind.OTHER:
            return NO_CALL
        if kind is Kind.RESULT or kind is Kind.ERROR:
            self._open_call = NO_CALL
        self._links[call - 1 - self.dropped] = number - call
        return call

    def number(self, index: int) -> int:
        """The event number that belongs to an index."""
        return index + 1 + self.dropped

    def kind(self, index: int) -> Kind:
        """What the event is."""
        return Kind(self.kinds[index])

    def call_of(self, index: int) -> int | None:
        """The index of the wasm-call that the event belongs to, its own for a wasm-call; None outside a call."""
        if self.kinds[index] == Kind.CALL:
            return index
        link = self._links[index]
        return None if link == NO_CALL or link <= self.dropped else link - 1 - self.dropped

    def steps(self, call: int) -> int:
        """How many events of its call follow the wasm-call at index `call`."""
        return self._links[call]

    def call_open(self, call: int) -> bool:
        """Whether the call at index `call` has no wasm-result or wasm-error yet."""
        return self.kinds[call + self.steps(call)] not in (Kind.RESULT, Kind.ERROR)

    def previous_result(self, index: int) -> int | None:
        """The index of the last wasm-result before `index`."""
        found = self.kinds.rfind(_RESULT, 0, index)
        return None if found < 0 else found

    def type_id(self, index: int) -> int:
        """The event type as an index into `type_names`."""
        return self._types[index]

    def event_type(self, index: int) -> str:
        """The event type; for a damaged stretch what stood there."""
        return self._type_names[self._types[index]]

    def hash(self, index: int) -> bytes | None:
        """The hash; None where the file holds none, and before the first event."""
        if index < 0 or self._flags[index] & _NO_HASH:
            return None
        return bytes(self._hashes[index * HASH_SIZE : (index + 1) * HASH_SIZE])

    def parent(self, index: int) -> bytes | None:
        """The parent hash as the event states it."""
        if self._flags[index] & _OTHER_PARENT:
            return self._parents[self.number(index)]
        return self.hash(index - 1)

    def links_on(self, index: int) -> bool:
        """Whether the stated parent is the hash of the event before; the oldest event held is taken at its word."""
        return not self._flags[index] & _OTHER_PARENT or (index == 0 and self.dropped > 0)

    def next_gap(self, start: int, stop: int) -> int | None:
        """The index of the first event from `start` up to `stop` whose link does not hold."""
        if start == 0 and self.dropped:
            start = 1
        found = self._flags[start:stop].translate(_GAPS).find(1)
        return None if found < 0 else start + found

    @property
    def raw(self) -> Any:
        """The bytes that hold all payloads, one event after the other: a buffer that can be searched."""
        return self._payloads if self._source is None else self._source

    def raw_start(self, index: int) -> int:
        """Where in `raw` the bytes of an event begin; for an index past the last event where those end."""
        if index >= len(self._starts):
            return self._raw_end()
        return self._starts[index] - self._payload_base

    def _raw_end(self) -> int:
        # A file that is still being indexed goes on behind the last event known.
        if self._source is None or not self.kinds or self.kinds[-1] == Kind.DAMAGED:
            return len(self.raw)
        return payload_span(self._source, self._starts[-1])[1]

    def raw_payload(self, index: int) -> tuple[int, int]:
        """Where in `raw` the payload of an event begins and ends."""
        if self._source is None or self.kinds[index] == Kind.DAMAGED:
            return self.raw_start(index), self.raw_start(index + 1)
        return payload_span(self._source, self._starts[index])

    def index_at(self, position: int) -> int:
        """The event whose bytes hold a position of `raw`; -1 before the first."""
        return bisect_right(self._starts, position + self._payload_base) - 1

    def of_types(self, wanted: Collection[int], start: int, stop: int) -> bytes:
        """A byte for each event from `start` up to `stop`: 1 where its type id is among those wanted, else 0."""
        part = self._types[start:stop]
        if len(self._type_names) > 256:
            return bytes([type_id in wanted for type_id in part])
        lowest = 0 if sys.byteorder == "little" else part.itemsize - 1
        return part.tobytes()[lowest :: part.itemsize].translate(bytes([value in wanted for value in range(256)]))

    def is_damaged(self, index: int) -> bool:
        """Whether the event was read from an entry that fails its checksum."""
        return bool(self._flags[index] & _DAMAGED)

    def extras(self, index: int) -> Extras:
        """What is kept beside the event; durations to the microsecond."""
        noted = self._notes.get(self.number(index), NO_EXTRAS)
        flags = self._flags[index]
        return Extras(
            time_ns=self._times[index],
            duration_ns=self._durations[index] * 1000,
            fuel=noted.fuel,
            stack=noted.stack,
            stub=bool(flags & _STUB),
            damaged=bool(flags & _DAMAGED),
        )

    def stack(self, index: int) -> tuple[Frame, ...]:
        """The guest's stack kept beside the event, innermost first."""
        return self._notes.get(self.number(index), NO_EXTRAS).stack

    def payload(self, index: int) -> bytes:
        """The payload bytes; of a damaged stretch its raw bytes."""
        start = self._starts[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else None
        if self._source is None:
            base = self._payload_base
            return bytes(self._payloads[start - base : None if end is None else end - base])
        if self.kinds[index] == Kind.DAMAGED:
            return bytes(self._source[start : len(self._source) if end is None else end])
        begin, stop = payload_span(self._source, start)
        return bytes(self._source[begin:stop])

    def payloads(self, start: int, stop: int) -> list[bytes]:
        """The payloads of the events from `start` up to `stop`."""
        if self._source is not None:
            return self.payloads_at(range(start, min(stop, len(self))))
        base, edges = self._payload_base, self._starts[start : stop + 1].tolist()
        if stop >= len(self._starts):
            edges.append(base + len(self._payloads))
        with memoryview(self._payloads) as held:
            return [bytes(held[begin - base : end - base]) for begin, end in pairwise(edges)]

    def payloads_at(self, indices: Iterable[int]) -> list[bytes]:
        """The payloads of these events."""
        source = self._source
        if source is None or Kind.DAMAGED in self.kinds:
            return [self.payload(index) for index in indices]
        leads = [_packed_text(name) for name in self._type_names]
        starts, types = self._starts, self._types
        found = []
        for index in indices:
            at, lead = starts[index] + _TYPE_AT, leads[types[index]]
            end = at + len(lead)
            # As the writer lays it out: the type stands at this place only behind two hashes of 20 bytes.
            head = source[at : end + 3]
            if head.startswith(lead) and head[-3] == _SHORT_BYTES:
                found.append(source[end + 2 : end + 2 + head[-2]])
            elif head.startswith(lead) and head[-3] == _LONGER_BYTES:
                found.append(source[end + 3 : end + 3 + (head[-2] << 8 | head[-1])])
            else:
                found.append(self.payload(index))
        return found

    def type_ids(self, start: int, stop: int) -> array[int]:
        """The event types from `start` up to `stop`, as indices into `type_names`."""
        return self._types[start:stop]

    def event(self, index: int) -> Event:
        """The event as it was read."""
        return Event(self.hash(index) or b"", self.parent(index), self.event_type(index), self.payload(index))

    def drop_oldest(self, keep: int) -> int:
        """Lets go of the oldest whole calls until at most `keep` events are held; returns how many went.

        The last event and its call stay, however long that call is.
        """
        surplus = len(self) - max(keep, 1)
        if surplus <= 0:
            return 0
        at = surplus
        while at < len(self) and self.call_of(at) not in (None, at):
            at += 1
        call = self.call_of(surplus)
        if at == len(self):
            at = surplus if call is None else call
        self._forget(at)
        return at

    def _forget(self, count: int) -> None:
        if count <= 0:
            return
        parent = self.parent(count) if count < len(self) else None
        first = self._starts[count] if count < len(self) else self._payload_base + len(self._payloads)
        if self._source is None:
            del self._payloads[: first - self._payload_base]
            self._payload_base = first
        for column in (self._links, self._types, self._times, self._durations, self._starts):
            del column[:count]
        del self.kinds[:count], self._flags[:count], self._hashes[: count * HASH_SIZE]
        self.dropped += count
        if self._open_call <= self.dropped:
            self._open_call = NO_CALL
        _forget_up_to(self.dropped, self._parents)
        if self._flags:
            # Its parent was the hash of an event that is gone now.
            self._flags[0] |= _OTHER_PARENT
            self._parents[self.dropped + 1] = parent
        _forget_up_to(self.dropped, self._notes)


def _packed_text(text: str) -> bytes:
    """A text as msgpack has it; one of more than 255 bytes, which is no event type, without its head."""
    packed = text.encode("utf-8", "surrogatepass")
    size = len(packed)
    return bytes((0xA0 | size,)) + packed if size < 32 else bytes((0xD9, size)) + packed if size < 256 else packed


def _forget_up_to(number: int, noted: dict[int, Noted]) -> None:
    for old in [old for old in noted if old <= number]:
        del noted[old]
