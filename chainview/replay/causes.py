"""Which differences are causes, and which only follow from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol

from chainview.replay.align import Alignment, Hunk
from chainview.replay.codes import CODES
from chainview.replay.difference import Difference
from chainview.replay.find_differences import differences
from chainview.replay.origin import other_source
from chainview.replay.side import NONE, Side
from chainview.replay.substitution import Substitution

_HIDDEN_STATE = "made alone from its recorded state it matches the recording, made in sequence it does not"


class Label(IntEnum):
    """What is said of a row; every row has exactly one."""

    SAME = 0
    CAUSE = 1
    VALUE = 2
    """It differs because of a value, or an end, that an earlier difference in its call changed."""
    STATE = 3
    """It differs because the state that its call was given differs."""
    SHIFT = 4
    """The same content at another position."""
    LINK = 5
    """The same content at the same position under another hash."""
    UNREACHED = 6
    """The replay was stopped before."""


class Experiment(Protocol):
    """Makes one call again from its recorded state."""

    def differences(self, number: int) -> list[Difference] | None:
        """How the call differs when it is made alone; None when that was not tried."""


@dataclass(slots=True)
class Cause:
    """A difference that nothing before it accounts for, with the rows of all places at which it shows."""

    first: Difference
    rows: list[int]
    places: int = 1
    signs: set[str] = field(default_factory=set)

    def shows_again(self, found: Difference, rows: tuple[int, ...]) -> None:
        """Takes in another place."""
        self.places += 1
        self.rows += rows
        self.signs |= found.signs


@dataclass(slots=True)
class Judged:
    """The causes in order, the label of every row, and how much rests on rules rather than on experiments."""

    causes: list[Cause]
    labels: bytearray
    untraced: int = 0
    """Differences taken as consequences because an earlier one in the same call may have led to them."""
    undecided: int = 0
    """Calls given another state that were not made again from the recorded one."""


@dataclass(slots=True)
class _Case:
    """One stretch that differs: what was found in it, and what its call does from its recorded state."""

    hunk: Hunk
    found: list[Difference]
    state_equal: bool
    alone: list[Difference] | None = None

    @property
    def judged(self) -> list[Difference] | None:
        """The differences that the call itself is to answer for; None when that is not known."""
        return self.found if self.state_equal else self.alone


def judge(
    rows: Alignment,
    then: Side,
    now: Side,
    same: int,
    experiment: Experiment | None = None,
    restarted: Callable[[int], bool] = lambda call: False,
) -> Judged:
    """Tells causes from consequences. `restarted` says which calls were given the recorded state again."""
    labels = _first_labels(rows, same)
    cases = [_case(rows, hunk, then, now, restarted) for hunk in rows.hunks]
    cases = [case for case in _reordered(cases, then, now) if case.found]
    for case in cases:
        if not case.state_equal and experiment is not None and not _limited(case):
            case.alone = experiment.differences(case.hunk.recorded_call)
    judge_ = _Judge(then, labels, {sign for case in cases for each in _firsts(case) for sign in each.signs})
    if cases and experiment is not None:
        judge_.hidden = _hidden_state(cases[0], experiment)
    for case in cases:
        judge_.take(case, experiment)
    if not judge_.causes:
        # Consequences without a cause would leave a difference unexplained.
        judge_.accuse([each for case in cases for each in case.found][:1])
    return Judged(judge_.causes, labels, judge_.untraced + rows.unread, judge_.undecided)


def _first_labels(rows: Alignment, same: int) -> bytearray:
    link, shift = int(Label.LINK), int(Label.SHIFT)
    pairs = zip(rows.recorded[same:], rows.now[same:], strict=True)
    labels = bytearray(same) + bytes([link if recorded == now else shift for recorded, now in pairs])
    for row in rows.differing:
        labels[row] = Label.VALUE
    if rows.reached is not None:
        labels[rows.reached :] = bytes([Label.UNREACHED]) * (len(rows) - rows.reached)
    return labels


def _case(rows: Alignment, hunk: Hunk, then: Side, now: Side, restarted: Callable[[int], bool]) -> _Case:
    call, call_now = hunk.recorded_call, hunk.now_call
    equal = True
    if call != NONE and call_now != NONE and not restarted(call):
        state = then.state_after(then.recording.starts[call])
        state_now = now.state_after(now.recording.starts[call_now])
        equal = state is None or state_now is None or state == state_now
    return _Case(hunk, differences(rows, hunk, then, now), equal)


def _reordered(cases: list[_Case], then: Side, now: Side) -> list[_Case]:
    """Calls that one recording makes earlier than the other are one difference, told where it shows first."""
    missing: dict[object, _Case] = {}
    for case in cases:
        if case.hunk.recorded_call != NONE and case.hunk.now_call == NONE:
            missing.setdefault(then.content(then.recording.starts[case.hunk.recorded_call]), case)
    for case in cases:
        if case.hunk.now_call == NONE or case.hunk.recorded_call != NONE:
            continue
        start = now.recording.starts[case.hunk.now_call]
        other = missing.pop(now.content(start), None)
        if other is None or not (case.found and other.found):
            continue
        one, second = sorted((case, other), key=lambda each: each.hunk.rows.start)
        literal = now.literal(start)
        sentence = CODES["D2"].sentence.format(detail=f"{literal} came at another place")
        both = (*one.hunk.rows, *second.hunk.rows)
        first = replace(one.found[0], code="D2", rows=both, sentence=sentence, signs=frozenset({"D2"}))
        one.found = [replace(first, recorded=literal, now=literal)]
        second.found = []
    return cases


def _firsts(case: _Case) -> Iterator[Difference]:
    """The first difference of a call, and the next ones as long as those before carry no value."""
    for each in case.judged or ():
        if not each.follows:
            yield each
            if each.code != "C1b":
                return


def _hidden_state(case: _Case, experiment: Experiment) -> bool:
    """Whether the first call that differs matches the recording when it is made alone."""
    number = case.hunk.recorded_call
    if number in (NONE, 0) or case.hunk.now_call == NONE or not case.state_equal or _limited(case):
        return False
    return experiment.differences(number) == []


def _limited(case: _Case) -> bool:
    """Whether the call was stopped by a limit: making it again would only take that long again."""
    return any(each.code == "C9" for each in case.found)


class _Judge:
    def __init__(self, then: Side, labels: bytearray, first_signs: set[str]) -> None:
        self._then = then
        self.causes: list[Cause] = []
        self.untraced = self.undecided = 0
        self.hidden = False
        self._labels = labels
        self._first_signs = first_signs
        self._known = Substitution()

    def take(self, case: _Case, experiment: Experiment | None) -> None:
        """Judges the next call."""
        if self.hidden and case.state_equal and self._is_hidden(case, experiment):
            return
        if case.judged is None:
            self._undecided(case)
        elif case.state_equal:
            self._in_sequence(case.found)
        else:
            self._from_recorded_state(case, case.judged)
        for each in case.found:
            self._known.learn(each.leaves)

    def accuse(self, found: list[Difference]) -> None:
        """Takes differences as causes."""
        for each in found:
            self._cause(each, each.rows)

    def _is_hidden(self, case: _Case, experiment: Experiment | None) -> bool:
        first = case.found[0]
        if not self.causes:
            sentence = CODES["B1a"].sentence.format(export=first.export, detail=_HIDDEN_STATE)
            self._cause(replace(first, code="B1a", sentence=sentence), first.rows)
        elif experiment is None or experiment.differences(case.hunk.recorded_call) != []:
            return False
        else:
            self._show(self.causes[0], first, first.rows)
        return True

    def _in_sequence(self, found: list[Difference]) -> None:
        """A call that was given the recorded state: whatever differs comes from the call itself."""
        held = False
        known = Substitution()
        for each in found:
            if known.explains(each.leaves):
                pass
            elif not held and not each.follows:
                self._cause(each, each.rows)
                held = each.code != "C1b"
            elif not (each.at_end or each.follows) and each.signs & self._first_signs:
                self._cause(each, each.rows)
            elif not (each.at_end or each.follows):
                self.untraced += 1
            known.learn(each.leaves)

    def _from_recorded_state(self, case: _Case, alone: list[Difference]) -> None:
        """A call that was given another state: only what it does from the recorded one is its own."""
        self._mark_state(case)
        held = False
        for each in alone:
            if each.follows or (held and (each.at_end or not each.signs & self._first_signs)):
                continue
            held = held or each.code != "C1b"
            self._cause(each, _rows_of(each, case.found))

    def _undecided(self, case: _Case) -> None:
        """A call that was given another state and not made again: what is known already decides."""
        self.undecided += 1
        self._mark_state(case)
        for each in case.found:
            if each.code == "D1" and not self._known.explains(each.leaves):
                self._cause(each, each.rows)
            elif self._known.explains(each.leaves) and not each.at_end:
                self._put(each.rows, Label.VALUE)
            elif each.code not in ("C6", "C7") and (cause := self._cause_like(each)) is not None:
                self._show(cause, each, each.rows)

    def _cause_like(self, found: Difference) -> Cause | None:
        return next((cause for cause in self.causes if cause.signs & found.signs), None)

    def _cause(self, found: Difference, rows: tuple[int, ...]) -> None:
        cause = self._cause_like(found)
        if cause is not None:
            self._show(cause, found, rows)
            return
        self.causes.append(Cause(_with_source(found, self._then), list(rows), signs=set(found.signs)))
        self._put(rows, Label.CAUSE)

    def _show(self, cause: Cause, found: Difference, rows: tuple[int, ...]) -> None:
        cause.shows_again(found, rows)
        self._put(rows, Label.CAUSE)

    def _mark_state(self, case: _Case) -> None:
        for each in case.found:
            self._put(each.rows, Label.STATE)

    def _put(self, rows: tuple[int, ...], label: Label) -> None:
        for row in rows:
            self._labels[row] = label


def _with_source(found: Difference, then: Side) -> Difference:
    """A changed argument that takes another answer's field than recorded is told as that."""
    source = other_source(then, found.event, found.leaves) if found.code == "C1" and not found.follows else None
    if source is None:
        return found
    one, other = source
    detail = f"{other.name} of event {other.event:,} instead of {one.name} of event {one.event:,}"
    change = f"{found.path} recorded {found.recorded}, now {found.now}"
    sentence = CODES["C1a"].sentence.format(function=found.function, detail=detail, change=change)
    return replace(found, code="C1a", sentence=sentence)


def _rows_of(alone: Difference, found: list[Difference]) -> tuple[int, ...]:
    """The rows on which a difference of the call made alone shows in the call as it was made in sequence."""
    for each in found:
        if each.signs & alone.signs:
            return each.rows
    return next((each.rows for each in found if each.event == alone.event), found[0].rows)
