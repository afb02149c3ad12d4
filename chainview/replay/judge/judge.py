"""Which differences are causes, and which only follow from one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto

from chainview.chain.event import Kind
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE, Side
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.substitution import Substitution
from chainview.replay.changes.wording import is_unmade
from chainview.replay.differences.builds import Builds
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign
from chainview.replay.differences.state_type import ValuesOfType
from chainview.replay.judge.case import (
    Case,
    cases_of,
    firsts,
    given_another_state,
)
from chainview.replay.judge.causes import Experiment, Judged, Label
from chainview.replay.judge.hidden_state import HiddenState, Remembered
from chainview.replay.judge.ledger import KnownCause, Ledger
from chainview.replay.judge.separation import Separation


class Ruling(Enum):
    """What becomes of a difference."""

    FOLLOWS = auto()
    """It comes with something before it, and nobody asks further."""
    ANSWERED = auto()
    """Another answer, to an interface that was asked something else before."""
    CAUSE = auto()
    AGAIN = auto()
    """Another place of a cause that is known."""
    SUSPECT = auto()
    """It may follow from what differs before it in its call, without being explained by that."""


def in_sequence(
    found: Difference,
    *,
    explained: bool = False,
    asked_before: bool = False,
    held: bool = False,
    answered: bool = False,
    first_elsewhere: bool = False,
    known: bool = False,
) -> Ruling:
    """What a difference counts as in a call that was given the recorded state.

    `explained` says that earlier differences of the call account for it, `asked_before` that its interface was asked
    something else, `held` that a cause that carries a value stands before it in the call, `answered` that another
    answer does, `first_elsewhere` that some call begins to differ like this, `known` that a cause is like it.
    """
    if found.follows or explained:
        return Ruling.FOLLOWS
    if found.code is Code.OTHER_ANSWER and asked_before:
        return Ruling.ANSWERED
    if found.is_apart or not (held or answered):
        return Ruling.CAUSE
    if first_elsewhere and not found.at_end:
        return Ruling.CAUSE
    return Ruling.AGAIN if known and not held else Ruling.SUSPECT


def from_recorded_state(
    found: Difference, *, explained: bool = False, held: bool = False, first_elsewhere: bool = False
) -> Ruling:
    """What a difference counts as in a call that was made alone, as it was given another state in sequence."""
    if found.follows or explained or (held and found.code is Code.OTHER_ANSWER):
        return Ruling.FOLLOWS
    if held and not found.is_apart and (found.at_end or not first_elsewhere):
        return Ruling.SUSPECT
    return Ruling.CAUSE


def judge(
    rows: Alignment,
    then: Side,
    now: Side,
    same: int,
    builds: Builds,
    experiment: Experiment | None = None,
    restarted: Callable[[int], bool] = lambda call: False,
) -> Judged:
    """Tells causes from consequences. `restarted` says which calls were given the recorded state again."""
    experiment = None if experiment is None else Remembered(experiment)
    cases = cases_of(rows, then, now, builds, experiment, restarted)
    ledger = Ledger(rows, then, same)
    first_signs = {sign for case in cases for each in firsts(case) for sign in each.signs}
    judge_ = _Judge(ledger, rows, then, now, first_signs, Separation(ledger, experiment))
    hidden = HiddenState(ledger, now, experiment, judge_.known)
    for case in cases:
        if not hidden.accounts_for(case):
            judge_.take(case)
        judge_.learn(case.found)
    if not ledger.causes:
        # Consequences without a cause would leave a difference unexplained.
        for each in [each for case in cases for each in case.found][:1]:
            ledger.accuse(each, each.rows)
    return Judged(
        tuple([cause.closed() for cause in ledger.causes]),
        bytes(ledger.labels),
        tuple(judge_.untraced),
        tuple(judge_.undecided),
        sum(case.unread for case in cases),
        judge_.answered,
        experiment is not None and experiment.is_used_up,
    )


class _Judge:
    """Judges one call after the other by what is known from those before."""

    def __init__(
        self, ledger: Ledger, rows: Alignment, then: Side, now: Side, first_signs: set[Sign], separation: Separation
    ) -> None:
        self.untraced: list[int] = []
        self.undecided: list[int] = []
        self.answered = 0
        self.known = Substitution()
        self._ledger = ledger
        self._rows, self._then, self._now = rows, then, now
        self._first_signs = first_signs
        self._separation = separation
        self._again: KnownCause | None = None
        """What the call that is judged shows again as it ends, where others of its export showed nothing else."""
        self._values = Substitution()
        """What became what as it ends, where it shows a known cause."""
        self._asked: set[str] = set()
        """The interfaces that were asked something else on both sides so far."""

    def take(self, case: Case) -> None:
        """Judges the next call."""
        self._again, self._values = self._ledger.shown_at_end(case.judged or ())
        if case.judged is None and not self._ledger.causes:
            self._first_given_another_state(case)
        elif case.judged is None:
            self._undecided(case)
        elif case.state_equal:
            self._in_sequence(case, _values_of_type(case))
        else:
            self._from_recorded_state(case, case.judged)
        self._ledger.note_end(case.judged or ())

    def learn(self, found: Iterable[Difference]) -> None:
        """Takes in what the differences of a call that was judged may lead to later."""
        for each in found:
            self.known.learn(each.leaves)
            self._note_asked(each)

    def _in_sequence(self, case: Case, of_type: ValuesOfType | None = None) -> None:
        """A call that was given the recorded state: whatever differs comes from the call itself.

        `of_type` is what that state says only in one of two types.
        """
        held: KnownCause | None = None
        said: Sequence[Leaf] = ()
        answered, known = False, Substitution()
        call = self._separation.of_call(case, case.found)
        for each in call.parts():
            like = self._ledger.like(each)
            if like is not None and each.code is Code.STATE_TYPE:
                self._ledger.mark(each.rows, Label.STATE)
                continue
            of_state = of_type is not None and not each.is_given and of_type.explains(each.leaves)
            of_values = known.explains(each.leaves) or of_state
            ruling = in_sequence(
                each,
                explained=not (self._is_form_again(each) or each.is_beside)
                and (of_values or self._comes_of_known(each)),
                asked_before=self._asked_before(each),
                held=held is not None and not is_unmade(said, each.leaves, known, at_end=each.at_end),
                answered=answered,
                first_elsewhere=bool(each.signs & self._first_signs),
                known=like is not None,
            )
            if ruling is Ruling.ANSWERED:
                self.answered += 1
                answered = True
            elif ruling is Ruling.CAUSE:
                cause = call.accuse(each, each.rows)
                if held is None and not answered and each.carries_value:
                    held, said = cause, each.leaves
            elif call.accuse_behind(each, each.rows):
                pass
            elif ruling is Ruling.AGAIN and like is not None:
                self._ledger.show(like, each, each.rows)
            elif ruling is Ruling.SUSPECT and (apart := call.apart(each, held)) is not None:
                call.accuse(apart, each.rows)
            elif ruling is Ruling.SUSPECT:
                self.untraced.append(each.event)
                self._ledger.suspect(held, each, each.rows)
            known.learn(each.leaves)
            self._note_asked(each)

    def _from_recorded_state(self, case: Case, alone: Sequence[Difference]) -> None:
        """A call that was given another state: only what it does from the recorded one is its own."""
        self._mark_state(case)
        held: KnownCause | None = None
        said: Sequence[Leaf] = ()
        known = Substitution()
        call = self._separation.of_call(case, alone)
        for each in call.parts():
            if each.code is Code.STATE_TYPE and self._ledger.like(each) is not None:
                continue
            rows = _rows_of(each, case.found)
            first_elsewhere = bool(each.signs & self._first_signs)
            explained = not each.is_beside and self._comes_of_known(each)
            follows = held is not None and not is_unmade(said, each.leaves, known, at_end=each.at_end)
            ruling = from_recorded_state(each, explained=explained, held=follows, first_elsewhere=first_elsewhere)
            if ruling is Ruling.CAUSE:
                cause = call.accuse(each, rows)
                if held is None and each.carries_value:
                    held, said = cause, each.leaves
            elif call.accuse_behind(each, rows):
                pass
            elif ruling is Ruling.SUSPECT and (apart := call.apart(each, held)) is not None:
                call.accuse(apart, rows)
            elif ruling is Ruling.SUSPECT:
                self._ledger.suspect(held, each, rows)
            known.learn(each.leaves)

    def _is_form_again(self, found: Difference) -> bool:
        """Whether the same host call has another form for the same known cause: that is no value to follow from."""
        like = self._ledger.like(found) if found.code is Code.COSMETIC else None
        return like is not None and like.first.function == found.function

    def _comes_of_known(self, found: Difference) -> bool:
        """Whether a difference without a sign of its own comes of a cause that other calls showed."""
        if self._ledger.like(found) is not None:
            return False
        if found.at_end:
            other_message = found.code is Code.FAILURE and found.only_numbers
            return self._ledger.suspects_order_of(found) or (
                other_message and self._ledger.has_numbers_of(found.export)
            )
        if found.code in (Code.EXTRA_CALL, Code.MISSING_CALL):
            # A count that is another one is told when it reaches what it is told at.
            return self._values.tells_number(found.recorded, found.now)
        return found.only_numbers and (self._again is not None or self._values.explains(found.leaves))

    def _first_given_another_state(self, case: Case) -> None:
        """The first call that differs was given another state, and no cause before it accounts for that.

        The same module was started otherwise then; of two modules it is not known whether the state matters.
        """
        if case.states is None or not _one_module(self._then, self._now):
            self._in_sequence(case)
            return
        self.undecided.append(self._begin(case))
        self._mark_state(case)
        given: KnownCause | None = None
        for each in case.found:
            if each.code is Code.OTHER_ANSWER and not self.known.explains(each.leaves):
                self._other_answer(each)
            elif each.code is Code.LENGTH:
                self._ledger.accuse(each, each.rows)
            elif self.known.explains(each.leaves):
                self._ledger.mark(each.rows, Label.VALUE)
            elif given is None:
                given = self._ledger.accuse(given_another_state(each, *case.states), each.rows)
                self.known.learn(given.first.leaves)
            self.known.learn(each.leaves)
            self._note_asked(each)

    def _undecided(self, case: Case) -> None:
        """A call that was given another state and not made again: what is known already decides."""
        self.undecided.append(self._begin(case))
        self._mark_state(case)
        for each in case.found:
            like = None if each.code in (Code.OTHER_RESPONSE, Code.OTHER_STATE) else self._ledger.like(each)
            if each.code is Code.STATE_TYPE and like is None:
                self._ledger.accuse(each, each.rows)
            elif each.code is Code.OTHER_ANSWER and not self.known.explains(each.leaves):
                self._other_answer(each)
            elif self.known.explains(each.leaves) and not each.at_end:
                self._ledger.mark(each.rows, Label.VALUE)
            elif like is not None and each.code is not Code.STATE_TYPE:
                self._ledger.show(like, each, each.rows)
            self._note_asked(each)

    def _other_answer(self, found: Difference) -> None:
        """The world is to blame for another answer, unless it was asked for something else before."""
        if self._asked_before(found):
            self.answered += 1
            self._ledger.mark(found.rows, Label.VALUE)
        else:
            self._ledger.accuse(found, found.rows)

    def _asked_before(self, found: Difference) -> bool:
        """Whether another answer may come of what its interface was asked, rather than of the world."""
        if found.code is not Code.OTHER_ANSWER or self._ledger.like(found) is not None:
            return False
        return bool(self._asked & self._interfaces(found))

    def _note_asked(self, found: Difference) -> None:
        if found.code not in (Code.OTHER_ANSWER, Code.OTHER_ENCODING):
            self._asked |= self._interfaces(found)

    def _interfaces(self, found: Difference) -> set[str]:
        """The interfaces of the host calls among the rows of a difference."""
        sides = ((self._rows.recorded, self._then), (self._rows.now, self._now))
        items = [(side, column[row]) for row in found.rows for column, side in sides if column[row] != NONE]
        return {side.name(item).rpartition("/")[0] for side, item in items if side.kind(item) is Kind.HOST}

    def _begin(self, case: Case) -> int:
        """The index of the event at which a call begins, or before which it stands."""
        call = case.hunk.recorded_call
        return case.found[0].event if call == NONE else self._then.recording.starts[call]

    def _mark_state(self, case: Case) -> None:
        for each in case.found:
            self._ledger.mark(each.rows, Label.STATE)


def _values_of_type(case: Case) -> ValuesOfType | None:
    """What the states that a call was given say in one type alone, where its differences are to be measured by that."""
    found = any(each.code is not Code.STATE_TYPE for each in case.found)
    return ValuesOfType(case.across) if found and case.across is not None else None


def _one_module(then: Side, now: Side) -> bool:
    """Whether both recordings were made with one and the same module throughout."""
    headers = then.recording.header, now.recording.header
    modules = {"" if header is None else header.module_sha256 for header in headers}
    return len(modules) == 1 and "" not in modules and not (then.recording.builds or now.recording.builds)


def _rows_of(alone: Difference, found: Sequence[Difference]) -> tuple[int, ...]:
    """The rows on which a difference of the call made alone shows in the call as it was made in sequence."""
    alike = [each for each in found if each.signs & alone.signs]
    at_event = [each for each in (*alike, *found) if each.event == alone.event]
    if at_event and (at_event[0] in alike or not alike):
        return at_event[0].rows
    return (*alike, found[0])[0].rows
