"""The terminal of the actors on the live screen: a pane that shows what they write, and the keys that type into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events

from chainview.system.wording import visible
from chainview.ui.feeds.pane_terminal import PaneTerminal, Writer
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.panes.titled_pane import TitledPane
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint, PlainPurpose

TERMINAL_ACTIONS: Final = (ActionId.TERMINAL_TYPE, ActionId.TERMINAL, ActionId.TERMINAL_SIGNAL)
_SHOWN: Final = 500
"""Lines of what was written that can be scrolled to."""
LEAVING: Final = "ctrl+right_square_bracket"
"""The key that ends typing into a terminal that takes each key, as telnet has it."""
_OURS: Final = ("ctrl+c", "ctrl+z")
"""What stays chainview's; the palette sends an interrupt."""
_SENT: Final = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
}
"""What keys without a letter are to a program, as xterm sends them."""


class TerminalPane(TitledPane):
    """Shows the last lines, and goes on with what is written; while it is active each key goes to the actor."""

    size_name = "terminal"

    def __init__(self, terminal: PaneTerminal) -> None:
        super().__init__(self._title_line, shown=False)
        self.terminal = terminal
        self._written = 0

    def _title_line(self, width: int) -> Line:
        if self.active:
            return [(" terminal ", "here"), ("  every key goes to the actor; ^] ends that", "dim")]
        return [(" terminal ", "title")]

    def look(self) -> None:
        """Shows what was written since; the first time the pane comes up by itself."""
        if self.terminal.written == self._written:
            return
        if not self._written:
            self.display = True
        self._written = self.terminal.written
        self.call_after_refresh(self._paint)

    def _paint(self) -> None:
        width = self.view.width
        lines: list[Line] = []
        for line in self.terminal.lines[-_SHOWN:]:
            writer = isinstance(line, Writer)
            lines.append([(f"── {visible(line)} ──", "dim")] if writer else [(visible(line), "text")])
        self.view.show([Fixed(*[piece for line in lines for piece in wrapped(line, width, 0)])])
        self.view.to_end()

    def on_resize(self, event: events.Resize) -> None:
        """Tells the actors how large it is."""
        if self.view.size.width:
            self.terminal.resize(self.view.size.width, self.view.size.height)
        self.call_after_refresh(self._paint)


class TerminalActions:
    """What the keys do with the terminal."""

    def __init__(self, screen: KeyedScreen, pane: TerminalPane) -> None:
        self._screen, self._pane = screen, pane

    def handlers(self) -> Handlers:
        """Typing, showing, and sending a signal."""
        return {
            ActionId.TERMINAL_TYPE: self._type,
            ActionId.TERMINAL: self._toggle,
            ActionId.TERMINAL_SIGNAL: self._signal,
        }

    def _type(self) -> None:
        terminal = self._pane.terminal
        if not terminal.listened:
            self._screen.say("no actor takes what is typed into a terminal", "warning")
            return
        self._pane.display = True
        if terminal.raw:
            self._pane.set_active(True)
        else:
            # It stays for the next line, until esc.
            self._screen.ask(_Typing(terminal))

    def go_on(self) -> None:
        """Has what is typed go on in the way that the actor wants by now: each key, lines, or nothing any more."""
        terminal, prompt = self._pane.terminal, self._screen.prompt
        if self._pane.active and not (terminal.raw and terminal.listened):
            self._pane.set_active(False)
            if terminal.listened:
                self._screen.ask(_Typing(terminal))
        elif isinstance(prompt.purpose, _Typing) and (terminal.raw or not terminal.listened):
            begun = prompt.input.value
            prompt.leave()
            if terminal.listened:
                self._pane.set_active(True)
                if begun:
                    terminal.typed(begun, shown=False)
            else:
                self._screen.say("no actor takes what is typed any more", "warning")
        else:
            return
        self._screen.footer.update()

    def _toggle(self) -> None:
        self._pane.display = not self._pane.display

    def _signal(self) -> None:
        if self._pane.terminal.signal("interrupt"):
            self._screen.say("the actor hears an interrupt")
        else:
            self._screen.say("no actor listens to a terminal", "warning")

    def takes(self, event: events.Key) -> bool:
        """Hands a key over to the actor, while each of them goes there; whether it did."""
        if not self._pane.active or event.key in _OURS:
            return False
        if event.key == LEAVING or not self._pane.terminal.listened:
            self._pane.set_active(False)
            return True
        sent = _SENT.get(event.key) or event.character or _control(event.key)
        if sent:
            self._pane.terminal.typed(sent, shown=False)
        return True


def _control(key: str) -> str:
    """What a letter is that is typed with the control key; nothing for other keys."""
    letter = key.removeprefix("ctrl+")
    return chr(ord(letter) & 31) if letter != key and len(letter) == 1 and letter.isalpha() else ""


class _Typing(PlainPurpose):
    """A line for the actor."""

    label = "terminal"

    def __init__(self, terminal: PaneTerminal) -> None:
        self._terminal = terminal

    @property
    def stays(self) -> bool:
        """As long as an actor takes lines."""
        return self._terminal.listened and not self._terminal.raw

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        return (("enter", "send the line to the actor"), ("esc", "end typing"))

    def changed(self, text: str) -> Hint:
        return Hint()

    def entered(self, text: str) -> str:
        self._terminal.typed(f"{text}\n")
        return ""
