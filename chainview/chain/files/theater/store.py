"""Theater's content store: `events/<hash hex>` holds an event, `chains/<actor id>` the hash of a chain's last event."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chainview.chain.files.entries.entry import Damage, Entry, ReadEvent
from chainview.chain.files.theater.json_array import byte_array, read_object
from chainview.chain.hashing import HASH_SIZE
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible

_NAMED = 3
_LARGEST_HEAD = 4096
_HEX = re.compile(r"[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True)
class StoredChain:
    """The chain that ends in the event `head`, whose events lie in a folder."""

    events: Path
    head: bytes

    def entries(self) -> Iterator[Entry]:
        """The events, first to last; one that is missing or no event is a Damage before all that follow it.

        What stands before such a hole is found where a single row of events in the folder leads to nothing else.
        """
        seen: set[bytes] = set()
        behind, hole = self._back_from(self.head, seen)
        if hole:
            tips = self._tips(seen)
            before, another = self._back_from(tips[0], seen) if len(tips) == 1 else ([], False)
            yield from () if another else reversed(before)
            yield Damage(0, 0, "event")
        yield from reversed(behind)

    def _back_from(self, hash_: bytes, seen: set[bytes]) -> tuple[list[ReadEvent], bool]:
        """The events back from one of a hash, and whether the one before them is missing."""
        backwards: list[ReadEvent] = []
        wanted: bytes | None = hash_
        while wanted is not None and wanted not in seen:
            seen.add(wanted)
            event = self._event(wanted)
            if event is None:
                return backwards, True
            backwards.append(event)
            wanted = event.event.parent
        return backwards, False

    def _tips(self, seen: set[bytes]) -> list[bytes]:
        """The events in the folder that were not seen, that no other event follows, and that are no chain's head."""
        found, followed = set[bytes](), set[bytes]()
        try:
            names = [path.name for path in self.events.iterdir() if _HEX.fullmatch(path.name)]
        except OSError:
            return []
        for hash_ in map(bytes.fromhex, names):
            event = None if hash_ in seen else self._event(hash_)
            if event is not None:
                found.add(hash_)
                followed.add(event.event.parent or b"")
        return list(found - followed - self._heads())

    def _heads(self) -> set[bytes]:
        """The last events of the chains that the store knows."""
        heads = set[bytes]()
        for path in (self.events.parent / "chains").glob("*"):
            if path.is_file() and path.stat().st_size < _LARGEST_HEAD:
                heads.add(_head(path.read_bytes()) or b"")
        return heads

    def _event(self, hash_: bytes) -> ReadEvent | None:
        try:
            stored = json.loads((self.events / hash_.hex()).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        return read_object(stored, 0) if isinstance(stored, dict) else None


def stored_chain(path: Path, content: bytes | None = None) -> StoredChain | None:
    """The chain of a chain head file with that content, or of a store's folder; None when it is neither.

    Raises ChainviewError for a folder of several chains.
    """
    if content is not None:
        head = _head(content)
        folders = (path.parent.parent / "events", path.parent / "events")
        events = next((folder for folder in folders if folder.is_dir()), None)
        return None if head is None or events is None else StoredChain(events, head)
    chains = path / "chains" if (path / "chains").is_dir() else path
    heads = []
    for file in sorted(chains.iterdir()):
        if file.is_file() and file.stat().st_size < _LARGEST_HEAD:
            chain = stored_chain(file, file.read_bytes())
            if chain is not None:
                heads.append((file.name, chain))
    if len(heads) > 1:
        names = ", ".join([visible(name) for name, _ in heads[:_NAMED]]) + (" …" if len(heads) > _NAMED else "")
        raise ChainviewError(f"{path} holds {len(heads):,} chains: give one of the files in {chains} ({names})")
    return heads[0][1] if heads else None


def _head(content: bytes) -> bytes | None:
    """The hash in a chain head file, as text or as an array of byte values."""
    try:
        stored = json.loads(content)
    except (ValueError, RecursionError):
        stored = content.decode("ascii", "replace").strip()
    if isinstance(stored, str):
        return bytes.fromhex(stored) if _HEX.fullmatch(stored) else None
    head = byte_array(stored)
    return head if head is not None and len(head) == HASH_SIZE else None
