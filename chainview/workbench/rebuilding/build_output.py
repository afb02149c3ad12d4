"""What a build command says: its last lines as text, its errors counted, and where the first of them stands."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainview.system.wording import plural

MOST_LINES = 5000
"""Lines that are held of a build, those around its first error among them."""
_BEFORE, _BEHIND = 200, 1000
"""Lines that are held before the first error, once there is one, and from it on."""
_LONGEST = 1 << 16
"""Characters of a line that are held."""
_LOOKED_AT = 2000
"""Characters of a line that tell what it is."""
_LONGEST_JSON = 1 << 22
_MOST_PLACES = 200
_TAB = 8
_SEQUENCES = re.compile(
    "\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[PX^_][^\x1b]*\x1b\\\\|[ -/]*[0-~])"
)
"""Control sequences: colours, links, titles and the like."""
_ERROR = re.compile(r"\s*(?:.{1,400}?:\d+(?::\d+)?:\s+)?(?:fatal |internal compiler )?error(?:\[[A-Z]*\d+\])?:", re.I)
_WARNING = re.compile(r"\s*(?:.{1,400}?:\d+(?::\d+)?:\s+)?warning(?:\[[\w:-]+\])?:", re.I)
_ANY_ERROR = re.compile(r"(?<![\w-])error(?![\w-])", re.I)
_SUMS = ("aborting due to ", "could not compile ")
"""With what errors begin that only count others."""
_BEHIND_ARROW = re.compile(r"\s*-->\s+(?P<file>.{1,4000}?):(?P<line>\d{1,9})(?::\d+)?\s*$")
_IN_FRONT = re.compile(r"\s*(?P<file>[^\s:][^:]{0,4000}):(?P<line>\d{1,9})(?::\d+)?:\s+(?:fatal )?error\b", re.I)


@dataclass(frozen=True, slots=True)
class ErrorPlace:
    """An error in a few words, with the file and the line that it is in, as the command names them."""

    says: str
    file: str
    line: int
    bases: tuple[str, ...] = ()
    """Folders from which the file may be named, beside that in which the command runs."""

    def path(self, folder: Path) -> Path:
        """The file's full path, of a command that runs in `folder`: where there is such a file, else as it is named."""
        candidates = [Path(base, self.file) for base in (str(folder), *self.bases)]
        return next((each for each in candidates if each.is_file()), candidates[0])


class BuildOutput:
    """What a command has written so far; any thread may add to it and look.

    Lines that cargo writes with `--message-format=json` are its messages as it would print them. Control sequences
    are taken out. Of very many lines the last ones are held, and those around the first error.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: deque[str] = deque(maxlen=MOST_LINES)
        self._behind: list[str] = []
        """From the first error on."""
        self._rest: deque[str] = deque(maxlen=MOST_LINES - _BEFORE - _BEHIND)
        self._gone_before = self._gone_behind = 0
        self._begun = bytearray()
        self._awaits_place = ""
        """The error whose place may stand on the lines that follow."""
        self._places: list[ErrorPlace] = []
        self.errors = self.warnings = 0
        self.written = 0
        """How many lines there were: more than before where there is something to show."""

    def add(self, data: bytes) -> None:
        """Takes what came, also where that ends in the middle of a line."""
        with self._lock:
            begun = self._begun
            *whole, last = data.split(b"\n")
            for piece in whole:
                self._take(begun + piece)
                begun.clear()
            if len(begun) < _LONGEST_JSON:
                begun += last

    def end(self) -> None:
        """Takes the last line, which nothing ends."""
        with self._lock:
            if self._begun:
                self._take(self._begun)
            self._begun = bytearray()

    def say(self, text: str) -> None:
        """Adds a line of our own."""
        with self._lock:
            self._show(text)

    @property
    def lines(self) -> list[str]:
        """What is held, with a line in the place of those that are not."""
        with self._lock:
            return [*_told(self._gone_before), *self._before, *self._behind, *_told(self._gone_behind), *self._rest]

    @property
    def first_error(self) -> int | None:
        """Which of the lines is the first error; where none looks like one, the first that speaks of one."""
        with self._lock:
            if self._behind:
                return len(self._before) + bool(self._gone_before)
        return next((at for at, line in enumerate(self.lines) if _ANY_ERROR.search(line[:_LOOKED_AT])), None)

    @property
    def places(self) -> Sequence[ErrorPlace]:
        """Where the errors stand, as far as they tell."""
        with self._lock:
            return tuple(self._places)

    @property
    def first_error_says(self) -> str:
        """The line of the first error; empty where there is none."""
        at, lines = self.first_error, self.lines
        return "" if at is None or at >= len(lines) else lines[at].strip()

    def _take(self, raw: bytes | bytearray) -> None:
        message = _message(raw) if raw[:1] == b"{" else None
        if message is None:
            # What a line wrote over itself is what a terminal would show last.
            text = _SEQUENCES.sub("", raw[:_LONGEST].decode("utf-8", "replace").rstrip("\r")).rpartition("\r")[2]
            self._take_line(text)
        else:
            self._take_message(message)

    def _take_line(self, text: str) -> None:
        head = text[:_LOOKED_AT]
        is_error = bool(_ERROR.match(head))
        if is_error and not any(sum_ in head for sum_ in _SUMS):
            self.errors += 1
            self._awaits_place = head.strip()
            in_front = _IN_FRONT.match(head)
            if in_front:
                self._found(in_front, ())
        elif _WARNING.match(head):
            self.warnings += 1
            self._awaits_place = ""
        elif self._awaits_place and (behind := _BEHIND_ARROW.match(head)):
            self._found(behind, ())
        self._show(text, anchors=is_error)

    def _found(self, found: re.Match[str], bases: tuple[str, ...]) -> None:
        self._place(ErrorPlace(self._awaits_place, found["file"], int(found["line"]), bases))
        self._awaits_place = ""

    def _place(self, place: ErrorPlace) -> None:
        if len(self._places) < _MOST_PLACES and place not in self._places:
            self._places.append(place)

    def _take_message(self, told: dict[str, Any]) -> None:
        """A line of cargo's: what it says of the compiler is shown, the rest is for programs."""
        message = told.get("message")
        if told.get("reason") != "compiler-message" or not isinstance(message, dict):
            return
        text, level = str(message.get("message", "")), str(message.get("level", ""))
        is_sum = text.startswith(_SUMS)
        is_error = level.startswith("error") and not is_sum
        self.errors += is_error
        self.warnings += level == "warning" and bool(message.get("spans"))
        rendered = message.get("rendered")
        shown = rendered if isinstance(rendered, str) and rendered else f"{level}: {text}"
        first, *more = [_SEQUENCES.sub("", each) for each in shown.rstrip("\n").split("\n")]
        self._show(first, anchors=is_error)
        for each in more:
            self._show(each)
        if is_error and (place := _place_in(message, told, first.strip())) is not None:
            self._place(place)

    def _show(self, text: str, *, anchors: bool = False) -> None:
        self.written += 1
        text = text[:_LONGEST].expandtabs(_TAB).rstrip()
        if not self._behind and not anchors:
            self._gone_before += len(self._before) == self._before.maxlen
            self._before.append(text)
        elif not self._behind:
            while len(self._before) > _BEFORE:
                self._before.popleft()
                self._gone_before += 1
            self._behind.append(text)
        elif len(self._behind) < _BEHIND:
            self._behind.append(text)
        else:
            self._gone_behind += len(self._rest) == self._rest.maxlen
            self._rest.append(text)


def is_error_line(text: str) -> bool:
    """Whether a line is an error, as compilers write them."""
    return bool(_ERROR.match(text[:_LOOKED_AT]))


def is_warning_line(text: str) -> bool:
    """Whether a line is a warning, as compilers write them."""
    return bool(_WARNING.match(text[:_LOOKED_AT]))


def _told(gone: int) -> list[str]:
    return [f"… {plural(gone, 'earlier line')} not shown …"] if gone else []


def _message(raw: bytes | bytearray) -> dict[str, Any] | None:
    """A line of cargo's, taken apart; None for any other line."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and isinstance(told.get("reason"), str) else None


def _place_in(message: dict[str, Any], told: dict[str, Any], says: str) -> ErrorPlace | None:
    """Where the compiler says that an error is: its first span that it calls primary."""
    spans = message.get("spans")
    for span in spans if isinstance(spans, list) else ():
        if not isinstance(span, dict) or not span.get("is_primary"):
            continue
        file, line = span.get("file_name"), span.get("line_start")
        if isinstance(file, str) and file and isinstance(line, int) and 0 < line < 10**9:
            manifest = told.get("manifest_path")
            # Files are named from the folder of the workspace, which is one above that of the crate, or that.
            folders = [str(each) for each in Path(manifest).parents] if isinstance(manifest, str) else []
            return ErrorPlace(says, file, line, tuple(folders))
    return None
