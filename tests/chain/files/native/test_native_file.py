"""A native chain file that was changed, cut or made up: what is left is read, and what is wrong is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event, Extras, Frame, Kind, Trigger
from chainview.chain.files.completeness import NOT_TO_ITS_END
from chainview.chain.files.entries.entry import Cut, Damage, End, Note, ReadEvent
from chainview.chain.files.native import reader
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note, read_header
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import Verification, verify
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.files.native.small_file import DATA, EVENTS, SPANS, opened_bytes

pytestmark = pytest.mark.once


def verdict_of(folder: Path, data: bytes) -> Verification:
    """The verdict on a file of those bytes."""
    with opened_bytes(folder, data) as opened:
        return verify(opened)


def test_a_whole_file_is_sound(tmp_path: Path) -> None:
    """An unchanged file verifies, with its header, note, end and every event as it was written."""
    with opened_bytes(tmp_path, DATA) as opened:
        verdict = verify(opened)
        assert (verdict.sound, verdict.remarks, verdict.head) == (True, (NOT_TO_ITS_END,), EVENTS[-1].hash)
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
                in_call = (NOT_TO_ITS_END,) if whole not in (0, samples.CALL_LENGTH) else ()
                assert verdict.remarks == (f"not closed after event {whole}", *in_call)
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
    assert verdict_of(tmp_path, body).remarks == ("not closed after event 7", NOT_TO_ITS_END)
    for end in (End(9, EVENTS[-1].hash), End(7, bytes(20)), End(7, None)):
        verdict = verdict_of(tmp_path, body + pack_end(end))
        assert [(problem.event, problem.kind) for problem in verdict.problems] == [(7, "truncated")]


@pytest.mark.parametrize("lead", [0xCA, 0xD2])
def test_a_checksum_is_one_by_its_first_byte(tmp_path: Path, lead: int) -> None:
    """A change of the byte in front of a checksum is found, also to one that makes another number of as many bytes."""
    for number, (_, end) in enumerate(SPANS, 1):
        verdict = verdict_of(tmp_path, DATA[: end - 5] + bytes((lead,)) + DATA[end - 4 :])
        assert [problem.event for problem in verdict.problems] == [number]


def test_a_missing_header_is_told(tmp_path: Path) -> None:
    """A file that begins with an event still opens, and lacks its header."""
    with opened_bytes(tmp_path, DATA[:1] + b"\xa9chainviex" + DATA[11:]) as opened:
        assert [problem.kind for problem in verify(opened).problems] == ["header"]
        assert len(opened.table) == len(EVENTS)


def entry_of(*parts: Any) -> bytes:
    """A whole entry of any parts."""
    packed: bytes = msgpack.packb(parts)
    body = bytes((packed[0] + 1,)) + packed[1:]
    return body + b"\xce" + crc32(body).to_bytes(4, "big")


ODD: tuple[Any, ...] = (
    None,
    True,
    5,
    -1,
    (1 << 64) - 1,
    1.5,
    "ab",
    b"ab",
    [],
    ["a"],
    ["a", "b"],
    ["a", 1],
    [1, "b"],
    {},
    {"t": 1},
)
"""A value of each kind that msgpack has, and lists of each shape that is almost a frame."""


@pytest.mark.parametrize("place", ["hash", "parent", "event type", "payload"])
def test_an_event_has_parts_of_the_right_types(tmp_path: Path, place: str) -> None:
    """A whole entry in which a part of an event is of another type is damage, and the events around it are read."""
    at = ("hash", "parent", "event type", "payload").index(place)
    right = {"hash": (bytes,), "parent": (bytes, type(None)), "event type": (str,), "payload": (bytes,)}[place]
    entries, kinds = [], []
    for odd in ODD:
        parts: list[Any] = [EVENTS[0].hash, None, "custom", b"said"]
        parts[at] = odd
        for extras in (None, {"fuel": 1}):
            entries.append(entry_of("E", *parts, extras))
            kinds.append(Kind.DAMAGED if type(odd) not in right else Kind.OTHER)
    data = pack_header(samples.header()) + b"".join(entries) + pack_event(EVENTS[0])
    with opened_bytes(tmp_path, data) as opened:
        assert not verify(opened).sound
        assert [opened.table.kind(index) for index in range(len(opened.table))] == [*kinds, Kind.CALL]
    read = [Kind.DAMAGED if isinstance(entry, Damage) else Kind.OTHER for entry in read_entries(data)]
    assert read == [Kind.OTHER, *kinds, Kind.OTHER]


@pytest.mark.parametrize(
    "told",
    [
        ["send", "a"],
        ["send", "a", 1, 2],
        ["send", "a", -1],
        ["send", "a", True],
        ["send", "a", 1.5],
        ["send", b"a", 1],
        ["s" * 101, "a", 1],
        ["send", "a" * 101, 1],
        {"send": 1},
    ],
    ids=lambda told: repr(told)[:20],
)
def test_what_brought_an_event_about_is_left_out_where_it_can_not_be(tmp_path: Path, told: object) -> None:
    """Of whatever shape it is, the event is whole and sound; in a right one it is kept, and never hashed."""
    event, trigger = EVENTS[0], Trigger("send", "a", 7)
    wrong = entry_of("E", event.hash, None, event.event_type, event.payload, {"t": 5, "by": told})
    for entry, kept in ((wrong, None), (pack_event(event, Extras(time_ns=5, trigger=trigger)), trigger)):
        data = b"".join([pack_header(samples.header()), entry, pack_end(End(1, event.hash))])
        assert [each.extras for each in read_entries(data) if isinstance(each, ReadEvent)] == [
            Extras(time_ns=5, trigger=kept)
        ]
        with opened_bytes(tmp_path, data) as opened:
            assert opened.load().table.extras(0) == Extras(time_ns=5, trigger=kept)
            assert verify(opened).sound


@pytest.mark.parametrize("key", ["t", "d", "fuel", "stack", "frame", "stub", "reason", "by"])
def test_what_is_beside_an_event_is_of_the_right_type_or_left_out(tmp_path: Path, key: str) -> None:
    """A time, a stack, a frame or the like of another type or out of range is unknown, and the event is whole."""
    event, entries, expected = EVENTS[0], [], []
    for odd in ODD:
        stored = {"stack": [odd, ["f", "p"]]} if key == "frame" else {key: odd}
        entries.append(entry_of("E", event.hash, None, event.event_type, event.payload, stored))
        pair = (Frame("a", "b"),) if odd == ["a", "b"] else ()
        number = odd if type(odd) is int and odd >= 0 else 0
        expected.append(
            Extras(
                time_ns=number if key == "t" else 0,
                duration_ns=number if key == "d" else 0,
                fuel=odd if key == "fuel" and type(odd) is int else None,
                stack=(*pair, Frame("f", "p")) if key == "frame" else (),
                stub=key == "stub" and odd is True,
                reason=odd if key == "reason" and isinstance(odd, str) else "",
            )
        )
    data = b"".join([pack_header(samples.header()), *entries])
    read = [entry for entry in read_entries(data) if isinstance(entry, ReadEvent)]
    assert [entry.extras for entry in read] == expected
    with opened_bytes(tmp_path, data) as opened:
        opened.load()
        longest = 0xFFFF_FFFF * 1000
        assert [opened.table.extras(index) for index in range(len(expected))] == [
            replace(extras, duration_ns=min(extras.duration_ns // 1000 * 1000, longest)) for extras in expected
        ]


@pytest.mark.parametrize(
    "entry",
    [("Q", 5, None), ("Q", 5), ("Q", {}, 1, 2, 3), ("Z", 5), ("Z", None, None), ("N", 5, {}), ("N", "x", 5)],
    ids=repr,
)
def test_entries_of_later_versions_are_passed_over(tmp_path: Path, entry: tuple[Any, ...]) -> None:
    """A whole entry of an unknown tag, or of a known one with other parts, changes nothing of what is read."""
    _, end = SPANS[2]
    with opened_bytes(tmp_path, DATA[:end] + entry_of(*entry) + DATA[end:]) as opened:
        assert (verify(opened).sound, len(opened.table), len(opened.notes)) == (True, len(EVENTS), 1)
    with opened_bytes(tmp_path, DATA[:end] + entry_of(*entry)) as opened:
        assert (verify(opened).remarks, opened.end) == (("not closed after event 3", NOT_TO_ITS_END), None)


@pytest.mark.parametrize("head", ["x", 5, True, [1], {}, None], ids=repr)
def test_an_end_without_a_hash_proves_nothing(tmp_path: Path, head: object) -> None:
    """What stands in the place of the last hash and is none is passed over, and the file is not called whole."""
    body = DATA[: SPANS[-1][1]]
    with opened_bytes(tmp_path, body + entry_of("Z", len(EVENTS), head)) as opened:
        verdict = verify(opened)
        assert [(problem.event, problem.kind) for problem in verdict.problems] == [(7, "truncated")]
        assert opened.end == End(len(EVENTS), None)


def events_read(data: bytes) -> list[tuple[Event, bool]]:
    """The events that are read of some bytes, each with whether its entry is damaged."""
    return [(entry.event, entry.extras.damaged) for entry in read_entries(data) if isinstance(entry, ReadEvent)]


@pytest.mark.parametrize("index", [0, 3, len(EVENTS) - 1])
@pytest.mark.parametrize("closed", [True, False])
def test_an_event_that_fails_its_checksum_is_read_where_it_still_ends(index: int, closed: bool) -> None:
    """With another checksum an event reads as it stands, in the middle of a file and at its end."""
    _, end = SPANS[index]
    data = DATA if closed else DATA[: SPANS[-1][1]]
    data = data[: end - 1] + bytes((data[end - 1] ^ 1,)) + data[end:]
    assert events_read(data) == [(event, event == EVENTS[index]) for event in EVENTS]


@pytest.mark.parametrize("longer", [-1, 1, 7])
def test_an_event_whose_length_changed_takes_nothing_of_its_neighbour(longer: int) -> None:
    """An event whose payload's length is a lie is damage up to the next entry, not an event of other bytes."""
    start, end = SPANS[3]
    head = DATA.index(EVENTS[3].payload, start) - 1
    data = DATA[:head] + bytes((DATA[head] + longer,)) + DATA[head + 1 :]
    assert events_read(data) == [(event, False) for event in EVENTS if event != EVENTS[3]]
    assert [entry for entry in read_entries(data) if isinstance(entry, Damage)] == [Damage(start, end, "event")]


def test_only_a_stretch_between_events_that_do_not_follow_hides_an_event(tmp_path: Path) -> None:
    """What can't be told from its bytes is an event that is missing where the link breaks, and else no event."""
    (start, end), garbage = SPANS[2], b"\xc1" * 30
    for data, kinds in (
        (DATA[:end] + garbage + DATA[end:], []),
        (DATA[:start] + garbage + DATA[end:], [Kind.DAMAGED]),
    ):
        with opened_bytes(tmp_path, data) as opened:
            assert not verify(opened).sound
            assert len(opened.table) == len(EVENTS)
            found = [opened.table.kind(index) for index in range(len(EVENTS))]
            assert [kind for kind in found if kind is Kind.DAMAGED] == kinds


def test_unknown_entries_are_passed_over() -> None:
    """A whole entry of an unknown tag is no damage."""
    entries = list(read_entries(DATA[: SPANS[0][0]] + pack_note(Note("later", {})).replace(b"\xa1N", b"\xa1Q")))
    assert isinstance(entries[-1], Damage)
    assert all(not isinstance(entry, Damage | Cut) for entry in read_entries(DATA))


def test_a_newer_format_is_refused() -> None:
    """A header of a newer version is refused in a sentence that says what to do."""
    with pytest.raises(ChainviewError, match="update chainview"):
        read_header({"format": 99})


def test_headers_behind_the_first_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are they are not read; one of a newer version is still refused."""
    monkeypatch.setattr(reader, "read_header", lambda stored: read_header(stored) if "actor" in stored else 1 / 0)
    first, small = pack_header(samples.header()), _packed(["chainview", {}])
    with opened_bytes(tmp_path, first + small * 100 + pack_event(EVENTS[0])) as opened:
        assert opened.load().header == samples.header()
        assert len(opened.table) == 1
    newer = first + _packed(["chainview", {"actor": "x", "format": 99}])
    with opened_bytes(tmp_path, newer) as opened, pytest.raises(ChainviewError, match="format version 99"):
        opened.load()


def _packed(parts: list[Any]) -> bytes:
    """An entry with its checksum."""
    packed: bytes = msgpack.packb(parts)
    body = bytes((packed[0] + 1,)) + packed[1:]
    return body + b"\xce" + crc32(body).to_bytes(4, "big")


@given(
    st.lists(
        st.builds(
            Event,
            st.binary(max_size=30) | st.binary(min_size=20, max_size=20) | st.binary(min_size=250, max_size=270),
            st.none() | st.binary(max_size=30),
            st.text(max_size=40) | st.text(st.just("é"), min_size=120, max_size=400),
            st.binary(max_size=300),
        ),
        max_size=5,
    )
)
def test_payloads_lie_where_they_are_looked_for(tmp_path_factory: pytest.TempPathFactory, events: list[Event]) -> None:
    """Of whatever sizes the hashes and the type before a payload are, it is given, and so are all at once."""
    data = pack_header(samples.header()) + b"".join(map(pack_event, events))
    with opened_bytes(tmp_path_factory.mktemp("odd"), data) as opened:
        table = opened.load().table
        told = [event.payload for event in events]
        assert [table.payload(index) for index in range(len(table))] == told
        assert table.payloads(0, len(table)) == told


@given(st.lists(st.integers(0, 49), max_size=120))
def test_payloads_are_the_same_however_often_they_are_asked_for(
    tmp_path_factory: pytest.TempPathFactory, asked: list[int]
) -> None:
    """In any order, also of more events than are held."""
    path = tmp_path_factory.mktemp("asked") / "c.chain"
    samples.write_native(path, 50)
    told = [payload for _, payload in samples.parts(50)]
    with open_chain(path) as opened:
        table = opened.load().table
        assert [table.payload(index) for index in asked] == [told[index] for index in asked]
