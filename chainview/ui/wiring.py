"""Which parts answer for which actions on a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainview.locations import history_file
from chainview.ui.building import Building
from chainview.ui.driving import Driving
from chainview.ui.history import History
from chainview.ui.looking import Looking
from chainview.ui.moving import Moving
from chainview.ui.replaying import Replaying
from chainview.ui.screen import ChainScreen, Handler
from chainview.ui.sources import LiveSource, Source
from chainview.ui.taking import Taking


def all_handlers(
    screen: ChainScreen, source: Source, own: Mapping[str, Handler], afresh: Callable[[], None]
) -> dict[str, Handler]:
    """The handlers of every action that has a meaning for the source, `own` among them; `afresh` starts it again."""
    looking = Looking(screen)
    handlers = {
        **own,
        **looking.handlers(),
        **Moving(screen, looking).handlers(),
        **Taking(screen, looking, source.path).handlers(),
    }
    if isinstance(source, LiveSource) and source.session is not None:
        handlers |= Driving(screen, source.session, History(history_file())).handlers()
        handlers |= Building(screen, source.builds, afresh).handlers()
        handlers |= Replaying(screen, source, own).handlers()
    return handlers
