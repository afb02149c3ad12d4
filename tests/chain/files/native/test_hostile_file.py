"""Native files that were made to harm: reading them ends, in time and memory by their size."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.files.entries.entry import ReadEvent
from chainview.chain.files.native import reader
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.native.object_end import skip_counted
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.verification import verify
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.files.native.small_file import DATA, EVENTS, opened_bytes

pytestmark = pytest.mark.once


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A native file with stretches changed, inserted, removed or repeated."""
    data = bytearray(DATA)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 60))
        kind = draw(st.sampled_from(["bytes", "remove", "repeat", "lie"]))
        if kind == "bytes":
            data[at : at + length] = draw(st.binary(max_size=60))
        elif kind == "remove":
            del data[at : at + length * 10]
        elif kind == "repeat":
            data[at:at] = data[at : at + length * 10]
        else:
            lies = [b"\xdd\xff\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x97\xa1E" * 50]
            data[at:at] = draw(st.sampled_from(lies))
    return bytes(data)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(mutated())
def test_hostile_files_are_read_without_an_exception(tmp_path: Path, data: bytes) -> None:
    """Whatever is done to a file, opening and checking it ends, in a verdict or in one sentence."""
    if not data:
        return
    with suppress(ChainviewError), opened_bytes(tmp_path, data) as opened:
        verdict = verify(opened)
        for index in range(len(opened.table)):
            assert opened.table.kind(index) in Kind
            opened.table.event(index)
            opened.table.extras(index)
        assert verdict.events == len(opened.table)


@pytest.mark.parametrize(
    "filling",
    [
        b"\x97\xa1E",
        b"\x97\xa1E\xdd\x00\x01\x00\x00",
        b"\xdd\x00\xff\xff\xff",
        b"\x91" * 64,
        b"\xdf\x00\xff\xff\xff\x01",
        pack_event(EVENTS[0])[:-1] + b"\x00",
        b"\x94\xa1Z\x01\xc0\xce\x00\x00\x00\x00",
    ],
)
def test_a_file_of_lies_takes_no_time_that_grows_out_of_bounds(filling: bytes) -> None:
    """A megabyte of the same hostile bytes after a header is read to its end."""
    data = pack_header(samples.header()) + filling * (1_000_000 // len(filling))
    entries = 0
    for entry in read_entries(data):
        entries += 1
        assert not isinstance(entry, ReadEvent) or entry.extras.damaged
    assert entries > 1


@pytest.mark.parametrize("lead", [b"\x97\xa1E", b"\x97", b"\x97\xa1E\xc4\x00\xc0\xa0\xc4\x00\x81\x01", b"\xdc\x40\x00"])
def test_events_behind_beginnings_of_others_are_found_in_time_by_their_size(
    lead: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each beginning would hold all that follows it, it is not looked for its end without end."""
    looked_at = 0

    def counted(data: bytes, start: int, end: int, bare: int = 0) -> tuple[int | None, int]:
        nonlocal looked_at
        found, objects = skip_counted(data, start, end, bare)
        looked_at += objects
        return found, objects

    monkeypatch.setattr(reader, "skip_counted", counted)
    events = samples.events(1000)
    data = pack_header(samples.header()) + b"".join([lead + pack_event(event) for event in events])
    assert [entry.event for entry in read_entries(data) if isinstance(entry, ReadEvent)] == events
    assert looked_at < 10 * len(data)
