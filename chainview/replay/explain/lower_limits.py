"""What a replay's own limits do to it: calls that they stop are no edit's fault."""

from __future__ import annotations

import math

from chainview.actor.limits import lowered
from chainview.chain.failure import OUT_OF_TIME, failure_of
from chainview.chain.payload import CallError
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Finding
from chainview.replay.run.replay import Replay
from chainview.system.wording import plural

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


def _out_of_time(replay: Replay, found: Finding, *, longer: float) -> str:
    table, start = replay.recording.table, found.call - 1
    end = start + table.steps(start)
    took, allowed = table.extras(end).duration_ns / 1e9, replay.limits.timeout
    payload = replay.recording.payload(end)
    stopped = isinstance(payload, CallError) and failure_of(payload, table.extras(end)).was_stopped
    if not (stopped or took >= allowed * _NEARLY or (longer and not took)):
        return ""
    wanted = max(math.ceil(took * 2 or longer), math.ceil(allowed) + 1)
    recorded = f"the recorded call took {took:,.1f} s" if took else "it was recorded with more"
    return (
        f"{found.function} was stopped by the replay's own time-out of {allowed:g} s; {recorded}"
        f"{' until it was stopped' if stopped else ''}: --timeout {wanted}s lets it go on"
    )
