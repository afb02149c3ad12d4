"""The keyboard's thread: reads what the terminal sends, and goes on whatever that is."""

from __future__ import annotations

import os
import selectors
import traceback
from collections.abc import Callable, Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from chainview.ui.terminal_input import Pasted, TerminalInput

_LOOK_SECONDS = 0.1
_AT_ONCE = 4096


class TerminalDriver(LinuxDriver):
    """Textual's driver with a reader of its own: Textual's ends with the first byte that is no UTF-8, and takes the
    replies of a terminal for keys."""

    def run_input_thread(self) -> None:
        """Reads until the app ends."""
        keyboard = Keyboard(self.process_message)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(_LOOK_SECONDS):
                    keyboard.idle()
                    continue
                data = _read(self.fileno)
                if data:
                    keyboard.feed(data)
                else:
                    # The terminal has gone; the app notices, and must not be kept busy until then.
                    self.exit_event.wait(_LOOK_SECONDS)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception:
            self._app.call_later(self._app.panic, traceback.format_exc())


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _AT_ONCE)
    except OSError:
        return b""


class Keyboard:
    """Makes messages for the app of what a terminal sends."""

    def __init__(self, post: Callable[[Message], None]) -> None:
        self._post = post
        self._input = TerminalInput()
        self._parser = XTermParser()

    def feed(self, data: bytes) -> None:
        """Posts what the bytes mean."""
        for part in self._input.feed(data):
            if isinstance(part, Pasted):
                self._post(events.Paste(part.text))
            else:
                self._take(lambda text=part: self._parser.feed(text))  # type: ignore[misc]

    def idle(self) -> None:
        """Nothing came for a moment: what waits for more is what it is."""
        text = self._input.idle()
        if text == "\x1b":
            self._post(events.Key("escape", "\x1b"))
        elif text:
            self._take(lambda: self._parser.feed(text))
        self._take(self._parser.tick)

    def _take(self, parsed: Callable[[], Iterable[Message]]) -> None:
        try:
            for message in parsed():
                self._post(message)
        # A sequence on which Textual's parser fails is one that no terminal sends; its parser is of no use after that.
        except Exception:
            self._parser = XTermParser()
