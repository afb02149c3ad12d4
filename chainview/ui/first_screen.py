"""What is on the terminal before there is a chain to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.screen import Screen

from chainview.system.wording import visible
from chainview.ui.lines.status import Figures, status_line
from chainview.ui.widgets.footer import Now, footer_keys, keys_line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId, Scope
from chainview.ui.widgets.text_line import Severity, TextLine

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.ui.feeds.sources import LiveSource


@runtime_checkable
class Says(Protocol):
    """A screen with a line for messages."""

    def say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message on it."""
        ...


def showing_builds(app: App[None], keymap: KeyMap, source: LiveSource[SessionLike]) -> Callable[[], None]:
    """What shows, when it is called on the thread that opens a source, what has to be built before that can begin."""

    def show() -> None:
        from chainview.ui.builds.first_build import show_builds

        app.call_from_thread(app.call_later, show_builds, app, keymap, source)

    return show


class FirstScreen(Screen[None], inherit_bindings=False):
    """Looks like the screen of a chain without one, and keeps the keys that are typed meanwhile."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False

    def __init__(self, keymap: KeyMap, scope: Scope, name: str) -> None:
        super().__init__()
        self.typed: list[events.Key] = []
        self._keymap = keymap
        self._said = ""
        now = Now(scope=scope, can_follow=scope is Scope.LIVE)
        self._lines = [
            TextLine(lambda width: status_line(Figures(name=name), width), id="status"),
            TextLine(lambda width: [(" ", "text"), (self._said, "accent")], id="line"),
            TextLine(lambda width: keys_line(footer_keys(now), keymap, width)[0], id="footer"),
        ]

    def compose(self) -> ComposeResult:
        """Status line, nothing, bottom line, footer."""
        status, line, footer = self._lines
        yield status
        yield Container(id="body")
        yield line
        yield footer

    def say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message for as long as there is no other screen."""
        self._said = visible(text)
        self._lines[1].update()

    def on_key(self, event: events.Key) -> None:
        """Keeps a key for the screen that follows; those of the app go on to it, and quitting needs no chain."""
        if event.key in ("ctrl+c", "ctrl+z", "ctrl+q"):
            return
        event.stop()
        action = self._keymap.action_for(event.character, event.key)
        if action is not None and action.id is ActionId.QUIT and not self.typed:
            self.app.exit()
        else:
            self.typed.append(event)
