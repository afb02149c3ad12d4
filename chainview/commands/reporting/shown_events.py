"""The lines of the events of a chain that are shown: what is searched for, and what stands in a row in one text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.chain.files.entries.entry import Note
    from chainview.chain.table import EventTable
    from chainview.chain.words.lines import EventLines

_GREP_SECONDS = 5.0
_LETTERS_AT_ONCE = 1 << 14
"""Of events, after which those are searched that were put into words."""
_MANY = 16
"""Events in a row from which they are judged together."""


def lines_between(table: EventTable, index: int, last: int, notes: deque[Note]) -> Iterator[str]:
    """All events from one index up to another, some in one text, and the notes that stand between them."""
    from chainview.chain.soundness import Judge
    from chainview.chain.words.lines import EventLines
    from chainview.chain.words.notes import note_text

    if index >= last:
        return
    judge, lines = Judge(table, index), EventLines(table)
    while index < last:
        while notes and notes[0].after <= index:
            yield f"── {note_text(notes.popleft())}"
        stop = min(lines.together(index), last, notes[0].after if notes else last)
        # What is found here is what the lines mark.
        judge.go_to(stop - 1)
        yield "\n".join(lines.lines(index, stop))
        index = stop


def lines_of(table: EventTable, parts: Iterator[Iterator[int]]) -> Iterator[str]:
    """The events that were chosen, many in a row in one text."""
    from chainview.chain.soundness import soundness
    from chainview.chain.words.lines import EventLines
    from chainview.chain.words.report import event_line

    lines = EventLines(table)
    for start, stop in chain.from_iterable(_rows(lines, part) for part in parts):
        if stop - start >= _MANY:
            yield from lines_between(table, start, stop, deque())
            continue
        for index in range(start, stop):
            # What is found here is what the line marks.
            soundness(table, index)
            yield event_line(table, index)


def _rows(lines: EventLines, indices: Iterator[int]) -> Iterator[tuple[int, int]]:
    """These events as those that stand in a row, up to where they are looked at together.

    Where no further one can be told, those before are given first.
    """
    index = next(indices, None)
    while index is not None:
        start = stop = index
        end = lines.together(start)
        while index == stop < end:
            stop += 1
            try:
                index = next(indices, None)
            except ChainviewError:
                yield start, stop
                raise
        yield start, stop


def matching(pattern: re.Pattern[str], table: EventTable, indices: Iterator[int]) -> Iterator[Iterator[int]]:
    """Those of these events that match: of some at once, as a limit on the time costs more than most events do."""
    some: list[tuple[int, list[str]]] = []
    letters = 0
    for index, texts in _texts(table, indices):
        some.append((index, texts))
        letters += sum(map(len, texts))
        if letters > _LETTERS_AT_ONCE:
            yield _matching_of(pattern, some)
            some, letters = [], 0
    yield _matching_of(pattern, some)


def _texts(table: EventTable, indices: Iterator[int]) -> Iterator[tuple[int, list[str]]]:
    """What is searched of these events, made together for those that stand in a row."""
    from chainview.chain.words.lines import EventLines

    lines = EventLines(table)
    for start, stop in _rows(lines, indices):
        yield from zip(range(start, stop), lines.texts(start, stop), strict=True)


def _matching_of(pattern: re.Pattern[str], some: list[tuple[int, list[str]]]) -> Iterator[int]:
    """Those of some events that match; where they take too long together each has the time for itself."""
    from chainview.system.time_limit import OutOfTime, time_limit

    matched, search = list[bool](), pattern.search
    try:
        with time_limit(_GREP_SECONDS):
            for _, texts in some:
                matched.append(any(map(search, texts)))
    except OutOfTime:
        pass
    yield from (index for (index, _), is_match in zip(some, matched, strict=False) if is_match)
    rest = some[len(matched) :]
    if rest and len(some) == 1:
        where = f"on event {rest[0][0] + 1:,}: use a simpler expression"
        raise ChainviewError(f"--grep {pattern.pattern[:40]!r} takes too long {where}")
    for each in rest:
        yield from _matching_of(pattern, [each])
