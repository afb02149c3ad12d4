"""Copying: through the terminal (OSC 52), which also works over ssh, and through a local tool where there is one.

A tool says whether it did it. A terminal never does, and those behind tmux, screen or ssh refuse more often than not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Hashable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.system.streams import is_served

if TYPE_CHECKING:
    from chainview.ui.widgets.keyed_screen import KeyedScreen

OSC52_MOST = 74_994
"""The most base64 characters that terminals are known to take."""
COPYING = "copy"
"""The name of the work that a large copy is."""
MOST_SAID = 1 << 20
"""The most bytes of a payload whose values are written out to be copied."""
_AT_ONCE = 1 << 20
_TIMEOUT_SECONDS = 2
_SHORT_ENOUGH_TO_SAY = 48
_TMUX = "tmux"


def local_tool(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str] | None:
    """The command that puts its standard input into the clipboard; None where there is none."""
    candidates: list[list[str]] = []
    if platform == "darwin":
        candidates.append(["pbcopy"])
    if environ.get("WAYLAND_DISPLAY"):
        candidates.append(["wl-copy"])
    if environ.get("DISPLAY"):
        candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if environ.get("TMUX"):
        # Which hands it on to the terminal, as far as both allow that.
        candidates.append([_TMUX, "load-buffer", "-w", "-"])
    return next((command for command in candidates if shutil.which(command[0])), None)


def carrier(environ: Mapping[str, str] = os.environ) -> str:
    """What stands between here and the terminal, so that nobody knows whether a copy arrives there; empty: nothing."""
    if is_served(environ):
        return "textual serve"
    if environ.get("TMUX"):
        return _TMUX
    if environ.get("STY"):
        return "screen"
    return "ssh" if environ.get("SSH_TTY") or environ.get("SSH_CONNECTION") else ""


def said_of_copy(what: str, text: str, tool: str, between: str, otherwise: str) -> str:
    """What is said of a text that was copied with a tool, through the terminal, or both; empty where it was neither."""
    by_terminal = fits_terminal(text)
    if not tool and not by_terminal:
        return ""
    shown = f": {text}" if len(text) <= _SHORT_ENOUGH_TO_SAY else ""
    copied = f"copied {what}{shown}, {len(text):,} characters,"
    if tool == _TMUX:
        return f"{copied} into tmux's buffer, and the terminal beyond may refuse it: if it did, {otherwise}"
    if not tool and between:
        return f"{copied} through the terminal behind {between}, which may refuse it: if it did, {otherwise}"
    ways = [*["through the terminal"] * by_terminal, *[f"with {tool}"] * bool(tool)]
    return f"{copied} {' and '.join(ways)}"


def fits_terminal(text: str) -> bool:
    """Whether a text is short enough for the terminal's clipboard."""
    return len(text) <= OSC52_MOST and (len(text.encode("utf-8", "replace")) + 2) // 3 * 4 <= OSC52_MOST


def copy_locally(command: list[str], text: str) -> bool:
    """Hands a text to a clipboard tool; False when that fails."""
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


class Form(Enum):
    """What of an event is copied, each shorter than the one before."""

    WHOLE = "as JSON"
    VALUES = "as text"
    LINE = "as a line"

    @property
    def following(self) -> Form:
        """The next shorter one; behind the shortest the first again."""
        forms = list(Form)
        return forms[(forms.index(self) + 1) % len(forms)]


class Forms:
    """Which form of an event is copied: the key pressed again on the same event gives the next one."""

    def __init__(self) -> None:
        self._copied: tuple[Hashable, Form] | None = None

    def next_of(self, event: Hashable, size: int, *, stops: bool, chosen: Form | None = None) -> Form:
        """The form of an event of so many bytes, which is not said as text where those are very many.

        A key that `stops` a copy copies nothing: the next one begins anew. One that was `chosen` is it.
        """
        if stops:
            self._copied = None
            return Form.WHOLE
        form = Form.WHOLE if self._copied is None or self._copied[0] != event else self._copied[1].following
        form = chosen or form
        if form is Form.VALUES and size > MOST_SAID:
            form = form.following
        self._copied = event, form
        return form

    def offered(self, key: str, size: int) -> str:
        """What the key copies when it is pressed again, in words; empty where no key does."""
        form = Form.WHOLE if self._copied is None else self._copied[1].following
        if not key or form is Form.WHOLE:
            return ""
        if form is Form.VALUES and size <= MOST_SAID:
            return f"{key} again copies it as text"
        return f"{key} again copies its line alone"


def copy_pieces(
    screen: KeyedScreen, what: str, pieces: Iterator[bytes], size: int, otherwise: str, shorter: str = ""
) -> None:
    """Copies a text of about so many bytes that is made in pieces; a large one between keys, until asked once more.

    `shorter` says how a shorter form of it is copied.
    """
    if COPYING in screen.slices:
        screen.slices.drop(COPYING)
        screen.say("copying was stopped")
    elif size <= _AT_ONCE:
        for _ in _gathered(screen, what, pieces, otherwise, shorter):
            pass
    elif local_tool() is None:
        _say_too_long(screen, what, size, otherwise, shorter)
    else:
        screen.say(f"copying {what}, about {size:,} characters …  the same key stops it")
        screen.slices.add(COPYING, _gathered(screen, what, pieces, otherwise, shorter))


def _gathered(screen: KeyedScreen, what: str, pieces: Iterator[bytes], otherwise: str, shorter: str) -> Iterator[None]:
    held = []
    try:
        for piece in pieces:
            held.append(piece)
            yield
    except ChainviewError as error:
        screen.say(error.sentence, "warning")
        return
    copy(screen, what, b"".join(held).decode(), otherwise, shorter)


def _say_too_long(screen: KeyedScreen, what: str, size: int, otherwise: str, shorter: str) -> None:
    ways = f"{shorter}; or {otherwise}" if shorter else otherwise
    screen.say(f"{what} has {size:,} characters, too many for the terminal's clipboard: {ways}", "warning")


def copy(screen: KeyedScreen, what: str, text: str, otherwise: str, shorter: str = "") -> None:
    """Copies a text every way there is; the screen says how, and what to do `otherwise` where that may not do.

    `shorter` says how a shorter form of it is copied.
    """
    if fits_terminal(text):
        screen.app.copy_to_clipboard(text)
    command = local_tool()

    def finish(tool: str) -> None:
        said = said_of_copy(what, text, tool, carrier(), otherwise)
        if said:
            screen.say(f"{said}; {shorter}" if shorter else said)
        else:
            _say_too_long(screen, what, len(text), otherwise, shorter)

    if command is None:
        finish("")
        return

    def work() -> None:
        done = copy_locally(command, text)
        if not done and command[0] == _TMUX:
            # The older ones keep it to themselves.
            done = copy_locally([_TMUX, "load-buffer", "-"], text)
        screen.app.call_from_thread(finish, command[0] if done else "")

    screen.run_worker(work, thread=True, group="copy", exit_on_error=False)
