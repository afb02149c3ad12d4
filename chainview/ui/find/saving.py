"""Saving an event, its call, what a filter shows, or the whole chain to a new file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.chain.files.entries.header import Header
from chainview.chain.payload import Schema
from chainview.chain.schema import schema_of
from chainview.system.errors import ChainviewError, words_of
from chainview.system.whole_file import whole_file
from chainview.system.wording import plural, visible
from chainview.ui.lines.line import Line
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.chain.table import EventTable
    from chainview.ui.tree.chain_tree import ChainTree
    from chainview.ui.widgets.keyed_screen import KeyedScreen

EVENT, CALL, SHOWN, CHAIN = "event", "call", "shown", "chain"
_EVENTS_A_STEP = 200


class SavePurpose(PlainPurpose):
    """The prompt that asks where to save; tab changes what is saved."""

    def __init__(self, screen: KeyedScreen, tree: ChainTree, stem: str, filter_text: str) -> None:
        """`filter_text` is the filter that is in force; empty where there is none."""
        self._screen = screen
        self._table = tree.table
        self._cursor = tree.cursor
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
        except OSError as error:
            return f"can't save to {visible(str(path))}: {words_of(error)}"
        except ValueError as error:
            return f"can't save to {visible(str(path))}: {error}"
        self._screen.slices.add("save", work)
        return ""

    def completed(self, text: str) -> str:
        """Goes on to the next thing that can be saved, with its file name unless another was typed."""
        proposed = self.proposed()
        self.what = self._choices[(self._choices.index(self.what) + 1) % len(self._choices)]
        return self.proposed() if text in ("", proposed) else text

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

    def _work(self, path: Path) -> Iterator[None]:
        """Writes in slices, all or nothing; the first step raises what keeps the file from being made."""
        from chainview.chain.files.exporters import WRITERS, Excerpt, Losses

        excerpt, losses = Excerpt(self._table, self._numbers(), _header(self._table)), Losses()
        pieces = WRITERS["json" if path.suffix == ".json" else "msgpack"](excerpt, losses)
        begun = False
        try:
            with whole_file(path) as file:
                yield
                begun = True
                for at, piece in enumerate(pieces):
                    file.write(piece)
                    if at % _EVENTS_A_STEP == _EVENTS_A_STEP - 1:
                        yield
        except ChainviewError as error:
            if not begun:
                raise
            self._screen.say(error.sentence, "error")
            return
        written = len(excerpt.numbers) - losses.left_out
        more = f"; {losses.left_out:,} that can't be read were left out" if losses.left_out else ""
        self._screen.say(f"saved {plural(written, 'event')} to {path}{more}")


def _header(table: EventTable) -> Header:
    from chainview.chain.files.exporters import WRITER

    sample = table.payload(0) if len(table) else b""
    return Header(schema=schema_of(sample) or Schema.VALUES, writer=WRITER)
