"""The append-only chain of a running actor."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.entries.entry import Note
from chainview.chain.hashing import event_hash, hash_behind
from chainview.chain.schema import Schema
from chainview.chain.soundness import Evidence, judged
from chainview.pack.cgrf.limits import OLDEST
from chainview.system.clock import wall_ns

Item = tuple[Event, Extras] | Note
MOST_WAITING = 16 << 20
"""About how many bytes wait in memory for one taker."""
_ITEM_BYTES = 700


class Sink(Protocol):
    """Where a chain is kept while it grows."""

    def write_event(self, event: Event, extras: Extras = NO_EXTRAS) -> None: ...
    def write_note(self, note: Note) -> None: ...
    def call_ended(self) -> None: ...
    @property
    def position(self) -> int:
        """Where the next item will lie."""
        ...

    def read_on(self, position: int, most: int) -> tuple[list[Item], int]:
        """Up to so many items from a position on, and the position behind them."""
        ...


@runtime_checkable
class SharedSink(Sink, Protocol):
    """A sink to whose file another may write whole events."""

    @property
    def shared_at(self) -> tuple[Path, int] | None:
        """The file, and which of the chain's files it is, from 1; None where only the sink itself may write on."""
        ...

    def share(self) -> None:
        """From now on, and until `take_back`, another writes behind `position`."""
        ...

    def take_back(self, entries: bytes, events: int, head: bytes, *, was_cut: bool) -> None:
        """Takes note of what another wrote, of which a part of one more entry may be left behind."""
        ...


def _sharing(sink: Sink | None) -> SharedSink | None:
    """A sink whose file another may write to; found out once, as to ask for that looks at the file."""
    return sink if sink is not None and isinstance(sink, SharedSink) else None


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where another goes on with a chain: its file, behind which hash, and from which place on."""

    path: Path
    place: int
    head: bytes
    position: int


class Subscription:
    """Everything appended after it was made, in order, kept until it is taken: a slow taker loses nothing.

    What a taker leaves waiting beyond some megabytes is not held, where a sink keeps it: it is read back from there.
    """

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._missed = 0
        """How many items behind those in memory are only in the sink."""
        self._missed_at = 0
        self._sink: Sink | None = None
        self._lock = threading.Lock()
        self._arrived = threading.Event()

    def put(self, item: Item, sink: Sink | None = None, position: int = 0) -> None:
        """Hands over one item, which lies at a position of the sink where there is one; never waits for the taker."""
        if sink is None:
            self._items.append(item)
        else:
            with self._lock:
                self._put_bounded(item, sink, position)
        if not self._arrived.is_set():
            self._arrived.set()

    def _put_bounded(self, item: Item, sink: Sink, position: int) -> None:
        if not self._missed and self._bytes < MOST_WAITING:
            self._items.append(item)
            self._bytes += _size(item)
            return
        if not self._missed:
            self._sink, self._missed_at = sink, position
        self._missed += 1

    def leave(self, count: int, sink: Sink, position: int) -> None:
        """Leaves so many items, from that position on, where the sink keeps them until they are taken."""
        with self._lock:
            if not self._missed:
                self._sink, self._missed_at = sink, position
            self._missed += count
        self._arrived.set()

    def take(self, most: int) -> list[Item]:
        """Up to `most` items that wait, oldest first."""
        self._arrived.clear()
        with self._lock:
            taken = [self._items.popleft() for _ in range(min(most, len(self._items)))]
            if not self._items:
                self._bytes = 0
            wanted = 0 if taken else min(most, self._missed)
        return self._read_back(wanted) if wanted else taken

    def _read_back(self, most: int) -> list[Item]:
        assert self._sink is not None
        taken, position = self._sink.read_on(self._missed_at, most)
        with self._lock:
            self._missed_at = position
            # Where the sink has lost them there is nothing to wait for.
            self._missed = self._missed - len(taken) if taken else 0
        return taken

    def wait(self, seconds: float) -> bool:
        """Waits until something waits to be taken; False when nothing came."""
        return self.waiting > 0 or self._arrived.wait(seconds)

    @property
    def waiting(self) -> int:
        """How many items wait to be taken."""
        return len(self._items) + self._missed


def _size(item: Item) -> int:
    """About what an item takes in memory."""
    if isinstance(item, Note):
        return _ITEM_BYTES
    event, extras = item
    return len(event.payload) + _ITEM_BYTES + (len(extras.state) if isinstance(extras.state, bytes) else 0)


class StateChain:
    """A chain that only grows: each event is hashed, written to the sink, then handed to the subscribers in order.

    `version` is that of the CGRF which the running module speaks, and so of what is appended; whoever runs one sets it.
    With `keep` the events stay in memory too, for whoever has to read them back. An error of the sink is raised by
    `append`, and the event that could not be written is then not part of the chain.
    """

    def __init__(self, schema: Schema = Schema.VALUES, sink: Sink | None = None, *, keep: bool = False) -> None:
        self.schema = schema
        self.version = OLDEST
        self.head: bytes | None = None
        self.count = 0
        self._sink = sink
        self._sharing = _sharing(sink)
        self._kept: list[Event] | None = [] if keep else None
        self._subscribers: list[Subscription] = []
        self._listeners: list[Callable[[Event, int], None]] = []
        self._lock = threading.Lock()
        self._shared: SharedSink | None = None
        """The sink while another goes ahead."""
        self._notes: list[Note] = []
        """What waits for that to end."""

    def keep_in(self, sink: Sink) -> None:
        """Writes everything from now on to `sink`; used before the first event."""
        self._sink, self._sharing = sink, _sharing(sink)

    def keep_events(self) -> None:
        """Keeps the events from now on in memory too; used before the first event."""
        self._kept = []

    def append(
        self, event_type: str, payload: bytes, extras: Extras | None = None, behind: bytes | None = None
    ) -> Event:
        """Links a new event to the head and returns it.

        `behind` is what is hashed of it behind the head, as `text_behind_parent` makes it, where that is at hand.
        """
        noted = Extras(time_ns=wall_ns()) if extras is None else extras
        with self._lock:
            head = self.head
            if behind is None or head is None:
                event = Event(event_hash(head, event_type, payload), head, event_type, payload)
            else:
                event = Event(hash_behind(head, behind), head, event_type, payload)
            self._hand_over(event, noted)
            number, listeners = self.count, tuple(self._listeners)
        for told in listeners:
            told(event, number)
        return event

    def append_hashed(self, event: Event, extras: Extras | None = None) -> Event:
        """Adds an event that is linked to the head and whose hash is known to be right."""
        with self._lock:
            self._hand_over(event, Extras(time_ns=wall_ns()) if extras is None else extras)
        return event

    def _hand_over(self, event: Event, extras: Extras) -> None:
        sink, position = self._sink, 0
        if sink is not None:
            position = sink.position
            sink.write_event(event, extras)
        self.head = event.hash
        self.count += 1
        if self._kept is not None:
            self._kept.append(event)
        for subscriber in self._subscribers:
            subscriber.put((event, extras), sink, position)

    def note(self, note: Note) -> None:
        """Writes what is no event and hands it to the subscribers; while another goes ahead, as soon as that ends."""
        with self._lock:
            if self._shared is None:
                self._write_note(note)
            else:
                self._notes.append(note)

    def _write_note(self, note: Note) -> None:
        sink, position = self._sink, 0
        if sink is not None:
            position = sink.position
            sink.write_note(note)
        for subscriber in self._subscribers:
            subscriber.put(note, sink, position)

    def goes_ahead(self) -> Ahead | None:
        """Lets another append events to the chain's file until `catches_up`; None where each has to be told at once.

        Meanwhile nothing may be appended here, and what is noted waits.
        """
        with self._lock:
            sink = self._sharing
            if self.head is None or self._kept is not None or self._listeners or sink is None:
                return None
            file = sink.shared_at
            if file is None:
                return None
            sink.share()
            self._shared = sink
            return Ahead(*file, self.head, sink.position)

    def catches_up(self, entries: bytes, events: int, head: bytes, *, was_cut: bool = False) -> None:
        """Takes note of the entries of so many events, up to that hash, which were appended since `goes_ahead`."""
        with self._lock:
            sink, self._shared = self._shared, None
            assert sink is not None
            position = sink.position
            sink.take_back(entries, events, head, was_cut=was_cut)
            if events:
                self.head, self.count = head, self.count + events
                for subscriber in self._subscribers:
                    subscriber.leave(events, sink, position)
            notes, self._notes = self._notes, []
            for note in notes:
                self._write_note(note)
            first, listeners = self.count - events + 1, tuple(self._listeners)
        # Whoever began to listen meanwhile.
        appended = sink.read_on(position, events)[0] if listeners else ()
        for number, item in enumerate(appended, first):
            for told in listeners:
                if not isinstance(item, Note):
                    told(item[0], number)

    def tell(self, told: Callable[[Event, int], None]) -> Callable[[], None]:
        """Lets `told` be told of each event from now on, with its number, until the result is called.

        That is on the thread that appends it.
        """
        with self._lock:
            self._listeners.append(told)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(told)

        return end

    def call_ended(self) -> None:
        """Tells the sink that a call is complete."""
        if self._sink is not None:
            self._sink.call_ended()

    def subscribe(self) -> Subscription:
        """A subscription to everything appended from now on."""
        subscription = Subscription()
        with self._lock:
            self._subscribers.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Ends a subscription; what it holds can still be taken."""
        with self._lock:
            self._subscribers.remove(subscription)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events kept in memory; empty for a chain that keeps none."""
        with self._lock:
            return tuple(self._kept or ())

    def verify(self) -> int | None:
        """The number, from 1, of the first kept event whose hash or link is wrong; None when all are right."""
        return first_unsound(self.events)


def first_unsound(events: Iterable[Event]) -> int | None:
    """The number, from 1, of the first event whose hash or link is wrong; None when the chain is sound."""
    before: Event | None = None
    for number, event in enumerate(events, 1):
        links_on = event.parent == (None if before is None else before.hash)
        if judged(Evidence(event, links_on, before=before)).wrong:
            return number
        before = event
    return None


def linked(parts: Iterable[tuple[str, bytes]], parent: bytes | None = None) -> Iterator[Event]:
    """Events made from types and payloads, each linked to the one before."""
    for event_type, payload in parts:
        event = Event(event_hash(parent, event_type, payload), parent, event_type, payload)
        yield event
        parent = event.hash
