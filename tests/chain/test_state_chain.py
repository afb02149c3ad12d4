"""The append-only chain of a running actor."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain import state_chain
from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.state_chain import Item, StateChain, first_unsound, linked
from chainview.system.errors import ChainviewError
from tests.chain import samples

PARTS = st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=40)), max_size=20)


class FailingSink:
    """A sink whose write fails for the events named."""

    def __init__(self, failing: set[int]) -> None:
        self.failing = failing
        self.written: list[Event] = []
        self.notes: list[Note] = []
        self.calls = 0
        self._tried = 0

    def write_event(self, event: Event, extras: Extras = NO_EXTRAS) -> None:
        self._tried += 1
        if self._tried in self.failing:
            raise ChainviewError("the disk is full")
        self.written.append(event)

    def write_note(self, note: Note) -> None:
        self.notes.append(note)

    def call_ended(self) -> None:
        self.calls += 1

    @property
    def position(self) -> int:
        return 0

    def read_on(self, position: int, most: int) -> tuple[list[Item], int]:
        return [], position


@given(PARTS)
def test_what_is_appended_is_linked(parts: list[tuple[str, bytes]]) -> None:
    """Appended events are those that linking their types and payloads gives, and the chain verifies."""
    chain = StateChain(keep=True)
    for event_type, payload in parts:
        chain.append(event_type, payload)
    assert chain.events == tuple(linked(parts))
    assert chain.verify() is None
    assert chain.count == len(parts)
    assert chain.head == (chain.events[-1].hash if parts else None)


@given(PARTS, st.sets(st.integers(1, 20)))
def test_an_event_that_is_not_written_is_not_in_the_chain(parts: list[tuple[str, bytes]], failing: set[int]) -> None:
    """When the sink fails, the event is in neither chain, sink nor subscription, and later events still link."""
    sink = FailingSink(failing)
    chain = StateChain(sink=sink, keep=True)
    subscription = chain.subscribe()
    for number, (event_type, payload) in enumerate(parts, 1):
        if number in failing:
            with pytest.raises(ChainviewError):
                chain.append(event_type, payload)
        else:
            chain.append(event_type, payload)
    assert chain.events == tuple(sink.written)
    assert [item[0] for item in subscription.take(1000) if not isinstance(item, Note)] == sink.written
    assert chain.verify() is None


def test_a_slow_subscriber_loses_nothing() -> None:
    """A subscriber that takes later gets every event and note in the order in which they were appended."""
    chain = StateChain(keep=True)
    chain.append("before", b"")
    subscription = chain.subscribe()
    note = Note("bookmark", {"name": "here"})
    for index in range(5000):
        chain.append("wasm", index.to_bytes(4, "big"))
        if index == 2500:
            chain.note(note)
    assert subscription.waiting == 5001
    taken = []
    while part := subscription.take(64):
        taken += part
    assert taken.index(note) == 2501
    assert [item[0] for item in taken if not isinstance(item, Note)] == list(chain.events[1:])


def test_subscribers_on_other_threads_see_the_order_of_the_chain() -> None:
    """Events appended by several threads reach a subscriber in the order in which they are linked."""
    chain = StateChain(keep=True)
    subscription = chain.subscribe()
    threads = [threading.Thread(target=lambda: [chain.append("wasm", b"x") for _ in range(300)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    taken: list[Event] = []
    while len(taken) < 1200 and subscription.wait(5):
        taken += [item[0] for item in subscription.take(50) if not isinstance(item, Note)]
    for thread in threads:
        thread.join()
    assert tuple(taken) == chain.events
    assert first_unsound(taken) is None


def test_an_ended_subscription_gets_no_more() -> None:
    """After unsubscribing only what was there already can be taken."""
    chain = StateChain()
    subscription = chain.subscribe()
    kept = chain.append("wasm", b"1")
    chain.unsubscribe(subscription)
    chain.append("wasm", b"2")
    assert [item[0] for item in subscription.take(10) if not isinstance(item, Note)] == [kept]
    assert not subscription.wait(0)
    assert chain.events == ()


def test_notes_and_ends_of_calls_reach_the_sink() -> None:
    """A sink is told of notes and of the ends of calls."""
    sink = FailingSink(set())
    chain = StateChain(sink=sink)
    chain.note(Note("build", {"sha256": "00"}))
    chain.call_ended()
    assert ([note.kind for note in sink.notes], sink.calls) == (["build"], 1)


@given(st.integers(0, 11), st.sampled_from(["payload", "parent", "hash", "type"]))
def test_the_first_unsound_event_is_named(index: int, part: str) -> None:
    """A change to any part of any event is found at that event."""
    events = samples.events(12)
    event = events[index]
    changed = {
        "payload": Event(event.hash, event.parent, event.event_type, event.payload + b"!"),
        "parent": Event(event.hash, bytes(20), event.event_type, event.payload),
        "hash": Event(bytes(20), event.parent, event.event_type, event.payload),
        "type": Event(event.hash, event.parent, event.event_type + "x", event.payload),
    }
    events[index] = changed[part]
    assert first_unsound(events) == index + 1


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_a_taker_that_does_not_take_costs_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: bool, lost: bool
) -> None:
    """What waits beyond a bound is read back from the chain's file, in order, between what is still appended."""
    monkeypatch.setattr(state_chain, "MOST_WAITING", 5000)
    path = tmp_path / "x.chain"
    with ChainWriter.create(path, samples.header()) as writer:
        chain = StateChain(sink=writer, keep=True)
        subscription = chain.subscribe()
        for event_type, payload in samples.parts(60):
            chain.append(event_type, payload)
        chain.note(Note("build", {"number": 2}))
        assert len(subscription._items) < 10
        assert subscription.waiting == 61
        if lost:
            path.rename(tmp_path / "elsewhere")
        if closed:
            writer.close()
        taken = subscription.take(3) + subscription.take(30)
        for event_type, payload in samples.parts(0 if closed else 40):
            chain.append(event_type, payload)
        while items := subscription.take(7):
            taken += items
        assert [item[0] for item in taken if not isinstance(item, Note)] == list(chain.events)
        assert [item.kind for item in taken if isinstance(item, Note)] == ["build"]
        assert subscription.waiting == 0
        if not closed:
            chain.append("theater:simple/runtime/log", b"after all")
            assert len(subscription._items) == 1


def test_what_a_sink_has_lost_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file does not hold it any more a taker goes on with what comes next."""
    monkeypatch.setattr(state_chain, "MOST_WAITING", 1)
    chain = StateChain(sink=FailingSink(set()))
    subscription = chain.subscribe()
    for _ in range(5):
        chain.append("a/b", b"")
    assert len(subscription.take(10)) == 1
    assert subscription.take(10) == []
    assert subscription.waiting == 0
