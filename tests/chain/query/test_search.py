"""Finding events."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.chain.event import Extras
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.index import NativeIndex
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.query import search
from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.hits import Hits
from chainview.chain.query.pattern import as_it_stands, parse_pattern
from chainview.chain.query.search import Finder, SlowPattern
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.cgrf import encode
from chainview.pack.values import (
    F32,
    F64,
    S8,
    S32,
    S64,
    U16,
    U32,
    U64,
    UNIT,
    Char,
    Record,
    String,
    Tuple,
    Variant,
    bytes_value,
    list_value,
    types,
)
from chainview.system.errors import ChainviewError
from tests.ui import samples

_TEXTS = st.text(alphabet="abAB.é 1\n", max_size=6)


def _all(hits: Hits[EventTable]) -> list[int]:
    found, at = [], hits.seek(-1).run()
    while at is not None:
        found.append(at)
        at = hits.seek(at).run()
    return found


def _counted(hits: Hits[EventTable], size: int) -> list[int]:
    while not hits.count_step(size):
        pass
    return [index for index in range(len(hits.table)) if hits.ordinal(index) is not None]


def _stored(table: EventTable) -> EventTable:
    """The same events as they lie in a native chain file."""
    events = [pack_event(table.event(index), table.extras(index)) for index in range(len(table))]
    data = pack_header(Header()) + b"".join(events)
    index = NativeIndex(data)
    index.advance(len(table) + 1)
    return index.table


@pytest.mark.parametrize("stored", [False, True])
def test_the_first_letter_of_the_first_event_is_searched(stored: bool) -> None:
    """A payload that is plain text is found by how it begins, be it the very first byte of all."""
    table = samples.table_of([("note", b"needle and thread"), ("note", b"thread"), ("note", b"needle")])
    if stored:
        table = _stored(table)
    assert _all(Finder(table, "needle")) == [0, 2]


def test_hits_are_counted_from_one_event_up_to_another() -> None:
    """A stretch has a hit where one lies in it; the event at which it stops does not belong to it."""
    table = samples.table_of([("note", text) for text in (b"x", b"needle", b"x", b"needle", b"x")])
    finder = Finder(table, "needle")
    _counted(finder, 100)
    for start, stop in product(range(6), range(6)):
        assert finder.any_between(start, stop) is any(start <= at < stop for at in (1, 3))


@given(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=8), _TEXTS.filter(bool))
@settings(max_examples=150)
def test_a_plain_search_finds_what_every_text_search_would(texts: list[tuple[str, str]], wanted: str) -> None:
    """Forwards, backwards, in steps, in memory and in a file: the hits are the events whose texts hold the words."""
    table = samples.table_of([samples.host("i", "f", Tuple((String(a), String(b)))) for a, b in texts])
    fold: Callable[[str], str] = str.lower if wanted == wanted.lower() else str
    seen = [("theater:simple/i", "f", "theater:simple/i/f", "i.f", *pair) for pair in texts]
    expected = [at for at, shown in enumerate(seen) if any(fold(wanted) in fold(text) for text in shown)]
    for each in (table, _stored(table)):
        finder = Finder(each, wanted, plain=True)
        assert _all(finder) == expected
        assert [at for at in range(len(each)) if finder.matches(at)] == expected
        assert _counted(finder, 100) == expected
        assert finder.total == len(expected)
        fresh, back = Finder(each, wanted, plain=True), len(each)
        for at in reversed(expected):
            assert (back := fresh.seek(back, -1).run() or 0) == at


_EXPRESSIONS = ["^count is 3$", r"is [37]\b", "count.is", "IS 3", "is (3|7)$", "(?i)COUNT IS 3", "s+ 3"]


@pytest.mark.parametrize("pattern", _EXPRESSIONS)
def test_regular_expressions(pattern: str) -> None:
    """Expressions match inside one text, with its ends as the ends; capitals make them heed case."""
    finder = Finder(samples.table_of(samples.counting(9)), pattern)
    flags = 0 if pattern == "IS 3" else re.IGNORECASE
    expected = [5 * n + 1 for n in range(9) if re.search(pattern, f"count is {n + 1}", flags)]
    assert _all(finder) == expected


@pytest.mark.parametrize("pattern", ["..", "^.", ".+", "$", "x*", "count|", "(?<=3)"])
def test_expressions_that_match_much_or_nothing(pattern: str) -> None:
    """An expression of special letters alone, or that matches no letter, finds each event once, and has an end."""
    table = samples.table_of(samples.counting(9))
    expected = list(range(45)) if pattern != "(?<=3)" else [11]
    for each in (table, _stored(table)):
        finder = Finder(each, pattern)
        assert list(islice(finder.hits_between(0, 45), 46)) == expected
        assert _all(finder) == expected
        assert [at for at in range(45) if finder.matches(at)] == expected
        assert (_counted(finder, 100), finder.total) == (expected, len(expected))
        assert [finder.seek(at + 1, -1).run() for at in expected] == expected


def test_what_stands_in_a_damaged_stretch_is_not_found() -> None:
    """A damaged stretch is found by what it is called, not by texts among its bytes, which no person sees."""
    table = samples.table_of(samples.counting(2))
    table.append_damage(b"count is 2, as the bytes say", 0, "event")
    finder = Finder(table, "count is 2")
    assert (_all(finder), finder.matches(10)) == ([6], False)
    assert _all(Finder(table, "^event$")) == [10]


def test_a_match_never_runs_over_the_end_of_a_text() -> None:
    """What begins in one text can't end in another, in the same event or the next."""
    table = samples.table_of([samples.host("i", "f", Tuple((String("begin"), String("end")))), samples.log("end")])
    assert _all(Finder(table, "begin.*end")) == []


def test_names_of_the_envelope_and_bytes_of_numbers_are_no_hits() -> None:
    """What no person sees is not found: the envelope's type and field names, hashes, lengths."""
    table = samples.table_of(samples.counting(30))
    for hidden in ("wasm-call", "host-function-call", "params", "CGRF", "chain-event", "counter-state"):
        assert _all(Finder(table, hidden)) == []
    stored = _stored(table)
    for first, second in product("abcxyz", repeat=2):
        assert _all(Finder(stored, first + second)) == _all(Finder(table, first + second))


def test_everything_seen_is_found() -> None:
    """Function names, short names, fields, cases, characters and byte lists that are texts are all found."""
    asked = Tuple((Record("r", (("colour", Char("q")),)), Variant("v", "overdue", 0, ()), bytes_value(b"raw text")))
    table = samples.table_of([samples.call("init"), samples.host("store", "put", asked), samples.log("x")])
    wanted = ("actor.init", r"store\.put", "colour", "overdue", "raw te", "^q$")
    assert [_all(Finder(table, each)) for each in wanted] == [[0], [1], [1], [1], [1], [1]]
    assert _all(Finder(samples.table_of([samples.shutdown()]), "shutdown")) == [0]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("put(", [1, 2]), ("store.put(", [1]), ("ut(", [2]), ("(put", []), ("put(x", [2]), ("PUT(", [])],
)
def test_a_call_is_found_as_rows_tell_of_it(typed: str, found: list[int]) -> None:
    """By the whole name of its function, with the bracket behind; a text that holds just that is found as well."""
    asked = samples.host("store", "get", String("put"))
    table = samples.table_of([samples.call("output"), samples.host("store", "put", UNIT), samples.log("put(x"), asked])
    assert _all(Finder(table, as_it_stands(typed))) == found


@given(st.lists(st.integers(-300, 300), max_size=10), st.integers(-300, 300))
@settings(max_examples=80)
def test_a_number_is_found_as_a_value(numbers: list[int], wanted: int) -> None:
    """An integer finds the events that hold it as a number, with a suffix only of that type."""
    table = samples.table_of([samples.host("i", "f", S32(number)) for number in numbers])
    expected = [at for at, number in enumerate(numbers) if number == wanted]
    assert _all(Finder(table, str(wanted))) == expected
    assert _all(Finder(table, f"{wanted}s32")) == expected
    assert _all(Finder(table, f"{wanted}s64")) == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("1.5", [0, 1]),
        ("1.5f64", [0]),
        ("1\\.5", [0, 1]),
        ("3", [2, 3, 5]),
        ("3u16", [2]),
        ("768", []),
        ("-3", [4]),
        ("2", [1]),
    ],
)
def test_floats_and_what_stands_in_lists_of_numbers_are_found(pattern: str, found: list[int]) -> None:
    """As a whole number of the list, never across two of them; bytes are no numbers."""
    said = (
        F64.of(1.5),
        list_value(types.F32, [F32.of(2.0), F32.of(1.5)]),
        list_value(types.U16, [U16(1), U16(3)]),
        list_value(types.S64, [S64(3)]),
        Tuple((S8(-3), bytes_value(b"\3\3"))),
        F32.of(3.0),
    )
    table = samples.table_of([samples.host("i", "f", value) for value in said])
    assert _all(Finder(table, pattern)) == found


def test_numbers_and_texts_are_found_together() -> None:
    """A number finds itself in texts as well as among values of every width."""
    parts = [samples.log("room 42"), samples.host("i", "f", U64(42)), samples.host("i", "f", U32(42)), samples.log("4")]
    assert _all(Finder(samples.table_of(parts), "42")) == [0, 1, 2]


def test_a_wrong_expression_is_refused() -> None:
    """A regular expression that is none is refused with the reason."""
    with pytest.raises(ChainviewError, match=r"can't search for '\('"):
        Finder(EventTable(), "(")


def test_an_expression_that_python_does_not_take_is_refused_in_few_words() -> None:
    """A number of thousands of digits, a repetition or a nesting without end is a sentence, not an error of ours."""
    for text in (f"a{{{'9' * 5001}}}", f"a{{1,{'9' * 5001}}}", "a{99999999999}", f"{'(' * 5000}{')' * 5000}"):
        with pytest.raises(ChainviewError, match=r"it is too large|the repetition number") as refused:
            parse_pattern(text)
        assert len(refused.value.sentence) < 200


def test_a_large_event_is_looked_into_once_for_all_paintings_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a large event is a hit is found out once, however often it is asked."""
    table = samples.table_of([("large", encode(String("needle" + "x" * (1 << 17)))), ("small", encode(UNIT))])
    asked: list[int] = []

    def said(finder: Finder, index: int) -> bool:
        asked.append(index)
        return True

    monkeypatch.setattr(Finder, "_said", said)
    finder = Finder(table, "needle")
    assert [finder.matches(0) for _ in range(3)] == [True] * 3
    assert asked == [0]


_PIECES = Tuple((String("Ab é" * 30), U32(77), Record("point", (("höhe", S32(-5)),)), bytes_value(b"a 1\nb" * 20)))


@pytest.mark.parametrize(
    "pattern",
    ["ab é", "Ab É", "éab", "éab é$", "b+ é", "77", "77u32", "-5", "höhe", "point", "1\nb", "nowhere", "é{2}"],
)
@pytest.mark.parametrize("piece", [1, 7, 1 << 10])
def test_a_very_large_event_is_searched_in_pieces(pattern: str, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A very large event is looked through a piece a step, and found by the same patterns as at once."""
    table = samples.table_of([("small", encode(UNIT)), ("large", encode(_PIECES)), ("note", b"77 Ab \xc3\xa9" * 60)])
    expected = _all(Finder(table, pattern))
    monkeypatch.setattr(search, "_VERY_LARGE", 100)
    monkeypatch.setattr(search, "_PIECE", piece)
    finder, steps = Finder(table, pattern), 0
    while not finder.count_step():
        steps += 1
    assert steps > 4
    assert [index for index in range(3) if finder.ordinal(index)] == expected
    assert [index for index in range(3) if finder.matches(index)] == expected
    assert _all(Finder(table, pattern)) == expected


def test_a_row_is_not_painted_as_a_hit_before_its_event_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who searches in steps is told of a very large event when it had its turn, and that rows asked for it before."""
    monkeypatch.setattr(search, "_VERY_LARGE", 100)
    finder = Finder(samples.table_of([("large", encode(String("needle" * 40)))]), "needle")
    assert not finder.count_step()
    assert not finder.matches(0)
    assert finder.was_unsure
    while not finder.count_step():
        pass
    assert finder.matches(0)


def test_hits_keep_up_with_a_table_that_grows_and_lets_go() -> None:
    """New events are counted by further steps, and hits that are gone are not counted any more."""
    table = samples.table_of(samples.counting(10))
    finder = Finder(table, "count is")
    assert len(_counted(finder, 500)) == 10
    samples.append(table, samples.counting_call(11))
    assert not finder.complete
    assert len(_counted(finder, 500)) == 11
    table.drop_oldest(30)
    assert (finder.total, finder.ordinal(1), finder.complete) == (6, 1, True)
    assert finder.seek(len(table), -1).run() == 26


def test_failures_are_found() -> None:
    """Failed calls, host calls answered with an err, and damage are found, and nothing else."""
    table = samples.table_of(samples.shop())
    table.append_damage(b"?", 0, "event")
    failures = [table.number(index) for index in _all(FailureFinder(table))]
    lines = {18: "rpc.call", 27: "error", 29: "http.get", 32: "damage"}
    assert failures == list(lines)
    assert _all(FailureFinder(samples.table_of(samples.counting(20)))) == []


def test_a_search_can_be_taken_in_steps() -> None:
    """A long search goes on step by step and agrees with the one that goes through."""
    table = samples.table_of(samples.counting(3000))
    seek = Finder(table, "count is 2999").seek(0)
    steps = 1
    while not seek.step():
        steps += 1
    assert seek.hit == 2998 * 5 + 1
    assert steps > 3


@pytest.mark.parametrize("stored", [False, True])
def test_the_state_beside_an_event_is_searched(stored: bool) -> None:
    """What a module that keeps its state inside showed of it is found at its event, once, as payloads are."""
    states = {1: String("needle"), 2: S32(42), 3: String("needle"), 5: String("thread")}
    table = EventTable()
    for number, event in enumerate(linked([("note", b"x"), ("note", b"needle")] * 4)):
        table.append(event, Extras(state=encode(states[number], 3) if number in states else None))
    if stored:
        table = _stored(table)
    for pattern, hits in {"needle": [1, 3, 5, 7], "thread": [5], "42": [2]}.items():
        assert _all(Finder(table, pattern)) == hits
        assert _counted(Finder(table, pattern), 3) == hits
    if not stored:
        table.drop_oldest(6)
        assert [_all(Finder(table, pattern)) for pattern in ("needle", "thread", "42")] == [[1, 3, 5], [3], [0]]


@pytest.mark.parametrize("stored", [True, False])
def test_the_reason_kept_beside_a_failure_is_found(stored: bool) -> None:
    """What a row tells of a trap is found there, though no payload holds it."""
    table = EventTable()
    reasons = ("", "wasm trap: integer divide by zero", "", "wasm trap: unreachable")
    for event, reason in zip(linked([samples.error("f", "Failed to call function 'f'")] * 4), reasons, strict=True):
        table.append(event, Extras(reason=reason))
    searched = _stored(table) if stored else table
    assert _all(Finder(searched, "divide")) == [1]
    assert _all(Finder(searched, "wasm trap")) == [1, 3]
    assert _all(Finder(searched, "^$")) == []
    assert [Finder(searched, "unreachable").matches(index) for index in range(4)] == [False, False, False, True]


@pytest.mark.parametrize("pattern", ["(a+)+$", r"(a|aa)+\1!$", "((a*?)*?)*?b", "(a*)*b"])
def test_a_pattern_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    """A step that takes too long ends the search with a sentence, and no further one is waited for."""
    monkeypatch.setattr(search, "_PATIENCE_SECONDS", 0.02)
    table = samples.table_of([("note", encode(String("a" * 60 + "!?"))) for _ in range(3)])
    works: list[Callable[[Finder], object]] = [lambda finder: finder.seek(-1).run(), lambda finder: finder.count_step()]
    for work in works:
        finder = Finder(table, pattern)
        for _ in range(2):
            with pytest.raises(SlowPattern, match="takes too long and was given up"):
                work(finder)
        assert (finder.given_up, finder.matches(0), finder.spans("a" * 60 + "!?")) == (True, False, [])
    shown = Finder(table, pattern)
    assert shown.spans("a" * 60 + "!?") == []
    assert shown.given_up


@pytest.mark.parametrize("text", ["[[[[", "a[b--c]", "[x||y]"])
def test_what_another_python_may_read_otherwise_is_searched_for_in_silence(text: str) -> None:
    """An expression of which Python warns is read, or refused in a sentence, without a word on standard error."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with suppress(ChainviewError):
            parse_pattern(text)
    assert told == []
