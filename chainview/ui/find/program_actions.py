"""Handing an event, or a value of it, to the person's own pager or editor."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from textual.app import SuspendNotSupported

from chainview.chain.words.report import event_text
from chainview.chain.words.taken_text import value_text
from chainview.system.editor import editor_command, pager_command
from chainview.system.errors import ChainviewError, words_of
from chainview.system.wording import visible
from chainview.ui.find.held import Held
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.widgets.keys import ActionId, Handlers

_WORK = "open"
_MOST = 1 << 30
Command = Callable[[Path], list[str]]


class ProgramActions:
    """Writes what is under the cursor into a file for as long as the program shows it."""

    def __init__(self, screen: TreeScreen, held: Held) -> None:
        self._screen = screen
        self._held = held

    def handlers(self) -> Handlers:
        """The pager, and the editor."""
        return {
            ActionId.OPEN_PAGER: lambda: self._open(pager_command, as_json=False),
            ActionId.OPEN_EDITOR: lambda: self._open(editor_command, as_json=True),
        }

    def _open(self, command: Command, *, as_json: bool) -> None:
        screen = self._screen
        if _WORK in screen.slices:
            screen.slices.drop(_WORK)
            screen.say("it is not opened")
            return
        made = self._made(as_json=as_json)
        if made is None:
            screen.say("there is no event to open", "warning")
            return
        name, pieces = made
        screen.slices.add(_WORK, self._shown(name, pieces, command))

    def _made(self, *, as_json: bool) -> tuple[str, Iterator[bytes]] | None:
        """A name for the file, and what it holds in pieces."""
        pane, (table, index) = self._screen.pane, self._held.at() or (None, None)
        placed = pane.view.placed if pane.active else None
        if placed is not None:
            return "value.txt", iter([value_text(placed.place.value, _MOST).encode("utf-8", "replace")])
        if table is None or index is None:
            return None
        number = table.number(index)
        if as_json:
            from chainview.chain.files.theater.json_array import event_json_pieces

            return f"event-{number}.json", event_json_pieces(table.event(index), number)
        lines = event_text(table, index)
        return f"event-{number}.txt", (f"{visible(line)}\n".encode("utf-8", "replace") for line in lines)

    def _shown(self, name: str, pieces: Iterator[bytes], command: Command) -> Iterator[None]:
        """Writes the file between keys, then lends the terminal to the program."""
        screen = self._screen
        try:
            with tempfile.TemporaryDirectory(prefix="chainview-") as folder:
                path = Path(folder, name)
                with path.open("wb") as file:
                    for piece in pieces:
                        file.write(piece)
                        yield
                words = command(path)
                with screen.app.suspend():
                    ended = subprocess.run(words, check=False).returncode
            if ended:
                screen.say(f"{visible(words[0])} ended with exit code {ended}", "warning")
        except ChainviewError as error:
            screen.say(error.sentence, "error")
        except OSError as error:
            screen.say(f"it can't be opened: {words_of(error)}", "error")
        except SuspendNotSupported:
            screen.say("this terminal can't be lent to anything else", "warning")
