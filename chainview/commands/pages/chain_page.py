"""The page of a chain: what is known of it, and its events, a call folded to a line."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from chainview.chain.event import Kind
from chainview.chain.files.opened import OpenedChain
from chainview.chain.files.verification import Verification, file_sentences, verify
from chainview.chain.table import EventTable
from chainview.chain.words.notes import note_text
from chainview.chain.words.summary import summary
from chainview.commands.pages.page import MOST_BYTES, MOST_EVENTS, escaped, event_block, hash_shown, line, page
from chainview.system.wording import plural

_SHOWN = 20
_ROOM = 400


def chain_page(opened: OpenedChain) -> Iterator[bytes]:
    """The page of a chain that was loaded; it is checked for that."""
    found = verify(opened)
    name = Path(opened.path).name
    yield from page(f"{name} – chainview", _head(name, opened, found), _rows(opened), "events")


def _head(name: str, opened: OpenedChain, found: Verification) -> Iterator[str]:
    count = len(found.problems) + found.problems_left_out
    state = "sound" if found.sound else f"not sound, {plural(count, 'problem')}"
    yield f'<h1>{escaped(name)} · <span class="{"good" if found.sound else "bad"}">{state}</span></h1>'
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
    for sentence in (*found.remarks, *file_sentences(opened)):
        yield f'<p class="dim">{escaped(sentence)}</p>'


def _rows(opened: OpenedChain) -> Iterator[str]:
    """The events with the notes between them, up to the bounds of a page."""
    table, notes, written, index = opened.table, deque(opened.notes), 0, 0
    while index < len(table) and index < MOST_EVENTS and written < MOST_BYTES:
        while notes and notes[0].after <= index:
            yield f'<p class="note">── {escaped(note_text(notes.popleft()))}</p>'
        steps = table.steps(index) if table.kind(index) is Kind.CALL else 0
        stop = min(index + 1 + steps, MOST_EVENTS, len(table))
        pieces = _call(table, index, stop) if steps else [_event(table, index)]
        for piece in pieces:
            written += len(piece)
            yield piece
        index = stop
    if index < len(table):
        rest = f": chainview show {quote(opened.path)} --from {index + 1} prints them"
        shown = escaped(rest) if Path(opened.path).is_file() else ""
        yield f'<p class="more">… and {plural(len(table) - index, "more event")}{shown}</p>'
        return
    for note in notes:
        yield f'<p class="note">── {escaped(note_text(note))}</p>'


def _call(table: EventTable, call: int, stop: int) -> Iterator[str]:
    folded = line(str(table.number(call)), summary(table, call, folded=True, room=_ROOM), hash_shown(table, call))
    yield f'<details class="call"><summary>{folded}</summary><div class="inside">'
    yield from (_event(table, index) for index in range(call, stop))
    more = call + 1 + table.steps(call) - stop
    if more:
        yield f'<p class="more">… and {plural(more, "more event")} of this call</p>'
    yield "</div></details>"


def _event(table: EventTable, index: int) -> str:
    number = table.number(index)
    failed = table.kinds[index] in (Kind.ERROR, Kind.DAMAGED)
    mark = "!" if failed else "⚠" if table.any_unsound(index, index + 1) else ""
    seen = line(str(number), summary(table, index, room=_ROOM), hash_shown(table, index), mark)
    return f'<details data-row id="e{number}"><summary>{seen}</summary>{event_block(table, index)}</details>'
