"""The index of a family's folder: a line for each actor, as chainview writes it, or the array of Theater's harness."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chainview.chain.files.entries.header import sha256_in
from chainview.system.errors import words_of
from chainview.system.files.text_file import read_regular

INDEX: Final = "family.jsonl"
"""In a family's folder: a JSON object a line for each of its actors."""
OWN_FOLDERS: Final = ("store", "filesystem")
"""What stands behind the name of a chain in those of the folders in which its actor keeps something."""
OTHER_INDEX: Final = "family.json"
"""In the folder of a family that the real Theater ran: an array of such objects."""
MOST_MEMBERS: Final = 10_000
"""Actors of one folder that are read."""
_MOST_BYTES = 16 << 20
_LONGEST_LINE, _LONGEST_NAME, _LONGEST_ID, _LONGEST_FILE = 1 << 16, 200, 200, 255
_LARGEST_COUNT = 1 << 62


@dataclass(frozen=True, slots=True)
class Entry:
    """What an index tells of one actor: its file's name in the folder, and what is known of it; else empty or None."""

    file: str
    id: str = ""
    name: str = ""
    parent: str = ""
    """The id of the actor that spawned it; empty for a root."""
    module_sha256: str = ""
    events: int | None = None
    head: str = ""
    """The hash of its last event in hex digits."""

    @property
    def line(self) -> str:
        """Its line in the index."""
        told: dict[str, object] = {
            "file": self.file,
            "id": self.id,
            "name": self.name,
            "parent": self.parent or None,
            "module_sha256": self.module_sha256,
        }
        if self.events is not None:
            told |= {"events": self.events, "head": self.head}
        return json.dumps(told, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Index:
    """What the index of a folder tells, in its order; `remarks` say what of it is left out."""

    name: str
    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()


def read_index(folder: Path) -> Index | None:
    """The index of a folder, chainview's own before another; None where it has none.

    A line that is none, or that names a file outside of the folder, or one twice, is left out and told.
    """
    for name in (INDEX, OTHER_INDEX):
        try:
            data = read_regular(folder / name, _MOST_BYTES + 1)
        except FileNotFoundError:
            continue
        except OSError as error:
            return Index(name, (), (f"{name} can't be read: {words_of(error)}",))
        if len(data) > _MOST_BYTES:
            return Index(name, (), (f"{name} is larger than {_MOST_BYTES >> 20} MiB: it is left out",))
        return _index(name, data)
    return None


def _index(name: str, data: bytes) -> Index:
    entries, remarks = dict[str, Entry](), list[str]()
    for number, stored in enumerate(_lines(data) if name == INDEX else _items(data), 1):
        if number > MOST_MEMBERS:
            remarks.append(f"{name} holds more than {MOST_MEMBERS:,} entries: the rest is left out")
            break
        try:
            entry = _entry(stored)
        except _NoEntry as no_entry:
            remarks.append(f"entry {number:,} of {name} is left out: {no_entry}")
            continue
        if entry.file in entries:
            remarks.append(f"{name} names the file {entry.file} more than once: the first time counts")
        entries.setdefault(entry.file, entry)
    return Index(name, tuple(entries.values()), tuple(remarks))


class _NoEntry(Exception):
    """Why something in an index is no entry, to stand behind a colon."""


def _lines(data: bytes) -> Iterator[bytes]:
    return (line for line in data.split(b"\n") if line.strip())


def _items(data: bytes) -> Iterator[object]:
    stored = _parsed(data)
    yield from stored if isinstance(stored, list) else (stored,)


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _entry(stored: object) -> Entry:
    """The entry that a line or a JSON value is; raises _NoEntry."""
    if isinstance(stored, bytes):
        if len(stored) > _LONGEST_LINE:
            raise _NoEntry(f"it is longer than {_LONGEST_LINE >> 10} KiB")
        stored = _parsed(stored)
    if not isinstance(stored, dict):
        raise _NoEntry("it is no JSON object")
    file = _text(stored.get("file"), _LONGEST_FILE)
    if not file:
        raise _NoEntry("it names no file")
    if Path(file).name != file or file == ".." or "\\" in file or "\0" in file:
        raise _NoEntry("it names a file that does not lie in the folder")
    events = stored.get("events")
    counted = isinstance(events, int) and not isinstance(events, bool) and 0 <= events < _LARGEST_COUNT
    return Entry(
        file,
        id=_text(stored.get("id"), _LONGEST_ID),
        name=_text(stored.get("name"), _LONGEST_NAME),
        parent=_text(stored.get("parent"), _LONGEST_ID),
        module_sha256=sha256_in(stored.get("module_sha256")),
        events=int(events) if counted and isinstance(events, int) else None,
        head=_text(stored.get("head"), _LONGEST_ID),
    )


def _text(stored: object, most: int) -> str:
    return stored if isinstance(stored, str) and len(stored) <= most and _is_text(stored) else ""


def _is_text(text: str) -> bool:
    """Whether it is Unicode, without halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
