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
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, Entry, Pause, ReadEvent, may_grow
from chainview.chain.files.entries.text_search import Searcher
from chainview.chain.hashing import HASH_SIZE, event_hash

_BEGIN = b"EVENT "
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
_BEGUN_HUMAN_HEAD = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:E(?:V(?:E(?:N(?:T(?: (?:\[[^\n]{0,250}(?:\n[ \t]{0,80}[a-z]{0,6})?)?)?)?)?)?)?)?\Z",
    re.MULTILINE,
)
"""The end of a text that may be how an event begins."""
_HUMAN_FIELD_LINE = re.compile(rb"[ \t]*(?:parent|type|size):[^\n]*\n")
_HUMAN_FIELDS = re.compile(rb"(?:[ \t]*+(?:parent|type|size):[^\n]*+\n)++")
_NEAR = 1 << 12
_HUMAN_FIELD = re.compile(rb"(parent|type|size):[ \t]*([^\r\n]*)")


def read_event_text(data: Data) -> Iterator[Entry]:
    """The events of an EVENT text; payload bytes that are no text are read as they are.

    While the data grows an event is waited for until the two newlines behind it are there.
    """
    while (begun := data.find(_BEGIN)) < 0 and may_grow(data):
        yield Pause()
    position, refused, sought = max(begun, 0), 0, 0
    searcher = Searcher(data)
    while position < len(data) or may_grow(data):
        size = len(data)
        found = searcher.match(_HEAD, position)
        head, is_told = None if found is None else found.match, True
        if head is None and _BEGIN.startswith(searcher.between(position, min(position + len(_BEGIN), size))):
            head, is_told = _head(data, position)
        begin = position if head is None else position + head.end() - head.start()
        end = size + 1 if head is None else begin + int(head.group(4))
        if (not is_told or (head is not None and end + 2 > size)) and may_grow(data):
            yield Pause()
            continue
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
        following = searcher.search(pattern, max(position + 1, sought), longest)
        if following is None and may_grow(data):
            sought = size - longest
            yield Pause()
            continue
        if following is None:
            yield Cut(position) if end > size else Damage(position, size, "event")
            return
        yield Damage(position, following.start, "event")
        position, refused = following.start, refused + 1


def _head(data: Data, position: int) -> tuple[re.Match[bytes] | None, bool]:
    """The head of the event at a position, in as much text as its lines take, and whether those are all there."""
    reach = _NEAR
    while True:
        near = data[position : position + reach]
        is_told = near.count(b"\n") >= _HEAD_LINES
        if is_told or len(near) < reach:
            return _HEAD.match(near), is_told
        reach *= 4


def read_human_text(data: Data) -> Iterator[Entry]:
    """The events of the dump for people: hash, parent and type, and the payload where the text has kept it."""
    searcher, sought = Searcher(data), 0
    while (head := _next_human(data, searcher, sought)) is None and may_grow(data):
        sought = max(0, len(data) - _LONGEST_HUMAN_HEAD)
        yield Pause()
    if head is None:
        yield Damage(0, len(data), "event")
    size = len(data)
    while head is not None:
        sought, is_told = head.end, False
        while (following := _next_human(data, searcher, sought)) is None and may_grow(data):
            # More of its fields may have come.
            head = head if is_told else _next_human(data, searcher, head.start) or head
            if not is_told and _is_whole(data, head):
                is_told = True
                yield _human_event(searcher, head, len(data))
                continue
            sought = max(head.end, len(data) - _LONGEST_HUMAN_HEAD)
            yield Pause()
        grown = len(data)
        if not is_told:
            head = head if size == grown else _next_human(data, searcher, head.start) or head
            yield _human_event(searcher, head, len(data) if following is None else following.start)
        head, size = following, grown


def _is_whole(data: Data, head: _HumanHead) -> bool:
    """Whether all is there that an event's payload is looked for in, and no other event can begin before its end."""
    end = head.end + 1 + head.size
    if data.find(b"\n", head.end) < 0 or len(data) < end:
        return False
    start = max(head.end, len(data) - _LONGEST_HUMAN_HEAD)
    begun = _BEGUN_HUMAN_HEAD.search(data[start:])
    return begun is None or start + begun.start() >= end


@dataclass(frozen=True, slots=True)
class _HumanHead:
    hash: bytes
    fields: bytes
    start: int
    end: int

    @property
    def field(self) -> dict[bytes, bytes]:
        """What its fields say."""
        return dict(_HUMAN_FIELD.findall(self.fields))

    @property
    def size(self) -> int:
        """How many bytes its payload had."""
        size = re.match(rb"\d{1,18}", self.field.get(b"size", b""))
        return 0 if size is None else int(size.group())


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
    fields = head.field
    parent = fields.get(b"parent", b"")
    event_type = fields.get(b"type", b"").strip().decode("utf-8", "surrogateescape")
    stated = re.search(_HEX, parent)
    parent_hash = None if stated is None or stated.group() == _NO_PARENT else _hash(stated.group())
    hash_, length = _hash(head.hash), head.size
    begins = (head.end, head.end + 1)
    payloads = [searcher.between(begin, begin + length) if begin + length <= end else b"" for begin in begins]
    for payload in dict.fromkeys(payloads):
        if event_hash(parent_hash, event_type, payload) == hash_:
            return ReadEvent(Event(hash_, parent_hash, event_type, payload), end, Checked.PROVED)
    return ReadEvent(Event(hash_, parent_hash, event_type, b""), end, Checked.LINK)


def _hash(text: bytes) -> bytes:
    return bytes.fromhex(text.decode("ascii"))[:HASH_SIZE]
