"""The chains of several actors, one line after the other, put into a file for each."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from chainview.chain.families.division.whose import DIVISIBLE, LoggedBy, Whose, is_spawn, sequence_number
from chainview.chain.families.index import INDEX, MOST_MEMBERS, Entry
from chainview.chain.files.theater.json_lines import is_cli_event, with_number_before
from chainview.system.streams import no_copy, write_all
from chainview.system.wording import plural

_SHORT: Final = 8
"""The letters of an id that Theater itself names an actor by."""
_LONGEST_NAME: Final = 60
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_MOST_WAITING: Final = 1 << 15
"""Bytes of what an actor logged that is waited with for its first event."""
_LACKING: Final = {"cli-json": "the lines hold no payloads", "human": "not all payloads are there"}
_NEW_INDEX: Final = f".{INDEX}.new"
_SUFFIXES: Final = {"cli-json": ".jsonl", "capture": ".jsonl", "human": ".txt"}


@dataclass(slots=True)
class _Actor:
    """One whose lines have come, with where the first and the last of them stood, and that before its newest event."""

    entry: Entry
    first: int
    last: int
    before: int = 0


@dataclass(slots=True)
class _Lines:
    """What is to be written to the files, by the numbers of the actors."""

    pieces: dict[int, list[bytes]] = field(default_factory=dict)

    def add(self, number: int, line: bytes) -> None:
        self.pieces.setdefault(number, []).append(line)


class Division:
    """A chain for each actor whose events stand in what is taken, in files of a private folder with an index.

    `name` is what sentences call the whole. The folder goes with whoever holds this last, at the end of the program at
    the latest.
    """

    def __init__(self, name: str, format: str) -> None:
        """Raises ChainviewError where there is no room for the folder."""
        self.name, self.format = name, format
        self.left_out = 0
        """The lines of further actors, beyond so many as a family may have."""
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="chainview-"))
        except OSError as error:
            raise no_copy(name, error) from None
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self._whose = DIVISIBLE[format]
        self._actors: list[_Actor] = []
        self._numbers: dict[str, int] = {}
        self._names: set[str] = set()
        self._orphans: list[int] = []
        """Who is not known to be whose child, in the order in which they came, but for the first of all."""
        self._current: int | str | None = 0
        """Whose the line before was: a number, or the beginning of an id of which no event has come; None: left out."""
        self._logged: dict[str, list[bytes]] = {}
        """What came of those, by that beginning."""
        self._waiting: dict[str, int] = {}
        """How many bytes those are."""
        self._beginnings: dict[str, int] = {}
        self._part: list[bytes] = []
        """A line that has no end yet."""
        self._count = 0
        self._sequence = 0
        """The number of the last line of a capture."""
        self._index_due = False
        self._places: list[array[int]] = []
        """By actor: the numbers of the lines that tell of its events."""

    def __len__(self) -> int:
        return len(self._actors)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said of the whole, in sentences."""
        found = []
        if self.left_out:
            found.append(
                f"{self.name} holds events of more than {MOST_MEMBERS:,} actors: {plural(self.left_out, 'line')} of "
                "others left out"
            )
        if len(self) > 1 and self.format in _LACKING:
            found.append(f"{_LACKING[self.format]}: what links the actors can't be told")
        if any(each.entry.parent for each in self._actors):
            found.append("who spawned whom is told by the order of the lines")
        return tuple(found)

    def places(self, number: int) -> Sequence[int] | None:
        """Where the events of an actor stood among all; None where they hold payloads, whose links tell more."""
        return self._places[number] if self.format in _LACKING else None

    def take(self, piece: bytes) -> None:
        """Divides on; a line that has no end yet waits for it. Raises ChainviewError where it can't be written."""
        edge = piece.rfind(b"\n") + 1
        if not edge:
            self._part.append(piece)
            return
        whole, self._part = b"".join([*self._part, piece[:edge]]), [piece[edge:]]
        lines = _Lines()
        for line in whole.split(b"\n")[:-1]:
            self._divide(line + b"\n", lines)
        self._write(lines)

    def finish(self) -> None:
        """Takes in that nothing more will come. Raises ChainviewError as `take` does."""
        part, self._part = b"".join(self._part), []
        lines = _Lines()
        if part:
            self._divide(part, lines)
        for beginning in list(self._logged) if self._actors else ():
            self._take_up(beginning, 0, lines)
        self._write(lines)

    def close(self) -> None:
        """Takes the folder away."""
        self._remove()

    # A line

    def _divide(self, line: bytes, lines: _Lines) -> None:
        self._count += 1
        whose = self._whose(line)
        if isinstance(whose, LoggedBy):
            self._current = self._beginnings.get(whose.beginning, whose.beginning)
        elif whose is not None:
            self._current = self._number_of(whose, lines)
            if self._current is not None:
                self._actors[self._current].before = self._actors[self._current].last
                if self.format in _LACKING and (self.format != "cli-json" or is_cli_event(line)):
                    self._places[self._current].append(self._count)
        elif not self._actors and self._current == 0:
            self._current = ""
        current = self._current
        if current is None:
            self.left_out += 1
        elif isinstance(current, str):
            self._wait_with(current, line, lines)
        else:
            self._take_line(current, line, lines)

    def _take_line(self, number: int, line: bytes, lines: _Lines) -> None:
        actor, sequence = self._actors[number], sequence_number(line) if self.format == "capture" else None
        if sequence is not None:
            others_came = actor.last < self._count - 1
            lines.add(number, with_number_before(line, self._sequence) if others_came else line)
            self._sequence = sequence
        else:
            lines.add(number, line)
        if is_spawn(line, self.format):
            self._find_child(number, actor.before)
        actor.last = self._count

    def _wait_with(self, beginning: str, line: bytes, lines: _Lines) -> None:
        """Keeps a line of an actor of which no event has come; of very much the first one of all is told."""
        self._logged.setdefault(beginning, []).append(line)
        self._waiting[beginning] = self._waiting.get(beginning, 0) + len(line)
        if self._actors and self._waiting[beginning] > _MOST_WAITING:
            self._take_up(beginning, 0, lines)

    def _take_up(self, beginning: str, number: int, lines: _Lines) -> None:
        self._waiting.pop(beginning, None)
        for line in self._logged.pop(beginning, ()):
            lines.add(number, line)

    # Actors

    def _number_of(self, whose: Whose, lines: _Lines) -> int | None:
        """The number of an actor, which may be a new one; None where there are too many."""
        number = self._numbers.get(whose.key)
        if number is not None or len(self._actors) >= MOST_MEMBERS:
            return number
        number = self._numbers[whose.key] = len(self._actors)
        name = self._short_name(whose.name or whose.id)
        stem = _NO_NAME.sub("_", whose.name or name)[:_LONGEST_NAME]
        # A capture holds payloads, which tell more of its actors than the order of its lines.
        told = Entry(f"{number}-{stem}{_SUFFIXES[self.format]}", id=whose.id, name="" if whose.name else name)
        self._actors.append(_Actor(told, self._count, self._count))
        self._places.append(array("Q"))
        self._index_due = True
        if number and not whose.name:
            self._orphans.append(number)
        self._beginnings.setdefault(whose.id[:_SHORT], number)
        for beginning in dict.fromkeys(("", whose.id[:_SHORT])):
            self._take_up(beginning, number, lines)
        return number

    def _short_name(self, id: str) -> str:
        """The beginning of an id, as long as no other one begins like that."""
        length = next((size for size in range(_SHORT, len(id)) if id[:size] not in self._names), len(id))
        self._names.add(id[:length])
        return id[:length]

    def _find_child(self, parent: int, since: int) -> None:
        """An actor tells that it has spawned one: that is the only one to come since its line before, if it is.

        It waits until the new one's init has ended, and so does all that it records.
        """
        came = [number for number in self._orphans[-2:] if self._actors[number].first > since and number != parent]
        if len(came) == 1:
            child, id = self._actors[came[0]], self._actors[parent].entry.id
            child.entry = replace(child.entry, parent=id)
            self._orphans.remove(came[0])
            self._index_due = True

    # Writing

    def _write(self, lines: _Lines) -> None:
        try:
            for number, pieces in lines.pieces.items():
                with (self.folder / self._actors[number].entry.file).open("ab", buffering=0) as file:
                    write_all(file.fileno(), b"".join(pieces))
            if self._index_due:
                self._index_due = False
                new = self.folder / _NEW_INDEX
                new.write_text("".join([each.entry.line for each in self._actors]), encoding="utf-8")
                os.replace(new, self.folder / INDEX)
        except OSError as error:
            raise no_copy(self.name, error) from None
