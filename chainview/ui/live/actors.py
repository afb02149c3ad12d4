"""The actors of a family as a tree to choose from: how each is, how much it has recorded, what it does."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from chainview.system.wording import visible
from chainview.ui.feeds.roster import Roster, RosterMember
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, in_cells
from chainview.ui.lines.status import rate_text
from chainview.ui.widgets.keys import ActionId, KeyMap
from chainview.ui.widgets.overlays import Overlay

_LOOK_SECONDS = 0.5
_INDENT = 2
_NAME_CELLS = 24


class Actors(Overlay):
    """Enter chooses the actor under the cursor, whose key is the answer; the tree follows what happens meanwhile."""

    def __init__(self, roster: Roster, shown: str, keymap: KeyMap) -> None:
        """`shown` is the key of the actor whose chain is on the screen."""
        super().__init__("actors", [], keymap)
        self._roster = roster
        self._shown = self.cursor = shown
        """The key of the actor under the cursor."""

    def on_mount(self) -> None:
        """Looks again every so often."""
        super().on_mount()
        self.set_interval(_LOOK_SECONDS, self._paint)

    def rows(self, width: int) -> list[Line]:
        """A line for each actor, and what the keys do."""
        rows = [self._row(member, width) for member in self._roster.all()]
        return [*rows, [], [("enter", "key"), (" shows its chain   ", "dim"), ("esc", "key"), (" goes back", "dim")]]

    def _row(self, member: RosterMember, width: int) -> Line:
        figures = member.figures()
        here = member.key == self.cursor
        mark = "▸" if member.key == self._shown else " "
        name = f"{' ' * (_INDENT * member.depth)}{member.number} {visible(member.title)}"
        glyph, _, word = figures.badge.text.partition(" ")
        rate = "" if figures.rate is None else rate_text(figures.rate)
        doing = f"in {visible(figures.running)}" if figures.running else visible(figures.reason)
        build = visible(figures.build[0]).partition(":")[0].partition(",")[0]
        text = f"{mark} {name:<{_NAME_CELLS}}"
        line: Line = [
            (text, "here" if here else "name"),
            (f" {glyph} {word.lower():<9}", "here" if here else figures.badge.role),
            (f"{figures.events:>9,} events {rate:>8}  ", "here" if here else "text"),
            (f"{build}  " if build else "", figures.build[1]),
            (doing, "here" if here else "dim"),
        ]
        return in_cells(line, width, "dim")

    def _paint(self) -> None:
        width = max(20, self.view.width)
        rows = self.rows(width)
        self.view.styles.height = min(len(rows), max(3, int(self.size.height * 0.9) - 2))
        self.view.show([Fixed(*rows)], keep_scroll=True)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        at, top, height = self._at(), self.view.scroll_offset.y, max(1, self.view.size.height)
        if at < top:
            self.view.scroll_lines(at - top)
        elif at >= top + height:
            self.view.scroll_lines(at - top - height + 1)

    def _at(self) -> int:
        keys = [each.key for each in self._roster.all()]
        return keys.index(self.cursor) if self.cursor in keys else 0

    def _move(self, to: Callable[[int, int], int]) -> None:
        """Moves the cursor to where `to` says, from its place and the number of the last actor."""
        members = self._roster.all()
        at = max(0, min(to(self._at(), len(members) - 1), len(members) - 1))
        self.cursor = members[at].key
        self._paint()

    def pressed(self, event: events.Key) -> None:
        """Moves, chooses or closes."""
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self._keymap.action_for(typed, event.key)
        name = None if action is None else action.id
        page = max(1, self.view.size.height - 1)
        moves: dict[ActionId, Callable[[int, int], int]] = {
            ActionId.CURSOR_DOWN: lambda at, last: at + 1,
            ActionId.CURSOR_UP: lambda at, last: at - 1,
            ActionId.PAGE_DOWN: lambda at, last: at + page,
            ActionId.PAGE_UP: lambda at, last: at - page,
            ActionId.TOP: lambda at, last: 0,
            ActionId.END: lambda at, last: last,
        }
        if event.key == "enter":
            self.dismiss(self.cursor)
        elif name in moves:
            self._move(moves[name])
        elif name is ActionId.ACTORS:
            self.dismiss(None)
        else:
            super().pressed(event)
