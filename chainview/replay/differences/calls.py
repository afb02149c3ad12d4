"""The differences on the rows of one call, each under the code of what it is; who caused what comes later."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chainview.chain.event import Kind
from chainview.chain.payload import Call, CallResult, HostCall
from chainview.pack.values import UNIT
from chainview.replay.align.alignment import Alignment, Hunk
from chainview.replay.align.history import NONE, Side, is_ask
from chainview.replay.changes.apart import bytes_apart
from chainview.replay.changes.cosmetic import SPACE, cosmetic, spaced_apart
from chainview.replay.changes.leaves import Leaf, leaves
from chainview.replay.changes.text_change import pattern_of
from chainview.replay.differences.builds import Builds
from chainview.replay.differences.call_change import CallChange, CallKind
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference, Stretch
from chainview.replay.differences.ends import failure, is_limit, is_own_failure, other_results, other_shown_states
from chainview.replay.differences.gaps import beginning, gap_differences
from chainview.replay.differences.signs import Sign, Trait, sign_in_code, signs_in_code, signs_of

_MOST_READ = 2000
"""Changed host calls of one call that are looked into; what comes after those follows from the first."""
_MOST_STEPS = 32
"""Host calls before a changed one that tell its place in the source."""
_ENDS = (Kind.RESULT, Kind.ERROR)


@dataclass(frozen=True, slots=True)
class Found:
    """What differs in a stretch of rows, in order, and how many differing rows were not looked into."""

    differences: tuple[Difference, ...]
    unread: int


def differences(rows: Alignment, hunk: Hunk, then: Side, now: Side, builds: Builds) -> Found:
    """What differs in a stretch of rows."""
    finder = _Finder(Stretch(rows, hunk, then, now, builds))
    return Found(tuple(finder.find()), finder.unread)


class _Finder:
    def __init__(self, at: Stretch) -> None:
        self.unread = 0
        self._at = at
        self._moved = self._moves()

    def find(self) -> Iterator[Difference]:
        """The differences, in the order of their rows; each pair of moved calls where it shows first."""
        gap: list[int] = []
        read = 0
        for row in self._at.reached:
            one, other = self._at.rows.recorded[row], self._at.rows.now[row]
            if row not in self._at.rows.differing:
                yield from self._stopped_early(gap, row)
                gap = []
            elif row in self._moved:
                yield from gap_differences(self._at, gap)
                gap = []
                if self._moved[row] > row:
                    yield self._moved_call(row, self._moved[row])
            elif one == NONE and not is_ask(other) and self._at.now.kind(other) in _ENDS:
                yield from self._ended_early(gap, row)
                gap = []
            elif one == NONE or other == NONE or self._at.then.name(one) != self._at.now.name(other):
                gap.append(row)
            elif self._at.then.kind(one) in _ENDS:
                yield from self._ended(gap, row)
                gap = []
            else:
                yield from gap_differences(self._at, gap)
                gap = []
                read += 1
                if read <= _MOST_READ:
                    changed = self._changed(row)
                    yield changed
                    yield from self._other_form(changed, row)
                else:
                    self.unread += 1
        yield from gap_differences(self._at, gap)

    def _moves(self) -> dict[int, int]:
        """The rows of host calls that are made at another place of the same call, each with its other row."""
        rows, extra = self._at.rows, list[int]()
        missing: dict[tuple[str, bytes], deque[int]] = {}
        for row in self._at.reached:
            if rows.now[row] == NONE and self._at.then.kind(rows.recorded[row]) is Kind.HOST:
                missing.setdefault(self._at.then.question(rows.recorded[row]), deque()).append(row)
            elif rows.recorded[row] == NONE and self._at.now.kind(rows.now[row]) is Kind.HOST:
                extra.append(row)
        moved: dict[int, int] = {}
        for row in extra:
            waiting = missing.get(self._at.now.question(rows.now[row]))
            if waiting:
                other = waiting.popleft()
                moved[row], moved[other] = other, row
        return moved

    def _changed(self, row: int) -> Difference:
        """One host call, or call, that says something else on both sides."""
        one, other = self._at.rows.recorded[row], self._at.rows.now[row]
        then, now = self._at.then.payload(one), self._at.now.payload(other)
        function = self._at.then.function(one)
        if isinstance(then, Call) and isinstance(now, Call):
            found = leaves("params", then.params, now.params)
            if not found:
                return self._other_encoding(row, function)
            return self._argument(Code.OTHER_ARGUMENT, row, function, found)
        if not (isinstance(then, HostCall) and isinstance(now, HostCall)):
            literal, literal_now = self._at.then.literal(one), self._at.now.literal(other)
            if literal == literal_now and not is_ask(other):
                said = bytes_apart(self._at.then.table.payload(one), self._at.now.table.payload(other))
                literal, literal_now = f"{literal} ({said[0]})", f"{literal} ({said[1]})"
            signs = frozenset({Sign(Trait.UNREADABLE, (function,))})
            return self._at.made(Code.OTHER_ARGUMENT, [row], function, recorded=literal, now=literal_now, signs=signs)
        found = leaves("input", then.input, now.input)
        if not found:
            answers = leaves("output", then.output, now.output)
            if not answers or is_ask(other):
                return self._other_encoding(row, function)
            signs = signs_of(Trait.OUTPUT, function, answers)
            return self._at.made(Code.OTHER_ANSWER, [row], function, found=answers, signs=signs)
        told = self._argument(None, row, function, found)
        only_told = then.output == now.output == UNIT and self._at.builds.wording.changed(found)
        return replace(told, is_wording=only_told)

    def _other_form(self, changed: Difference, row: int) -> Iterator[Difference]:
        """What a host call asks in another form, beside that it asks for something else."""
        if changed.code is Code.OTHER_ARGUMENT and changed.leaves and all(map(spaced_apart, changed.leaves)):
            signs = frozenset({Sign(Trait.COSMETIC, (SPACE,))})
            form = self._at.made(
                Code.COSMETIC, [row], changed.function, detail=SPACE, found=changed.leaves, signs=signs
            )
            yield replace(form, is_beside=True)

    def _other_encoding(self, row: int, function: str) -> Difference:
        follows = is_ask(self._at.rows.now[row])
        return self._at.made(
            Code.OTHER_ENCODING, [row], function, signs=frozenset({Sign(Trait.ENCODING)}), follows=follows
        )

    def _argument(self, code: Code | None, row: int, function: str, found: tuple[Leaf, ...]) -> Difference:
        follows = is_ask(self._at.rows.now[row])
        signs, detail = signs_of(Trait.INPUT, function, found), ""
        kind = cosmetic(found) if code is None else None
        if kind is not None:
            code, detail, signs = Code.COSMETIC, kind, frozenset({Sign(Trait.COSMETIC, (kind,))})
        else:
            signs |= self._site(row, function, found) | self._in_place_of_another(row, found)
        signs |= signs_in_code(self._at.now.stack(self._at.rows.now[row]), found)
        made = code or Code.OTHER_ARGUMENT
        return self._at.made(made, [row], function, found=found, signs=signs, detail=detail, follows=follows)

    def _site(self, row: int, function: str, found: tuple[Leaf, ...]) -> frozenset[Sign]:
        """Signs of texts at the same place of the same export of which only one side changes with the data."""
        event = self._at.rows.recorded[row]
        if self._at.call is None or event - self._at.call > _MOST_STEPS:
            return frozenset()
        names = [self._at.then.name(item) for item in range(self._at.call + 1, event)]
        place = self._at.export, ">".join(names), function
        signs = set()
        for leaf in found:
            change = leaf.text_change
            for side, text in () if change is None else (("then", change.recorded), ("now", change.now)):
                if any(letter.isalpha() for letter in text):
                    signs.add(Sign(Trait.SITE, (*place, leaf.shape, side, pattern_of(text))))
        return frozenset(signs)

    def _in_place_of_another(self, row: int, found: tuple[Leaf, ...]) -> frozenset[Sign]:
        """Of texts that have no word in common, the signs of two host calls, one that is missing and one extra."""
        changes = [leaf.text_change for leaf in found]
        if any(change is None or _has_words(change.before + change.behind) for change in changes):
            return frozenset()
        missing = beginning(Trait.MISSING, self._at.then, self._at.rows.recorded[row])
        return frozenset({missing, beginning(Trait.EXTRA, self._at.now, self._at.rows.now[row])})

    def _moved_call(self, row: int, other: int) -> Difference:
        side, item = self._of_row(row)
        function = side.function(item)
        there, is_later = self._at.event(max(row, other)), self._at.rows.recorded[row] != NONE
        recorded = now = side.literal(item)
        signs = {Sign(Trait.ORDER, (function,)), *_both_beginnings(side, item), *self._now_in_code(row, other)}
        if other == row + 2 and NONE not in (self._at.rows.recorded[row + 1], self._at.rows.now[row + 1]):
            over, over_item = self._of_row(row + 1)
            signs |= {Sign(Trait.ORDER, (over.function(over_item),)), *_both_beginnings(over, over_item)}
            literals = recorded, over.literal(over_item)
            recorded, now = literals if is_later else literals[::-1]
            detail = f"swapped: {function} and {over.function(over_item)} are called in the other order now"
            became = self._became(CallKind.SWAPPED, *((row, row + 1) if is_later else (row + 1, row)))
        elif is_later:
            became = self._became(CallKind.MOVED_LATER, row, other, there - self._at.event(row) - 1)
            detail = f"moved: {side.literal(item)} is called later now, before event {there + 1:,}"
        else:
            became = self._became(CallKind.MOVED_EARLIER, other, row, there - self._at.event(row))
            detail = f"moved: {side.literal(item)} is called earlier now, it was event {there + 1:,}"
        return self._at.made(
            Code.OTHER_CALL,
            [row, other],
            function,
            detail=detail,
            signs=frozenset(signs),
            recorded=recorded,
            now=now,
            became=became,
        )

    def _became(self, kind: CallKind, recorded: int, now: int, distance: int = 0) -> CallChange:
        """What became of the recorded host call on one row: the one of now on another."""
        rows = self._at.rows
        return CallChange(kind, self._at.then, self._at.now, (rows.recorded[recorded],), (rows.now[now],), distance)

    def _now_in_code(self, *rows: int) -> frozenset[Sign]:
        items = [self._at.rows.now[row] for row in rows if self._at.rows.now[row] != NONE]
        return frozenset([each for item in items for each in sign_in_code(self._at.now.stack(item))])

    def _of_row(self, row: int) -> tuple[Side, int]:
        recorded = self._at.rows.recorded[row]
        return (self._at.then, recorded) if recorded != NONE else (self._at.now, self._at.rows.now[row])

    def _stopped_early(self, gap: list[int], row: int) -> Iterator[Difference]:
        """What stands before a row that says the same: where a call was stopped before it came as far, that it was."""
        other = self._at.rows.now[row]
        failed = self._at.now.failure(other) if gap and other != NONE else None
        if failed is not None and failed.was_stopped and all(self._at.rows.now[each] == NONE for each in gap):
            yield failure(self._at, [*gap, row], row)
        else:
            yield from gap_differences(self._at, gap)

    def _ended_early(self, gap: list[int], row: int) -> Iterator[Difference]:
        """A call that ends now where the recording, which does not hold its end, goes on."""
        missing = any(self._at.rows.recorded[each] != NONE for each in gap)
        if missing and is_own_failure(self._at.now.failure(self._at.rows.now[row])):
            yield failure(self._at, [*gap, row], row)
        else:
            yield from gap_differences(self._at, [*gap, row] if self._end_counts() else gap)

    def _end_counts(self) -> bool:
        """Whether an end that is there now alone differs by itself: outside of calls, or where a recording goes on."""
        call = self._at.hunk.recorded_call
        if call == NONE:
            return self._at.hunk.now_call == NONE
        return not (self._at.rows.in_step or self._at.then.ends_in(call))

    def _ended(self, gap: list[int], row: int) -> Iterator[Difference]:
        """How a call ended, and what stands directly before it on one side only."""
        one, other = self._at.rows.recorded[row], self._at.rows.now[row]
        then, now = self._at.then.payload(one), self._at.now.payload(other)
        failed, fails = self._at.then.failure(one), self._at.now.failure(other)
        missing = any(self._at.rows.recorded[each] != NONE for each in gap)
        extra = any(self._at.rows.now[each] != NONE for each in gap)
        fails_early = is_own_failure(fails) and (not extra or is_limit(fails))
        fails_no_more = is_own_failure(failed) and not missing and fails is None
        if gap and (fails_early or fails_no_more):
            yield failure(self._at, [*gap, row], row)
        else:
            yield from gap_differences(self._at, gap)
            if isinstance(then, CallResult) and isinstance(now, CallResult):
                yield from other_results(self._at, row, then, now)
            elif self._at.then.content(one) == self._at.now.content(other):
                yield from other_shown_states(self._at, row)
            else:
                yield failure(self._at, [row], row)


def _has_words(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _both_beginnings(side: Side, item: int) -> tuple[Sign, Sign]:
    """The signs of a host call as one that is missing, and as one that is extra."""
    return beginning(Trait.MISSING, side, item), beginning(Trait.EXTRA, side, item)
