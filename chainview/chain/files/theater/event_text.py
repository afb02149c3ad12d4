"""The EVENT text that Theater wrote up to 0.3.8, and its lossy relative that prints bodies for people.

An event is `EVENT <hash hex>`, the parent's hex (40 zeros for none), the event type, the payload's length in decimal
and an empty line, then the payload's raw bytes and two newlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, Entry, ReadEvent
from chainview.chain.files.theater.text_search import search
from chainview.chain.hashing import HASH_SIZE, event_hash

_HEX = rb"[0-9a-fA-F]{40}"
_NO_PARENT = b"0" * 40
_HEAD = re.compile(rb"EVENT (%b)\n(%b)\n([^\n]*)\n(\d{1,18})\n\n" % (_HEX, _HEX))
_HEAD_LINES = 5
_NEXT = re.compile(rb"^EVENT %b\n" % _HEX, re.MULTILINE)
_LONGEST_NEXT = 47
_HUMAN_LINE = re.compile(rb"^(?:\xef\xbb\xbf)?EVENT \[[^\]\n]{0,200}\] (%b)\r?\n" % _HEX, re.MULTILINE)
_LONGEST_HUMAN_LINE = 255
_HUMAN_FIELD_LINE = re.compile(rb"[ \t]*(?:parent|type|size):[^\n]*\n")
_NEAR = 1 << 12
_HUMAN_FIELD = re.compile(rb"(parent|type|size):[ \t]*([^\r\n]*)")


def read_event_text(data: Data) -> Iterator[Entry]:
    """The events of an EVENT text; payload bytes that are no text are read as they are."""
    position, size = _first(data, b"EVENT "), len(data)
    while position < size:
        head = _head(data, position)
        begin = position if head is None else position + head.end()
        end = size + 1 if head is None else begin + int(head.group(4))
        if head is not None and end <= size and data[end : end + 2] in (b"\n\n", b"\n", b""):
            hash_, parent, event_type = head.group(1), head.group(2), head.group(3)
            yield ReadEvent(
                Event(
                    _hash(hash_),
                    None if parent == _NO_PARENT else _hash(parent),
                    event_type.decode("utf-8", "surrogateescape"),
                    data[begin:end],
                ),
                end,
            )
            position = end + 2
            continue
        following = search(_NEXT, data, position + 1, _LONGEST_NEXT)
        if following is None:
            yield Cut(position) if end > size else Damage(position, size, "event")
            return
        yield Damage(position, following.start, "event")
        position = following.start


def _head(data: Data, position: int) -> re.Match[bytes] | None:
    """The head of the event at a position, matched in as much of the text as its lines take."""
    reach = _NEAR
    while True:
        near = data[position : position + reach]
        if near.count(b"\n") >= _HEAD_LINES or len(near) < reach:
            return _HEAD.match(near)
        reach *= 4


def read_human_text(data: Data) -> Iterator[Entry]:
    """The events of the dump for people: hash, parent and type, and the payload where the text has kept it."""
    head = _next_human(data, 0)
    if head is None:
        yield Damage(0, len(data), "event")
    while head is not None:
        following = _next_human(data, head.end)
        yield _human_event(data, head, len(data) if following is None else following.start)
        head = following


@dataclass(frozen=True, slots=True)
class _HumanHead:
    hash: bytes
    fields: bytes
    start: int
    end: int


def _next_human(data: Data, position: int) -> _HumanHead | None:
    """The next line with a hash that lines with fields follow."""
    line = search(_HUMAN_LINE, data, position, _LONGEST_HUMAN_LINE)
    while line is not None:
        end = line.end
        while (newline := data.find(b"\n", end)) >= 0 and _HUMAN_FIELD_LINE.fullmatch(data[end : newline + 1]):
            end = newline + 1
        if end > line.end:
            return _HumanHead(line.group(1), data[line.end : min(end, line.end + _NEAR)], line.start, end)
        line = search(_HUMAN_LINE, data, end, _LONGEST_HUMAN_LINE)
    return None


def _human_event(data: Data, head: _HumanHead, end: int) -> ReadEvent:
    fields = dict(_HUMAN_FIELD.findall(head.fields))
    parent, size = fields.get(b"parent", b""), re.match(rb"\d{1,18}", fields.get(b"size", b""))
    event_type = fields.get(b"type", b"").strip().decode("utf-8", "surrogateescape")
    stated = re.search(_HEX, parent)
    parent_hash = None if stated is None or stated.group() == _NO_PARENT else _hash(stated.group())
    hash_, length = _hash(head.hash), 0 if size is None else int(size.group())
    for begin in (head.end, head.end + 1):
        payload = data[begin : begin + length] if begin + length <= end else b""
        if event_hash(parent_hash, event_type, payload) == hash_:
            return ReadEvent(Event(hash_, parent_hash, event_type, payload), end)
    return ReadEvent(Event(hash_, parent_hash, event_type, b""), end, Checked.LINK)


def _first(data: Data, word: bytes) -> int:
    return max(data.find(word), 0)


def _hash(text: bytes) -> bytes:
    return bytes.fromhex(text.decode("ascii"))[:HASH_SIZE]
