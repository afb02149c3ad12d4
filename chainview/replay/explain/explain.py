"""Explaining a finished replay: what differs, what caused it, and whether the edit is to blame at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainview.actor.engine.loading import ENGINE
from chainview.replay.align.history import Side
from chainview.replay.differences.codes import Code
from chainview.replay.differences.fuel import other_work
from chainview.replay.explain.blame import irreproducible, without_own
from chainview.replay.explain.comparison import Comparison, compare
from chainview.replay.explain.control import Control
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.explain.isolation import Isolation
from chainview.replay.explain.rules import Rule
from chainview.replay.explain.verdict import explained, untested
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode

_MOST_CALLS = 10_000
NOT_CONTROLLED = Control("not tested", "the recorded module was not replayed")


def explain(replay: Replay, control: Control = NOT_CONTROLLED, rules: Sequence[Rule] = ()) -> Explanation:
    """Explains a replay that was run; `control` is how the recorded module fared in the same."""
    recording = replay.recording
    first = replay.first_mismatch
    if first is None and not replay.finished:
        first = replay.chain.count
    base = _base(replay, control, first)
    if first is None:
        return base
    now = Recording(replay.now, recording.schema, recording.header)
    asking = {ask.call for ask in replay.asks} if replay.mode is not Mode.REFERENCE else set()
    compared = compare(
        Side(recording),
        Side(now, replay.asks),
        first,
        in_step=True,
        finished=replay.finished,
        # The calls of several builds can't be made again by the first of them alone.
        experiment=None if replay.mode is Mode.STRICT or replay.later else Isolation(replay),
        # After a call that could not be answered a replay goes on from the recorded state.
        restarted=lambda call: call - 1 in asking,
    )
    explanation = explained(base, compared, rules, _not_tested(replay, control, compared))
    foreign = _foreign_calls(replay)
    if foreign is not None:
        return _of_other_module(explanation, foreign)
    if control.replay is None:
        return explanation
    own = explanation if control.replay is replay and not rules else explain(control.replay)
    return without_own(explanation, own, irreproducible(recording, control, own), rules)


def _foreign_calls(replay: Replay) -> str | None:
    """The recorded functions that the module does not export, in words, where these are more than half of them."""
    recording, exports = replay.recording, set(replay.loaded.exports)
    functions = recording.functions(_MOST_CALLS)
    missing = sorted(functions - exports)
    if len(missing) * 2 <= len(functions):
        return None
    more = f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
    return f"this recording does not belong to this module: it does not export {', '.join(missing[:3])}{more}"


def _of_other_module(explanation: Explanation, detail: str) -> Explanation:
    """The explanation when the recording belongs to another module: what its calls do differently says nothing."""
    first = explanation.first_mismatch
    if first is None:
        return explanation
    sentence = Code.OTHER_MODULE.says(detail=detail)
    finding = Finding(Code.OTHER_MODULE, first.event, first.call, "", "", None, None, sentence, rows=first.rows)
    return replace(
        explanation, verdict="diverged", sentence=sentence, first_mismatch=finding, causes=(finding,), accepted=()
    )


def _base(replay: Replay, control: Control, first: int | None) -> Explanation:
    recording = replay.recording
    sentence = f"identical: {len(recording):,} events"
    work = other_work(recording.table, replay.now) if first is None else None
    if work is not None:
        sentence = Code.OTHER_WORK.says(detail=work)
    return Explanation(
        command="replay",
        mode=replay.mode.value,
        verdict="identical",
        sentence=sentence,
        recorded_events=len(recording),
        now_events=replay.chain.count,
        same=replay.chain.count if first is None else first,
        control=control.outcome,
        recorded_module=recording.header.module_sha256 if recording.header else "",
        now_module=replay.loaded.file.sha256,
        recorded_stack=control.stack,
        now_stack=replay.stack,
        live_host_calls=replay.live_host_calls,
    )


def _not_tested(replay: Replay, control: Control, compared: Comparison) -> list[str]:
    doubts = []
    if control.outcome == "not tested":
        doubts.append(f"whether the recorded module still makes this recording: {control.reason}")
    if replay.mode is Mode.STRICT:
        doubts.append("what comes after the first mismatch, at which a strict replay stops")
    elif not replay.finished:
        doubts.append("what comes after the event at which the replay was stopped")
    header = replay.recording.header
    if header is None and replay.initial_state is None:
        doubts.append("another initial state: the chain does not hold the one it began with, and --state gave none")
    if header is not None and header.engine and header.engine != ENGINE:
        doubts.append(f"whether the engine matters: recorded with {header.engine}, replayed with {ENGINE}")
    return doubts + untested(compared)
