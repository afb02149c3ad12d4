"""An explanation for programs: one JSON object."""

from __future__ import annotations

from chainview.replay.explain.explanation import Explanation, Finding


def report_object(told: Explanation) -> dict[str, object]:
    """The documented, versioned object; readers ignore keys they do not know."""
    return {
        "chainview": 1,
        "command": told.command,
        "mode": told.mode,
        "verdict": told.verdict,
        "sentence": told.sentence,
        "modules": {"recorded": told.recorded_module or None, "now": told.now_module or None},
        "events": {"recorded": told.recorded_events, "now": told.now_events, "same": told.same},
        "first_mismatch": None if told.first_mismatch is None else _finding(told.first_mismatch),
        "causes": [_finding(each) for each in told.causes],
        "consequences": {
            "link": told.consequences.link,
            "state": told.consequences.state,
            "value": told.consequences.value,
            "shift": told.consequences.shift,
        },
        "reconverges_at": told.reconverges_at,
        "control": told.control,
        "not_tested": list(told.not_tested),
        "accepted": [_finding(each) for each in told.accepted],
        "stacks": {
            "recorded": [str(frame) for frame in told.recorded_stack],
            "now": [str(frame) for frame in told.now_stack],
        },
        "live_host_calls": told.live_host_calls,
    }


def _finding(found: Finding) -> dict[str, object]:
    return {
        "event": found.event,
        "call": found.call or None,
        "function": found.function,
        "code": found.code,
        "path": found.path,
        "recorded": found.recorded,
        "now": found.now,
        "sentence": found.sentence,
    }
