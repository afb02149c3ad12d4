"""The screen of a running actor: its chain, what it can be made to do, its new builds, and replays of what it did."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.actor.session.status import SessionLike
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.live.actor_actions import ActorActions
from chainview.ui.live.build_actions import BuildActions
from chainview.ui.live.chain_screen import ChainScreen
from chainview.ui.widgets.keys import ActionId, KeyMap

if TYPE_CHECKING:
    from chainview.chain.files.entries.entry import Note
    from chainview.ui.lines.status import Figures
    from chainview.workbench.replay_thread import WatchedReplay


class LiveScreen(ChainScreen):
    """Shows the chain of a session that was opened, and takes the keys."""

    def __init__(
        self, keymap: KeyMap, source: LiveSource[SessionLike], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(keymap, source, clock)
        assert source.session is not None
        self._source = source
        self._actor = ActorActions(self, source.session)
        self._builds = BuildActions(self, source.newest_build)
        self.handlers = {
            **self.handlers,
            **self._actor.handlers(),
            **self._builds.handlers(),
            ActionId.REPLAY: self._replay,
        }

    def figures_came(self, figures: Figures) -> None:
        """Shows what the status line tells now, and what the session warns of."""
        super().figures_came(figures)
        self._actor.figures_came(figures)

    def note_came(self, note: Note) -> None:
        """Shows a note between the events, and tells what can be done about a build."""
        super().note_came(note)
        self._builds.note_came(note)

    def _replay(self) -> None:
        source = self._source
        if source.replay is None or source.session is None or not len(self.chain_tree.table):
            self.say("there is nothing to replay yet", "warning")
            return
        self.show_replay(source.replay(source.session))

    def show_replay(self, replay: WatchedReplay) -> None:
        """Begins a replay and shows it over this screen."""
        from chainview.ui.replay.replay_screen import ReplayScreen

        replay.start()
        self.app.push_screen(ReplayScreen(self.keymap, replay, returns=True), lambda _: self._returned(replay))

    def _returned(self, replay: WatchedReplay) -> None:
        """What was accepted on the replay screen may be all that kept a build waiting."""
        if replay.accepted and self._source.newest_build is not None:
            self._source.newest_build.judge_again()
