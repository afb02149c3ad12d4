"""Which differences are causes, and which only follow from one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chainview.chain.event import Kind
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE, Side
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait, all_of_shape, moved_signs
from chainview.replay.differences.substitution import Substitution
from chainview.replay.judge.causes import Cause, Experiment, Judged, Label
from chainview.replay.judge.origin import other_source
from chainview.replay.judge.stretches import (
    Case,
    case_of,
    firsts,
    given_another_state,
    is_limited,
    may_be_hidden,
    reordered,
)

_HIDDEN_STATE = "made alone from its recorded state it matches the recording, made in sequence it does not"
_HIDDEN_BEHIND_STATE = "made alone from the state that it was given it does not do what it does in sequence"


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
    experiment = None if experiment is None else _Remembered(experiment)
    cases = [case_of(rows, hunk, then, now, restarted) for hunk in rows.hunks]
    cases = [case for case in reordered(cases, then, now) if case.found]
    for case in cases[:1]:
        # Nothing differs before the first difference that it could follow from.
        case.found[0] = replace(case.found[0], follows=False)
    if experiment is not None and not experiment.answers_alike:
        for case in cases[1:]:
            # Given the answers of others, a call in sequence says as little of itself as one given another state.
            case.state_equal = False
    for number, case in enumerate(cases if experiment is not None else ()):
        # The first call that differs is the one to tell most of, so it is made alone before the bounds are reached.
        if not is_limited(case) and (not case.state_equal or (number == 0 and may_be_hidden(case))):
            alone = experiment.differences(case.hunk.recorded_call) if experiment is not None else None
            case.alone = None if case.state_equal else alone
    first_signs = {sign for case in cases for each in firsts(case) for sign in each.signs}
    judge_ = _Judge(rows, then, now, labels, first_signs, experiment)
    for case in cases:
        judge_.take(case)
    if not judge_.causes:
        # Consequences without a cause would leave a difference unexplained.
        judge_.accuse([each for case in cases for each in case.found][:1])
    return Judged(judge_.causes, labels, judge_.untraced + rows.unread, judge_.undecided, judge_.answered)


def _first_labels(rows: Alignment, same: int) -> bytearray:
    link, shift = int(Label.LINK), int(Label.SHIFT)
    pairs = zip(rows.recorded[same:], rows.now[same:], strict=True)
    labels = bytearray(same) + bytes([link if recorded == now else shift for recorded, now in pairs])
    for row in rows.differing:
        labels[row] = Label.VALUE
    if rows.reached is not None:
        labels[rows.reached :] = bytes([Label.UNREACHED]) * (len(rows) - rows.reached)
    return labels


class _Remembered:
    """An experiment that is made once for each call."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._known: dict[int, list[Difference] | None] = {}

    def differences(self, number: int) -> list[Difference] | None:
        """How the call differs when it is made alone."""
        if number not in self._known:
            self._known[number] = self._experiment.differences(number)
        return self._known[number]

    @property
    def answers_alike(self) -> bool:
        """Whether a call made alone is answered as in sequence."""
        return self._experiment.answers_alike

    def repeats(self, number: int, now: Side, number_now: int) -> bool | None:
        """Whether the call says the same when it is made alone from the state it was given."""
        return self._experiment.repeats(number, now, number_now)


class _Judge:
    def __init__(
        self,
        rows: Alignment,
        then: Side,
        now: Side,
        labels: bytearray,
        first_signs: set[Sign],
        experiment: Experiment | None,
    ) -> None:
        self.causes: list[Cause] = []
        self.untraced = self.undecided = self.answered = 0
        self._rows, self._then, self._now = rows, then, now
        self._labels = labels
        self._first_signs = first_signs
        self._experiment = experiment
        self._known = Substitution()
        self._hidden: Cause | None = None
        self._repeatable: set[str] = set()
        """The exports that were made once more from another state, and did the same."""
        self._asked: set[str] = set()
        """The interfaces that were asked something else on both sides so far."""

    def take(self, case: Case) -> None:
        """Judges the next call."""
        if self._is_hidden(case):
            pass
        elif case.judged is None and not self.causes:
            self._first_given_another_state(case)
        elif case.judged is None:
            self._undecided(case)
        elif case.state_equal:
            self._in_sequence(case.found)
        else:
            self._from_recorded_state(case, case.judged)
        for each in case.found:
            self._known.learn(each.leaves)
            self._note_asked(each)

    def accuse(self, found: list[Difference]) -> None:
        """Takes differences as causes."""
        for each in found:
            self._cause(each, each.rows)

    def _is_hidden(self, case: Case) -> bool:
        """Whether a call that would be a cause, or is like a hidden one, matches the recording when made alone."""
        first = next((each for each in case.found if not each.follows), case.found[0])
        if self._experiment is None or (self.causes and not self._experiment.answers_alike):
            return False
        if not case.state_equal:
            return self._is_hidden_behind_state(case, first)
        if not may_be_hidden(case):
            return False
        if self._hidden is None and self._cause_like(first) is not None:
            return False
        if self._experiment.differences(case.hunk.recorded_call) != []:
            return False
        if self._hidden is not None:
            self._show(self._hidden, first, first.rows)
            return True
        self._keeps_something(first, _HIDDEN_STATE)
        return True

    def _is_hidden_behind_state(self, case: Case, first: Difference) -> bool:
        """Whether a call that matches from the recorded state differs by more than the state that it was given."""
        asks = case.alone == [] and first.export not in self._repeatable and not self._known.explains(first.leaves)
        if not asks or self._experiment is None or is_limited(case):
            return False
        if self._experiment.repeats(case.hunk.recorded_call, self._now, case.hunk.now_call) is not False:
            self._repeatable.add(first.export)
            return False
        if self._hidden is not None:
            self._show(self._hidden, first, first.rows)
        else:
            self._keeps_something(first, _HIDDEN_BEHIND_STATE)
        return True

    def _keeps_something(self, found: Difference, detail: str) -> None:
        sentence = Code.HIDDEN_STATE.says(export=found.export, detail=detail)
        self._cause(replace(found, code=Code.HIDDEN_STATE, sentence=sentence), found.rows)
        self._hidden = self.causes[-1]

    def _in_sequence(self, found: list[Difference]) -> None:
        """A call that was given the recorded state: whatever differs comes from the call itself."""
        held: Cause | None = None
        answered, known = False, Substitution()
        for each in found:
            if each.follows or known.explains(each.leaves):
                pass
            elif each.code is Code.OTHER_ANSWER and self._asked_before(each):
                self.answered += 1
                answered = True
            elif each.is_reshaped or (held is None and not answered):
                cause = self._cause(each, each.rows)
                held = cause if held is None and each.carries_value else held
            elif each.signs & self._first_signs and not each.at_end:
                self._cause(each, each.rows)
            elif held is None and (known_cause := self._cause_like(each)) is not None:
                self._show(known_cause, each, each.rows)
            else:
                self.untraced += 1
                self._suspect(held, each, each.rows)
            known.learn(each.leaves)
            self._note_asked(each)

    def _from_recorded_state(self, case: Case, alone: list[Difference]) -> None:
        """A call that was given another state: only what it does from the recorded one is its own."""
        self._mark_state(case)
        held: Cause | None = None
        for each in alone:
            rows = _rows_of(each, case.found)
            if each.follows or (held is not None and each.code is Code.OTHER_ANSWER):
                continue
            if held is not None and not each.is_reshaped and (each.at_end or not each.signs & self._first_signs):
                self._suspect(held, each, rows)
                continue
            cause = self._cause(each, rows)
            held = cause if held is None and each.carries_value else held

    def _suspect(self, held: Cause | None, found: Difference, rows: tuple[int, ...]) -> None:
        """Notes what is taken as a consequence of a cause without being explained by it."""
        for suspect in [] if held is None else held.suspects:
            if suspect.signs & found.signs:
                suspect.shows_again(found, rows)
                return
        if held is not None:
            held.suspects.append(Cause(found, list(rows), signs=set(found.signs)))

    def _first_given_another_state(self, case: Case) -> None:
        """The first call that differs was given another state, and no cause before it accounts for that.

        The same module was started otherwise then; of two modules it is not known whether the state matters.
        """
        if case.states is None or not _one_module(self._then, self._now):
            self._in_sequence(case.found)
            return
        self.undecided += 1
        self._mark_state(case)
        given: Cause | None = None
        for each in case.found:
            if each.code is Code.OTHER_ANSWER and not self._known.explains(each.leaves):
                self._other_answer(each)
            elif each.code is Code.LENGTH:
                self._cause(each, each.rows)
            elif self._known.explains(each.leaves):
                self._put(each.rows, Label.VALUE)
            elif given is None:
                given = self._cause(given_another_state(each, *case.states), each.rows)
                self._known.learn(given.first.leaves)
            self._known.learn(each.leaves)
            self._note_asked(each)

    def _undecided(self, case: Case) -> None:
        """A call that was given another state and not made again: what is known already decides."""
        self.undecided += 1
        self._mark_state(case)
        for each in case.found:
            if each.code is Code.OTHER_ANSWER and not self._known.explains(each.leaves):
                self._other_answer(each)
            elif self._known.explains(each.leaves) and not each.at_end:
                self._put(each.rows, Label.VALUE)
            elif (
                each.code not in (Code.OTHER_RESPONSE, Code.OTHER_STATE)
                and (cause := self._cause_like(each)) is not None
            ):
                self._show(cause, each, each.rows)
            self._note_asked(each)

    def _other_answer(self, found: Difference) -> None:
        """The world is to blame for another answer, unless it was asked for something else before."""
        if self._asked_before(found):
            self.answered += 1
            self._put(found.rows, Label.VALUE)
        else:
            self._cause(found, found.rows)

    def _asked_before(self, found: Difference) -> bool:
        """Whether another answer may come of what its interface was asked, rather than of the world."""
        return self._cause_like(found) is None and bool(self._asked & self._interfaces(found))

    def _note_asked(self, found: Difference) -> None:
        if found.code not in (Code.OTHER_ANSWER, Code.OTHER_ENCODING):
            self._asked |= self._interfaces(found)

    def _interfaces(self, found: Difference) -> set[str]:
        """The interfaces of the host calls among the rows of a difference."""
        sides = ((self._rows.recorded, self._then), (self._rows.now, self._now))
        items = [(side, column[row]) for row in found.rows for column, side in sides if column[row] != NONE]
        return {side.name(item).rpartition("/")[0] for side, item in items if side.kind(item) is Kind.HOST}

    def _cause_like(self, found: Difference) -> Cause | None:
        return next((cause for cause in self.causes if cause.signs & found.signs), None)

    def _cause(self, found: Difference, rows: tuple[int, ...]) -> Cause:
        cause = self._cause_like(found)
        if cause is not None:
            common = cause.signs & found.signs
            beyond = found.beyond_shape() if all_of_shape(common) else None
            self._show(cause, found if beyond is None else replace(found, signs=frozenset(common)), rows)
            return cause if beyond is None else self._cause(beyond, rows)
        elsewhere = self._made_elsewhere(found, rows)
        if elsewhere is not None:
            return elsewhere
        self.causes.append(Cause(_with_source(found, self._then), list(rows), signs=set(found.signs)))
        self._put(rows, Label.CAUSE)
        return self.causes[-1]

    def _made_elsewhere(self, found: Difference, rows: tuple[int, ...]) -> Cause | None:
        """The cause of a host call that one export makes no longer and another one makes in addition."""
        other = {Code.EXTRA_CALL: Code.MISSING_CALL, Code.MISSING_CALL: Code.EXTRA_CALL}.get(found.code)
        for cause in self.causes if other is not None else ():
            first = cause.first
            if first.code is other and first.export != found.export and cause.signs & moved_signs(found.signs):
                where = (
                    f"now made in {found.export}"
                    if found.code is Code.EXTRA_CALL
                    else f"no longer made in {found.export}"
                )
                if where not in first.sentence:
                    cause.first = replace(first, sentence=f"{first.sentence}, and {where}")
                self._show(cause, found, rows)
                return cause
        return None

    def _show(self, cause: Cause, found: Difference, rows: tuple[int, ...]) -> None:
        cause.shows_again(found, rows)
        self._put(rows, Label.CAUSE)

    def _mark_state(self, case: Case) -> None:
        for each in case.found:
            self._put(each.rows, Label.STATE)

    def _put(self, rows: tuple[int, ...], label: Label) -> None:
        for row in rows:
            self._labels[row] = label


def _one_module(then: Side, now: Side) -> bool:
    """Whether both recordings were made with one and the same module throughout."""
    headers = then.recording.header, now.recording.header
    modules = {"" if header is None else header.module_sha256 for header in headers}
    return len(modules) == 1 and "" not in modules and not (then.recording.builds or now.recording.builds)


def _with_source(found: Difference, then: Side) -> Difference:
    """A changed argument that takes another answer's field than recorded is told as that."""
    source = (
        other_source(then, found.event, found.leaves)
        if found.code is Code.OTHER_ARGUMENT and not found.follows
        else None
    )
    if source is None or Sign(Trait.GIVEN_STATE) in found.signs:
        return found
    one, other = source
    detail = f"{other.name} of event {other.event:,} instead of {one.name} of event {one.event:,}"
    change = f"{found.path} recorded {found.recorded}, now {found.now}"
    sentence = Code.OTHER_ANSWER_USED.says(function=found.function, detail=detail, change=change)
    return replace(found, code=Code.OTHER_ANSWER_USED, sentence=sentence)


def _rows_of(alone: Difference, found: list[Difference]) -> tuple[int, ...]:
    """The rows on which a difference of the call made alone shows in the call as it was made in sequence."""
    for each in found:
        if each.signs & alone.signs:
            return each.rows
    return next((each.rows for each in found if each.event == alone.event), found[0].rows)
