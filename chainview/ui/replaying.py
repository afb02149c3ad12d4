"""From the live screen to a replay of its chain, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chainview.ui.screen import ChainScreen, Handler

if TYPE_CHECKING:
    from chainview.replay.watched import WatchedReplay


class Replaying:
    """Replays what was recorded so far with the newest build of the module."""

    def __init__(
        self, screen: ChainScreen, make: Callable[[], WatchedReplay] | None, app_handlers: Mapping[str, Handler]
    ) -> None:
        self._screen = screen
        self._make = make
        self._app_handlers = app_handlers

    def handlers(self) -> Mapping[str, Handler]:
        """What the key does."""
        return {"replay": self._replay}

    def _replay(self) -> None:
        from chainview.ui.replay_screen import ReplayScreen

        if self._make is None or not len(self._screen.chain_tree.table):
            self._screen.say("there is nothing to replay yet", "warning")
            return
        replay = self._make()
        replay.start()
        self._screen.app.push_screen(ReplayScreen(self._screen.keymap, replay, self._app_handlers, returns=True))
