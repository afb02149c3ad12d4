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
from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import Again, Checked, Cut, Damage, Data, Entry, Pause, ReadEvent, may_grow
from chainview.chain.files.theater.blocks import readings
from chainview.chain.files.theater.kept import Kept
from chainview.chain.files.theater.moulds import Shape, shape_of_literal
from chainview.chain.files.theater.recovery import TOLD, Reading, Recovery, Types
from chainview.chain.files.theater.runs import Runs
from chainview.chain.payload import call_value, error_value, host_call_value, result_value
from chainview.chain.schema import Schema
from chainview.pack.cgrf import decode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.literal import parse_literal
from chainview.pack.values import UNIT, Array, String, Value
from chainview.system.errors import ChainviewError

_FIELD = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*+([A-Za-z][A-Za-z _-]{0,30}):[ \t]*+(.*)", re.MULTILINE)
_NAMES = {
    name.encode(): name
    for name in (
        "hash",
        "parent",
        "type",
        "function",
        "params",
        "state",
        "response",
        "interface",
        "input",
        "output",
        "message",
    )
}
_WHOLE = re.compile(
    rb"hash: ([0-9a-f]{7,40})\n(?:parent: ([0-9a-f]{7,40})\n)?"
    rb"(type: (?:call|result|host-call)\n(?:interface: [^\n]+\n)?(?:function: [^\n]+\n)?(?:params: [^\n]+\n)?"
    rb"(?:state: [^\n]+\nresponse: [^\n]+\n)?(?:input: [^\n]+\noutput: [^\n]+\n)?)?(\n*+(?=hash: [0-9a-fA-F]{7}))?"
)
"""The lines of a block as they are written, its links and what says what the event is; and whether the next follows."""
_LINE = re.compile(rb"([a-z-]++): ([^\n]*)\n")
_NEAR = 1 << 16
_LINKS = ("hash", "parent")
_SHORT = re.compile(r"[0-9a-f]{7,40}")
_MAY_BE_HASH = re.compile(rb"[0-9a-fA-F]{7}")
_VALUES = {"call": ("params",), "host-call": ("input", "output"), "result": ("state", "response")}
"""The values that a block of a type holds, in the order of its payload."""
_KINDS = frozenset((*_VALUES, "error"))
_ELSEWHERE = b"\xff"
"""Stands for the parent of a block that does not follow the one before it."""

_BARE = Event(b"", _ELSEWHERE, MODULE_EVENT, b"")
"""What is told of a block that holds nothing but a hash, and does not follow the one before it."""

Fields = dict[str, str]


def read_key_value(data: Data) -> Iterator[Entry]:
    """The events of key and value blocks, each recovered to what was hashed where that can be done.

    While the data grows the last block is waited with until its hash comes out or another one follows.
    """
    size = len(data)
    recovery = Recovery(size)
    before: str | None = None
    parent: bytes | None = None
    known = True
    blocks, told = _Blocks(data), Kept[Event]()
    runs = Runs(data, recovery.moulds, of_keys=True)
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
            yield from _and_again(ReadEvent(_BARE, end, Checked.LINK), more, end - start)
            before, parent = short, None
            continue
        follows, is_linked = _links(fields, before)
        known = known and is_linked
        if not known and (kept := told.get(lines)) is not None:
            # Behind a block whose hash is not known none is ever proved, and what is alike says the same.
            stated = parent if follows else _ELSEWHERE
            read = ReadEvent(Event(b"", stated, kept.event_type, kept.payload), end, Checked.LINK)
            yield from _and_again(read, more, end - start)
            before, parent = short, None
            continue
        event, right = _event(fields, recovery, parent, short if known else None)
        if not known:
            told.keep(lines, event, len(event.payload))
        elif not right:
            event, right = _without_last_lines(fields, recovery, parent) or (event, right)
        if cut and known and not right:
            yield Cut(start)
            return
        known = known and right
        hash_ = event.hash if known else b""
        stated_parent = parent if follows else _ELSEWHERE
        checked = Checked.PROVED if known else Checked.LINK
        read = ReadEvent(Event(hash_, stated_parent, event.event_type, event.payload), end, checked)
        yield from _and_again(read, more, end - start)
        before, parent = short, hash_ or None
        if known and blocks.is_whole and (run := runs.after(hash_, end)):
            yield run
            parent = run.made.last
            before = parent.hex()[: len(short)]
            blocks.go_to(run.end)


def _and_again(read: ReadEvent, more: int, size: int) -> Iterator[ReadEvent | Again]:
    yield read
    if more:
        yield Again(read, more, size)


def _links(fields: Fields, before: str | None) -> tuple[bool, bool]:
    """Whether a block follows the one before, and whether it does, or begins the chain: then its hash can be known."""
    stated = _SHORT.match(fields.get("parent", "").lower())
    follows = before is None or (stated is not None and stated.group()[:7] == before[:7])
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


class _Blocks:
    """The fields of each block with where it begins and ends; a `hash` begins the next.

    With it stand its lines behind the links, of one as it is written, else nothing; and how many more like it follow,
    of one that stands there the second time, where those are counted.

    Behind many that are `refused` those without a hash that may be one are one block with what stands before them.
    While the data grows the last one is given as far as it is there while it `waits`, again and again until whoever
    reads them takes it as it is, and None stands for that nothing more is there.
    """

    def __init__(self, data: Data) -> None:
        self.refused = 0
        """How many blocks in a row were none that is looked for, as whoever reads them tells."""
        self.waits = self._taken = self.counts = False
        self.is_whole = False
        """Whether the block that was given last is as it is written, and the next one follows."""
        self._lines = _Lines(data)
        self._data = data
        self._known = Kept[Fields]()

    def take(self) -> None:
        """What further lines the block has, up to the next one, say nothing."""
        self.waits, self._taken = False, True

    def go_to(self, position: int) -> None:
        """Passes over what stands before another block, behind one that is whole."""
        self._lines.position = position

    def __iter__(self) -> Iterator[tuple[Fields, int, int, bytes, int] | None]:
        fields: Fields = {}
        start, before = 0, b""
        for base, lines in self._lines:
            if not lines:
                self.waits = bool(fields) and not self._taken
                yield (fields, start, base, b"", 0) if self.waits else None
                self.waits = False
                continue
            at = 0
            while at < len(lines):
                whole = None if fields or self._taken else _WHOLE.match(lines, at)
                if whole is not None and whole[4] is None:
                    # Other lines follow, which may be its own.
                    fields, at, before = self._fields_of(whole), whole.end(), b""
                    continue
                if whole is not None:
                    first, at = at, whole.end()
                    piece = lines[first:at] if self.counts and start == base + first else b""
                    more = _times(lines, piece, at) if piece and piece == before else 0
                    self.is_whole = True
                    yield self._fields_of(whole), start, base + at, whole[3] or b"", more
                    self.is_whole = False
                    at += more * len(piece)
                    passed = max(0, self._lines.position - base - at)
                    start, at, before = base + at + passed, at + passed, b"" if passed else piece
                    continue
                before = b""
                found = _FIELD.search(lines, at)
                if found is None:
                    break
                key, text = found.groups()
                name = _NAMES.get(key) or key.strip().lower().replace(b"_", b"-").decode("ascii")
                if name == "hash" and self._taken:
                    fields, start, self._taken = {}, base + found.start(), False
                elif name == "hash" and fields and (self.refused <= TOLD_APART or _MAY_BE_HASH.match(text)):
                    at = found.start()
                    yield fields, start, base + at, b"", 0
                    fields, start = {}, base + at
                    continue
                if name not in fields and not self._taken and not (name == "parent" and "type" in fields):
                    fields[name] = _text(text)
                at = found.end()
        if fields and not self._taken:
            yield fields, start, len(self._data), b"", 0

    def _fields_of(self, whole: re.Match[bytes]) -> Fields:
        hash_, parent, lines, _ = whole.groups()
        links = {"hash": hash_.decode("ascii")}
        if parent:
            links["parent"] = parent.decode("ascii")
        if not lines:
            return links
        known = self._known.get(lines)
        if known is None:
            known = {key.decode("ascii"): _text(said) for key, said in _LINE.findall(lines)}
            self._known.keep(lines, known, len(lines))
        return {**links, **known}


def _times(lines: bytes, piece: bytes, at: int) -> int:
    """How often a block stands at an offset and behind it, but for the last time, behind which it may go on."""
    count = 0
    while lines.startswith(piece, at + (count + 1) * len(piece)) and lines.startswith(piece, at):
        count += 1
    return count


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace").strip()


class _Lines:
    """Whole lines, some at a time, with where they begin; none where more may be appended, and was not yet."""

    def __init__(self, data: Data) -> None:
        self.position = 0
        """Where the lines begin that were given last; a later place where what stands before it is passed over."""
        self._data = data

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        data = self._data
        while self.position < (size := len(data)) or may_grow(data):
            position = self.position
            near = data[position : position + _NEAR]
            edge = near.rfind(b"\n") + 1
            if not edge:
                newline = data.find(b"\n", position + len(near))
                if newline < 0 and may_grow(data):
                    yield position, b""
                    continue
                near = data[position : size if newline < 0 else newline + 1]
                edge = len(near)
            yield position, near[:edge]
            self.position = max(self.position, position + edge)


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
    shape = _shape(fields)
    made = None if shape is None else recovery.by_mould(shape, parent, matches)
    if made is not None or recovery.is_unreadable(shape):
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


def _shape(fields: Fields) -> Shape | None:
    """The shape of a block whose values stand in its payload in a known order."""
    kind, named = fields.get("type", ""), [f'function: "{_name(fields, "function")}"']
    values = _VALUES.get(kind, ())
    if not values or "bytes" in fields:
        return None
    if kind == "host-call":
        named.insert(0, f'interface: "{_name(fields, "interface")}"')
    return shape_of_literal("\n".join([kind, *named, *[fields.get(key, "()") for key in values]]))


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
        yield error_value(function, _name(fields, "message" if "message" in fields else "error")), ()


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
