"""The Textual app: its screen, its themes, and what becomes of errors."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console, RenderableType
from textual import events
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from chainview.system.errors import ChainviewError, limit_met
from chainview.system.signals import ENDING_SCREENS
from chainview.system.streams import hears_someone
from chainview.system.wording import some_of
from chainview.ui.feeds.coming_sources import FollowedSource, PipeSource
from chainview.ui.feeds.file_sources import FileSource, FolderSource
from chainview.ui.feeds.replay_sources import FamilyReplaySource, ReplaySource
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.first_screen import FirstScreen, Says, showing_builds
from chainview.ui.inline import InlineApp
from chainview.ui.picker.kept_source import KeptSource
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.text_line import Severity
from chainview.ui.widgets.themes import ANSI, THEME_DEFAULTS, THEMES

if TYPE_CHECKING:
    from chainview.ui.family.merged_screen import MergedScreen
    from chainview.ui.feeds.feed import Feed
    from chainview.ui.feeds.sources import Source
    from chainview.ui.live.actor_screens import ActorScreens
    from chainview.ui.live.chain_screen import ChainScreen
    from chainview.ui.live.family_actions import ShowMerged
    from chainview.ui.live.links import ShowActor
    from chainview.ui.picker.picker_screen import PickerScreen
    from chainview.ui.replay.replay_screen import ReplayScreen
    from chainview.workbench.replay_thread import ReplayThread

_LOOK_AT_TERMINAL_SECONDS = 2.0
_CRASH_WIDTH = 200
_LOOK_AGAIN_SECONDS = 0.1


class ChainviewApp(InlineApp, inherit_bindings=False):
    """Shows one source. `failure` is why it had to end, `crash` the traceback of what went wrong inside."""

    TITLE = "chainview"
    CSS_PATH = "chainview.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        source: Source,
        keymap: KeyMap,
        theme: str,
        environ: Mapping[str, str] = os.environ,
        inline_rows: int = 0,
        *,
        returns: bool = False,
    ) -> None:
        """`returns` says that there is a list to go back to."""
        self.inline_rows = inline_rows
        no_color = bool(environ.get("NO_COLOR"))
        # Textual alone turns colours to greys under NO_COLOR; in the terminal's own palette it leaves them out.
        super().__init__(ansi_color=True if no_color else None)
        self.source = source
        """What is shown; once its chains come, and are those of several actors, what shows these."""
        self._coming = source if isinstance(source, PipeSource | FollowedSource) else None
        self.keymap = keymap
        self.failure: ChainviewError | None = None
        self.crash = ""
        self.ended_by: int | None = None
        """The signal that ended it."""
        self.chain_screen: ChainScreen | None = None
        for theme_ in THEMES:
            self.register_theme(theme_)
        self.theme = ANSI.name if no_color else theme
        self.returns = returns
        self.went_back = False
        """Whether it was left for the list that the source was chosen from."""
        self._told: set[str] = set()
        self._actors: ActorScreens | None = None
        self._again: ReplayThread | None = None
        """A replay that was begun to take the place of the one that is shown."""

    def get_default_screen(self) -> Screen[None]:
        """What the first frame shows."""
        return FirstScreen(self.keymap, self.source.scope, self.source.name)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables of our own, for as long as none of our themes is chosen."""
        return dict(THEME_DEFAULTS)

    def on_mount(self) -> None:
        """Listens to signals, and opens the source once the first frame is there."""
        loop = asyncio.get_running_loop()
        if self.handles_signals:
            for number in ENDING_SCREENS:
                loop.add_signal_handler(number, self._end_by, number)
            self.set_interval(_LOOK_AT_TERMINAL_SECONDS, self._end_without_terminal)
        self.call_after_refresh(self._open_source)

    handles_signals = False
    """Whether signals end the app; tests leave them alone."""

    def _end_by(self, number: int) -> None:
        self.ended_by = number
        self.exit()

    def _end_without_terminal(self) -> None:
        """A terminal may go without a SIGHUP, and Textual would then read its end for ever."""
        if not hears_someone():
            self._end_by(getattr(signal, "SIGHUP", signal.SIGTERM))

    # The source

    def _open_source(self) -> None:
        def work() -> None:
            if isinstance(self.source, LiveSource) and self.source.terminal is not None:
                from chainview.ui.panes.terminal_room import terminal_room

                self.source.terminal.expect(*terminal_room(*self.size))
            if isinstance(self.source, LiveSource):
                self.source.on_waiting = showing_builds(self, self.keymap, self.source)
            try:
                feed = self.source.open()
            except ChainviewError as error:
                if self.is_running:
                    self.call_from_thread(self._fail, error)
            else:
                # Loading the rest of the screen takes as long as the first frame did, so it is done here too.
                import chainview.ui.live.actor_screens

                if isinstance(self.source, LiveSource):
                    import chainview.ui.live.live_screen  # noqa: F401

                self.call_from_thread(self.call_later, self.begin, feed)

        self.run_worker(work, thread=True, name="open", exit_on_error=False)

    def on_unmount(self) -> None:
        """Lets the thread that opens the source come to an end."""
        self.source.abandon()

    def _fail(self, error: ChainviewError) -> None:
        self.failure = error
        self.exit()

    async def begin(self, feed: Feed | None) -> None:
        """Shows a feed on the chain's screen, or a replay on its own, which then gets the keys typed so far."""
        while len(self.screen_stack) > 1:
            # What was built, and what was shown over that.
            self.pop_screen()
        first = self.screen
        if isinstance(self.source, ReplaySource):
            from chainview.ui.replay.replay_screen import ReplayScreen

            await self.push_screen(ReplayScreen(self.keymap, self.source.replay, watch=self.source.look))
        elif isinstance(self.source, FamilyReplaySource):
            from chainview.ui.family_replay.family_screen import FamilyReplayScreen

            await self.push_screen(FamilyReplayScreen(self.keymap, self.source.replay))
        elif isinstance(self.source, KeptSource):
            from chainview.ui.picker.picker_screen import PickerScreen

            await self.push_screen(PickerScreen(self.source))
        elif feed is not None:
            await self._begin_chain(feed)
        if self.keymap.taken:
            self._say(f"{some_of(self.keymap.taken, 1)}: chainview config --check tells all of that", "warning")
        for event in first.typed if isinstance(first, FirstScreen) else ():
            self.screen.post_message(event)

    async def _begin_chain(self, feed: Feed) -> None:
        from chainview.ui.live.actor_screens import ActorScreens, screen_of

        anew = self._take_family()
        before, source = self.chain_screen, self.source
        while before is not None and self.screen is not before:
            self.pop_screen()
        screen = screen_of(self.keymap, source.first if anew and isinstance(source, FolderSource) else self.shown)
        self.chain_screen = screen
        await (self.push_screen(screen) if before is None else self.switch_screen(screen))
        if before is not None and isinstance(source, FileSource | FolderSource):
            screen.continue_from(before)
        screen.begin(feed)
        self._actors = self._actors or ActorScreens(self, self.keymap)
        if isinstance(source, FolderSource) and before is not None and not anew:
            await self._actors.replaced(screen)
        elif isinstance(source, FolderSource):
            await self._actors.begin(source, source.first, screen)
            source.roster.begin()
        elif isinstance(source, LiveSource):
            await self._actors.begin(source, source, screen)
        if before is None and isinstance(source, LiveSource) and source.first is not None:
            from chainview.ui.live.live_screen import LiveScreen

            assert isinstance(screen, LiveScreen)
            screen.show_replay(source.first(), None)

    def _take_family(self) -> bool:
        """Whether the chains that come are shown by another source from now on, which is that of their actors."""
        family = None if self._coming is None else self._coming.family
        if family is None or family is self.source:
            return False
        self.source = family
        return True

    @property
    def shown(self) -> Source:
        """What is on the screen: the source, or of a folder the file of the actor that is shown."""
        if not isinstance(self.source, FolderSource):
            return self.source
        return self.source.first if self._actors is None else self._actors.shown or self.source.first

    async def on_show_actor(self, event: ShowActor) -> None:
        """Shows another actor of the family."""
        await self._show_actor(event.key, event.number, event.says)

    async def _show_actor(self, key: str | None, number: int | None, says: str = "") -> None:
        assert self._actors is not None
        try:
            screen = await self._actors.show(key, number)
        except ChainviewError as error:
            self._say(error.sentence, "warning")
            return
        if screen is None:
            self._say("no other actor was shown before")
        else:
            self.chain_screen = screen
            if says:
                screen.say(says)

    async def on_show_merged(self, event: ShowMerged) -> None:
        """Shows the events of all actors of the family."""
        assert self._actors is not None
        await self._actors.show_merged(event.number, event.event)

    async def on_merged_screen_chosen(self, event: MergedScreen.Chosen) -> None:
        """Shows an event in the chain of its actor."""
        self.on_merged_screen_left()
        await self._show_actor(event.key, event.number)

    def on_merged_screen_left(self) -> None:
        """Shows the actor again that was shown before all of them."""
        while self.chain_screen is not None and self.screen is not self.chain_screen:
            self.pop_screen()

    def on_replay_screen_unusable(self, event: ReplayScreen.Unusable) -> None:
        """Ends with why nothing can be shown."""
        self._fail(event.failure)

    def on_replay_screen_again(self) -> None:
        """Runs the replay that is shown once more."""
        if isinstance(self.source, ReplaySource) and self._again is None:
            self._again = self.source.once_more()
            self.call_later(self._look_at_again)

    async def _look_at_again(self) -> None:
        """Shows the replay that was begun in the place of the one before, which stays where there is nothing to run."""
        from chainview.ui.replay.replay_screen import ReplayScreen

        source, replay, before = self.source, self._again, self.screen
        assert isinstance(source, ReplaySource)
        assert replay is not None
        failure = replay.progress.failure
        if failure is None and (replay.begun is None or not isinstance(before, ReplayScreen)):
            self.set_timer(_LOOK_AGAIN_SECONDS, self._look_at_again)
            return
        self._again = None
        if failure is not None:
            for shown in self.screen_stack:
                if isinstance(shown, ReplayScreen):
                    shown.stay(failure)
            ended = replay
        else:
            assert isinstance(before, ReplayScreen)
            ended = source.go_on_with(replay)
            screen = ReplayScreen(self.keymap, replay, watch=source.look)
            await self.switch_screen(screen)
            screen.continue_from(before)
        self.run_worker(ended.close, thread=True, name="again", exit_on_error=False)

    def on_picker_screen_picked(self, event: PickerScreen.Picked) -> None:
        """Ends with the chain that was chosen, which is opened then."""
        if isinstance(self.source, KeptSource):
            self.source.chosen = event.chain
        self.exit()

    def on_start_afresh(self) -> None:
        """Begins the source anew on a screen of its own."""
        if isinstance(self.source, LiveSource):
            self._begin_again(self.source.afresh, "can't start afresh", "The actor before goes on.")

    def on_go_back(self) -> None:
        """Ends, so that the list is shown again that the source was chosen from."""
        self.went_back = self.returns
        if self.returns:
            self.exit()

    def on_reopen(self) -> None:
        """Shows what has the file's name now."""
        shown = self._coming if isinstance(self._coming, FollowedSource) else self.shown
        if isinstance(shown, FileSource | FollowedSource):
            self._begin_again(shown.again, "can't open it again", "What was read before is still shown.")

    def _begin_again(self, open_: Callable[[], Feed], title: str, otherwise: str) -> None:
        """Shows another feed on a screen of its own, or why there is none."""

        def work() -> None:
            from chainview.ui.widgets.overlays import MessageBox

            try:
                feed = open_()
            except ChainviewError as error:
                self.call_from_thread(self.push_screen, MessageBox(title, f"{error.sentence}\n\n{otherwise}"))
            else:
                self.call_from_thread(self.call_later, self._begin_chain, feed)

        self.run_worker(work, thread=True, name="again", exclusive=True, exit_on_error=False)

    def _say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message on the uppermost screen that has a line for it: what lies over a screen covers none."""
        screen = next((each for each in reversed(self.screen_stack) if isinstance(each, Says)), None)
        if screen is not None:
            screen.say(text, severity)

    def on_keyed_screen_mouse_asked_for(self) -> None:
        """Leaves the mouse to the terminal, or takes it back."""
        from chainview.ui.driver import TerminalDriver

        driver = self._driver
        if not isinstance(driver, TerminalDriver):
            self._say("this terminal keeps the mouse as it is", "warning")
            return
        driver.take_mouse(not driver.takes_mouse)
        key = self.keymap.key(ActionId.MOUSE) or "the command palette"
        lent = f"the mouse is the terminal's, to select text with: {key} takes it back"
        self._say("the mouse is chainview's again" if driver.takes_mouse else lent)

    # Keys that mean the same wherever they are pressed

    def on_key(self, event: events.Key) -> None:
        """^c explains, ^z suspends and ^q quits also where an overlay takes the other keys."""
        if event.key == "ctrl+c":
            chain = self.chain_screen if self.chain_screen is self.screen else None
            typed = chain is not None and chain.prompt.purpose is not None
            self._say(self.keymap.how_to_end(running=chain is not None and chain.now().running, typed=typed))
        elif event.key == "ctrl+z":
            self.action_suspend_process()
        elif event.key == "ctrl+q":
            self.exit()

    # Errors

    def show_error(self, title: str, text: str) -> None:
        """A message that stays until it is closed; each is shown once."""
        from chainview.ui.widgets.overlays import MessageBox

        if text not in self._told:
            self._told.add(text)
            self.push_screen(MessageBox(title, text))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error in a worker becomes a message."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            sentence = error.sentence if isinstance(error, ChainviewError) else f"{type(error).__name__}: {error}"
            self.show_error("something went wrong", sentence)

    def _fatal_error(self) -> None:
        """Ends the app on an error of its own; Textual would print its traceback over the user's terminal."""
        self.fail(sys.exception())
        self._close_messages_no_wait()

    def fail(self, error: BaseException | None) -> None:
        """Keeps why it had to end: the limit of the system that was met, or else what went wrong inside."""
        limit = None if error is None else limit_met(error)
        self.failure = self.failure or limit
        self.crash = self.crash or ("" if limit else "".join(traceback.format_exception(error)))

    def panic(self, *renderables: RenderableType) -> None:
        """Ends the app on an error in Textual's input thread, or in what it prints at its end."""
        if not self.crash:
            console = Console(file=StringIO(), width=_CRASH_WIDTH, color_system=None)
            console.print(*renderables, sep="\n", markup=False, highlight=False)
            assert isinstance(console.file, StringIO)
            self.crash = console.file.getvalue()
        self._close_messages_no_wait()
