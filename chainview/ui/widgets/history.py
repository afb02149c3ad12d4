"""The calls typed before, kept over restarts."""

from __future__ import annotations

from pathlib import Path

from chainview.system.locations import made
from chainview.system.whole_file import write_whole

MOST_KEPT = 1000


class History:
    """Lines typed before, the oldest first; stepping through them leaves what is being typed as the newest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] | None = None
        self._at = 0
        self._draft = ""

    @property
    def lines(self) -> list[str]:
        """The lines; none when the file is missing or can't be read."""
        if self._lines is None:
            try:
                text = self._path.read_text(encoding="utf-8", errors="replace")
            except OSError:
                text = ""
            self._lines = [line for line in text.split("\n") if line][-MOST_KEPT:]
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
        """Keeps a line as the newest, once; raises ChainviewError when the file can't be written."""
        lines = self.lines
        if line in lines:
            lines.remove(line)
        lines.append(line)
        del lines[:-MOST_KEPT]
        self._at, self._draft = len(lines), ""
        made(self._path.parent)
        write_whole(self._path, [f"{kept}\n".encode() for kept in lines], force=True)
