"""What stands on one side of a call only: host calls that are extra, missing, replaced or turns of a loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chainview.chain.event import Kind
from chainview.replay.align.call_pairs import ENDS
from chainview.replay.align.history import NONE, Side, is_ask
from chainview.replay.align.sequence import alike_at_ends
from chainview.replay.changes.text_change import pattern_of
from chainview.replay.differences.call_change import CallChange, CallKind
from chainview.replay.differences.codes import Code, Detail
from chainview.replay.differences.difference import Difference, Stretch
from chainview.replay.differences.signs import Sign, Trait, said_no_more, sign_in_code
from chainview.system.wording import plural

_BEGINNING = 12
_LEAST_TURNS = 3
_LEAST_SINGLE_TURNS = 4
"""Of a loop of one host call, which a few calls in a row resemble."""
_LONGEST_PERIOD = 32
_ALIKE = 0.75
_READ_TURNS = 50
_GONE = "gone"
"""The way in which a place in the code of the recorded build changed that asks no more."""
_READ_ASKED = 2000


def gap_differences(at: Stretch, gap: list[int]) -> Iterator[Difference]:
    """A stretch of rows without counterpart."""
    if not gap:
        return
    missing = [at.rows.recorded[row] for row in gap if at.rows.recorded[row] != NONE]
    extra = [at.rows.now[row] for row in gap if at.rows.now[row] != NONE]
    in_one_call = NONE not in (at.hunk.recorded_call, at.hunk.now_call)
    if gap[0] >= at.rows.tail and at.rows.reached is None and not in_one_call:
        yield _one_ends(at, gap, missing, extra)
        return
    if not in_one_call and at.export:
        yield _whole_call(at, gap, missing, extra)
        return
    if _unanswered(at, extra) or not (missing and extra):
        yield from _extra_or_missing(at, gap, missing, extra)
        return
    one, other = at.then.literal(missing[0]), at.now.literal(extra[0])
    function, function_now = at.then.function(missing[0]), at.now.function(extra[0])
    yield at.made(
        Code.OTHER_CALL,
        gap,
        function,
        detail=Detail.REPLACED.format(now=function_now, recorded=function),
        recorded=one,
        now=other,
        signs=frozenset({Sign(Trait.REPLACED, (function, function_now))}),
        became=CallChange(CallKind.REPLACED, at.then, at.now, tuple(missing), tuple(extra)),
    )


def _extra_or_missing(at: Stretch, gap: list[int], missing: list[int], extra: list[int]) -> Iterator[Difference]:
    rows_extra = [row for row in gap if at.rows.now[row] != NONE]
    rows_missing = [row for row in gap if at.rows.now[row] == NONE]
    if extra:
        yield _run(at, rows_extra, extra, at.now, gap[0])
    if missing:
        yield _run(at, rows_missing, missing, at.then, gap[0], follows=bool(extra))


def _run(
    at: Stretch, rows: list[int], items: list[int], side: Side, first: int, *, follows: bool = False
) -> Difference:
    """Host calls that only one side makes."""
    is_extra = side is at.now
    function = side.function(items[0])
    unanswered = _unanswered(at, items)
    literal = side.literal(items[0]) + (f" and {len(items) - 1:,} more" if len(items) > 1 else "")
    recorded, now = (None, literal) if is_extra else (literal, None)
    code, detail = (Code.EXTRA_CALL if is_extra else Code.MISSING_CALL), _detail(at, items, side, is_extra, unanswered)
    at.loops_left -= 1
    loop = loop_of(side, items, *_around(at, rows, side)) if at.loops_left >= 0 else None
    if unanswered and not _ever_answered(at, items):
        code, function = Code.UNANSWERABLE, side.function(next(item for item in items if is_ask(item)))
    elif loop is not None:
        longer, shorter = loop.turns_around + loop.turns_inside, loop.turns_around
        ran, was = (longer, shorter) if is_extra else (shorter, longer)
        least = "at least " if unanswered else ""
        code = Code.LOOP_COUNT
        detail = Detail.TURNS.format(
            function=function, count=f"{least}{plural(ran, 'time')}", recorded=plural(was, "time")
        )
        if loop.interrupted:
            words = Detail.MORE_TURNS if is_extra else Detail.FEWER_TURNS
            detail = words.format(function=function, count=f"{least}{plural(loop.turns_inside, 'time')}")
    trait = Trait.EXTRA if is_extra else Trait.MISSING
    signs = frozenset({Sign(trait, (function, at.export)), beginning(trait, side, items[0])})
    if is_extra:
        signs |= sign_in_code(side.stack(items[0])) | _failure_in_its_place(at)
    else:
        signs |= sign_in_code(side.stack(items[0]), way=_GONE)
    became = CallChange(CallKind.GONE, at.then, at.now, missing=tuple(items))
    if is_extra:
        became = CallChange(CallKind.ADDED, at.then, at.now, extra=tuple(items))
    made = at.made(
        code, rows, function, detail=detail, recorded=recorded, now=now, signs=signs, follows=follows, became=became
    )
    return made if rows[0] == first else replace(made, event=at.event(first))


def _unanswered(at: Stretch, items: list[int]) -> bool:
    """Whether among these is what the recording could not answer, although it holds the call to its end."""
    call = at.hunk.recorded_call
    return any(is_ask(item) for item in items) and not (call != NONE and at.then.is_open(call))


def _detail(at: Stretch, items: list[int], side: Side, is_extra: bool, unanswered: bool) -> str:
    if all(side.kind(item) in ENDS for item in items):
        return (Detail.END_ADDED if is_extra else Detail.END_GONE).format(function=side.function(items[0]))
    calls, made = f"{side.function(items[0])} is", "called"
    if len(items) > 1:
        calls, made = f"{_calls(side, items)} are", "made"
    words = Detail.ADDED if is_extra else Detail.GONE
    if unanswered:
        failed = at.hunk.recorded_call != NONE and _failed(at)
        words = Detail.AFTER_FAILURE if failed else Detail.BEYOND_RECORD
    return words.format(calls=calls, made=made)


def _calls(side: Side, items: Sequence[int]) -> str:
    """Several host calls by how many there are, and the functions of the first and the last."""
    first, last = side.function(items[0]), side.function(items[-1])
    if len({side.function(item) for item in items}) == 1:
        return f"{len(items):,} calls of {first}"
    return (
        f"the calls of {first} and {last}"
        if len(items) == 2
        else f"{len(items):,} calls in a row, from {first} to {last},"
    )


def _failure_in_its_place(at: Stretch) -> frozenset[Sign]:
    """The sign of what the recorded call failed with, where it did."""
    if at.hunk.recorded_call == NONE:
        return frozenset()
    failed = at.then.failure(at.then.stop(at.hunk.recorded_call) - 1)
    return frozenset() if failed is None else said_no_more(failed.own_words)


def _failed(at: Stretch) -> bool:
    """Whether the recorded call ended as a failure."""
    return at.then.kind(at.then.stop(at.hunk.recorded_call) - 1) is Kind.ERROR


def _ever_answered(at: Stretch, items: list[int]) -> bool:
    """Whether the recording holds the function of the ask among these items at all."""
    name = next(at.now.name(item) for item in items if is_ask(item))
    return name in at.then.table.type_names


def _around(at: Stretch, rows: list[int], side: Side) -> tuple[range, range]:
    """What one side does in this call before and behind some rows."""
    column = at.rows.recorded if side is at.then else at.rows.now
    number = at.hunk.recorded_call if side is at.then else at.hunk.now_call
    start = side.recording.starts[number] if number != NONE else -1
    first = next((column[row] for row in rows if column[row] >= 0), None)
    first = _next_event(at, side, rows[0]) if first is None else first
    last = [column[row] for row in rows if column[row] >= 0]
    behind = (last[-1] + 1) if last else first
    stop = side.stop(number) - 1 if number != NONE else behind
    return range(start + 1, first), range(behind, max(behind, stop))


def _next_event(at: Stretch, side: Side, row: int) -> int:
    column = at.rows.recorded if side is at.then else at.rows.now
    return next((column[each] for each in range(row, len(column)) if column[each] >= 0), len(side))


def _one_ends(at: Stretch, gap: list[int], missing: list[int], extra: list[int]) -> Difference:
    side, items = (at.then, missing) if missing else (at.now, extra)
    beyond = len(at.rows) - at.rows.tail
    words = Detail.LONGER if extra else Detail.SHORTER
    detail = words.format(events=plural(beyond, "more event"))
    literal = side.literal(items[0])
    recorded, now = (literal, None) if missing else (None, literal)
    function = side.function(items[0])
    return at.made(
        Code.LENGTH, gap, function, detail=detail, recorded=recorded, now=now, signs=frozenset({Sign(Trait.CHAIN_END)})
    )


def _whole_call(at: Stretch, gap: list[int], missing: list[int], extra: list[int]) -> Difference:
    """A call that only one side makes."""
    literal = (at.then if missing else at.now).literal((missing or extra)[0])
    recorded, now = (literal, None) if missing else (None, literal)
    detail = (Detail.EXPORT_GONE if missing else Detail.EXPORT_ADDED).format(export=at.export)
    signs = frozenset({Sign(Trait.MISSING if missing else Trait.EXTRA, (at.export,))})
    code = Code.MISSING_CALL if missing else Code.EXTRA_CALL
    return at.made(code, gap, at.export, detail=detail, recorded=recorded, now=now, signs=signs)


def beginning(trait: Trait, side: Side, item: int) -> Sign:
    """The sign of a host call that is missing or extra: its function and how what it says begins."""
    function = side.function(item)
    return Sign(trait, (function, pattern_of(side.literal(item))[len(function) :][:_BEGINNING]))


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of `period` host calls; how often it turned around the stretch, and in the stretch itself."""

    period: int
    turns_around: int
    turns_inside: int
    interrupted: bool = False
    """Whether it turned more often in the same call, with other host calls between, so that no count is the whole."""


def loop_of(side: Side, stretch: Sequence[int], before: Sequence[int], behind: Sequence[int]) -> Loop | None:
    """The loop that a stretch of host calls belongs to, given what stands before and behind it in its call.

    Three turns make a loop. A loop of one call needs four that say alike things; where no two of them say the same,
    one that repeats another is no further turn.
    """
    for period in range(1, min(len(stretch), _LONGEST_PERIOD) + 1):
        if len(stretch) % period:
            continue
        turn = [stretch[at] for at in range(period)]
        turns = len(stretch) // period
        if any(not _alike(side, turn, stretch[at * period : (at + 1) * period]) for at in range(1, turns)):
            continue
        turns_before, turns_behind = _turns(side, turn, before[::-1], backwards=True), _turns(side, turn, behind)
        around = turns_before + turns_behind
        least = _LEAST_SINGLE_TURNS if period == 1 else _LEAST_TURNS
        if around < 1 or around + turns < least:
            continue
        rest = [*before[: len(before) - turns_before * period], *behind[turns_behind * period :]]
        near = [*before[len(before) - turns_before * period :], *behind[: turns_behind * period]]
        if period == 1 and _only_repeats(side, stretch, near):
            return None
        return Loop(period, around, turns, side.name(turn[0]) in {side.name(item) for item in rest})
    return None


def _only_repeats(side: Side, stretch: Sequence[int], around: Sequence[int]) -> bool:
    """Whether a stretch asks anew what was asked, in a loop that asks something else each time."""
    asked = [side.question(item) for item in around[:_READ_ASKED]]
    known = set(asked)
    return len(known) == len(asked) > 1 and all(side.question(item) in known for item in stretch[:_READ_ASKED])


def _turns(side: Side, turn: list[int], items: Sequence[int], *, backwards: bool = False) -> int:
    size, count = len(turn), 0
    while (count + 1) * size <= len(items):
        part = list(items[count * size : (count + 1) * size])
        part = part[::-1] if backwards else part
        # So many turns that say alike things are a loop; the rest is counted by name.
        same = _alike(side, turn, part) if count < _READ_TURNS else _names(side, turn) == _names(side, part)
        if not same:
            break
        count += 1
    return count


def _alike(side: Side, turn: Sequence[int], other: Sequence[int]) -> bool:
    if _names(side, turn) != _names(side, other):
        return False
    return len(turn) > 1 or _says_alike(side.literal(turn[0]), side.literal(other[0]))


def _names(side: Side, items: Sequence[int]) -> list[str]:
    return [side.name(item) for item in items]


def _says_alike(one: str, other: str) -> bool:
    one, other = pattern_of(one), pattern_of(other)
    begin = one.find("(") + 1
    one, other = one[begin:], other[begin:]
    head, tail = alike_at_ends(one, other)
    return head + tail >= _ALIKE * max(len(one), len(other), 1)
