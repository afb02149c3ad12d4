"""Taking something along: copying an event, its hash, its line or the chain's path, and saving to a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.chain.event import Event
from chainview.chain.files.entries.header import Header
from chainview.chain.files.theater.json_array import event_json, event_json_pieces
from chainview.chain.payload import Call, read_payload
from chainview.chain.schema import Schema, schema_of
from chainview.system.errors import ChainviewError, words_of
from chainview.system.whole_file import whole_file
from chainview.system.wording import plural, visible, visible_json
from chainview.ui.feeds.sources import Source
from chainview.ui.find.clipboard import copy, copy_pieces
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.find.value_copying import ValueCopying
from chainview.ui.lines.line import Line
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.chain.table import EventTable
    from chainview.ui.widgets.keyed_screen import KeyedScreen

EVENT, CALL, SHOWN, CHAIN = "event", "call", "shown", "chain"
_EVENTS_A_STEP = 200
_JSON_A_BYTE = 4
"""About how many characters of JSON a byte of a payload takes."""
_MOST_PRINTED = 1 << 20
_OTHERWISE = "save it, or print it from the command palette"


class CopyActions:
    """What copies and saves of one chain."""

    def __init__(self, screen: TreeScreen, tree: ChainTree, source: Source) -> None:
        self._screen = screen
        self._tree = tree
        self._source = source

    def handlers(self) -> Handlers:
        """What the copying and saving keys do."""
        return {
            **ValueCopying(self._screen, self._copy_event, self._call).handlers(),
            ActionId.COPY_HASH: self._copy_hash,
            ActionId.COPY_PATH: self._copy_path,
            ActionId.COPY_SUMMARY: self._copy_summary,
            ActionId.COPY_PRINT: self._print,
            ActionId.SAVE: self._save,
        }

    def _index(self) -> int | None:
        tree = self._tree
        if tree.cursor is None or tree.cursor >= len(tree.table):
            self._screen.say("there is no event to take", "warning")
            return None
        return tree.cursor

    def _copy_event(self) -> None:
        event = self._event()
        if event is not None:
            number, held = event
            what, size = f"event {number:,} as JSON", _JSON_A_BYTE * len(held.payload)
            otherwise = _OTHERWISE if len(held.payload) <= _MOST_PRINTED else "save it"
            copy_pieces(self._screen, what, event_json_pieces(held, number), size, otherwise)

    def _event(self) -> tuple[int, Event] | None:
        """Number and event of the cursor; None, which is said, when there is none."""
        index = self._index()
        return None if index is None else (self._tree.table.number(index), self._tree.table.event(index))

    def _call(self) -> Call | None:
        """The call that the event under the cursor belongs to."""
        tree = self._tree
        call = None if tree.cursor is None or tree.cursor >= len(tree.table) else tree.table.call_of(tree.cursor)
        payload = None if call is None else read_payload(tree.table.payload(call))
        return payload if isinstance(payload, Call) else None

    def _copy_hash(self) -> None:
        index = self._index()
        if index is None:
            return
        hash_ = self._tree.table.hash(index)
        if hash_ is None:
            self._screen.say("this format holds no hash", "warning")
        else:
            self._copy("hash", hash_.hex())

    def _copy_path(self) -> None:
        path = self._source.path()
        if path is None:
            self._screen.say("this chain is in no file", "warning")
        else:
            self._copy("path", str(path))

    def _copy_summary(self) -> None:
        from chainview.chain.words.summary import summary

        index = self._index()
        if index is not None:
            table = self._tree.table
            self._copy("summary", "".join([text for text, _ in summary(table, index)]))

    def _copy(self, what: str, text: str) -> None:
        copy(self._screen, what, text, _OTHERWISE)

    def _print(self) -> None:
        """Writes the event to the terminal itself, where it can be selected."""
        from textual.app import SuspendNotSupported

        event = self._event()
        if event is None:
            return
        number, held = event
        if len(held.payload) > _MOST_PRINTED:
            self._screen.say(
                f"event {number:,} holds {len(held.payload):,} bytes, too many to print: save it", "warning"
            )
            return
        try:
            text = event_json(held, number).decode()
        except ChainviewError as error:
            self._screen.say(error.sentence, "warning")
            return
        try:
            with self._screen.app.suspend():
                print(visible_json(text))
                input("\nenter goes back to chainview ")
        except (SuspendNotSupported, EOFError):
            self._screen.say("this terminal can't be lent to anything else", "warning")

    def _save(self) -> None:
        tree = self._tree
        if not len(tree.table):
            self._screen.say("there is nothing to save yet", "warning")
            return
        path, find = self._source.path(), self._screen.find_actions
        stem = path.stem if path is not None else "chain"
        purpose = SavePurpose(self._screen, tree, stem, find.filter if find.filtering else "")
        self._screen.ask(purpose, purpose.proposed())


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

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Saving, and what else can be."""
        return (("enter", "save"), ("tab", "save something else"), ("esc", "leave"))

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
