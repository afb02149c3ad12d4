"""Filters and what they let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Extras
from chainview.chain.query import condition
from chainview.chain.query.filter import FilterError, Selection, Token, parse_filter
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import U8, Record, Tuple
from chainview.system.errors import ChainviewError
from tests.ui import samples


def _passed(table: EventTable, text: str, events: int = 7) -> list[int]:
    selection = Selection(table, parse_filter(text))
    while not selection.step(events):
        pass
    return [position - table.dropped for position in selection.matches]


def test_a_filter_is_read() -> None:
    """Keys, words, quoted texts and inversion are told apart; a colon inside a word is part of it."""
    tokens = parse_filter('kind:host,error !log "two words" theater:simple call:3').tokens
    assert tokens == (
        Token("kind", "host,error", False),
        Token("", "log", True),
        Token("", "two words", False),
        Token("", "theater:simple", False),
        Token("call", "3", False),
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kindd:host", "kind"),
        ("log (functin:put or tuk>2ms)", "function"),
        ("theater:simple a=b /kindd:x/", ""),
        ("kind:host", ""),
    ],
)
def test_a_word_that_looks_like_a_field_is_known(text: str, meant: str) -> None:
    """A misspelled field is a word, of which the field that was meant is told."""
    assert parse_filter(text).meant == meant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kind:hosts", "there is no kind 'hosts'; kinds are other, call, host"),
        ("call:x", "call: wants the number of an event, not 'x'"),
        ("call:0", "wants the number"),
        ("call:" + "9" * 5001, "wants the number"),
        ("call:٣", "wants the number"),
        ("state[9999999999] = 1", "a path is names with points between them"),
        (".items[٣] = 1", "a path is names with points between them"),
        ('say "hello', "a quote that is not closed"),
        ("store !", "right before what it inverts"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    """A filter that can't be meant is refused with what is wrong with it."""
    with pytest.raises(ChainviewError, match=reason):
        parse_filter(text)


def test_all_conditions_have_to_hold() -> None:
    """Kinds, words, calls and their inversions narrow the selection together."""
    table = samples.table_of(samples.counting(4))
    assert _passed(table, "kind:call") == [0, 5, 10, 15]
    assert _passed(table, "kind:call,result") == [0, 4, 5, 9, 10, 14, 15, 19]
    assert _passed(table, "kind:host !log") == [2, 3, 7, 8, 12, 13, 17, 18]
    assert _passed(table, "store.put") == [3, 8, 13, 18]
    assert _passed(table, "call:8") == [5, 6, 7, 8, 9]
    assert _passed(table, "call:8 kind:host !kind:call store") == [8]
    assert _passed(table, '"count is 3"') == [11]
    assert _passed(table, "Store") == []
    assert _passed(table, "") == list(range(20))


@pytest.mark.parametrize("text", ["kind:host", "!kind:host", "log", "!log", "call:7", "count !now"])
def test_a_selection_keeps_up(text: str) -> None:
    """Steps of any size, a table that grows and one that lets go of events all come to the same selection."""
    table = samples.table_of(samples.counting(3))
    selection = Selection(table, parse_filter(text))
    selection.step(4)
    samples.append(table, samples.counting_call(4))
    while not selection.step(3):
        pass
    assert list(selection.matches) == _passed(table, text, 1000)
    table.drop_oldest(12)
    selection.forget()
    assert [position - table.dropped for position in selection.matches] == _passed(table, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kind:call or kind:result", [0, 4, 5, 9, 10, 14, 15, 19]),
        ("kind:call OR kind:result and call:3", [0, 4, 5, 10, 15]),
        ("(kind:call or kind:result) and call:3", [0, 4]),
        ("not kind:host call:3", [0, 4]),
        ("!(kind:host or kind:result) call:3", [0]),
        ("!(!kind:call)", [0, 5, 10, 15]),
        ("kind != host call:3", [0, 4]),
        ("interface:runtime", [1, 6, 11, 16]),
        ("interface = runtime", [1, 6, 11, 16]),
        ("interface=time", []),
        ("function = put", [3, 8, 13, 18]),
        ("function:incr kind:call", [0, 5, 10, 15]),
        ("function != put kind:host call:1", [1, 2]),
        ("type ~ ^wasm$ call:1", [0, 4]),
        ("event >= 18", [17, 18, 19]),
        ("event=18", [17]),
        ("size > 1M", []),
        ("state.count > 2", [14, 19]),
        ("state.count >= 2 state.count != 3", [9, 19]),
        ("response=3", [14]),
        ("response = 3u64", [14]),
        (".count = 2", [9]),
        ('input.0 = "counter"', [3, 8, 13, 18]),
        ("input[1] < 3", [3, 8]),
        ('input : "count is 3"', []),
        ('input = "count is 3"', [11]),
        ("input ~ /is [34]$/", [11, 16]),
        ("input !~ /is [34]$/ interface:runtime", [1, 6]),
        ("value = 4", [18, 19]),
        ("value > 3 call:16", [17, 18, 19]),
        ("output = ok", [3, 8, 13, 18]),
        ("/count is [12]/", [1, 6]),
        ("/count is [12]/ or response>3", [1, 6, 19]),
        ("and", []),
        ("not", []),
        ('"and" or kind:call', [0, 5, 10, 15]),
        ("params.0 = 1", [0, 5, 10, 15]),
        ("increment(1s32)", []),
        ("(kind:call)", [0, 5, 10, 15]),
    ],
)
def test_conditions_are_put_together_and_compare_fields_and_values(text: str, found: list[int]) -> None:
    """The language of docs/topics/filter.md, on four calls of five events."""
    assert _passed(samples.table_of(samples.counting(4)), text) == found


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("log (kind:call", 4, "bracket is not closed"),
        ("log ()", 4, "nothing in the brackets"),
        ("state.count >", 13, "something to compare with"),
        ("  kind:hosts", 7, "no kind"),
        ("size > big", 7, "size is compared with a number"),
        ("event ~ 5", 0, "event is a number"),
        ("function > a", 0, "function is a text"),
        ("function ~ a(", 12, "no regular expression"),
        ("log /a[/", 6, "no regular expression"),
        ("log ! x", 4, "right before"),
        ('input = "a', 8, "not closed"),
        ("(" * 200, 100, "too deep"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text: str, at: int, reason: str) -> None:
    """The letter of the filter at which it shows."""
    with pytest.raises(FilterError) as refused:
        parse_filter(text)
    assert reason in refused.value.reason
    assert (refused.value.at, f"(column {at + 1} of the filter)" in refused.value.sentence) == (at, True)


@given(st.text(alphabet='ab ()!"/=<>~:.[]*0or1nd', max_size=30) | st.text(max_size=20))
def test_any_text_is_a_filter_or_is_refused_at_a_place_in_it(text: str) -> None:
    """Never another failure, and what it is made of can be asked of any event."""
    refused = None
    try:
        Selection(samples.table_of(samples.counting(1)), parse_filter(text)).step()
    except FilterError as error:
        refused = error
    assert refused is None or 0 <= refused.at <= len(text)


def test_what_took_long_is_told_by_units() -> None:
    """What has no duration meets no comparison of it."""
    table = EventTable()
    for number, event in enumerate(linked([("note", b"x")] * 4)):
        table.append(event, Extras(duration_ns=number * 1_500_000))
    texts = ("took > 2ms", "took>=1.5ms", "took < 0.01 or event=1", "took != 3ms", "took > 1s")
    assert [_passed(table, text) for text in texts] == [[2, 3], [1, 2, 3], [0, 1, 2, 3], [1, 3], []]


def test_only_expressions_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large an event is, to read it and to compare it with a number or a name takes the time that it takes."""
    monkeypatch.setattr(condition, "_PATIENCE_SECONDS", 0.02)
    many = Tuple(tuple([Record("item", (("a", U8(number)),)) for number in range(10)] * 3_000))
    table = samples.table_of([samples.call("f"), samples.result("f", many)])
    assert _passed(table, "state[7].a > 6") == [1]
    assert _passed(table, "function = f and value = 3") == [1]
    assert _passed(table, "state[7].a ~ 7") == [1]
