"""The `---` blocks: where one is cut, and what is tried to find what was hashed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Checked, Cut, Damage, ReadEvent
from chainview.chain.files.theater.blocks import read_blocks, readings
from chainview.chain.files.theater.recovery import Recovery
from chainview.chain.payload import encode_host_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.values import S64, UNIT, List, Option, Record, Result, Tuple, Value, Variant, types
from tests.chain import samples
from tests.chain.files.theater.writings import as_block

pytestmark = pytest.mark.usefixtures("without_the_core")

EVENTS = samples.events(3)
BLOCKS = [as_block(event) for event in EVENTS]


@pytest.mark.parametrize("index", [0, 2])
def test_a_last_block_that_is_cut_anywhere_is_cut_and_not_damaged(index: int) -> None:
    """Wherever a file ends inside its last block, the block is cut from its beginning on, unless what is left reads."""
    before, last = b"".join(BLOCKS[:index]), BLOCKS[index]
    literal = last.index(b"chain-event-payload")
    for length in range(len("---\n"), len(last) - 1):
        *earlier, ended = read_blocks(before + last[:length])
        if not list(readings(last[literal:length].decode(), Recovery(0))):
            assert ended == Cut(len(before)), last[:length]
        assert [entry.event for entry in earlier if isinstance(entry, ReadEvent)] == EVENTS[:index]
    for length in (len(last) - 1, len(last)):
        assert list(read_blocks(before + last[:length]))[-1] == ReadEvent(
            EVENTS[index], len(before) + length, Checked.PROVED
        )


def test_a_file_that_ends_in_its_first_mark_is_cut_at_its_beginning() -> None:
    """A file that holds no more than the beginning of a block is cut at its first byte."""
    assert list(read_blocks(b"---")) == [Cut(0)]


@pytest.mark.parametrize("blanks", [b"  ", b"\t", b"        "])
def test_blocks_that_are_indented_are_read(blanks: bytes) -> None:
    """Blocks that were pasted behind blanks, all of them or the first line alone, are the same events."""
    text = b"".join(BLOCKS)
    for indented in (blanks + text, b"".join([blanks + line for line in text.splitlines(keepends=True)])):
        assert [entry.event for entry in read_blocks(indented) if isinstance(entry, ReadEvent)] == EVENTS


@pytest.mark.parametrize("text", [b"no block\n", b"hash: zz\nparent: root\n5u8\n", b"hash:\nparent:\nx\n\n"])
def test_a_block_that_is_none_is_damage(text: bytes) -> None:
    """What stands behind a mark and is not how a block begins is damage, the last of them too."""
    start = len(BLOCKS[0])
    for following in (b"", BLOCKS[1]):
        read = list(read_blocks(BLOCKS[0] + b"---\n" + text + following))
        assert read[1] == Damage(start, start + len("---\n") + len(text), "event")


def test_only_the_last_block_can_be_cut() -> None:
    """A block that ends too early is damage where others follow it."""
    head = BLOCKS[1].index(b"\nparent") + 1
    read = list(read_blocks(BLOCKS[0] + BLOCKS[1][:head] + BLOCKS[2]))
    assert read[1] == Damage(len(BLOCKS[0]), len(BLOCKS[0]) + head, "event")


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_a_last_block_that_reads_is_an_event_whatever_its_hash(ending: bytes) -> None:
    """A literal that is whole at the end of the file is an event, though its hash does not come out right."""
    wrong = replace(EVENTS[1], hash=bytes(20))
    for block in (as_block(wrong)[:-1], as_block(wrong).rsplit(b"\n", 2)[0] + b"\nraw: 3 bytes"):
        read = list(read_blocks(BLOCKS[0] + block + ending))[1]
        assert isinstance(read, ReadEvent)
        assert (read.event.hash, read.event.parent, read.checked) == (bytes(20), EVENTS[0].hash, Checked.LINK)


def _status(case: str, tag: int) -> Variant:
    return Variant("status", case, tag, ())


STATUSES = (_status("new", 0), _status("paid", 1), _status("sent", 2), _status("back", 3))
RECOVERED: dict[str, Value] = {
    "a list of variants of many cases": List(types.variant_named("status"), STATUSES),
    "a list of records": List(types.record_named("r"), (Record("r", (("n", S64(1)),)),)),
    "an err that is a variant": Result(types.record_named("r"), types.variant_named("status"), False, STATUSES[2]),
    "an ok that is a variant": Result(types.variant_named("status"), types.record_named("r"), True, STATUSES[2]),
    "an err that would be a variant": Result(types.U8, types.variant_named("other"), True, UNIT),
    "tags that are known by then": Tuple((*STATUSES, List(types.variant_named("status"), STATUSES))),
}
"""Values in which a literal leaves open which tags the cases have, and which of the types named are variants."""


@pytest.mark.parametrize("name", RECOVERED)
def test_tags_and_kinds_of_types_are_found_again(name: str) -> None:
    """Tags, and whether a type named in a list or a result is a variant, are found by the hash."""
    value = RECOVERED[name]
    events = list(linked([("a:b/c/d", encode_host_call("a:b/c", "d", value, UNIT))] * 2))
    assert list(map(_event, read_blocks(b"".join(map(as_block, events))))) == events


@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
def test_both_schemas_are_found_again(schema: Schema) -> None:
    """Calls and results, which blocks show as values, are found whether their parts were hashed as values or bytes."""
    hashed, shown = samples.events(10, schema), samples.events(10)
    blocks = [as_block(replace(event, payload=said.payload)) for event, said in zip(hashed, shown, strict=True)]
    assert list(map(_event, read_blocks(b"".join(blocks)))) == hashed


def _event(entry: object) -> Event | None:
    return entry.event if isinstance(entry, ReadEvent) and entry.checked.word == "full" else None


def _without_types(event: Event) -> bytes:
    """An event's block as old writers had it, without the types of what is empty."""
    return re.sub(rb"(\bnone|\[\]|\bsome)<[^>]*>+", rb"\1", as_block(event))


def _logs(count: int) -> list[Event]:
    """Host calls that were given nothing, of two types in turn."""
    values: list[Value] = [Option(types.BOOL, None), List(types.STRING, ()), Option(types.U64, None)]
    return list(
        linked([("a:b/c/d", encode_host_call("a:b/c", "d", values[number % 3], UNIT)) for number in range(count)])
    )


def test_types_that_were_left_out_are_tried_as_they_were_right_before() -> None:
    """Where types take turns each event is found again, and of a literal each reading is tried once."""
    events = _logs(400)
    assert list(map(_event, read_blocks(b"".join(map(_without_types, events))))) == events
    recovery, last = Recovery(0), _logs(3)[2]
    text = _without_types(last).decode().split("\n", 3)[3].strip()
    right = [recovery.recover(reading, last.parent, last.hash.__eq__)[1] for reading in readings(text, recovery)]
    assert right == [False] * 4 + [True]
    assert recovery.recover(next(readings(text, recovery)), last.parent, last.hash.__eq__)[1]
    read = [reading.types for reading in readings("(none, [])", recovery)]
    assert len(read) == len(set(read)) == 15
    assert [types[0][1] for types in read[:3]] == ["u64"] * 3
    assert len(list(readings("(none, 5u8)", recovery))) == 5
    assert len(list(readings("(ok(5u8), 5u8)", recovery))) == 1


def test_readings_of_what_never_comes_out_right_end() -> None:
    """Of very many events that fit nothing a few are tried with all types, and the others with one."""
    recovery, tried = Recovery(0), 0
    for _ in range(6000):
        for reading in readings("[none, ok(none)]", recovery):
            tried += 1
            assert not recovery.recover(reading, None, bytes(20).__eq__)[1]
    assert tried < 6000 + 5000
