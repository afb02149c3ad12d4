"""The line of an event."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.chain.event import Event, Extras
from chainview.chain.table import EventTable
from chainview.chain.words.brief import short, short_items
from chainview.chain.words.spans import Role, middle_cut, text_of, width
from chainview.chain.words.summary import summary
from chainview.pack.cgrf import encode
from chainview.pack.values import (
    F64,
    S32,
    U8,
    U32,
    U64,
    UNIT,
    Array,
    Bool,
    Char,
    Flags,
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


def _line(table: EventTable, index: int, folded: bool = False, room: int = 120) -> str:
    return text_of(summary(table, index, folded, room))


def _only(part: samples.Part, extras: Extras | None = None) -> str:
    return _line(samples.table_of([part], extras or Extras()), 0)


def test_the_lines_of_a_call() -> None:
    """A call shows literals that can be typed again, host calls their answer, the result what changed in the state."""
    table = samples.table_of(samples.counting(42))
    assert [_line(table, index) for index in range(205, 210)] == [
        "increment(1s32)",
        '→ runtime.log "count is 42"',
        "→ timer.now = 1723…142",
        '→ store.put "counter" 42 = ok(())',
        "ok 42   state.count 41 → 42",
    ]


def test_a_folded_call_sums_up() -> None:
    """A folded call tells its host calls, its verdict and what changed; while it is open it ends in `…`."""
    table = samples.table_of(samples.counting(2))
    assert _line(table, 5, folded=True).split() == [
        "increment(1s32)",
        "3",
        "calls",
        "ok",
        "2",
        "state.count",
        "1",
        "→",
        "2",
    ]
    still = samples.table_of([samples.call("tick"), samples.log("x")])
    assert _line(still, 0, folded=True).split() == ["tick()", "1", "call", "…"]
    samples.append(still, [samples.shutdown()])
    assert _line(still, 0, folded=True).endswith("unfinished")


def test_the_first_result_shows_the_state_and_an_unchanged_one_says_nothing() -> None:
    """The state is told in full once, then only what changes in it."""
    state = samples.counter(7)
    table = samples.table_of([samples.result("a", state), samples.result("a", state, U32(1))])
    assert _line(table, 0) == 'ok   state {count: 7, name: "counter"}'
    assert _line(table, 1) == "ok 1"


def test_many_changes_are_counted() -> None:
    """Of many changes the first two are shown and the others counted."""
    states = [Record("s", tuple([(f"f{at}", U32(at * step)) for at in range(1, 6)])) for step in (1, 2)]
    table = samples.table_of([samples.result("a", state) for state in states])
    assert _line(table, 1) == "ok   state.f1 1 → 2   state.f2 2 → 4   +3 more"


def test_items_come_and_go() -> None:
    """An added list item is called added, a removed one removed."""
    one = List(types.STRING, (String("a"), String("b")))
    two = List(types.STRING, (String("a"), String("x"), String("b")))
    table = samples.table_of([samples.result("f", state) for state in (one, two, one)])
    assert _line(table, 1) == 'ok   state[1] added "x"'
    assert _line(table, 2) == 'ok   state[1] removed "x"'


def test_a_folded_call_leaves_room_for_its_verdict() -> None:
    """However long a folded call's params are, what came of it stands on its line as well."""
    parts = [samples.call("tick", *[String("p" * 40)] * 9), samples.result("tick", UNIT, String("answer"))]
    line = _line(samples.table_of(parts), 0, folded=True)
    assert 'ok "answer"' in line
    assert len(line) < 125
    assert len(_line(samples.table_of(parts), 0)) > len(line) // 2


def test_truth_is_told_as_it_is() -> None:
    """Of a boolean its word is shown."""
    assert _only(samples.host("x", "f", Bool(True), Bool(False))) == "→ x.f true = false"


def test_a_value_that_is_no_payload_is_shown() -> None:
    """An event whose payload is a value, and no payload of its type, is named and shows the value."""
    assert _only(("theater:simple/x/f", encode(U8(5)))) == "→ x.f   5"
    assert _only(("note", encode(String("a" * 200)))).startswith('note   "aaa')


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (samples.call("f", String("x" * 99)), "f(…)"),
        (samples.result("f", UNIT, String("x" * 99)), "ok"),
        (samples.error("f", "x" * 99), "wasm"),
        (samples.host("x", "f", String("x" * 99)), "→ x.f"),
    ],
)
def test_a_payload_that_is_too_large_is_told_by_its_name(
    part: samples.Part, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not decoded: what kind of event it is and how large is shown."""
    table = samples.table_of([part])
    monkeypatch.setattr("chainview.chain.words.summary._CACHED_BYTES", 0)
    monkeypatch.setattr("chainview.chain.words.summary._MOST_NODES", 3)
    assert _line(table, 0) == f"{told}   a payload of {len(part[1])} bytes"


def test_a_folded_line_keeps_to_its_room() -> None:
    """What came of a folded call is cut to what is left beside the count of its calls."""
    parts = [samples.call("tick"), samples.log("x"), samples.result("tick", String("s" * 99), String("a" * 99))]
    for room in (120, 160):
        assert width(summary(samples.table_of(parts), 0, True, room)) <= room


def test_failures_are_errors() -> None:
    """A failed call shows the first line of its message, an err answer its error, both in the role of errors."""
    assert _only(samples.error("f", "Function returned error: boom\n  at f")) == "error boom …"
    failed = samples.table_of([samples.host("rpc", "call", String("peer"), samples.err("timeout"))])
    assert _line(failed, 0) == '→ rpc.call "peer" = err("timeout")'
    assert ("err", Role.ERROR) in summary(failed, 0)


def test_what_is_no_payload_is_still_told() -> None:
    """Bytes that can't be decoded are shown with the reason and their number; broken JSON as its text."""
    line = _only(("theater:simple/store/put", b"CGRF\x02\x00"))
    assert line == (
        "→ store.put   payload can't be read: the data is no CGRF value: 6 bytes are less than its header, 6 bytes"
    )
    assert _only(("theater-runtime", b'{"cut off": ')) == 'theater-runtime   {\\"cut off\\": '
    assert _only(samples.shutdown()) == "shutdown"


def test_damage_and_stubs_are_told() -> None:
    """A damaged stretch, an entry with a wrong checksum and an answer by a stub all say so."""
    table = EventTable()
    table.append_damage(b"x" * 300, 0, "event")
    assert _line(table, 0) == "damaged event   300 bytes"
    assert _only(samples.log("x"), Extras(stub=True)).endswith("  stub")
    assert _only(samples.log("x"), Extras(damaged=True)).endswith("checksum does not match")


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100)
def test_nothing_in_a_line_drives_the_terminal(name: str, text: str) -> None:
    """Whatever stands in a payload or an event type, the line has no control character in it."""
    table = samples.table_of(
        [
            samples.host(name, text, String(text), Variant(name, text, 0, ())),
            samples.error(name, text),
            samples.result(name, Record(name, ((text, String(text)),)), String(text)),
            (text, b"{" + text.encode("utf-8", "replace")),
        ]
    )
    for index in range(4):
        line = _line(table, index)
        assert line.isprintable() or not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (U64(1_723_456_789_551), "1723…551"),
        (U64(1_234_567_890), "1234567890"),
        (U64(12_345_678_901), "1234…901"),
        (F64.of(12345678.5), "12345678.5"),
        (S32(-5), "-5"),
        (F64.of(0.1), "0.1"),
        (F64.of(1 / 3), "~0.333333"),
        (Char("é"), "'é'"),
        (Flags(31), "flags(0x1f)"),
        (UNIT, "()"),
        (none(types.U32), "none"),
        (some(some(U8(1))), "some(some(1))"),
        (Tuple((U8(1), String("a"))), '(1, "a")'),
        (Array(types.U16, bytes([1, 0, 2, 0])), "[1, 2]"),
        (bytes_value(b"hello"), 'b"hello"'),
        (bytes_value(b"\x1f\x8b" + bytes(30)), "32 bytes 1f8b000000000000…"),
        (bytes_value(b""), 'b""'),
        (Variant("status", "paid", 1, ()), "paid"),
        (Variant("shape", "box", 1, (U8(2), U8(3))), "box(2, 3)"),
        (Result(types.U32, types.STRING, False, String("no")), 'err("no")'),
        (Record("point", (("x", S32(1)), ("y", S32(2)))), "{x: 1, y: 2}"),
        (String('say "hi"\n'), '"say \\"hi\\"\\n"'),
    ],
)
def test_short_values(value: Value, text: str) -> None:
    """Each kind of value has its short form."""
    assert text_of(short(value, 80)) == text


def test_long_values_are_cut_where_it_hurts_least() -> None:
    """Strings lose their middle, lists their end, and every bracket is closed."""
    assert text_of(short(String("a" * 50 + "z" * 50), 20)) == '"aaaaaaaaaaa…zzzzzz"'
    numbers = List(types.STRING, tuple([U32(at) for at in range(1000)]))
    assert text_of(short(numbers, 12)) == "[0, 1, 2, 3, …]"
    assert text_of(short_items([U32(1), U32(2)], 80, " ")) == "1 2"


def test_a_huge_value_is_not_walked() -> None:
    """A value that stands for 2**60 leaves is shortened at once."""
    value: Value = U8(1)
    for _ in range(60):
        value = Tuple((value, value))
    assert len(text_of(short(value, 100))) < 400


@given(st.text(max_size=200), st.integers(2, 60))
def test_a_cut_keeps_both_ends(text: str, longest: int) -> None:
    """What is cut from a text is its middle, and what is left fits."""
    cut = middle_cut(text, longest)
    if cut != text:
        head, _, tail = cut.rpartition("…")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert len(cut) <= longest


def test_a_narrow_line_keeps_the_answer() -> None:
    """With little room the argument is shortened before the answer is lost."""
    part = samples.host("http", "get", String("https://example.org/" + "x" * 200), samples.err("503"))
    line = _line(samples.table_of([part]), 0, room=50)
    assert line.endswith('= err("503")')
    assert len(line) <= 52


def test_an_event_without_hash_has_a_line() -> None:
    """A file that holds no hashes still shows what its events say."""
    table = EventTable()
    event_type, payload = samples.log("x")
    table.append(Event(b"", None, event_type, payload))
    assert _line(table, 0) == '→ runtime.log "x"'


def test_a_very_large_payload_is_told_without_decoding_it() -> None:
    """A payload of tens of thousands of parts shows its function and size, and its state is not compared."""
    many = List(types.STRING, tuple([String("x")] * 30_000))
    parts = [samples.call("import-all", many), samples.result("import-all", many), samples.result("f", UNIT)]
    table = samples.table_of(parts)
    assert [_line(table, index) for index in range(3)] == [
        "import-all(…)   a payload of 510 kB",
        "ok   a payload of 510 kB",
        "ok   state not compared with the one before",
    ]


def test_changes_of_a_state_stand_whole_or_are_counted() -> None:
    """Where neither path nor values fit behind what a call returned, the row says how many places changed."""
    before = Record("S", (("a_long_name_of_a_field", S32(1)), ("another_long_name", S32(2))))
    after = Record("S", (("a_long_name_of_a_field", S32(3)), ("another_long_name", S32(4))))
    table = samples.table_of([samples.result("f", before), samples.result("f", after)])
    said = {room: text_of(summary(table, 1, room=room)) for room in (120, 60, 44, 30)}
    assert said[120] == "ok   state.a_long_name_of_a_field 1 → 3   state.another_long_name 2 → 4"
    assert said[60] == "ok   state.a_long_name_of_a_field 1 → 3   +1 more"
    assert said[44].startswith("ok   state.a_long_name_of_a_field 1")
    assert said[30] == "ok   state 2 changes"


def test_a_count_of_further_changes_is_never_cut() -> None:
    """However narrow a row, how many places changed beside those it shows stands there whole, shortened, or not."""
    before, after = (
        Record("S", tuple([(f"field_{letter}", S32(at + step)) for at, letter in enumerate("abcde")]))
        for step in (0, 7)
    )
    call, first, now = samples.call("f", UNIT), samples.result("f", before), samples.result("f", after)
    table = samples.table_of([call, first, call, now])
    shown = [
        text_of(summary(table, index, folded, room))[:room].rstrip()
        for room in range(24, 90)
        for index, folded in ((2, True), (3, False))
    ]
    assert {row.partition("   +")[2] for row in shown} == {"", "4", "4 more", "3 more"}


def test_an_answer_has_the_room_that_the_question_leaves() -> None:
    """Nothing is cut while there is room for it in the line, and of two long ones neither leaves the other nothing."""
    long = String("b532d34e-8ba8-4dbb-a157-3df94e9c56bb")
    answered = samples.table_of([samples.host("store", "new", UNIT, long)])
    assert _line(answered, 0, room=64) == f'→ store.new = "{long.value}"'
    assert "…" in _line(answered, 0, room=40)
    both = _line(samples.table_of([samples.host("store", "get", Tuple((long,)), long)]), 0, room=64)
    assert both.count("…") == 2
    assert len(both) <= 66
    ended = samples.table_of([samples.result("f", UNIT, long)])
    assert _line(ended, 0, room=50) == f'ok "{long.value}"'
