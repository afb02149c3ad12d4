"""Payloads made as others of the same shape were, whose texts differ in numbers, texts and lists of bytes alone.

A payload is cut around the nodes that hold those, and put together again with the nodes of another text. Whether that
is what was hashed its hash tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Final
from typing import cast as typed

from chainview.chain.event import SHUTDOWN_EVENT
from chainview.chain.hashing import byte_array_text, hash_of_values
from chainview.core.casts import MOST_MOULDS
from chainview.pack.cgrf.glance import INTEGERS, nodes
from chainview.pack.cgrf.limits import HEADER_SIZE, KIND_ARRAY, NODE_HEAD_SIZE
from chainview.pack.values import types
from chainview.pack.values.types import TAG_STRING

_LONGEST: Final = 1 << 16
_MOST_HELD: Final = 1 << 21
"""Letters of the texts, and bytes of the payloads and their values, for which moulds are held."""
MOST_MISSES: Final = 16
"""Misses of a shape in a row behind which what its first mould makes is taken for the likeliest most of the time."""
_LEAF_KINDS: Final = frozenset((TAG_STRING, KIND_ARRAY, *INTEGERS))
_KINDS: Final = {name: kind for kind, name in INTEGERS.items()}
_EMPTY_ARRAY: Final = 5
_LETTERS_A_BYTE: Final = 5
"""What the bytes of a payload take at most, with their values as text."""
_MOST_ALIKE: Final = 8
_SHORT: Final = 64
"""Letters of a leaf that is kept at hand."""
_MOST_LEAVES: Final = 1 << 12
_SHORT_TEXT: Final = 1 << 9
_MOST_SHAPES: Final = 1 << 9
"""Letters of a text whose shape is kept at hand, since many are alike, and how many are."""
_SEAM: Final = "\0"
_HEAD: Final = Struct("<B3xI")
_STRING: Final = Struct("<B3xII")
_BYTES: Final = Struct("<B3xIBI")

_LEAF: Final = re.compile(
    r"""(["\[0-9-](?:(?<=")[^"\\]*+"|(?<=\[)[0-9]{1,3}u8(?:, [0-9]{1,3}u8)*+\]"""
    r"""|(?<![\["])[0-9]{0,20}(?=[us](?:8|16|32|64)(?![A-Za-z0-9]))))"""
)
"""A leaf of a literal."""
_NAMING: Final = ("interface: ", "function: ", "function-name: ", "function_name: ")
"""What stands before a text of which an event's type may be made."""
_OF_CALL: Final = ("function-name: ", "function_name: ")
_OF_CALL_BY_KEYS: Final = frozenset(f"{kind}\nfunction: " for kind in ("call", "result", "error"))
_BETWEEN_NAMES: Final = frozenset((", function: ", "\nfunction: "))
_SHUTDOWN: Final = f'"{SHUTDOWN_EVENT}"'
"""What stands in the place of a name, beside which the type of a call is another."""
_SERDE_LEAF: Final = re.compile(r'"(?:String":"([^"\\]*+)"|([SU](?:8|16|32|64))":(-?[0-9]{1,20})(?![0-9.eE]))')
"""A leaf of a value in JSON form."""


Leaf = tuple[bytes, bytes]
"""A node, and the decimal values of its bytes, each with a comma behind it."""


@dataclass(frozen=True, slots=True)
class Mould:
    """A payload without what its leaves say, the decimal values of that, and the type of the event it belongs to."""

    event_type: str | None
    """None for a host call, whose type the names make that are its first two leaves."""
    pieces: tuple[bytes, ...]
    texts: tuple[bytes, ...]

    def named_in(self, payloads: bytes, at: int) -> str:
        """The type that the names make in a payload made by this, which stands at an offset among others."""
        names = []
        for piece in self.pieces[:2]:
            at += len(piece)
            size = _STRING.unpack_from(payloads, at)[2]
            at += _STRING.size + size
            names.append(payloads[at - size : at].decode())
        return "/".join(names)


@dataclass(slots=True)
class Alike:
    """The moulds for texts of one shape, that first which was right last; they differ in types that are not told."""

    moulds: list[Mould]
    misses: int = 0
    """Texts in a row of which no mould made what was hashed."""

    @property
    def hopeless(self) -> bool:
        """Whether what is made by the first is, for now, as likely as anything that could be found.

        It is not each time that the misses have doubled.
        """
        return self.misses >= MOST_MISSES and self.misses & (self.misses - 1) != 0

    @property
    def oldest(self) -> Mould:
        """The mould of the oldest version of CGRF."""
        return min(self.moulds, key=lambda mould: mould.pieces[0][:HEADER_SIZE])

    def right(self, mould: Mould) -> None:
        """Takes in that this one made what was hashed."""
        self.misses = 0
        if mould is not self.moulds[0]:
            self.moulds.remove(mould)
            self.moulds.insert(0, mould)


@dataclass(frozen=True, slots=True)
class Shape:
    """A text as what stands around its leaves, and the nodes of those."""

    around: str
    leaves: tuple[Leaf, ...]
    named: str | None = None
    """The type of the event, where its first two leaves are the names of a host call that make it.

    None where what stands around them has the names too, and empty where no name makes the type.
    """

    def type_by(self, mould: Mould) -> str:
        """The type of the event of this text that a mould for it makes."""
        return (self.named or "") if mould.event_type is None else mould.event_type


class Moulds:
    """The moulds of a chain, by what stands around the leaves of their texts."""

    def __init__(self) -> None:
        self._known: dict[str, Alike] = {}
        self._held = 0
        self.kept: list[tuple[str, Mould]] = []
        """Each mould with what stands around the leaves of its texts, in the order in which they were made.

        Where all are let go another list begins.
        """

    def of(self, shape: Shape) -> Alike | None:
        """The moulds for a text of that shape."""
        return self._known.get(shape.around)

    def keep(self, shape: Shape, event_type: str, payload: bytes) -> None:
        """Makes a mould of the payload that a text of that shape has, where its leaves can be told in it."""
        told = None if shape.named == event_type else event_type
        pieces = _pieces(shape, payload) if payload else None
        if pieces is None or (told is not None and "/" in told and shape.named is not None):
            # A type that is made of other names than those that were found is another for each text of the shape.
            return
        size = len(shape.around) + _LETTERS_A_BYTE * len(payload)
        if self._held + size > _MOST_HELD or len(self.kept) == MOST_MOULDS:
            self._known.clear()
            self._held, self.kept = 0, []
        self._held += size
        mould = Mould(told, pieces, tuple(map(_values_text, pieces)))
        known = self._known.get(shape.around)
        others = [] if known is None else [each for each in known.moulds if each != mould]
        self._known[shape.around] = Alike([mould, *others[: _MOST_ALIKE - 1]])
        self.kept.append((shape.around, mould))

    def likeliest(self) -> list[tuple[str, Mould]]:
        """Of each shape the mould that was right last, with what stands around the leaves of its texts."""
        return [(around, alike.moulds[0]) for around, alike in self._known.items()]

    def right(self, around: str, mould: Mould) -> None:
        """Takes in that a mould made what was hashed, of a text of which that stands around the leaves."""
        known = self._known[around]
        if mould not in known.moulds:
            known.moulds = [mould, *known.moulds[: _MOST_ALIKE - 1]]
        known.right(mould)


def cast(mould: Mould, shape: Shape) -> bytes:
    """The payload of a text by a mould for its shape."""
    parts = [b""] * (2 * len(shape.leaves) + 1)
    parts[::2] = mould.pieces
    parts[1::2] = [node for node, _ in shape.leaves]
    return b"".join(parts)


def cast_hash(mould: Mould, shape: Shape, parent: bytes | None, event_type: str) -> bytes:
    """The hash of an event of a type with the payload of a text by a mould for its shape."""
    parts = [b""] * (2 * len(shape.leaves) + 1)
    parts[::2] = mould.texts
    parts[1::2] = [text for _, text in shape.leaves]
    return hash_of_values(parent, event_type, b"".join(parts)[:-1])


def _values_text(data: bytes) -> bytes:
    return byte_array_text(data) + b"," if data else b""


def shape_of_literal(text: str) -> Shape | None:
    """The shape of a literal; None for one that is long, or holds an escape or a NUL."""
    if len(text) > _LONGEST or "\\" in text or _SEAM in text:
        return None
    return _known_shape(text) if len(text) <= _SHORT_TEXT else _shape_of(text)


def _shape_of(text: str) -> Shape | None:
    parts = _LEAF.split(text)
    said, around = parts[1::2], _SEAM.join(parts[::2])
    seams = _known_seams(around) if len(around) <= _SHORT_TEXT else _seams_of(around)
    is_short = not said or len(max(said, key=len)) <= _SHORT
    leaves = tuple(map(_known_leaf if is_short else _leaf_in_literal, said, seams.behind))
    if None in leaves:
        return None
    named = None
    if seams.is_host_call and said[0][0] == said[1][0] == '"':
        named = f"{said[0][1:-1]}/{said[1][1:-1]}"
    elif seams.is_call and said[0] != _SHUTDOWN:
        named = ""
    elif seams.naming:
        around = _SEAM.join([around, *[said[at] for at in seams.naming]])
    return Shape(around, typed("tuple[Leaf, ...]", leaves), named)


@dataclass(frozen=True, slots=True)
class _Seams:
    """What stands around leaves tells of those: the letters behind each that may tell its type, and which may be names.

    Of a host call the first two are its names, if both are texts, and of a call, its result or error the first one.
    """

    behind: tuple[str, ...]
    naming: tuple[int, ...]
    is_host_call: bool
    is_call: bool


def _seams_of(around: str) -> _Seams:
    between = around.split(_SEAM)
    first, second = between[0], between[1] if len(between) > 1 else ""
    is_outer = len(between) > 1 and first.count("{") <= 1
    return _Seams(
        tuple([each[:3] for each in between[1:]]),
        tuple([at for at, before in enumerate(between[:-1]) if before.endswith(_NAMING)]),
        is_outer and first.endswith("interface: ") and second in _BETWEEN_NAMES,
        is_outer and (first in _OF_CALL_BY_KEYS or first.endswith(_OF_CALL)),
    )


_known_shape = lru_cache(maxsize=_MOST_SHAPES)(_shape_of)
_known_seams = lru_cache(maxsize=_MOST_SHAPES)(_seams_of)


def shape_of_serde(text: str) -> Shape | None:
    """The shape of a value in JSON form; None for one that is long or escapes letters."""
    if len(text) > _LONGEST or "\\" in text:
        return None
    around, leaves, at = [], [], 0
    for found in _SERDE_LEAF.finditer(text):
        said, kind, number = found.groups()
        node = _known_integer(number, kind.lower()) if said is None else _leaf(_string(said))
        if node is None:
            return None
        begin, stop = found.span(3 if said is None else 1)
        leaves.append(node)
        around.append(text[at:begin])
        at = stop
    around.append(text[at:])
    return Shape("\0".join(around), tuple(leaves))


def _leaf_in_literal(leaf: str, behind: str) -> Leaf | None:
    if leaf[0] == '"':
        return _leaf(_string(leaf[1:-1]))
    if leaf[0] == "[":
        try:
            data = bytes(map(int, leaf[1:-1].replace("u8", "").split(", ")))
        except ValueError:
            return None
        return _leaf(_BYTES.pack(KIND_ARRAY, len(data) + _EMPTY_ARRAY, types.U8.encoded[0], len(data)) + data)
    return _known_integer(leaf, behind if behind in _KINDS else behind[:2])


def _leaf(node: bytes | None) -> Leaf | None:
    return None if node is None else (node, byte_array_text(node) + b",")


def _string(said: str) -> bytes | None:
    try:
        raw = said.encode()
    except UnicodeEncodeError:
        return None
    return _STRING.pack(TAG_STRING, len(raw) + 4, len(raw)) + raw


def _integer(digits: str, name: str) -> bytes | None:
    kind, width = _KINDS.get(name), int(name[1:]) // 8
    if kind is None:
        return None
    try:
        return _HEAD.pack(kind, width) + int(digits).to_bytes(width, "little", signed=name[0] == "s")
    except (OverflowError, ValueError):
        return None


_known_leaf = lru_cache(maxsize=_MOST_LEAVES)(_leaf_in_literal)


@lru_cache(maxsize=_MOST_LEAVES)
def _known_integer(digits: str, name: str) -> Leaf | None:
    return _leaf(_integer(digits, name))


def _pieces(shape: Shape, payload: bytes) -> tuple[bytes, ...] | None:
    """What stands between the leaves in a payload; None where its leaves are not those, one by one."""
    leaves: Iterator[bytes] = iter([node for node, _ in shape.leaves])
    pieces, at = [], 0
    for kind, begin, end in nodes(payload):
        if kind not in _LEAF_KINDS or (kind == KIND_ARRAY and end - begin <= _EMPTY_ARRAY):
            continue
        start = begin - NODE_HEAD_SIZE
        if payload[start:end] != next(leaves, None):
            return None
        pieces.append(payload[at:start])
        at = end
    pieces.append(payload[at:])
    return tuple(pieces) if len(pieces) == len(shape.leaves) + 1 else None
