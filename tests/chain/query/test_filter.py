"""Filters and what they let through."""

from __future__ import annotations

import pytest

from chainview.chain.query.filter import Selection, Token, parse_filter
from chainview.chain.table import EventTable
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
    ("text", "reason"),
    [
        ("kind:hosts", "there is no kind 'hosts'; kinds are other, call, host"),
        ("call:x", "call: wants the number of an event, not 'x'"),
        ("call:0", "wants the number"),
        ("call:" + "9" * 5001, "wants the number"),
        ("call:٣", "wants the number"),
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
