"""What a replay screen says: its status, why recorded and now differ, the guest's stacks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len

from chainview.chain.event import Frame
from chainview.chain.files.completeness import RecordingState
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.explain.text_report import report_text
from chainview.replay.judge.causes import Label
from chainview.system.wording import plural, visible
from chainview.ui.event.event_blocks import frame_lines
from chainview.ui.find.legend import ROWS, Meanings, legend, rail_legend
from chainview.ui.lines.blocks import Block, Fixed
from chainview.ui.lines.line import Line, in_cells, plain, wrapped
from chainview.ui.replay.pair_painter import (
    ACCEPTED_MARK,
    CAUSE_MARK,
    EXTRA,
    FOLLOWING_MARK,
    MISSING,
    SAME_MARK,
    UNREACHED,
    UNTOLD_MARK,
)
from chainview.ui.replay.pairs import Sides
from chainview.ui.replay.place import at_place, place_told
from chainview.workbench.replay_thread import Progress, Stage

_LABEL = 8
_SAID = {
    Label.ACCEPTED: "accepted by a rule",
    Label.VALUE: "follows from a cause earlier in the same call",
    Label.STATE: "differs because its call began with another state than recorded",
    Label.SHIFT: "says the same as recorded, at another place",
    Label.LINK: "as recorded; only its hash differs, since it covers the hash of the event before",
    Label.UNREACHED: "one side ended before this event",
}
"""What is said of an event that is no cause."""
_NARROWEST, _WIDEST = 60, 160
"""The widths that a report is laid out for; a narrower view wraps its lines."""


def replay_legend() -> list[Line]:
    """What the marks of a replay's rows mean, and those that its rows share with those of a chain."""
    marks: Meanings = [
        ([(CAUSE_MARK, "changed")], "a cause: what differs first, or is not explained by what differs before it"),
        ([(ACCEPTED_MARK, "good")], "differs, and a rule accepts it"),
        ([(FOLLOWING_MARK, "dim")], "differs only because of a cause before it"),
        ([(SAME_MARK, "dim")], _SAID[Label.LINK]),
        ([(UNTOLD_MARK, "changed")], "differs; whether it is a cause is being found out"),
        ([("another", "changed")], "words and values that are not the same on the other side"),
        ([(MISSING, "dim")], "no call is made now where one was recorded"),
        ([(EXTRA, "dim")], "a call is made now that was not recorded"),
        ([(UNREACHED, "dim")], "the replay was stopped before it came so far"),
        ([("✓ identical", "good")], "all is as it was recorded, or what differs is accepted by rules"),
        (
            [("≠ differs", "warn")],
            "how many events are the same before it, how many causes there are, and how many events follow",
        ),
    ]
    return [*legend("Marks of a replay", marks), [], *legend("Marks of rows", ROWS), [], *rail_legend()]


def replay_status(name: str, progress: Progress, width: int, *amiss: str) -> Line:
    """The status line of a replay, without the name where there is no room for it; before it what else is amiss."""
    explanation = progress.explanation
    if explanation is not None:
        verdict = _verdict(explanation)
    elif progress.stage is Stage.FAILED:
        verdict = [("✖ can't be replayed", "bad")]
    else:
        stopped = progress.stage is Stage.STOPPED
        doing = "stopped after" if stopped else progress.stage.value
        if progress.stage is Stage.EXPLAINING:
            doing = "explaining what differs"
        elif progress.of:
            doing = f"{doing} {progress.calls:,} of {plural(progress.of, 'call')}"
        verdict = [(f"■ {doing}", "warn") if stopped else (f"◌ {doing}", "accent")]
        if progress.first_mismatch is not None:
            verdict += [(f"  ≠ first mismatch at event {progress.first_mismatch + 1:,}", "warn")]
    verdict = [*[(f"✖ {each}  ", "bad") for each in amiss], *verdict]
    head: Line = [(" ", "text"), (visible(name), "name"), (" │ ", "quiet")]
    return [*head, *verdict] if cell_len(plain([*head, *verdict])) <= width else [(" ", "text"), *verdict]


def _verdict(explanation: Explanation) -> Line:
    if explanation.verdict is Verdict.IDENTICAL:
        so_far = " so far" if explanation.recording.state is RecordingState.IN_CALL else ""
        told: Line = [(f"✓ identical{so_far}, {plural(explanation.recorded_events, 'event')}", "good")]
        modules = explanation.recorded_module, explanation.now_module
        by_other = all(modules) and modules[0] != modules[1]
        return [*told, (" · the module is another one", "dim")] if by_other else told
    if explanation.verdict is Verdict.UNUSABLE:
        return [(f"✖ {_damage(explanation)}", "bad")]
    following: Line = [(f" · {plural(explanation.consequences.total, 'consequence')}", "dim")]
    if explanation.verdict is Verdict.ACCEPTED:
        causes: Line = [(" │ ", "quiet"), (plural(len(explanation.accepted), "cause"), "good")]
        return [("✓ differs only in what is accepted", "good"), *causes, *following]
    counts: Line = [(" │ ", "quiet"), (plural(len(explanation.causes), "cause"), "warn"), *following]
    if explanation.accepted:
        counts[2:2] = [(f" · {len(explanation.accepted):,} accepted", "good")]
    else:
        counts[1:1] = [(f"{explanation.same:,} same", "text"), (" · ", "text")]
    first = explanation.causes[0]
    says = "first mismatch" if first == explanation.first_mismatch else "differs"
    return [(f"≠ {says} at event {first.event:,}", "warn"), *counts]


def _damage(explanation: Explanation) -> str:
    if not explanation.same:
        return "the recording is damaged"
    same = "accepted" if explanation.accepted else "identical"
    then = "cut" if explanation.recording.state is RecordingState.CUT else "damaged"
    return f"{same} up to event {explanation.recording.until:,}, then {then}"


def why_lines(progress: Progress, width: int, row: int | None = None, sides: Sides | None = None) -> list[Block]:
    """The explanation of what differs on a row, an index into the alignment, or how far the replay is.

    Of a cause that shows at several places it tells the values of that row, which are on the `sides`.
    """
    if progress.failure is not None:
        return [Fixed(*wrapped([(visible(progress.failure.sentence), "bad")], width, 0))]
    explanation = progress.explanation
    if explanation is None:
        first = progress.first_mismatch
        if progress.stage is Stage.STOPPED:
            found = "nothing differed" if first is None else f"event {first + 1:,} differs"
            of = f"{progress.calls:,} of {plural(progress.of, 'call')}"
            return [Fixed([(f"the replay was stopped after {of}: {found} so far; why was not looked for", "dim")])]
        if first is None:
            return [Fixed([("nothing differs so far", "dim")])]
        then = (
            "why is being found out"
            if progress.stage is Stage.EXPLAINING
            else "why is found out once all calls are made"
        )
        return [Fixed(*wrapped([(f"differs at event {first + 1:,}; {then}", "dim")], width, 0))]
    told, at, said = cause_at(explanation, row), None, ""
    if row is not None and row < len(explanation.labels):
        said = _SAID.get(explanation.label(row), "")
        at = next((each for each in explanation.accepted if row in each.rows), None)
        cause = explanation.causes[told] if explanation.causes else None
        if cause is not None and row in cause.rows[1:]:
            at = None if sides is None else at_place(explanation, cause, row, sides)
            said = place_told(cause, row, with_values=at is not None)
        elif cause is not None and row in cause.rows:
            at = None
    lines = explanation_lines(explanation, width, told, at)
    if said:
        here: Line = [(f"{'here':<{_LABEL}}", "dim"), (said, "accent")]
        lines[1:1] = wrapped(here, width, _LABEL, words=True)
    return [Fixed(*[piece for line in lines for piece in wrapped(line, width, _LABEL)])]


def explanation_lines(explanation: Explanation, width: int, told: int = 0, at: Finding | None = None) -> list[Line]:
    """The report, its labels apart from what they name; `told` and `at` are as for `report_text`."""
    head, *rest = report_text(explanation, max(_NARROWEST, min(width, _WIDEST)), told, at).split("\n")
    lines: list[Line] = [[(head, "good" if explanation.passes else "title")]]
    return [*lines, *[[(row[:_LABEL], "dim"), (row[_LABEL:], "text")] for row in rest]]


def cause_at(explanation: Explanation, row: int | None) -> int:
    """The index of the cause that shows on a row of the alignment, or else of the last one that shows before it."""
    return place_among(explanation.causes, row)


def place_among(causes: Sequence[Finding], row: int | None) -> int:
    """The same among some causes."""
    last = 0
    for number, cause in enumerate(causes):
        if row is not None and row in cause.rows:
            return number
        if row is not None and cause.rows and cause.rows[0] <= row:
            last = number
    return last


def stack_lines(
    progress: Progress,
    width: int,
    row: int | None = None,
    made_by: tuple[str, str] = ("", ""),
    *,
    beside: bool = False,
) -> list[Block]:
    """Both guest stacks of the cause that shows on a row, innermost first; `beside` puts them in two columns.

    `made_by` names the builds that made both sides, where builds did.
    """
    explanation = progress.explanation
    if explanation is None or explanation.first_mismatch is None:
        return [Fixed([("stacks are shown once something differs", "dim")])]
    recorded, now = stacks_at(explanation, row)
    one, other = made_by
    unknown = "no stack of this build is held" if one else "the recorded module was not replayed"
    sides = (
        (one or "recorded", _frames(recorded, unknown)),
        (other or "now", _frames(now, "the guest was not running")),
    )
    if not beside:
        lines = [line for name, frames in sides for line in ([(name, "title")], *frames, [])]
        return [Fixed(*[piece for line in lines for piece in wrapped(line, width, 4)])]
    left = (width - 1) // 2
    columns = [[[(name, "title")], *frames] for name, frames in sides]
    both = zip_longest(*columns, fillvalue=[])
    return [Fixed(*[[*in_cells(one, left, "text"), ("│", "quiet"), *other] for one, other in both])]


def stacks_at(explanation: Explanation, row: int | None) -> tuple[Sequence[Frame], Sequence[Frame]]:
    """The stacks, recorded and now, of the cause that shows on a row; of the first mismatch where that has none."""
    if explanation.causes:
        recorded, now = explanation.stacks_of(explanation.causes[cause_at(explanation, row)])
        if recorded or now:
            return recorded, now
    return explanation.recorded_stack, explanation.now_stack


def _frames(frames: Sequence[Frame], unknown: str) -> list[Line]:
    """A line for each frame, or why there is none."""
    if not frames:
        return [[(f"  none: {unknown}", "dim")]]
    return frame_lines(frames)
