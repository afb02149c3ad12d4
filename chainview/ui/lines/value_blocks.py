"""A typed value as lines: name, value, type; long texts wrapped, large arrays a row at a time, any depth.

Each value's lines know their place: they can be folded, and the value taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainview.pack.literal import format_literal, named_parts
from chainview.pack.values import (
    SCALAR_TYPES,
    Array,
    Bool,
    List,
    Map,
    Option,
    PartLabel,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    types,
)
from chainview.pack.values.unread import Unread
from chainview.pack.values.walk import count
from chainview.system.wording import plural, visible
from chainview.ui.lines.blocks import Block, Fixed, Headed, HexBlock, TextBlock
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.lines.placed import MARK, Place, Placed

NO_CHANGES: Mapping[str, str] = {}

Child = tuple[PartLabel, Value]
_DEEPEST_INDENT = 16
_MOST_PREFIXES = 8
_MOST_VALUES = 200_000
"""The values of one that are shown below each other: nobody scrolls further."""


def value_blocks(
    name: str, value: Value, width: int, *, wrap: bool = True, changed: Mapping[str, str] = NO_CHANGES
) -> Iterator[Block]:
    """The blocks of a value; `changed` tells for paths such as `orders[2].status` what stood there before."""
    levels: list[tuple[Iterator[Child], str]] = [(iter([(PartLabel(name), value)]), "")]
    shown = 0
    while levels:
        children, above = levels[-1]
        child = next(children, None)
        if child is None:
            levels.pop()
            continue
        shown += 1
        label, item = child
        inner, words = _unwrapped(item)
        if shown > _MOST_VALUES or isinstance(inner, Unread):
            more = count(item) + sum([count(held) for rest, _ in levels for _, held in rest])
            yield Fixed([(f"… and {plural(more, 'more value')}", "dim")])
            return
        depth = len(levels) - 1
        path = label.below(above) if depth else ""
        named: Line = [(f"{visible(str(label))}: ", "name")] if label.text else []
        head = [*_indent(depth), *named, *words]
        block = _block(head, inner, depth, width, wrap=wrap, before=changed.get(path))
        yield Placed(Place(name, path, depth, item, inner), block, width)
        levels.append((named_parts(inner), path))


def _indent(depth: int) -> Line:
    if depth <= _DEEPEST_INDENT:
        return [*([("  " * depth, "text")] if depth else []), MARK]
    return [MARK, (f"{'  ' * (_DEEPEST_INDENT - 3)}{depth:>4}› ", "quiet")]


def _unwrapped(value: Value) -> tuple[Value, Line]:
    """What options, results and variants of one payload hold, with the words that stand before it."""
    words: Line = []
    while len(words) < _MOST_PREFIXES:
        if isinstance(value, Option) and value.value is not None:
            words.append(("some ", "word"))
            value = value.value
        elif isinstance(value, Result):
            words.append(("ok ", "good") if value.is_ok else ("err ", "bad"))
            value = value.value
        elif isinstance(value, Variant) and len(value.payload) == 1:
            words.append((f"{visible(value.case)} ", "word"))
            value = value.payload[0]
        else:
            break
    return value, words


def _block(head: Line, value: Value, depth: int, width: int, *, wrap: bool, before: str | None) -> Headed:
    """The block of a value itself, without those it holds."""
    tail: Line = [] if before is None else [(f"   was {before}", "changed")]
    indent = min(2 * min(depth, _DEEPEST_INDENT) + 4, width // 2)
    if isinstance(value, String):
        return TextBlock(head, value.value, "string", tail, width, wrap=wrap, indent=indent)
    if isinstance(value, Array):
        return _array(head, value, tail, width, wrap=wrap, indent=indent)
    line = head + _described(value) + tail
    return Fixed(*(wrapped(line, width, indent, words=True) if wrap else [line]))


def _described(value: Value) -> Line:
    if isinstance(value, Record):
        return [(visible(value.type_name) or "record", "type"), *([] if value.fields else [(" {}", "dim")])]
    if isinstance(value, Tuple):
        return [(f"tuple of {len(value.items):,}", "type")] if value.items else [("()", "word")]
    if isinstance(value, List):
        items = plural(len(value.items), "item")
        return [(f"list<{visible(str(value.elem))}>, {items}", "type")]
    if isinstance(value, Map):
        entries = "1 entry" if len(value.entries) == 1 else f"{len(value.entries):,} entries"
        return [(f"map<{visible(str(value.key))}, {visible(str(value.value))}>, {entries}", "type")]
    if isinstance(value, Set):
        return [(f"set<{visible(str(value.elem))}>, {plural(len(value.items), 'member')}", "type")]
    if isinstance(value, Option):
        word = "none" if value.value is None else "some"
        return [(word, "word"), (f"  option<{visible(str(value.inner))}>", "type")]
    if isinstance(value, Result):
        return [("ok", "good") if value.is_ok else ("err", "bad")]
    if isinstance(value, Variant):
        return [(visible(value.case), "word"), (f"  {visible(value.type_name)}", "type")]
    kind = str(SCALAR_TYPES[type(value)])
    text = visible(format_literal(value)).removesuffix(kind)
    return [(text, "word" if isinstance(value, Bool) else "number"), (f" {kind}", "type")]


def _array(head: Line, value: Array, tail: Line, width: int, *, wrap: bool, indent: int) -> Headed:
    if value.elem == types.U8:
        text = _as_text(value.data)
        if text is not None:
            return TextBlock(
                head, text, f"list<u8>, {len(value.data):,} B as text", tail, width, wrap=wrap, indent=indent
            )
        return HexBlock([*head, (f"list<u8>, {len(value.data):,} B", "type"), *tail], value.data, width, 4)
    return ArrayBlock([*head, (f"list<{value.elem}>, {plural(len(value), 'item')}", "type"), *tail], value, width)


def _as_text(data: bytes) -> str | None:
    """The text that bytes are, when all of it can be read as such."""
    if not data:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    sample = text[:4096].replace("\n", "").replace("\t", "").replace("\r", "")
    return text if sample.isprintable() else None


class ArrayBlock:
    """The elements of a packed array, several on a line, each line led by the indices of its first and last one."""

    def __init__(self, head: Line, value: Array, width: int) -> None:
        self._head = head
        self._value = value
        self._digits = len(str(max(0, len(value) - 1)))
        widest = (
            max([len(_bare(value[at])) for at in {0, len(value) // 2, len(value) - 1}], default=1) if len(value) else 1
        )
        self._per_line = max(1, (width - 2 * self._digits - 9) // (widest + 2))
        self.heads = 1
        self.height = 1 + -(-len(value) // self._per_line)

    def line(self, row: int) -> Line:
        """The head, then the lines of elements."""
        if row == 0:
            return self._head
        start = (row - 1) * self._per_line
        items = self._value[start : start + self._per_line]
        last = f"…{start + len(items) - 1:>{self._digits}}" if len(items) > 1 else ""
        return [
            (f"    [{start:>{self._digits}}{last}] ", "quiet"),
            (", ".join([_bare(item) for item in items]), "number"),
        ]


def _bare(value: Value) -> str:
    return visible(format_literal(value)).removesuffix(str(SCALAR_TYPES[type(value)]))
