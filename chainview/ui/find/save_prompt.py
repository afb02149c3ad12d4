"""Saving events to a file: which of them, where, and in which format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.chain.files.entries.header import Header
from chainview.chain.schema import Schema, schema_of
from chainview.system.wording import plural
from chainview.ui.lines.line import Line
from chainview.ui.prompts.file_prompt import FilePurpose, Format, format_among
from chainview.ui.widgets.prompt import Hint

if TYPE_CHECKING:
    from chainview.chain.files.exporters import Losses
    from chainview.chain.table import EventTable
    from chainview.ui.widgets.keyed_screen import KeyedScreen

EVENT, CALL, SHOWN, CHAIN = "event", "call", "shown", "chain"
_EVENTS_A_STEP = 200
_ROWS_A_STEP = 10
"""The same of a page, in which each event is told whole."""


FORMATS = (
    Format("msgpack", ".chain", "a chain file"),
    Format("json", ".json", "Theater's JSON array"),
    Format("event", ".event", "Theater's EVENT text"),
    Format("blocks", ".blocks", "Theater's --- blocks"),
    Format("html", ".html", "a page for a browser"),
)
"""Those of `chainview export` that are told by a suffix."""
_PAGE = FORMATS[-1]


def format_of(name: str) -> Format:
    """The format that a file's name asks for: a chain file where it asks for none."""
    return format_among(FORMATS, name)


class SavePurpose(FilePurpose):
    """The prompt that asks where to save; tab changes what is saved."""

    def __init__(
        self,
        screen: KeyedScreen,
        at: tuple[EventTable, int | None],
        stem: str,
        filter_text: str,
        chain: Path | None = None,
    ) -> None:
        """`at` is the chain with the index of the event that is meant, `chain` its file.

        `filter_text` is the filter that is in force, empty where there is none.
        """
        super().__init__(screen, FORMATS, chain)
        self._table, self._cursor = at
        self._stem = stem
        self._filter = filter_text
        call = None if self._cursor is None else self._table.call_of(self._cursor)
        self._call = call
        self._choices = [EVENT] if self._cursor is not None else []
        self._choices += [CALL] if call is not None else []
        self._choices += [SHOWN] if filter_text else []
        self._choices.append(CHAIN)
        self.what = SHOWN if filter_text else CALL if call is not None else CHAIN

    @property
    def label(self) -> str:
        """What is saved."""
        return f"save {self.what} to"

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Saving, and what else can be."""
        return (("enter", "save"), ("tab", "save something else"), ("↑ ↓", "another format"), ("esc", "leave"))

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
        form = format_of(text)
        formats: Line = [(f" {each.suffix} ", "tab" if each is form else "dim") for each in FORMATS]
        return Hint([("tab: ", "dim"), *choices, ("  ↑↓: ", "dim"), *formats, (f" {form.words}", "dim")])

    def completed(self, text: str) -> str:
        """Goes on to the next thing that can be saved, with its file name unless another was typed."""
        proposed = self.proposed()
        self.what = self._choices[(self._choices.index(self.what) + 1) % len(self._choices)]
        suffix = format_of(text).suffix
        if text in ("", proposed, proposed.removesuffix(".chain") + suffix):
            return self.proposed().removesuffix(".chain") + (suffix or ".chain")
        return text

    def _numbers(self) -> Sequence[int]:
        table = self._table
        if self.what == EVENT and self._cursor is not None:
            return [table.number(self._cursor)]
        if self.what == CALL and self._call is not None:
            first = table.number(self._call)
            return range(first, first + table.steps(self._call) + 1)
        if self.what == SHOWN:
            return self._selected()
        return range(1 + table.dropped, 1 + table.dropped + len(table))

    def _selected(self) -> list[int]:
        from chainview.chain.query.filter import Selection, parse_filter

        selection = Selection(self._table, parse_filter(self._filter))
        while not selection.step():
            pass
        return [position + 1 for position in selection.matches]

    def _events(self, numbers: Sequence[int], losses: Losses, path: Path) -> Iterator[bytes]:
        from chainview.chain.files.exporters import WRITERS, Excerpt

        return WRITERS[format_of(path.name).name](Excerpt(self._table, numbers, _header(self._table)), losses)

    def _page(self, numbers: Sequence[int]) -> Iterator[bytes]:
        from chainview.pages.chain_page import excerpt_page

        whole = "all that the screen holds"
        words = {EVENT: "one event", CALL: "one call", SHOWN: f"what passes the filter {self._filter}"}
        return excerpt_page(self._stem, words.get(self.what, whole), self._table, numbers)

    def work(self, path: Path, *, force: bool) -> Iterator[None]:
        """Writes what was chosen, and says how many events that were."""
        from chainview.chain.files.exporters import Losses
        from chainview.pages.page import MOST_EVENTS

        numbers, losses = self._numbers(), Losses()
        is_page = format_of(path.name) is _PAGE
        pieces = self._page(numbers) if is_page else self._events(numbers, losses, path)
        if not (yield from self.written(path, pieces, _ROWS_A_STEP if is_page else _EVENTS_A_STEP, force=force)):
            return
        written = len(numbers) - losses.left_out
        more = f"; {losses.left_out:,} that can't be read were left out" if losses.left_out else ""
        if is_page and written > MOST_EVENTS:
            more = f": a page holds the first {MOST_EVENTS:,} of them"
        instead = ", in the place of what was there" if force else ""
        self.screen.say(f"saved {plural(written, 'event')} to {path}{instead}{more}")


def _header(table: EventTable) -> Header:
    from chainview.chain.files.exporters import WRITER

    sample = table.payload(0) if len(table) else b""
    return Header(schema=schema_of(sample) or Schema.VALUES, writer=WRITER)
