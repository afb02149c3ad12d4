"""A native file indexed and checked by the core is the one that Python reads, whatever was done to it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock
from zlib import crc32

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.event import NO_EXTRAS, Event, Extras, Frame, StateGap, Trigger
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native import bulk
from chainview.chain.files.native.bulk import BulkIndex
from chainview.chain.files.native.index import NativePayloads
from chainview.chain.files.native.layout import pack_event, pack_header, pack_note
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.core import serving
from tests.chain import samples

ALL = samples.events(400, closed=True)
BYTES = list(linked(samples.parts(40, Schema.BYTES)))
EXTRAS = st.sampled_from([
    NO_EXTRAS, NO_EXTRAS, NO_EXTRAS, Extras(time_ns=5), Extras(duration_ns=7_000),
    Extras(time_ns=1 << 63, duration_ns=1 << 60),
    Extras(stub=True), Extras(reason="why", fuel=3), Extras(stack=(Frame("f", "a.rs:1"),)),
    Extras(state=b"\x01"), Extras(state=StateGap.LARGE), Extras(trigger=Trigger("send", "a", 3), time_ns=4),
])  # fmt: skip
EVENTS = st.sampled_from(
    ["hash", "parent", "no parent", "type", "payload", "long type", "json", "plain", "plain", "plain"]
)


def changed(event: Event, how: str) -> Event:
    """An event of which one part is another."""
    match how:
        case "hash":
            return replace(event, hash=bytes(20))
        case "parent":
            return replace(event, parent=b"x" * 20)
        case "no parent":
            return replace(event, parent=None)
        case "type":
            return replace(event, event_type='a:b/c \ud800"')
        case "long type":
            return replace(event, event_type="x/" * 60)
        case "payload":
            return replace(event, payload=b"\x00" * 70)
        case "json":
            return replace(event, event_type="wasm", payload=b'{"category":"Wasm","WasmCall":{}}')
        case _:
            return event


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file of some events, a few of them odd, with notes between, a stretch of it changed."""
    events = draw(st.sampled_from([ALL, BYTES]))
    count = draw(st.integers(1, len(events)))
    odd = draw(st.dictionaries(st.integers(0, count - 1), st.tuples(EVENTS, EXTRAS), max_size=12))
    entries = [pack_header(samples.header())]
    for at, event in enumerate(events[:count]):
        how, extras = odd.get(at, ("plain", NO_EXTRAS))
        entries.append(pack_event(changed(event, how), extras))
        if how == "long type":
            entries.append(pack_note(Note("bookmark", {"at": at})))
    data = bytearray(b"".join(entries))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(len(entries[0]), len(data)))
        if draw(st.booleans()):
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
        else:
            del data[at : at + draw(st.integers(1, 400))]
    return bytes(data)


def told(path: Path, core: str) -> tuple[object, ...]:
    """All that is known of a file, read and checked with the core or without."""
    with mock.patch.dict("os.environ", {serving.VARIABLE: core}), open_chain(path) as opened:
        verdict = verify(opened)
        table = opened.table
        rows = [
            (
                table.event(at) if table.kind(at) != 6 else table.payload(at), table.extras(at), table.kinds[at],
                table.call_of(at), table.raw_payload(at), table.checked(at), table.standings(at, at + 1),
                table.any_unsound(at, at + 1), table.noted(at).stack, table.noted(at).reason, table.noted(at).fuel,
            )
            for at in range(len(table))
        ]  # fmt: skip
        steps = [table.steps(at) for at in range(len(table)) if table.kinds[at] == 1]
        return verdict, rows, steps, opened.notes, list(opened.damages), opened.cut, opened.end, table.type_names


TOLD = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.integers(0, (1 << 64) - 1), st.floats(), st.binary(max_size=3),
    st.text(st.characters(codec=None), max_size=40), st.lists(st.just(["f", "a.rs:1"]), max_size=2),
)  # fmt: skip
MAPS = st.lists(st.tuples(st.sampled_from(["t", "d", "stub", "reason", "fuel", "stack", "state", "by", 3]), TOLD))


def entry_of(event: Event, told: list[tuple[object, object]], damage: bytes) -> bytes:
    """The entry of an event whose extras are these, written one behind the other, with an odd end."""
    packer = msgpack.Packer(unicode_errors="surrogatepass")
    parts = ["E", event.hash, event.parent, event.event_type, event.payload]
    extras = packer.pack_map_header(len(told)) + b"".join([packer.pack(each) for pair in told for each in pair])
    body = b"\x97" + b"".join(map(packer.pack, parts)) + (extras[: -len(damage)] + damage if damage else extras)
    return bytes(body + b"\xce" + crc32(body).to_bytes(4, "big"))


@given(st.lists(st.tuples(MAPS, st.sampled_from([b"", b"", b"", b"\xff", b"\xc1", b"\xa1\xff"])), max_size=20))
def test_extras_are_read_as_their_twin_reads_them(told_of: list[tuple[list[tuple[object, object]], bytes]]) -> None:
    """Whatever stands beside events, of any type, twice, or no text, comes to the same with the core and without it."""
    entries = [entry_of(event, *each) for event, each in zip(ALL, told_of, strict=False)]
    with tempfile.NamedTemporaryFile(suffix=".chain") as file:
        file.write(pack_header(samples.header()) + b"".join([*entries, *map(pack_event, ALL[len(entries) : 40])]))
        file.flush()
        assert told(Path(file.name), "always") == told(Path(file.name), "off")


@pytest.mark.parametrize(
    "extras",
    [Extras(time_ns=3, duration_ns=7_000, stub=True, reason="why"), Extras(reason="w"), Extras(reason="é" * 400)],
)
def test_reasons_and_stubs_are_taken_in_by_the_core(extras: Extras) -> None:
    """Events that give a reason, or were answered by a stub, are no work for Python; what they tell is kept."""
    data = b"".join([pack_event(event, extras) for event in ALL[:50]])
    table = EventTable(NativePayloads(data))
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}), mock.patch.object(bulk, "read_extras") as by_hand:
        for event in ALL[:5]:
            table.type_id_of(event.event_type)
        taken = BulkIndex(data, table).take_in(0, 50)
    assert (taken, by_hand.called) == ((50, len(data)), False)
    assert {table.extras(at) for at in range(50)} == {extras}
    assert {table.noted(at).reason for at in range(50)} == {extras.reason}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(files())
def test_a_file_is_read_as_its_twin_reads_it(data: bytes) -> None:
    """Rows, notes, damage and verdict are the same with the core and without it."""
    with tempfile.NamedTemporaryFile(suffix=".chain") as file:
        file.write(data)
        file.flush()
        assert told(Path(file.name), "always") == told(Path(file.name), "off")


def test_a_long_sound_file_is_read_by_the_core(tmp_path: Path) -> None:
    """Of a file of many events the core takes in nearly all, and finds it sound."""
    path = tmp_path / "long.chain"
    samples.write_native(path, 30_000)
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}), open_chain(path) as opened:
        with mock.patch.object(opened._index, "_read", wraps=opened._index._read) as by_hand:  # type: ignore[union-attr]
            opened.load()
        assert sum(call.args[0] for call in by_hand.call_args_list) < 3000
        assert verify(opened).sound
        assert len(opened.table) == 30_000


def test_what_was_proved_of_a_file_is_of_its_bytes(tmp_path: Path) -> None:
    """A hash that is wrong among many right ones is found by the core, and told by the event's number."""
    path = tmp_path / "wrong.chain"
    events = list(ALL)
    events[200] = replace(events[200], payload=events[200].payload + b"\0")
    path.write_bytes(pack_header(samples.header()) + b"".join(map(pack_event, events)))
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}), open_chain(path) as opened:
        assert [problem.event for problem in verify(opened).problems] == [201]
