"""The stretches of two histories that differ, each with what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from chainview.pack.values import Value
from chainview.replay.align.alignment import Alignment, Hunk
from chainview.replay.align.history import NONE, Side
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.leaves import leaves
from chainview.replay.differences.of_call import differences
from chainview.replay.differences.signs import Sign, Trait


@dataclass(slots=True)
class Case:
    """One stretch that differs: what was found in it, and what its call does from its recorded state."""

    hunk: Hunk
    found: list[Difference]
    state_equal: bool
    states: tuple[Value, Value] | None = None
    """The states that its call was given, where both are known and differ."""
    alone: list[Difference] | None = None

    @property
    def judged(self) -> list[Difference] | None:
        """The differences that the call itself is to answer for; None when that is not known."""
        return self.found if self.state_equal else self.alone


def case_of(rows: Alignment, hunk: Hunk, then: Side, now: Side, restarted: Callable[[int], bool]) -> Case:
    call, call_now = hunk.recorded_call, hunk.now_call
    states = None
    if call != NONE and call_now != NONE and not restarted(call):
        state = then.state_after(then.recording.starts[call])
        state_now = now.state_after(now.recording.starts[call_now])
        if state is not None and state_now is not None and state != state_now:
            states = state, state_now
    return Case(hunk, differences(rows, hunk, then, now), states is None, states)


def reordered(cases: list[Case], then: Side, now: Side) -> list[Case]:
    """Calls that one recording makes earlier than the other are one difference, told where it shows first."""
    missing: dict[object, Case] = {}
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
        sentence = Code.ORDER_OF_CALLS.says(detail=f"{literal} came at another place")
        both = (*one.hunk.rows, *second.hunk.rows)
        first = replace(
            one.found[0],
            code=Code.ORDER_OF_CALLS,
            rows=both,
            sentence=sentence,
            signs=frozenset({Sign(Trait.OTHER_PLACE)}),
        )
        one.found = [replace(first, recorded=literal, now=literal)]
        second.found = []
    return cases


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
    return case.state_equal and not started_alone and not is_limited(case)


def is_limited(case: Case) -> bool:
    """Whether the call was stopped by a limit: making it again would only take that long again."""
    return any(each.code is Code.LIMIT for each in case.found)
