"""Bookmarks on events with a note each: in the chain's own file where that can be, else in a file beside it.

In the file they are notes, which are never hashed, appended behind all that is there. Of what is told of an event
more than once the last holds, and what lies beside the file holds over what is in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chainview.chain.files.entries.entry import BOOKMARK, Note
from chainview.chain.files.native.layout import MAGIC, pack_end, pack_note
from chainview.chain.files.native.reader import TAIL, end_in
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import lock_soon, turn_in
from chainview.system.files.whole_file import write_whole

LONGEST = 2000
"""The letters of the note on an event."""
_MOST = 10_000


def bookmark_note(number: int, text: str | None) -> Note:
    """The note that says of an event what its bookmark says, or for None that it has none."""
    return Note(BOOKMARK, {"event": number, "removed": True} if text is None else {"event": number, "text": text})


def told_in(data: dict[str, Any]) -> tuple[int, str | None] | None:
    """Of which event a note tells what; None for one that does not tell that."""
    number, text = data.get("event"), data.get("text", "")
    if type(number) is not int or number < 1 or not isinstance(text, str):
        return None
    return number, None if data.get("removed") is True else text[:LONGEST]


def file_beside(chain: Path) -> Path:
    """Where the bookmarks of a chain lie that are not in its file."""
    return chain.with_name(f"{chain.name}.bookmarks.json")


def read_beside(chain: Path) -> dict[int, str | None]:
    """What lies beside a chain, by the number of the event; raises ChainviewError for a file that is something else."""
    path = file_beside(chain)
    try:
        stored = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        raise ChainviewError(f"{path} can't be read: its bookmarks are not shown") from None
    held = stored.get("bookmarks") if isinstance(stored, dict) else None
    if not isinstance(held, list):
        raise ChainviewError(f"{path} holds no bookmarks")
    return dict(filter(None, [told_in(each) if isinstance(each, dict) else None for each in held[:_MOST]]))


def write_beside(chain: Path, held: dict[int, str | None]) -> None:
    """Keeps bookmarks beside a chain, or none any more; raises ChainviewError where that can't be."""
    path = file_beside(chain)
    if not held:
        path.unlink(missing_ok=True)
        return
    notes: Iterable[Note] = [bookmark_note(number, text) for number, text in sorted(held.items())]
    whole = json.dumps({"chainview": 1, "bookmarks": [note.data for note in notes]}, indent=1, ensure_ascii=False)
    write_whole(path, [whole.encode("utf-8", "replace"), b"\n"], force=True)


def change_beside(chain: Path, number: int, text: str | None, *, kept: bool = True) -> dict[int, str | None]:
    """Changes what is kept beside a chain of one event, and returns all of it, with what others kept meanwhile.

    What is not `kept` is not spoken of there any more. Raises ChainviewError where that can't be.
    """
    with turn_in(chain.parent):
        held = read_beside(chain)
        changed = {each: held[each] for each in held if each != number} | ({number: text} if kept else {})
        if changed != held:
            write_beside(chain, changed)
    return changed


def append_note(chain: Path, note: Note, size: int) -> int | None:
    """Appends a note to a chain file of ours that is as large as it was read, and returns how large it is now.

    None where it can't be: in other formats, while another program writes it, and where it is not what was read. The
    end of a closed file stands behind the note again, and its time stays what it was.
    """
    try:
        descriptor = os.open(chain, os.O_RDWR | os.O_APPEND)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if status.st_size != size or os.pread(descriptor, len(MAGIC), 0) != MAGIC or not lock_soon(descriptor):
            return None
        end = end_in(os.pread(descriptor, TAIL, max(0, size - TAIL)))
        entry = pack_note(note) + (b"" if end is None else pack_end(end))
        if os.write(descriptor, entry) != len(entry):
            os.ftruncate(descriptor, size)
            return None
        os.utime(descriptor, ns=(status.st_atime_ns, status.st_mtime_ns))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return size + len(entry)
