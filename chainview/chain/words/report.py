"""An event for people and for programs: one line, all of it as text, or a JSON object."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache

from chainview.chain.delta import changes
from chainview.chain.event import Extras, Kind, Trigger
from chainview.chain.payload import Other, Payload, is_unreadable, read_payload
from chainview.chain.soundness import HashState, LinkState, Soundness, soundness
from chainview.chain.states import told_at, told_before
from chainview.chain.table import EventTable
from chainview.chain.words.notes import stub_words, trigger_words
from chainview.chain.words.spans import text_of
from chainview.chain.words.stacks import told_once
from chainview.chain.words.summary import GAPS, SHORT, read_again, summary
from chainview.pack.literal import format_literal, named_parts
from chainview.pack.values import HELD, Array, Compound, List, Map, Record, Result, Set, Tuple, Value, Variant, types
from chainview.pack.values.unread import Unread
from chainview.pack.values.walk import count
from chainview.system.errors import ChainviewError
from chainview.system.wording import begun, plural, visible

_HASH_LETTERS = 7
_LINE_WIDTH, _NUMBER_WIDTH = 88, 7
_FAILED = (Kind.ERROR, Kind.DAMAGED)
_ENDS = (Kind.RESULT, Kind.ERROR)
_HEX_WIDTH = 16
_NAME_WIDTH = 10
_MOST_LINES, _MOST_LETTERS, _MOST_OF_NAME, _MOST_PRINTED = 100_000, 1 << 18, 1 << 12, 1 << 24
"""The lines of one value, the letters of one text, of one name, and of a value's lines together, that are printed for
people; --json has all."""
_MOST_FRAMES = 1000
_PRINTABLE = range(0x20, 0x7F)
_DEEPEST_INDENT = 32
_INDENT = "  "


def event_line(table: EventTable, index: int) -> str:
    """The line of an event: number, mark, summary, flag and the beginning of its hash, as screens show it."""
    text = text_of(summary(table, index))
    unsound, in_call = table.any_unsound(index, index + 1), table.call_of(index) is not None
    hash_ = hash_text(table.hash(index))
    return laid_out(table.number(index), table.kinds[index], text, hash_, in_call=in_call, unsound=unsound)


def laid_out(number: int, kind: int, text: str, hash_: str, *, in_call: bool, unsound: bool) -> str:
    """The parts of the line of an event in their columns, with the marks of what it is."""
    within = "└" if kind in _ENDS else "│"
    mark = "▼" if kind == Kind.CALL else within if in_call else " "
    flag = "!" if kind in _FAILED else "⚠" if unsound else " "
    return f"{number:>{_NUMBER_WIDTH}} {mark} {text:<{_LINE_WIDTH}} {flag} {hash_[:_HASH_LETTERS]}"


def hash_text(hash_: bytes | None) -> str:
    """A hash for people, dashes where there is none."""
    return hash_.hex() if hash_ else "-" * _HASH_LETTERS


def event_object(table: EventTable, index: int, raw: bytes | None = None) -> dict[str, object]:
    """The JSON object of an event: values as Pack literals, the payload as hex; keys that do not apply are left out.

    `raw` is its payload, where that was read before.
    """
    kind, payload = table.kind(index), table.payload(index) if raw is None else raw
    hash_, parent = table.hash(index), table.parent(index)
    said: dict[str, object] = {
        "event": table.number(index),
        "hash": hash_.hex() if hash_ else None,
        "parent": parent.hex() if parent else None,
        "type": table.event_type(index),
        "kind": Kind.OTHER.word if kind is Kind.DAMAGED else kind.word,
    }
    if kind is not Kind.DAMAGED:
        said |= _said_of(payload)
        told = told_at(table, index) if table.shown else None
        if told is not None:
            said["state"] = _literal(told.value())
    extras = table.extras(index)
    if extras.reason:
        said["reason"] = extras.reason
    if extras.stub:
        said["stub"] = True
    if extras.trigger is not None:
        said["by"] = _trigger_object(extras.trigger)
    return {**said, "bytes": payload.hex()}


def event_texts(table: EventTable, index: int) -> Iterator[str]:
    """Its line, and the texts of its JSON object but for the payload's bytes."""
    yield event_line(table, index)
    yield from texts_beside(table, index, table.payload(index))


def texts_beside(table: EventTable, index: int, payload: bytes) -> Iterator[str]:
    """Those texts of an event with that payload that are not its line."""
    kind, hash_, parent = table.kind(index), table.hash(index), table.parent(index)
    if hash_:
        yield hash_.hex()
    if parent:
        yield parent.hex()
    yield table.event_type(index)
    yield Kind.OTHER.word if kind is Kind.DAMAGED else kind.word
    if kind is not Kind.DAMAGED and (table.shown or not is_unreadable(payload)):
        said = _said_of(payload)
        told = told_at(table, index) if table.shown else None
        state = None if told is None else _literal(told.value())
        yield from (text for key, text in said.items() if told is None or key != "state")
        if state is not None:
            yield state
    if reason := table.noted(index).reason:
        yield reason


def _trigger_object(trigger: Trigger) -> dict[str, object]:
    return {"kind": trigger.kind, "actor": trigger.actor or None, "event": trigger.event or None}


def _said_of(payload: bytes) -> dict[str, str]:
    """What a payload says, by the names of its parts, without those that are not there."""
    if is_unreadable(payload):
        return {}
    return _said_again(payload) if len(payload) <= SHORT else _said(payload)


def _said(data: bytes) -> dict[str, str]:
    payload = read_again(data) if len(data) <= SHORT else read_payload(data)
    said: dict[str, str | None] = dict(reversed(payload.names))
    if not isinstance(payload, Other):
        for part in sorted(payload.parts, key=lambda part: not part.is_state):
            said[part.name] = part.said if isinstance(part.said, str) else _literal(part.said)
    return {key: value for key, value in said.items() if value is not None}


_said_again = lru_cache(maxsize=256)(_said)


def _literal(value: Value | None) -> str | None:
    try:
        return None if value is None else format_literal(value)
    except ChainviewError:
        return None


def event_text(table: EventTable, index: int, links: Iterable[str] = ()) -> Iterator[str]:
    """All of an event as lines: hash and link, decoded values, what changed in the state, raw bytes.

    `links` are lines about what it has to do with other chains.
    """
    payload, found = table.payload(index), soundness(table, index)
    title = "error" if table.kind(index) is Kind.ERROR else table.kind(index).title
    yield visible(f"event {table.number(index):,}  {title}  {_name(table.event_type(index))}")
    yield f"hash    {hash_text(table.hash(index))}   {_hash_words(table.hash(index), found)}"
    parent = table.parent(index)
    link = "" if found.link is LinkState.HOLDS else "   not the event before"
    yield f"parent  {parent.hex() if parent else 'none'}{link}"
    call = table.call_of(index)
    if call is not None and call != index:
        yield f"call    event {table.number(call):,}, step {index - call:,} of {table.steps(call):,}"
    yield from _extras_lines(table.extras(index))
    yield from links
    if table.kind(index) is not Kind.DAMAGED:
        yield from _payload_lines(table, index, payload)
    yield f"raw     {plural(len(payload), 'byte')}"
    yield from hex_lines(payload)


def _hash_words(recorded: bytes | None, found: Soundness) -> str:
    if recorded is None or found.hash is HashState.UNKNOWN:
        return "not known"
    if found.hash is HashState.NOT_HELD:
        return "can't be computed: the payload that was hashed is not in the file"
    if found.hash is HashState.WRONG and found.computed is not None:
        return f"wrong: what it holds hashes to {found.computed.hex()}"
    return "computed, sound"


def _extras_lines(extras: Extras) -> Iterator[str]:
    if extras.time_ns:
        seconds, rest = divmod(extras.time_ns, 1_000_000_000)
        try:
            moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
        except (ValueError, OverflowError, OSError):
            moment = str(seconds)
        yield f"time    {moment}.{rest // 1_000_000:03} UTC"
    if extras.duration_ns:
        yield f"took    {extras.duration_ns / 1_000_000:,.3f} ms"
    if extras.fuel is not None:
        yield f"fuel    {extras.fuel:,}"
    if extras.stub:
        yield visible(f"stub    {stub_words(extras)}")
    if extras.damaged:
        yield "damaged its entry fails its checksum"
    if extras.reason and not extras.stub:
        yield visible(f"reason  {_bounded(extras.reason)}   beside the event, not hashed")
    if extras.trigger is not None:
        yield visible(f"by      {trigger_words(extras.trigger)}   beside the event, not hashed")
    for place, (frame, times) in enumerate(told_once(extras.stack[:_MOST_FRAMES])):
        yield visible(f"{'stack' if not place else '':<8}{_name(str(frame))}{times and f', {times}'}")
    if len(extras.stack) > _MOST_FRAMES:
        yield f"{'':<8}… and {plural(len(extras.stack) - _MOST_FRAMES, 'more frame')}"


def _payload_lines(table: EventTable, index: int, data: bytes) -> Iterator[str]:
    payload = read_payload(data, _MOST_LINES)
    if isinstance(payload, Other):
        if payload.value is not None:
            yield from value_lines("value", payload.value)
        elif data:
            yield visible(f"the payload can't be read: {_bounded(payload.reason)}")
        return
    for name, text in payload.names:
        yield visible(f"{_name(name):<{_NAME_WIDTH}}{_name(text)}")
    for part in payload.parts:
        if isinstance(part.said, str):
            lines = _bounded(part.said).split("\n")
            yield from (visible(f"{part.name:<{_NAME_WIDTH}}{line}") for line in lines)
        elif part.said is not None:
            yield from value_lines(part.name, part.said)
    yield from _state_lines(table, index, payload)


def _state_lines(table: EventTable, index: int, payload: Payload) -> Iterator[str]:
    """The state that stands beside an event, and what the event that tells one changed in it."""
    told, before = told_at(table, index), told_before(table, index)
    after = None if told is None else told.beginning(_MOST_LINES, payload)
    if told is not None and told.beside:
        if after is not None:
            yield from value_lines("state", after)
        else:
            yield f"state: {'can not be read' if told.gap is None else GAPS[told.gap]}"
    earlier = None if before is None else before.beginning(_MOST_LINES)
    if before is None or earlier is None or after is None:
        return
    found = changes(earlier, after)
    yield f"changed since event {before.number:,}:" + ("" if found else " nothing")
    printed = 0
    for place, change in enumerate(found):
        if place == _MOST_LINES or printed > _MOST_PRINTED:
            yield f"  … and {plural(len(found) - place, 'more change')}"
            return
        old, new = (_changed(each) for each in (change.before, change.after))
        yield (line := visible(f"  {_name(change.path) or 'state'}: {old} → {new}"))
        printed += len(line)


def _changed(value: Value | None) -> str:
    """One side of a change; of a value that is too large to be printed what it is, and how much."""
    if value is None:
        return "nothing"
    held = count(value)
    return f"{_words(value)}, {held:,} values" if held > _MOST_LINES else _bounded(_literal(value) or "nothing")


def hex_lines(data: bytes) -> Iterator[str]:
    """The bytes sixteen a line, with their offset and what of them is printable."""
    shown = min(len(data), _MOST_LINES * _HEX_WIDTH)
    for start in range(0, shown, _HEX_WIDTH):
        piece = data[start : start + _HEX_WIDTH]
        text = "".join([chr(byte) if byte in _PRINTABLE else "·" for byte in piece])
        yield f"{start:08x}  {piece.hex(' '):<{_HEX_WIDTH * 3}} {text}"
    if shown < len(data):
        yield f"… and {plural(len(data) - shown, 'more byte')}"


def value_lines(name: str, value: Value, depth: int = 0) -> Iterator[str]:
    """The lines of a value: scalars as literals, what holds others as its name with those below it."""
    stack: list[tuple[str, Value, int]] = [(name, value, depth)]
    lines = printed = 0
    while stack:
        lines += 1
        label, item, level = stack[-1]
        whole, held = [item], list(named_parts(item))
        while len(held) == 1 and held[0][0] == HELD:
            whole.append(held[0][1])
            held = list(named_parts(held[0][1]))
        if lines > _MOST_LINES or printed > _MOST_PRINTED or isinstance(whole[-1], Unread):
            yield f"{_INDENT * depth}… and {plural(sum([count(item) for _, item, _ in stack]), 'more value')}"
            return
        stack.pop()
        words = [*([f"{_name(label)}:"] if label else []), *map(_words, whole)]
        yield (line := visible(_INDENT * min(level, _DEEPEST_INDENT) + " ".join(words)))
        printed += len(line)
        stack += [(f"{label.text}{label.of_entry}", part, level + 1) for label, part in reversed(held)]


def _bounded(text: str) -> str:
    """A text, of which what is beyond all reading is only counted."""
    return begun(text, _MOST_LETTERS)


def _name(text: str) -> str:
    """The name of a type, a field or a function, of which what is beyond all reading is only counted."""
    return begun(text, _MOST_OF_NAME)


def _words(value: Value) -> str:
    """The words for a value itself; all of it where it holds nothing."""
    if isinstance(value, Unread):
        return _words(value.beginning(1))
    if isinstance(value, Array) and value.elem == types.U8:
        return _bytes(value.data)
    if not isinstance(value, Compound) or not value.held:
        return _bounded(_literal_of(value))
    if isinstance(value, Tuple | List):
        return f"{'tuple' if isinstance(value, Tuple) else 'list'} of {len(value.items):,}"
    if isinstance(value, Map | Set):
        count = len(value.entries if isinstance(value, Map) else value.items)
        return f"{'map' if isinstance(value, Map) else 'set'} of {count:,}"
    if isinstance(value, Variant):
        return f"{_name(value.type_name)}::{_name(value.case)}"
    if isinstance(value, Result):
        return "ok" if value.is_ok else "err"
    return _name(value.type_name) or "record" if isinstance(value, Record) else "some"


def _literal_of(value: Value) -> str:
    """A value that holds no others as a literal; of a very long array the beginning."""
    more = len(value) - _MOST_LINES if isinstance(value, Array) else 0
    if not isinstance(value, Array) or more <= 0:
        return format_literal(value)
    return f"{format_literal(value[:_MOST_LINES])} … and {plural(more, 'more item')}"


def _bytes(data: bytes) -> str:
    count, more = plural(len(data), "byte"), len(data) - _MOST_LETTERS
    if more > 0:
        data = data[:_MOST_LETTERS]
    rest = f" … and {plural(more, 'more byte')}" if more > 0 else ""
    try:
        # Where it is cut it may be cut in a letter.
        text = getincrementaldecoder("utf-8")().decode(data, final=more <= 0)
    except UnicodeDecodeError:
        return f"{count} {data.hex()}{rest}"
    return f'{count} "{text}"{rest}' if data else count
