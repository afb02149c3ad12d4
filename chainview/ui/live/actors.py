"""The actors of a family as a tree to choose from: how each is, how much it has recorded, what it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from chainview.chain.words.spans import fitting
from chainview.system.wording import plural, visible
from chainview.ui.feeds.roster import Roster, RosterMember
from chainview.ui.find.family_search import Tally
from chainview.ui.lines.line import Line, Span, Told, in_cells
from chainview.ui.lines.status import Badge, Figures, rate_text
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId

_LOOK_SECONDS = 0.5
_INDENT = 2
_GAP = 2
_SHORTEST_NAME = 16
_MOST_REMARKS = 5
_RIGHT = (False, True, True, True, True, False, False)
"""Which of the columns behind an actor's name stand to the right."""
_NOT_READ = (Badge.UNREAD, Badge.UNREADABLE)


@dataclass(frozen=True, slots=True)
class _Row:
    """What is said of an actor."""

    key: str
    name: str
    parts: list[Span]
    """What stands behind its name, a part a column, but for its build."""
    build: Told

    def columns(self, room: int) -> list[Span]:
        """All that stands behind its name, its build in so many cells."""
        forms, role = self.build
        *parts, doing = self.parts
        return [*parts, (visible(fitting(forms, max(room, cell_len(forms[-1])))), role), doing]


class Actors(Choices):
    """Enter chooses the actor under the cursor, whose key is the answer; the tree follows what happens meanwhile."""

    def __init__(
        self, roster: Roster, shown: str, keymap: KeyMap, tally: Callable[[], Tally | None] = lambda: None
    ) -> None:
        """`shown` is the key of the actor whose chain is on the screen, `tally` gives the hits of a search."""
        super().__init__("actors", shown, ActionId.ACTORS, "shows its chain", keymap)
        self._tally = tally
        self._roster = roster
        self._seen: list[_Row] = []
        self._told: list[Line] = []
        self._shown = shown

    def on_mount(self) -> None:
        """Looks again every so often."""
        super().on_mount()
        self.set_interval(_LOOK_SECONDS, self._paint)

    def look(self) -> None:
        """Takes every actor as it is now."""
        members = [(member, member.figures()) for member in self._roster.all()]
        self._seen = [
            _Row(member.key, self._called(member), self._parts(member, figures), figures.build)
            for member, figures in members
        ]
        self._told = self._summary(members)

    def keys(self) -> Sequence[str]:
        """The keys of the actors that were seen last."""
        return [row.key for row in self._seen]

    def told(self) -> Sequence[Line]:
        """How many there are of each kind."""
        return self._told

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each actor, as they were seen last."""
        width_of_name = max([cell_len(row.name) for row in self._seen], default=0)
        room = min(width_of_name, max(_SHORTEST_NAME, width * 2 // 5))
        parts = [
            max(cell_len(text) for text, _ in column) for column in zip(*[row.parts for row in self._seen], strict=True)
        ]
        left = width - room - sum([size + _GAP for size in parts if size]) - _GAP
        rows = [row.columns(left) for row in self._seen]
        sizes = [max(cell_len(text) for text, _ in column) for column in zip(*rows, strict=True)]
        return [(row.key, _line(row.name, shown, room, sizes)) for row, shown in zip(self._seen, rows, strict=True)]

    def _called(self, member: RosterMember) -> str:
        mark = "▸" if member.key == self._shown else " "
        return f"{mark} {' ' * (_INDENT * member.depth)}{member.number} {visible(member.title)}"

    def _parts(self, member: RosterMember, figures: Figures) -> list[Span]:
        """What stands behind an actor's name, a part a column."""
        glyph, _, word = figures.badge.text.partition(" ")
        errors, tally = self._roster.errors(member.number), self._tally()
        hits = None if tally is None else tally.counts.get(member.number)
        doing = f"in {visible(figures.running)}" if figures.running else visible(figures.reason)
        return [
            (f"{glyph} {word.lower()}", figures.badge.role),
            (plural(figures.events, "event") if figures.events or figures.badge not in _NOT_READ else "", "text"),
            ("" if figures.rate is None else rate_text(figures.rate), "dim"),
            (plural(errors, "error") if errors else "", "warn"),
            ("" if hits is None else plural(hits, "hit"), "key" if hits else "dim"),
            (doing, "dim"),
        ]

    def _summary(self, members: Sequence[tuple[RosterMember, Figures]]) -> list[Line]:
        """How many there are of each kind, and what there is to tell of them together."""
        kinds = Counter(figures.badge for _, figures in members)
        line: Line = [(plural(len(members), "actor"), "text")]
        for badge, count in kinds.items():
            line += [("  ", "text"), (f"{count:,} {badge.text.partition(' ')[2].lower()}", badge.role)]
        return [line, *[[(visible(remark), "warn")] for remark in self._roster.remarks[-_MOST_REMARKS:]]]


def _line(name: str, parts: Sequence[Span], room: int, sizes: Sequence[int]) -> Line:
    line: Line = [*in_cells([(name, "name")], room, "dim")]
    for (text, role), size, right in zip(parts, sizes, _RIGHT, strict=True):
        if size:
            blank = " " * (size - cell_len(text))
            line.append((f"  {blank}{text}" if right else f"  {text}{blank}", role))
    return line
