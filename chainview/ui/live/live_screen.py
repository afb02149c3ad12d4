"""The screen of a running actor: its chain, what it can be made to do, its new builds, and replays of what it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult

from chainview.actor.session.status import SessionLike
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native.rescue import Loss
from chainview.system.files.locations import history_file
from chainview.system.wording import visible
from chainview.ui.builds.choosing import BuildActions
from chainview.ui.builds.workshop_actions import WorkshopActions
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.feeds.sources import LiveSource, MemberSource
from chainview.ui.lines.status import Badge, Figures
from chainview.ui.live.call_prompt import CallHistory, CallPurpose
from chainview.ui.live.chain_screen import ChainScreen
from chainview.ui.live.family_builds import FamilyBuilds
from chainview.ui.live.pace import TYPED_SECONDS
from chainview.ui.live.terminal_pane import TERMINAL_ACTIONS, TerminalActions, TerminalPane
from chainview.ui.prompts.new_test_prompt import NewTestPurpose, proposed_name
from chainview.ui.widgets.footer import Now
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import MessageBox, Question

if TYPE_CHECKING:
    from chainview.workbench.replay_thread import ReplayThread


class LiveScreen(ChainScreen):
    """Shows the chain of a session that was opened, and takes the keys."""

    def __init__(
        self,
        keymap: KeyMap,
        source: LiveSource[SessionLike] | MemberSource,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(keymap, source, clock)
        assert source.session is not None
        self._source = source
        self._actor = ActorActions(self, source.session)
        self._builds = BuildActions(self, source.newest_build)
        self._others = FamilyBuilds(self, source)
        self.workshop = WorkshopActions(
            self, source.workshop, lambda replay: self.show_replay(replay, source.newest_build)
        )
        self.terminal = None if source.terminal is None else TerminalPane(source.terminal)
        self._typing = None if self.terminal is None else TerminalActions(self, self.terminal)
        self.handlers = {
            **self.handlers,
            **self._actor.handlers(),
            **self._builds.handlers(),
            **(dict.fromkeys(TERMINAL_ACTIONS, self._no_terminal) if self._typing is None else self._typing.handlers()),
            ActionId.REPLAY: self._replay,
            ActionId.CALL_INTERRUPT: self._interrupt,
            ActionId.AS_TEST: self._as_test,
        }
        self.handlers = self.workshop.handlers(self.handlers, self._details_give_way)

    def beside(self) -> ComposeResult:
        """What the build command says, and the terminal of the actors, below the chain."""
        if self.workshop.pane is not None:
            yield self.workshop.pane
        if self.terminal is not None:
            yield self.terminal

    async def on_key(self, event: events.Key) -> None:
        """What is typed into a terminal that takes each key goes there."""
        if self._typing is not None and self._typing.takes(event):
            event.stop()
            event.prevent_default()
            self.footer.update()
        else:
            await super().on_key(event)

    def _details_give_way(self) -> bool:
        """Takes the keys from the details, where those have them or are not shown; whether it is so."""
        gives = self.details.active or not self.details.display
        self.details.set_active(False)
        return gives

    def typing_keys(self) -> Sequence[tuple[str, str]]:
        """Also while each key goes to the actor: only one of them ends that."""
        if self.terminal is not None and self.terminal.active:
            return (("^]", "end typing: every other key goes to the actor"),)
        return super().typing_keys()

    def now(self) -> Now:
        """What the screen is doing, as far as the footer depends on it."""
        found = replace(super().now(), terminal=self._is_listened, other_build_waits=self._others.wait)
        found = replace(found, build_failed=self.workshop.failed, build_places=self.workshop.has_places)
        return replace(found, checking=self._builds.checked_now, build_withdrawn=self._builds.withdrawn)

    def tick(self) -> float:
        """Takes what has come, and shows what the actors wrote to their terminal."""
        if self.terminal is not None and self._typing is not None:
            self.terminal.look()
            self._typing.go_on()
        self.workshop.look()
        wait = super().tick()
        return min(wait, TYPED_SECONDS) if self._is_listened else wait

    @property
    def _is_listened(self) -> bool:
        """Whether an actor takes what is typed into its terminal."""
        return self.terminal is not None and self.terminal.terminal.listened

    def figures_came(self, figures: Figures) -> None:
        """Shows what the status line tells now, and what the session warns of."""
        self._source.look_for_builds()
        super().figures_came(self.workshop.told_in(self._others.told_in(figures)))
        self._builds.newest = self._source.newest_build
        self._others.figures_came()
        self._actor.figures_came(figures)
        self._builds.figures_came()

    def note_came(self, note: Note) -> None:
        """Shows a note between the events, and tells what can be done about a build."""
        super().note_came(note)
        self._builds.note_came(note)

    def _interrupt(self) -> None:
        """Ends what runs: the call, and where there is none, the check of a new build."""
        if not self._actor.interrupt() and not self._builds.stop_check():
            self.say("no call is running", "warning")

    def _no_terminal(self) -> None:
        self.say("this actor has no terminal here", "warning")

    def _as_test(self) -> None:
        from chainview.suite.adding.recorded import ToAdd

        session = self._source.session
        assert session is not None
        chain = session.family_folder or session.chain_path
        if chain is None or not len(self.chain_tree.table):
            self.say("there is nothing to test yet", "warning")
            return
        running = any(not each.status().phase.over for each in self._source.sessions())
        name = proposed_name(session.status().actor.partition(".")[0])
        self.ask(NewTestPurpose(self, ToAdd(chain, running=running)), name)

    def _replay(self) -> None:
        if not self._others.show_where():
            self.replay_own()

    def replay_own(self) -> None:
        """Shows a replay of the chain on this screen."""
        replay = self._source.replayed() if len(self.chain_tree.table) else None
        if replay is None:
            self.say("there is nothing to replay yet", "warning")
        else:
            self.show_replay(replay, self._source.newest_build)

    def show_replay(self, replay: ReplayThread, newest: NewestBuild | None) -> None:
        """Begins a replay and shows it over this screen; what is accepted there may be what a build waited for."""
        from chainview.ui.replay.replay_screen import ReplayScreen

        def returned(_: None) -> None:
            if replay.accepted and newest is not None:
                newest.judge_again()

        replay.start()
        self.app.push_screen(ReplayScreen(self.keymap, replay, returns=True), returned)


class ActorActions:
    """What the live screen can make the actor do, and what it says of its own."""

    def __init__(self, screen: KeyedScreen, session: SessionLike) -> None:
        self._screen = screen
        self._session = session
        self._purpose = CallPurpose(screen, session, CallHistory(history_file()))
        self._warned = self._rescued = 0
        self._failed = False
        self._lost: Loss | None = None
        self._asked: Question | None = None
        """What is to become of a chain file that is lost."""

    def handlers(self) -> Handlers:
        """What the actor's keys do."""
        return {
            ActionId.CALL: self._call,
            ActionId.ACTOR_PAUSE: self._pause,
            ActionId.ACTOR_STOP: self._stop,
        }

    def figures_came(self, figures: Figures) -> None:
        """Shows the session's warnings as they come, and why it failed, once."""
        for warning in self._session.warnings[self._warned :]:
            self._screen.say(warning, "warning")
            self._warned += 1
        for sentence in self._session.rescues[self._rescued :]:
            self._screen.interrupt(MessageBox("the chain was written again", visible(sentence)))
            self._rescued += 1
        loss = self._session.loss
        if loss != self._lost:
            self._lost = loss
            self._ask_rescue(loss)
        if figures.badge is Badge.FAILED and not self._failed:
            self._failed = True
            self._screen.interrupt(MessageBox("the actor failed", figures.reason))

    def _ask_rescue(self, loss: Loss | None) -> None:
        """Asks what is to be done about a loss, and no longer about one before it, which may have mended itself."""

        def answered(answer: str | None) -> None:
            if answer:
                self._session.rescue()

        asked, self._asked = self._asked, None
        if asked is not None:
            self._screen.withdraw(asked)
        if loss is None:
            return
        path = self._session.chain_path
        name = "" if path is None else path.name
        self._asked = Question(
            "The chain file is lost",
            f"{visible(str(path))} {loss} while it was written. Nothing is lost while chainview runs: what is recorded "
            f"still goes into the file, which has no such name any more, and is written to {visible(name)}.rescued at "
            "the end.",
            {"w": "write all of it there now, and go on in that file"},
        )
        self._screen.interrupt(self._asked, answered)

    def _over(self) -> bool:
        over = self._session.status().phase.over
        if over:
            self._screen.say("the actor has ended: start it again to call it", "warning")
        return over

    def _call(self) -> None:
        # Also where there is nothing to call any more: what is typed behind the key is no key.
        self._screen.ask(self._purpose, self._purpose.typed)

    def _pause(self) -> None:
        if self._over():
            return
        if self._session.paused:
            self._session.resume()
            self._screen.say("the actor goes on")
        else:
            self._session.pause()
            self._screen.say("the actor is paused: no further call or tick begins")

    def interrupt(self) -> bool:
        """Ends the running call; whether there is one."""
        running = self._session.status().function is not None
        if running:
            self._session.interrupt()
        return running

    def _stop(self) -> None:
        def stop(answer: str | None) -> None:
            if answer:
                self._session.stop()

        if not self._over():
            question = Question(
                "Stop the actor?", "It ends after the running call and can't be called any more.", {"y": "stop it"}
            )
            self._screen.app.push_screen(question, stop)
