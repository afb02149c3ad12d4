"""Where the time went: what events took in their rows, the rate over the session, and a table of all functions."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from chainview.chain.stats.rate import Rate, sparkline
from chainview.chain.stats.report import (
    NO_TIMES,
    column_at,
    duration_words,
    head_words,
    rate_words,
    slow_lines,
    sorted_by,
    table_lines,
)
from chainview.chain.stats.statistics import Statistics
from chainview.chain.table import EventTable
from chainview.system.wording import plural
from chainview.ui.find.sought import Sought, beside
from chainview.ui.lines.line import Line, plain
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers

_EVENTS_A_LOOK = 20_000
_LOOK_SECONDS = 0.05
_EVENTS_A_STEP = 4000
_SLOWEST = 10
_SPARK_CELLS = 40


class TimeActions:
    """What the keys do that tell of time."""

    def __init__(self, screen: KeyedScreen, tree: ChainTree) -> None:
        self._screen = screen
        self._tree = tree
        self._rate = Rate()
        self._counted = 0

    def handlers(self) -> Handlers:
        """Durations in the rows, and the table."""
        return {ActionId.TIMES: self._toggle, ActionId.STATS: self._show_table}

    def _toggle(self) -> None:
        timed = not self._tree.timed
        self._tree.set_timed(timed)
        words = "what each event took stands in the place of its hash" if timed else "hashes are shown again"
        self._screen.say(words)

    def _show_table(self) -> None:
        table = self._tree.table
        if not len(table):
            self._screen.say("there are no events yet", "warning")
            return

        def chosen(answer: str | None) -> None:
            if answer:
                self._tree.move_to(int(answer) - 1 - table.dropped, centre=True)

        self._screen.app.push_screen(StatisticsBox(table, self._screen.keymap), chosen)

    def bottom_line(self, sought: Sought, width: int) -> Line:
        """What is sought, or else the rate over the session while rows tell of time, and where the cursor is."""
        where = self._where()
        if not self._tree.timed or sought.pattern or sought.filter:
            return beside(sought, where, width)
        rate: Line = [(" ", "text"), *self._rate_line()]
        gap = width - cell_len(plain(rate)) - cell_len(where)
        return [*rate, *([(" " * gap, "text"), (where, "dim")] if gap >= 0 else [])]

    def _where(self) -> str:
        cursor, table = self._tree.cursor, self._tree.table
        if cursor is None or cursor >= len(table):
            return ""
        folded = self._tree.folded_away
        hidden = f"{folded:,} folded away   " if folded else ""
        return f"{hidden}event {table.number(cursor):,} of {table.number(len(table) - 1):,} "

    def _rate_line(self) -> Line:
        table = self._tree.table
        first = max(0, self._counted - table.dropped)
        times, _ = table.times(first, min(len(table), first + _EVENTS_A_LOOK))
        self._rate.add(times)
        self._counted = table.dropped + first + len(times)
        if not self._rate.counts:
            return [(f"{NO_TIMES}   ", "dim")]
        shown = sparkline(self._rate.parts(_SPARK_CELLS))
        most = f" at most {self._rate.highest(_SPARK_CELLS):,.0f}/s"
        return [("rate ", "dim"), (shown, "accent"), (f"{most} over {duration_words(self._rate.lasted_ns)}   ", "dim")]


class StatisticsBox(Choices):
    """The slowest calls, one of which can be gone to, and time and size by function; counted while it is looked at."""

    def __init__(self, table: EventTable, keymap: KeyMap) -> None:
        super().__init__("slowest calls, time and size by function", "", ActionId.STATS, "goes to the call", keymap)
        self._statistics = Statistics(table)
        self._total = len(table)
        self._column = ""
        """The column that the table is sorted by; empty for the order in which it is counted."""

    def on_mount(self) -> None:
        """Begins to count."""
        super().on_mount()
        self._count()

    def _count(self) -> None:
        if self._statistics.step(_EVENTS_A_STEP):
            self.cursor = self.cursor or next(iter(self.keys()), "")
        else:
            self.set_timer(_LOOK_SECONDS, self._count)
        self._paint()

    def choices(self, width: int) -> Sequence[Choice]:
        """The slowest calls."""
        slowest = self._statistics.slowest[:_SLOWEST]
        lines = slow_lines(slowest, width) if slowest else []
        return [(str(slow.number), [(line, "text")]) for slow, line in zip(slowest, lines, strict=True)]

    def told(self) -> Sequence[Line]:
        """How much there is, the rate, and a table of every function."""
        figures, width = self._statistics, max(40, self.view.width)
        lines: list[Line] = []
        if figures.events < self._total:
            lines.append([(f"counted {figures.events:,} of {plural(self._total, 'event')}", "warn")])
        lines.append([(head_words(figures), "text")])
        rate = rate_words(figures, max(10, width - 24))
        lines += [[("rate  ", "dim"), (rate, "accent")] if rate else [(NO_TIMES, "dim")], []]
        functions = sorted_by(self._column, figures.functions) if self._column else figures.functions
        lines += [[(line, "text")] for line in table_lines(functions, width)]
        said = f"sorted by {self._column}" if self._column else "a click on the head of a column sorts by it"
        return [*lines, [(said, "dim")], []]

    def on_click(self, event: events.Click) -> None:
        """Sorts by a column whose head was clicked."""
        y = event.screen_y - self.view.content_region.y
        line = self.view.render_line(y).text if 0 <= y < self.view.size.height else ""
        column = column_at(line, event.screen_x - self.view.content_region.x)
        if column:
            event.stop()
            event.prevent_default()
            self._column = column
            self._paint()
