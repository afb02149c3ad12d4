"""Writing a chain, or some of its events, in another format; what that format can't hold is told, once each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from chainview.chain.bulk.ahead import PayloadsAhead
from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.entry import OTHER_CHAINS, Checked, End, Note
from chainview.chain.files.entries.header import Header
from chainview.chain.files.formats import NATIVE
from chainview.chain.files.native.layout import checksum_matches, pack_end, pack_event, pack_header, pack_note
from chainview.chain.files.native.object_end import skip
from chainview.chain.files.opened import OpenedChain
from chainview.chain.files.theater.json_array import event_json_pieces
from chainview.chain.table import EventTable
from chainview.pack.cgrf import decode_stored
from chainview.pack.literal import format_literal
from chainview.system.errors import ChainviewError
from chainview.system.version import VERSION

WRITER = f"chainview {VERSION}"
"""What a header names as its writer."""
_NO_HASH_TEXT = "0" * 40
_UNREADABLE = "damaged events that could not be read and are left out"
_NEAR: Final = 1 << 16
"""Bytes of a native file that are read together."""
_MOST_ENTRIES: Final = 1 << 12
"""Bytes that most entries fit in."""
_LET_GO = "events that were let go before they could be written"


@dataclass(slots=True)
class Losses:
    """What was left behind: a sentence for each kind of thing, with how many events it happened to."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        """Counts one more of what can't be held."""
        self.counts[what] = self.counts.get(what, 0) + count

    @property
    def left_out(self) -> int:
        """How many events are not written at all."""
        return self.counts.get(_UNREADABLE, 0) + self.counts.get(_LET_GO, 0)

    def sentences(self) -> list[str]:
        """The sentences, in the order in which they first came up."""
        return [f"{what}: {count:,}" if count else what for what, count in self.counts.items()]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is written: the events of a table that have these numbers, with what is known beside them.

    The table may grow and let go of its oldest events while it is written.
    """

    table: EventTable
    numbers: Sequence[int]
    header: Header
    notes: Sequence[Note] = ()
    native: bool = False
    """Whether the events lie in the entries of a native file."""

    def events(self, losses: Losses) -> Iterator[tuple[int, Event]]:
        """The events that can be written, by index; damaged stretches and missing payloads are told as losses."""
        table, payloads = self.table, PayloadsAhead(self.table)
        for index in self.indices(losses):
            hash_ = table.hash(index) or b""
            yield index, Event(hash_, table.parent(index), table.event_type(index), payloads.of(index))

    def indices(self, losses: Losses) -> Iterator[int]:
        """The indices of those events."""
        table = self.table
        for number in self.numbers:
            index = number - 1 - table.dropped
            if index < 0:
                losses.add(_LET_GO)
                continue
            if table.kinds[index] == Kind.DAMAGED:
                losses.add(_UNREADABLE)
                continue
            if table.checked(index) is Checked.LINK:
                losses.add("events without the payload that was hashed, whose hashes will not come out right")
            yield index


def all_of(opened: OpenedChain) -> Excerpt:
    """All of a chain."""
    notes = [note for note in opened.notes if note.kind != OTHER_CHAINS]
    header = opened.header or Header(schema=opened.schema, writer=WRITER)
    return Excerpt(opened.table, range(1, len(opened.table) + 1), header, notes, opened.format == NATIVE)


Writer = Callable[[Excerpt, Losses], Iterator[bytes]]


def _beside(excerpt: Excerpt, losses: Losses) -> None:
    if excerpt.native:
        losses.add("the header, notes, times, durations, fuel and stacks are left out", 0)
        if excerpt.table.shown:
            losses.add("the states that the module showed are left out: a replay asks for them again", 0)


def write_json(excerpt: Excerpt, losses: Losses) -> Iterator[bytes]:
    """A JSON array, one event a line; raises ChainviewError for an event type that is no Unicode."""
    _beside(excerpt, losses)
    separator = b"[\n"
    for index, event in excerpt.events(losses):
        yield separator
        yield from event_json_pieces(event, excerpt.table.number(index))
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def write_native(excerpt: Excerpt, losses: Losses) -> Iterator[bytes]:
    """chainview's own format, with the header, the notes and what is beside the events where they are known."""
    yield pack_header(excerpt.header)
    table, entries = excerpt.table, _StoredEntries(excerpt)
    count, head, notes = 0, None, deque(excerpt.notes)
    for index in excerpt.indices(losses):
        while notes and notes[0].after <= index:
            yield pack_note(notes.popleft())
        yield entries.at(index) or pack_event(table.event(index), table.extras(index))
        count, head = count + 1, table.hash(index)
    yield from map(pack_note, notes)
    yield pack_end(End(count, head))


class _StoredEntries:
    """The entries of events as they stand in a native file, with all that is beside them."""

    def __init__(self, excerpt: Excerpt) -> None:
        self._excerpt = excerpt
        self._near, self._base = b"", 0

    def at(self, index: int) -> bytes | None:
        """The entry of an event; None where it is not whole."""
        if not self._excerpt.native:
            return None
        data, start = self._excerpt.table.raw, self._excerpt.table.raw_start(index)
        at = start - self._base
        if not 0 <= at < len(self._near) - _MOST_ENTRIES:
            # Most follow each other, and are short.
            self._near, self._base, at = bytes(data[start : start + _NEAR]), start, 0
        end = skip(self._near, at, len(self._near))
        if end is not None:
            entry = self._near[at:end]
        else:
            end = skip(data, start, len(data))
            entry = b"" if end is None else bytes(data[start:end])
        return entry if checksum_matches(entry) else None


def write_event_text(excerpt: Excerpt, losses: Losses) -> Iterator[bytes]:
    """Theater's EVENT text; raises ChainviewError for an event type of several lines, or that is no text at all."""
    _beside(excerpt, losses)
    for index, event in excerpt.events(losses):
        event_type = _text_type(event.event_type, excerpt.table.number(index))
        hash_, parent = _hex_or_none(event.hash, losses), _NO_HASH_TEXT
        if event.parent is not None:
            parent = _hex_or_none(event.parent, losses)
        head = f"EVENT {hash_}\n{parent}\n".encode()
        yield b"%b%b\n%d\n\n" % (head, event_type, len(event.payload))
        yield event.payload
        yield b"\n\n"


def _text_type(event_type: str, number: int) -> bytes:
    """An event type as EVENT text has it: bytes that are no UTF-8 as they were read."""
    if "\n" in event_type:
        raise ChainviewError(f"event {number:,} has a line break in its type, which EVENT text can't hold: use json")
    try:
        packed = event_type.encode("utf-8", "surrogateescape")
        if packed.decode("utf-8", "surrogateescape") == event_type:
            return packed
    except UnicodeEncodeError:
        pass
    raise ChainviewError(f"event {number:,} has a type that is no Unicode, which EVENT text can't hold: use msgpack")


def _hex_or_none(hash_: bytes, losses: Losses) -> str:
    if len(hash_) * 2 == len(_NO_HASH_TEXT):
        return hash_.hex()
    losses.add("hashes that are not known and are written as zeros")
    return _NO_HASH_TEXT


def write_blocks(excerpt: Excerpt, losses: Losses) -> Iterator[bytes]:
    """Theater's `---` blocks."""
    _beside(excerpt, losses)
    losses.add(
        "event types, variant tags and payload bytes are left out: readers find most of them again by the hashes",
        0,
    )
    for _, event in excerpt.events(losses):
        hash_ = _hex_or_none(event.hash, losses)
        parent = "root" if event.parent is None else _hex_or_none(event.parent, losses)
        try:
            text = format_literal(decode_stored(event.payload))
        except ChainviewError:
            text = f"raw: {len(event.payload)} bytes"
            losses.add("payloads that are no CGRF, of which only the length is kept")
        yield f"---\nhash: {hash_}\nparent: {parent}\n{text}\n".encode()


WRITERS: Final[dict[str, Writer]] = {
    "msgpack": write_native,
    "json": write_json,
    "theater": write_json,
    "event": write_event_text,
    "blocks": write_blocks,
}
"""The writer of each format that `export` knows."""
