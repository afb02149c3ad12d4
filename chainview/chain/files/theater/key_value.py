"""The key and value blocks that Theater wrote for some days in May 2026: hashes of 7 digits, no event types.

A block has `hash`, `parent` and `type` (call, result, host-call or error), then `function`, `params`, `state`,
`response`, `interface`, `input`, `output` or `message` as literals. Whole hashes are found again where every block
before is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Event
from chainview.chain.files.entries.entry import Again, Checked, Cut, Damage, Data, Entry, Pause, ReadEvent
from chainview.chain.files.theater.blocks import readings
from chainview.chain.files.theater.kept import Kept
from chainview.chain.files.theater.key_lines import Blocks, Fields
from chainview.chain.files.theater.moulds import Shape, shape_of_literal
from chainview.chain.files.theater.recovery import TOLD, Reading, Recovery, Types
from chainview.chain.files.theater.runs import Runs
from chainview.chain.payload import call_value, error_value, host_call_value, result_value
from chainview.chain.schema import Schema
from chainview.core.casts import SHORT_HASH, Texts
from chainview.pack.cgrf import decode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.literal import parse_literal
from chainview.pack.values import UNIT, Array, String, Value
from chainview.system.errors import ChainviewError

_LINKS = ("hash", "parent")
_SHORT = re.compile(r"[0-9a-f]{7,40}")
_VALUES = {"call": ("params",), "host-call": ("input", "output"), "result": ("state", "response")}
"""The values that a block of a type holds, in the order of its payload."""
_KINDS = frozenset((*_VALUES, "error"))
_ELSEWHERE = b"\xff"
"""Stands for the parent of a block that does not follow the one before it."""

_BARE = Event(b"", _ELSEWHERE, MODULE_EVENT, b"")
"""What is told of a block that holds nothing but a hash, and does not follow the one before it."""


def read_key_value(data: Data) -> Iterator[Entry]:
    """The events of key and value blocks, each recovered to what was hashed where that can be done.

    While the data grows the last block is waited with until its hash comes out or another one follows.
    """
    size = len(data)
    recovery = Recovery(size)
    before: str | None = None
    parent: bytes | None = None
    known = True
    blocks, told = Blocks(data), Kept[Event]()
    runs = Runs(data, recovery.moulds, Texts.KEYS)
    for block in blocks:
        if block is None:
            yield Pause()
            continue
        fields, start, end, lines, more = block
        short = fields.get("hash", "").lower()
        blocks.counts = not known
        if blocks.waits:
            recovery.grew(len(data) - size)
            size = len(data)
            if not (known and _SHORT.fullmatch(short) and _tried(fields, recovery, before, parent)):
                yield Pause()
                continue
            blocks.take()
        cut = end == len(data) and data[end - 1 : end] != b"\n"
        if not _SHORT.fullmatch(short):
            if cut:
                yield Cut(start)
                return
            blocks.refused += 1
            yield Damage(start, end, "event")
            before, known = None, False
            continue
        blocks.refused = 0
        if len(fields) == 1 and not known and before is not None:
            # Nothing but a hash: of these there may be very many.
            recovery.failed(None)
            event, follows = _BARE, False
        else:
            follows, is_linked = _links(fields, before)
            known = known and is_linked
            # Behind a block whose hash is not known none is ever proved, and what is alike says the same.
            kept = None if known or recovery.is_lost else told.get(lines)
            event, right = (kept, False) if kept else _event(fields, recovery, parent, short if known else None)
            if known and not right:
                event, right = _without_last_lines(fields, recovery, parent) or (event, right)
                if cut and not right:
                    yield Cut(start)
                    return
            elif not known and kept is None:
                told.keep(lines, event, len(event.payload))
            elif kept is not None and not kept.payload:
                recovery.was_in_vain()
            known = known and right
        hash_ = event.hash if known else b""
        stated_parent = parent if follows else _ELSEWHERE
        checked = Checked.PROVED if known else Checked.LINK
        read = ReadEvent(Event(hash_, stated_parent, event.event_type, event.payload), end, checked)
        yield from _and_again(read, more, end - start)
        before, parent = short, hash_ or None
        if not known:
            runs.lose(_ELSEWHERE)
        last, at = parent or before[:SHORT_HASH].encode(), end + more * (end - start)
        if blocks.goes_on and (run := runs.after(last, at, 0 if known else recovery.tried_of)):
            yield run
            last = run.made.last
            before, parent = (last.hex()[: len(short)], last) if known else (last.decode(), None)
            blocks.go_to(run.end)


def _and_again(read: ReadEvent, more: int, size: int) -> Iterator[ReadEvent | Again]:
    yield read
    if more:
        yield Again(read, more, size)


def _links(fields: Fields, before: str | None) -> tuple[bool, bool]:
    """Whether a block follows the one before, and whether it does, or begins the chain: then its hash can be known."""
    stated = _SHORT.match(fields.get("parent", "").lower())
    follows = before is None or (stated is not None and stated.group()[:SHORT_HASH] == before[:SHORT_HASH])
    return follows, follows and (before is not None or stated is None)


def _without_last_lines(fields: Fields, recovery: Recovery, parent: bytes | None) -> tuple[Event, bool] | None:
    """The event of a block in which the last lines are not its own, where its hash comes out without them."""
    for count in range(len(fields) - 1, len(_LINKS), -1):
        event, right = _event(dict(islice(fields.items(), count)), recovery, parent, fields["hash"].lower())
        if right:
            return event, right
    return None


def _tried(fields: Fields, recovery: Recovery, before: str | None, parent: bytes | None) -> bool:
    """Whether the hash of a block comes out that may not be all there."""
    return _links(fields, before)[1] and _event(fields, recovery.copy(), parent, fields["hash"].lower())[1]


def _event(fields: Fields, recovery: Recovery, parent: bytes | None, short: str | None) -> tuple[Event, bool]:
    matches = None if short is None else lambda hash_: hash_.hex().startswith(short)
    event_type = MODULE_EVENT
    if fields.get("type") == "host-call":
        event_type = f"{_name(fields, 'interface')}/{_name(fields, 'function')}"
    elif "function" in fields and _name(fields, "function") == SHUTDOWN_EVENT:
        event_type = SHUTDOWN_EVENT
    event = Event(b"", parent, event_type, b"")
    if fields.get("type") not in _KINDS:
        recovery.failed(None)
        return event, False
    text = _literal_of(fields)
    shape = _shape(fields, text)
    made = None if shape is None else recovery.by_mould(shape, parent, matches)
    if made is not None or recovery.passes_over(text) or recovery.is_unreadable(shape):
        return made or (event, False)
    read = False
    try:
        for reading in _readings(fields, recovery):
            event, right, read = *recovery.recover(reading, parent, matches), True
            if right or matches is None:
                recovery.learn(shape, event, right=right)
                return event, right
    except ChainviewError:
        return event, False
    if not read:
        recovery.failed(shape)
    recovery.learn(shape, event, right=False)
    return event, False


def _named(fields: Fields) -> list[tuple[str, str]]:
    """The names that a block tells, each with what stands before it in its literal."""
    named = [("function: ", _name(fields, "function"))]
    if fields["type"] == "host-call":
        named.insert(0, ("interface: ", _name(fields, "interface")))
    elif fields["type"] == "error":
        named.append(("", _message(fields)))
    return named


def _literal_of(fields: Fields) -> str:
    """What a block says, put together into one literal, its values in the order of its payload."""
    texts = [f'{key}"{name}"' for key, name in _named(fields)]
    values = [fields.get(key, "()") for key in _VALUES.get(fields["type"], ())]
    return "\n".join([fields["type"], *texts, *values])


def _shape(fields: Fields, text: str) -> Shape | None:
    """The shape of the literal of a block whose values stand in its payload in a known order."""
    if "bytes" in fields or any('"' in name or "\n" in name for _, name in _named(fields)):
        return None
    return shape_of_literal(text)


def _message(fields: Fields) -> str:
    return _name(fields, "message" if "message" in fields else "error")


def _readings(fields: Fields, recovery: Recovery) -> Iterator[Reading]:
    """What a block may stand for, the likeliest first."""
    texts = tuple([text for named in fields.items() if named[0] not in _LINKS for text in named])
    likeliest = recovery.likeliest(texts)
    if likeliest is not None:
        yield likeliest
        if likeliest.told:
            return
    for value, types in _values(fields, recovery):
        if likeliest is None:
            likeliest = Reading(value, types)
            recovery.keep(texts, likeliest)
            yield likeliest
        elif types != likeliest.types:
            yield Reading(value, types)


def _values(fields: Fields, recovery: Recovery) -> Iterator[tuple[Value, tuple[Types, ...]]]:
    """The payloads that a block may stand for, each with the types that its literals were given."""
    function, kind = _name(fields, "function"), fields.get("type")
    if kind == "call":
        for params, given_types in _literals(fields, "params", recovery):
            yield call_value(Schema.VALUES, function, params), (given_types,)
    elif kind == "host-call":
        for given, given_types in _literals(fields, "input", recovery):
            for answer, types in _literals(fields, "output", recovery):
                yield host_call_value(_name(fields, "interface"), function, given, answer), (given_types, types)
    elif kind == "result" and "bytes" in fields:
        for state, state_types in _literals(fields, "state", recovery):
            for stored, types in _literals(fields, "bytes", recovery):
                packed = stored.data if isinstance(stored, Array) else b""
                response, version = (decode(packed), version_of(packed)) if packed else (None, NEWEST)
                yield result_value(Schema.BYTES, function, state, response, version), (state_types, types)
    elif kind == "result":
        for state, state_types in _literals(fields, "state", recovery):
            for response, types in _literals(fields, "response" if "response" in fields else "result", recovery):
                yield result_value(Schema.VALUES, function, state, response), (state_types, types)
    elif kind == "error":
        yield error_value(function, _message(fields)), ()


def _literals(fields: Fields, key: str, recovery: Recovery) -> Iterator[tuple[Value, Types]]:
    text = fields.get(key)
    if text is None:
        yield UNIT, TOLD
    else:
        for reading in readings(text, recovery):
            yield reading.value, reading.types[0]


def _name(fields: Fields, key: str) -> str:
    """A text that may stand as a literal or bare."""
    text = fields.get(key, "")
    if text[:1] != '"':
        return text
    if text[-1:] == '"' and text.count('"') == 2 and "\\" not in text:
        return text[1:-1]
    try:
        value = parse_literal(text)
    except ChainviewError:
        return text
    return value.value if isinstance(value, String) else text
