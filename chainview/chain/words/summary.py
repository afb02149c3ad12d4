"""One line for an event: what was called with what, what it answered, what changed."""

from __future__ import annotations

from functools import lru_cache

from chainview.chain.delta import Change, changes
from chainview.chain.event import Kind, StateGap
from chainview.chain.failure import RETURNED, failure_of
from chainview.chain.lifecycle import Cause, Lifecycle
from chainview.chain.payload import (
    FIRST_BYTES,
    Call,
    CallError,
    CallResult,
    HostCall,
    Other,
    Payload,
    arguments,
    read_payload,
)
from chainview.chain.states import told_at, told_before
from chainview.chain.table import EventTable
from chainview.chain.words.brief import short, short_items
from chainview.chain.words.spans import Role, Span, middle_cut, quoted, text_of, width
from chainview.pack.cgrf.glance import first_text, is_cgrf, node_count
from chainview.pack.values import UNIT, Option, Result, String, Value, Variant
from chainview.system.wording import plural, visible

GAPS = {
    StateGap.UNKNOWN: "state unknown, the module does not show it here",
    StateGap.LARGE: "state too large to be asked for after each call",
}
"""What is said where a module's state is not known."""
STANDING = {
    True: "the instance was given up: the next call goes on from what the calls before this one led to",
    False: "the instance lives on, with whatever this call changed in its state",
}
"""What becomes of a module that keeps its state inside, by whether a call was ended half-way."""
ORDER_ALONE = "in another order"
"""What is said of a map or a set that only stands in another order."""
GAP: Span = ("   ", Role.DIM)
DEFAULT_ROOM = 120
"""The characters of a line that nobody says otherwise of."""
_MOST_NODES = 5_000
"""A payload of more nodes is not decoded for its line, so that no row takes longer than a frame."""
_CACHED_BYTES = 1 << 16
SHORT = 1 << 10
"""Bytes of a payload up to which what it says is kept at hand, since many are alike."""
_MOST_CHANGES = 1000
_LEAST_VALUE = 8
_LONGEST_NAME = 48
_AS_TEXT = (b"{", b"[")
_TOLD_BYTES = FIRST_BYTES.union(_AS_TEXT)
_COUNT, _MORE = "   +", " more"
_VERDICT_CELL = 32
"""Where the summary of a folded call begins behind a short call."""


def summary(
    table: EventTable, index: int, folded: bool = False, room: int = DEFAULT_ROOM, raw: bytes | None = None
) -> list[Span]:
    """The line of an event in pieces with their roles, of about `room` characters; a folded call sums up its steps.

    `raw` is its payload, where that was read before.
    What is shown of a payload never holds a control character, and its cost is bounded whatever the payload's size.
    """
    kind = table.kind(index)
    if kind is Kind.DAMAGED:
        return _damaged(table, index)
    if kind is Kind.SHUTDOWN:
        return [("shutdown", Role.NOTE)]
    raw = table.payload(index) if raw is None else raw
    alone = _alone_again if len(raw) <= SHORT else _alone
    spans = [*alone(kind, table.event_type(index), raw, room, folded)] or _among_others(table, index, _read(raw), room)
    if folded and kind is Kind.CALL:
        # Verdicts stand below each other where there is room for it.
        gap = max(3, min(_VERDICT_CELL, room * 2 // 5) - width(spans))
        left = max(24, room - width(spans) - gap)
        spans = [*spans, (" " * gap, Role.DIM), *_sum_of_call(table, index, left)]
    spans = _with_whole_count(spans, room)
    if table.is_stub(index):
        spans = [*spans, ("  stub", Role.STUB)]
    if table.is_damaged(index):
        spans = [*spans, ("  checksum does not match", Role.ERROR)]
    return spans


def summary_alone(kind: Kind, event_type: str, raw: bytes) -> list[Span]:
    """The same of an event of which neither its flags nor other events tell more; empty where others do."""
    if kind is Kind.SHUTDOWN:
        return [("shutdown", Role.NOTE)]
    return _with_whole_count([*_alone(kind, event_type, raw, DEFAULT_ROOM, False)], DEFAULT_ROOM)


def _alone(kind: Kind, event_type: str, raw: bytes, room: int, folded: bool) -> list[Span]:
    """The line of an event that its own type and payload tell all of; empty for one that hangs on others too."""
    payload = _read(raw)
    if isinstance(payload, Other):
        return _other(kind, event_type, raw, payload, room)
    if isinstance(payload, Call):
        return _call(payload, room * 2 // 5 if folded else room)
    if isinstance(payload, HostCall):
        return _host_call(payload, room)
    return _turn(payload, room) if isinstance(payload, Lifecycle) else []


_alone_again = lru_cache(maxsize=256)(_alone)


def _among_others(table: EventTable, index: int, payload: Payload, room: int) -> list[Span]:
    """The line of the end of a call, which tells of the state too."""
    if isinstance(payload, CallResult):
        return _result(table, index, payload, room)
    assert isinstance(payload, CallError)
    spans = _error(failure_of(payload, table.extras(index)).reason, room)
    moved = _shown_change(table, index, max(24, room - width(spans) - 3)) if table.shown else []
    return [*spans, GAP, *moved] if moved else spans


def interface_name(interface: str) -> str:
    """The last part of an interface, `store` for `theater:simple/store`."""
    return interface.rpartition("/")[2]


def function_name(function: str) -> str:
    """An export's name without its interface, `init` for `theater:simple/actor.init`."""
    return function.rpartition("/")[2].rpartition(".")[2]


def is_failure(value: Value | None) -> bool:
    """Whether an answer is an err, as itself or inside the ok that some host interfaces put around their answers."""
    if isinstance(value, Result) and value.is_ok:
        value = value.value
    if isinstance(value, Result):
        return not value.is_ok
    return isinstance(value, Variant) and value.type_name == "result" and value.case == "err"


def _read(payload: bytes) -> Payload:
    if len(payload) <= _CACHED_BYTES:
        return read_again(payload)
    if is_cgrf(payload) and node_count(payload) > _MOST_NODES:
        return Other(None)
    return read_payload(payload)


read_again = lru_cache(maxsize=256)(read_payload)
"""What a payload says that is small, kept at hand for who shows it in another way too."""


def _name(text: str) -> str:
    return visible(middle_cut(text, _LONGEST_NAME))


def _size(count: int) -> str:
    if count < 10_000:
        return plural(count, "byte")
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _damaged(table: EventTable, index: int) -> list[Span]:
    what = visible(middle_cut(table.event_type(index), _LONGEST_NAME))
    return [("damaged ", Role.ERROR), (what, Role.ERROR), (f"   {_size(len(table.payload(index)))}", Role.DIM)]


def _other(kind: Kind, event_type: str, raw: bytes, payload: Other, room: int) -> list[Span]:
    spans = [_named(kind, event_type), GAP]
    if payload.value is not None:
        return [*spans, *short(payload.value, room - width(spans))]
    if raw and not payload.reason:
        return [*_too_large(kind, raw, spans[0]), GAP, (f"a payload of {_size(len(raw))}", Role.DIM)]
    if raw.startswith(_AS_TEXT):
        text = raw[:2000].decode("utf-8", "replace")
        return [*spans, (quoted(text, room)[1:-1], Role.STRING)]
    return [*spans, _unread(raw, payload.reason)]


def hangs_on_size(raw: bytes) -> bool:
    """Whether all that is said of a payload is how many bytes it has."""
    return raw[:1] not in _TOLD_BYTES


def said_of_size(raw: bytes) -> str:
    """What is said behind its type of an event whose payload `hangs_on_size`."""
    payload = read_payload(raw)
    return text_of([GAP, _unread(raw, payload.reason if isinstance(payload, Other) else "")])


def named_alone(kind: Kind, event_type: str) -> str:
    """What stands before that."""
    return _named(kind, event_type)[0]


def _named(kind: Kind, event_type: str) -> Span:
    if kind is not Kind.HOST:
        return _name(event_type), Role.NOTE
    interface, _, function = event_type.rpartition("/")
    return _name(f"→ {interface_name(interface)}.{function}"), Role.HOST


def _unread(raw: bytes, reason: str) -> Span:
    if not raw:
        return "no payload in the file", Role.DIM
    reason = visible(middle_cut(reason.rstrip("."), 80))
    reason = reason[:1].lower() + reason[1:]
    return f"payload can't be read: {reason}, {_size(len(raw))}", Role.ERROR


def _too_large(kind: Kind, raw: bytes, named: Span) -> list[Span]:
    """What can be told of a payload without decoding it: writers put the function's name first."""
    if kind is Kind.RESULT:
        return [("ok", Role.OK)]
    function = first_text(raw, 4 * _LONGEST_NAME) if kind is Kind.CALL else None
    if function is None:
        return [named]
    return [(f"{_name(function_name(function))}(", Role.CALL), ("…", Role.DIM), (")", Role.CALL)]


def _call(call: Call, room: int) -> list[Span]:
    name = _name(function_name(call.function))
    inside = short_items(arguments(call.params), room - len(name) - 2, ", ", suffixed=True)
    return [(f"{name}(", Role.CALL), *inside, (")", Role.CALL)]


def _host_call(call: HostCall, room: int) -> list[Span]:
    arrow: Span = ("→ ", Role.DIM)
    name: Span = (f"{_name(interface_name(call.interface))}.{_name(call.function)}", Role.HOST)
    answer: list[Span] = []
    if call.output is not None and call.output != UNIT:
        answer = [(" = ", Role.DIM), *short(call.output, max(16, room * 2 // 5))]
    items = arguments(call.input)
    left = max(16, room - width([arrow, name, *answer]) - 1)
    asked = [(" ", Role.DIM), *short_items(items, left, " ")] if items else []
    if call.output is not None and _is_cut(answer):
        # What the question leaves is the answer's.
        spare = room - width([arrow, name, *asked]) - 3
        answer = [answer[0], *short(call.output, spare)] if spare > width(answer[1:]) else answer
    return [arrow, name, *asked, *answer]


def _is_cut(spans: list[Span]) -> bool:
    return any("…" in text for text, _ in spans)


def _result(table: EventTable, index: int, result: CallResult, room: int) -> list[Span]:
    verdict = _verdict(result.response, room // 2)
    moved = _state_change(table, index, result, max(17, room - width(verdict) - 3))
    spare = room - width(moved) - (3 if moved else 0) - len("err ")
    if _is_cut(verdict) and spare > width(verdict):
        verdict = _verdict(result.response, spare)
    return [*verdict, GAP, *moved] if moved else verdict


def _verdict(response: Value | None, room: int) -> list[Span]:
    if response is None or response == UNIT:
        return [("ok", Role.OK)]
    if not isinstance(response, Result):
        return [("ok ", Role.OK), *short(response, room)]
    word: Span = ("ok", Role.OK) if response.is_ok else ("err", Role.ERROR)
    return [word] if response.value == UNIT else [word, (" ", Role.DIM), *short(response.value, room)]


def _state_change(table: EventTable, index: int, result: CallResult, room: int) -> list[Span]:
    if table.shown:
        return _shown_change(table, index, room)
    if result.state is None:
        return []
    before = table.previous_result(index)
    if before is None:
        # A package has no state: it is recorded as `()`.
        return [] if result.state == UNIT else [("state ", Role.STATE), *short(result.state, room - 6)]
    earlier = _read(table.payload(before))
    if not isinstance(earlier, CallResult):
        return [("state not compared with the one before", Role.DIM)]
    return [] if earlier.state is None else _changed(earlier.state, result.state, room)


def _shown_change(table: EventTable, index: int, room: int) -> list[Span]:
    """What became of a state inside the module: it is shown beside the events that changed it."""
    told = told_at(table, index)
    if told is None:
        return []
    if told.gap is not None:
        return [(GAPS[told.gap], Role.DIM)]
    before = told_before(table, index)
    if max(node_count(each.packed) for each in (told, before or told)) > _MOST_NODES:
        return [(f"a state of {_size(len(told.packed))}", Role.DIM)]
    after, earlier = told.value(), None if before is None else before.value()
    if after is None:
        return [("state can't be read", Role.DIM)]
    if earlier is None:
        return [("state ", Role.STATE), *short(after, room - 6)]
    return _changed(earlier, after, room)


def _changed(before: Value, after: Value, room: int) -> list[Span]:
    found = changes(before, after, _MOST_CHANGES)
    if not found:
        return []
    if len(found) > 1:
        both = [*_change(found[0], room // 2 - 6), GAP, *_change(found[1], room // 2 - 6), *_more(len(found) - 2)]
        if width(both) <= room:
            return both
    rest = _more(len(found) - 1)
    first = [*_change(found[0], room - width(rest)), *rest]
    if width(first) <= room or width(first[:1]) + _LEAST_VALUE <= room:
        return first
    # A path without its end, or without anything of what became of it, tells less than how much changed.
    many = len(found) >= _MOST_CHANGES
    return [("state ", Role.STATE), ("many changes" if many else plural(len(found), "change"), Role.DIM)]


def _more(count: int) -> list[Span]:
    """How many changes are not shown."""
    if not count:
        return []
    return [(f"{_COUNT}{'many' if count + 2 >= _MOST_CHANGES else count}{_MORE}", Role.DIM)]


def _with_whole_count(spans: list[Span], room: int) -> list[Span]:
    """Spans of which a count of what is not shown at their end fits in a row whole, or shortened, or is left out."""
    count, role = spans[-1] if spans else GAP
    if role is not Role.DIM or not count.startswith(_COUNT) or width(spans) <= room:
        return spans
    shorter: list[Span] = [*spans[:-1], (count.removesuffix(_MORE), role)]
    return shorter if width(shorter) <= room else spans[:-1]


def _change(change: Change, room: int) -> list[Span]:
    separator = "" if not change.path or change.path.startswith("[") else "."
    path = visible(middle_cut(f"state{separator}{change.path}", _LONGEST_NAME))
    name: Span = (f"{path} ", Role.STATE)
    left = max(10, room - len(path))
    if change.before is None and change.after is not None:
        return [name, ("added ", Role.DIM), *short(change.after, left)]
    if change.after is None and change.before is not None:
        return [name, ("removed ", Role.DIM), *short(change.before, left)]
    assert change.before is not None
    assert change.after is not None
    if change.is_order_alone:
        return [name, (ORDER_ALONE, Role.DIM)]
    was, now = short(change.before, left // 2), short(change.after, left // 2)
    if _is_cut(now):
        now = short(change.after, max(left // 2, left - width(was) - 3))
    elif _is_cut(was):
        was = short(change.before, max(left // 2, left - width(now) - 3))
    return [name, *was, (" → ", Role.DIM), *now]


def _turn(said: Lifecycle, room: int) -> list[Span]:
    name: Span = (said.turn.value, Role.NOTE)
    if said.cause is None:
        return [name]
    cause: Span = (said.cause.value, Role.ERROR if said.cause is Cause.FAILED else Role.NOTE)
    told = said.told.value if isinstance(said.told, Option) else said.told
    if told is None:
        return [name, GAP, cause]
    left = max(24, room - width([name, GAP, cause]) - 1)
    if isinstance(told, String):
        return [name, GAP, cause, (" ", Role.DIM), (quoted(told.value, left)[1:-1], cause[1])]
    return [name, GAP, cause, (" ", Role.DIM), *short(told, left)]


def _error(reason: str, room: int) -> list[Span]:
    lines = reason.strip().split("\n", 1)
    more = " …" if len(lines) > 1 else ""
    message = lines[0].removeprefix(RETURNED)
    return [("error ", Role.ERROR), (quoted(message, max(room, 40))[1:-1] + more, Role.ERROR)]


def _sum_of_call(table: EventTable, call: int, room: int) -> list[Span]:
    last = call + table.steps(call)
    count = table.kinds.count(Kind.HOST, call, last + 1)
    counted = plural(count, "call") if count else "no calls"
    steps: list[Span] = [(f"{counted:<8}  ", Role.DIM)]
    if not table.call_open(call):
        return [*steps, *summary(table, last, room=max(24, room - width(steps)))]
    unfinished = last + 1 < len(table)
    return [*steps, ("unfinished", Role.ERROR) if unfinished else ("…", Role.MARK)]
