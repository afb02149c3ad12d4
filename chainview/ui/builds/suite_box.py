"""What the suite came to with the newest build, as a table that goes on while it runs."""

from __future__ import annotations

from rich.cells import cell_len

from chainview.chain.words.spans import middle_cut
from chainview.system.wording import visible
from chainview.ui.lines.line import Line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.overlays import Overlay
from chainview.workbench.rebuilding.suite_run import SuiteRun, SuiteState, SuiteTest, told_of

_LOOK_SECONDS = 0.3
_LONGEST_NAME = 40


class SuiteBox(Overlay):
    """The table: those that do not pass come first, each with its cause in a sentence."""

    def __init__(self, suite: SuiteRun, keymap: KeyMap) -> None:
        self._suite = suite
        self._shown: SuiteState | None = suite.state
        super().__init__(f"suite of {visible(suite.config.name)}", suite_lines(self._shown), keymap)

    def on_mount(self) -> None:
        """Goes on while the suite does."""
        super().on_mount()
        self.set_interval(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self._suite.state is not self._shown:
            self._shown = self._suite.state
            self._lines = suite_lines(self._shown)
            self._paint()


def suite_lines(state: SuiteState | None) -> list[Line]:
    """The table, what it comes to, and how it is left."""
    leave: Line = [("esc", "key"), (" goes back", "dim")]
    if state is None:
        return [[("the first new build goes through the suite", "text")], [], leave]
    role = "warn" if state.problem or state.failing else "text"
    lines: list[Line] = [[(f"build {state.build:,}: {visible(told_of(state))}", role)], []]
    if state.over and state.tests:
        names = max([cell_len(_name(each)) for each in state.tests])
        counts = max([len(f"{each.events:,}") for each in state.tests])
        lines += [_line(each, names, counts) for each in state.tests]
        lines.append([])
    return [*lines, *[[(visible(each), "dim")] for each in state.remarks], leave]


def _name(test: SuiteTest) -> str:
    return middle_cut(visible(test.name), _LONGEST_NAME)


def _line(test: SuiteTest, names: int, counts: int) -> Line:
    name = _name(test)
    said = f"  {visible(test.cause)}" if test.cause else ""
    return [
        (f"{name}{' ' * (names - cell_len(name))}  {test.events:>{counts},}  ", "name" if said else "text"),
        (test.outcome, "good" if test.passes else "bad"),
        (said, "text"),
    ]
