"""Bookmarks on the events of a chain: set, written on, gone to, and kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.chain.files.bookmarks import (
    LONGEST,
    append_note,
    bookmark_note,
    change_beside,
    file_beside,
    read_beside,
    told_in,
)
from chainview.chain.files.entries.entry import BOOKMARK, Note
from chainview.system.errors import ChainviewError
from chainview.system.wording import plural, visible
from chainview.ui.feeds.file_feed import FileFeed
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.find.tree_screen import AROUND
from chainview.ui.lines.line import Line
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.sources import Source

_IN_CHAIN = "in the chain file"
_NOT_KEPT = "only for as long as this is open: this chain is in no file"


def kept_place(source: Source) -> Callable[[], Path | None]:
    """Where the chain of a source is that bookmarks are kept with; one that is there only meanwhile has no place."""
    return (lambda: None) if isinstance(source, FileSource) and source.passing else source.path


class BookmarkActions:
    """What the keys do with bookmarks; `chain` is the file of the chain, where it is in one."""

    def __init__(
        self, screen: KeyedScreen, tree: ChainTree, chain: Callable[[], Path | None], shown: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._tree = tree
        self._chain = chain
        self._shown = shown
        self._feed: Feed | None = None
        self._in_chain: dict[int, str | None] = {}
        self._beside: dict[int, str | None] = {}
        self._size: int | None = None
        """The bytes of the chain file with the notes that were appended here."""

    def handlers(self) -> Handlers:
        """Setting, writing, and going to the next and the one before."""
        return {
            ActionId.BOOKMARK: self._toggle,
            ActionId.BOOKMARK_NOTE: self._ask_note,
            ActionId.BOOKMARK_NEXT: lambda: self._go(1),
            ActionId.BOOKMARK_PREV: lambda: self._go(-1),
        }

    def begin(self, feed: Feed) -> None:
        """Shows the bookmarks of a chain."""
        self._feed = feed
        chain = self._chain()
        if chain is not None and not feed.live:
            try:
                self._beside = read_beside(chain)
            except ChainviewError as error:
                self._screen.say(error.sentence, "warning")
        self._show()

    def take(self, note: Note) -> bool:
        """Takes a note that is a bookmark; False for any other."""
        told = told_in(note.data) if note.kind == BOOKMARK else None
        if told is not None:
            self._in_chain[told[0]] = told[1]
            self._show()
        return told is not None

    @property
    def held(self) -> dict[int, str]:
        """What each bookmarked event's note says, by the event's number."""
        both = self._in_chain | self._beside
        return {number: text for number, text in both.items() if text is not None}

    def lines(self, number: int) -> list[Line]:
        """What the details say of an event's bookmark."""
        text = self.held.get(number)
        if text is None:
            return []
        where = "beside the chain file" if number in self._beside else _IN_CHAIN if self._chain() else "not kept"
        said: Line = [("◆ bookmark  ", "accent"), (visible(text), "text")]
        return [[*said, ("  " if text else "", "text"), (where, "quiet")]]

    def _show(self) -> None:
        self._tree.set_bookmarks(self.held)
        self._shown()

    # Keys

    def _number(self) -> int | None:
        cursor, table = self._tree.cursor, self._tree.table
        if cursor is None or cursor >= len(table):
            self._screen.say("there is no event to bookmark", "warning")
            return None
        return table.number(cursor)

    def _toggle(self) -> None:
        number = self._number()
        if number is not None:
            self.set(number, None if number in self.held else "")

    def _ask_note(self) -> None:
        number = self._number()
        if number is not None:
            self._screen.ask(_NotePurpose(self, number), self.held.get(number, ""))

    def _go(self, step: int) -> None:
        table, cursor = self._tree.table, self._tree.cursor
        numbers = [number for number in sorted(self.held) if table.dropped < number <= table.dropped + len(table)]
        if not numbers or cursor is None:
            key = self._screen.keymap.key(ActionId.BOOKMARK)
            self._screen.say(f"no event here has a bookmark: {key} sets one", "warning")
            return
        here = table.number(cursor)
        at = bisect_right(numbers, here) if step > 0 else bisect_left(numbers, here) - 1
        number = numbers[at % len(numbers)]
        self._tree.move_to(number - 1 - table.dropped)
        beyond = "" if 0 <= at < len(numbers) else f"; {AROUND[step]}"
        text = self.held[number]
        self._screen.say(f"bookmark {numbers.index(number) + 1} of {len(numbers)}{f': {text}' if text else ''}{beyond}")

    # Keeping

    def set(self, number: int, text: str | None) -> str:
        """Gives an event a bookmark, another note, or for None no bookmark any more; returns why it can't be kept."""
        text = None if text is None else text[:LONGEST]
        try:
            where = self._keep(number, text)
        except ChainviewError as error:
            self._screen.say(error.sentence, "error")
            return error.sentence
        self._show()
        what = f"event {number:,} has no bookmark any more" if text is None else f"event {number:,} is bookmarked"
        others = plural(len(self.held), "bookmark")
        self._screen.say(f"{what}, {where}; {others} in all")
        return ""

    def _keep(self, number: int, text: str | None) -> str:
        from chainview.ui.feeds.live_feed import LiveFeed

        note, chain = bookmark_note(number, text), self._chain()
        if isinstance(self._feed, LiveFeed) and not self._feed.session.status().phase.over:
            self._in_chain[number] = text
            self._feed.session.chain.note(note)
            return _IN_CHAIN if chain is not None else _NOT_KEPT
        if chain is None:
            self._in_chain[number] = text
            return _NOT_KEPT
        if self._appended(chain, note):
            self._in_chain[number] = text
            if number in self._beside:
                self._beside = change_beside(chain, number, None, kept=False)
            return _IN_CHAIN
        kept = text is not None or self._in_chain.get(number) is not None
        self._beside = change_beside(chain, number, text, kept=kept)
        return f"beside the chain, in {file_beside(chain).name}"

    def _appended(self, chain: Path, note: Note) -> bool:
        """Whether a note was appended to the chain's own file."""
        feed = self._feed
        if isinstance(feed, FileFeed):
            if feed.grows or feed.indexing or feed.opened.cut is not None or feed.opened.format != "native":
                return False
            self._size = feed.opened.size if self._size is None else self._size
        elif self._size is None:
            self._size = chain.stat().st_size if chain.is_file() else 0
        size = append_note(chain, note, self._size)
        self._size = self._size if size is None else size
        return size is not None


class _NotePurpose(PlainPurpose):
    """Writes a note on an event."""

    def __init__(self, bookmarks: BookmarkActions, number: int) -> None:
        self._bookmarks = bookmarks
        self._number = number

    @property
    def label(self) -> str:
        """What is written on what."""
        return f"note on event {self._number:,}"

    def changed(self, text: str) -> Hint:
        """What becomes of it."""
        return Hint([("enter keeps it as a bookmark, beside what is hashed", "dim")])

    def entered(self, text: str) -> str:
        """Keeps it."""
        return self._bookmarks.set(self._number, text.strip())
