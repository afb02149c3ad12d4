"""The EVENT text that Theater wrote up to 0.3.8, and its lossy relative that prints bodies for people.

An event is `EVENT <hash hex>`, the parent's hex (40 zeros for none), the event type, the payload's length in decimal
and an empty line, then the payload's raw bytes and two newlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chainview.chain.event import Event
from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, Entry, ReadEvent
from chainview.chain.files.entries.text_search import Searcher
from chainview.chain.hashing import HASH_SIZE, event_hash

_HEX = rb"[0-9a-fA-F]{40}"
_NO_PARENT = b"0" * 40
_HEAD = re.compile(rb"EVENT (%b)\n(%b)\n([^\n]*)\n(\d{1,18})\n\n" % (_HEX, _HEX))
_HEAD_LINES = 5
_NEXT = re.compile(rb"^EVENT %b\n" % _HEX, re.MULTILINE)
_LONGEST_NEXT = 47
_NEXT_WHOLE = re.compile(rb"^EVENT %b\n(?=%b\n)" % (_HEX, _HEX), re.MULTILINE)
_LONGEST_NEXT_WHOLE = 88
"""What is looked for behind very many that are no events."""
_HUMAN_HEAD = re.compile(
    rb"^(?:\xef\xbb\xbf)?EVENT \[[^\]\n]{0,200}\] (%b)\r?\n(?=[ \t]{0,80}(?:parent|type|size):)" % _HEX, re.MULTILINE
)
_LONGEST_HUMAN_HEAD = 345
_HUMAN_FIELD_LINE = re.compile(rb"[ \t]*(?:parent|type|size):[^\n]*\n")
_HUMAN_FIELDS = re.compile(rb"(?:[ \t]*+(?:parent|type|size):[^\n]*+\n)++")
_NEAR = 1 << 12
_HUMAN_FIELD = re.compile(rb"(parent|type|size):[ \t]*([^\r\n]*)")


def read_event_text(data: Data) -> Iterator[Entry]:
    """The events of an EVENT text; payload bytes that are no text are read as they are."""
    position, size, refused = _first(data, b"EVENT "), len(data), 0
    searcher = Searcher(data)
    while position < size:
        found = searcher.match(_HEAD, position)
        head = _head(data, position) if found is None else found.match
        begin = position if head is None else position + head.end() - head.start()
        end = size + 1 if head is None else begin + int(head.group(4))
        if head is not None and end <= size and searcher.between(end, min(end + 2, size)) in (b"\n\n", b"\n", b""):
            hash_, parent, event_type = head.group(1, 2, 3)
            yield ReadEvent(
                Event(
                    bytes.fromhex(hash_.decode("ascii")),
                    None if parent == _NO_PARENT else bytes.fromhex(parent.decode("ascii")),
                    event_type.decode("utf-8", "surrogateescape"),
                    searcher.between(begin, end),
                ),
                end,
            )
            position, refused = end + 2, 0
            continue
        pattern, longest = (_NEXT, _LONGEST_NEXT) if refused < TOLD_APART else (_NEXT_WHOLE, _LONGEST_NEXT_WHOLE)
        following = searcher.search(pattern, position + 1, longest)
        if following is None:
            yield Cut(position) if end > size else Damage(position, size, "event")
            return
        yield Damage(position, following.start, "event")
        position, refused = following.start, refused + 1


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
    searcher = Searcher(data)
    head = _next_human(data, searcher, 0)
    if head is None:
        yield Damage(0, len(data), "event")
    while head is not None:
        following = _next_human(data, searcher, head.end)
        yield _human_event(searcher, head, len(data) if following is None else following.start)
        head = following


@dataclass(frozen=True, slots=True)
class _HumanHead:
    hash: bytes
    fields: bytes
    start: int
    end: int


def _next_human(data: Data, searcher: Searcher, position: int) -> _HumanHead | None:
    """The next line with a hash that lines with fields follow."""
    found = searcher.search(_HUMAN_HEAD, position, _LONGEST_HUMAN_HEAD)
    if found is None:
        return None
    fields = searcher.match(_HUMAN_FIELDS, found.end)
    if fields is not None:
        held = fields.match.group()[:_NEAR]
        return _HumanHead(found.group(1), held, found.start, fields.end)
    end = found.end
    while (newline := data.find(b"\n", end)) >= 0 and _HUMAN_FIELD_LINE.fullmatch(data[end : newline + 1]):
        end = newline + 1
    held = data[found.end : min(end, found.end + _NEAR)]
    return _HumanHead(found.group(1), held, found.start, end)


def _human_event(searcher: Searcher, head: _HumanHead, end: int) -> ReadEvent:
    fields = dict(_HUMAN_FIELD.findall(head.fields))
    parent, size = fields.get(b"parent", b""), re.match(rb"\d{1,18}", fields.get(b"size", b""))
    event_type = fields.get(b"type", b"").strip().decode("utf-8", "surrogateescape")
    stated = re.search(_HEX, parent)
    parent_hash = None if stated is None or stated.group() == _NO_PARENT else _hash(stated.group())
    hash_, length = _hash(head.hash), 0 if size is None else int(size.group())
    for begin in (head.end, head.end + 1):
        payload = searcher.between(begin, begin + length) if begin + length <= end else b""
        if event_hash(parent_hash, event_type, payload) == hash_:
            return ReadEvent(Event(hash_, parent_hash, event_type, payload), end, Checked.PROVED)
    return ReadEvent(Event(hash_, parent_hash, event_type, b""), end, Checked.LINK)


def _first(data: Data, word: bytes) -> int:
    return max(data.find(word), 0)


def _hash(text: bytes) -> bytes:
    return bytes.fromhex(text.decode("ascii"))[:HASH_SIZE]
