"""The keyboard's thread: reads what the terminal sends, and goes on whatever that is."""

from __future__ import annotations

import asyncio
import os
import selectors
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Offset
from textual.message import Message

from chainview.ui.anchors import AnchoredDriver
from chainview.ui.garbage import Garbage
from chainview.ui.terminal_input import MOST_PASTED, Pasted, TerminalInput

_LOOK_SECONDS = 0.1
_AT_ONCE = 4096
_MOST_TYPED = 1000
"""Letters that come at once and may still be keys: more are a paste of a terminal that does not mark them."""
_MOST_WAITING = 1000
"""Keys and mouse reports that wait for the app; those that come beyond are dropped."""


class TerminalDriver(AnchoredDriver, LinuxDriver):
    """Textual's driver with a reader of its own: Textual's ends with the first byte that is no UTF-8, and takes the
    replies of a terminal for keys."""

    def run_input_thread(self) -> None:
        """Reads until the app ends."""
        keyboard = Keyboard(self.process_message)
        with selectors.SelectSelector() as selector, Garbage() as garbage:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(_LOOK_SECONDS):
                    keyboard.idle()
                    garbage.quiet()
                    continue
                data = _read(self.fileno)
                if data:
                    keyboard.feed(data)
                    garbage.typed()
                else:
                    # The terminal has gone; the app notices, and must not be kept busy until then.
                    self.exit_event.wait(_LOOK_SECONDS)

    @property
    def takes_mouse(self) -> bool:
        """Whether the mouse is the app's, else it is left to the terminal."""
        return self._mouse

    def take_mouse(self, taken: bool) -> None:
        """Takes the mouse, or leaves it to the terminal, which selects text with it then."""
        if not taken:
            self._disable_mouse_support()
        self._mouse = taken
        if taken:
            self._enable_mouse_support()
        self.flush()

    def _sigcont_application(self, *_: object) -> None:
        # Whoever was interrupted may hold a lock that is needed now: the loop does the rest, if it still runs.
        with suppress(RuntimeError):
            asyncio.get_running_loop().call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        """Takes the terminal again, which others may have used since the process was stopped."""
        # A terminal that closes sends SIGCONT behind SIGHUP.
        if self._app._exit or not self._auto_restart:
            return
        if not self._must_signal_resume:
            # Of SIGSTOP nobody is told: the threads of before still run.
            self.suspend_application_mode()
            self._must_signal_resume = True
        self.resume_application_mode()
        # Of a size that is as before the screens below an overlay paint nothing by themselves.
        for screen in self._app.screen_stack:
            screen.refresh(layout=True)

    def process_message(self, message: Message) -> None:
        """Hands a message on, but no key or mouse report, save the one that quits, to an app that is far behind."""
        quits = isinstance(message, events.Key) and message.key == "ctrl+q"
        if quits or not isinstance(message, events.Key | events.MouseEvent) or not self._is_far_behind():
            super().process_message(message)

    def _is_far_behind(self) -> bool:
        waiting = self._app.message_queue_size
        for screen in self._app.screen_stack[-1:]:
            waiting += screen.message_queue_size
            if screen.focused is not None:
                waiting += screen.focused.message_queue_size
        return waiting > _MOST_WAITING

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception:
            self._app.call_later(self._app.panic, traceback.format_exc())


_ALTERNATE_SCREEN = ("\x1b[?1049h", "\x1b[?1049l")


class InlineDriver(TerminalDriver):
    """The same for an app that has some rows below the prompt: what stands above them stays."""

    @property
    def is_inline(self) -> bool:
        """It is."""
        return True

    def write(self, data: str) -> None:
        """Writes to the terminal, which goes on with the screen that it has."""
        if data not in _ALTERNATE_SCREEN:
            super().write(data)

    def process_message(self, message: Message) -> None:
        """Hands a message on; where the rows begin, which mouse reports are counted from, is told by the terminal."""
        if isinstance(message, events.CursorPosition):
            self.cursor_origin = (message.x, message.y)
        else:
            super().process_message(message)

    def leave_rows(self) -> None:
        """Clears the rows, and leaves the cursor in the first of them."""
        app = self._app
        self.write("\r")
        if (down := app._previous_cursor_position.y) > 0:
            self.write(f"\x1b[{down}A")
        self.write("\x1b[J")
        app._previous_cursor_position = Offset()

    def suspend_application_mode(self) -> None:
        """Gives the rows back, for others to write in."""
        self.leave_rows()
        super().suspend_application_mode()

    def stop_application_mode(self) -> None:
        """Clears the rows, in the first of which the cursor is."""
        self.write("\x1b[J")
        super().stop_application_mode()


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
        self._burst = ""
        """What came at once as no hand types it, without a mark of a paste."""

    def feed(self, data: bytes) -> None:
        """Posts what the bytes mean."""
        for part in self._input.feed(data):
            if isinstance(part, Pasted):
                self._post_burst()
                self._post(events.Paste(part.text))
            elif not part.startswith("\x1b") and (self._burst or len(part) > _MOST_TYPED):
                self._burst += part[: MOST_PASTED - len(self._burst)]
            else:
                self._post_burst()
                self._take(lambda text=part: self._parser.feed(text))  # type: ignore[misc]

    def idle(self) -> None:
        """Nothing came for a moment: what waits for more is what it is."""
        self._post_burst()
        text = self._input.idle()
        if isinstance(text, Pasted):
            self._post(events.Paste(text.text))
        elif text == "\x1b":
            self._post(events.Key("escape", "\x1b"))
        elif text:
            self._take(lambda: self._parser.feed(text))
        self._take(self._parser.tick)

    def _post_burst(self) -> None:
        burst, self._burst = self._burst, ""
        if burst:
            self._post(events.Paste(burst.replace("\0", "")))

    def _take(self, parsed: Callable[[], Iterable[Message]]) -> None:
        try:
            for message in parsed():
                self._post(message)
        # A sequence on which Textual's parser fails is one that no terminal sends; its parser is of no use after that.
        except Exception:
            self._parser = XTermParser()
