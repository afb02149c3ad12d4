"""The prompt that calls an export, and the calls typed before, kept over restarts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from chainview.actor.exports import CallRefused, Export, message_in
from chainview.actor.peer_calls import spelled
from chainview.actor.session.status import SessionLike
from chainview.pack.literal import LiteralError, parse_prefix
from chainview.pack.literal.outline import calls_of, closed, levels_at, one_line
from chainview.pack.typed.words import begun_word, words_for
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.locations import made
from chainview.system.files.lock import turn_in
from chainview.system.files.text_file import open_regular
from chainview.system.files.whole_file import write_whole
from chainview.system.wording import visible
from chainview.ui.lines.line import Line
from chainview.ui.live.signature import signature_lines
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.prompt import Complaint, Hint

MOST_KEPT = 1000
_MOST_BYTES = 16 << 20
_OVER = "the actor has ended: start it again to call it"


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
        with turn_in(self._path.parent):
            self._keep(line)

    def _keep(self, line: str) -> None:
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


_CLOSES = "\"')]}"
"""What ends a literal to which nothing can be added."""


class CallPurpose:
    """The prompt that calls an export: completes its name, shows its signature, says what does not fit.

    A `;` parts several calls, as which several lines are pasted.
    """

    label = "call"
    stays = True

    def __init__(self, screen: KeyedScreen, session: SessionLike, history: CallHistory) -> None:
        self._screen = screen
        self._session = session
        self._history = history
        self.typed = ""
        """What was typed and not entered, for the next time."""

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """What they do with the call, as long as there is one to make."""
        if self._session.status().phase.over:
            return (("esc", "leave"),)
        return (("enter", "call"), ("tab", "complete"), ("↑", "earlier calls"), ("esc", "leave"))

    def changed(self, text: str) -> Hint:
        """The exports the text may become, or what does not fit yet."""
        exports = self._session.exports()
        if self._session.status().phase.over:
            return Hint([(_OVER, "warn")])
        if not exports:
            return Hint([("the module is still loading", "dim")])
        calls = self._calls(text)
        start, end = calls[-1] if calls else (len(text), len(text))
        name = text[start:end]
        message = message_in(name, exports)
        if message is None and "(" not in name and not text.rstrip().endswith(";"):
            matching = matching_exports(exports, name)
            if not matching:
                return Hint([("no export has this in its name", "warn")])
            return Hint(candidates=() if matching[0].name == name else _Listed(matching))
        complaint = self._complaint(text)
        fits = "fits" if len(calls) == 1 else f"{len(calls)} calls, each fits"
        return Hint([(fits, "good")] if complaint is None else [], complaint=complaint)

    def _calls(self, text: str) -> list[tuple[int, int]]:
        """Where each call begins and ends; a message in plain words takes the rest of the line."""
        calls, exports = calls_of(text), self._session.exports()
        for at, (start, end) in enumerate(calls):
            if message_in(text[start:end], exports) is not None:
                return [*calls[:at], (start, len(text.rstrip()))]
        return calls

    def _call(self, text: str) -> str:
        return text if "(" in text or message_in(text, self._session.exports()) else f"{text}()"

    def _complaint(self, text: str) -> Complaint | None:
        for start, end in self._calls(text):
            call = text[start:end]
            refused = self._session.check(self._call(call))
            if refused is not None and refused.at is not None and refused.at >= len(call):
                refused = self._wrong_so_far(call) or refused
            if refused is not None:
                at = start if refused.at is None else min(start + refused.at, end)
                return Complaint(refused.reason, at, unfinished=at >= len(text.rstrip()))
        return None

    def _wrong_so_far(self, call: str) -> CallRefused | None:
        """What refuses a part, of a call that is not whole yet, that is."""
        refused = self._session.check(closed(call))
        if refused is None or refused.at is None:
            return None
        try:
            end = parse_prefix(call, refused.at, loose=True)[1]
        except LiteralError:
            return None
        return refused if end < len(call) or call[end - 1] in _CLOSES else None

    def above(self, text: str, cursor: int) -> list[Line]:
        """The signature of the call at the cursor, the argument that is typed lit."""
        start, end = next(((start, end) for start, end in reversed(self._calls(text)) if start <= cursor), (0, 0))
        message = message_in(text[start:end], self._session.exports())
        if message is not None:
            return signature_lines(message, "", 0)
        name, bracket, _ = text[start:end].partition("(")
        export = export_called(self._session.exports(), name)
        if export is None or (not bracket and len(name) < len(export.name)):
            return []
        return signature_lines(export, text[start:end], cursor - start)

    def entered(self, text: str) -> str:
        """Queues the calls, all of them or none; returns why one does not fit."""
        calls = self._calls(text)
        if not calls:
            return "which export?"
        complaint = self._complaint(text)
        if complaint is not None:
            return complaint.reason
        for start, end in calls:
            try:
                self._session.call(self._call(text[start:end]))
            except ChainviewError as error:
                return error.sentence
        self.typed = ""
        try:
            self._history.add(text.strip())
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
        """The name of the last call, or the case or field that is typed, completed as far as it is clear."""
        calls = self._calls(text)
        start = calls[-1][0] if calls else len(text)
        return text[:start] + completed(self._session.exports(), text[start:])

    def chosen(self, text: str, candidate: str) -> str:
        """An export in the place of the last call, with its brackets as far as they are known."""
        calls = self._calls(text)
        start = calls[-1][0] if calls else len(text)
        export = export_called(self._session.exports(), candidate)
        closed = export is not None and "()" in export.signature
        return f"{text[:start]}{candidate}{'()' if closed else '('}"

    def joined(self, text: str) -> str:
        """The calls of several lines, each on its own or over some of them, in one."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return one_line("\n".join([self._spelled(line) for line in lines])) if len(lines) > 1 else text

    def _spelled(self, line: str) -> str:
        """A message in plain words as a call, which others can follow on the line."""
        try:
            return spelled(line) if message_in(line, self._session.exports()) else line
        except ValueError:
            return line


def completed(exports: Sequence[Export], text: str) -> str:
    """A call whose name is completed as far as it is clear, with its bracket when it is one export's.

    Behind the bracket it is the case or the field that is typed.
    """
    if "(" in text:
        return _argument_completed(exports, text)
    matching = matching_exports(exports, text.strip())
    if len(matching) == 1:
        closed = "()" in matching[0].signature
        return f"{matching[0].name}({')' if closed else ''}"
    names = [export.name for export in matching]
    return _common_start(names) if names and _common_start(names).startswith(text.strip()) else text


def _argument_completed(exports: Sequence[Export], text: str) -> str:
    export, levels = export_called(exports, text), levels_at(text, len(text))
    params = () if export is None or export.params is None else export.params
    if not levels or levels[0].part >= len(params):
        return text
    begun = begun_word(text)
    words = [] if begun is None else words_for(params[levels[0].part][1], levels[1:], begun)
    return text.removesuffix(begun or "") + _common_start(words) if words else text


def export_called(exports: Sequence[Export], call: str) -> Export | None:
    """The export that a call names before its bracket."""
    name = call.partition("(")[0].strip()
    return next((each for each in exports if name in (each.name, each.symbol)), None)


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
