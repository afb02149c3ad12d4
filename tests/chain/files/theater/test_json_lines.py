"""Chains of a JSON object a line, and what else may stand on a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.entry import Cut, Damage, Entry, Note, Reader, ReadEvent
from chainview.chain.files.opened import open_chain
from chainview.chain.files.theater import json_lines
from chainview.chain.files.theater.json_lines import read_capture, read_cli_json, read_jsonl
from chainview.chain.state_chain import StateChain, linked
from chainview.pack.cgrf import encode
from chainview.pack.values import S64, U8, Array, Record, String, Tuple, Value, none, some, types
from chainview.replay.run.recording import Recording
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.files.theater.writings import as_capture, as_cli_line, as_jsonl, opened

EVENTS = samples.events(6)
LINES: dict[str, tuple[Reader, Callable[[int], str]]] = {
    "jsonl": (read_jsonl, lambda index: as_jsonl(EVENTS[index])),
    "printed": (read_cli_json, lambda index: as_cli_line(EVENTS[index])),
    "capture": (read_capture, lambda index: as_capture(EVENTS[index], index)),
}
NO_EVENTS = ("5", "[1, 2]", '"text"', "null", "true", "{}", "{", "plain text", '{"hash": 5, "type": 5}', "[" * 5000)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("line", NO_EVENTS, ids=lambda line: line[:12])
def test_a_line_that_is_no_event_is_one_damage(name: str, line: str) -> None:
    """A line of any other JSON, or of none, is damage, and the lines around it are read."""
    read, written = LINES[name]
    before, after = written(0), written(1)
    found = list(read((before + line + "\n" + after).encode()))
    assert found[1] == Damage(len(before), len(before) + len(line) + 1, "event")
    assert [entry.event.event_type for entry in found if isinstance(entry, ReadEvent)] == [
        EVENTS[0].event_type,
        EVENTS[1].event_type,
    ]


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("line", ["plain text", "x" * 100_000])
def test_a_damaged_line_can_be_looked_at(tmp_path: Path, name: str, line: str) -> None:
    """The row of a damaged line holds its bytes, of a very long one those at its beginning."""
    written = LINES[name][1]
    with opened(tmp_path, (written(0) + line + "\n" + written(1)).encode()) as chain:
        assert chain.table.kind(1) is Kind.DAMAGED
        assert chain.table.payload(1) == (line + "\n").encode()[: 1 << 16]


@pytest.mark.parametrize("name", LINES)
def test_a_last_line_that_is_cut_anywhere_is_cut(name: str) -> None:
    """Wherever a file ends inside its last line, the line is cut from its beginning on."""
    read, written = LINES[name]
    before, last = written(0), written(1).rstrip("\n")
    for length in range(1, len(last)):
        assert list(read((before + last[:length]).encode()))[1:] == [Cut(len(before))]
    assert len([entry for entry in read((before + last).encode()) if isinstance(entry, ReadEvent)]) == 2


VALUES = (String("x"), Record("r", (("a", U8(1)),)), Array(types.U8, b"ab"), Tuple((none(types.U8), some(S64(5)))))


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__class__.__name__)
def test_a_payload_is_encoded_as_it_was_hashed(version: int, value: Value) -> None:
    """A value of a `.jsonl` line is encoded in the version of CGRF that its hash was made of."""
    events = list(linked([("a:b/c/d", encode(value, version))]))
    assert _events(read_jsonl("".join(map(as_jsonl, events)).encode())) == events


def test_a_capture_holds_the_chain_of_one_actor() -> None:
    """Of a capture of several actors the first one's events are read, linked and hashed, and the others counted."""
    lines = [as_capture(event, seq) for seq, event in enumerate(EVENTS)]
    others = [as_capture(event, seq, "c-2") for seq, event in enumerate(EVENTS[:3])]
    mixed = [line for pair in zip(lines[:3], others, strict=True) for line in pair] + lines[3:]
    found = list(read_capture("".join(mixed).encode()))
    assert _events(found[:-1]) == EVENTS
    assert found[-1] == Note("other chains", {"events": 3, "chains": ["h c-2"]})


def _events(entries: Iterable[Entry]) -> list[Event]:
    return [entry.event for entry in entries if isinstance(entry, ReadEvent)]


def test_a_line_of_more_parts_than_can_be_held_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long line that consists of very many parts is damage, and the line behind it is read."""
    monkeypatch.setattr(json_lines, "_LONGEST_OF_MANY_PARTS", 1 << 10)
    whole = json.dumps({"hash": "00" * 20, "parent_hash": None, "event_type": "wasm", "data": "00"}).encode() + b"\n"
    many = whole.replace(b'"00"}', b"[" + b"{}," * 100_000 + b"{}]}")
    found = list(read_jsonl(whole + many + whole))
    assert [type(entry) for entry in found] == [ReadEvent, Damage, ReadEvent]


def printed(chain: StateChain, *, logs: bool = True) -> list[bytes]:
    """The lines that Theater's command line prints of a chain, what the actor logs among them."""
    lines = []
    for event in chain.events:
        if logs:
            lines.append(b"[01141801] hello\n")
        stored = {
            "actor_id": "01141801-09ea-4f68-8d7a-6b31a25fa8bf",
            "hash": event.hash.hex(),
            "parent_hash": None if event.parent is None else event.parent.hex(),
            "event_type": event.event_type,
            "data": f"{len(event.payload)} bytes (pack-encoded)",
        }
        lines.append(json.dumps(stored, separators=(",", ":")).encode() + b"\n")
    return lines


def grown(count: int) -> StateChain:
    """A chain of so many events."""
    chain = StateChain(keep=True)
    for number in range(count):
        chain.append("wasm", b"payload %d" % number)
    return chain


def test_what_an_actor_logs_between_its_events_is_told_apart(tmp_path: Path) -> None:
    """As notes at their places; a log line may come first."""
    chain = grown(3)
    (tmp_path / "c").write_bytes(b"".join(printed(chain)))
    with open_chain(tmp_path / "c") as opened:
        opened.load()
        assert opened.format == "cli-json"
        assert [opened.table.hash(index) for index in range(3)] == [event.hash for event in chain.events]
        assert [(note.kind, note.after) for note in opened.notes] == [("log", 0), ("log", 1), ("log", 2)]
        assert not list(opened.damages)


SAID = (
    b'\x1b[2m2026-11-27T02:14:58.836694Z\x1b[0m \x1b[32m INFO\x1b[0m Parsing manifest TOML content: name = "a"\n'
    b'version = "0.1.0"\n\n[[handler]]\n',
    b"2026-11-27T02:14:10.311630Z ERROR Failed to send error message to supervisor: channel closed\n",
    b"\nReceived interrupt signal, shutting down...\n",
    b"Operation cancelled by user\n",
    "✗ Server error: Failed to start actor\n".encode(),
    b"Actor error: trap\n\nStopping actor...\n",
)
"""What Theater's command line says itself on the stream of the events, and on the one beside it."""


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("before", [0, 1, 2])
def test_what_theater_says_itself_is_no_damage(tmp_path: Path, said: bytes, before: int) -> None:
    """Wherever it stands, at the beginning and at the end also, and without the colours that it is printed in."""
    lines = printed(grown(2), logs=False)
    (tmp_path / "c").write_bytes(b"".join([*lines[:before], said, *lines[before:]]))
    with open_chain(tmp_path / "c") as opened:
        opened.load()
        assert opened.format == "cli-json"
        assert len(opened.table) == 2
        assert not list(opened.damages)
        assert {note.after for note in opened.notes} == {before}
        assert "\x1b" not in "".join([note.data["text"] for note in opened.notes])


@pytest.mark.parametrize("piece", [1, 7, 200])
def test_lines_are_read_as_they_come(tmp_path: Path, piece: int) -> None:
    """A line that has no end yet is waited for, whatever pieces the file grows by; at its end nothing is missing."""
    chain = grown(5)
    data = b"".join(printed(chain))
    path = tmp_path / "c"
    first = data.index(b"\n", data.index(b"{")) + 1
    path.write_bytes(data[:first])
    with open_chain(path) as opened:
        assert opened.can_grow
        opened.let_grow()
        opened.load()
        assert len(opened.table) == 1
        with path.open("ab") as writer:
            for at in range(first, len(data), piece):
                writer.write(data[at : at + piece])
                writer.flush()
                opened.grow()
                whole = data[: at + piece].rpartition(b"\n")[0].count(b'"hash"')
                assert len(opened.table) == whole
        opened.let_grow(growing=False)
        opened.load()
        assert len(opened.table) == 5
        assert opened.cut is None


def test_a_line_that_never_ends_is_cut_once_nothing_more_comes(tmp_path: Path) -> None:
    """While the file may grow it is only not there yet."""
    lines = printed(grown(2), logs=False)
    (tmp_path / "c").write_bytes(lines[0] + lines[1][:30])
    with open_chain(tmp_path / "c") as opened:
        opened.let_grow()
        opened.load()
        assert opened.cut is None
        opened.let_grow(growing=False)
        opened.load()
        assert opened.cut is not None
        assert len(opened.table) == 1


def test_a_chain_without_payloads_is_not_replayed(tmp_path: Path) -> None:
    """A sentence says what it holds."""
    (tmp_path / "c").write_bytes(b"".join(printed(grown(2))))
    with open_chain(tmp_path / "c") as opened, pytest.raises(ChainviewError, match="no payloads"):
        Recording.of(opened.load())
