"""Copying: through the terminal (OSC 52), which also works over ssh, and through a local tool where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainview.ui.widgets.keyed_screen import KeyedScreen

OSC52_MOST = 74_994
"""The most base64 characters that terminals are known to take."""
_TIMEOUT_SECONDS = 2
_SHORT_ENOUGH_TO_SAY = 48


def local_tool(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str] | None:
    """The command that puts its standard input into the clipboard; None where there is none."""
    candidates: list[list[str]] = []
    if platform == "darwin":
        candidates.append(["pbcopy"])
    if environ.get("WAYLAND_DISPLAY"):
        candidates.append(["wl-copy"])
    if environ.get("DISPLAY"):
        candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return next((command for command in candidates if shutil.which(command[0])), None)


def fits_terminal(text: str) -> bool:
    """Whether a text is short enough for the terminal's clipboard."""
    return (len(text.encode("utf-8", "replace")) + 2) // 3 * 4 <= OSC52_MOST


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


def copy(screen: KeyedScreen, what: str, text: str, otherwise: str) -> None:
    """Copies a text every way there is; the screen says how, or what to do `otherwise`."""
    ways = []
    if fits_terminal(text):
        screen.app.copy_to_clipboard(text)
        ways.append("through the terminal")
    command = local_tool()

    def finish(tool: str) -> None:
        done = [*ways, f"with {tool}"] if tool else ways
        if done:
            shown = f": {text}" if len(text) <= _SHORT_ENOUGH_TO_SAY else ""
            screen.say(f"copied {what}, {len(text):,} characters, {' and '.join(done)}{shown}")
        else:
            many = f"{what} has {len(text):,} characters, too many for the terminal's clipboard"
            screen.say(f"{many}: {otherwise}", "warning")

    if command is None:
        finish("")
        return

    def work() -> None:
        tool = command[0] if copy_locally(command, text) else ""
        screen.app.call_from_thread(finish, tool)

    screen.run_worker(work, thread=True, group="copy", exit_on_error=False)
