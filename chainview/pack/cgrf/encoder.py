"""Writing a value as CGRF: nodes in post-order, the root last, nothing shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from struct import Struct, pack
from struct import error as StructError
from typing import Any, Final, TypeVar

from chainview.pack.cgrf.copies import Nodes, Open, Stretch, compounds_met_again
from chainview.pack.cgrf.limits import (
    HEADER_SIZE,
    KIND_ARRAY,
    MAGIC,
    MAX_BYTES,
    MAX_NODES,
    MAX_PAYLOAD,
    NODE_HEAD_SIZE,
    OLDEST,
    PARTS_OF_VERSION,
    VERSIONS,
)
from chainview.pack.values import (
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    U8,
    U16,
    U32,
    U64,
    Array,
    Bool,
    Char,
    Compound,
    Flags,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    list_value,
    types,
)
from chainview.pack.values.types import ELEMENT_WIDTHS, MAX_DEPTH, Type, fixed_width, type_end
from chainview.system.errors import ChainviewError
from chainview.system.long_work import PIECE, go_on


class EncodeError(ChainviewError):
    """A value that CGRF can't hold; the sentence says why."""


_OLDEST_PARTS: Final = PARTS_OF_VERSION[OLDEST]
_TOO_LARGE: Final = f"the value takes more than the {MAX_BYTES} bytes or {MAX_NODES} nodes a reader accepts"
_MANY_NODES: Final = 1 << 15
"""Nodes after which it is looked whether parts of the value are shared, so that they need not be written one by one."""
_NODES_A_LOOK: Final = 32
"""Nodes that are written for each compound looked at, as most values share nothing."""
_PIECE_BYTES: Final = 64 * 1024
"""Bytes that are written between two looks."""
HEADER: Final = Struct("<4sHHII")
_HEAD: Final = Struct("<B3xI")
_STRING_HEAD: Final = Struct("<B3xII")
_ARRAY_HEAD: Final = Struct("<B3xIBI")
_U32: Final = Struct("<I")
_INDEXES: Final = [Struct(f"<{count}I") for count in range(17)]
_Key = TypeVar("_Key")
_OK: Final = b"\x00\x00\x00\x00\x01"
_ERR: Final = b"\x01\x00\x00\x00\x01"
_UNIT: Final = _HEAD.pack(types.TAG_TUPLE, 4) + _U32.pack(0)
_BOOL: Final = types.BOOL.encoded
_CHAR: Final = types.CHAR.encoded

# Names repeat from event to event; what goes before the child indexes is kept for the small ones.
_MEMO_SIZE: Final = 4096
_MEMO_PAYLOAD: Final = 512
_record_heads: dict[tuple[str, ...], bytes] = {}
_variant_heads: dict[tuple[str, str, int], bytes] = {}
_known_types: Final[tuple[set[bytes], set[bytes]]] = (set(), set())
"""Annotations that were found sane, in any version and in the oldest."""


def encode(value: Value, version: int = OLDEST) -> bytes:
    """The canonical CGRF bytes of a value, under header version 2 or 3.

    EncodeError when a number, character or text is out of range, a list of fixed-width elements holds
    anything else, the value is nested deeper than 1,000 levels, it is larger than a reader accepts, or it has a map or
    a set, which version 2 does not know.
    """
    if version not in VERSIONS:
        raise EncodeError(f"CGRF version {version} can't be written, only 2 and 3")
    try:
        nodes = _nodes(value, PARTS_OF_VERSION[version])
        written = _shared_nodes(value, PARTS_OF_VERSION[version]) if nodes is None else None
    except StructError:
        raise EncodeError("the value holds a number outside the range of its type") from None
    except UnicodeEncodeError:
        raise EncodeError("the value holds a text with a lone surrogate, which UTF-8 can't say") from None
    except (TypeError, AttributeError) as error:
        raise EncodeError(f"the value is not made of Pack values: {error}") from None
    if written is not None:
        return b"".join((HEADER.pack(MAGIC, version, 0, written.count, written.count - 1), written.data))
    assert nodes is not None
    count = len(nodes)
    if count > MAX_NODES:
        raise EncodeError(_TOO_LARGE)
    data = b"".join((HEADER.pack(MAGIC, version, 0, count, count - 1), *nodes))
    if len(data) > MAX_PAYLOAD:
        if len(data) > MAX_BYTES:
            raise EncodeError(_TOO_LARGE)
        if max(map(len, nodes)) > MAX_PAYLOAD + NODE_HEAD_SIZE:
            raise EncodeError(f"a part of the value takes more than the {MAX_PAYLOAD} bytes a node can hold")
    return data


def _nodes(root: Value, known: Mapping[int, int]) -> list[bytes] | None:
    """The bytes of each node, in order; None where there are many, and parts of the value are shared."""
    nodes: list[bytes] = []
    size, bound, looks = 0, _PIECE_BYTES, 0
    met_again = compounds_met_again(root)
    # One frame for each open compound: itself, its children still to write, the indexes of those written.
    frames: list[tuple[Value, Iterator[Value], list[int]]] = []
    parent: Value = root
    children: Iterator[Value] = iter((root,))
    written: list[int] = []
    while True:
        for child in children:
            leaf = LEAF_WRITERS.get(child.__class__)
            if leaf is not None:
                node = leaf(child)
            else:
                held = held_nodes(child)
                if held:
                    frames.append((parent, children, written))
                    parent, children, written = child, iter(held), []
                    break
                node = compound_node(child, (), known)
            written.append(len(nodes))
            nodes.append(node)
            size += len(node)
            if size > bound:
                bound = _next_bound(nodes, size)
        else:
            if not frames:
                return nodes
            node = compound_node(parent, written, known)
            parent, children, written = frames.pop()
            written.append(len(nodes))
            nodes.append(node)
            size += len(node)
        if len(frames) >= MAX_DEPTH:
            raise EncodeError(f"the value is nested deeper than {MAX_DEPTH} levels")
        if size > bound:
            bound = _next_bound(nodes, size)
            if len(nodes) > _MANY_NODES:
                looks, before = len(nodes) // _NODES_A_LOOK, looks
                if any(islice(met_again, looks - before)):
                    return None


def _shared_nodes(root: Value, known: Mapping[int, int]) -> Nodes:
    """The nodes of a value some of whose compounds stand in several places: each of those is written once."""
    nodes = Nodes()
    done: dict[int, Stretch] = {}
    whole = Open(root, iter((root,)), 0, 0)
    above: list[Open] = []
    top = whole
    while True:
        for child in top.left:
            leaf = LEAF_WRITERS.get(child.__class__)
            held = () if leaf is not None else held_nodes(child)
            known_stretch = done.get(id(child)) if held else None
            if known_stretch is not None:
                _require_room(nodes, known_stretch.count, known_stretch.stop - known_stretch.start)
                top.written.append(nodes.copy(known_stretch))
                top.levels = max(top.levels, 1 + known_stretch.levels)
            elif held:
                above.append(top)
                top = Open(child, iter(held), nodes.count, len(nodes.data))
                break
            else:
                node = leaf(child) if leaf is not None else compound_node(child, (), known)
                _require_room(nodes, 1, len(node))
                top.written.append(nodes.add(node))
                top.levels = max(top.levels, 2)
            if len(above) + top.levels > MAX_DEPTH + 1:
                raise EncodeError(f"the value is nested deeper than {MAX_DEPTH} levels")
        else:
            if not above:
                return nodes
            node = compound_node(top.value, top.written, known)
            _require_room(nodes, 1, len(node))
            index, ended = nodes.add(node, len(top.written)), top
            top = above.pop()
            top.written.append(index)
            top.levels = max(top.levels, 1 + ended.levels)
            count = nodes.count - ended.first
            done[id(ended.value)] = Stretch(ended.first, count, ended.start, len(nodes.data), ended.levels)
        if len(above) >= MAX_DEPTH:
            raise EncodeError(f"the value is nested deeper than {MAX_DEPTH} levels")


def _require_room(nodes: Nodes, more: int, size: int) -> None:
    if more == 1 and size > MAX_PAYLOAD + NODE_HEAD_SIZE:
        raise EncodeError(f"a part of the value takes more than the {MAX_PAYLOAD} bytes a node can hold")
    if nodes.count + more > MAX_NODES or HEADER_SIZE + len(nodes.data) + size > MAX_BYTES:
        raise EncodeError(_TOO_LARGE)
    if nodes.count % PIECE == 0:
        go_on()


def _next_bound(nodes: list[bytes], size: int) -> int:
    """The size at which to look next at whether the nodes are too large, or not wanted any more."""
    go_on()
    if len(nodes) > MAX_NODES or size > MAX_BYTES:
        raise EncodeError(_TOO_LARGE)
    return min(size + _PIECE_BYTES, MAX_BYTES)


def held_nodes(value: Value) -> Sequence[Value]:
    """The children of a compound that become nodes of their own."""
    if isinstance(value, List) and value.elem.encoded[0] in ELEMENT_WIDTHS:
        return ()
    if isinstance(value, Compound):
        return value.held
    raise EncodeError(f"the value is not made of Pack values: it holds a {type(value).__name__}")


def compound_node(value: Value, indexes: Sequence[int], known: Mapping[int, int]) -> bytes:
    """The node of a compound whose children have those indexes, where it and its annotations are `known`."""
    count = len(indexes)
    tail = _INDEXES[count].pack(*indexes) if count < 17 else pack(f"<{count}I", *indexes)
    if type(value) is Record:
        return _node(types.TAG_RECORD, _record_head(value) + tail)
    if type(value) is Variant:
        head = _variant_head(value)
        return _node(types.TAG_VARIANT, head + _U32.pack(count) + tail)
    if type(value) is Tuple:
        return _node(types.TAG_TUPLE, _U32.pack(count) + tail) if count else _UNIT
    if type(value) is Result:
        annotations = _annotation(value.ok, known) + _annotation(value.err, known)
        return _node(types.TAG_RESULT, annotations + (_OK if value.is_ok else _ERR) + tail)
    if type(value) is Option:
        return _node(types.TAG_OPTION, _annotation(value.inner, known) + (b"\x01" if count else b"\x00") + tail)
    if type(value) is Map:
        _require(types.TAG_MAP, known)
        annotations = _annotation(value.key, known) + _annotation(value.value, known)
        return _node(types.TAG_MAP, annotations + _U32.pack(len(value.entries)) + tail)
    if type(value) is Set:
        _require(types.TAG_SET, known)
        return _node(types.TAG_SET, _annotation(value.elem, known) + _U32.pack(count) + tail)
    assert type(value) is List
    if value.elem.encoded[0] not in ELEMENT_WIDTHS:
        return _node(types.TAG_LIST, _annotation(value.elem, known) + _U32.pack(count) + tail)
    array = list_value(value.elem, value.items)
    if isinstance(array, List):
        raise EncodeError(f"a list<{value.elem}> holds an item that is no {value.elem}")
    return _array(array)


def _node(kind: int, payload: bytes) -> bytes:
    return _HEAD.pack(kind, len(payload)) + payload


def _name(name: str) -> bytes:
    raw = name.encode("utf-8")
    return _U32.pack(len(raw)) + raw


def _record_head(value: Record) -> bytes:
    names = (value.type_name, *[name for name, _ in value.fields])
    head = _record_heads.get(names)
    if head is None:
        head = b"".join((_name(names[0]), _U32.pack(len(names) - 1), *map(_name, names[1:])))
        _remember(_record_heads, names, head)
    return head


def _variant_head(value: Variant) -> bytes:
    key = (value.type_name, value.case, value.tag)
    head = _variant_heads.get(key)
    if head is None:
        head = _name(value.type_name) + _name(value.case) + _U32.pack(value.tag)
        _remember(_variant_heads, key, head)
    return head


def _remember(memo: dict[_Key, bytes], key: _Key, head: bytes) -> None:
    if len(head) <= _MEMO_PAYLOAD:
        if len(memo) >= _MEMO_SIZE:
            memo.clear()
        memo[key] = head


def _require(tag: int, known: Mapping[int, int]) -> None:
    if tag not in known:
        raise EncodeError(f"CGRF version {OLDEST} has no {types.WORDS[tag]}, only later versions have")


def _annotation(annotation: Type, known: Mapping[int, int]) -> bytes:
    encoded = annotation.encoded
    if len(encoded) > 1 and encoded not in _known_types[known is _OLDEST_PARTS]:
        _require_type(encoded, known)
    return encoded


def _require_type(encoded: bytes, known: Mapping[int, int]) -> None:
    """Refuses an annotation that a reader of the version would refuse; small ones are looked at once."""
    try:
        type_end(encoded, 0, len(encoded), known)
    except ValueError as error:
        raise EncodeError(f"the value carries an annotation that can't be read back: {error}") from None
    if len(encoded) <= _MEMO_PAYLOAD:
        memo = _known_types[known is _OLDEST_PARTS]
        if len(memo) >= _MEMO_SIZE:
            memo.clear()
        memo.add(encoded)


def _array(value: Array) -> bytes:
    elem, data = value.elem.encoded, value.data
    width = fixed_width(value.elem)
    if width is None:
        raise EncodeError(f"an array can't have elements of type {value.elem}")
    count, spare = divmod(len(data), width)
    if spare:
        raise EncodeError(f"an array of {value.elem} has {len(data)} bytes, which is no whole number of elements")
    if elem == _BOOL and data.translate(None, b"\x00\x01"):
        raise EncodeError("an array of bool has a byte that is neither 0 nor 1")
    if elem == _CHAR and not _is_utf_32(data):
        raise EncodeError("an array of char has a number that is no Unicode character")
    return _ARRAY_HEAD.pack(KIND_ARRAY, len(data) + 5, elem[0], count) + data


def _is_utf_32(data: bytes) -> bool:
    try:
        data.decode("utf-32-le")
    except UnicodeDecodeError:
        return False
    return True


def _string(value: String) -> bytes:
    raw = value.value.encode("utf-8")
    return _STRING_HEAD.pack(types.TAG_STRING, len(raw) + 4, len(raw)) + raw


def _scalar(kind: int, code: str, field: str) -> Callable[[Any], bytes]:
    """A writer of scalar nodes: kind byte, struct code of the payload, the attribute that holds it."""
    packer = Struct(f"<B3xI{code}")
    write, width, take = packer.pack, packer.size - NODE_HEAD_SIZE, attrgetter(field)

    def leaf(value: Value) -> bytes:
        return write(kind, width, take(value))

    return leaf


def _char(value: Char) -> bytes:
    code = ord(value.value)
    if 0xD800 <= code < 0xE000:
        raise EncodeError("the value holds a lone surrogate, which is no character")
    return _HEAD.pack(_CHAR[0], 4) + _U32.pack(code)


LEAF_WRITERS: Final[dict[type[Value], Callable[[Any], bytes]]] = {
    String: _string,
    Array: _array,
    Char: _char,
    Bool: _scalar(0x01, "?", "value"),
    S32: _scalar(0x02, "i", "value"),
    S64: _scalar(0x03, "q", "value"),
    F32: _scalar(0x04, "I", "bits"),
    F64: _scalar(0x05, "Q", "bits"),
    U8: _scalar(0x0C, "B", "value"),
    U16: _scalar(0x0D, "H", "value"),
    U32: _scalar(0x0E, "I", "value"),
    U64: _scalar(0x0F, "Q", "value"),
    S8: _scalar(0x10, "b", "value"),
    S16: _scalar(0x11, "h", "value"),
    Flags: _scalar(0x13, "Q", "mask"),
}
