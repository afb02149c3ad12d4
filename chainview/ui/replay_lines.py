"""What stands below the two trees of a replay: why, the event on both sides, the guest's stacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from chainview.chain.event import Frame
from chainview.chain.payload import Call, CallError, CallResult, HostCall, Other, Payload, read_payload
from chainview.chain.visible import visible
from chainview.pack.values import String, Value
from chainview.replay.explanation import Explanation
from chainview.replay.leaves import leaves
from chainview.replay.report_text import report_text
from chainview.replay.side import NONE
from chainview.replay.watched import Progress, Stage
from chainview.ui.lines import Block, Fixed, Line, plain, wrapped
from chainview.ui.pair_painter import Sides
from chainview.ui.pairs import ask_of
from chainview.ui.value_lines import value_blocks

_LABEL = 8
Parts = list[tuple[str, Value]]


def replay_status(name: str, progress: Progress, width: int) -> Line:
    """The status line of a replay, without the name where there is no room for it."""
    told = progress.told
    if told is not None:
        verdict = _verdict(told)
    elif progress.stage is Stage.FAILED:
        verdict = [("✖ can't be replayed", "bad")]
    else:
        doing = f"{progress.stage} {progress.calls:,} of {progress.of:,} calls" if progress.of else progress.stage.value
        verdict = [(f"◌ {doing}", "accent")]
        if progress.first_mismatch is not None:
            verdict += [(f"  ≠ first mismatch at event {progress.first_mismatch + 1:,}", "warn")]
    head: Line = [(" ", "text"), (visible(name), "name"), (" │ ", "quiet")]
    return [*head, *verdict] if cell_len(plain([*head, *verdict])) <= width else [(" ", "text"), *verdict]


def _verdict(told: Explanation) -> Line:
    if told.verdict == "identical":
        return [(f"✓ identical, {told.recorded_events:,} events", "good")]
    if told.verdict == "unusable":
        return [("✖ the recording is damaged", "bad")]
    counts: Line = [(" │ ", "quiet"), (f"{told.same:,} same", "text")]
    if told.causes:
        counts += [(f" · {len(told.causes):,} cause{'' if len(told.causes) == 1 else 's'}", "warn")]
    if told.accepted:
        counts += [(f" · {len(told.accepted):,} accepted", "good")]
    counts += [(f" · {told.consequences.total:,} consequence{'' if told.consequences.total == 1 else 's'}", "dim")]
    if told.verdict == "accepted":
        return [("✓ accepted", "good"), *counts]
    first = told.causes[0] if told.first_mismatch is None else told.first_mismatch
    return [(f"≠ first mismatch at event {first.event:,}", "warn"), *counts]


def why_lines(progress: Progress, width: int) -> list[Block]:
    """The explanation, or how far the replay is."""
    if progress.failure is not None:
        return [Fixed(*wrapped([(visible(progress.failure.sentence), "bad")], width, 0))]
    if progress.told is None:
        first = progress.first_mismatch
        if first is None:
            return [Fixed([("nothing differs so far", "dim")])]
        return [Fixed([(f"differs at event {first + 1:,}; what caused it is looked for at the end", "dim")])]
    head, *rest = report_text(progress.told).split("\n")
    lines: list[Line] = [[(head, "good" if progress.told.passes else "title")]]
    lines += [[(row[:_LABEL], "dim"), (row[_LABEL:], "text")] for row in rest]
    return [Fixed(*[piece for line in lines for piece in wrapped(line, width, _LABEL)])]


def stack_lines(progress: Progress, width: int) -> list[Block]:
    """Both guest stacks at the first mismatch, innermost first."""
    told = progress.told
    if told is None or told.first_mismatch is None:
        return [Fixed([("there is a stack to show where recorded and now part", "dim")])]
    lines: list[Line] = []
    for name, frames in (("now", told.now_stack), ("recorded", told.recorded_stack)):
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


def pair_blocks(sides: Sides, recorded: int, now: int, width: int, *, wrap: bool) -> Iterator[Block]:
    """An event as it was recorded and as it is now: what differs first, leaf by leaf, then both in full."""
    then = read_payload(sides.recorded.payload(recorded)) if recorded != NONE else None
    other = _payload_now(sides, now)
    for name, payload in (("recorded", then), ("now", other)):
        if payload is None:
            yield Fixed([(f"{name}  no such event", "dim")])
    if then is not None and other is not None and type(then) is type(other):
        yield from _both(then, other, width, wrap=wrap)
        return
    for name, payload in (("recorded", then), ("now", other)):
        if payload is not None:
            yield Fixed([(f"{name}  ", "title"), (visible(_name(payload)), "name")])
            for part, value in _parts(payload):
                yield from value_blocks(part, value, width, wrap=wrap)


def _payload_now(sides: Sides, item: int) -> Payload | None:
    if item == NONE or item >= len(sides.now):
        return None
    if item < NONE:
        ask = sides.asks[ask_of(item)]
        return HostCall(ask.interface, ask.function, ask.input, None)
    return read_payload(sides.now.payload(item))


def _both(then: Payload, other: Payload, width: int, *, wrap: bool) -> Iterator[Block]:
    same_name = _name(then) == _name(other)
    yield Fixed([(visible(_name(then)), "name"), *([] if same_name else [(f" → {visible(_name(other))}", "changed")])])
    one, second = dict(_parts(then)), dict(_parts(other))
    for part in [*one, *[name for name in second if name not in one]]:
        before, after = one.get(part), second.get(part)
        found = leaves("", before, after)
        if not found:
            if after is not None:
                yield from value_blocks(part, after, width, wrap=wrap)
            continue
        yield Fixed(
            [(part, "title"), ("  1 place differs" if len(found) == 1 else f"  {len(found):,} places differ", "dim")]
        )
        for leaf in found:
            recorded, now = leaf.literals
            line: Line = [("  ", "text"), (visible(leaf.path) or part, "name"), ("  recorded ", "dim")]
            line += [
                (visible(recorded or "nothing"), "text"),
                ("  now ", "dim"),
                (visible(now or "nothing"), "changed"),
            ]
            yield Fixed(*wrapped(line, width, 4))
        if before is not None:
            yield from value_blocks(f"{part} recorded", before, width, wrap=wrap)
        if after is not None:
            was = {leaf.path: visible(leaf.literals[0] or "absent") for leaf in found}
            yield from value_blocks(f"{part} now", after, width, wrap=wrap, changed=was)


def _name(payload: Payload) -> str:
    if isinstance(payload, HostCall):
        return f"host call {payload.interface}.{payload.function}"
    if isinstance(payload, Call):
        return f"call {payload.function}"
    if isinstance(payload, CallResult):
        return f"result {payload.function}"
    return f"failed call {payload.function}" if isinstance(payload, CallError) else "event"


def _parts(payload: Payload) -> Parts:
    found: list[tuple[str, Value | None]]
    if isinstance(payload, HostCall):
        found = [("input", payload.input), ("output", payload.output)]
    elif isinstance(payload, Call):
        found = [("params", payload.params)]
    elif isinstance(payload, CallResult):
        found = [("response", payload.response), ("state", payload.state)]
    elif isinstance(payload, CallError):
        found = [("message", String(payload.message))]
    else:
        assert isinstance(payload, Other)
        found = [("payload", payload.value)]
    return [(name, value) for name, value in found if value is not None]
