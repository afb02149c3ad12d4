"""What the keys do with the build command, the builds of the session and the suite, and what is told of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from chainview.chain.event import Frame
from chainview.system.errors import ChainviewError
from chainview.ui.builds.build_pane import BuildPane
from chainview.ui.builds.build_words import told_in
from chainview.ui.builds.builds_list import BETWEEN, BuildsList
from chainview.ui.builds.suite_box import SuiteBox
from chainview.ui.find.frames import FrameActions, Stacks
from chainview.ui.lines.status import Figures
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handler, Handlers
from chainview.workbench.rebuilding.attempt import Attempt
from chainview.workbench.rebuilding.builder import Builder

if TYPE_CHECKING:
    from chainview.workbench.rebuilding.workshop import Workshop
    from chainview.workbench.replay_thread import ReplayThread

Done = Awaitable[None] | None
_NO_COMMAND = "nothing is built here: chainview run ACTOR --build CMD builds when sources are saved"


class WorkshopActions:
    """What goes on beside an actor, on its screen; `show` shows a replay over that."""

    def __init__(self, screen: KeyedScreen, workshop: Workshop | None, show: Callable[[ReplayThread], None]) -> None:
        self._screen, self._workshop, self._show = screen, workshop, show
        builder = None if workshop is None else workshop.builder
        self.pane = None if builder is None else BuildPane(builder)
        self._said = ""
        """What was said of the watch of the sources."""
        self._notice: object = None
        """What was said of the build that failed last."""

    def handlers(self, others: Handlers, give_way: Callable[[], bool]) -> Handlers:
        """The keys of builds and suite, and those of `others` that move in the pane while that has them.

        `give_way` takes the keys from what has them before the pane is next, and tells whether it is.
        """
        own: Handlers = {
            ActionId.BUILD_OUTPUT: self._toggle,
            ActionId.BUILD_NOW: self._build_now,
            ActionId.BUILDS: self._list,
            ActionId.SUITE: self._show_suite,
        }
        pane = self.pane
        if pane is None:
            return {**others, **own}
        moves = pane.moves()
        moving = {each: _either(pane, moves[each], others[each]) for each in moves}
        errors = error_actions(self._screen, pane.builder).handlers()[ActionId.SOURCE]

        def open_source() -> Done:
            return errors() if self.has_places else others[ActionId.SOURCE]()

        def to_next_pane() -> Done:
            if pane.active or not pane.display or not give_way():
                return moving[ActionId.PANE_NEXT]()
            pane.set_active(True)
            return None

        return {**others, **own, **moving, ActionId.SOURCE: open_source, ActionId.PANE_NEXT: to_next_pane}

    @property
    def failed(self) -> bool:
        """Whether the last build failed."""
        attempt = self._attempt
        return attempt is not None and attempt.stage.is_failure

    @property
    def has_places(self) -> bool:
        """Whether errors of the build are shown whose files can be opened."""
        return self.pane is not None and bool(self.pane.display and self.pane.builder.output.places)

    @property
    def _attempt(self) -> Attempt | None:
        return None if self.pane is None else self.pane.builder.attempt

    def look(self) -> None:
        """Shows what the command has said since."""
        if self.pane is not None:
            ended = self.pane.look()
            if ended is not None and ended.stage.is_failure:
                self._screen.say(self._failed_told(ended), "error")
                self._notice = self._screen.notice
            elif ended is not None and self._notice is self._screen.notice:
                self._screen.unsay()

    def _failed_told(self, ended: Attempt) -> str:
        keys = self._screen.keymap
        opens = f"; {keys.key(ActionId.SOURCE) or 'source'} leads to it" if self.has_places else ""
        return f"{ended.forms[0]}{opens}, {keys.key(ActionId.BUILD_OUTPUT) or 'build output'} hides what it said"

    def told_in(self, figures: Figures) -> Figures:
        """The figures, with what the build command and the suite are at; says once what is amiss with the watch."""
        workshop = self._workshop
        if workshop is None:
            return figures
        if workshop.builder is not None:
            trouble = workshop.builder.trouble
            if trouble.sentence != self._said:
                self._said = trouble.sentence
                if trouble.sentence:
                    self._screen.say(trouble.sentence, "warning")
            if trouble.short and not figures.watch[0]:
                figures = replace(figures, watch=(trouble.short, "warn"))
        return told_in(figures, self._attempt, None if workshop.suite is None else workshop.suite.state)

    def _toggle(self) -> None:
        if self.pane is None:
            self._screen.say(_NO_COMMAND, "warning")
        else:
            self.pane.show(not self.pane.display)

    def _build_now(self) -> None:
        if self.pane is None:
            self._screen.say(_NO_COMMAND, "warning")
        else:
            self.pane.builder.build_now()

    def _show_suite(self) -> None:
        workshop = self._workshop
        if workshop is not None and workshop.suite is not None:
            self._screen.app.push_screen(SuiteBox(workshop.suite, self._screen.keymap))
        else:
            self._screen.say("" if workshop is None else workshop.without_suite, "warning")

    def _list(self) -> None:
        workshop = self._workshop
        if workshop is None or not workshop.builds.all():
            self._screen.say("no build is known here", "warning")
            return

        def chosen(answer: str | None) -> None:
            if answer:
                self._look_at(workshop, *answer.split(BETWEEN))

        self._screen.app.push_screen(BuildsList(workshop.builds, self._screen.keymap), chosen)

    def _look_at(self, workshop: Workshop, key: str, other: str = "") -> None:
        try:
            replay = workshop.builds.against(key, other) if other else workshop.builds.replay(key)
        except ChainviewError as error:
            self._screen.say(error.sentence, "warning")
        else:
            self._show(replay)


def error_actions(screen: KeyedScreen, builder: Builder) -> FrameActions:
    """Shows where the errors of the last build stand, and opens the file of the one that is chosen."""

    def errors() -> Stacks:
        places = builder.output.places
        return [("", [Frame(each.says, f"{each.path(builder.folder)}:{each.line}") for each in places])]

    return FrameActions(screen, errors, "errors", "no error of the build tells its file")


def _either(pane: BuildPane, move: Callable[[], None], other: Handler) -> Handler:
    return lambda: move() if pane.active else other()
