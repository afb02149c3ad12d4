"""What a replay screen says: its status, why recorded and now differ, the guest's stacks."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from chainview.chain.event import Frame
from chainview.chain.files.completeness import RecordingState
from chainview.chain.files.entries.file_bytes import Change
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.explain.text_report import report_text
from chainview.system.wording import plural, visible
from chainview.ui.lines.blocks import Block, Fixed
from chainview.ui.lines.line import Line, plain, wrapped
from chainview.workbench.replay_thread import Progress, Stage

_LABEL = 8
_NARROWEST, _WIDEST = 60, 160
"""The widths that a report is laid out for; a narrower view wraps its lines."""


def replay_status(name: str, progress: Progress, width: int, change: Change | None = None) -> Line:
    """The status line of a replay, without the name where there is no room for it; `change` is of the recorded file."""
    explanation = progress.explanation
    if explanation is not None:
        verdict = _verdict(explanation)
    elif progress.stage is Stage.FAILED:
        verdict = [("✖ can't be replayed", "bad")]
    else:
        doing = f"{progress.stage} {progress.calls:,} of {progress.of:,} calls" if progress.of else progress.stage.value
        verdict = [(f"◌ {doing}", "accent")]
        if progress.first_mismatch is not None:
            verdict += [(f"  ≠ first mismatch at event {progress.first_mismatch + 1:,}", "warn")]
    if change is not None:
        verdict = [(f"✖ the recorded chain {change}: open it again  ", "bad"), *verdict]
    head: Line = [(" ", "text"), (visible(name), "name"), (" │ ", "quiet")]
    return [*head, *verdict] if cell_len(plain([*head, *verdict])) <= width else [(" ", "text"), *verdict]


def _verdict(explanation: Explanation) -> Line:
    if explanation.verdict is Verdict.IDENTICAL:
        so_far = " so far" if explanation.recording.state is RecordingState.IN_CALL else ""
        return [(f"✓ identical{so_far}, {plural(explanation.recorded_events, 'event')}", "good")]
    if explanation.verdict is Verdict.UNUSABLE:
        return [(f"✖ {_damage(explanation)}", "bad")]
    counts: Line = [(" │ ", "quiet"), (f"{explanation.same:,} same", "text")]
    if explanation.causes:
        counts += [(f" · {plural(len(explanation.causes), 'cause')}", "warn")]
    if explanation.accepted:
        counts += [(f" · {len(explanation.accepted):,} accepted", "good")]
    counts += [
        (
            f" · {plural(explanation.consequences.total, 'consequence')}",
            "dim",
        )
    ]
    if explanation.verdict is Verdict.ACCEPTED:
        return [("✓ accepted", "good"), *counts]
    first = explanation.causes[0]
    says = "first mismatch" if first == explanation.first_mismatch else "differs"
    return [(f"≠ {says} at event {first.event:,}", "warn"), *counts]


def _damage(explanation: Explanation) -> str:
    if not explanation.same:
        return "the recording is damaged"
    same = "accepted" if explanation.accepted else "identical"
    then = "cut" if explanation.recording.state is RecordingState.CUT else "damaged"
    return f"{same} up to event {explanation.recording.until:,}, then {then}"


def why_lines(progress: Progress, width: int) -> list[Block]:
    """The explanation, or how far the replay is."""
    if progress.failure is not None:
        return [Fixed(*wrapped([(visible(progress.failure.sentence), "bad")], width, 0))]
    if progress.explanation is None:
        first = progress.first_mismatch
        if first is None:
            return [Fixed([("nothing differs so far", "dim")])]
        return [Fixed([(f"differs at event {first + 1:,}; what caused it is looked for at the end", "dim")])]
    lines = explanation_lines(progress.explanation, width)
    return [Fixed(*[piece for line in lines for piece in wrapped(line, width, _LABEL)])]


def explanation_lines(explanation: Explanation, width: int) -> list[Line]:
    """The report, its labels apart from what they name."""
    head, *rest = report_text(explanation, max(_NARROWEST, min(width, _WIDEST))).split("\n")
    lines: list[Line] = [[(head, "good" if explanation.passes else "title")]]
    return [*lines, *[[(row[:_LABEL], "dim"), (row[_LABEL:], "text")] for row in rest]]


def stack_lines(progress: Progress, width: int) -> list[Block]:
    """Both guest stacks at the first mismatch, innermost first."""
    explanation = progress.explanation
    if explanation is None or explanation.first_mismatch is None:
        return [Fixed([("there is a stack to show where recorded and now part", "dim")])]
    lines: list[Line] = []
    for name, frames in (("now", explanation.now_stack), ("recorded", explanation.recorded_stack)):
        lines += [[(name, "title")], *_frames(frames, name), []]
    return [Fixed(*[piece for line in lines for piece in wrapped(line, width, 4)])]


def _frames(frames: Sequence[Frame], name: str) -> list[Line]:
    if not frames:
        why = "the recorded module was not replayed" if name == "recorded" else "the guest was not running"
        return [[(f"  none: {why}", "dim")]]
    return [
        [("  ", "text"), (visible(frame.function), "name"), (f"  {visible(frame.place)}" if frame.place else "", "dim")]
        for frame in frames
    ]
