"""The `---` blocks of theater-chain-format: hash, parent, and the payload as one literal.

    ---
    hash: <40 hex digits>
    parent: <40 hex digits, or root>
    <literal, or "raw: N bytes">

Event types, variant tags and raw payloads are not in them; what a block means is found by trying against its hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainview.chain.event import Event
from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, Entry, ReadEvent
from chainview.chain.files.entries.text_search import Found, Searcher
from chainview.chain.files.theater.moulds import shape_of_literal
from chainview.chain.files.theater.recovery import TOLD, Reading, Recovery
from chainview.chain.payload import MODULE_EVENT
from chainview.pack.literal import parse_literal
from chainview.system.errors import ChainviewError

_START = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]{0,80}---[ \t]{0,80}\r?\n", re.MULTILINE)
_LONGEST_START = 168
_EVENT_START = re.compile(
    rb"^(?:\xef\xbb\xbf)?[ \t]{0,80}---[ \t]{0,80}\r?\n(?=[ \t]{0,80}hash:[ \t]{0,80}[0-9a-fA-F]{40}[ \t]{0,80}\r?\n"
    rb"[ \t]{0,80}parent:[ \t]{0,80}[0-9a-fr][^\n]{0,200}\n(?!---))",
    re.MULTILINE,
)
_LONGEST_EVENT_START = 1 << 10
"""What is looked for behind very many that are no events."""
_HEAD = re.compile(
    rb"[ \t]*hash:[ \t]*([0-9a-fA-F]{40})[ \t]*\r?\n[ \t]*parent:[ \t]*(root|[0-9a-fA-F]{40})[ \t]*\r?\n"
)
_LONGEST_HEAD = 200
_RAW = re.compile(r"raw: (\d+) bytes")
_HOST_CALL = re.compile(r'host-?function-?call\{interface: "([^"\\]*)", function: "([^"\\]*)"', re.IGNORECASE)
_UNTYPED = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])')|(?P<list>\[\s*\](?!\s*<))|(?P<none>\bnone\b(?![<\w:{-]))"""
    r"""|(?P<some>\bsome(?=\())|(?P<result>\b(?:ok|err)(?=\())"""
)
_HOLDING = ("none", "some")
_CHECKED = {True: Checked.PROVED, False: Checked.LINK}


def read_blocks(data: Data) -> Iterator[Entry]:
    """The events of `---` blocks, each recovered to the bytes that were hashed where that can be done."""
    recovery, searcher = Recovery(len(data)), Searcher(data)
    start = searcher.search(_START, 0, _LONGEST_START)
    if start is None:
        yield Cut(0)
    refused = 0
    while start is not None:
        pattern, longest = (_START, _LONGEST_START) if refused < TOLD_APART else (_EVENT_START, _LONGEST_EVENT_START)
        following = searcher.search(pattern, start.end, longest)
        end = len(data) if following is None else following.start
        block = _block(searcher, start, end, recovery, last=following is None)
        refused = refused + 1 if isinstance(block, Damage) else 0
        yield block
        start = following


def _block(searcher: Searcher, start: Found, end: int, recovery: Recovery, *, last: bool) -> Entry:
    body = searcher.between(start.end, end)
    head = _HEAD.match(body)
    text = "" if head is None else body[head.end() :].decode("utf-8", "replace").strip()
    cut = last and searcher.between(end - 1, end) != b"\n"
    if head is None or not text:
        return Cut(start.start) if last and (head is not None or _began(body[:_LONGEST_HEAD])) else _damage(start, end)
    hash_ = bytes.fromhex(head.group(1).decode("ascii"))
    parent = None if head.group(2) == b"root" else bytes.fromhex(head.group(2).decode("ascii"))
    if _RAW.fullmatch(text):
        return ReadEvent(Event(hash_, parent, _type_in(text), b""), end, Checked.LINK)
    shape = shape_of_literal(text)
    made = None if shape is None else recovery.by_mould(shape, parent, hash_.__eq__)
    if made is not None and (made[1] or not cut):
        event, right = made
        return ReadEvent(Event(hash_, parent, event.event_type, event.payload), end, _CHECKED[right])
    likeliest, read = Event(hash_, parent, _type_in(text), b""), False
    for reading in () if recovery.is_unreadable(shape) else readings(text, recovery):
        read = True
        event, right = recovery.recover(reading, parent, hash_.__eq__)
        likeliest = Event(hash_, parent, event.event_type, event.payload)
        if right:
            recovery.learn(shape, event, right=True)
            return ReadEvent(event, end, Checked.PROVED)
    if not read:
        recovery.failed(shape)
        if cut:
            return Cut(start.start)
    recovery.learn(shape, likeliest, right=False)
    return ReadEvent(likeliest, end, Checked.LINK)


def _damage(start: Found, end: int) -> Damage:
    return Damage(start.start, end, "event")


def _began(rest: bytes) -> bool:
    """Whether what there is of a block is how a whole one begins."""
    lines = rest.split(b"\n")
    keys = (b"hash:", b"parent:")
    return len(lines) <= 2 and all(
        line.startswith(key) or key.startswith(line) for line, key in zip(lines, keys, strict=False)
    )


def readings(text: str, recovery: Recovery) -> Iterator[Reading]:
    """What a literal may stand for: several values where an old writer left out the types of what is empty.

    Those are tried out, and told, as long as the recovery has work left for it.
    """
    likeliest = recovery.likeliest((text,))
    if likeliest is None:
        try:
            likeliest = Reading(parse_literal(text), (TOLD,))
            recovery.keep((text,), likeliest)
        except ChainviewError:
            pass
    if likeliest is not None:
        yield likeliest
        if likeliest.told:
            return
    if not recovery.may_read(text, 0):
        return
    untyped = {found.lastgroup for found in _UNTYPED.finditer(text)} - {"text"}
    if not untyped:
        return
    for tried, types in enumerate(recovery.types(lists="list" in untyped, inners=not untyped.isdisjoint(_HOLDING))):
        if likeliest is not None and likeliest.types == (types,):
            continue
        if not recovery.may_read(text, tried):
            return
        try:
            reading = Reading(parse_literal(_with_types(text, *types)), (types,))
        except ChainviewError:
            continue
        if not tried:
            recovery.keep((text,), reading)
        yield reading


def _with_types(text: str, element: str | None, inner: str | None) -> str:
    def add(found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind == "text":
            return found.group()
        types = {"list": element, "result": "string, string"}.get(kind or "", inner)
        return f"{found.group()}<{types}>"

    return _UNTYPED.sub(add, text)


def _type_in(text: str) -> str:
    """The event type, as far as a literal that can't be read tells it."""
    host = _HOST_CALL.search(text)
    return MODULE_EVENT if host is None else f"{host.group(1)}/{host.group(2)}"
