"""Files that grow: what is read of them as they come is what is read of the whole, in every format that grows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Cut, Damage, Entry, Pause, ReadEvent
from chainview.chain.files.entries.file_bytes import FileBytes
from chainview.chain.files.formats import GROWING, detect, detect_begun
from chainview.chain.files.theater.index import reader_of
from chainview.chain.files.theater.json_array import event_json
from tests.chain import samples
from tests.chain.files.theater.writings import (
    as_block,
    as_capture,
    as_cli_line,
    as_human,
    as_jsonl,
    as_keys,
    as_text,
)

pytestmark = pytest.mark.usefixtures("without_the_core")

EVENTS = [replace(event, payload=event.payload) for event in samples.events(9)]


def _capture(events: list[Event]) -> list[bytes]:
    return [as_capture(event, seq).encode() for seq, event in enumerate(events)]


WRITTEN: dict[str, Callable[[list[Event]], list[bytes]]] = {
    "jsonl": lambda events: [as_jsonl(event).encode() for event in events],
    "cli-json": lambda events: [b"[0c94fa74] hello\nmore\n" + as_cli_line(event).encode() for event in events],
    "capture": _capture,
    "event": lambda events: list(map(as_text, events)),
    "human": lambda events: list(map(as_human, events)),
    "blocks": lambda events: list(map(as_block, events)),
    "json": lambda events: [
        (b"[\n" if not number else b",\n") + event_json(event, number) for number, event in enumerate(events)
    ],
    "keyvalue": lambda events: [as_keys(event).encode() for event in events],
}
MARKED = {
    "keyvalue with marks": lambda: [b"---\n" + as_keys(event).strip().encode() + b"\n" for event in EVENTS],
    "json of a server": lambda: [b'{"ActorEvent":' + event_json(event, 1) + b"}\n" for event in EVENTS],
    "json with its end": lambda: [
        *[(b"[" if not number else b", ") + event_json(event, number) for number, event in enumerate(EVENTS)],
        b"]\n",
    ],
}
"""The key and value blocks as Theater wrote them, without a blank line behind each; what its server sends; an array
that ends."""


def entries_of(name: str) -> list[bytes]:
    """Each event as a format has it."""
    return MARKED[name]() if name in MARKED else WRITTEN[name](EVENTS)


def whole(format: str, data: bytes) -> list[Entry]:
    """What is read of all of it."""
    return [_without_offset(entry) for entry in reader_of(format)(data)]


def _without_offset(entry: Entry) -> Entry:
    """An event may be told before it is known where it ends for all that follows it."""
    return replace(entry, end=0) if isinstance(entry, ReadEvent) else entry


def grown(format: str, pieces: list[bytes]) -> Iterator[list[Entry]]:
    """What is read by when each piece has come, and then once nothing more will."""
    with tempfile.TemporaryFile() as file:
        data = FileBytes(file.fileno(), "grown")
        data.growing = True
        entries, told = reader_of(format)(data), list[Entry]()
        for piece in pieces:
            os.write(file.fileno(), piece)
            data.grow()
            while not isinstance(entry := next(entries), Pause):
                told.append(_without_offset(entry))
            yield list(told)
        data.growing = False
        yield [*told, *[_without_offset(entry) for entry in entries]]


def check(format: str, data: bytes, cuts: list[int]) -> None:
    """Reads data that comes in pieces."""
    edges = sorted({0, len(data), *[cut % (len(data) + 1) for cut in cuts]})
    expected = whole(format, data)
    *moments, at_last = grown(format, [data[start:end] for start, end in pairwise(edges)])
    for told in moments:
        assert told == expected[: len(told)]
    assert at_last == expected


def test_a_log_goes_on_over_a_pause() -> None:
    """A line that goes on with what an actor logs is one also where it comes later."""
    check("cli-json", b"".join(entries_of("cli-json")), [18])


NAMES = sorted({*WRITTEN, *MARKED})
JUNK = (
    b"\n",
    b"---\n",
    b"junk\n",
    b'{"hash": 5}\n',
    b"EVENT \n",
    b"hash: zz\n",
    b"parent: root\n",
    b'"',
    b"\x00\xff",
    b"{",
)


def test_every_format_that_grows_is_tried() -> None:
    """None is left out."""
    assert set(WRITTEN) == GROWING


@given(st.sampled_from(NAMES), st.lists(st.integers(0, 1 << 16), max_size=40))
def test_what_comes_in_pieces_is_what_is_there_at_once(name: str, cuts: list[int]) -> None:
    """At each moment what is told is a beginning of that, and at the end all of it."""
    check(name.partition(" ")[0], b"".join(entries_of(name)), cuts)


@example("json of a server", [1], 0, 1, b"")
@given(
    st.sampled_from(NAMES),
    st.lists(st.integers(0, 1 << 16), max_size=40),
    st.integers(0, 1 << 16),
    st.integers(0, 300),
    st.sampled_from((b"", *JUNK)),
)
def test_a_damaged_entry_is_told_and_passed_as_it_is_at_once(
    name: str, cuts: list[int], at: int, length: int, junk: bytes
) -> None:
    """Whatever is missing, or was put in its place."""
    data = b"".join(entries_of(name))
    at %= len(data)
    check(name.partition(" ")[0], data[:at] + junk + data[at + length :], cuts)


@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_told_once_it_is_there(name: str) -> None:
    """Without that anything follows it, and not before."""
    told = entries_of(name)
    format = name.partition(" ")[0]
    for moment, entries in enumerate(list(grown(format, told))[:-1], 1):
        assert [entry.event.hash for entry in entries if isinstance(entry, ReadEvent)] == [
            event.hash for event in EVENTS[:moment]
        ], moment


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_whole_is_waited_for_and_no_damage(name: str) -> None:
    """Until nothing more comes; then it is cut."""
    told = entries_of(name)
    first, second = told[0], told[1]
    format = name.partition(" ")[0]
    *moments, at_last = grown(format, [first, second[: len(second) // 2]])
    for entries in moments:
        assert not [entry for entry in entries if isinstance(entry, Damage | Cut)]
    assert len([entry for entry in moments[-1] if isinstance(entry, ReadEvent)]) == 1
    assert len(at_last) > len(moments[-1]) or format == "human"


@given(st.sampled_from(NAMES), st.integers(1, 1 << 16))
def test_the_format_of_what_comes_is_told_for_good(name: str, length: int) -> None:
    """As soon as it is told it is that of the whole."""
    data = b"".join(entries_of(name))
    assert detect_begun(data[: length % len(data)]) in (None, detect(data))
