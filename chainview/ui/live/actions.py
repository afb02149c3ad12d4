"""Which parts answer for which actions on a screen."""

from __future__ import annotations

from collections.abc import Callable

from chainview.system.locations import history_file
from chainview.ui.feeds.sources import LiveSource, Source
from chainview.ui.find.find_actions import ChainLooking
from chainview.ui.find.take_actions import Taking
from chainview.ui.live.actor_actions import Driving
from chainview.ui.live.build_actions import Building
from chainview.ui.live.move_actions import Moving
from chainview.ui.live.replay_actions import Replaying
from chainview.ui.live.screen import ChainScreen
from chainview.ui.widgets.history import History
from chainview.ui.widgets.keys import Handlers


def all_handlers(screen: ChainScreen, source: Source, own: Handlers, afresh: Callable[[], None]) -> Handlers:
    """The handlers of every action that has a meaning for the source, `own` among them; `afresh` starts it again."""
    looking = ChainLooking(screen)
    handlers = {
        **own,
        **looking.handlers(),
        **Moving(screen, looking).handlers(),
        **Taking(screen, looking, source.path).handlers(),
    }
    if isinstance(source, LiveSource) and source.session is not None:
        handlers |= Driving(screen, source.session, History(history_file())).handlers()
        handlers |= Building(screen, source.newest_build, afresh).handlers()
        handlers |= Replaying(screen, source, own).handlers()
    return handlers
