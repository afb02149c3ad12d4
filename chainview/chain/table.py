"""A chain in columns: what screens and reports read, at 34 bytes an event beside payload and hash."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from chainview.chain import event_flags
from chainview.chain.event import NO_EXTRAS, Event, Extras, Kind
from chainview.chain.event_flags import CHECKED_FLAGS, DAMAGED, FLAGS_WITHOUT_HASH, NO_HASH, OTHER_PARENT, STUB
from chainview.chain.files.entries.beside import Beside
from chainview.chain.files.entries.entry import Checked
from chainview.chain.files.entries.noted import Noted
from chainview.chain.files.entries.triggers import Triggers
from chainview.chain.files.entries.type_names import TypeNames
from chainview.chain.hashing import HASH_SIZE, type_text
from chainview.chain.kinds import kind_of, kind_of_type
from chainview.chain.payload_source import PayloadSource
from chainview.chain.shown_states import ShownStates
from chainview.core.events import BY_PAYLOAD, Columns, Going, Region, TypeText

NO_CALL = 0xFFFF_FFFF
_NO_HASH_BYTES = bytes(HASH_SIZE)
_LONGEST = 0xFFFF_FFFF
_TOO_LONG = (_LONGEST + 1) * 1000
_KINDS = tuple(Kind)


class EventTable(event_flags.LinkedEvents):
    """Events by index, in columns; an event's number is its index + 1 + `dropped`.

    Payloads lie in one buffer of the table's own, or in `source`. Only one thread may use a table.
    """

    def __init__(self, source: PayloadSource | None = None) -> None:
        super().__init__()
        self.kinds = bytearray()
        """A Kind an event: bytes, so that the next event of a kind is one `find`."""
        self.shown = ShownStates(source)
        """The states that stand beside events."""
        self.triggers = Triggers()
        self._links = array("I")
        self._types = array("I")
        self._times = array("Q")
        self._durations = array("I")
        self._starts = array("Q")
        self._payloads = bytearray()
        self._payload_base = 0
        self._source = source
        self.type_names = TypeNames()
        """The distinct event types, by type id."""
        self._type_ids = self.type_names.first_ids
        self._noted = Noted()
        self._type_kinds: list[Kind | None] = []
        self._open_call = NO_CALL
        self._last_hash: bytes | None = None

    def __len__(self) -> int:
        return len(self.kinds)

    def append(self, event: Event, extras: Extras = NO_EXTRAS, checked: Checked = Checked.FULL) -> None:
        """Adds an event, its payload into the table's own buffer."""
        start = self._payload_base + len(self._payloads)
        self._payloads += event.payload
        if extras is NO_EXTRAS and len(event.hash) in (HASH_SIZE, 0):
            flags = CHECKED_FLAGS[checked] if event.hash else FLAGS_WITHOUT_HASH[checked]
            self.append_parts(event.hash, event.parent, event.event_type, event.payload, start, 0, 0, flags)
        else:
            self.append_stored(event, extras, start, checked)

    def append_stored(self, event: Event, extras: Extras, start: int, checked: Checked = Checked.FULL) -> None:
        """Adds an event that begins at `start` of the source, where its payload stays."""
        flags = (STUB if extras.stub else 0) | (DAMAGED if extras.damaged else 0)
        flags |= CHECKED_FLAGS[checked] if len(event.hash) == HASH_SIZE else FLAGS_WITHOUT_HASH[checked]
        self._note(len(self.kinds) + 1 + self.dropped, extras, start)
        self.append_parts(
            event.hash, event.parent, event.event_type, event.payload, start, extras.time_ns, extras.duration_ns, flags
        )

    def _note(self, number: int, extras: Extras, start: int) -> None:
        if extras.state is not None:
            self.shown.add(number, extras.state, start)
        if extras.trigger is not None:
            self.triggers.add(number, extras.trigger)
        if extras.stack or extras.reason or extras.fuel is not None:
            self._noted.add(number, extras if extras.state is None else replace(extras, state=None))

    @property
    def going(self) -> Going:
        """What the next event goes on from."""
        return Going(len(self.kinds) + 1 + self.dropped, self._open_call, self._last_hash)

    def type_texts(self, start: int) -> list[TypeText]:
        """The event types from a type id on, as the core is told of them."""
        kinds = [BY_PAYLOAD if kind is None else int(kind) for kind in self._type_kinds[start:]]
        return [
            TypeText(name.encode("utf-8", "surrogatepass"), type_text(name), kind)
            for name, kind in zip(self.type_names[start:], kinds, strict=True)
        ]

    def extend(self, columns: Columns, beside: Beside, payloads: bytes = b"") -> None:
        """Adds events that are in columns already, as `append_stored`, or with `payloads` `append`, would each."""
        self._payloads += payloads
        first, before = len(self.kinds), self._open_call
        mine = (self._links, self._types, self._times, self._durations, self._starts)
        theirs = (columns.links, columns.types, columns.times, columns.durations, columns.starts)
        for column, more in zip(mine, theirs, strict=True):
            column.frombytes(more)
        self._flags += columns.flags
        self._hashes += columns.hashes
        self.kinds += columns.kinds
        if columns.steps:
            self._links[before - 1 - self.dropped] = columns.steps
        self._open_call, self._last_hash = columns.going.open_call, columns.going.last
        for at, parent in sorted(beside.parents.items()):
            self._parents.add(self.number(first + at), parent)
        for at, extras, is_all in beside.noted():
            index = first + at
            self._note(self.number(index), extras, self._starts[index])
            if is_all:
                self._times[index], self._durations[index] = extras.time_ns, _microseconds(extras.duration_ns)
                self._flags[index] |= STUB if extras.stub else 0

    def append_damage(self, raw: bytes, start: int, what: str) -> None:
        """Adds a row for a stretch of a file that is no readable event, named by what stood there."""
        if self._source is None:
            start = self._payload_base + len(self._payloads)
            self._payloads += raw
        self.append_parts(b"", None, what, b"", start, 0, 0, NO_HASH | CHECKED_FLAGS[Checked.NONE], Kind.DAMAGED)

    def prolong_damage(self, raw: bytes) -> None:
        """Adds bytes to the damaged stretch that is the last row, where the table holds them itself."""
        self._payloads += raw

    def continue_from(self, source: PayloadSource) -> None:
        """Takes a longer view of the same file as the source."""
        self._source = self.shown.source = source

    def append_parts(
        self, hash_: bytes, parent: bytes | None, event_type: str, payload: bytes, start: int,
        time_ns: int, duration_ns: int, flags: int = 0, kind: Kind | None = None,
    ) -> None:  # fmt: skip
        """Adds an event by its parts: what `append_stored` does, at once for most, beside which only times are kept.

        `flags` are this table's own.
        """
        type_id = self._type_ids.get(event_type)
        if type_id is None:
            type_id = self.type_id_of(event_type)
        if kind is None:
            kind = self._type_kinds[type_id]
            if kind is None:
                kind = kind_of(event_type, payload)
        number = len(self.kinds) + 1 + self.dropped
        if parent != self._last_hash:
            flags |= OTHER_PARENT
            self._parents.add(number, parent)
        if flags & NO_HASH:
            hash_ = _NO_HASH_BYTES
            self._last_hash = None
        else:
            self._last_hash = hash_
        # For a wasm-call how many events follow it in its call, for any other event the number of its call.
        link = self._open_call
        if kind is Kind.CALL:
            link, self._open_call = 0, number
        elif link == NO_CALL or kind is Kind.SHUTDOWN or kind is Kind.OTHER:
            link = NO_CALL
        else:
            if kind is Kind.RESULT or kind is Kind.ERROR:
                self._open_call = NO_CALL
            self._links[link - 1 - self.dropped] = number - link
        self._links.append(link)
        self._types.append(type_id)
        self._times.append(time_ns)
        self._durations.append(_microseconds(duration_ns))
        self._flags.append(flags)
        self._hashes += hash_
        self._starts.append(start)
        self.kinds.append(kind)

    def type_id_of(self, event_type: str) -> int:
        """The index in `type_names` of a type, which is added where it is not among them."""
        type_id = self.type_names.learn(event_type)
        if type_id == len(self._type_kinds):
            self._type_kinds.append(kind_of_type(event_type))
        return type_id

    def kind(self, index: int) -> Kind:
        """What the event is."""
        return _KINDS[self.kinds[index]]

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

    def links(self, start: int, stop: int) -> array[int]:
        """For each of these events the number of its call, for a call how many events follow in it."""
        return self._links[start:stop]

    def previous_result(self, index: int) -> int | None:
        """The index of the last wasm-result before `index`."""
        found = self.kinds.rfind(Kind.RESULT, 0, index)
        return None if found < 0 else found

    def type_id(self, index: int) -> int:
        """The event type as an index into `type_names`."""
        return self._types[index]

    def event_type(self, index: int) -> str:
        """The event type; for a damaged stretch what stood there."""
        return self.type_names[self._types[index]]

    @property
    def raw(self) -> Any:
        """The bytes that hold all payloads, one event after the other: a buffer that can be searched."""
        return self._payloads if self._source is None else self._source.raw

    def raw_start(self, index: int) -> int:
        """Where in `raw` the bytes of an event begin; for an index past the last event where those end."""
        return self._raw_end() if index >= len(self._starts) else self._starts[index] - self._payload_base

    def _raw_end(self) -> int:
        # A file that is still being indexed goes on behind the last event known.
        if self._source is None or not self.kinds or self.kinds[-1] == Kind.DAMAGED:
            return len(self.raw)
        return self._source.span(self._starts[-1])[1]

    def raw_payload(self, index: int) -> tuple[int, int]:
        """Where in `raw` the payload of an event begins and ends."""
        if self._source is None or self.kinds[index] == Kind.DAMAGED:
            return self.raw_start(index), self.raw_start(index + 1)
        return self._source.span(self._starts[index])

    def index_at(self, position: int) -> int:
        """The event whose bytes hold a position of `raw`; -1 before the first."""
        return bisect_right(self._starts, position + self._payload_base) - 1

    def of_types(self, wanted: Collection[int], start: int, stop: int) -> bytes:
        """A byte for each event from `start` up to `stop`: 1 where its type id is among those wanted, else 0."""
        part = self._types[start:stop]
        if len(self.type_names) > 256:
            return bytes([type_id in wanted for type_id in part])
        lowest = 0 if sys.byteorder == "little" else part.itemsize - 1
        return part.tobytes()[lowest :: part.itemsize].translate(bytes([value in wanted for value in range(256)]))

    def doubt(self) -> None:
        """Forgets what was found of events that lie in a file, since it was changed."""
        if self._source is not None:
            self._flags = self._flags.translate(event_flags.DOUBTED)

    def extras(self, index: int) -> Extras:
        """What is kept beside the event; durations to the microsecond."""
        number, flags = self.number(index), self._flags[index]
        noted = self._noted.at(number)
        return Extras(
            self._times[index], self._durations[index] * 1000, noted.fuel, noted.stack, noted.reason,
            bool(flags & STUB), self.shown.at(number), self.triggers.at(number), bool(flags & DAMAGED),
        )  # fmt: skip

    def noted(self, index: int) -> Extras:
        """The stack, the reason and the fuel kept beside the event; what else these extras tell may be of no event."""
        return self._noted.at(self.number(index))

    def payload(self, index: int) -> bytes:
        """The payload bytes; of a damaged stretch its raw bytes."""
        start = self._starts[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else None
        if self._source is None:
            base = self._payload_base
            return bytes(self._payloads[start - base : None if end is None else end - base])
        if self.kinds[index] == Kind.DAMAGED:
            return bytes(self._source.raw[start:end])
        return self._source.payload(start)

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
        starts = self._starts
        if self._source is not None and isinstance(indices, range) and indices.step == 1:
            first, stop = indices.start, indices.stop
            if self.kinds.find(Kind.DAMAGED, first, stop) < 0:
                return self._source.payloads(starts[first:stop])
        wanted = list(indices)
        if self._source is None or Kind.DAMAGED in bytes(map(self.kinds.__getitem__, wanted)):
            return [self.payload(index) for index in wanted]
        return self._source.payloads([starts[index] for index in wanted])

    def type_ids(self, start: int, stop: int) -> array[int]:
        """The event types from `start` up to `stop`, as indices into `type_names`."""
        return self._types[start:stop]

    def times(self, start: int, stop: int) -> tuple[array[int], array[int]]:
        """When the events from `start` up to `stop` were recorded, in ns since 1970, and what they took, in µs."""
        return self._times[start:stop], self._durations[start:stop]

    def region(self, start: int, stop: int, most: int) -> Region | None:
        """The events from `start` up to `stop` as the core is given them; None where they are more bytes than `most`.

        In a file those are whole entries, else payloads.
        """
        begin, end = self.raw_start(start), self.raw_start(stop)
        if not 0 <= end - begin <= most:
            return None
        starts, types = self._starts[start:stop], self._types[start:stop]
        if self._source is None:
            with memoryview(self._payloads) as held:
                data = bytes(held[begin:end])
        else:
            data = self._source.raw[begin:end]
        return Region(data, starts.tobytes(), begin + self._payload_base, types.tobytes(), self._source is not None)

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
        self._parents.forget(self.dropped)
        if self._flags:
            # Its parent was the hash of an event that is gone now.
            self._flags[0] |= OTHER_PARENT
            self._parents.begin_with(self.dropped + 1, parent)
        self._noted.forget(self.dropped)
        self.shown.forget(self.dropped)
        self.triggers.forget(self.dropped)


def _microseconds(duration_ns: int) -> int:
    return duration_ns // 1000 if duration_ns < _TOO_LONG else _LONGEST


def table_of(events: Iterable[Event]) -> EventTable:
    """A table of these events, with nothing beside them."""
    table = EventTable()
    for event in events:
        table.append(event)
    return table
