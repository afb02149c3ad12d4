"""Writing a chain in another format and reading it back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.event import Event, Extras, Frame
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.exporters import WRITERS, Excerpt, Losses, all_of, write_event_text
from chainview.chain.files.native.layout import pack_event, pack_header, pack_note
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import verify
from chainview.chain.payload import encode_host_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.files.theater.writings import HARD, as_json, events_of

TYPES = st.text(st.characters(blacklist_characters="\n", blacklist_categories=["Cs"]), max_size=30)
PARTS = st.lists(st.tuples(TYPES, st.binary(max_size=200)), max_size=12)
SAMPLES = st.builds(
    lambda count, schema, closed: samples.events(count, schema, closed=closed and count > 0),
    st.integers(0, 70),
    st.sampled_from([Schema.VALUES, Schema.BYTES]),
    st.booleans(),
)
WRITTEN = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def opened(folder: Path, data: bytes) -> OpenedChain:
    """A chain opened from a file of those bytes, read to its end."""
    path = folder / "in"
    path.write_bytes(data)
    return open_chain(path).load()


def written(folder: Path, events: list[Event], format: str) -> tuple[bytes, Losses]:
    """Those events in a format, by way of a native file, and what was lost."""
    losses = Losses()
    with opened(folder, samples.native(events)) as chain:
        return b"".join(WRITERS[format](all_of(chain), losses)), losses


@WRITTEN
@given(st.sampled_from(["json", "msgpack", "event"]), PARTS.map(lambda parts: list(linked(parts))) | SAMPLES)
def test_whole_formats_read_back_the_same(tmp_path: Path, format: str, events: list[Event]) -> None:
    """Any chain written as JSON, as a native file or as EVENT text reads back as the same events, and verifies."""
    data, _ = written(tmp_path, events, format)
    if not data:
        assert (format, events) == ("event", [])
        return
    with opened(tmp_path, data) as copy:
        assert events_of(copy) == events
        assert verify(copy).sound


@WRITTEN
@given(SAMPLES)
def test_blocks_read_back_what_actors_record(tmp_path: Path, events: list[Event]) -> None:
    """A chain of what actors record, written as blocks, reads back as the same events by their hashes."""
    data, _ = written(tmp_path, events, "blocks")
    if events:
        with opened(tmp_path, data) as copy:
            assert events_of(copy) == events
            assert verify(copy).sound


def test_json_is_theater_s_own(tmp_path: Path) -> None:
    """The JSON array holds the four fields of an event in Theater's order and form."""
    events = samples.events(3)
    data, losses = written(tmp_path, events, "json")
    assert json.loads(data) == [as_json(event) for event in events]
    assert list(json.loads(data)[0]) == ["hash", "parent_hash", "event_type", "data"]
    assert losses.sentences() == ["the header, notes, times, durations, fuel and stacks are left out"]
    assert written(tmp_path, [], "json")[0] == b"[]\n"


def test_a_native_copy_keeps_what_is_beside_the_events(tmp_path: Path) -> None:
    """Header, notes in their places, and what is not hashed survive the copy of a native file."""
    first, second = samples.events(2)
    extras = Extras(time_ns=5, duration_ns=7000, fuel=9, stack=(Frame("f", "a.rs:3"),), stub=True)
    note, last = Note("build", {"sha256": "00"}), Note("bookmark", {})
    data = (
        pack_header(samples.header())
        + pack_event(first)
        + pack_note(note)
        + pack_event(second, extras)
        + pack_note(last)
    )
    with opened(tmp_path, data) as chain:
        losses = Losses()
        copied = b"".join(WRITERS["msgpack"](all_of(chain), losses))
        notes = chain.notes
    with opened(tmp_path, copied) as copy:
        assert (copy.header, copy.notes) == (samples.header(), notes)
        assert copy.table.extras(1) == extras
        assert (copy.end is not None, losses.sentences()) == (True, [])


def test_what_is_lost_is_told(tmp_path: Path) -> None:
    """Damaged events, payloads that a format can't hold and unknown hashes are counted."""
    events = samples.events(4)
    data = samples.native(events)
    at = data.index(pack_event(events[2], samples.extras(2)))
    with opened(tmp_path, data[:at] + b"\x00" + data[at + 1 :]) as chain:
        losses = Losses()
        kept = json.loads(b"".join(WRITERS["json"](all_of(chain), losses)))
        assert kept == [as_json(event) for event in events if event != events[2]]
        assert "damaged events that could not be read and are left out: 1" in losses.sentences()
    _, losses = written(tmp_path, list(linked([("x", b"no value")])), "blocks")
    assert "payloads that are no CGRF, of which only the length is kept: 1" in losses.sentences()
    _, losses = written(tmp_path, [Event(b"", None, "x", b"")], "event")
    assert "hashes that are not known and are written as zeros: 1" in losses.sentences()


def test_a_type_of_two_lines_is_no_event_text(tmp_path: Path) -> None:
    """EVENT text refuses an event type with a line break, naming the event."""
    data = samples.native(list(linked([("a", b""), ("b\nc", b"")])))
    with opened(tmp_path, data) as chain, pytest.raises(ChainviewError, match="event 2 has a line break"):
        b"".join(write_event_text(all_of(chain), Losses()))


@pytest.mark.parametrize("event_type", ["odd\udcff", "very odd\ud800"], ids=["byte", "half"])
def test_a_type_that_is_no_unicode_is_kept_or_refused(tmp_path: Path, event_type: str) -> None:
    """A chain file keeps any event type; EVENT text keeps bytes that are no UTF-8; others refuse it by name."""
    events = list(linked([("a", b""), (event_type, b"")]))
    with opened(tmp_path, written(tmp_path, events, "msgpack")[0]) as copy:
        assert events_of(copy) == events
    with pytest.raises(ChainviewError, match="event 2 has a type that is no Unicode, which JSON can't hold"):
        written(tmp_path, events, "json")
    if "very" not in event_type:
        with opened(tmp_path, written(tmp_path, events, "event")[0]) as copy:
            assert events_of(copy) == events
    else:
        with pytest.raises(ChainviewError, match="event 2 has a type that is no Unicode, which EVENT text can't hold"):
            written(tmp_path, events, "event")


@given(st.lists(st.integers(0, 14), unique=True).map(sorted), st.integers(0, 14))
def test_an_excerpt_holds_what_was_chosen_and_is_still_there(chosen: list[int], kept: int) -> None:
    """The events of the numbers given are written, but for those that the table has let go, which are counted."""
    table = EventTable()
    for event in samples.events(15):
        table.append(event)
    excerpt, losses = Excerpt(table, [index + 1 for index in chosen], samples.header()), Losses()
    gone = table.drop_oldest(kept)
    data = json.loads(b"".join(WRITERS["json"](excerpt, losses)))
    assert data == [as_json(samples.events(15)[index]) for index in chosen if index >= gone]
    assert losses.left_out == sum(index < gone for index in chosen)


def test_hard_values_survive_blocks(tmp_path: Path) -> None:
    """Values whose tags and annotations blocks leave out are found again."""
    parts = [("a:b/c/d", encode_host_call("a:b/c", "d", value, UNIT)) for value in HARD]
    events = list(linked(parts))
    with opened(tmp_path, written(tmp_path, events, "blocks")[0]) as copy:
        assert events_of(copy) == events
