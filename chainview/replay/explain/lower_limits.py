"""What a replay's own limits do to it: calls that they stop are no edit's fault."""

from __future__ import annotations

import math

from chainview.actor.limits import lowered
from chainview.chain.failure import OUT_OF_TIME, failure_of
from chainview.chain.payload import CallError, read_payload
from chainview.chain.table import EventTable
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Finding
from chainview.replay.run.replay import Replay
from chainview.system.wording import plural

_TOLD_SECONDS = 0.1
_NEARLY = 0.8
"""The share of the time that a replayed call may take from which on a recorded one counts as long as that."""


def limits_told(replay: Replay) -> list[str]:
    """With how much more it was recorded than it is replayed with, and which option gives as much."""
    header = replay.recording.header
    return [] if header is None else lowered(header.settings, replay.limits).sentences()


def given_up(replay: Replay) -> str:
    """Where a replay gave up because its time-out stopped so many calls, and why; empty where it went to its end."""
    if not replay.gave_up:
        return ""
    end = replay.recording.call(replay.calls_made - 1).stop
    calls, left = len(replay.recording.starts), len(replay.recording.starts) - replay.calls_made
    stopped = f"{plural(replay.out_of_time, 'call')} {_was(replay.out_of_time)} stopped"
    return (
        f"what comes after event {end:,}: {stopped} by the time-out of "
        f"{replay.limits.timeout:g} s, so the last {left:,} of {calls:,} {_was(left)} not made"
    )


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def by_limits(replay: Replay, found: Finding) -> str:
    """What is said of a failure that the replay's own limits may have made; empty for one that is the build's."""
    header = replay.recording.header
    if found.code not in (Code.LIMIT, Code.FAILURE) or not found.call or header is None:
        return ""
    less = lowered(header.settings, replay.limits)
    if (found.now or "").startswith(OUT_OF_TIME):
        return _out_of_time(replay, found, longer=less.timeout)
    if less.memory:
        return f"{less.sentences()[0]}, so the edit is not blamed where {found.sentence}"
    return ""


def stopped_by_time_out(replay: Replay) -> str:
    """The call of a recorded module that the replay's own time-out stopped where it first parts from its recording.

    With what lets it go on; empty where it parts for another reason, or where its recorded call was stopped as well.
    """
    first = replay.first_mismatch
    call = None if first is None or first >= len(replay.now) else replay.now.call_of(first)
    if first is None or call is None or not _was_stopped(replay.now, first):
        return ""
    end, took = _recorded_end(replay, call)
    if _was_stopped(replay.recording.table, end):
        return ""
    wanted = _longer(took, replay.limits.timeout)
    return f"--timeout {wanted}s lets its call at event {call + 1:,} end, which was stopped"


def what_to_do(replay: Replay, found: Finding) -> str:
    """The sentence of a call that the time-out stopped by the edit's fault, with how long the recorded one took.

    As it is of anything else.
    """
    if found.own or found.code is not Code.LIMIT or not found.call or not (found.now or "").startswith(OUT_OF_TIME):
        return found.sentence
    took = _recorded_end(replay, found.call - 1)[1]
    recorded = f"took {took:,.1f} s" if took >= _TOLD_SECONDS else "took no time" if took else "ended"
    return f"{found.sentence}; the recorded call {recorded}: it may never end, else give more --timeout"


def _out_of_time(replay: Replay, found: Finding, *, longer: float) -> str:
    allowed = replay.limits.timeout
    end, took = _recorded_end(replay, found.call - 1)
    stopped = _was_stopped(replay.recording.table, end)
    if not (stopped or took >= allowed * _NEARLY or (longer and not took)):
        return ""
    recorded = f"the recorded call took {took:,.1f} s" if took else "it was recorded with more"
    return (
        f"{found.function} was stopped by the replay's own time-out of {allowed:g} s; {recorded}"
        f"{' until it was stopped' if stopped else ''}: --timeout {_longer(took or longer / 2, allowed)}s lets it go on"
    )


def _recorded_end(replay: Replay, call: int) -> tuple[int, float]:
    """The last recorded event of a call, and how many seconds it took; 0 where that is not known."""
    table = replay.recording.table
    end = call + table.steps(call)
    return end, table.extras(end).duration_ns / 1e9


def _was_stopped(table: EventTable, index: int) -> bool:
    """Whether an event is the end of a call that was stopped from outside."""
    payload = read_payload(table.payload(index))
    return isinstance(payload, CallError) and failure_of(payload, table.extras(index)).was_stopped


def _longer(took: float, allowed: float) -> int:
    """Seconds that are enough for a call that took so long when less was allowed."""
    return max(math.ceil(took * 2), math.ceil(allowed) + 1)
