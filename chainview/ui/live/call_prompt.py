"""The prompt that calls an export, and the calls typed before, kept over restarts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from chainview.actor.exports import Export, message_in
from chainview.actor.session.status import SessionLike
from chainview.system.errors import ChainviewError, words_of
from chainview.system.locations import made
from chainview.system.text_file import open_regular
from chainview.system.whole_file import write_whole
from chainview.system.wording import visible
from chainview.ui.lines.line import Line
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.prompt import Hint

MOST_KEPT = 1000
_MOST_BYTES = 16 << 20


class CallHistory:
    """Lines typed before, the oldest first; stepping through them leaves what is being typed as the newest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] | None = None
        self._added: list[str] = []
        self._at = 0
        self._draft = ""

    @property
    def lines(self) -> list[str]:
        """The lines; none when the file is missing or can't be read."""
        if self._lines is None:
            try:
                self._lines = _kept_lines(self._path)
            except OSError:
                self._lines = []
            self._at = len(self._lines)
        return self._lines

    def step(self, by: int, typed: str) -> str | None:
        """The line `by` steps on from the one shown, negative for older; None where there is none."""
        lines = self.lines
        to = self._at + by
        if not 0 <= to <= len(lines):
            return None
        if self._at == len(lines):
            self._draft = typed
        self._at = to
        return self._draft if to == len(lines) else lines[to]

    def add(self, line: str) -> None:
        """Keeps a line as the newest, once, beside what other sessions kept meanwhile.

        Raises ChainviewError when the file can't be written, or can't be read and would lose what it holds.
        """
        self._added = [*[each for each in self._added if each != line], line]
        unreadable = None
        try:
            before = _kept_lines(self._path)
        except OSError as error:
            before, unreadable = self.lines, error
        # What could not be kept before is still to be.
        known = dict.fromkeys([*before, *self._added])
        del known[line]
        self._lines = [*known, line][-MOST_KEPT:]
        self._at, self._draft = len(self._lines), ""
        if unreadable is not None:
            raise ChainviewError(f"can't read {self._path}: {words_of(unreadable)}; the call is not kept")
        made(self._path.parent)
        write_whole(self._path, [f"{kept}\n".encode() for kept in self._lines], force=True)


def _kept_lines(path: Path) -> list[str]:
    """The newest lines of a file, none where it is missing; raises OSError for one that can't be read, or is none."""
    try:
        file = open_regular(path)
    except FileNotFoundError:
        return []
    with file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - _MOST_BYTES))
        text = file.read(_MOST_BYTES).decode("utf-8-sig", "replace")
    lines = text.split("\n")
    if size > _MOST_BYTES:
        del lines[0]
    return [line for line in lines if line][-MOST_KEPT:]


class CallPurpose:
    """The prompt that calls an export: completes its name, shows its signature, says what does not fit."""

    label = "call"

    def __init__(self, screen: KeyedScreen, session: SessionLike, history: CallHistory) -> None:
        self._screen = screen
        self._session = session
        self._history = history
        self.typed = ""
        """What was typed and not entered, for the next time."""

    def changed(self, text: str) -> Hint:
        """The exports the text may become, or the signature of the one it names with what does not fit yet."""
        exports = self._session.exports()
        if not exports:
            return Hint([("the module is still loading", "dim")])
        name, bracket, _ = text.strip().partition("(")
        message = message_in(text, exports)
        if not bracket and message is None:
            matching = matching_exports(exports, name)
            if len(matching) == 1 and matching[0].name == name:
                return Hint([(visible(matching[0].signature), "dim")])
            return Hint([] if matching else [("no export has this in its name", "warn")], _Listed(matching))
        export = message or next((export for export in exports if export.name == name.strip()), None)
        note: Line = [(visible(export.signature), "dim")] if export is not None else []
        reason = self._session.check(text)
        if reason is None:
            return Hint([*note, ("  fits", "good")])
        return Hint(
            [
                *note,
                ("  " if note else "", "text"),
                (visible(reason), "warn" if message or text.rstrip().endswith(")") else "dim"),
            ]
        )

    def entered(self, text: str) -> str:
        """Queues the call; returns why it does not fit."""
        text = text.strip()
        if not text:
            return "which export?"
        try:
            self._session.call(text if "(" in text or message_in(text, self._session.exports()) else f"{text}()")
        except ChainviewError as error:
            return visible(error.sentence)
        self.typed = ""
        try:
            self._history.add(text)
        except ChainviewError as error:
            self._screen.say(error.sentence, "warning")
        return ""

    def left(self, text: str) -> None:
        """Keeps the text for the next time."""
        self.typed = text

    def recalled(self, step: int, text: str) -> str | None:
        """A call typed before."""
        return self._history.step(step, text)

    def completed(self, text: str) -> str:
        """The name completed as far as it is clear, with its bracket when it is one export's."""
        return completed(self._session.exports(), text)


def completed(exports: Sequence[Export], text: str) -> str:
    """A call whose name is completed as far as it is clear, with its bracket when it is one export's."""
    if "(" in text:
        return text
    matching = matching_exports(exports, text.strip())
    if len(matching) == 1:
        closed = "()" in matching[0].signature
        return f"{matching[0].name}({')' if closed else ''}"
    names = [export.name for export in matching]
    return _common_start(names) if names and _common_start(names).startswith(text.strip()) else text


def matching_exports(exports: Sequence[Export], part: str) -> list[Export]:
    """The exports with `part` in their name; where some begin with it, those alone."""
    low = part.lower()
    starting = [export for export in exports if export.name.lower().startswith(low)]
    return starting or [export for export in exports if low in export.name.lower()]


class _Listed(Sequence[tuple[str, str]]):
    """Exports with their signatures, made as far as they are looked at: there may be very many."""

    def __init__(self, exports: Sequence[Export]) -> None:
        self._exports = exports

    def __len__(self) -> int:
        return len(self._exports)

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, str]]: ...

    def __getitem__(self, index: int | slice) -> tuple[str, str] | Sequence[tuple[str, str]]:
        """The export at an index as it is listed, or those of a slice."""
        if isinstance(index, slice):
            return [self[at] for at in range(len(self))[index]]
        export = self._exports[index]
        return visible(export.name), visible(export.signature.removeprefix(export.name))


def _common_start(names: list[str]) -> str:
    first, last = min(names), max(names)
    size = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:size]
