"""Saving an event, its call, what a filter shows, or the whole chain to a new file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.chain.event import Event, Extras, Kind
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.payload import Schema
from chainview.chain.schema import schema_of
from chainview.system.errors import ChainviewError
from chainview.system.visible import visible
from chainview.ui.event.event_json import event_json
from chainview.ui.lines.blocks import Line
from chainview.ui.widgets.prompt import Hint

if TYPE_CHECKING:
    from chainview.chain.table import EventTable
    from chainview.ui.live.screen import ChainScreen

EVENT, CALL, SHOWN, CHAIN = "event", "call", "shown", "chain"
_EVENTS_A_STEP = 200


class SaveMode:
    """The prompt that asks where to save; tab changes what is saved."""

    def __init__(self, screen: ChainScreen, stem: str, shown: Callable[[], Sequence[int]] | None) -> None:
        """`shown` gives the indices that a filter lets through; None where there is no filter."""
        self._screen = screen
        self._table = screen.chain_tree.table
        self._cursor = screen.chain_tree.cursor
        self._stem = stem
        self._shown = shown
        call = None if self._cursor is None else self._table.call_of(self._cursor)
        self._call = call
        self._choices = [EVENT] if self._cursor is not None else []
        self._choices += [CALL] if call is not None else []
        self._choices += [SHOWN] if shown is not None else []
        self._choices.append(CHAIN)
        self.what = SHOWN if shown is not None else CALL if call is not None else CHAIN

    @property
    def label(self) -> str:
        """What is saved."""
        return f"save {self.what} to"

    def proposed(self) -> str:
        """A file name for it."""
        table = self._table
        if self.what == EVENT and self._cursor is not None:
            return f"{self._stem}-event-{table.number(self._cursor)}.chain"
        if self.what == CALL and self._call is not None:
            return f"{self._stem}-call-{table.number(self._call)}.chain"
        return f"{self._stem}-{self.what}.chain"

    def changed(self, text: str) -> Hint:
        """What tab would choose, and how the format is told."""
        choices: Line = [(f" {choice} ", "tab" if choice == self.what else "dim") for choice in self._choices]
        return Hint([("tab: ", "dim"), *choices, ("  .json writes Theater's JSON, anything else a chain file", "dim")])

    def entered(self, text: str) -> str:
        """Begins to save; returns why it can't."""
        if not text.strip():
            return "a file name, please"
        path = Path(text.strip()).expanduser()
        try:
            if path.exists():
                return f"{visible(str(path))} exists already: give another name"
            work = self._work(path)
            next(work)
        except ChainviewError as error:
            return error.sentence
        except (OSError, ValueError) as error:
            return f"can't save to {visible(str(path))}: {_why(error)}"
        self._screen.slices.add("save", work)
        return ""

    def left(self, text: str) -> None:
        """Nothing is saved."""

    def recalled(self, step: int, text: str) -> str | None:
        """There is no history of file names."""
        return None

    def completed(self, text: str) -> str:
        """Goes on to the next thing that can be saved, with its file name unless another was typed."""
        proposed = self.proposed()
        self.what = self._choices[(self._choices.index(self.what) + 1) % len(self._choices)]
        return self.proposed() if text in ("", proposed) else text

    def _indices(self) -> Sequence[int]:
        if self.what == EVENT and self._cursor is not None:
            return [self._cursor]
        if self.what == CALL and self._call is not None:
            return range(self._call, self._call + self._table.steps(self._call) + 1)
        if self.what == SHOWN and self._shown is not None:
            return self._shown()
        return range(len(self._table))

    def _work(self, path: Path) -> Iterator[None]:
        """Writes in slices; the first step creates the file and raises what is wrong with that."""
        table, indices = self._table, self._indices()
        dropped = table.dropped
        write, close = open_saved(path, table)
        written = 0
        yield
        try:
            for at, index in enumerate(indices):
                # Events may be let go while this goes on, which moves the indices.
                now = index + dropped - table.dropped
                if now >= 0 and table.kinds[now] != Kind.DAMAGED:
                    write(table.event(now), table.extras(now))
                    written += 1
                if at % _EVENTS_A_STEP == _EVENTS_A_STEP - 1:
                    yield
            close()
        except (ChainviewError, OSError) as error:
            self._screen.say(error.sentence if isinstance(error, ChainviewError) else _why(error), "error")
            return
        left_out = len(indices) - written
        more = f"; {left_out:,} that can't be read were left out" if left_out else ""
        self._screen.say(f"saved {written:,} event{'' if written == 1 else 's'} to {path}{more}")


def _why(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


Write = Callable[[Event, Extras], None]


def open_saved(path: Path, table: EventTable) -> tuple[Write, Callable[[], None]]:
    """What writes an event to a new file and what closes it: JSON by the suffix `.json`, else a chain file."""
    if path.suffix == ".json":
        return _open_json(path)
    sample = table.payload(0) if len(table) else b""
    writer = ChainWriter.create(path, Header(schema=schema_of(sample) or Schema.VALUES, writer="chainview"))
    return writer.write_event, writer.close


def _open_json(path: Path) -> tuple[Write, Callable[[], None]]:
    file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8")
    between = "[\n"

    def write(event: Event, extras: Extras) -> None:
        nonlocal between
        file.write(between + event_json(event))
        between = ",\n"

    def close() -> None:
        file.write("\n]\n" if between == ",\n" else "[]\n")
        file.close()

    return write, close
