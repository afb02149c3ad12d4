"""Writing a chain in another format; what that format can't hold is told, once each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from chainview.chain.event import Event, Kind
from chainview.chain.files.detect import NATIVE
from chainview.chain.files.entries.entry import Checked, End
from chainview.chain.files.entries.header import Header
from chainview.chain.files.entries.note import OTHER_CHAINS
from chainview.chain.files.native.layout import checksum_matches, pack_end, pack_event, pack_header, pack_note
from chainview.chain.files.native.skip import skip
from chainview.chain.files.opened import OpenedChain
from chainview.chain.hashing import byte_array_text, hashed_text
from chainview.pack.cgrf import decode
from chainview.pack.literal import format_literal
from chainview.system.errors import ChainviewError
from chainview.system.version import VERSION

_NO_HASH_TEXT = "0" * 40
_EMPTY_HASH = b'{"hash":[]'


@dataclass(slots=True)
class Losses:
    """What was left behind: a sentence for each kind of thing, with how many events it happened to."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        """Counts one more of what can't be held."""
        self.counts[what] = self.counts.get(what, 0) + count

    def sentences(self) -> list[str]:
        """The sentences, in the order in which they first came up."""
        return [f"{what}: {count:,}" if count else what for what, count in self.counts.items()]


Writer = Callable[[OpenedChain, Losses], Iterator[bytes]]


def _events(opened: OpenedChain, losses: Losses) -> Iterator[tuple[int, Event]]:
    """The events that can be written; damaged stretches and missing payloads are told as losses."""
    table = opened.table
    for index in range(len(table)):
        if table.kinds[index] == Kind.DAMAGED:
            losses.add("damaged events that could not be read and are left out")
            continue
        if table.checked(index) is Checked.LINK:
            losses.add("events without the payload that was hashed, whose hashes will not come out right")
        yield index, table.event(index)


def _beside(opened: OpenedChain, losses: Losses) -> None:
    if opened.format == NATIVE:
        losses.add("the header, notes, times, durations, fuel and stacks are left out", 0)


def write_json(opened: OpenedChain, losses: Losses) -> Iterator[bytes]:
    """A JSON array, one event a line, its hashed text byte for byte with the hash put in."""
    _beside(opened, losses)
    separator = b"[\n"
    for _, event in _events(opened, losses):
        text = hashed_text(event.parent, event.event_type, event.payload)
        yield b'%b{"hash":[%b]%b' % (separator, byte_array_text(event.hash), text[len(_EMPTY_HASH) :])
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def write_native(opened: OpenedChain, losses: Losses) -> Iterator[bytes]:
    """chainview's own format, with the header, the notes and what is beside the events where they are known."""
    yield pack_header(opened.header or Header(schema=opened.schema, writer=f"chainview {VERSION}"))
    table, count, head = opened.table, 0, None
    notes = [note for note in opened.notes if note.kind != OTHER_CHAINS]
    for index, event in _events(opened, losses):
        while notes and notes[0].after <= index:
            yield pack_note(notes.pop(0))
        yield _stored_entry(opened, index) or pack_event(event, table.extras(index))
        count, head = count + 1, event.hash or None
    yield from map(pack_note, notes)
    yield pack_end(End(count, head))


def _stored_entry(opened: OpenedChain, index: int) -> bytes | None:
    """The entry of an event as it stands in a native file, with all that is beside it; None where it is not whole."""
    if opened.format != NATIVE:
        return None
    data, start = opened.table.raw, opened.table.raw_start(index)
    end = skip(data, start, len(data))
    entry = None if end is None else bytes(data[start:end])
    return entry if entry is not None and checksum_matches(entry) else None


def write_event_text(opened: OpenedChain, losses: Losses) -> Iterator[bytes]:
    """Theater's EVENT text; raises ChainviewError for an event type of several lines."""
    _beside(opened, losses)
    for index, event in _events(opened, losses):
        if "\n" in event.event_type:
            number = opened.table.number(index)
            raise ChainviewError(
                f"event {number:,} has a line break in its type, which EVENT text can't hold: use json"
            )
        hash_, parent = _hex_or_none(event.hash, losses), _NO_HASH_TEXT
        if event.parent is not None:
            parent = _hex_or_none(event.parent, losses)
        head = f"EVENT {hash_}\n{parent}\n{event.event_type}\n{len(event.payload)}\n\n"
        yield b"%b%b\n\n" % (head.encode("utf-8", "surrogateescape"), event.payload)


def _hex_or_none(hash_: bytes, losses: Losses) -> str:
    if len(hash_) * 2 == len(_NO_HASH_TEXT):
        return hash_.hex()
    losses.add("hashes that are not known and are written as zeros")
    return _NO_HASH_TEXT


def write_blocks(opened: OpenedChain, losses: Losses) -> Iterator[bytes]:
    """Theater's `---` blocks."""
    _beside(opened, losses)
    losses.add(
        "event types, variant tags and payload bytes are left out: readers find most of them again by the hashes",
        0,
    )
    for _, event in _events(opened, losses):
        hash_ = _hex_or_none(event.hash, losses)
        parent = "root" if event.parent is None else _hex_or_none(event.parent, losses)
        try:
            text = format_literal(decode(event.payload))
        except ChainviewError:
            text = f"raw: {len(event.payload)} bytes"
            losses.add("payloads that are no CGRF, of which only the length is kept")
        yield f"---\nhash: {hash_}\nparent: {parent}\n{text}\n".encode("utf-8", "surrogateescape")


WRITERS: Final[dict[str, Writer]] = {
    "msgpack": write_native,
    "json": write_json,
    "event": write_event_text,
    "blocks": write_blocks,
}
"""The writer of each format that `export` knows."""
