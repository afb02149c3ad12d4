"""The key and value blocks that Theater wrote for some days in May 2026: hashes of 7 digits, no event types.

A block has `hash`, `parent` and `type` (call, result, host-call or error), then `function`, `params`, `state`,
`response`, `interface`, `input`, `output` or `message` as literals. Whole hashes are found again where every block
before is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, Entry, ReadEvent
from chainview.chain.files.theater.blocks import readings
from chainview.chain.files.theater.recovery import Recovery
from chainview.chain.payload import (
    MODULE_EVENT,
    SHUTDOWN_EVENT,
    encode_call,
    encode_error,
    encode_host_call,
    encode_result,
)
from chainview.chain.schema import Schema
from chainview.pack.cgrf import decode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.literal import parse_literal
from chainview.pack.values import UNIT, Array, String, Value
from chainview.system.errors import ChainviewError

_LINE = re.compile(r"\ufeff?[ \t]*([A-Za-z][A-Za-z _-]{0,30}):[ \t]*(.*)")
_SHORT = re.compile(r"[0-9a-f]{7,40}")
_ELSEWHERE = b"\xff"
"""Stands for the parent of a block that does not follow the one before it."""

Fields = dict[str, str]


def read_key_value(data: Data) -> Iterator[Entry]:
    """The events of key and value blocks, each recovered to what was hashed where that can be done."""
    recovery = Recovery(len(data))
    before: str | None = None
    parent: bytes | None = None
    known = True
    for fields, start, end in _blocks(data):
        short = fields.get("hash", "").lower()
        cut = end == len(data) and data[end - 1 : end] != b"\n"
        if cut and not _SHORT.fullmatch(short):
            yield Cut(start)
            return
        if not _SHORT.fullmatch(short):
            yield Damage(start, end, "event")
            before, known = None, False
            continue
        stated = _SHORT.match(fields.get("parent", "").lower())
        follows = before is None or (stated is not None and stated.group()[:7] == before[:7])
        known = known and follows and (before is not None or stated is None)
        event, right = _event(fields, recovery, parent, short if known else None)
        if cut and known and not right:
            yield Cut(start)
            return
        known = known and right
        hash_ = event.hash if known else b""
        stated_parent = parent if follows else _ELSEWHERE
        checked = Checked.FULL if known else Checked.LINK
        yield ReadEvent(Event(hash_, stated_parent, event.event_type, event.payload), end, checked)
        before, parent = short, hash_ or None


def _blocks(data: Data) -> Iterator[tuple[Fields, int, int]]:
    """The fields of each block with where it begins and ends; a `hash` begins the next."""
    fields: Fields = {}
    start = position = 0
    while position < len(data):
        newline = data.find(b"\n", position)
        end = len(data) if newline < 0 else newline + 1
        found = _LINE.match(data[position:end].decode("utf-8", "replace").rstrip("\r\n"))
        if found is not None:
            key = found.group(1).strip().lower().replace("_", "-")
            if key == "hash" and fields:
                yield fields, start, position
                fields, start = {}, position
            fields.setdefault(key, found.group(2).strip())
        position = end
    if fields:
        yield fields, start, len(data)


def _event(fields: Fields, recovery: Recovery, parent: bytes | None, short: str | None) -> tuple[Event, bool]:
    matches = None if short is None else lambda hash_: hash_.hex().startswith(short)
    event_type = MODULE_EVENT
    if fields.get("type") == "host-call":
        event_type = f"{_name(fields, 'interface')}/{_name(fields, 'function')}"
    elif _name(fields, "function") == SHUTDOWN_EVENT:
        event_type = SHUTDOWN_EVENT
    event = Event(b"", parent, event_type, b"")
    try:
        for value in _values(fields, recovery):
            event, right = recovery.recover(value, parent, matches)
            if right or matches is None:
                return event, right
    except ChainviewError:
        return event, False
    return event, False


def _values(fields: Fields, recovery: Recovery) -> Iterator[Value]:
    """The payloads that a block may stand for."""
    function, kind = _name(fields, "function"), fields.get("type")
    if kind == "call":
        for params in _literals(fields, "params", recovery):
            yield decode(encode_call(Schema.VALUES, function, params, NEWEST))
    elif kind == "host-call":
        for given in _literals(fields, "input", recovery):
            for answer in _literals(fields, "output", recovery):
                yield decode(encode_host_call(_name(fields, "interface"), function, given, answer, NEWEST))
    elif kind == "result" and "bytes" in fields:
        for state in _literals(fields, "state", recovery):
            for stored in _literals(fields, "bytes", recovery):
                packed = stored.data if isinstance(stored, Array) else b""
                response, version = (decode(packed), version_of(packed)) if packed else (None, NEWEST)
                yield decode(encode_result(Schema.BYTES, function, state, response, version))
    elif kind == "result":
        for state in _literals(fields, "state", recovery):
            for response in _literals(fields, "response" if "response" in fields else "result", recovery):
                yield decode(encode_result(Schema.VALUES, function, state, response, NEWEST))
    elif kind == "error":
        yield decode(encode_error(function, _name(fields, "message" if "message" in fields else "error")))


def _literals(fields: Fields, key: str, recovery: Recovery) -> Iterator[Value]:
    text = fields.get(key)
    if text is None:
        yield UNIT
    else:
        yield from readings(text, recovery)


def _name(fields: Fields, key: str) -> str:
    """A text that may stand as a literal or bare."""
    text = fields.get(key, "")
    try:
        value = parse_literal(text) if text.startswith('"') else None
    except ChainviewError:
        value = None
    return value.value if isinstance(value, String) else text
