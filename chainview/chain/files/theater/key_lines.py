"""The lines of key and value blocks: the fields of each, as they are written and as they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainview.chain.files.entries.damages import TOLD_APART
from chainview.chain.files.entries.entry import Data, may_grow
from chainview.chain.files.theater.kept import Kept

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
    rb"(type: (?:call|result|host-call|error)\n(?:interface: [^\n]+\n)?(?:function: [^\n]+\n)?"
    rb"(?:(?:params|message): [^\n]+\n)?(?:state: [^\n]+\nresponse: [^\n]+\n)?(?:input: [^\n]+\noutput: [^\n]+\n)?)?"
    rb"(\n*+(?=hash: [0-9a-fA-F]{7}))?"
)
"""The lines of a block as they are written, its links and what says what the event is; and whether the next follows."""
_LINE = re.compile(rb"([a-z-]++): ([^\n]*)\n")
_NEAR = 1 << 16
_MAY_BE_HASH = re.compile(rb"[0-9a-fA-F]{7}")

Fields = dict[str, str]


class Blocks:
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
        self.goes_on = False
        """Whether the next block begins where the one ends that was given last."""
        self._lines = _Lines(data)
        self._data = data
        self._known = Kept[Fields]()

    def take(self) -> None:
        """What further lines the block has, up to the next one, say nothing."""
        self.waits, self._taken = False, True

    def go_to(self, position: int) -> None:
        """Passes over what stands before another block, behind one that goes on."""
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
                    self.goes_on = True
                    yield self._fields_of(whole), start, base + at, whole[3] or b"", more
                    self.goes_on = False
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
                    self.goes_on = True
                    yield fields, start, base + at, b"", 0
                    self.goes_on = False
                    at += max(0, self._lines.position - base - at)
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
