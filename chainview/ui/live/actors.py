"""The actors of a family as a tree to choose from: how each is, how much it has recorded, what it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events

from chainview.system.wording import plural, visible
from chainview.ui.feeds.roster import Roster, RosterMember
from chainview.ui.find.family_search import Tally
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, Span, in_cells
from chainview.ui.lines.status import Badge, Figures, rate_text
from chainview.ui.widgets.keys import ActionId, KeyMap
from chainview.ui.widgets.overlays import Overlay

_LOOK_SECONDS = 0.5
_INDENT = 2
_SHORTEST_NAME = 16
_MOST_REMARKS = 5
_RIGHT = (False, True, True, True, True, False, False)
"""Which of the columns behind an actor's name stand to the right."""
_NOT_READ = (Badge.UNREAD, Badge.UNREADABLE)
_ESC: Line = [("esc", "key"), (" goes back", "dim")]


@dataclass(frozen=True, slots=True)
class _Row:
    """What is said of an actor."""

    key: str
    name: str
    parts: list[Span]


class Actors(Overlay):
    """Enter chooses the actor under the cursor, whose key is the answer; the tree follows what happens meanwhile."""

    def __init__(
        self, roster: Roster, shown: str, keymap: KeyMap, tally: Callable[[], Tally | None] = lambda: None
    ) -> None:
        """`shown` is the key of the actor whose chain is on the screen, `tally` gives the hits of a search."""
        super().__init__("actors", [], keymap)
        self._tally = tally
        self._roster = roster
        self._seen: list[_Row] = []
        self._told: list[Line] = []
        self._shown = self.cursor = shown
        """The key of the actor under the cursor."""

    def on_mount(self) -> None:
        """Looks again every so often."""
        super().on_mount()
        self.set_interval(_LOOK_SECONDS, self._paint)

    def rows(self, width: int, *, look: bool = True) -> list[Line]:
        """A line for each actor, what there is to say of all of them, and what the keys do.

        Without a `look` at them as they are now it is what was seen last, which only the cursor moves in.
        """
        if look or not self._seen:
            members = [(member, member.figures()) for member in self._roster.all()]
            self._seen = [
                _Row(member.key, self._called(member), self._parts(member, figures)) for member, figures in members
            ]
            self._told = self._summary(members)
        width_of_name = max([cell_len(row.name) for row in self._seen], default=0)
        room = min(width_of_name, max(_SHORTEST_NAME, width * 2 // 5))
        columns = zip(*[row.parts for row in self._seen], strict=True)
        sizes = [max(cell_len(text) for text, _ in column) for column in columns]
        rows = [self._line(row, room, sizes, width) for row in self._seen]
        return [*rows, [], *self._told, [("enter", "key"), (" shows its chain   ", "dim"), *_ESC]]

    def _line(self, row: _Row, room: int, sizes: Sequence[int], width: int) -> Line:
        here = row.key == self.cursor
        line: Line = [*in_cells([(row.name, "here" if here else "name")], room, "here" if here else "dim")]
        for (text, role), size, right in zip(row.parts, sizes, _RIGHT, strict=True):
            if size:
                blank = " " * (size - cell_len(text))
                line.append((f"  {blank}{text}" if right else f"  {text}{blank}", "here" if here else role))
        return in_cells(line, width, "here" if here else "dim")

    def _called(self, member: RosterMember) -> str:
        mark = "▸" if member.key == self._shown else " "
        return f"{mark} {' ' * (_INDENT * member.depth)}{member.number} {visible(member.title)}"

    def _parts(self, member: RosterMember, figures: Figures) -> list[Span]:
        """What stands behind an actor's name, a part a column."""
        glyph, _, word = figures.badge.text.partition(" ")
        errors, tally = self._roster.errors(member.number), self._tally()
        hits = None if tally is None else tally.counts.get(member.number)
        build = visible(figures.build[0]).partition(":")[0].partition(",")[0]
        doing = f"in {visible(figures.running)}" if figures.running else visible(figures.reason)
        return [
            (f"{glyph} {word.lower()}", figures.badge.role),
            (plural(figures.events, "event") if figures.events or figures.badge not in _NOT_READ else "", "text"),
            ("" if figures.rate is None else rate_text(figures.rate), "dim"),
            (plural(errors, "error") if errors else "", "warn"),
            ("" if hits is None else plural(hits, "hit"), "key" if hits else "dim"),
            (build, figures.build[1]),
            (doing, "dim"),
        ]

    def _summary(self, members: Sequence[tuple[RosterMember, Figures]]) -> list[Line]:
        """How many there are of each kind, and what there is to tell of them together."""
        kinds = Counter(figures.badge for _, figures in members)
        line: Line = [(plural(len(members), "actor"), "text")]
        for badge, count in kinds.items():
            line += [("  ", "text"), (f"{count:,} {badge.text.partition(' ')[2].lower()}", badge.role)]
        return [line, *[[(visible(remark), "warn")] for remark in self._roster.remarks[-_MOST_REMARKS:]]]

    def _paint(self, *, look: bool = True) -> None:
        width = max(20, self.view.width)
        rows = self.rows(width, look=look)
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
        keys = [row.key for row in self._seen]
        return keys.index(self.cursor) if self.cursor in keys else 0

    def _move(self, to: Callable[[int, int], int]) -> None:
        """Moves the cursor to where `to` says, from its place and the number of the last actor."""
        at = max(0, min(to(self._at(), len(self._seen) - 1), len(self._seen) - 1))
        if self._seen:
            self.cursor = self._seen[at].key
            self._paint(look=False)

    def clicked(self, row: int) -> None:
        """Chooses the actor that was clicked."""
        if row < len(self._seen):
            self.dismiss(self._seen[row].key)
        else:
            super().clicked(row)

    def answer(self, key: str) -> None:
        """Chooses the actor under the cursor, or closes."""
        if key == "enter":
            self.dismiss(self.cursor)
        else:
            super().answer(key)

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
