"""Events and notes as reports have them."""

from __future__ import annotations

import pytest

from chainview.chain.event import Extras, Frame
from chainview.chain.files.entries.entry import Note
from chainview.chain.payload import encode_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words import report
from chainview.chain.words.notes import note_text
from chainview.chain.words.report import event_line, event_object, event_text, event_texts, hex_lines, value_lines
from chainview.pack.cgrf import encode
from chainview.pack.values import (
    S64,
    U8,
    UNIT,
    List,
    Record,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    none,
    some,
    types,
)
from tests.ui import samples

PAIR = Record("pair", (("a", U8(1)), ("b", String("x"))))


def test_the_reason_of_a_trap_is_told_from_beside_the_event() -> None:
    """Theater does not write why it trapped: line, text and object of the event have it from beside it."""
    message = (
        "Failed to call function 'f' with input: (): WASM execution error: error while executing at wasm backtrace:"
    )
    said = samples.error("f", f"{message}\n    0: 0x12a4 - m.wasm!inner")
    reason = "wasm trap: integer divide by zero"
    told, untold = samples.table_of([said], Extras(reason=reason)), samples.table_of([said])
    assert event_object(told, 0)["reason"] == reason
    assert f"reason  {reason}   beside the event, not hashed" in event_text(told, 0)
    assert f"error {reason} " in event_line(told, 0)
    assert "reason" not in event_object(untold, 0)
    assert not any(line.startswith("reason") for line in event_text(untold, 0))
    assert "error trap in inner " in event_line(untold, 0)


def test_what_is_searched_is_the_line_and_every_text_of_the_object() -> None:
    """Whatever an event is, its own texts are those, but for the bytes of its payload."""
    saying = [
        samples.call("f", PAIR),
        samples.log("x"),
        samples.result("f", state=PAIR),
        samples.error("f", "bad"),
        ("wasm", b"no value"),
    ]
    extras = Extras(reason="wasm trap: unreachable"), Extras(state=encode(PAIR))
    tables = [samples.table_of(saying, each) for each in extras]
    tables[0].append_damage(b"x", 0, "event")
    for table, index in ((each, index) for each in tables for index in range(len(each))):
        told = [text for key, text in event_object(table, index).items() if isinstance(text, str) and key != "bytes"]
        assert sorted(event_texts(table, index)) == sorted([event_line(table, index), *told])


def test_an_answer_by_a_stub_says_so() -> None:
    """The JSON object and the text of an event tell that a stub answered, and say nothing of it where none did."""
    for stub in (True, False):
        table = samples.table_of([samples.log("x")], Extras(stub=stub))
        assert event_object(table, 0).get("stub") == (True if stub else None)
        lines = [line for line in event_text(table, 0) if line.startswith("stub")]
        assert lines == (["stub    answered by a stub, not by a host interface"] if stub else [])


def test_bytes_are_shown_sixteen_a_line() -> None:
    """Each line has its offset, the bytes, and of these what can be printed; nothing that drives a terminal."""
    assert list(hex_lines(bytes(range(0x1C, 0x2C)) + b"~\x7f\x80\xff")) == [
        "00000000  1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b  ···· !\"#$%&'()*+",
        f"00000010  7e 7f 80 ff{' ' * 38}~···",
    ]
    assert list(hex_lines(b"")) == []


def test_the_line_of_an_event_marks_its_place_in_a_call() -> None:
    """A call begins with one mark, ends with another, and what stands in it or outside of it has its own."""
    parts = [samples.call("f"), samples.log("x"), samples.error("f", "no"), samples.log("y"), samples.shutdown()]
    table = samples.table_of(parts)
    lines = [event_line(table, index) for index in range(len(table))]
    assert [each.split()[1] for each in lines[:3]] == ["▼", "│", "└"]
    assert [each.lstrip()[2] for each in lines] == ["▼", "│", "└", " ", " "]
    # Nothing is folded in a list of events.
    assert lines[0].split()[2] == "f()"
    assert "1 call" not in lines[0]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (UNIT, ["v: ()"]),
        (none(types.U8), ["v: none<u8>"]),
        (some(U8(5)), ["v: some 5u8"]),
        (Result(types.U8, types.STRING, True, U8(5)), ["v: ok 5u8"]),
        (Result(types.U8, types.STRING, False, String("no")), ['v: err "no"']),
        (Result(types.U8, types.STRING, True, some(PAIR)), ["v: ok some pair", "  a: 1u8", '  b: "x"']),
        (Result(types.U8, types.STRING, False, UNIT), ["v: err ()"]),
        (PAIR, ["v: pair", "  a: 1u8", '  b: "x"']),
        (Record("", (("a", U8(1)),)), ["v: record", "  a: 1u8"]),
        (Tuple((U8(1), PAIR)), ["v: tuple of 2", "  0: 1u8", "  1: pair", "    a: 1u8", '    b: "x"']),
        (List(types.STRING, (String("a"),)), ["v: list of 1", '  0: "a"']),
        (Variant("shape", "dot", 0, ()), ["v: shape::dot"]),
        (Variant("shape", "box", 1, (U8(2),)), ["v: shape::box 2u8"]),
        (bytes_value(b"ab"), ['v: 2 bytes "ab"']),
        (bytes_value(b"\xff"), ["v: 1 byte ff"]),
        (bytes_value(b""), ["v: 0 bytes"]),
    ],
    ids=repr,
)
def test_the_lines_of_a_value(value: Value, lines: list[str]) -> None:
    """Each kind of value says what it is on its line, with what it alone holds, and its parts below."""
    assert list(value_lines("v", value)) == lines


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (Note("bookmark", {}), "bookmark"),
        (Note("build", {"text": "build 3 is\x1b identical"}), "build 3 is\\u{1b} identical"),
        (Note("build", {"sha256": b"a" * 2000, "number": 3}), "build  sha256 2,000 B, number 3"),
        (Note("gap", {"of": "x" * 300}), f"gap  of {'x' * 200}…"),
        (Note("state", {"count": S64(1).value, "on": True}), "state  count 1, on True"),
    ],
    ids=lambda each: each.kind if isinstance(each, Note) else "",
)
def test_a_note_is_one_line(note: Note, text: str) -> None:
    """A note tells its kind and what it holds, bytes by their number, long texts cut, control characters spelled."""
    assert note_text(note) == text


def test_what_is_printed_of_a_value_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of lines, letters, items and bytes the rest is counted, not printed."""
    monkeypatch.setattr(report, "_MOST_LINES", 5)
    monkeypatch.setattr(report, "_MOST_LETTERS", 8)
    many = Tuple((Tuple((UNIT, UNIT)),) * 5)
    assert list(value_lines("all", many))[5:] == ["… and 11 more values"]
    assert list(value_lines("", String("0123456789abc"))) == ['"0123456… and 7 more characters']
    assert list(value_lines("", bytes_value("ääääää".encode()))) == ['12 bytes "ääää" … and 4 more bytes']
    assert list(value_lines("", bytes_value(b"\xff" * 9))) == ["9 bytes ffffffffffffffff … and 1 more byte"]
    assert list(hex_lines(bytes(85)))[5:] == ["… and 5 more bytes"]


def test_names_of_a_value_are_bounded_and_all_of_its_lines_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long name that many values share is cut at each, and lines end where together they are beyond all reading."""
    monkeypatch.setattr(report, "_MOST_OF_NAME", 4)
    monkeypatch.setattr(report, "_MOST_PRINTED", 60)
    one = Record("counters", (("countless", S64(1)),))
    assert list(value_lines("", Tuple((one,) * 9))) == [
        "tuple of 9",
        "  0: coun… and 4 more characters",
        "    coun… and 5 more characters: 1s64",
        "… and 16 more values",
    ]


def test_long_names_and_many_changes_of_an_event_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event's type, its frames, and what changed in its state are printed up to a bound and counted beyond it."""
    monkeypatch.setattr(report, "_MOST_LINES", 2)
    monkeypatch.setattr(report, "_MOST_FRAMES", 1)
    monkeypatch.setattr(report, "_MOST_OF_NAME", 2)
    parts = []
    for start in (0, 10):
        state = Tuple(tuple(map(S64, range(start, start + 5))))
        parts += [encode_call(Schema.VALUES, "f", UNIT), encode_result(Schema.VALUES, "f", state, UNIT)]
    table = EventTable()
    for event in linked([("wasm", part) for part in parts]):
        table.append(event, Extras(stack=(Frame("f"), Frame("g"))))
    printed = list(event_text(table, 3))
    assert printed[0] == "event 4  result  wa… and 2 more characters"
    assert "        … and 1 more frame" in printed
    assert printed[printed.index("changed since event 2:") + 3] == "  … and 3 more changes"
