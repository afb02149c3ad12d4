"""The figures of a chain as a table of lines, and as an object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len

from chainview.chain.stats.rate import bar, sparkline
from chainview.chain.stats.statistics import FunctionFigures, Group, Slow, Statistics
from chainview.chain.words.spans import start_cut
from chainview.chain.words.summary import function_name, interface_name
from chainview.system.wording import plural, size_words, visible

NO_TIMES = "no times were recorded with these events"
_BAR_CELLS, _LEAST_BAR = 12, 2
_MOST_PARTS = 120
_LEAST_NAME = 20
_MOST_ROWS = 1000
"""Functions of a kind that have a line; of very many the others are counted, and --json has most of them."""
_TITLES = {Group.EXPORT: "calls", Group.HOST: "host calls", Group.OTHER: "other events"}
_COLUMNS = ("number", "failed", "time", "each", "longest", "size")


def duration_words(duration_ns: int) -> str:
    """A duration in the unit that suits it; short enough for a column."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if duration_ns >= size:
            number = duration_ns / size
            return f"{number:.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"
    return f"{duration_ns} ns"


def head_words(figures: Statistics) -> str:
    """How much there is, in a sentence."""
    said = f"{plural(figures.events, 'event')}, {size_words(figures.bytes)}, {plural(figures.calls, 'call')}"
    said += f", {figures.failed:,} failed" if figures.failed else ""
    said += f", {duration_words(figures.time_ns)} in calls" if figures.time_ns else ""
    said += f", over {duration_words(figures.rate.lasted_ns)}" if figures.rate.lasted_ns else ""
    return said + (f"; {figures.left_out:,} earlier ones are not held any more" if figures.left_out else "")


def rate_words(figures: Statistics, cells: int) -> str:
    """The rate over the session as a line of so many cells at most, and the highest; empty where no time is known."""
    highest = figures.rate.highest(cells)
    return f"{sparkline(figures.rate.parts(cells))}  at most {highest:,.0f}/s" if highest else ""


def named(figures: Sequence[FunctionFigures]) -> list[str]:
    """A short name for each function, the whole one where two would have the same."""
    short = [_short(each.name, each.group) for each in figures]
    times = Counter(short)
    return [visible(each.name if times[name] > 1 else name) for each, name in zip(figures, short, strict=True)]


def _short(name: str, group: Group) -> str:
    if group is Group.EXPORT:
        return function_name(name) or name
    interface, _, function = name.rpartition("/")
    return f"{interface_name(interface)}.{function}" if interface else name


def report_lines(figures: Statistics, width: int, slowest: int = 10) -> list[str]:
    """The whole report in lines of so many cells."""
    lines = [head_words(figures)]
    rate = rate_words(figures, min(_MOST_PARTS, max(10, width - 30)))
    lines += [f"rate  {rate}", ""] if rate else [NO_TIMES, ""]
    lines += table_lines(figures.functions, width)
    slow = figures.slowest[:slowest]
    if slow:
        lines += ["", f"slowest, {len(slow)} of {figures.timed:,}", *slow_lines(slow, width)]
    return lines


def column_at(line: str, x: int) -> str:
    """The column whose title stands at a place of a line of the table; empty where none does."""
    for title in _COLUMNS:
        at = line.find(title, 1)
        if line.strip().startswith(tuple(_TITLES.values())) and 0 <= at - 2 <= x < at + len(title):
            return title
    return ""


def sorted_by(column: str, functions: Sequence[FunctionFigures]) -> list[FunctionFigures]:
    """The functions, of each kind those first that have most in a column."""
    kinds = list(Group)

    def key(each: FunctionFigures) -> tuple[int, float]:
        mean = each.time_ns / each.count if each.count else 0
        most = (each.count, each.failed, each.time_ns, mean, each.longest_ns, each.bytes)
        return kinds.index(each.group), -most[_COLUMNS.index(column)]

    return sorted(functions, key=key)


def table_lines(functions: Sequence[FunctionFigures], width: int) -> list[str]:
    """A head, and a line for each function, with a bar of its share of the time, or of the bytes where none is known.

    The bars of exports and of host functions are shares of their own kind: a call's time holds that of its host calls.
    Of a kind of which there are very many the first ones have a line.
    """
    timed = any(each.time_ns for each in functions)
    kinds = [list(each) for _, each in groupby(functions, key=lambda each: each.group)]
    shown = [each for kind in kinds for each in kind[:_MOST_ROWS]]
    names = named(shown)
    rows = [_cells(each) for each in shown]
    widths = [max(len(title), *(len(row[at]) for row in rows)) for at, title in enumerate(_COLUMNS)] if rows else []
    left = width - sum(widths) - 2 * len(widths) - 2
    wanted = max(map(cell_len, [*names, *_TITLES.values()]))
    bar_cells = min(_BAR_CELLS, left - min(wanted, _LEAST_NAME))
    if bar_cells < _LEAST_BAR:
        # A name says more than a bar of a cell.
        bar_cells, left = 0, left + 2
    longest = min(wanted, max(_LEAST_NAME // 2, left - bar_cells))
    named_cells = zip(names, rows, strict=True)
    lines: list[str] = []
    for kind in kinds:
        lines += ([""] if lines else []) + [_line(_TITLES[kind[0].group], _COLUMNS, widths, longest)]
        most = max([each.time_ns if timed else each.bytes for each in kind])
        for each in kind[:_MOST_ROWS]:
            share = bar(each.time_ns if timed else each.bytes, most, bar_cells) if bar_cells else ""
            lines.append(f"{_line(*next(named_cells), widths, longest)}  {share}".rstrip())
        if len(kind) > _MOST_ROWS:
            lines.append(f"… and {len(kind) - _MOST_ROWS:,} more")
    return lines


def _cells(each: FunctionFigures) -> tuple[str, ...]:
    mean = each.time_ns // each.count if each.count else 0
    return (
        f"{each.count:,}",
        f"{each.failed:,}" if each.failed else "",
        duration_words(each.time_ns) if each.time_ns else "",
        duration_words(mean) if mean else "",
        duration_words(each.longest_ns) if each.longest_ns else "",
        size_words(each.bytes),
    )


def _line(name: str, cells: Sequence[str], widths: Sequence[int], longest: int) -> str:
    name = start_cut(name, longest)
    padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
    return f"{name}{' ' * (longest - cell_len(name))}  {'  '.join(padded)}"


def slow_lines(slow: Sequence[Slow], width: int) -> list[str]:
    """A line for each slow call: what it took, where it ended, what it was."""
    times = [duration_words(each.time_ns) for each in slow]
    numbers = [f"{each.number:,}" for each in slow]
    longest, digits = max(map(len, times)), max(map(len, numbers))
    lines = []
    for each, time, number in zip(slow, times, numbers, strict=True):
        begun = f"  {time.rjust(longest)}  event {number.rjust(digits)}  "
        lines.append(begun + start_cut(visible(_short(each.name, each.group)), width - len(begun)))
    return lines


def as_object(figures: Statistics) -> dict[str, object]:
    """The figures by their names; times in ns, null where none was recorded."""
    rate = figures.rate
    return {
        "events": figures.events,
        "events_left_out": figures.left_out,
        "bytes": figures.bytes,
        "calls": figures.calls,
        "failed": figures.failed,
        "time_ns": figures.time_ns or None,
        "began_ns": rate.began_ns or None,
        "ended_ns": rate.ended_ns or None,
        "functions": [_function_object(each) for each in figures.functions],
        "slowest": [
            {"event": each.number, "kind": each.group, "name": each.name, "time_ns": each.time_ns}
            for each in figures.slowest
        ],
        "rate": {"stretch_ns": rate.stretch_ns, "events": rate.counts} if rate.counts else None,
    }


def _function_object(each: FunctionFigures) -> dict[str, object]:
    return {
        "kind": each.group,
        "name": each.name,
        "count": each.count,
        "failed": each.failed if each.group is Group.EXPORT else None,
        "time_ns": each.time_ns or None,
        "longest_ns": each.longest_ns or None,
        "longest_event": each.longest or None,
        "bytes": each.bytes,
        "largest_bytes": each.largest_bytes,
        "largest_event": each.largest or None,
    }
