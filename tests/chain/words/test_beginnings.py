"""What is printed of events that are too large to be read whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import MODULE_EVENT
from chainview.chain.payload import encode_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words import report
from chainview.chain.words.report import event_text, value_lines
from chainview.pack.cgrf import decode_beginning, encode
from chainview.pack.values import S64, UNIT, String, Tuple, Value
from chainview.pack.values.walk import walk
from chainview.ui.lines.value_blocks import value_blocks
from tests.pack.strategies import values

TREES = st.recursive(st.just(UNIT), lambda inner: st.lists(inner, max_size=4).map(lambda items: Tuple(tuple(items))))


def pane_lines(value: Value) -> list[str]:
    """The lines of a value in a pane."""
    blocks = value_blocks("v", value, 80)
    return ["".join([text for text, _ in block.line(row)]) for block in blocks for row in range(block.height)]


def cut_as(lines: list[str], whole: list[str]) -> bool:
    """Whether lines are all of the whole ones, or the first ones and how many values come after them."""
    return lines == whole or (lines[:-1] == whole[: len(lines) - 1] and lines[-1].lstrip().startswith("… and "))


@given(values(), st.integers(1, 8))
def test_what_is_printed_of_a_beginning_is_the_beginning_of_what_the_whole_prints(value: Value, most: int) -> None:
    """Printed and on the screen, a value that was read in part has the lines of the whole, and a count of the rest."""
    beginning = decode_beginning(encode(value, 3), most)
    assert cut_as(list(value_lines("v", beginning)), list(value_lines("v", value)))
    assert cut_as(pane_lines(beginning), pane_lines(value))


@given(TREES, st.integers(1, 8))
def test_the_values_that_are_left_out_are_counted(value: Value, most: int) -> None:
    """Where each line is one value, the count is that of the lines that the whole has besides."""
    total = sum(1 for _ in walk(value))
    beginning = decode_beginning(encode(value), most)
    for lines in (list(value_lines("v", beginning)), pane_lines(beginning)):
        if total > most:
            left = total - len(lines) + 1
            assert lines[-1].strip() == f"… and {left} more value{'s' if left > 1 else ''}"
        else:
            assert len(lines) == total


def test_an_event_of_a_large_state_is_printed_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part is printed up to the bound, and what changed in a state that was read in part is told exactly."""
    monkeypatch.setattr(report, "_MOST_LINES", 3)
    monkeypatch.setattr("chainview.chain.states._CACHED_BYTES", 0)
    same = Tuple(tuple([String(f"item {number}") for number in range(40)]))
    parts = []
    for last in (S64(1), S64(2), Tuple((UNIT,) * 9)):
        parts += [
            encode_call(Schema.VALUES, "f", UNIT),
            encode_result(Schema.VALUES, "f", Tuple((same, Tuple((same, last)))), same),
        ]
    table = EventTable()
    for event in linked([(MODULE_EVENT, part) for part in parts]):
        table.append(event)
    printed = list(event_text(table, 3))
    assert printed[printed.index("response: tuple of 40") + 3] == "… and 38 more values"
    assert printed[printed.index("state: tuple of 2") + 3] == "… and 82 more values"
    assert printed[printed.index("changed since event 2:") + 1] == "  1.1: 1s64 → 2s64"
    assert "  1.1: 2s64 → tuple of 9, 10 values" in list(event_text(table, 5))
