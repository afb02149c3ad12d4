"""Indexing a chain of any of Theater's formats: events and payloads go into memory as its reader yields them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.damages import Damages
from chainview.chain.files.entries.entry import (
    Again,
    Cut,
    Damage,
    Data,
    End,
    Entry,
    Note,
    Pause,
    Reader,
    ReadEvent,
    Run,
)
from chainview.chain.files.entries.header import Header
from chainview.chain.files.theater.repeated import append_again
from chainview.chain.files.theater.runs import append_run, damages_in
from chainview.chain.schema import Schema, is_of_lifecycle, schema_of
from chainview.chain.table import EventTable

_READERS: Final = {
    "json": ("json_array", "read_json"),
    "statechain": ("json_array", "read_state_chain"),
    "event": ("event_text", "read_event_text"),
    "human": ("event_text", "read_human_text"),
    "jsonl": ("json_lines", "read_jsonl"),
    "cli-json": ("json_lines", "read_cli_json"),
    "capture": ("json_lines", "read_capture"),
    "blocks": ("blocks", "read_blocks"),
    "keyvalue": ("key_value", "read_key_value"),
}
_KEPT_DAMAGE = 1 << 16
_LONGEST_STEP = 0.02
"""Seconds after which a step ends, so that a screen stays alive while blocks are recovered."""


class FormatIndex:
    """What a reader yields, grown by `advance`; `position` is how far the bytes are read."""

    def __init__(self, data: Data, entries: Iterator[Entry]) -> None:
        self.table = EventTable()
        self.schema: Schema | None = None
        self._decided = False
        self._asked = "", b""
        """The type and the payload of the event that was last asked for a schema."""
        self.header: Header | None = None
        self.notes: list[Note] = []
        self.notes_left_out = 0
        self.damages = Damages()
        self.end: End | None = None
        self.cut: Cut | None = None
        self.position = 0
        self._in_damage = False
        self._room = 0
        """How many more bytes are kept of the stretch that can't be read and was told last."""
        self._data = data
        self._entries = entries

    def advance(self, most: int) -> bool:
        """Takes up to `most` entries, fewer where reading them takes long; False when there are no more."""
        now, append = time.perf_counter, self.table.append
        end = now() + _LONGEST_STEP
        for _ in range(most):
            if now() > end:
                return True
            entry = next(self._entries, None)
            if isinstance(entry, ReadEvent):
                append(entry.event, entry.extras, entry.checked)
                self._in_damage = False
                self.position = entry.end
                if not self._decided and entry.event.payload:
                    self._look_for_schema(entry.event, self.table.kinds[-1])
            elif isinstance(entry, Again):
                append_again(self.table, entry.read.event, entry.read.checked, entry.count)
                self.position = entry.read.end + entry.count * entry.size
            elif isinstance(entry, Run):
                self._take_run(entry)
            elif entry is None:
                self.position = len(self._data)
                return False
            elif isinstance(entry, Pause):
                return False
            else:
                self._take(entry)
        return True

    def _take_run(self, run: Run) -> None:
        first = len(self.table)
        for at, damage in damages_in(run):
            self.damages.add(first + at, damage, follows=False)
        append_run(self.table, run)
        self.position = run.end
        for at, event in enumerate(run.events()) if run.made.payloads and not self._decided else ():
            kind = self.table.kinds[first + at]
            if event.payload and kind != Kind.DAMAGED:
                self._look_for_schema(event, kind)
            if self._decided:
                return

    def _look_for_schema(self, event: Event, kind: int) -> None:
        """Takes the first event that speaks for a schema at its word; of two that call alike the first result tells."""
        if (event.event_type, event.payload) == self._asked:
            return
        self._asked = event.event_type, event.payload
        if self.schema is Schema.VALUES and kind == Kind.CALL and not is_of_lifecycle(event.payload):
            return
        found = schema_of(event.payload)
        if self.schema is None or found is Schema.LIFECYCLE:
            self.schema = found
        called_alike = self.schema is None or (self.schema is Schema.VALUES and kind == Kind.CALL)
        self._decided = found is not None and not called_alike

    def _take(self, entry: Header | Note | End | Damage | Cut | Pause) -> None:
        events = len(self.table)
        if isinstance(entry, Damage):
            self._take_damage(entry)
        elif isinstance(entry, Cut):
            self.cut = entry
        elif isinstance(entry, End):
            self.end = entry
        elif isinstance(entry, Note):
            self.notes.append(Note(entry.kind, entry.data, events))

    def _take_damage(self, damage: Damage) -> None:
        self.position = damage.end
        apart = self.damages.add(len(self.table), damage, follows=self._in_damage)
        self._in_damage = damage.what == "event"
        if not self._in_damage:
            return
        if apart:
            self._room = _KEPT_DAMAGE
        if apart or self._room:
            raw = bytes(self._data[damage.start : min(damage.end, damage.start + self._room)])
            self._room -= len(raw)
            if apart:
                self.table.append_damage(raw, damage.start, damage.what)
            else:
                self.table.prolong_damage(raw)

    def close(self) -> None:
        """Lets go of the data; the table keeps everything."""
        self._entries = iter(())
        self._data = b""


def reader_of(format: str) -> Reader:
    """The reader of a format of one file that is not native; its module is imported when it is needed."""
    module, name = _READERS[format]
    reader: Reader = getattr(import_module(f"chainview.chain.files.theater.{module}"), name)
    return reader
