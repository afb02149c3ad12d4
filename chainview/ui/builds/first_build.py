"""The screen before there is a module: what the command says that builds it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult

from chainview.actor.session.status import SessionLike
from chainview.ui.builds.build_pane import BuildPane
from chainview.ui.builds.build_words import attempt_told
from chainview.ui.builds.workshop_actions import error_actions
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.lines.line import UNTOLD, Line
from chainview.ui.lines.status import Figures, status_line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import Action, ActionId, Scope
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.rebuilding.builder import Builder

_TICK_SECONDS = 0.1
_MOVES = (
    ActionId.CURSOR_DOWN,
    ActionId.CURSOR_UP,
    ActionId.PAGE_DOWN,
    ActionId.PAGE_UP,
    ActionId.HALF_DOWN,
    ActionId.HALF_UP,
    ActionId.TOP,
    ActionId.END,
)


async def show_builds(app: App[None], keymap: KeyMap, source: LiveSource[SessionLike]) -> None:
    """Shows what is built, as long as an app has nothing else of a source to show."""
    builder = None if source.workshop is None else source.workshop.builder
    if builder is not None and not isinstance(app.screen, FirstBuildScreen):
        await app.push_screen(FirstBuildScreen(keymap, builder))


class FirstBuildScreen(KeyedScreen):
    """Shows the builds until one can be run; the app takes it away then."""

    def __init__(self, keymap: KeyMap, builder: Builder) -> None:
        super().__init__(keymap, Scope.LIVE)
        self._builder = builder
        self.pane = BuildPane(builder, shown=True)
        self._status = TextLine(self._status_line, id="status")
        self._line = TextLine(self._bottom_line, id="line")
        moves = self.pane.moves()
        self.handlers = {
            **self.common_handlers(),
            **{each: moves[each] for each in _MOVES},
            **error_actions(self, builder).handlers(),
            ActionId.BUILD_NOW: builder.build_now,
        }

    def compose(self) -> ComposeResult:
        """Status, what the command says, the bottom line, the footer."""
        yield self._status
        yield self.pane
        yield self.prompt
        yield self._line
        yield self.footer

    def on_mount(self) -> None:
        """Begins to look."""
        self.tick_on()

    def tick(self) -> float:
        """Shows what was said since."""
        self.pane.look()
        self.repaint_lines()
        return _TICK_SECONDS

    @property
    def lines(self) -> Sequence[TextLine]:
        """Status, bottom line, footer."""
        return (self._status, self._line, self.footer)

    def _status_line(self, width: int) -> Line:
        attempt, trouble = self._builder.attempt, self._builder.trouble
        told = UNTOLD if attempt is None else attempt_told(attempt)
        if self._builder.refused and attempt is not None and attempt.stage.over:
            told = ("✖ built, but it can't be used", "✖ it can't be used"), "bad"
        return status_line(Figures(build=told, watch=(trouble.short, "warn")), width)

    def _bottom_line(self, width: int) -> Line:
        if self.notice.line:
            return self.notice.line
        if self._builder.refused:
            return [(" the module can't be used, as is told above; each save builds anew", "warn")]
        return [(" the actor begins once it is built; each save builds anew", "dim")]

    def useful_keys(self) -> list[tuple[ActionId, str]]:
        """Help, and the place of the first error where there is one."""
        errors = [(ActionId.SOURCE, "open the error")] if self._builder.output.places else []
        return [(ActionId.HELP, "help"), *errors, (ActionId.QUIT, "quit"), (ActionId.PALETTE, "commands")]

    def without_meaning(self, action: Action) -> str:
        """Everything else needs the actor."""
        return "there is no actor yet: it begins once it is built"
