"""Where in a native chain file the payloads lie, and how they are read without decoding the rest of an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainview.chain.files.entries.entry import Data
from chainview.chain.files.native.layout import EVENT_LEAD, TEXT_ERRORS
from chainview.chain.files.native.object_end import BLOB_LENGTH, skip

_HASH_LEAD = b"\xc4\x14"
"""How a hash of 20 bytes begins."""
_TYPE_AT = 47
"""Where the type begins in the entry of an event with a parent, both hashes of 20 bytes."""
_SHORT_BYTES, _LONGER_BYTES = 0xC4, 0xC5
"""How byte strings of up to 255, and of up to 65,535 bytes begin."""


class NativePayloads:
    """The payloads in the bytes or the memory map of a native chain file."""

    def __init__(self, data: Data) -> None:
        self.raw = data

    def span(self, start: int) -> tuple[int, int]:
        """Where the payload of the event whose entry begins at `start` begins and ends; both 0 when it isn't found."""
        data = self.raw
        size, lead = len(data), data[start]
        at: int | None = start + (1 if lead <= 0x9F else 3 if lead == 0xDC else 5)
        hashes = data[start + 3 : start + 27]
        if lead == EVENT_LEAD and hashes[:2] == _HASH_LEAD and hashes[22:24] == _HASH_LEAD:
            at = skip(data, start + _TYPE_AT, size)
        else:
            for _ in range(4):
                at = None if at is None else skip(data, at, size)
        width = None if at is None or at >= size else BLOB_LENGTH.get(data[at])
        if at is None or width is None:
            return 0, 0
        begin = at + 1 + width
        return begin, min(begin + int.from_bytes(data[at + 1 : begin], "big"), size)

    def payloads(self, starts: Iterable[int], types: Iterable[int], names: Sequence[str]) -> list[bytes]:
        """The payloads of the events whose entries begin at `starts`, whose types are `names[type]`."""
        raw, leads = self.raw, [_packed_text(name) for name in names]
        found = []
        for start, type_id in zip(starts, types, strict=True):
            at, lead = start + _TYPE_AT, leads[type_id]
            end = at + len(lead)
            # As the writer lays it out: the type stands at this place only behind two hashes of 20 bytes.
            head = raw[at : end + 3]
            if head.startswith(lead) and head[-3] == _SHORT_BYTES:
                found.append(raw[end + 2 : end + 2 + head[-2]])
            elif head.startswith(lead) and head[-3] == _LONGER_BYTES:
                found.append(raw[end + 3 : end + 3 + (head[-2] << 8 | head[-1])])
            else:
                begin, stop = self.span(start)
                found.append(raw[begin:stop])
        return found


def _packed_text(text: str) -> bytes:
    """A text as msgpack has it; one of more than 255 bytes, which is no event type, without its head."""
    packed = text.encode("utf-8", TEXT_ERRORS)
    size = len(packed)
    return bytes((0xA0 | size,)) + packed if size < 32 else bytes((0xD9, size)) + packed if size < 256 else packed
