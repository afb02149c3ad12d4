"""Chains of a JSON object a line: Theater 0.3.9's `.jsonl`, what its command line prints, supervisor captures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import Any

from chainview.chain.event import Event
from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import (
    LOG,
    OTHER_CHAINS,
    Checked,
    Cut,
    Damage,
    Data,
    Entry,
    Note,
    Pause,
    ReadEvent,
    may_grow,
)
from chainview.chain.files.entries.printed import PRINTED
from chainview.chain.files.theater.moulds import Alike, Moulds, Shape, cast, cast_hash, shape_of_serde
from chainview.chain.hashing import HASH_SIZE, event_hash
from chainview.chain.payload import Call, read_payload
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import under_version, version_of
from chainview.pack.cgrf.limits import NEWEST, OLDEST, VERSIONS
from chainview.pack.serde import from_serde
from chainview.pack.serde.parts import too_many_parts
from chainview.system.errors import ChainviewError

_NUMBER_BEFORE = "number_before"
"""On a line of a capture that was divided: the number of the line that stood before it in the whole."""
_UNKNOWN_PARENT = b""
_NEAR = 1 << 16
_LONGEST_LOG = 1 << 12
"""In bytes: so much of a line is told that an actor logged."""
_LONGEST_OF_MANY_PARTS = 8 << 20
"""Bytes of a line that is read whatever it is made of: a value in JSON form takes some 50 times its size."""
_FIRST_FUNCTION = ".init"
_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
_BLANKS = re.compile(rb"\s*+")
_BRACE = ord("{")
_DATA_KEY = '"data"'
_OF_HASH = re.compile(rb'"hash"\s*+:\s*+"[0-9a-fA-F]{40}"')
_OF_EVENT_TYPE = re.compile(rb'"event_type"\s*+:\s*+"')
_LINKS = re.compile(r'"(?:parent_)?hash":\s?(?:"[0-9a-f]{40}"|null)')
"""What tells the lines of events apart that say the same."""
_OF_TYPE = re.compile(rb'"type"\s*+:\s*+"')
_OF_DATA = re.compile(rb'"data_hex"\s*+:\s*+"')


_Line = tuple[dict[str, object], int, int]
"""The object of a line, and where that begins and ends."""


class _Lines:
    """Each line; behind many that are `refused`, or no objects, only those in which all that is `wanted` stands.

    While the data grows a line that has no end yet is not there yet.
    """

    def __init__(self, data: Data, *wanted: re.Pattern[bytes]) -> None:
        self.refused = 0
        """How many lines in a row were none that is looked for, as far as whoever reads them tells."""
        self.text = ""
        """The line that was read last."""
        self._data = data
        self._wanted = wanted
        self._read = b""
        self._said: dict[str, object] | None = None
        """The line that was read last, and its object."""
        self._scan: Callable[[str, int], tuple[Any, int]] = JSONDecoder().scan_once  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[_Line | Damage | Cut | Pause]:
        data, position = self._data, 0
        while True:
            near = data[position : position + _NEAR]
            edge = near.rfind(b"\n") + 1
            if not edge:
                newline = data.find(b"\n", position + len(near))
                if newline < 0 and may_grow(data):
                    yield Pause()
                    continue
                edge = (len(data) if newline < 0 else newline + 1) - position
                near = data[position : position + edge]
                if not near:
                    return
            yield from self._of(near, edge, position)
            position += edge

    def _of(self, near: bytes, edge: int, position: int) -> Iterator[_Line | Damage | Cut]:
        """The lines in bytes up to an edge, which lie at a position of the data."""
        at = 0
        while at < edge:
            if self.refused > TOLD_APART:
                begin = self._next_wanted(near, at, edge)
                if begin > at:
                    yield Damage(position + at, position + begin, "event")
                    at = begin
                    continue
            end = near.find(b"\n", at, edge) + 1 or edge
            text = near[at:end].strip()
            if text:
                line = self._line(text, position + at, position + end, last=near[end - 1 : end] != b"\n")
                if type(line) is not tuple:
                    self.refused += 1
                yield line
            else:
                # Blank lines may be very many.
                blank = _BLANKS.match(near, end, edge)
                end = end if blank is None else max(end, near.rfind(b"\n", end, blank.end()) + 1)
            at = end

    def _next_wanted(self, near: bytes, at: int, edge: int) -> int:
        """Where the next line begins that has all that is wanted; the edge where none does."""
        first, *others = self._wanted
        while (found := first.search(near, at, edge)) is not None:
            begin = max(at, near.rfind(b"\n", at, found.start()) + 1)
            at = near.find(b"\n", begin, edge) + 1 or edge
            if all(other.search(near, begin, at) for other in others):
                return begin
        return edge

    def _line(self, text: bytes, start: int, end: int, *, last: bool) -> _Line | Damage | Cut:
        if self._said is not None and text == self._read:
            return self._said, start, end
        if len(text) > _LONGEST_OF_MANY_PARTS and too_many_parts(text):
            return Damage(start, end, "event")
        if text[0] != _BRACE:
            text = text.removeprefix(b"\xef\xbb\xbf").lstrip()
        try:
            self._said = None
            told = self.text = text.decode("utf-8", "surrogatepass")
            stored, stop = self._scan(told, 0)
        except (ValueError, StopIteration, RecursionError):
            return Cut(start) if last else Damage(start, end, "event")
        if stop == len(told):
            if type(stored) is not dict:
                return Damage(start, end, "event")
            self._read, self._said = text, stored
            return stored, start, end
        return Cut(start) if last else Damage(start, end, "event")


def _hex(value: object) -> bytes | None:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        return None


@dataclass(slots=True)
class _OneChain:
    """Lets through what belongs to the chain that came first, and counts what belongs to others."""

    keys: tuple[str, ...]
    mine: tuple[object, ...] | None = None
    newest: tuple[object, ...] | None = None
    """Whose event the last one was that was left out."""
    left_out: int = 0
    others: set[str] = field(default_factory=set)

    def holds(self, stored: dict[str, object]) -> bool:
        whose = tuple([stored.get(key) for key in self.keys])
        if self.mine is None:
            self.mine = whose
        if whose == self.mine:
            return True
        self.left_out += 1
        if len(self.others) < 100 and whose != self.newest:
            self.newest = whose
            self.others.add(" ".join([str(part) for part in whose if isinstance(part, str)]))
        return False

    def note(self) -> Iterator[Note]:
        if self.left_out:
            yield Note(OTHER_CHAINS, {"events": self.left_out, "chains": sorted(self.others)})


def _headed(stored: dict[str, object]) -> tuple[bytes, bytes | None, str] | None:
    """Hash, parent and type of a line that has them; None when one is missing or malformed."""
    hash_, stated, event_type = _hex(stored.get("hash")), stored.get("parent_hash"), stored.get("event_type")
    parent = None if stated is None else _hex(stated)
    if (
        hash_ is None
        or len(hash_) != HASH_SIZE
        or not isinstance(event_type, str)
        or (parent is None) != (stated is None)
    ):
        return None
    return hash_, parent, event_type


def read_jsonl(data: Data) -> Iterator[Entry]:
    """The events of a `.jsonl` file: payloads are Pack values in JSON form, or hex where they were no CGRF."""
    lines, moulds = _Lines(data, _OF_HASH, _OF_EVENT_TYPE), Moulds()
    said: dict[str, object] | None = None
    before: ReadEvent | None = None
    for line in lines:
        if not isinstance(line, tuple):
            yield line
            continue
        stored, start, end = line
        if stored is said and before is not None:
            # The line that was read last once more.
            lines.refused = 0
            yield ReadEvent(before.event, end, before.checked)
            continue
        head = _headed(stored)
        if head is None:
            lines.refused += 1
            yield Damage(start, end, "event")
            continue
        lines.refused, said = 0, stored
        held = stored.get("data")
        raw = _hex(held)
        if raw is not None:
            yield (before := ReadEvent(Event(*head, raw), end))
            continue
        shape = shape_of_serde(_LINKS.sub("", lines.text[lines.text.find(_DATA_KEY) :]))
        event, proved = _jsonl_event(head, held, shape, moulds)
        checked = (Checked.PROVED if proved else Checked.FULL) if event.payload else Checked.LINK
        yield (before := ReadEvent(event, end, checked))


def _jsonl_event(
    head: tuple[bytes, bytes | None, str], stored: object, shape: Shape | None, moulds: Moulds
) -> tuple[Event, bool]:
    """The event of a line that holds a value, without payload where that is none, and whether its hash was proved."""
    hash_, parent, event_type = head
    alike = None if shape is None else moulds.of(shape)
    if shape is not None and alike is not None:
        for mould in alike.moulds:
            if cast_hash(mould, shape, parent, event_type) == hash_:
                alike.right(mould)
                return Event(hash_, parent, event_type, cast(mould, shape)), True
        payloads = _versions(cast(alike.oldest, shape), alike)
    else:
        payloads = _encodings(stored)
    first = b""
    for payload in payloads:
        first = first or payload
        if event_hash(parent, event_type, payload) == hash_:
            if shape is not None:
                moulds.keep(shape, event_type, first)
                moulds.keep(shape, event_type, payload)
            return Event(hash_, parent, event_type, payload), True
    if shape is not None and alike is None:
        moulds.keep(shape, event_type, first)
    return Event(hash_, parent, event_type, first), False


def _versions(payload: bytes, known: Alike) -> Iterator[bytes]:
    """A payload of the oldest version that can hold it, and under each newer one for which there is no mould yet."""
    yield payload
    if len(known.moulds) == 1 and version_of(payload) == OLDEST:
        yield under_version(payload, NEWEST)


def _encodings(stored: object) -> Iterator[bytes]:
    """The value in JSON form under each version that can hold it, the oldest first."""
    with suppress(ChainviewError):
        value = from_serde(stored)
        for version in VERSIONS:
            with suppress(ChainviewError):
                yield encode(value, version)


def read_cli_json(data: Data) -> Iterator[Entry]:
    """The events that Theater's command line printed: no payloads, and the chain of the first actor alone."""
    chain, logging = _OneChain(("actor_id",)), False
    lines = _Lines(data, _OF_HASH, _OF_EVENT_TYPE)
    for line in lines:
        if isinstance(line, Pause):
            yield line
            continue
        if not isinstance(line, tuple):
            log = _log(data, line, follows=logging) if isinstance(line, Damage) else None
            logging = log is not None
            yield log or line
            continue
        stored, start, end = line
        logging = False
        head = _headed(stored)
        if head is None:
            lines.refused += 1
            yield Damage(start, end, "event")
            continue
        lines.refused = 0
        if chain.holds(stored):
            yield ReadEvent(Event(*head, b""), end, Checked.LINK)
    yield from chain.note()


def is_cli_event(line: bytes) -> bool:
    """Whether a line is one of those of which `read_cli_json` makes an event."""
    try:
        stored = json.loads(line.decode("utf-8-sig", "surrogatepass"))
    except (ValueError, RecursionError):
        return False
    return isinstance(stored, dict) and _headed(stored) is not None


def _log(data: Data, line: Damage, *, follows: bool) -> Note | None:
    """What Theater prints between the events, such as what an actor logs; `follows` says that it goes on with that."""
    text = data[line.start : min(line.end, line.start + _LONGEST_LOG)].strip()
    if text.startswith(b"{") or not (follows or PRINTED.match(text)):
        return None
    return Note(LOG, {"text": _COLOURS.sub(b"", text).decode("utf-8", "replace")})


def read_capture(data: Data) -> Iterator[Entry]:
    """The events of a supervisor's capture: exact payloads, hashes computed if it begins at the chain's first event."""
    chain = _OneChain(("handle", "child"))
    known, parent, number = False, None, None
    newest: int | None = None
    first = True
    lines = _Lines(data, _OF_DATA, _OF_TYPE)
    for line in lines:
        if not isinstance(line, tuple):
            yield line
            if not isinstance(line, Pause):
                known, number = False, None
            continue
        stored, start, end = line
        payload, event_type, seq = _hex(stored.get("data_hex")), stored.get("type"), stored.get("seq")
        if payload is None or not isinstance(event_type, str):
            lines.refused += 1
            yield Damage(start, end, "event")
            known, number = False, None
            continue
        lines.refused = 0
        told_before = stored.get(_NUMBER_BEFORE)
        before, newest = told_before if isinstance(told_before, int) else newest, seq if isinstance(seq, int) else None
        if not chain.holds(stored):
            continue
        # The events of a capture are numbered over all of its chains, or, where others wrote it, in each of them.
        follows = number is None or not isinstance(seq, int) or seq - 1 in (number, before)
        if first:
            known, first = _begins_chain(payload), False
        known = known and follows
        hash_ = event_hash(parent, event_type, payload) if known else b""
        stated = parent if known or follows else _UNKNOWN_PARENT
        yield ReadEvent(Event(hash_, stated, event_type, payload), end, Checked.FULL if known else Checked.NONE)
        parent = hash_ if known else None
        number = seq if isinstance(seq, int) else None
    yield from chain.note()


def with_number_before(line: bytes, number: int) -> bytes:
    """A line of a capture with the number of the one before it, of which another chain is."""
    at = line.find(b"{") + 1
    return b'%b"%b":%d,%b' % (line[:at], _NUMBER_BEFORE.encode(), number, line[at:])


def _begins_chain(payload: bytes) -> bool:
    """Whether this is the call of init, before which nothing is recorded: `spawned` comes behind it."""
    said = read_payload(payload)
    return isinstance(said, Call) and said.function.endswith(_FIRST_FUNCTION)
