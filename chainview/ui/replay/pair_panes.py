"""Recorded and now on the screen: linked as one tree of two columns, apart as two trees, or as one column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from chainview.replay.align.history import NONE, is_ask
from chainview.ui.lines.line import Line, plain
from chainview.ui.replay.pair_painter import Shown, left_of
from chainview.ui.replay.pair_tree import PairTree
from chainview.ui.replay.pairs import Pairs, Sides
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.text_line import TextLine

SIDE_BY_SIDE = 110
"""From this many columns on the sides stand beside each other."""


class Searching(Protocol):
    """A screen that searches and filters the trees, and has to begin anew in trees that show something else."""

    def rows_changed(self) -> None:
        """Goes on in trees that show something else now."""
        ...


class PairPanes(Vertical):
    """Shows the rows of a replay; `active` is the tree that the keys move, also while they go elsewhere.

    Linked, one tree shows both sides. Apart, each side has a tree of its own. The screen is told when the trees were
    made to show something else, which ends their searches.
    """

    def __init__(self, screen: Searching, made_by: tuple[str, str] = ("", ""), *, id: str | None = None) -> None:
        """`made_by` names the builds that made both sides, where builds did."""
        super().__init__(id=id)
        self.made_by = made_by
        self._searching = screen
        self._first = PairTree(id="pairs")
        self._second = PairTree(id="pairs-now")
        self._second.display = False
        self._second.shown = Shown.NOW
        self.active = self._first
        self.has_keys = True
        """Whether the keys move here."""
        self.head = TextLine(self._head_line, id="pairs-head")

    def compose(self) -> ComposeResult:
        """The head, and the trees beside each other."""
        yield self.head
        yield Horizontal(self._first, self._second, id="pairs-trees")

    @property
    def linked(self) -> bool:
        """Whether both sides move together."""
        return self._first.shown in (Shown.BOTH, Shown.COLUMN)

    @property
    def wide(self) -> bool:
        """Whether the sides stand beside each other."""
        return self._first.shown is not Shown.COLUMN

    @property
    def trees(self) -> Sequence[PairTree]:
        """The trees that are on the screen."""
        return (self._first,) if self.linked else (self._first, self._second)

    @property
    def sides(self) -> Sides:
        """What the rows are made of."""
        return self._first.sides

    @property
    def pair(self) -> tuple[int, int]:
        """The recorded and the now item under the cursor, or under the cursors."""
        return self._first.pair if self.linked else (self._first.pair[0], self._second.pair[1])

    @property
    def row(self) -> int | None:
        """The row of the alignment under the cursor of the side that has the keys."""
        tree = self.active
        return None if tree.cursor is None else tree.pairs.pairs[tree.cursor]

    def show(self, aligned: Pairs, sides: Sides) -> None:
        """Shows other rows, from the beginning."""
        for tree in self.trees:
            tree.show(aligned, sides)
        self._searching.rows_changed()

    def relabel(self, labels: bytes) -> None:
        """Says something else of each row of the alignment from now on."""
        for tree in self.trees:
            tree.relabel(labels)

    def say_nothing_comes(self, why: str) -> None:
        """Says in the place of rows, where there are none, why that is so."""
        for tree in self.trees:
            tree.say_nothing_comes(why)

    def came(self, known: int) -> None:
        """Shows that many events of now while they come."""
        for tree in self.trees:
            tree.came(known)

    def toggle_only_differences(self) -> bool:
        """Shows only rows whose sides do not say the same, or all of them again; returns which."""
        for tree in self.trees:
            tree.toggle_only_differences()
        return self.active.only_differences

    # Linked and apart

    def unlink(self) -> None:
        """Lets each side move on its own; the keys stay with what was recorded."""
        top = self._first.top
        self._second.adopt(self._first)
        self._first.set_shown(Shown.RECORDED)
        self._second.display = True
        self._share_width()
        self._searching.rows_changed()
        self.call_after_refresh(self._second.scroll_to_top_row, top)

    def link(self) -> None:
        """Lets both sides move together again, from the row on which the active one is."""
        if self.active is self._second:
            top = self._second.top
            self._first.adopt(self._second)
            self._first.scroll_to_top_row(top)
            self.active = self._first
        self._first.set_shown(Shown.BOTH)
        self._second.display = False
        self._share_width()
        self._searching.rows_changed()

    def next_side(self) -> bool:
        """Gives the keys from what was recorded to what is now; False where that is not apart, or has them."""
        if self.linked or self.active is self._second:
            return False
        self.activate(self._second)
        return True

    def activate(self, tree: PairTree) -> None:
        """Gives the keys to a tree."""
        self.active = tree
        self.paint()

    def paint(self) -> None:
        """Shows which side has the keys."""
        for tree in self.trees:
            tree.set_class(not (self.has_keys and tree is self.active), "-idle")
        self.head.update()

    def _share_width(self) -> None:
        # The scroll bar of what was recorded stands where the line between the sides was, so that no row moves.
        self._first.styles.width = "1fr" if self.linked else left_of(self.size.width - 1) + 1
        self.paint()

    def on_resize(self, event: events.Resize) -> None:
        """Changes between two columns and one."""
        narrow = event.size.width < SIDE_BY_SIDE
        if narrow and not self.linked:
            self.link()
        if narrow == self.wide:
            self._first.set_shown(Shown.COLUMN if narrow else Shown.BOTH)
            self.head.display = not narrow
            self._searching.rows_changed()
        self._share_width()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Gives the keys to the side that was clicked."""
        tree = event.widget
        if isinstance(tree, PairTree):
            self.activate(tree)

    # The head

    def _head_line(self, width: int) -> Line:
        recorded, now = self.pair
        sides = self._first.sides
        left = left_of(width - 1) + 1
        one, other = self.made_by
        line = _side("recorded", one, recorded, len(sides.recorded), self._role(self._first))
        line = [*line, (" " * max(0, left - cell_len(plain(line))), "text"), ("│" if self.linked else " ", "quiet")]
        line += _side("now", other, now, len(sides.now), self._role(self._first if self.linked else self._second))
        word = " linked " if self.linked else " unlinked "
        gap = width - cell_len(plain(line)) - len(word)
        self.head.words = {word: ActionId.SYNC}
        return [*line, (" " * max(1, gap), "text"), (word, "dim" if self.linked else "accent")]

    def _role(self, tree: PairTree) -> str:
        return "here" if self.has_keys and not self.linked and tree is self.active else "title"


def _side(name: str, made_by: str, item: int, count: int, role: str) -> Line:
    line: Line = [(" ", "text"), (f" {made_by or name} ", role), (f" as {name}" if made_by else "", "dim")]
    if is_ask(item):
        return [*line, ("  not answered", "dim")]
    where = "–" if item == NONE else f"{item + 1:,}"
    return [*line, ("  event ", "dim"), (where, "text"), (f" of {count:,}", "dim")] if count else line
