"""A chain file of very many events, written quickly: a block of them over and over, each linked to the one before."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from zlib import crc32

from chainview.chain.files.entries.entry import End
from chainview.chain.files.native.layout import CHECKSUM_LEAD, CHECKSUM_SIZE, pack_end, pack_event, pack_header
from chainview.chain.hashing import byte_array_text, hash_behind, text_behind_parent
from chainview.chain.state_chain import linked
from tests.chain import samples

_BLOCK = 50 * samples.CALL_LENGTH
_AT_ONCE = 2_000


def write_large(path: Path, count: int) -> int:
    """Writes a native file of so many events, at least one; returns its size in bytes."""
    first, *others = linked(samples.parts(_BLOCK + 1))
    block = []
    for index, event in enumerate(others, 1):
        assert event.parent is not None
        before, _, behind = pack_event(event, samples.extras(index))[:-CHECKSUM_SIZE].partition(event.hash)
        between, _, behind = behind.partition(event.parent)
        text = text_behind_parent(event.event_type, byte_array_text(event.payload))
        block.append((text, before, between, behind))
    with path.open("wb") as file:
        file.write(pack_header(samples.header()) + pack_event(first, samples.extras(0)))
        head, waiting = first.hash, list[bytes]()
        for text, before, between, behind in islice(cycle(block), count - 1):
            parent, head = head, hash_behind(head, text)
            body = b"".join((before, head, between, parent, behind))
            waiting += (body, bytes((CHECKSUM_LEAD,)), crc32(body).to_bytes(4, "big"))
            if len(waiting) > _AT_ONCE:
                file.write(b"".join(waiting))
                waiting.clear()
        file.write(b"".join(waiting) + pack_end(End(count, head)))
        return file.tell()
