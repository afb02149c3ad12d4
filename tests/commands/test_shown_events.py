"""What is found in a chain is told while the search goes on."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words.report import event_line
from chainview.commands.reporting.shown_events import lines_between, lines_of, matching
from chainview.system.errors import ChainviewError
from tests.ui import samples


def table_of(*texts: str) -> EventTable:
    """A table of logs."""
    table = EventTable()
    for event in linked([samples.log(text) for text in texts]):
        table.append(event)
    return table


def test_what_is_found_is_told_before_the_rest_is_searched() -> None:
    """The first part of the hits is there when the events behind it have not been asked for."""
    table = table_of(*["hit" + "x" * 1000] * 200)
    taken = iter(range(len(table)))
    first = list(next(matching(re.compile("hit"), table, taken)))
    rest = list(taken)
    assert 0 < len(first) < len(table)
    assert rest
    assert first[-1] < rest[0]


@given(st.lists(st.booleans(), max_size=80))
def test_events_that_were_chosen_have_the_lines_they_have_alone(chosen: list[bool]) -> None:
    """However they stand in rows, each is there once and in order."""
    table = table_of(*["a"] * len(chosen))
    indices = [index for index, is_chosen in enumerate(chosen) if is_chosen]
    half = len(indices) // 2
    lines = "\n".join(lines_of(table, iter([iter(indices[:half]), iter(indices[half:])])))
    assert lines == "\n".join([event_line(table, index) for index in indices])


def test_those_before_an_event_that_ends_the_search_are_told() -> None:
    """What stands in a row with it is shown, and then the sentence comes."""

    def told() -> Iterator[int]:
        yield from (0, 1)
        raise ChainviewError("takes too long")

    table, shown = table_of("a", "b", "c"), list[str]()
    with pytest.raises(ChainviewError, match="takes too long"):
        shown.extend(lines_of(table, iter([told()])))
    assert shown == [event_line(table, 0), event_line(table, 1)]


def test_nothing_stands_behind_the_last_event() -> None:
    """A stretch that begins there has no line."""
    table = table_of("a")
    assert list(lines_between(table, 10, 1, deque())) == []
