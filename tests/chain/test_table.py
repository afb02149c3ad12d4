"""The table of events against a plain list of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import NO_EXTRAS, Event, Extras, Frame, Kind
from chainview.chain.files.native.index import NativePayloads
from chainview.chain.files.native.layout import pack_event
from chainview.chain.table import EventTable
from tests.chain import samples

PAYLOADS = {
    event.event_type + str(number): (event.event_type, event.payload)
    for number, event in enumerate(samples.events(251, closed=True))
    if number < 6 or number > 244
} | {"note": ("note", b"of no kind")}
EXTRAS = st.builds(
    Extras,
    time_ns=st.integers(0, (1 << 64) - 1),
    duration_ns=st.integers(0, 1 << 40).map(lambda micros: micros // 1000 * 1000),
    fuel=st.none() | st.integers(0, 1 << 50),
    stack=st.lists(st.builds(Frame, st.text(max_size=5), st.text(max_size=5)), max_size=2).map(tuple),
    stub=st.booleans(),
    damaged=st.booleans(),
)
HASHES = st.sampled_from([b"", *[bytes([value]) * 20 for value in range(4)]])


@dataclass(frozen=True)
class Step:
    """An event to append, or a number of events to keep."""

    event: Event | None = None
    extras: Extras = NO_EXTRAS
    keep: int = 0


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """A growing table, that now and then lets go of its oldest events."""
    found = []
    last: bytes | None = None
    for _ in range(draw(st.integers(0, 30))):
        if draw(st.integers(0, 9)) == 0:
            found.append(Step(keep=draw(st.integers(0, 15))))
            continue
        event_type, payload = PAYLOADS[draw(st.sampled_from(sorted(PAYLOADS)))]
        hash_ = draw(HASHES)
        parent = last if draw(st.integers(0, 4)) else draw(st.none() | HASHES.filter(bool))
        found.append(Step(Event(hash_, parent, event_type, payload), draw(st.just(NO_EXTRAS) | EXTRAS)))
        last = hash_ or None
    return found


class Model:
    """The same in the plainest way."""

    def __init__(self) -> None:
        self.all: list[tuple[Event, Extras, Kind, int | None]] = []
        self.dropped = 0
        self.open: int | None = None

    def append(self, event: Event, extras: Extras) -> None:
        kind = naive_kind(event)
        number = len(self.all)
        if kind is Kind.CALL:
            self.open = number
        call = self.open if kind not in (Kind.SHUTDOWN, Kind.OTHER) else None
        if kind in (Kind.RESULT, Kind.ERROR):
            self.open = None
        self.all.append((event, extras, kind, call))

    def drop(self, keep: int) -> None:
        held = len(self.all) - self.dropped
        keep = max(keep, 1)
        if held <= keep:
            return
        at = self.dropped + held - keep
        while at < len(self.all) and self.call(at) not in (None, at):
            at += 1
        if at == len(self.all):
            call = self.call(self.dropped + held - keep)
            at = call if call is not None else self.dropped + held - keep
        self.dropped = at

    def call(self, number: int) -> int | None:
        call = self.all[number][3]
        return None if call is None or call < self.dropped else call

    def last_of_call(self, call: int) -> int:
        return max(number for number in range(call, len(self.all)) if self.all[number][3] == call)


def naive_kind(event: Event) -> Kind:
    """The kind by searching the payload for the case's name."""
    if event.event_type == "shutdown":
        return Kind.SHUTDOWN
    if event.event_type != "wasm":
        return Kind.HOST if "/" in event.event_type else Kind.OTHER
    cases = {b"wasm-call": Kind.CALL, b"wasm-result": Kind.RESULT, b"wasm-error": Kind.ERROR}
    return next(kind for case, kind in cases.items() if case in event.payload)


@given(steps())
def test_a_table_tells_what_was_appended(steps: list[Step]) -> None:
    """After any appends and drops, each held event reads back, with its call, links, kind and extras."""
    table, model = EventTable(), Model()
    for step in steps:
        if step.event is None:
            model.drop(step.keep)
            table.drop_oldest(step.keep)
        else:
            model.append(step.event, step.extras)
            table.append(step.event, step.extras)
    assert table.dropped == model.dropped
    assert len(table) == len(model.all) - model.dropped
    for index in range(len(table)):
        check_event(table, index, model)
    held = [event.payload for event, *_ in model.all[model.dropped :]]
    for start in range(len(held) + 1):
        assert table.payloads(start, len(held)) == held[start:]
        assert table.payloads(0, start) == held[:start]


def check_event(table: EventTable, index: int, model: Model) -> None:
    """Compares one event with the model."""
    number = index + model.dropped
    event, extras, kind, _ = model.all[number]
    assert table.event(index) == event
    assert table.number(index) == number + 1
    assert table.kind(index) is kind
    most = replace(extras, duration_ns=min(extras.duration_ns, 0xFFFF_FFFF * 1000))
    assert table.extras(index) == most
    noted = table.noted(index)
    assert (noted.stack, noted.reason, noted.fuel) == (extras.stack, extras.reason, extras.fuel)
    before = model.all[number - 1][0].hash or None if number else None
    assert table.links_on(index) == (event.parent == before or (index == 0 and model.dropped > 0))
    call = model.call(number)
    assert table.call_of(index) == (None if call is None else call - model.dropped)
    if kind is Kind.CALL:
        last = model.last_of_call(number)
        assert index + table.steps(index) == last - model.dropped
        assert table.call_open(index) == (model.all[last][2] not in (Kind.RESULT, Kind.ERROR))
    results = [at for at in range(model.dropped, number) if model.all[at][2] is Kind.RESULT]
    assert table.previous_result(index) == (results[-1] - model.dropped if results else None)


def test_an_open_call_is_never_dropped() -> None:
    """However long the open call is, dropping leaves it whole."""
    table = EventTable()
    events = samples.events(7)
    host = samples.events(3)[1]
    for event in [*events, *[host] * 50]:
        table.append(event)
    assert table.drop_oldest(3) == 5
    assert table.kind(0) is Kind.CALL
    assert table.call_open(0)
    assert len(table) == 52


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_what_follows_an_open_call_that_was_let_go_is_outside_of_it(steps: int) -> None:
    """Events of no kind belong to no call; an open call that went before them takes no later event to itself."""
    call, host = samples.events(2)
    note = Event(bytes(20), host.hash, "note", b"")
    table = EventTable()
    for event in (call, *[host] * steps, note):
        table.append(event)
    assert [table.call_of(index) for index in range(len(table))] == [*[0] * (1 + steps), None]
    assert (table.steps(0), table.call_open(0), table.drop_oldest(1)) == (steps, True, 1 + steps)
    for event in (host, call, host, note, host):
        table.append(event)
    assert [table.call_of(index) for index in range(6)] == [None, None, 2, 2, None, 2]
    assert (table.drop_oldest(4), table.steps(0)) == (2, 3)
    table.append(host)
    assert [table.call_of(index) for index in range(5)] == [0, 0, None, 0, 0]


def test_the_oldest_event_held_keeps_its_parent() -> None:
    """After any number of events has gone, the first that is held still states the parent it stated."""
    events = samples.events(12)
    for keep in range(1, 13):
        table = EventTable()
        for event in events:
            table.append(event)
        gone = table.drop_oldest(keep)
        assert [table.event(index) for index in range(len(table))] == events[gone:]
        assert table.links_on(0)


def test_payloads_stay_in_the_source() -> None:
    """A table over a file's bytes gives the payloads that lie in them, large ones too."""
    like_a_type = bytes(17) + b"\xa1x\xc4\x03abc"
    events = [
        *samples.events(5),
        Event(b"", b"\x00" * 3, "x/y", bytes(70_000)),
        Event(b"h" * 20, None, "é" * 40, b""),
        Event(b"h" * 20, None, "x", like_a_type),
        Event(b"h" * 20, b"p" * 20, "x", b"\xa1x" + like_a_type),
    ]
    data, starts = b"", []
    for event in events:
        starts.append(len(data))
        data += pack_event(event, Extras(time_ns=5, fuel=3))
    table = EventTable(NativePayloads(data))
    for event, start in zip(events, starts, strict=True):
        table.append_stored(event, Extras(time_ns=5, fuel=3), start)
    assert [table.event(index) for index in range(len(events))] == events
    assert table.payloads(0, len(events)) == [event.payload for event in events]


@pytest.mark.parametrize("stored", [False, True])
def test_a_damaged_stretch_is_a_row(stored: bool) -> None:
    """A damaged stretch has a number, its raw bytes as payload, no hash, and what stood there as its type."""
    raw = b"raw bytes that are no event"
    first, *rest = samples.events(3)
    data = pack_event(first) + raw
    table = EventTable(NativePayloads(data) if stored else None)
    if stored:
        table.append_stored(first, NO_EXTRAS, 0)
    else:
        table.append(first)
    table.append_damage(raw, len(data) - len(raw), "event")
    assert (table.kind(1), table.payload(1), table.hash(1), table.event_type(1)) == (Kind.DAMAGED, raw, None, "event")
    if not stored:
        for event in rest:
            table.append(event)
        assert [table.payload(index) for index in (0, 2, 3)] == [each.payload for each in (first, *rest)]
