"""The actor's state at an event, with what the event changed in it."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.chain.delta import Change
from chainview.chain.event import Kind
from chainview.chain.words.brief import short
from chainview.chain.words.summary import GAPS, ORDER_ALONE
from chainview.pack.values import Value
from chainview.system.wording import plural, visible
from chainview.ui.event.facts import MOST_CHANGES, Reading
from chainview.ui.lines.blocks import Block, Fixed
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.lines.value_blocks import value_blocks

_ROOM = 40


def state_blocks(reading: Reading, width: int, *, wrap: bool) -> Iterator[Block]:
    """The blocks of the state: what changed, then all of it with the changed lines marked."""
    facts = reading.facts
    told = facts.after
    if told is None:
        yield Fixed([("no state was recorded up to here", "dim")])
        return
    if reading.after is None:
        gap = f"event {told.number:,} holds no state that can be read"
        if told.gap is not None:
            gap = f"{GAPS[told.gap]}, as of event {told.number:,}"
            gap += f"; it can't be made: {told.made}" if told.made else ""
        yield Fixed(*wrapped([(gap, "dim")], width, words=True))
        return
    yield Fixed(*_heading(reading))
    if told.made:
        yield Fixed(*wrapped([(f"not recorded: {told.made}", "dim")], width, words=True))
    if reading.changes:
        for change in reading.changes:
            yield Fixed(*wrapped(_change_line(change), width, 4, words=True))
        yield Fixed([])
    was = {change.path: _was(change) for change in reading.changes}
    yield from value_blocks("state", reading.after, width, wrap=wrap, changed=was)


def _heading(reading: Reading) -> list[Line]:
    told, before = reading.facts.after, reading.facts.before
    assert told is not None
    if told.number != reading.facts.number:
        ended = told.beside and reading.facts.kind in (Kind.RESULT, Kind.ERROR)
        words = f"unchanged since event {told.number:,}" if ended else f"as event {told.number:,} left it"
        return [[(words, "dim")]]
    if before is None:
        return [[("the first state recorded", "dim")]]
    if reading.before is None:
        return [[(f"not compared with event {before.number:,}, whose state is not known", "dim")]]
    if not reading.changes:
        return [[(f"unchanged since event {before.number:,}", "dim")]]
    count = f"{MOST_CHANGES:,} changes or more" if len(reading.changes) >= MOST_CHANGES else _counted(reading)
    return [[(f"{count} since event {before.number:,}", "changed")]]


def _counted(reading: Reading) -> str:
    count = len(reading.changes)
    return plural(count, "change")


def _change_line(change: Change) -> Line:
    line: Line = [("  ", "text"), (visible(change.path) or "state", "name"), ("  ", "text")]
    if change.before is None:
        return [*line, ("added ", "good"), (_text(change.after), "text")]
    if change.after is None:
        return [*line, ("removed ", "bad"), (_text(change.before), "text")]
    if change.is_order_alone:
        return [*line, (ORDER_ALONE, "changed")]
    return [*line, (_text(change.before), "dim"), (" → ", "changed"), (_text(change.after), "text")]


def _was(change: Change) -> str:
    return ORDER_ALONE if change.is_order_alone else _text(change.before) or "absent"


def _text(value: Value | None) -> str:
    return "" if value is None else "".join([text for text, _ in short(value, _ROOM)])
