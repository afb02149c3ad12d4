"""The details: values, states, bytes and times as lines, whatever their size and whatever is in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chainview.chain.event import Extras, Frame
from chainview.chain.payload import encode_call, encode_host_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.literal import parse_literal
from chainview.pack.values import (
    F64,
    S32,
    U8,
    U32,
    UNIT,
    Bool,
    Char,
    Option,
    Record,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    list_value,
    none,
    some,
    types,
)
from chainview.ui.event.event_blocks import duration_text, event_blocks
from chainview.ui.event.facts import gather, work_out
from chainview.ui.lines.blocks import HexBlock, TextBlock
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import chopped, plain, steady, wrapped
from chainview.ui.lines.value_blocks import value_blocks
from tests.chain.unsound import NOT_WRONG, WRONG, opened, wrong_number
from tests.ui import samples
from tests.ui.app_driver import Driven, drive_live, few_calls, state

pytestmark = pytest.mark.once


def texts(blocks: object) -> list[str]:
    """All lines of blocks as text."""
    lines = LazyLines(blocks)  # type: ignore[arg-type]
    while not lines.complete:
        lines.ensure(1 << 40)
    return [plain(lines.line(row)) for row in range(lines.height)]


def table_of(parts: list[samples.Part], extras: Extras | None = None) -> EventTable:
    """A table of these events."""
    table = EventTable()
    for event in linked(parts):
        table.append(event, extras or Extras())
    return table


def shown(table: EventTable, index: int, tab: str = "payload", width: int = 80) -> list[str]:
    """The lines of an event's details."""
    reading = work_out(gather(table, index, state=True))
    return texts(event_blocks(reading, tab, width, wrap=True, brief=False))


def test_values_show_name_value_and_type() -> None:
    """Each kind of value has its line, compound ones their parts below."""
    value = Record(
        "order",
        (
            ("id", U32(7)),
            ("open", Bool(True)),
            ("mark", Char("x")),
            ("price", F64.of(1.5)),
            ("note", some(String("[bold]"))),
            ("gone", none(types.U8)),
            ("done", Result(types.STRING, types.STRING, False, String("no"))),
            ("kind", Variant("kind", "big", 1, ())),
            ("pair", Tuple((S32(1), UNIT))),
            ("all", list_value(types.STRING, [String("a")])),
            ("raw", bytes_value(b"\x00\xff")),
            ("text", bytes_value(b"hello")),
        ),
    )
    assert texts(value_blocks("input", value, 80)) == [
        "▾ input: order",
        "    id: 7 u32",
        "    open: true bool",
        "    mark: 'x' char",
        "    price: 1.5 f64",
        '    note: some "[bold]" string',
        "    gone: none  option<u8>",
        '    done: err "no" string',
        "    kind: big  kind",
        "  ▾ pair: tuple of 2",
        "      0: 1 s32",
        "      1: ()",
        "  ▾ all: list<string>, 1 item",
        '      [0]: "a" string',
        "  ▾ raw: list<u8>, 2 B",
        f"    0000  {'00 ff':<48}  ..",
        '    text: "hello" list<u8>, 5 B as text',
    ]


def deep(levels: int) -> Value:
    """A value nested that deep."""
    value: Value = U8(1)
    for level in range(levels):
        value = Tuple((value,)) if level % 2 else Option(types.U8, value)
    return value


def test_maps_and_sets_show_their_entries() -> None:
    """Entries go by their keys, what changed is marked there, and a key that holds values has lines of its own."""
    stock = parse_literal('map<string, u32>["tea" => 1u32]')
    points = parse_literal('map<tuple<u8>, string>[(1u8) => "here", (2u8) => "there"]')
    names = parse_literal('set<string>["x"]')
    assert texts(value_blocks("state", Tuple((stock, points, names)), 80, changed={'0["tea"]': "9"})) == [
        "▾ state: tuple of 3",
        "  ▾ 0: map<string, u32>, 1 entry",
        '      ["tea"]: 1 u32   was 9',
        "  ▾ 1: map<tuple<u8>, string>, 2 entries",
        "    ▾ [0].key: tuple of 1",
        "        0: 1 u8",
        '      [0].value: "here" string',
        "    ▾ [1].key: tuple of 1",
        "        0: 2 u8",
        '      [1].value: "there" string',
        "  ▾ 2: set<string>, 1 member",
        '      [0]: "x" string',
    ]


def test_any_depth_is_shown_without_running_off() -> None:
    """A value of 998 levels has its lines, the deep ones with their depth instead of an indent."""
    lines = texts(value_blocks("deep", deep(998), 80))
    assert lines[-1].endswith("1 u8")
    assert all(cell_len(line) <= 80 for line in lines)


def test_large_values_are_made_only_as_far_as_they_are_looked_at() -> None:
    """Asking for a screen of a value of a million parts makes few lines."""
    value = list_value(types.STRING, [String("item")] * 100_000)
    pulled = 0

    def counted() -> object:
        nonlocal pulled
        for block in value_blocks("big", value, 80):
            pulled += 1
            yield block

    lines = LazyLines(counted())  # type: ignore[arg-type]
    lines.ensure(40)
    assert pulled <= 41
    assert not lines.complete


def test_packed_arrays_stand_several_on_a_line_with_their_index() -> None:
    """A list of numbers takes few lines, each led by the indices of its first and its last element."""
    lines = texts(value_blocks("all", list_value(types.U32, [U32(n) for n in range(100)]), 60))
    assert lines[0] == "▾ all: list<u32>, 100 items"
    assert lines[1].startswith("    [ 0…10] 0, 1, 2, 3")
    assert ", ".join([line.split("] ")[1] for line in lines[1:]]) == ", ".join([str(n) for n in range(100)])
    assert texts(value_blocks("all", list_value(types.U32, [U32(7)]), 60)) == ["▾ all: list<u32>, 1 item", "    [0] 7"]


@given(st.binary(max_size=300), st.integers(20, 160))
def test_hex_lines_hold_every_byte(data: bytes, width: int) -> None:
    """Whatever the width, the hexadecimal of all lines is the bytes."""
    block = HexBlock([], data, width)
    lines = [block.line(row) for row in range(block.height)]
    assert bytes.fromhex(" ".join([line[1][0] for line in lines])) == data
    assert "".join([line[2][0] for line in lines]).isascii()


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp"]), max_size=400), st.integers(20, 90)
)
def test_wrapped_texts_lose_nothing_and_fit(text: str, width: int) -> None:
    """The lines of a long text, put together again, are the text, and none is wider than the pane but for blanks."""
    block = TextBlock([], text * 5, "string", [], width, wrap=True)
    lines = [block.line(row) for row in range(block.height)]
    assert all(cell_len(plain(line).rstrip()) <= width for line in lines)
    body = [line[1][0] for line in lines if line[0][0] == "  │ "]
    if body:
        assert "".join(body) == steady(text * 5)
    else:
        assert steady(f'"{text * 5}"') in plain(lines[0])


def test_no_control_character_of_a_text_reaches_the_screen() -> None:
    """Escape sequences in data are shown, not sent, on one line and on many."""
    for text in ("\x1b[31mred", "\x1b]52;c;eA==\x07\n" * 50):
        for line in texts(value_blocks("log", String(text), 60)):
            assert line.isprintable()
            assert "\x1b" not in line


@given(st.lists(st.tuples(st.text(max_size=30), st.just("text")), max_size=5), st.integers(1, 40), st.integers(0, 8))
def test_wrapping_keeps_the_text(line: list[tuple[str, str]], width: int, indent: int) -> None:
    """Broken lines hold the same characters in the same order, the indents aside."""
    pieces = wrapped(line, width, indent)
    first, *rest = [plain(piece) for piece in pieces]
    margin = indent if len(pieces) > 1 else 0
    assert first + "".join([piece[margin:] for piece in rest]) == plain(line)


@given(st.text(" ab\u4e2d", max_size=60), st.integers(2, 30), st.integers(0, 8))
def test_wrapping_between_words_keeps_every_word(text: str, width: int, indent: int) -> None:
    """Nothing but spaces is lost, no row is too wide, and short words stay whole where the width has room for them."""
    pieces = [plain(piece) for piece in wrapped([(text, "text")], width, indent, words=True)]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    if width > indent + 2:
        assert all(cell_len(piece) <= width for piece in pieces)
    if all(cell_len(word) <= width - indent for word in text.split()):
        assert [word for piece in pieces for word in piece.split()] == text.split()


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Mn", "Me", "Cf"]), max_size=40),
    st.integers(0, 20),
    st.integers(1, 30),
)
def test_a_chopped_line_is_never_wider(text: str, start: int, width: int) -> None:
    """Cutting sideways never leaves more cells than asked for, wide characters included."""
    assert cell_len(plain(chopped([(text, "text")], start, width))) <= width


def test_the_head_tells_what_is_wrong() -> None:
    """A changed payload and a broken link are each said where they are."""
    events = list(linked(few_calls()))
    table = EventTable()
    table.append(events[0])
    changed = events[1].__class__(events[1].hash, events[1].parent, events[1].event_type, events[2].payload)
    table.append(changed)
    table.append(events[5])
    assert any("gives another hash" in line for line in shown(table, 1))
    assert any("not the hash of the event before" in line for line in shown(table, 2))
    assert any("computed, sound" in line for line in shown(table, 0))


def test_the_state_tab_tells_what_a_call_changed() -> None:
    """Under a result the changes stand first, and the changed field names what it was."""
    table = table_of(
        [
            samples.call("init"),
            samples.result("init", state(1)),
            samples.call("increment"),
            samples.result("increment", state(2)),
        ]
    )
    lines = shown(table, 3, "state")
    assert "1 change since event 2" in lines
    assert "  count  1 → 2" in lines
    assert "    count: 2 u64   was 1" in lines
    assert "as event 2 left it" in shown(table, 2, "state")
    assert "no state was recorded up to here" in shown(table, 0, "state")


def test_the_reason_of_a_failure_stands_before_its_message() -> None:
    """What was kept beside the event is shown as that, and is missing where the message tells all."""
    failed = [samples.error("f", "Failed to call function 'f'")]
    lines = shown(table_of(failed, Extras(reason="wasm trap: integer overflow")), 0)
    assert "reason  wasm trap: integer overflow  beside the event, not hashed" in lines
    assert not any("reason" in line for line in shown(table_of(failed), 0))


def test_timing_tells_time_duration_fuel_and_stack() -> None:
    """What was recorded beside the event is there, and what was not is said."""
    extras = Extras(
        time_ns=10**18, duration_ns=1_500_000, fuel=1234, stack=(Frame("increment", "src/lib.rs:4"),), stub=True
    )
    text = "\n".join(shown(table_of(few_calls(), extras), 1, "timing"))
    assert "1.50 ms" in text
    assert "1,234 since the event before" in text
    assert "increment  src/lib.rs:4" in text
    assert "answered by a stub, not by a host interface" in text
    assert any("no time, duration or fuel" in line for line in shown(table_of(few_calls()), 1, "timing"))


def test_what_can_not_be_decoded_is_shown_as_bytes_with_the_reason() -> None:
    """A payload that is no value keeps its bytes on the screen."""
    lines = shown(table_of([("theater:simple/store/get", b"\x01\x02 not a value")]), 0)
    assert any(line.startswith("can't be decoded: ") for line in lines)
    assert any("01 02 20" in line for line in lines)


@given(st.binary(max_size=200), st.sampled_from(["payload", "state", "raw", "timing"]), st.integers(24, 120))
def test_no_payload_breaks_the_details(payload: bytes, tab: str, width: int) -> None:
    """Whatever bytes an event holds, each tab has lines for it and they fit."""
    for event_type in ("wasm", "a:b/c", "shutdown"):
        assert all(line.isprintable() for line in shown(table_of([(event_type, payload)]), 0, tab, width))


def test_tabs_and_panes_take_their_keys() -> None:
    """1 to 4 choose a tab, tab moves the keys into the details, where they scroll instead of moving the cursor."""

    async def script(driven: Driven) -> None:
        await driven.press("g", "3")
        assert "0000  43 47 52 46" in driven.details
        await driven.press("4")
        assert "250.00 µs" in driven.details
        await driven.press("tab")
        before = driven.screen.chain_tree.cursor
        assert before is not None
        await driven.press("j", "G", "g")
        assert driven.screen.chain_tree.cursor == before
        await driven.press("tab", "j")
        assert driven.screen.chain_tree.cursor == before + 1

    drive_live(script, few_calls())


def test_a_large_event_is_worked_out_beside_the_screen() -> None:
    """An event of a megabyte is announced at once and shown when it has been read."""
    big = "a:b/c", encode_host_call("a:b/c", "put", String("wide load\n" * 100_000), UNIT)
    small = "wasm", encode_call(Schema.VALUES, "f", UNIT)

    async def script(driven: Driven) -> None:
        driven.screen.chain_tree.move_to(0)
        await driven.flush()
        driven.screen.chain_tree.move_to(1)
        driven.screen.show_details()
        assert "reading 1,0" in driven.details
        await driven.until(lambda: "wide load" in driven.details)
        assert "computed, sound" in driven.details

    drive_live(script, [small, big])


@pytest.mark.parametrize("name", NOT_WRONG)
def test_no_event_of_a_whole_chain_is_called_wrong(name: str, tmp_path: Path) -> None:
    """In no format do the details call anything wrong that is sound or that can't be checked."""
    with opened(tmp_path, NOT_WRONG[name]) as chain:
        for index in range(len(chain.table)):
            reading = work_out(gather(chain.table, index, state=False))
            assert {reading.hash_verdict[1], reading.parent_verdict[1]} <= {"good", "dim"}


@pytest.mark.parametrize("name", WRONG)
def test_the_details_say_what_is_wrong(name: str, tmp_path: Path) -> None:
    """An event of which a check says that something is wrong is told so in its details, or is a damaged stretch."""
    with opened(tmp_path, WRONG[name]) as chain:
        reading = work_out(gather(chain.table, wrong_number(name) - 1, state=False))
        roles = {reading.hash_verdict[1], reading.parent_verdict[1]}
        assert roles & {"bad", "warn"} or "damaged" in shown(chain.table, wrong_number(name) - 1)[0]


def test_durations_have_the_unit_that_suits_them() -> None:
    """Nanoseconds to seconds, each in its unit."""
    assert [duration_text(n) for n in (5, 1500, 2_500_000, 3_200_000_000)] == ["5 ns", "1.50 µs", "2.50 ms", "3.20 s"]
