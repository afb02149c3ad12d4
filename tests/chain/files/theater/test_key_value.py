"""The key and value blocks, and what a block means by its keys."""

from __future__ import annotations

import pytest

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.entry import Checked, Cut, ReadEvent
from chainview.chain.files.theater.key_value import read_key_value
from chainview.chain.kinds import kind_of
from chainview.chain.payload import encode_error
from chainview.chain.state_chain import linked
from tests.chain import samples
from tests.chain.files.theater.writings import as_keys

EVENTS = [*samples.events(5), *linked([("wasm", encode_error("f", "no"))], samples.events(5)[-1].hash)]
KINDS = [Kind.CALL, Kind.HOST, Kind.HOST, Kind.HOST, Kind.RESULT, Kind.ERROR]


def read(text: str) -> list[Event]:
    """The events of a text."""
    return [entry.event for entry in read_key_value(text.encode()) if isinstance(entry, ReadEvent)]


def test_each_type_of_block_is_its_kind_of_event() -> None:
    """Calls, host calls, results and errors have the event type and the payload that were hashed."""
    found = read("".join(map(as_keys, EVENTS)))
    assert found == EVENTS
    assert [kind_of(event.event_type, event.payload) for event in found] == KINDS


@pytest.mark.parametrize("index", range(len(EVENTS)))
def test_a_block_that_can_not_be_read_keeps_its_event_type(index: int) -> None:
    """Where a literal can't be read the event still has the type that its block tells."""
    lines = [f"{line.split(':')[0]}: ?" if "(" in line or "{" in line else line for line in _lines(index)]
    for changed in (lines, [line for line in _lines(index) if not line.startswith("type")]):
        (event,) = read("\n".join(changed) + "\n")
        typed = "type: host-call" in changed
        assert event.event_type == (EVENTS[index].event_type if typed else "wasm")


def _lines(index: int) -> list[str]:
    return as_keys(EVENTS[index]).rstrip("\n").split("\n")


@pytest.mark.parametrize("index", range(len(EVENTS)))
@pytest.mark.parametrize("key", ["bytes: [1u8]", 'message: "x"', "comment: none of it counts", "output: 5u8"])
def test_a_key_of_another_type_of_block_says_nothing(index: int, key: str) -> None:
    """A block is read by the keys of its type alone; one that another type of block has changes nothing."""
    block = as_keys(EVENTS[index])
    name, kind = key.split(":")[0], KINDS[index]
    if f"\n{name}:" in block or (name, kind) == ("bytes", Kind.RESULT):
        return
    before = "".join(map(as_keys, EVENTS[:index]))
    assert read(before + block.rstrip("\n") + f"\n{key}\n") == EVENTS[: index + 1]


def test_a_last_block_behind_missing_ones_is_an_event() -> None:
    """Without the events before it nothing tells whether a last block without its newline is whole, so it is read."""
    *_, last = read_key_value((as_keys(EVENTS[0]) + as_keys(EVENTS[2]).rstrip("\n")).encode())
    assert isinstance(last, ReadEvent)
    assert (last.event.event_type, last.checked) == (EVENTS[2].event_type, Checked.LINK)


@pytest.mark.parametrize("index", range(1, len(EVENTS)))
def test_a_last_block_that_is_cut_is_cut(index: int) -> None:
    """Wherever a file ends inside a line behind its last block's links, the block is cut, until its hash comes out."""
    before, last = "".join(map(as_keys, EVENTS[:index])), as_keys(EVENTS[index]).rstrip("\n")
    for length in [at for at in range(last.index("type: "), len(last)) if last[at - 1] != "\n"]:
        *earlier, ended = read_key_value((before + last[:length]).encode())
        whole = isinstance(ended, ReadEvent) and ended.event == EVENTS[index]
        assert whole or ended == Cut(len(before)), last[:length]
        assert len(earlier) == index
    assert read(before + last) == EVENTS[: index + 1]
