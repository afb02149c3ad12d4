"""The frames of a guest's stack as a list, of which one's file is opened in the person's own editor."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from textual.app import SuspendNotSupported

from chainview.chain.event import Frame
from chainview.chain.words.spans import path_cut
from chainview.chain.words.stacks import told_once
from chainview.system.editor import editor_command, is_source
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers

_MOST_FRAMES = 200
_MOST_DIGITS = 9
_WITHOUT = "no stack is known here: failed calls and causes have one, as far as it was kept"
_LIBRARIES = frozenset((".cargo", "registry", "rustc", "node_modules", "site-packages"))
"""Folders in which nobody writes an actor."""

Stacks = Sequence[tuple[str, Sequence[Frame]]]
"""Stacks, innermost frame first, each with whose it is; of one alone that is empty."""


def stacks_under(tree: ChainTree) -> Stacks:
    """That of the event under the cursor."""
    return [] if tree.cursor is None else [("", tree.table.noted(tree.cursor).stack)]


def has_stack(tree: ChainTree) -> bool:
    """Whether a stack is known of the event under the cursor."""
    return any(frames for _, frames in stacks_under(tree))


class FrameActions:
    """Shows the frames of what is under the cursor, and opens the file of the one that is chosen."""

    def __init__(
        self, screen: KeyedScreen, stacks: Callable[[], Stacks], title: str = "stack", without: str = _WITHOUT
    ) -> None:
        """`title` says what they are, and `without` that there are none."""
        self._screen = screen
        self._stacks = stacks
        self._title, self._without = title, without

    def handlers(self) -> Handlers:
        """What the key does."""
        return {ActionId.SOURCE: self._choose}

    def _choose(self) -> None:
        frames = _frames(self._stacks())
        if not frames:
            self._screen.say(self._without, "warning")
            return

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self._open(frames[int(answer)])

        here = [at for at, each in enumerate(frames) if each.file is not None]
        first = next((at for at in here if not frames[at].of_library), here[0] if here else 0)
        self._screen.app.push_screen(_Frames(self._title, frames, first, self._screen.keymap), chosen)

    def _open(self, frame: _Shown) -> None:
        """Lends the terminal to the editor: nothing that a module names is opened before a person says so."""
        screen, file = self._screen, frame.file
        if file is None:
            place = visible(frame.path)
            told = f"{place} is not on this machine" if place else "this module does not tell the file of its functions"
            screen.say(told, "warning")
            return
        try:
            command = editor_command(file, frame.line)
            with screen.app.suspend():
                ended = subprocess.run(command, check=False).returncode
        except (ChainviewError, OSError) as error:
            told = error.sentence if isinstance(error, ChainviewError) else f"the editor can't be started: {error}"
            screen.say(visible(told), "error")
        except SuspendNotSupported:
            screen.say(f"this terminal can't be lent to an editor; there it is: {visible(str(file))}", "warning")
        else:
            if ended:
                screen.say(visible(f"{shlex.quote(command[0])} ended with exit code {ended}"), "warning")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A frame as it is told, with the file it names, where that is on this machine."""

    whose: str
    frame: Frame
    times: str
    path: str = ""
    line: int = 0
    file: Path | None = None

    @property
    def of_library(self) -> bool:
        """Whether its file is one that a package manager put there."""
        return any(part in _LIBRARIES for part in Path(self.path).parts)

    @property
    def place(self) -> str:
        """File and line, as they are shown."""
        return f"{visible(self.path)}{f':{self.line}' if self.line else ''}" if self.path else ""


def _frames(stacks: Stacks) -> list[_Shown]:
    found = [(whose, frame, times) for whose, frames in stacks for frame, times in told_once(frames[:_MOST_FRAMES])]
    return [_shown(*each) for each in found]


def _shown(whose: str, frame: Frame, times: str) -> _Shown:
    path, _, line = frame.place.rpartition(":")
    if not path or not line.isdecimal():
        path, line = frame.place, "0"
    file = Path(path)
    here = file if path and is_source(file) else None
    return _Shown(whose, frame, times, path, int(line[:_MOST_DIGITS]), here)


class _Frames(Choices):
    """A line for each frame: its function, and its file and line, which are opened only when it is chosen."""

    # Of enter the box itself tells, where the frame has a file.
    KEYS = Choices.KEYS[1:]

    def __init__(self, title: str, frames: Sequence[_Shown], shown: int, keymap: KeyMap) -> None:
        super().__init__(title, str(shown), ActionId.SOURCE, "opens the file in your editor", keymap)
        self._frames = frames

    def choices(self, width: int) -> Sequence[Choice]:
        """Every frame; one whose file is not here says so."""
        return [(str(at), _line(each, width)) for at, each in enumerate(self._frames)]

    def does(self) -> str:
        return "" if self._frames[int(self.cursor)].file is None else super().does()

    def told(self) -> Sequence[Line]:
        """The whole path that enter would open."""
        shown = self._frames[int(self.cursor)]
        said = shown.place if shown.path else "this module does not tell the file of its functions"
        said += "  is not on this machine" if shown.path and shown.file is None else ""
        return wrapped([(said, "dim")], max(20, self.view.width), 2)


def _line(shown: _Shown, width: int) -> Line:
    whose = f"{shown.whose:<9}" if shown.whose else ""
    times = f"  {shown.times}" if shown.times else ""
    missing = "  not here" if shown.path and shown.file is None else ""
    name = visible(shown.frame.function)
    left = width - len(whose) - len(times) - len(missing) - 2
    place, room = shown.place, max(8, left - min(cell_len(name), left // 2))
    told = place if cell_len(place) <= room else f"…{place[1 - room :]}"
    function = path_cut(name, max(8, left - cell_len(told)))
    line: Line = [(whose, "dim"), (function, "name"), ("  ", "text"), (told, "text" if shown.file else "dim")]
    return [*line, (missing, "warn"), (times, "warn")]
