"""The page of a chain: what is known of it, and its events, a call folded to a line."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from shlex import quote

from chainview.chain.event import Kind
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.opened import OpenedChain
from chainview.chain.files.verification import Verification, file_sentences, verify
from chainview.chain.table import EventTable
from chainview.chain.words.notes import note_text
from chainview.chain.words.summary import summary
from chainview.pages.page import MOST_BYTES, MOST_EVENTS, escaped, event_block, hash_shown, line, page
from chainview.system.wording import plural

_SHOWN = 20
_ROOM = 400


def chain_page(opened: OpenedChain) -> Iterator[bytes]:
    """The page of a chain that was loaded; it is checked for that."""
    found = verify(opened)
    name = Path(opened.path).name
    yield from page(f"{name} – chainview", _head(name, opened, found), _all_rows(opened), "events")


def _head(name: str, opened: OpenedChain, found: Verification) -> Iterator[str]:
    count = len(found.problems) + found.problems_left_out
    yield f'<h1>{escaped(name)} · <span class="{"good" if found.sound else "bad"}">{found.verdict}</span></h1>'
    head = f", head {found.head.hex()}" if found.head else ""
    yield f'<p class="dim">{plural(found.events, "event")}, format {found.format}, schema {found.schema}{head}</p>'
    header = opened.header
    if header is not None and (header.actor_name or header.module_path):
        yield f'<p class="dim">{escaped(f"{header.actor_name}  {header.module_path}  {header.module_sha256}")}</p>'
    for problem in found.problems[:_SHOWN]:
        where = f"event {problem.event:,}" if problem.event else "the file"
        yield f'<p class="bad">{escaped(f"{where}, {problem.kind}: {problem.message}")}</p>'
    if count > _SHOWN:
        yield f'<p class="bad">… and {plural(count - _SHOWN, "more problem")}</p>'
    for sentence in dict.fromkeys([*found.remarks, *file_sentences(opened)]):
        yield f'<p class="dim">{escaped(sentence)}</p>'


def excerpt_page(name: str, words: str, table: EventTable, numbers: Sequence[int]) -> Iterator[bytes]:
    """The page of some events of a chain, by their ascending numbers; `words` say which those are.

    The table may grow and let go of its oldest events while it is written.
    """
    told = f"{words}, {plural(len(numbers), 'event')}" + (f" of {table.dropped + len(table):,}" if len(table) else "")
    head = (f"<h1>{escaped(name)}</h1>", f'<p class="dim">{escaped(told)}</p>')
    yield from page(f"{name} – chainview", head, _excerpt(table, numbers), "events")


def _excerpt(table: EventTable, numbers: Sequence[int]) -> Iterator[str]:
    shown = yield from _rows(table, _stretches(numbers), deque())
    if shown < len(numbers):
        yield f'<p class="more">… and {plural(len(numbers) - shown, "more event")}</p>'


def _stretches(numbers: Sequence[int]) -> Iterator[range]:
    """The numbers as ranges without a gap."""
    start = stop = 0
    for number in numbers:
        if number != stop:
            if stop > start:
                yield range(start, stop)
            start = number
        stop = number + 1
    if stop > start:
        yield range(start, stop)


def _all_rows(opened: OpenedChain) -> Iterator[str]:
    table, notes = opened.table, deque(opened.notes)
    shown = yield from _rows(table, [range(1, len(table) + 1)], notes)
    if shown < len(table):
        rest = f": chainview show {quote(opened.path)} --from {shown + 1} prints them"
        told = escaped(rest) if Path(opened.path).is_file() else ""
        yield f'<p class="more">… and {plural(len(table) - shown, "more event")}{told}</p>'
        return
    for note in notes:
        yield f'<p class="note">── {escaped(note_text(note))}</p>'


def _rows(table: EventTable, stretches: Iterable[range], notes: deque[Note]) -> Generator[str, None, int]:
    """The events with the notes between them, up to the bounds of a page; how many those are."""
    written = shown = 0
    for stretch in stretches:
        number = stretch.start
        while number < stretch.stop:
            if shown >= MOST_EVENTS or written >= MOST_BYTES:
                return shown
            while notes and notes[0].after < number:
                yield f'<p class="note">── {escaped(note_text(notes.popleft()))}</p>'
            stop = min(number + 1 + _steps(table, number), stretch.stop)
            within = min(stop, number + MOST_EVENTS - shown)
            for piece in _call(table, number, within) if stop > number + 1 else [_event(table, number)]:
                written += len(piece)
                yield piece
            shown += within - number
            number = stop
    return shown


def _steps(table: EventTable, number: int) -> int:
    """How many events a call has behind it; 0 for what is no call."""
    index = number - 1 - table.dropped
    return table.steps(index) if index >= 0 and table.kind(index) is Kind.CALL else 0


def _call(table: EventTable, call: int, stop: int) -> Iterator[str]:
    index = call - 1 - table.dropped
    folded = line(str(call), summary(table, index, folded=True, room=_ROOM), hash_shown(table, index))
    yield f'<details class="call"><summary>{folded}</summary><div class="inside">'
    yield from (_event(table, number) for number in range(call, stop))
    more = call + 1 + _steps(table, call) - stop
    if more > 0:
        yield f'<p class="more">… and {plural(more, "more event")} of this call</p>'
    yield "</div></details>"


def _event(table: EventTable, number: int) -> str:
    index = number - 1 - table.dropped
    if index < 0:
        return f'<p class="more">event {number:,} is held no longer</p>'
    failed = table.kinds[index] in (Kind.ERROR, Kind.DAMAGED)
    mark = "!" if failed else "⚠" if table.any_unsound(index, index + 1) else ""
    seen = line(str(number), summary(table, index, room=_ROOM), hash_shown(table, index), mark)
    return f'<details data-row id="e{number}"><summary>{seen}</summary>{event_block(table, index)}</details>'
