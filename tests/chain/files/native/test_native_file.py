"""A native chain file that was changed, cut or made up: what is left is read, and what is wrong is named."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.files.entries.entry import Cut, Damage, End, ReadEvent
from chainview.chain.files.entries.header import Header
from chainview.chain.files.entries.note import Note
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note, read_header
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verify import Verification, verify
from chainview.system.errors import ChainviewError
from tests.chain import samples

pytestmark = pytest.mark.once

EVENTS = samples.events(7, closed=True)


def small_file() -> tuple[bytes, list[tuple[int, int]]]:
    """A file with header, events, a note and an end, and where each event's entry begins and ends."""
    data = pack_header(samples.header())
    spans = []
    for index, event in enumerate(EVENTS):
        if index == 3:
            data += pack_note(Note("bookmark", {"name": "here"}))
        entry = pack_event(event, samples.extras(index))
        spans.append((len(data), len(data) + len(entry)))
        data += entry
    return data + pack_end(End(len(EVENTS), EVENTS[-1].hash)), spans


DATA, SPANS = small_file()


def opened_bytes(folder: Path, data: bytes) -> OpenedChain:
    """A chain opened from a file of those bytes."""
    path = folder / "file"
    path.write_bytes(data)
    return open_chain(path)


def verdict_of(folder: Path, data: bytes) -> Verification:
    """The verdict on a file of those bytes."""
    with opened_bytes(folder, data) as opened:
        return verify(opened)


def test_a_whole_file_is_sound(tmp_path: Path) -> None:
    """An unchanged file verifies, with its header, note, end and every event as it was written."""
    with opened_bytes(tmp_path, DATA) as opened:
        verdict = verify(opened)
        assert (verdict.sound, verdict.remarks, verdict.head) == (True, (), EVENTS[-1].hash)
        assert opened.header == samples.header()
        assert opened.notes == [Note("bookmark", {"name": "here"}, 3)]
        assert opened.end == End(len(EVENTS), EVENTS[-1].hash)
        assert [opened.table.event(index) for index in range(len(EVENTS))] == EVENTS
        assert [opened.table.extras(index) for index in range(len(EVENTS))] == [
            samples.extras(index) for index in range(len(EVENTS))
        ]


@pytest.mark.parametrize("change", [0xFF, 0x01])
def test_a_changed_byte_is_found(tmp_path: Path, change: int) -> None:
    """A change to any byte makes the file unsound, and is named by the event's number where it lies in an event."""
    for at in range(len(DATA)):
        number = next((number for number, (start, end) in enumerate(SPANS, 1) if start <= at < end), None)
        changed = DATA[:at] + bytes((DATA[at] ^ change,)) + DATA[at + 1 :]
        verdict = verdict_of(tmp_path, changed)
        assert not verdict.sound, f"byte {at}"
        if number is not None:
            assert number in [problem.event for problem in verdict.problems], f"byte {at} of event {number}"


def test_the_others_stay_when_one_event_is_damaged(tmp_path: Path) -> None:
    """Around a damaged entry all other events are read, and none but it is called wrong."""
    start, end = SPANS[2]
    for data in (DATA[:start] + bytes(end - start) + DATA[end:], DATA[: start + 1] + b"\x00" + DATA[start + 2 :]):
        with opened_bytes(tmp_path, data) as opened:
            verdict = verify(opened)
            table = opened.table
            assert len(table) == len(EVENTS)
            assert [table.hash(index) for index in range(len(table)) if index != 2] == [
                event.hash for event in EVENTS if event != EVENTS[2]
            ]
            assert {problem.event for problem in verdict.problems} == {3}


def test_a_lost_event_is_a_gap(tmp_path: Path) -> None:
    """An entry that is missing is told as a gap before the next event, apart from what is corrupt."""
    start, end = SPANS[4]
    verdict = verdict_of(tmp_path, DATA[:start] + DATA[end:])
    assert [(problem.event, problem.kind, problem.checked) for problem in verdict.problems] == [
        (5, "gap", "full"),
        (6, "truncated", "none"),
    ]


def test_a_file_cut_anywhere_opens_up_to_its_last_whole_event(tmp_path: Path) -> None:
    """Cut at every length, a file gives the events that are whole, and says that it is cut or not closed."""
    boundaries = {0, *[end for _, end in SPANS]}
    for length in range(1, len(DATA)):
        whole = sum(end <= length for _, end in SPANS)
        with opened_bytes(tmp_path, DATA[:length]) as opened:
            verdict = verify(opened)
            assert (opened.format, len(opened.table)) == ("native", whole)
            if opened.cut is None:
                assert verdict.sound
                assert verdict.remarks == (f"not closed after event {whole}",)
            else:
                assert [problem.kind for problem in verdict.problems] == ["truncated"]
                assert length not in boundaries


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A file without a byte is no chain, which one sentence says."""
    with pytest.raises(ChainviewError, match="is empty"):
        opened_bytes(tmp_path, b"")


def test_a_wrong_end_is_told(tmp_path: Path) -> None:
    """An end that counts other events or names another head makes a file unsound."""
    body = DATA[: SPANS[-1][1]]
    assert verdict_of(tmp_path, body).remarks == ("not closed after event 7",)
    for end in (End(9, EVENTS[-1].hash), End(7, bytes(20)), End(7, None)):
        verdict = verdict_of(tmp_path, body + pack_end(end))
        assert [(problem.event, problem.kind) for problem in verdict.problems] == [(7, "truncated")]


def test_a_missing_header_is_told(tmp_path: Path) -> None:
    """A file that begins with an event still opens, and lacks its header."""
    with opened_bytes(tmp_path, DATA[:1] + b"\xa9chainviex" + DATA[11:]) as opened:
        assert [problem.kind for problem in verify(opened).problems] == ["header"]
        assert len(opened.table) == len(EVENTS)


def test_unknown_entries_are_passed_over() -> None:
    """A whole entry of an unknown tag is no damage."""
    entries = list(read_entries(DATA[: SPANS[0][0]] + pack_note(Note("later", {})).replace(b"\xa1N", b"\xa1Q")))
    assert isinstance(entries[-1], Damage)
    assert all(not isinstance(entry, Damage | Cut) for entry in read_entries(DATA))


def test_a_newer_format_is_refused() -> None:
    """A header of a newer version is refused in a sentence that says what to do."""
    with pytest.raises(ChainviewError, match="update chainview"):
        read_header({"format": 99})


TEXTS = st.text(max_size=20)
HEADERS = st.builds(
    Header,
    actor_name=TEXTS,
    module_path=TEXTS,
    module_sha256=TEXTS,
    initial_state=st.binary(max_size=20),
    calls=st.lists(TEXTS, max_size=3).map(tuple),
    engine=TEXTS,
    settings=st.dictionaries(TEXTS, st.integers(0, 1 << 40) | TEXTS | st.booleans(), max_size=3),
    time_ns=st.integers(0, 1 << 62),
    writer=TEXTS,
    extra=st.dictionaries(st.text(alphabet="xyz", min_size=1, max_size=5), st.integers(0, 99), max_size=2),
)


@given(HEADERS)
def test_a_header_reads_back(header: Header) -> None:
    """Any header, keys of later versions included, is read back as it was written."""
    assert list(read_entries(pack_header(header))) == [header]


def test_a_path_that_is_no_text_reads_back() -> None:
    """A module path with bytes that are no UTF-8 is kept."""
    header = Header(module_path="caf\udce9.wasm")
    assert list(read_entries(pack_header(header))) == [header]


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
