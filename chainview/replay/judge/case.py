"""The stretches of two histories that differ, each with what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chainview.pack.values import Value
from chainview.replay.align.alignment import Alignment, Hunk
from chainview.replay.align.history import NONE, Side
from chainview.replay.changes.leaves import leaves
from chainview.replay.differences.builds import Builds
from chainview.replay.differences.calls import differences
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait
from chainview.replay.differences.state_type import Across
from chainview.replay.judge.causes import Experiment
from chainview.replay.run.recording import Recording


@dataclass(frozen=True, slots=True)
class Case:
    """One stretch that differs: what was found in it, and what its call does from its recorded state."""

    hunk: Hunk
    found: tuple[Difference, ...]
    state_equal: bool
    states: tuple[Value, Value] | None = None
    """The states that its call was given, where both are known and differ by more than their type."""
    across: Across | None = None
    """The states that its call was given, where they are of two types, so that the new build can't be given the
    recorded one."""
    alone: tuple[Difference, ...] | None = None
    unread: int = 0
    """Differing rows that were not looked into."""

    @property
    def other_type(self) -> bool:
        """Whether the state that its call was given has another type than the recorded one."""
        return self.across is not None

    @property
    def judged(self) -> tuple[Difference, ...] | None:
        """The differences that the call itself is to answer for; None when that is not known."""
        return self.found if self.state_equal else self.alone


def cases_of(
    rows: Alignment,
    then: Side,
    now: Side,
    builds: Builds,
    experiment: Experiment | None,
    restarted: Callable[[int], bool],
) -> list[Case]:
    """The stretches in which something is found, in order, with what their calls do alone where that is of use."""
    found = [_case(rows, hunk, then, now, builds, restarted) for hunk in rows.hunks]
    cases = [case for case in _reordered(found, then, now) if case.found]
    if not cases:
        return []
    first, *others = cases
    # Nothing differs before the first difference that it could follow from.
    first = replace(first, found=(replace(first.found[0], follows=False), *first.found[1:]))
    if first.states is None:
        first = replace(first, state_equal=True)
    if experiment is None:
        return [first, *others]
    if not experiment.answers_alike:
        # Given the answers of others, a call in sequence says as little of itself as one given another state.
        others = [replace(case, state_equal=False) for case in others]
    # The first call that differs is the one to tell most of, so it is made alone before the bounds are reached.
    if may_be_hidden(first):
        experiment.differences(first.hunk.recorded_call)
    return [_made_alone(case, experiment) for case in (first, *others)]


def _case(rows: Alignment, hunk: Hunk, then: Side, now: Side, builds: Builds, restarted: Callable[[int], bool]) -> Case:
    call, call_now = hunk.recorded_call, hunk.now_call
    states, known, across = None, True, None
    starts, starts_now = then.recording.starts, now.recording.starts
    both = call != NONE and call_now != NONE and not restarted(call)
    if both and not _given_alike(then.recording, starts[call], now.recording, starts_now[call_now]):
        state, state_now = then.state_after(starts[call]), now.state_after(starts_now[call_now])
        if state is not None and state_now is not None and state != state_now:
            seen = builds.types.states(state, state_now)
            across = seen if seen.shows else None
            states = None if seen.alike else (state, state_now)
        # A state inside a module that does not show it may be another one wherever anything differs before.
        known = (state is None) == (state_now is None) and not (then.recording.keeps_state and state is None)
    found = differences(rows, hunk, then, now, builds)
    return Case(hunk, found.differences, states is None and known, states, across, unread=found.unread)


def _given_alike(then: Recording, start: int, now: Recording, start_now: int) -> bool:
    """Whether results of the same bytes left the states that two calls were given: then these need not be read."""
    if any(each.keeps_state or each.keeps_nothing for each in (then, now)):
        return False
    left = then.result_before(start)
    return bool(left) and left == now.result_before(start_now)


def _made_alone(case: Case, experiment: Experiment) -> Case:
    if case.state_equal or case.other_type or is_limited(case):
        return case
    alone = experiment.differences(case.hunk.recorded_call)
    return replace(case, alone=None if alone is None else tuple(alone))


def _reordered(cases: Sequence[Case], then: Side, now: Side) -> list[Case]:
    """Calls that one recording makes earlier than the other are one difference, told where it shows first."""
    changed = list(cases)
    missing: dict[object, int] = {}
    for place, case in enumerate(cases):
        if case.hunk.recorded_call != NONE and case.hunk.now_call == NONE:
            missing.setdefault(then.content(then.recording.starts[case.hunk.recorded_call]), place)
    for place, case in enumerate(cases):
        if case.hunk.now_call == NONE or case.hunk.recorded_call != NONE:
            continue
        start = now.recording.starts[case.hunk.now_call]
        other = missing.pop(now.content(start), None)
        if other is None or not (changed[place].found and changed[other].found):
            continue
        one, second = sorted((place, other), key=lambda each: cases[each].hunk.rows.start)
        literal = now.literal(start)
        shown = replace(
            changed[one].found[0],
            code=Code.ORDER_OF_CALLS,
            rows=(*cases[one].hunk.rows, *cases[second].hunk.rows),
            sentence=Code.ORDER_OF_CALLS.says(detail=f"{literal} came at another place"),
            recorded=literal,
            now=literal,
            signs=frozenset({Sign(Trait.OTHER_PLACE)}),
        )
        changed[one], changed[second] = replace(changed[one], found=(shown,)), replace(changed[second], found=())
    return changed


def given_another_state(shown: Difference, state: Value, state_now: Value) -> Difference:
    """The state that a call was given, an input like its params, as what differs where `shown` does."""
    found = leaves("state", state, state_now)
    path, (recorded, now) = found[0].path, found[0].literals
    change = f"{path} recorded {recorded or 'nothing'}, now {now or 'nothing'}"
    return replace(
        shown,
        code=Code.OTHER_ARGUMENT,
        function=shown.export,
        sentence=f"{shown.export} was given another state: {change}",
        path=path,
        recorded=recorded,
        now=now,
        leaves=found,
        signs=frozenset({Sign(Trait.GIVEN_STATE)}),
    )


def firsts(case: Case) -> Iterator[Difference]:
    """The first difference of a call, and the next ones as long as those before carry no value."""
    for each in case.judged or ():
        if not each.follows:
            yield each
            if each.carries_value:
                return


def may_be_hidden(case: Case) -> bool:
    """Whether making the call alone can tell that something is kept outside of the state."""
    started_alone = case.hunk.recorded_call in (NONE, 0) or case.hunk.now_call == NONE
    return case.state_equal and not (case.other_type or started_alone or is_limited(case))


def is_limited(case: Case) -> bool:
    """Whether the call was stopped by a limit: making it again would only take that long again."""
    return any(each.code is Code.LIMIT for each in case.found)
