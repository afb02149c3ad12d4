"""From the live screen to a replay of its chain, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainview.ui.live.screen import ChainScreen
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.ui.feeds.sources import LiveSource
    from chainview.workbench.replay_thread import WatchedReplay


class Replaying:
    """Replays what was recorded so far with the newest build of the module."""

    def __init__(self, screen: ChainScreen, source: LiveSource[SessionLike], app_handlers: Handlers) -> None:
        self._screen = screen
        self._source = source
        self._app_handlers = app_handlers

    def handlers(self) -> Handlers:
        """What the key does."""
        return {ActionId.REPLAY: self._replay}

    def _replay(self) -> None:
        source = self._source
        if source.replay is None or source.session is None or not len(self._screen.chain_tree.table):
            self._screen.say("there is nothing to replay yet", "warning")
            return
        self.show(source.replay(source.session))

    def show(self, replay: WatchedReplay) -> None:
        """Begins a replay and shows it over the live screen."""
        from chainview.ui.replay.screen import ReplayScreen

        replay.start()
        screen = ReplayScreen(self._screen.keymap, replay, self._app_handlers, returns=True)
        self._screen.app.push_screen(screen, lambda _: self._returned(replay))

    def _returned(self, replay: WatchedReplay) -> None:
        """What was accepted on the replay screen may be all that kept a build waiting."""
        if replay.accepted and self._source.newest_build is not None:
            self._source.newest_build.judge_again()
