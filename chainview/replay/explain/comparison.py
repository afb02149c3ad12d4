"""Two histories compared: aligned, their differences judged, and where they are equal again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from chainview.chain.event import Frame, Kind
from chainview.pack.cgrf.glance import is_cgrf
from chainview.replay.align.alignment import Alignment, align, align_stopped
from chainview.replay.align.call_pairs import ENDS
from chainview.replay.align.history import Side, other_state, says_the_same
from chainview.replay.differences.builds import UNKNOWN_BUILDS, Builds
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Finding
from chainview.replay.judge.causes import Experiment, Judged, Label
from chainview.replay.judge.judge import judge
from chainview.replay.run.ask import Ask
from chainview.replay.run.compared_chain import two_encodings
from chainview.replay.run.recording import Recording

_DIFFERENT = bytes([label not in (Label.LINK, Label.SHIFT) for label in range(256)])


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Both sides in one space of rows, of which nothing is said yet; `first` is the index of the first that differs."""

    then: Side
    now: Side
    rows: Alignment
    first: int
    encoding: Finding | None
    """The finding that only bytes differ where the histories part, where it is so."""


@dataclass(frozen=True, slots=True)
class Comparison(LaidOut):
    """The rows of both sides with their labels."""

    judged: Judged


def compare(
    laid: LaidOut,
    *,
    builds: Builds = UNKNOWN_BUILDS,
    experiment: Experiment | None = None,
    restarted: Callable[[int], bool] = lambda call: False,
    stacks: Mapping[int, tuple[Frame, ...]] = MappingProxyType({}),
) -> Comparison:
    """Judges two histories laid side by side. `stacks` are the guest's at the recorded host calls, by index."""
    then = laid.then.with_stacks(stacks)
    judged = judge(laid.rows, then, laid.now, laid.first, builds, experiment, restarted)
    return Comparison(then, laid.now, laid.rows, laid.first, laid.encoding, judged)


def lay_out(
    recorded: Recording, now: Recording, first: int, *, in_step: bool, asks: Sequence[Ask] = (), finished: bool = True
) -> LaidOut:
    """Aligns two histories that part at index `first`. A replay that was stopped early is not `finished`.

    `asks` are what could not be answered now.
    """
    across = _across(recorded, now)
    encoding = _other_encoding(recorded, now, first, across=across)
    by_value = encoding is not None or _two_versions(recorded, now, first)
    one = Side(recorded, by_value=by_value, across=across)
    other = Side(now, asks, by_value=by_value, across=across)
    rows = align(one, other, first, in_step=in_step) if finished else align_stopped(one, other, first, in_step=in_step)
    return LaidOut(one, other, rows, first, encoding)


def _across(one: Recording, other: Recording) -> bool:
    """Whether the sides have two schemas, which show in calls alone."""
    return one.schema is not other.schema and bool(one.starts and other.starts)


def _two_versions(recorded: Recording, now: Recording, first: int) -> bool:
    """Whether the first events that differ have two versions of CGRF or spellings, so that bytes say nothing there."""
    if first >= min(len(recorded), len(now)):
        return False
    one, other = recorded.table.payload(first), now.table.payload(first)
    return is_cgrf(one) and is_cgrf(other) and two_encodings(one, other)


def _other_encoding(recorded: Recording, now: Recording, first: int, *, across: bool) -> Finding | None:
    """The finding A2 when the first events that differ say the same in other bytes, or hash to something else.

    Two schemas are two encodings, whatever the first events say.
    """
    if first >= min(len(recorded), len(now)):
        return None
    one, other = Side(recorded, by_value=True), Side(now, by_value=True)
    if not across and (not says_the_same(one, first, other, first) or _leave_other_states(one, other, first)):
        return None
    call = one.call_at(first)
    start = 0 if call is None else recorded.starts[call] + 1
    code = Code.OTHER_ENCODING
    return Finding(code, first + 1, start, one.function(first), "", None, None, code.says(), rows=(first,))


def _leave_other_states(one: Side, other: Side, first: int) -> bool:
    """Whether the first events that differ do so in the state alone that a module shows after them."""
    return one.kind(first) in ENDS and other_state(one, first, other, first)


def reconverges_at(compared: Comparison) -> int | None:
    """The number of the recorded event from which on all says the same again, to the end; None if never."""
    labels = compared.judged.labels.rstrip(bytes((Label.UNREACHED,)))
    behind = labels.translate(_DIFFERENT).rfind(1) + 1
    if not 0 < behind < len(labels) or not _states_meet(compared, behind):
        return None
    return compared.rows.recorded[behind] + 1


def _states_meet(compared: Comparison, row: int) -> bool:
    """Whether both sides are in the same state once they say the same from a row on."""
    then, now, rows = compared.then.recording, compared.now.recording, compared.rows
    if then.keeps_state:
        state = then.state_at(rows.recorded[row])
        return state is not None and state == now.state_at(rows.now[row])
    # Where a call returns on both sides in the same way, so does its state.
    if any(then.table.kinds[rows.recorded[at]] == Kind.RESULT for at in range(len(rows) - 1, row - 1, -1)):
        return True
    return then.state_at(rows.recorded[row]) == now.state_at(rows.now[row])
