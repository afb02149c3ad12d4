"""Looking into CGRF bytes without decoding them: nodes, texts, names and numbers where they lie.

Nothing is checked here: where bytes are cut or malformed, what is told is what they seem to say.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from struct import Struct
from typing import Final

from chainview.pack.cgrf.limits import HEADER_SIZE, KIND_ARRAY, MAGIC, NODE_HEAD_SIZE, VERSIONS
from chainview.pack.values import types
from chainview.pack.values.types import PARTS, TAG_RECORD, TAG_STRING, TAG_TUPLE, TAG_VARIANT

FLOATS: Final = {types.F32.encoded[0]: "f32", types.F64.encoded[0]: "f64"}
"""The kinds of nodes that hold a float, by their type's name."""

INTEGERS: Final = {kind: name for kind, name in types.PRIMITIVE_NAMES.items() if name[0] in "us" and name[1:].isdigit()}
"""The kinds of nodes that hold an integer, by their type's name."""

_CHAR: Final = types.CHAR.encoded[0]
_NAMED: Final = (TAG_RECORD, TAG_VARIANT)
_HEAD: Final = Struct("<BxxxI")
_U32: Final = Struct("<I")
_COUNT: Final = slice(8, 12)
_ONE: Final = _U32.pack(1)
_U8: Final = types.U8.encoded
ONE_NODE_HEADERS: Final = {version: MAGIC + bytes((version,)).ljust(4, b"\0") + _ONE + bytes(4) for version in VERSIONS}
"""The header of a value of one node, by version."""

Node = tuple[int, int, int]
"""A node's kind, and where its payload begins and ends."""

Texts = Iterator[tuple[bytes, bool]]


def is_cgrf(data: bytes) -> bool:
    """Whether bytes begin as a CGRF value does."""
    return data.startswith(MAGIC)


def version_of(data: bytes) -> int:
    """The header version of a CGRF value."""
    return data[4]


def under_version(data: bytes, version: int) -> bytes:
    """A CGRF value under another header version, which must have all that is in it."""
    return data if data[4] == version else b"".join((data[:4], bytes((version,)), data[5:]))


def same_but_version(one: bytes, other: bytes) -> bool:
    """Whether two payloads are the same CGRF value under two header versions."""
    return one[:4] == other[:4] == MAGIC and one[4:5] != other[4:5] and one[5:] == other[5:]


def node_count(data: bytes) -> int:
    """How many nodes the header counts."""
    return int.from_bytes(data[_COUNT], "little")


def nodes(data: bytes, start: int = 0) -> Iterator[Node]:
    """The nodes of the value that begins at `start`, in the order of the bytes, as far as those go."""
    head, at, last = _HEAD.unpack_from, start + HEADER_SIZE, len(data) - NODE_HEAD_SIZE
    for _ in range(_U32.unpack_from(data, start + 8)[0] if at <= len(data) else 0):
        if at > last:
            return
        kind, length = head(data, at)
        begin = at + NODE_HEAD_SIZE
        at = begin + length
        yield kind, begin, at


def stretches(data: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Where the nodes of a value lie, some at a time: as many as begin within `size` bytes."""
    head, end, last = _HEAD.unpack_from, HEADER_SIZE, len(data) - NODE_HEAD_SIZE
    while end <= last:
        start, stop = end, min(end + size, last + 1)
        while end < stop:
            end += NODE_HEAD_SIZE + head(data, end)[1]
        yield start, end


def texts(data: bytes, besides: Container[bytes] = (), start: int = HEADER_SIZE, stop: int | None = None) -> Texts:
    """The texts in a value as UTF-8, and the bytes of each `list<u8>` with True: that may be one or none.

    Texts are strings, characters, and the names of fields and cases, but in types that are among `besides`; those of
    the nodes from `start` up to `stop`, where that is told.
    """
    # As `nodes` has them: searches read every payload in this way, and a generator inside another takes its time.
    head, end, last = _HEAD.unpack_from, start, len(data) - NODE_HEAD_SIZE
    last = last if stop is None else min(last, stop - 1)
    while end <= last:
        kind, length = head(data, end)
        start = end + NODE_HEAD_SIZE
        end = start + length
        if kind == TAG_STRING:
            yield data[start + 4 : end], False
        elif kind in _NAMED:
            for name in _names(data, kind, start, min(end, len(data)), besides):
                yield name, False
        elif kind == KIND_ARRAY:
            if data[start : start + 1] == _U8:
                yield data[start + 5 : end], True
        elif kind == _CHAR:
            yield data[start:end].decode("utf-32-le", "replace").encode("utf-8", "replace"), False


def holds_number(data: bytes, forms: Mapping[int, bytes], start: int = HEADER_SIZE, stop: int | None = None) -> bool:
    """Whether a number stands in a value, as a node of its own or in a list of numbers, bytes not among them.

    `forms` tells, by the kind of a node, the bytes that it has there; nodes are taken as `texts` takes them.
    """
    head, end, last = _HEAD.unpack_from, start, len(data) - NODE_HEAD_SIZE
    last = last if stop is None else min(last, stop - 1)
    while end <= last:
        kind, length = head(data, end)
        start = end + NODE_HEAD_SIZE
        end = start + length
        if kind in forms:
            if data[start:end] == forms[kind]:
                return True
        elif kind == KIND_ARRAY and data[start : start + 1] != _U8 and start < len(data):
            form = forms.get(data[start])
            if form is not None and _aligned(data, form, start + 5, end):
                return True
    return False


def _aligned(data: bytes, form: bytes, start: int, end: int) -> bool:
    at = data.find(form, start, end)
    while at >= 0 and (at - start) % len(form):
        at = data.find(form, at + 1, end)
    return at >= 0


def arrays_of(kinds: Iterable[int]) -> re.Pattern[bytes] | None:
    """What the beginning of a list looks like whose elements are of one of these kinds, bytes not among them."""
    elements = bytes([kind for kind in kinds if kind != _U8[0]])
    if not elements:
        return None
    return re.compile(rb"(?s:%b\0\0\0.{4}[%b])" % (re.escape(bytes([KIND_ARRAY])), re.escape(elements)))


def _names(data: bytes, kind: int, start: int, end: int, besides: Container[bytes]) -> list[bytes]:
    type_name, at = _name(data, start, end)
    if type_name in besides:
        return []
    if kind == TAG_VARIANT:
        return [_name(data, at, end)[0]]
    if at + 4 > end:
        return []
    (count,) = _U32.unpack_from(data, at)
    found, at = [], at + 4
    while count > 0 and at < end:
        name, at = _name(data, at, end)
        found.append(name)
        count -= 1
    return found


def name_behind(data: bytes, at: int) -> bytes:
    """The name that stands at a place inside of a node, such as the case behind the type of a variant."""
    return _name(data, at, len(data))[0]


def first_text(data: bytes, longest: int) -> str | None:
    """The text of the first node, up to so many bytes of it; None when that is no string."""
    kind, start, end = next(nodes(data), (0, 0, 0))
    return data[start + 4 : min(end, start + 4 + longest)].decode("utf-8", "replace") if kind == TAG_STRING else None


def variant_tags(data: bytes, node: Node) -> Iterator[tuple[str, str, int]]:
    """The type and the case of a variant, and where its tag stands; nothing for other nodes."""
    kind, start, end = node
    if kind == TAG_VARIANT:
        type_name, at = _name(data, start, end)
        case, at = _name(data, at, end)
        yield type_name.decode("utf-8"), case.decode("utf-8"), at


def named_annotations(data: bytes, node: Node) -> Iterator[tuple[str, int]]:
    """The records and variants that a node's annotations name, and where the tag of each of those types stands."""
    kind, at, end = node
    due = PARTS.get(kind, 0)
    while due:
        tag = data[at]
        due -= 1
        if tag in _NAMED:
            name, behind = _name(data, at + 1, end)
            yield name.decode("utf-8"), at
            at = behind
        elif tag == TAG_TUPLE:
            due += _U32.unpack_from(data, at + 1)[0]
            at += 5
        else:
            due += PARTS.get(tag, 0)
            at += 1


def only_node(data: bytes) -> bytes | None:
    """The node of a value that consists of a single one, which refers to no other; else None."""
    return data[HEADER_SIZE:] if data[_COUNT] == _ONE else None


def one_node_header(data: bytes) -> bytes:
    """The header of a value of one node, under the version that the data has."""
    return ONE_NODE_HEADERS[data[4]]


def only_node_at(data: bytes, at: int) -> bytes:
    """The value of the node at a place, one that refers to no other, under the header version that the data has."""
    return one_node_header(data) + data[at : node_end(data, at)]


def node_end(data: bytes, at: int) -> int:
    """Where the node that begins at a place ends."""
    return at + NODE_HEAD_SIZE + int.from_bytes(data[at + 4 : at + NODE_HEAD_SIZE], "little")


def number_bytes(form: bytes) -> bytes:
    """What stands behind the kind in a node that holds a number of that form."""
    return b"\0\0\0" + _U32.pack(len(form)) + form


def err_before_record(type_name: bytes) -> re.Pattern[bytes]:
    """What the end of an err looks like that is the last part of a record of that type."""
    record = _HEAD.pack(TAG_RECORD, 0)[:4] + b".{4}" + _U32.pack(len(type_name)) + type_name
    return re.compile(rb"(?s:\x01\0\0\0\x01.{4}%b)" % record)


def case_bytes(case: bytes, tag: int) -> bytes:
    """What stands in a variant of that case behind the name of its type."""
    return _U32.pack(len(case)) + case + _U32.pack(tag)


def _name(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    if at + 4 > end:
        return b"", end
    (length,) = _U32.unpack_from(data, at)
    return data[at + 4 : min(at + 4 + length, end)], at + 4 + length
