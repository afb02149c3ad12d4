"""One event in full, as lines for the details."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice

from chainview.chain.event import Frame, Kind
from chainview.chain.failure import Failure
from chainview.chain.files.entries.entry import Note
from chainview.chain.payload import CallError, Other
from chainview.chain.schema import Schema, schema_of
from chainview.chain.words.notes import note_facts, note_text, stub_words
from chainview.chain.words.stacks import told_once
from chainview.chain.words.summary import STANDING
from chainview.system.wording import visible
from chainview.ui.event.facts import Facts, Reading
from chainview.ui.event.state_blocks import state_blocks
from chainview.ui.lines.blocks import Block, Fixed, HexBlock, TextBlock
from chainview.ui.lines.line import Line, Span, columns, wrapped
from chainview.ui.lines.value_blocks import value_blocks

_BLANK = Fixed([])
_MOST_FACTS = 100
_WIDE_ENOUGH = 48
"""The cells that a name and a hash of 40 digits take."""


def event_blocks(reading: Reading, tab: str, width: int, *, wrap: bool, brief: bool) -> Iterator[Block]:
    """The blocks of an event: its head, short if `brief`, then what the tab shows."""
    head = _brief(reading) if brief else _head(reading, width)
    lines = chain.from_iterable([wrapped(line, width, 8, words=True) for line in head])
    yield Fixed(*lines)
    yield _BLANK
    yield from tab_blocks(reading, tab, width, wrap=wrap)


def tab_blocks(reading: Reading, tab: str, width: int, *, wrap: bool) -> Iterable[Block]:
    """The blocks of what a tab shows."""
    if tab == "state":
        return state_blocks(reading, width, wrap=wrap)
    if tab == "raw":
        size = len(reading.facts.event.payload)
        return [HexBlock([(f"{size:,} B", "dim")], reading.facts.event.payload, width)]
    if tab == "timing":
        return [Fixed(*chain.from_iterable([wrapped(line, width, 4) for line in timing_lines(reading.facts)]))]
    return _payload_blocks(reading, width, wrap=wrap)


def title(reading: Reading) -> Line:
    """What kind of event it is, and of what."""
    facts, payload = reading.facts, reading.payload
    role = "bad" if facts.kind in (Kind.ERROR, Kind.DAMAGED) else "title"
    what = payload.subject or facts.event.event_type
    return [(f"{facts.kind.title}  ", role), (visible(what), "name")]


def _head(reading: Reading, width: int) -> list[Line]:
    event = reading.facts.event
    lines = [
        title(reading),
        *_hash_lines("hash", event.hash, reading.hash_verdict, width),
        *_hash_lines("parent", event.parent or b"", reading.parent_verdict, width),
    ]
    place = _place(reading)
    if place:
        lines.append(place)
    if reading.facts.extras.stub:
        lines.append([(visible(stub_words(reading.facts.extras)), "warn")])
    return lines


def _hash_lines(name: str, hash_: bytes, verdict: Span, width: int) -> list[Line]:
    """A hash in full with what is to be said of it; where both do not fit beside the name, the hash below it."""
    said: list[Line] = [[(f"{name:<8}", "dim"), verdict]] if verdict[0] else []
    if not hash_:
        return said
    text: Span = (hash_.hex(), "accent")
    if width >= _WIDE_ENOUGH:
        rest: list[Line] = [[(" " * 8, "dim"), verdict]] if verdict[0] else []
        return [[(f"{name:<8}", "dim"), text], *rest]
    return [*(said or [[(name, "dim")]]), [text]]


def _brief(reading: Reading) -> list[Line]:
    gap: Span = ("  ", "text")
    hash_ = reading.facts.event.hash.hex()[:7]
    verdicts = [reading.hash_verdict]
    if reading.parent_verdict[1] == "warn":
        verdicts.append(reading.parent_verdict)
    line = [*title(reading), gap, (hash_, "accent")]
    for verdict in verdicts:
        line += [gap, verdict]
    return [line, _place(reading)]


def _place(reading: Reading) -> Line:
    facts = reading.facts
    if facts.call_number is None:
        return []
    steps = f"{facts.steps:,}{' so far' if facts.call_open else ''}"
    if facts.kind is Kind.CALL:
        return [(f"{steps} step{'' if facts.steps == 1 else 's'}", "dim")]
    return [
        ("in ", "dim"),
        (visible(reading.call_function.rpartition("/")[2] or "a call"), "name"),
        (f" #{facts.call_number:,}, step {facts.step:,} of {steps}", "dim"),
    ]


def _payload_blocks(reading: Reading, width: int, *, wrap: bool) -> Iterator[Block]:
    payload = reading.payload
    if isinstance(payload, Other):
        yield from _other_blocks(payload, reading.facts.event.payload, width, wrap=wrap)
        return
    reason = reading.facts.extras.reason
    if reason and not reading.facts.extras.stub:
        said: Line = [("reason  ", "name"), (visible(reason), "bad"), ("  beside the event, not hashed", "dim")]
        yield Fixed(*wrapped(said, width, 8, words=True))
    if reading.facts.kind is Kind.ERROR and reading.facts.extras.stack:
        stack = [[("guest stack, innermost first", "dim")], *frame_lines(reading.facts.extras.stack)]
        yield Fixed(*chain.from_iterable([wrapped(line, width, 4) for line in stack]), [])
    for part in payload.parts:
        if part.value is not None:
            yield from value_blocks(part.name, part.value, width, wrap=wrap)
        elif not part.is_state:
            yield Fixed([(f"{part.name}  none stored", "dim")])
    if (
        isinstance(payload, CallError)
        and not reading.facts.of_package
        and schema_of(reading.facts.event.payload) is Schema.LIFECYCLE
    ):
        standing = STANDING[Failure(payload.function, payload.message).ended_half_way]
        yield Fixed(*wrapped([(standing, "dim")], width, words=True))


def _other_blocks(payload: Other, raw: bytes, width: int, *, wrap: bool) -> Iterator[Block]:
    if payload.value is not None:
        yield from value_blocks("", payload.value, width, wrap=wrap)
        return
    if not raw:
        yield Fixed([("the file holds no payload of it", "dim")])
        return
    yield Fixed(*wrapped([("can't be decoded: ", "warn"), (visible(payload.reason), "text")], width, 2, words=True))
    if raw[:1] in (b"{", b"["):
        yield TextBlock([("as text: ", "name")], raw.decode("utf-8", "replace"), "json", [], width, wrap=wrap)
    else:
        yield HexBlock([(f"{len(raw):,} B", "dim")], raw, width)


def note_lines(note: Note) -> list[Line]:
    """A note in full: what it says, where it stands, and what else it holds."""
    facts = [*islice(note_facts(note), _MOST_FACTS), ("stands", f"behind event {note.after:,}")]
    return [[(visible(note_text(note)), "title")], [], *columns(facts)]


def timing_lines(facts: Facts) -> list[Line]:
    """When it was, how long it took, what it cost, and where in the guest it happened."""
    extras = facts.extras
    rows: list[tuple[str, str]] = []
    if extras.time_ns:
        rows.append(("time", clock_text(extras.time_ns)))
    if extras.duration_ns:
        rows.append(("duration", duration_text(extras.duration_ns)))
    if extras.fuel is not None:
        rows.append(("fuel", f"{extras.fuel:,} since the event before"))
    if extras.stub:
        rows.append(("answer", visible(stub_words(extras))))
    lines = columns(rows) or [[("no time, duration or fuel was recorded with this event", "dim")]]
    if extras.stack:
        lines += [[], [("guest stack, innermost first", "dim")], *frame_lines(extras.stack)]
    return lines


def frame_lines(frames: Sequence[Frame]) -> list[Line]:
    """A line for each frame of a stack; those that repeat are told once, with how often."""
    lines: list[Line] = []
    for frame, times in told_once(frames):
        place: Line = [("  ", "text"), (visible(frame.place), "dim")] if frame.place else []
        often: Line = [(f"  {times}", "warn")] if times else []
        lines.append([("  ", "text"), (visible(frame.function), "name"), *place, *often])
    return lines


def clock_text(time_ns: int) -> str:
    """A wall-clock time with its date, to the microsecond, in local time."""
    try:
        moment = datetime.fromtimestamp(time_ns // 1_000_000_000)
    except (OverflowError, OSError, ValueError):
        return f"{time_ns:,} ns since 1970"
    return f"{moment:%Y-%m-%d %H:%M:%S}.{time_ns % 1_000_000_000 // 1000:06d}"


def duration_text(duration_ns: int) -> str:
    """A duration in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if duration_ns >= size:
            return f"{duration_ns / size:,.2f} {unit}"
    return f"{duration_ns} ns"
