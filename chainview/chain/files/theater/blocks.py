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
from chainview.chain.files.entries.entry import Again, Checked, Cut, Damage, Data, Entry, Pause, ReadEvent, may_grow
from chainview.chain.files.entries.text_search import Found, Searcher
from chainview.chain.files.theater.moulds import shape_of_literal
from chainview.chain.files.theater.recovery import TOLD, Reading, Recovery
from chainview.chain.files.theater.runs import Runs, type_in
from chainview.pack.literal import parse_literal
from chainview.system.errors import ChainviewError

_START = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]{0,80}---[ \t]{0,80}\r?\n", re.MULTILINE)
_LONGEST_START = 168
_EVENT_START = re.compile(
    rb"^(?:\xef\xbb\xbf)?[ \t]{0,80}---[ \t]{0,80}\r?\n(?=[ \t]{0,80}hash:[ \t]{0,80}[0-9a-fA-F]{40}[ \t]{0,80}\r?\n"
    rb"[ \t]{0,80}parent:[ \t]{0,80}[0-9a-fr][^\n]{0,200}\n(?:[^-]|-[^-]|--[^-]))",
    re.MULTILINE,
)
_LONGEST_EVENT_START = 1 << 10
"""What is looked for behind very many that are no events."""
_HEAD = re.compile(
    rb"[ \t]*hash:[ \t]*([0-9a-fA-F]{40})[ \t]*\r?\n[ \t]*parent:[ \t]*(root|[0-9a-fA-F]{40})[ \t]*\r?\n"
)
_LONGEST_HEAD = 200
_RAW = re.compile(r"raw: (\d+) bytes")
_UNTYPED = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])')|(?P<list>\[\s*\](?!\s*<))|(?P<none>\bnone\b(?![<\w:{-]))"""
    r"""|(?P<some>\bsome(?=\())|(?P<result>\b(?:ok|err)(?=\())"""
)
_QUOTED = re.compile(rb"""\"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])+?'""", re.DOTALL)
_MOST_LINES = 8
"""Of a literal that are tried together."""
_MARK = b"---"
_LONGEST_REPEATED, _MOST_REPEATED = 1 << 12, 1 << 12
"""Bytes of a block that is looked for again, and how many are told at once."""
_HOLDING = ("none", "some")
_CHECKED = {True: Checked.PROVED, False: Checked.LINK}


def read_blocks(data: Data) -> Iterator[Entry]:
    """The events of `---` blocks, each recovered to the bytes that were hashed where that can be done.

    While the data grows a block is waited for until the line is there with which its literal ends.
    """
    size = len(data)
    recovery, searcher = Recovery(size), Searcher(data)
    runs = Runs(data, recovery.moulds)
    while (start := searcher.search(_START, 0, _LONGEST_START)) is None and may_grow(data):
        yield Pause()
    if start is None:
        yield Cut(0)
    refused = odd = 0
    while start is not None:
        block: Entry | None = None
        pattern, longest = (_START, _LONGEST_START) if refused < TOLD_APART else (_EVENT_START, _LONGEST_EVENT_START)
        told, sought, looked = start.end, start.end, start.end
        while (following := searcher.search(pattern, sought, longest)) is None and may_grow(data):
            recovery.grew(len(data) - size)
            size = len(data)
            if told == start.end and data.find(b"\n", looked) >= 0:
                told = start.end + _text_end(searcher.between(start.end, size))
                if told > start.end:
                    refused = 0
                    yield _block(searcher, start, told, recovery, last=False)
                    continue
            looked = size
            sought = max(start.end, size - longest)
            yield Pause()
        end = len(data) if following is None else following.start
        if told == start.end:
            told = start.end + _text_end(searcher.between(start.end, end), least=2)
            block_end = told if told > start.end else end
            block = _block(searcher, start, block_end, recovery, last=following is None and block_end == end)
            refused = refused + 1 if isinstance(block, Damage) else 0
            odd += isinstance(block, Damage) or (isinstance(block, ReadEvent) and block.checked is not Checked.PROVED)
            yield block
        if start.end < told and (rest := searcher.between(told, end)).strip():
            begun = following is None and _MARK.startswith(rest.strip())
            yield Cut(told) if begun else Damage(told, end, "event")
            block = None
        if following is not None and isinstance(block, ReadEvent) and not may_grow(data):
            at = following.start
            for again in _repeated(searcher, block, start.start, at):
                yield again
                at += (again.count if isinstance(again, Again) else 1) * (following.start - start.start)
            if at == following.start:
                runs.are_lost = recovery.is_lost or odd > TOLD_APART
                runs_on = runs.are_lost or block.checked is Checked.PROVED
                if runs_on and (run := runs.after(block.event.hash, at, recovery.tried_of)):
                    yield run
                    at = run.end
            following = following if at == following.start else searcher.search(_START, at, _LONGEST_START)
        start = following


def _repeated(searcher: Searcher, block: ReadEvent, start: int, at: int) -> Iterator[ReadEvent | Again]:
    """The events of blocks that say again what one said, byte for byte, and behind each of which that is said again.

    What is made of a block again is what was made of it before: nothing was learnt from another in between.
    """
    size = at - start
    if size > _LONGEST_REPEATED:
        return
    said = searcher.between(start, at)
    if searcher.between(at, at + 2 * size) != said * 2:
        return
    second = ReadEvent(block.event, block.end + size, block.checked)
    yield second
    count = 0
    at += size
    while searcher.between(at + size, at + 2 * size) == said:
        at += size
        count += 1
        if count == _MOST_REPEATED:
            yield Again(second, count, size)
            second, count = ReadEvent(block.event, second.end + count * size, block.checked), 0
    if count:
        yield Again(second, count, size)


def _text_end(body: bytes, least: int = 1) -> int:
    """Where the literal of a block ends with its line, of a body of so many lines behind its head; 0 where none does.

    Its lines are tried together until every bracket and quote in them is closed.
    """
    head = _HEAD.match(body)
    if head is None or len(body[head.end() :].strip().split(b"\n", least - 1)) < least:
        return 0
    at = head.end()
    for _ in range(_MOST_LINES):
        at = body.find(b"\n", at) + 1
        if not at:
            return 0
        text = body[head.end() : at]
        if text.strip() and _is_closed(text):
            return at
    return 0


def _is_closed(text: bytes) -> bool:
    bare = _QUOTED.sub(b"", text)
    opened = sum(map(bare.count, (b"(", b"[", b"{")))
    return b'"' not in bare and opened == sum(map(bare.count, (b")", b"]", b"}")))


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
        return ReadEvent(Event(hash_, parent, type_in(text), b""), end, Checked.LINK)
    shape = shape_of_literal(text)
    made = None if shape is None else recovery.by_mould(shape, parent, hash_.__eq__)
    if made is not None and (made[1] or not cut):
        event, right = made
        return ReadEvent(Event(hash_, parent, event.event_type, event.payload), end, _CHECKED[right])
    likeliest, read = Event(hash_, parent, type_in(text), b""), False
    if not cut and recovery.passes_over(text):
        return ReadEvent(likeliest, end, Checked.LINK)
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
