"""Chains of every format that Theater has written, told by what they hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.entry import Checked, End, Note
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import PAYLOADS_NOT_HELD, verify
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.cgrf import encode
from chainview.pack.literal import format_literal, parse_literal
from chainview.pack.values import UNIT, Record, String, Tuple, Variant, none, types
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.files.theater.writings import (
    EVENTS,
    HARD,
    WHOLE,
    as_block,
    as_capture,
    as_cli_line,
    as_human,
    as_json,
    as_keys,
    as_of_2025,
    events_of,
    opened,
)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
def test_a_format_that_keeps_the_payload_reads_back(tmp_path: Path, name: str, schema: Schema) -> None:
    """Each format is told by its content, gives the events that were written, and verifies."""
    word, write = WHOLE[name]
    events = samples.events(11, schema, closed=True)
    with opened(tmp_path, write(events)) as chain:
        verdict = verify(chain)
        assert (chain.format, verdict.problems) == (word, ())
        assert events_of(chain) == events
        if name != "native":
            assert chain.schema is schema
        if name == "state chain":
            assert chain.end == End(len(events), events[-1].hash)


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name in WHOLE if name != "native"])
def test_a_format_cut_anywhere_is_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    """Cut at many lengths, each text format gives the events that are whole, in order, or one sentence."""
    events = samples.events(4)
    data = WHOLE[name][1](events)
    for length in range(1, len(data), 37):
        try:
            chain = opened(tmp_path, data[:length])
        except ChainviewError:
            assert length < 120
            continue
        with chain:
            verdict = verify(chain)
            read = events_of(chain)
            assert len(read) <= len(events)
            assert all(one.hash in (b"", other.hash) for one, other in zip(read, events, strict=False))
            assert verdict.sound or verdict.problems


@pytest.mark.parametrize("name", [name for name in WHOLE if name not in ("native", "keys", "capture")])
def test_a_changed_event_is_named(tmp_path: Path, name: str) -> None:
    """In each text format an event whose payload was changed is named, and no other is called corrupt."""
    changed = list(EVENTS)
    log = encode_host_call("theater:simple/runtime", "log", String("call 9 begins"), UNIT)
    changed[6] = replace(EVENTS[6], payload=log)
    with opened(tmp_path, WHOLE[name][1](changed)) as chain:
        verdict = verify(chain)
        assert [problem.event for problem in verdict.problems] == [7]
        assert verdict.problems[0].kind == ("payload" if name == "blocks" else "hash")


@pytest.mark.parametrize("name", [name for name in WHOLE if name not in ("native", "keys", "capture", "state chain")])
def test_a_missing_event_is_a_gap(tmp_path: Path, name: str) -> None:
    """In each text format an event that is missing is told as a gap before the next one."""
    with opened(tmp_path, WHOLE[name][1](EVENTS[:4] + EVENTS[5:])) as chain:
        verdict = verify(chain)
        assert [(problem.event, problem.kind, problem.checked) for problem in verdict.problems] == [(5, "gap", "full")]


@pytest.mark.parametrize("name", ["array", "pretty array", "objects", "event text", "blocks", "jsonl"])
def test_a_spoilt_event_is_one_damage(tmp_path: Path, name: str) -> None:
    """Where an event can't be read the others are, and its place is named."""
    write = WHOLE[name][1]
    data, first = write(EVENTS), write(EVENTS[:3])
    at = data.index(b"hash", len(first) - 20) if name != "event text" else len(first) + 1
    with opened(tmp_path, data[:at] + b"#~#~" + data[at + 4 :]) as chain:
        verdict = verify(chain)
        assert len(chain.table) == len(EVENTS)
        assert chain.table.kind(3) is Kind.DAMAGED
        assert [event.hash for index, event in enumerate(events_of(chain)) if index != 3] == [
            event.hash for index, event in enumerate(EVENTS) if index != 3
        ]
        assert [(problem.event, problem.kind) for problem in verdict.problems] == [(4, "payload")]


TEXTS = {
    **{
        name: (format, write(EVENTS))
        for name, (format, write) in WHOLE.items()
        if name not in ("native", "array after a mark")
    },
    "dump for people": ("human", b"".join(map(as_human, EVENTS))),
    "printed lines": ("cli-json", "".join(map(as_cli_line, EVENTS)).encode()),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_byte_order_mark_changes_nothing(tmp_path: Path, name: str) -> None:
    """A text that an editor or a shell put a mark before is read as the text without it."""
    format, text = TEXTS[name]
    with opened(tmp_path, text) as plain, opened(tmp_path, b"\xef\xbb\xbf" + text) as marked:
        assert marked.format == plain.format == format
        assert events_of(marked) == events_of(plain)
        assert [problem.kind for problem in verify(marked).problems] == [
            problem.kind for problem in verify(plain).problems
        ]


def test_a_dump_for_people_keeps_headers(tmp_path: Path) -> None:
    """Of the dump for people hashes, parents and types are read and links checked; bodies of plain text survive."""
    events = list(linked([("wasm", b"CGRF\xff\xfe"), ("a/b", b"\x80"), ("note", b"plain text")]))
    with opened(tmp_path, b"".join(map(as_human, events))) as chain:
        verdict = verify(chain)
        assert chain.format == "human"
        assert events_of(chain) == [replace(events[0], payload=b""), replace(events[1], payload=b""), events[2]]
        assert [(each.event, each.kind, each.checked) for each in verdict.problems] == [(1, "payload", "link")]
        assert verdict.problems[0].message.startswith("events 1 to 2: ")


def test_printed_lines_keep_headers_of_the_first_actor(tmp_path: Path) -> None:
    """Of lines the command line printed, those of the first actor are read, and others are counted."""
    lines = [as_cli_line(event) for event in EVENTS]
    lines.insert(3, as_cli_line(EVENTS[0], "b-2"))
    with opened(tmp_path, "".join(lines).encode()) as chain:
        verdict = verify(chain)
        assert chain.format == "cli-json"
        assert [each.hash for each in events_of(chain)] == [each.hash for each in EVENTS]
        assert chain.notes == [Note("other chains", {"events": 1, "chains": ["b-2"]}, len(EVENTS))]
        assert verdict.remarks == (PAYLOADS_NOT_HELD, "events of other chains in the file, left out: 1")
        assert (verdict.problems, verdict.checked) == ((), "link")
    with opened(tmp_path, "".join(map(as_cli_line, EVENTS[:3] + EVENTS[4:])).encode()) as chain:
        assert (4, "link", "link") in [(each.event, each.kind, each.checked) for each in verify(chain).problems]


def test_a_capture_that_joined_late_has_no_hashes(tmp_path: Path) -> None:
    """A capture's hashes are computed from the chain's first event on, and are unknown after a gap or a late start."""
    late = "".join([as_capture(event, seq + 5) for seq, event in enumerate(EVENTS[5:])])
    with opened(tmp_path, late.encode()) as chain:
        assert [each.payload for each in events_of(chain)] == [each.payload for each in EVENTS[5:]]
        assert {each.hash for each in events_of(chain)} == {b""}
        assert [(each.event, each.checked) for each in verify(chain).problems] == [(1, "none")]
    lines = [as_capture(event, seq) for seq, event in enumerate(EVENTS)]
    del lines[4]
    with opened(tmp_path, "".join(lines).encode()) as chain:
        assert [each.hash for each in events_of(chain)] == [each.hash for each in EVENTS[:4]] + [b""] * 6
        assert (5, "link", "none") in [(each.event, each.kind, each.checked) for each in verify(chain).problems]


def test_a_chain_of_2025_hashed_its_further_keys(tmp_path: Path) -> None:
    """Events with further keys that were hashed with them verify; a changed one is not taken for sound."""
    stored = as_of_2025(EVENTS[:3])
    with opened(tmp_path, json.dumps(stored).encode()) as chain:
        assert verify(chain).sound
        assert chain.table.checked(2) is Checked.PROVED
        assert chain.table.extras(1).time_ns == 1_750_000_000_001 * 1_000_000
    stored[1]["timestamp"] = 5
    with opened(tmp_path, json.dumps(stored).encode()) as chain:
        assert [each.event for each in verify(chain).problems] == [2]


def store(folder: Path, events: list[Event], heads: dict[str, bytes]) -> Path:
    """A content store with those events and chains."""
    (folder / "events").mkdir()
    (folder / "chains").mkdir()
    for event in events:
        (folder / "events" / event.hash.hex()).write_text(json.dumps(as_json(event)))
    for name, head in heads.items():
        (folder / "chains" / name).write_text(json.dumps(head.hex()))
    return folder


def test_a_content_store_is_followed_from_its_head(tmp_path: Path) -> None:
    """The folder of a store of one chain, its folder of chains and the chain's file all open that chain."""
    where = store(tmp_path, EVENTS, {"actor-1": EVENTS[-1].hash})
    for path in (where, where / "chains", where / "chains" / "actor-1"):
        with open_chain(path) as chain:
            assert verify(chain).sound
            assert (chain.format, events_of(chain)) == ("store", EVENTS)


def test_a_content_store_may_lack_events(tmp_path: Path) -> None:
    """One that is missing is told; those before it are found where no other chain's can be meant."""
    where = store(tmp_path, EVENTS, {"actor-1": EVENTS[-1].hash})
    (where / "events" / EVENTS[3].hash.hex()).unlink()
    with open_chain(where) as chain:
        verdict = verify(chain)
        assert list(chain) == [*EVENTS[:3], *EVENTS[4:]]
        assert [(each.event, each.kind) for each in verdict.problems] == [(4, "payload")]
    (where / "events" / EVENTS[1].hash.hex()).unlink()
    with open_chain(where) as chain:
        assert list(chain) == EVENTS[4:]


def test_a_store_of_several_chains_names_them(tmp_path: Path) -> None:
    """The folder of a store of several chains is refused, naming them."""
    where = store(tmp_path, EVENTS, {"one": EVENTS[-1].hash, "two": EVENTS[2].hash})
    with pytest.raises(ChainviewError, match=r"2 chains.*one, two"):
        open_chain(where)
    with open_chain(where / "chains" / "two") as chain:
        assert len(chain.load().table) == 3


@pytest.mark.parametrize("value", HARD, ids=format_literal)
def test_blocks_are_recovered_by_trying(tmp_path: Path, value: Variant) -> None:
    """Tags and variant annotations that a block does not hold are found again by its hash."""
    payload = encode_host_call("sample:x/y", "draw", value, UNIT)
    events = list(linked([("sample:x/y/draw", payload), ("wasm", encode_result(Schema.VALUES, "f", value, UNIT))]))
    with opened(tmp_path, b"".join(map(as_block, events))) as chain:
        assert verify(chain).sound
        assert events_of(chain) == events


def test_blocks_of_the_newest_generation_are_recovered(tmp_path: Path) -> None:
    """Blocks with the newest names and CGRF version, lifecycle events included, are found again by their hashes."""
    call = Record("WasmCall", (("function_name", String("f")), ("params", UNIT)))
    inner = Variant("WasmEventData", "WasmCall", 0, (call,))
    cause = Variant("TerminationCause", "Stopped", 2, ())
    ended = Variant("ActorLifecycleEvent", "Terminated", 3, (Record("Terminated", (("cause", cause),)),))
    payloads = [
        ("wasm", Variant("ChainEventPayload", "Wasm", 1, (inner,))),
        ("terminated", Variant("ChainEventPayload", "Lifecycle", 3, (ended,))),
    ]
    events = list(linked([(event_type, encode(value, 3)) for event_type, value in payloads]))
    with opened(tmp_path, b"".join(map(as_block, events))) as chain:
        assert verify(chain).sound
        assert events_of(chain) == events
        assert chain.schema is Schema.LIFECYCLE


def test_blocks_that_leave_types_out_are_recovered(tmp_path: Path) -> None:
    """Literals of the writers before 0.5.3, without the types of what is empty, are found again by their hashes."""
    state = none(types.list_of(types.U8))
    events = list(linked([("wasm", encode_result(Schema.VALUES, samples.INIT, state, samples.ok(UNIT)))]))
    block = as_block(events[0]).replace(b"none<list<u8>>", b"none").replace(b"ok<string, string>", b"ok")
    with opened(tmp_path, block) as chain:
        assert verify(chain).sound
        assert events_of(chain) == events


def test_a_block_that_can_not_be_recovered_is_marked(tmp_path: Path) -> None:
    """A block whose payload can't be found keeps its hash and link, and says that no more could be checked."""
    events = list(linked([("custom", encode(String("x"))), ("wasm", b"raw")]))
    data = (
        as_block(events[0])
        + f"---\nhash: {events[1].hash.hex()}\nparent: {events[0].hash.hex()}\nraw: 3 bytes\n".encode()
    )
    with opened(tmp_path, data) as chain:
        assert [(each.event, each.kind, each.checked) for each in verify(chain).problems] == [(1, "payload", "link")]
        assert [each.hash for each in events_of(chain)] == [each.hash for each in events]
        assert chain.table.links_on(1)


def test_untold_hashes_of_key_blocks(tmp_path: Path) -> None:
    """In blocks of keys a break in the short hashes is told, and what follows is not called checked."""
    data = "".join(map(as_keys, EVENTS[:2] + EVENTS[3:5])).encode()
    with opened(tmp_path, data) as chain:
        verdict = verify(chain)
        assert [each.payload for each in events_of(chain)] == [each.payload for each in EVENTS[:2] + EVENTS[3:5]]
        assert (3, "link", "link") in [(each.event, each.kind, each.checked) for each in verdict.problems]
        assert not verdict.sound


def test_hex_payloads_in_jsonl(tmp_path: Path) -> None:
    """A payload that was no CGRF stands as hex in a `.jsonl` file."""
    event = next(linked([("odd", b"\x00\xff")]))
    line = json.dumps({"hash": event.hash.hex(), "parent_hash": None, "event_type": "odd", "data": "00ff"})
    with opened(tmp_path, line.encode()) as chain:
        assert events_of(chain) == [event]
        assert verify(chain).sound


@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
@pytest.mark.parametrize("name", ["array", "event text", "blocks", "jsonl", "capture", "keys"])
def test_maps_and_sets_of_the_newer_encoding_keep_their_hashes(tmp_path: Path, name: str, schema: Schema) -> None:
    """Events of CGRF 3, some with maps and sets that the older version does not have, are read back byte for byte."""
    stock, names = parse_literal('map<string, u32>["b" => 2u32, "a" => 1u32]'), parse_literal('set<string>["x", "y"]')
    events = list(
        linked(
            [
                ("wasm", encode_call(schema, "theater:simple/actor.init", Tuple((stock,)), 3)),
                ("test:x/host/ask", encode_host_call("test:x/host", "ask", names, UNIT, 3)),
                ("wasm", encode_result(schema, "theater:simple/actor.init", stock, names, 3)),
                ("wasm", encode_call(schema, "f", Tuple((UNIT,)), 3)),
                ("wasm", encode_error("f", "no", 3)),
            ]
        )
    )
    with opened(tmp_path, WHOLE[name][1](events)) as chain:
        assert events_of(chain) == events
        assert verify(chain).sound
