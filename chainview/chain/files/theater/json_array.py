"""Theater's JSON: an array of events, a saved StateChain, or events one after the other as the server sends them.

An event is `{"hash":[ints],"parent_hash":[ints]|null,"event_type":text,"data":[ints]}`. Chains of 2025 carry further
keys and hashed them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha1
from json import dumps, loads

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, End, Entry, Pause, ReadEvent, may_grow
from chainview.chain.files.theater.json_values import ObjectScanner
from chainview.chain.hashing import byte_array_text, event_hash, hashed_pieces
from chainview.system.errors import ChainviewError

_KEYS = frozenset(("hash", "parent_hash", "event_type", "data"))
_WRAPPINGS = ("ActorEvent", "event")
_EVENTS_KEY = re.compile(rb'"events"\s*:\s*\[')
_HEAD_KEY = re.compile(rb'"current_hash"\s*:\s*(null|\[[\d,\s]{0,1000}\])')
_EMPTY_HASH = b'{"hash":[]'
_NEAR = 1 << 16
_NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}


def read_json(data: Data) -> Iterator[Entry]:
    """The events of a JSON array, or of objects that follow each other, bare or as the server wraps them."""
    while may_grow(data) and data.find(b"[") < 0 and data.find(b"{") < 0:
        yield Pause()
    array, start = data.find(b"["), max(data.find(b"{"), 0)
    in_array = array >= 0 and (array < start or data.find(b"{") < 0)
    scanner = ObjectScanner(data, array + 1 if in_array else start, in_array=in_array, read=read_object)
    yield from scanner
    while may_grow(data):
        yield Pause()
    yield from _behind(scanner, len(data), data)


def read_state_chain(data: Data) -> Iterator[Entry]:
    """The events of a saved StateChain, then its head."""
    found = _EVENTS_KEY.search(data[:_NEAR])
    if found is None:
        yield Cut(0) if len(data) < _NEAR else Damage(0, len(data), "event")
        return
    scanner = ObjectScanner(data, found.end(), in_array=True, read=read_object)
    count = 0
    for entry in scanner:
        count += isinstance(entry, ReadEvent)
        yield entry
    if not scanner.closed:
        return
    tail = scanner.position
    head = _HEAD_KEY.search(data[tail : tail + _NEAR]) or _HEAD_KEY.search(data[: found.start()])
    if head is not None:
        yield End(count, byte_array(loads(head.group(1))))
    if b"}" not in data[tail : tail + _NEAR]:
        yield Cut(tail)


def _behind(scanner: ObjectScanner[ReadEvent], size: int, data: Data) -> Iterator[Damage]:
    """What stands behind the array, where that is anything."""
    if scanner.closed and data[scanner.position : size].strip():
        yield Damage(scanner.position, size, "entry")


def byte_array(value: object) -> bytes | None:
    """The bytes of a JSON array of byte values; None when it is something else."""
    if type(value) is not list:
        return None
    try:
        return bytes(value)
    except (ValueError, TypeError):
        return None


def event_json(event: Event, number: int) -> bytes:
    """An event as Theater writes it: its hashed text byte for byte, with the hash put in.

    Raises ChainviewError, which names the event by its number, for an event type that is no Unicode.
    """
    return b"".join(event_json_pieces(event, number))


def event_json_pieces(event: Event, number: int) -> Iterator[bytes]:
    """What `event_json` gives, in pieces, so that the text of a large payload is never all held."""
    try:
        event.event_type.encode()
    except UnicodeEncodeError:
        raise ChainviewError(
            f"event {number:,} has a type that is no Unicode, which JSON can't hold: use a chain file (msgpack)"
        ) from None
    pieces = hashed_pieces(event.parent, event.event_type, event.payload)
    yield b'{"hash":[%b]%b' % (byte_array_text(event.hash), next(pieces)[len(_EMPTY_HASH) :])
    yield from pieces


def read_object(stored: dict[str, object], end: int) -> ReadEvent | None:
    """The event of one JSON object that ends at `end`, bare or in the server's wrapping; None when it is no event."""
    for wrapping in _WRAPPINGS:
        if wrapping in stored and isinstance(inner := stored[wrapping], dict):
            stored = inner
    event_type = stored.get("event_type")
    if type(event_type) is not str:
        return None
    hash_, payload = byte_array(stored.get("hash")), byte_array(stored.get("data"))
    stated = stored.get("parent_hash")
    parent = None if stated is None else byte_array(stated)
    if hash_ is None or payload is None or (parent is None) != (stated is None):
        return None
    event = Event(hash_, parent, event_type, payload)
    if stored.keys() <= _KEYS:
        return ReadEvent(event, end)
    return ReadEvent(event, end, _checked(event, stored), _extras(stored))


def _checked(event: Event, stored: dict[str, object]) -> Checked:
    if event_hash(event.parent, event.event_type, event.payload) == event.hash:
        return Checked.FULL
    try:
        text = dumps({**stored, "hash": []}, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return Checked.LINK
    whole = sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return Checked.PROVED if whole == event.hash else Checked.LINK


def _extras(stored: dict[str, object]) -> Extras:
    """The time that an event of 2025 carries, in whatever unit its size speaks for."""
    time = stored.get("timestamp")
    if type(time) is not int or time <= 0:
        return NO_EXTRAS
    for unit, least in (("ns", 10**17), ("us", 10**14), ("ms", 10**11), ("s", 1)):
        if time >= least:
            return Extras(time_ns=min(time * _NANOSECONDS[unit], (1 << 64) - 1))
    return NO_EXTRAS
