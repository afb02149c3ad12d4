"""Chains of a JSON object a line: Theater 0.3.9's `.jsonl`, what its command line prints, supervisor captures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

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
)
from chainview.chain.files.entries.file_bytes import FileBytes
from chainview.chain.files.theater.text_search import search
from chainview.chain.hashing import HASH_SIZE, event_hash
from chainview.chain.payload import Call, read_payload
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import VERSIONS
from chainview.pack.serde import from_serde
from chainview.pack.serde.parts import too_many_parts
from chainview.pack.values import Value
from chainview.system.errors import ChainviewError

_UNKNOWN_PARENT = b""
_NEAR = 1 << 16
_LONGEST_LOG = 1 << 12
"""In bytes: so much of a line is told that an actor logged."""
_LONGEST_OF_MANY_PARTS = 8 << 20
"""Bytes of a line that is read whatever it is made of: a value in JSON form takes some 50 times its size."""
_FIRST_FUNCTION = ".init"
_LOG_LINE = re.compile(rb"\[[0-9a-f]{8}\] ")
_NO_BLANK = re.compile(rb"\S")


@dataclass(frozen=True, slots=True)
class _Line:
    stored: dict[str, object]
    start: int
    end: int


def _lines(data: Data, key: bytes) -> Iterator[_Line | Damage | Cut | Pause]:
    """Each line; behind many that are no objects with this key only those in which it stands.

    While the data grows a line that has no end yet is not there yet.
    """
    position, refused = 0, 0
    while True:
        size = len(data)
        if isinstance(data, FileBytes) and data.growing and data.find(b"\n", position) < 0:
            yield Pause()
            continue
        if position >= size:
            return
        if refused > TOLD_APART and (found := data.find(key, position)) != position:
            begin = size if found < 0 else _line_start(data, position, found)
            if begin > position:
                yield Damage(position, begin, "event")
                position = begin
                continue
        newline = data.find(b"\n", position)
        end = size if newline < 0 else newline + 1
        text = data[position:end].removeprefix(b"\xef\xbb\xbf").strip() if position == 0 else data[position:end].strip()
        if text:
            line = _line(text, position, end, last=newline < 0)
            refused = 0 if isinstance(line, _Line) and key in text else refused + 1
            yield line
        elif end < size:
            # Blank lines may be very many.
            found_text = search(_NO_BLANK, data, end, 1)
            end = size if found_text is None else max(end, _line_start(data, end, found_text.start))
        position = end


def _line_start(data: Data, position: int, at: int) -> int:
    """Where the line begins in which an offset lies, but not before a position; that itself for one far back."""
    base = max(position, at - _NEAR)
    newline = data[base:at].rfind(b"\n")
    return position if newline < 0 else base + newline + 1


def _line(text: bytes, start: int, end: int, *, last: bool) -> _Line | Damage | Cut:
    if len(text) > _LONGEST_OF_MANY_PARTS and too_many_parts(text):
        return Damage(start, end, "event")
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        return Cut(start) if last else Damage(start, end, "event")
    return _Line(stored, start, end) if isinstance(stored, dict) else Damage(start, end, "event")


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
    left_out: int = 0
    others: set[str] = field(default_factory=set)

    def holds(self, stored: dict[str, object]) -> bool:
        whose = tuple([stored.get(key) for key in self.keys])
        if self.mine is None:
            self.mine = whose
        if whose == self.mine:
            return True
        self.left_out += 1
        if len(self.others) < 100:
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
    for line in _lines(data, b'"hash"'):
        if not isinstance(line, _Line):
            yield line
            continue
        head = _headed(line.stored)
        if head is None:
            yield Damage(line.start, line.end, "event")
            continue
        yield _jsonl_event(*head, line.stored.get("data"), line.end)


def _jsonl_event(hash_: bytes, parent: bytes | None, event_type: str, stored: object, end: int) -> ReadEvent:
    raw = _hex(stored)
    if raw is not None:
        return ReadEvent(Event(hash_, parent, event_type, raw), end)
    try:
        payloads = list(_encodings(from_serde(stored)))
    except ChainviewError:
        payloads = []
    if not payloads:
        return ReadEvent(Event(hash_, parent, event_type, b""), end, Checked.LINK)
    hashed = (payload for payload in payloads if event_hash(parent, event_type, payload) == hash_)
    return ReadEvent(Event(hash_, parent, event_type, next(hashed, payloads[0])), end)


def _encodings(value: Value) -> Iterator[bytes]:
    """The value under each version that can hold it, the oldest first."""
    for version in VERSIONS:
        with suppress(ChainviewError):
            yield encode(value, version)


def read_cli_json(data: Data) -> Iterator[Entry]:
    """The events that Theater's command line printed: no payloads, and the chain of the first actor alone."""
    chain, logging = _OneChain(("actor_id",)), False
    for line in _lines(data, b'"hash"'):
        if not isinstance(line, _Line):
            log = _log(data, line, follows=logging) if isinstance(line, Damage) else None
            logging = log is not None
            yield log or line
            continue
        logging = False
        head = _headed(line.stored)
        if head is None:
            yield Damage(line.start, line.end, "event")
        elif chain.holds(line.stored):
            yield ReadEvent(Event(*head, b""), line.end, Checked.LINK)
    yield from chain.note()


def _log(data: Data, line: Damage, *, follows: bool) -> Note | None:
    """What an actor logged, which Theater prints between its events; `follows` says that the line before was of one."""
    text = data[line.start : min(line.end, line.start + _LONGEST_LOG)].strip()
    if text.startswith(b"{") or not (follows or _LOG_LINE.match(text)):
        return None
    return Note(LOG, {"text": text.decode("utf-8", "replace")})


def read_capture(data: Data) -> Iterator[Entry]:
    """The events of a supervisor's capture: exact payloads, hashes computed if it begins at the chain's first event."""
    chain = _OneChain(("handle", "child"))
    known, parent, number = False, None, None
    newest: int | None = None
    first = True
    for line in _lines(data, b'"data_hex"'):
        if not isinstance(line, _Line):
            yield line
            if not isinstance(line, Pause):
                known, number = False, None
            continue
        payload, event_type, seq = (
            _hex(line.stored.get("data_hex")),
            line.stored.get("type"),
            line.stored.get("seq"),
        )
        if payload is None or not isinstance(event_type, str):
            yield Damage(line.start, line.end, "event")
            known, number = False, None
            continue
        before, newest = newest, seq if isinstance(seq, int) else None
        if not chain.holds(line.stored):
            continue
        # The events of a capture are numbered over all of its chains, or, where others wrote it, in each of them.
        follows = number is None or not isinstance(seq, int) or seq - 1 in (number, before)
        if first:
            known, first = _begins_chain(payload), False
        known = known and follows
        hash_ = event_hash(parent, event_type, payload) if known else b""
        stated = parent if known or follows else _UNKNOWN_PARENT
        yield ReadEvent(Event(hash_, stated, event_type, payload), line.end, Checked.FULL if known else Checked.NONE)
        parent = hash_ if known else None
        number = seq if isinstance(seq, int) else None
    yield from chain.note()


def _begins_chain(payload: bytes) -> bool:
    """Whether this is the call of init, before which nothing is recorded: `spawned` comes behind it."""
    said = read_payload(payload)
    return isinstance(said, Call) and said.function.endswith(_FIRST_FUNCTION)
