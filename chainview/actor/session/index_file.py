"""The index of a family's folder while it is written: it is held in memory, and written again where it is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from chainview.chain.families.index import INDEX, Entry
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.text_file import read_regular
from chainview.system.files.whole_file import write_whole


class IndexFile:
    """Tells in `rescues`, a sentence each, what became of the file that nobody else should write to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / INDEX
        self.rescues: tuple[str, ...] = ()
        self._entries: list[Entry] = []
        self._written = b""

    def add(self, entry: Entry) -> None:
        """Writes an actor into it; raises ChainviewError where that can't be."""
        if self._entries:
            self.put_right()
        line = entry.line.encode()
        try:
            with self.path.open("ab") as file:
                file.write(line)
        except OSError as error:
            raise ChainviewError(f"can't write {self.path}: {words_of(error)}") from None
        self._entries.append(entry)
        self._written += line

    def put_right(self, chains: Mapping[str, Path | None] | None = None) -> None:
        """Writes it again where it is not what was written; `chains` are the files, by actor, where some are others."""
        lost = self._lost()
        self._entries = [_in_file(each, self.path.parent, (chains or {}).get(each.id)) for each in self._entries]
        text = b"".join([each.line.encode() for each in self._entries])
        if not lost and text == self._written:
            return
        self._written, again = text, "written again, whole"
        try:
            write_whole(self.path, [text], force=True)
        except ChainviewError as error:
            again = f"not written again: {error.sentence}"
        said = f"{self.path} {lost} while the family was recorded: it was {again}"
        if lost and said not in self.rescues:
            self.rescues += (said,)

    def _lost(self) -> str:
        """What became of the file; empty where it is as it was written."""
        try:
            held = read_regular(self.path, len(self._written) + 1)
        except FileNotFoundError:
            return "was removed or renamed"
        except OSError as error:
            return f"can't be read ({words_of(error)})"
        return "" if held == self._written else "was changed by somebody else"


def _in_file(entry: Entry, folder: Path, chain: Path | None) -> Entry:
    return entry if chain is None or chain.parent != folder else replace(entry, file=chain.name)
