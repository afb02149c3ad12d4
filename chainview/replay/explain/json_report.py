"""An explanation for programs: one JSON object."""

from __future__ import annotations

from collections.abc import Sequence

from chainview.chain.event import Frame
from chainview.replay.explain.blame import blame
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.system.wording import begun

MOST_PLACES = 1000
"""Of one cause that are listed; `count` counts all of them."""
_MOST_OF_NAME, _MOST_OF_VALUE = 1 << 12, 1 << 18
"""The letters of a name, and of a value, which a chain may make longer than all reading."""


def report_object(explanation: Explanation) -> dict[str, object]:
    """The documented, versioned object; readers ignore keys they do not know."""
    report: dict[str, object] = {
        "chainview": 1,
        "command": explanation.command,
        "mode": explanation.mode,
        "verdict": explanation.verdict.value,
        "sentence": explanation.sentence,
        "recording": explanation.recording.as_object(),
        "modules": {"recorded": explanation.recorded_module or None, "now": explanation.now_module or None},
        "events": {
            "recorded": explanation.recorded_events,
            "now": explanation.now_events,
            "same": explanation.same,
            "reworded": explanation.reworded,
        },
        "first_mismatch": None if explanation.first_mismatch is None else _finding(explanation.first_mismatch),
        "causes": [_finding(each) for each in explanation.causes],
        "consequences": {
            "link": explanation.consequences.link,
            "state": explanation.consequences.state,
            "value": explanation.consequences.value,
            "shift": explanation.consequences.shift,
        },
        "reconverges_at": explanation.reconverges_at,
        "control": explanation.control.value,
        "edit": blame(explanation),
        "remarks": list(explanation.remarks),
        "not_tested": list(explanation.not_tested),
        "accepted": [_finding(each) for each in explanation.accepted],
        "stacks": {
            "recorded": _frames(explanation.recorded_stack),
            "now": _frames(explanation.now_stack),
        },
        "live_host_calls": explanation.live_host_calls,
    }
    if explanation.other is not None:
        report["other_recording"] = explanation.other.as_object()
    return report


def _finding(found: Finding) -> dict[str, object]:
    # Programs read literals; what tells those apart that look alike stands in the sentence.
    recorded, now = (found.leaves[0].texts_in() if found.leaves else None) or (found.recorded, found.now)
    return {
        "id": found.id,
        "event": found.event,
        "call": found.call or None,
        "function": begun(found.function, _MOST_OF_NAME),
        "code": found.code.value,
        "path": begun(found.path, _MOST_OF_NAME),
        "recorded": None if recorded is None else begun(recorded, _MOST_OF_VALUE),
        "now": None if now is None else begun(now, _MOST_OF_VALUE),
        "sentence": found.sentence,
        "places": list(found.events[:MOST_PLACES]) or [found.event],
        "count": found.places,
        "seen": [each.as_object for each in found.changes],
        "relations": list(found.relations),
        "stacks": {
            "recorded": _frames(found.recorded_stack),
            "now": _frames(found.now_stack),
        },
    }


def _frames(stack: Sequence[Frame]) -> list[str]:
    return [begun(str(frame), _MOST_OF_NAME) for frame in stack]
