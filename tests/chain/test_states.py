"""The state at an event: in the result of a call, or beside the end of one where a module showed it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.chain.event import Event, Extras, StateGap
from chainview.chain.files.entries.entry import End
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.lifecycle import SPAWNED, encode_lifecycle
from chainview.chain.payload import encode_call, encode_error, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.states import told_at, told_before
from chainview.chain.table import EventTable, table_of
from chainview.chain.words.report import event_line, event_object, event_text
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, Record, Value
from tests.chain import samples

LIFECYCLE = Schema.LIFECYCLE


def state(count: int, items: int = 1) -> Value:
    """A state of two numbers."""
    return Record("State", (("count", S32(count)), ("items", S32(items))))


def shown(value: Value) -> Extras:
    """What stands beside an event after which a module showed this state."""
    return Extras(state=encode(value, 3))


CALL = ("wasm", encode_call(LIFECYCLE, "f", UNIT, 3))
RESULT = ("wasm", encode_result(LIFECYCLE, "f", UNIT, UNIT, 3))
ERROR = ("wasm", encode_error("f", "Function returned error: no", 3, LIFECYCLE))
EVENTS = [
    (CALL, Extras()),
    (RESULT, shown(state(0))),
    (("spawned", encode_lifecycle(SPAWNED)), Extras()),
    (CALL, Extras()),
    (RESULT, Extras()),
    (CALL, Extras()),
    (ERROR, shown(state(5))),
    (CALL, Extras()),
    (RESULT, Extras(state=StateGap.UNKNOWN)),
    (CALL, Extras()),
    (RESULT, shown(state(6, 2))),
    (CALL, Extras()),
    (RESULT, Extras(state=StateGap.LARGE)),
]


def pairs() -> list[tuple[Event, Extras]]:
    """The events with what stands beside them."""
    return list(zip(linked([part for part, _ in EVENTS]), [extras for _, extras in EVENTS], strict=True))


def in_memory() -> EventTable:
    """A table of its own."""
    table = EventTable()
    for event, extras in pairs():
        table.append(event, extras)
    return table


@pytest.fixture(params=["in memory", "in a file"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventTable]:
    """The events in a table of its own, or in that of a file."""
    if request.param == "in memory":
        yield in_memory()
        return
    path = tmp_path / "a.chain"
    entries = [pack_event(event, extras) for event, extras in pairs()]
    end = pack_end(End(len(entries), pairs()[-1][0].hash))
    path.write_bytes(b"".join([pack_header(samples.header(LIFECYCLE)), *entries, end]))
    with open_chain(path) as opened:
        yield opened.load().table


def test_the_state_before_an_event_is_the_last_one_shown(table: EventTable) -> None:
    """Events between two that show a state have the first one's; a gap holds until a state is shown again."""
    told = [told_before(table, index) for index in range(len(table) + 1)]
    assert [None if each is None else each.number for each in told] == [
        None,
        None,
        2,
        2,
        2,
        2,
        2,
        7,
        7,
        9,
        9,
        11,
        11,
        13,
    ]
    assert [None if each is None else each.value() for each in told[2::5]] == [state(0), state(5), state(6, 2)]
    assert [each.gap for each in told if each is not None][-1] is StateGap.LARGE
    assert [index for index in range(len(table)) if told_at(table, index)] == [1, 6, 8, 10, 12]


def test_extras_hold_what_was_shown(table: EventTable) -> None:
    """What is read back of an event is what was written beside it."""
    assert [table.extras(index) for index in range(len(table))] == [extras for _, extras in EVENTS]


ROWS = [
    (1, "ok   state {count: 0, items: 1}"),
    (4, "└ ok  "),
    (6, "error no   state.count 0 → 5"),
    (8, "ok   state unknown, the module does not show it here"),
    (10, "ok   state {count: 6, items: 2}"),
    (12, "ok   state too large to be asked for after each call"),
]


@pytest.mark.parametrize(("index", "row"), ROWS)
def test_a_row_tells_what_became_of_the_state(table: EventTable, index: int, row: str) -> None:
    """The end of a call tells what it changed in a state inside the module, or why that is not known."""
    assert row in event_line(table, index)


def test_the_report_of_an_event_shows_the_state_beside_it(table: EventTable) -> None:
    """The state is shown in full, with what changed in it since the event that showed the one before."""
    text = list(event_text(table, 6))
    assert "  count: 5s32" in text
    assert "changed since event 2:" in text
    assert "  count: 0s32 → 5s32" in text
    assert "state: state unknown, the module does not show it here" in list(event_text(table, 8))
    assert event_object(table, 6)["state"] == "State{count: 5s32, items: 1s32}"
    assert "state" not in event_object(table, 4)


def test_a_state_that_still_holds_outlives_the_events_that_are_let_go() -> None:
    """What the oldest events are dropped with is their states, but for the one that is in force behind them."""
    table = in_memory()
    table.drop_oldest(6)
    assert table.dropped == 7
    told = told_before(table, 0)
    assert told is not None
    assert (told.number, told.value()) == (7, state(5))
    table.drop_oldest(2)
    told = told_before(table, 0)
    assert told is not None
    assert told.value() == state(6, 2)


def test_a_state_in_a_result_is_told_by_the_result() -> None:
    """In the generations before, each result holds the state."""
    result = encode_result(Schema.VALUES, "f", state(1), UNIT)
    table = table_of(linked([("wasm", encode_call(Schema.VALUES, "f", UNIT)), ("wasm", result)]))
    told = told_at(table, 1)
    assert told is not None
    assert (told.number, told.beside, told.value()) == (2, False, state(1))
    assert told_before(table, 1) is None


@pytest.mark.parametrize("stored", [b"", b"CGRF", encode(UNIT, 3)[:-1]])
def test_a_state_that_can_not_be_read_is_no_error(stored: bytes) -> None:
    """Bytes beside an event that are no value are told as such, wherever they are shown."""
    table = EventTable()
    for event, extras in zip(linked([CALL, RESULT]), [Extras(), Extras(state=stored)], strict=True):
        table.append(event, extras)
    assert "state can't be read" in event_line(table, 1)
    assert "state: can not be read" in list(event_text(table, 1))
