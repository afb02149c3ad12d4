"""Copying from a screen, and telling what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from chainview.ui.find.clipboard import copy_locally, fits_terminal, local_tool

if TYPE_CHECKING:
    from chainview.ui.widgets.notice import Severity

_SHORT_ENOUGH_TO_SAY = 48


def copy(screen: Screen[None], say: Callable[[str, Severity], None], what: str, text: str, otherwise: str) -> None:
    """Copies a text every way there is, and says how, or what to do `otherwise`."""
    ways = []
    if fits_terminal(text):
        screen.app.copy_to_clipboard(text)
        ways.append("through the terminal")
    command = local_tool()

    def finish(tool: str) -> None:
        done = [*ways, f"with {tool}"] if tool else ways
        if done:
            shown = f": {text}" if len(text) <= _SHORT_ENOUGH_TO_SAY else ""
            say(f"copied {what}, {len(text):,} characters, {' and '.join(done)}{shown}", "information")
        else:
            many = f"{what} has {len(text):,} characters, too many for the terminal's clipboard"
            say(f"{many}: {otherwise}", "warning")

    if command is None:
        finish("")
        return

    def work() -> None:
        tool = command[0] if copy_locally(command, text) else ""
        screen.app.call_from_thread(finish, tool)

    screen.run_worker(work, thread=True, group="copy", exit_on_error=False)
