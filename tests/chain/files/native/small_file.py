"""A small native file, with where each of its events begins and ends, and chains opened from bytes."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.files.entries.entry import End, Note
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note
from chainview.chain.files.opened import OpenedChain, open_chain
from tests.chain import samples

EVENTS = samples.events(7, closed=True)


def small_file() -> tuple[bytes, list[tuple[int, int]]]:
    """A file with header, events, a note and an end, and where each event's entry begins and ends."""
    data = pack_header(samples.header())
    spans = []
    for index, event in enumerate(EVENTS):
        if index == 3:
            data += pack_note(Note("bookmark", {"name": "here"}))
        entry = pack_event(event, samples.extras(index))
        spans.append((len(data), len(data) + len(entry)))
        data += entry
    return data + pack_end(End(len(EVENTS), EVENTS[-1].hash)), spans


DATA, SPANS = small_file()


def opened_bytes(folder: Path, data: bytes) -> OpenedChain:
    """A chain opened from a file of those bytes."""
    path = folder / "file"
    path.write_bytes(data)
    return open_chain(path)
