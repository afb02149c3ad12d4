"""Figures of a chain's functions, and how they are told."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from rich.cells import cell_len

from chainview.chain.event import Extras
from chainview.chain.state_chain import linked
from chainview.chain.stats import statistics
from chainview.chain.stats.report import as_object, duration_words, named, report_lines, table_lines
from chainview.chain.stats.statistics import FunctionFigures, Group, Statistics
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT
from tests.ui import samples
from tests.ui.app_driver import few_calls

BEGAN = 1_723_000_000_000_000_000


def table_of(parts: Iterable[samples.Part], took_ns: int = 2_000_000) -> EventTable:
    """A table of these events, one a millisecond; each takes as long, in ns."""
    table = EventTable()
    for at, event in enumerate(linked(parts)):
        ended = event.event_type != "wasm" or at % 4 == 2
        table.append(event, Extras(time_ns=BEGAN + at * 1_000_000, duration_ns=took_ns if ended else 0))
    return table


def test_functions_are_counted_with_their_time_and_bytes() -> None:
    """Calls are those of their export from begin to end, host calls of their import; every byte is somewhere."""
    figures = Statistics(table_of(few_calls())).finish()
    found = {(each.group, each.name): each for each in figures.functions}
    increment = found[Group.EXPORT, "theater:simple/actor.increment"]
    assert (increment.count, increment.failed) == (3, 1)
    log = found[Group.HOST, "theater:simple/runtime/log"]
    assert (log.count, log.time_ns, log.longest_ns) == (4, 8_000_000, 2_000_000)
    assert sum(each.bytes for each in figures.functions) == figures.bytes
    assert (figures.events, figures.calls, figures.failed) == (15, 4, 1)
    assert figures.slowest[0].time_ns == 2_000_000


def test_steps_find_what_one_look_finds() -> None:
    """Counting in small steps, while the table grows and lets go of its oldest, gives the same figures."""
    whole = table_of(few_calls(20))
    at_once = Statistics(whole).finish()
    table = EventTable()
    figures = Statistics(table)
    for index in range(len(whole)):
        table.append(whole.event(index), whole.extras(index))
        figures.step(1)
    assert as_object(figures) == as_object(at_once)
    dropped = table.drop_oldest(10)
    assert figures.step()
    assert figures.left_out == 0
    late = Statistics(table).finish()
    assert late.left_out == dropped
    assert late.events == len(table)


def test_the_report_says_what_is_not_known() -> None:
    """Without times there is no rate, no time and no slowest call, and bars are shares of the bytes."""
    table = EventTable()
    for event in linked(few_calls()):
        table.append(event)
    lines = report_lines(Statistics(table).finish(), 100)
    assert "no times were recorded with these events" in lines
    assert not any(line.startswith("slowest") for line in lines)
    assert any(line == "slowest, 10 of 11" for line in report_lines(Statistics(table_of(few_calls())).finish(), 100))
    assert any(line.startswith("increment") and line.endswith("█") for line in lines)


def test_the_report_fits_its_width() -> None:
    """No line is wider than it may be, whatever names are in it."""
    long = samples.host("x" * 80, "y" * 500_000, samples.ok(UNIT))
    for width in (80, 120):
        lines = report_lines(Statistics(table_of([*few_calls(), long, samples.shutdown()])).finish(), width)
        assert all(cell_len(line) <= width for line in lines)


def test_names_are_short_where_that_is_clear() -> None:
    """Two functions that would have one short name keep their whole ones."""
    figures = [FunctionFigures(name, Group.EXPORT) for name in ("a:b/c.get", "a:b/d.get", "a:b/c.put")]
    assert named(figures) == ["a:b/c.get", "a:b/d.get", "put"]


def test_of_very_many_functions_the_first_ones_have_a_line() -> None:
    """A report of very many functions is bounded, says how many are left out, and tells those of equal names apart."""
    functions = [FunctionFigures(f"a{number // 2}/b{number % 2}.c", Group.EXPORT, bytes=9) for number in range(3000)]
    functions += [FunctionFigures("x/y", Group.HOST, bytes=5)]
    lines = table_lines(functions, 100)
    assert lines[1001:1004] == ["… and 2,000 more", "", lines[1003]]
    assert lines[1].startswith("a0/b0.c")
    assert lines[1004].startswith("x.y")
    assert all(line.endswith("█") for line in (lines[1], lines[1004]))


def test_durations_are_short() -> None:
    """Three figures and a unit."""
    assert [duration_words(ns) for ns in (7, 1500, 250_000, 12_345_678, 3_000_000_000)] == [
        "7 ns",
        "1.5 µs",
        "250 µs",
        "12.3 ms",
        "3 s",
    ]


def test_no_name_is_cut_for_a_bar() -> None:
    """Where both have no room, a function's name stands whole and its bar is left out."""
    functions = Statistics(table_of(few_calls())).finish().functions
    for width in range(40, 110):
        lines = table_lines(functions, width)
        assert not (any("…" in line for line in lines) and any("█" in line for line in lines))
    assert any("█" in line for line in table_lines(functions, 110))
    assert any("…" in line for line in table_lines(functions, 40))


def test_of_very_many_functions_the_last_ones_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a chain names beyond what anybody reads about is one row of its group, and the sums hold it."""
    monkeypatch.setattr(statistics, "_MOST_FUNCTIONS", 2)
    figures = Statistics(table_of([(f"a:b/c/f{at}", b"") for at in (1, 2, 3, 4, 3)])).finish()
    counted = {each.name: each.count for each in figures.functions}
    assert counted == {"a:b/c/f1": 1, "a:b/c/f2": 1, statistics.FURTHER: 3}
    assert sum(each.bytes for each in figures.functions) == figures.bytes
