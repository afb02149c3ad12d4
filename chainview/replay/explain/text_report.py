"""An explanation for people: at most twelve lines, two more for each further cause, in eighty columns if not told."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from chainview.chain.event import Frame
from chainview.chain.files.completeness import RecordingState
from chainview.chain.words.spans import end_cut, fitting, middle_cut, path_cut
from chainview.replay.align.history import NONE
from chainview.replay.changes.cosmetic import cosmetic
from chainview.replay.changes.leaves import MOST_LEAVES
from chainview.replay.differences.codes import Code, Family
from chainview.replay.explain.blame import confidence_forms
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.explain.headline import apart, sentence_in
from chainview.replay.judge.causes import Label
from chainview.system.wording import plural, visible

WIDTH = 80
LINES = 12
_LABEL = 8
_INDENT = " " * _LABEL
_BEHIND = 1000
"""The rows behind a cause that are looked through for its effect."""
_SAYS = 3
_NOTE = 4
"""Lines of a sentence."""
_SHOWN_LEAVES = 2
_SHOWN_PLACES = 8
_FURTHER = 20
"""Further causes that are told."""
_PATH = 15
_QUOTES = 2
_CALLED_BY = " < "
_CONFIDENCE = 34
"""The column in which it stands where there is room."""
_BOTH = "recorded and now  "
_GLUE = ("{closure", "__import_impl", "__export_impl")
"""How functions begin that Rust and packr-guest make between an import and who asks for it."""
_HASHES = "on only hashes"
"""What is said to differ, from some event on, of all that says the same."""


def report_text(explanation: Explanation, width: int = WIDTH, told: int = 0, at: Finding | None = None) -> str:
    """The report: the verdict, a cause with its evidence, what was not tested, the other causes in short.

    `told` is the index of the cause that is told in full, `at` what is told in its place: the same cause as it shows at
    another of its places, or one that is accepted.
    """
    lines = list(_headline(explanation, width))
    if not explanation.causes:
        lines += [line for remark in explanation.remarks for line in _wrapped("note", remark, _NOTE, width)]
    if explanation.verdict is Verdict.UNUSABLE and not explanation.same:
        lines += _wrapped("why", explanation.sentence, 5, width)
    elif explanation.causes:
        cause = explanation.causes[told]
        shown = at or cause
        lines += _cause_lines(explanation, shown, width)
        page = _line("page", f"chainview explain {shown.code}{_counter(explanation)}", width)
        others = list(explanation.causes)
        if shown.rows == cause.rows:
            lines += _fitting(_evidence(explanation, cause, width), LINES - len(lines) - 1)
            del others[told]
        lines += [*_further(others, width), page]
    else:
        lines += [
            _begun_with(f"✓ {each.code:<3} at event {each.event:,}  ", each, width) for each in explanation.accepted[:9]
        ]
    return "\n".join(lines)


def _headline(explanation: Explanation, width: int) -> Iterator[str]:
    if explanation.verdict is Verdict.IDENTICAL:
        yield from _with_counter(explanation.sentence, explanation, width)
    elif explanation.verdict is Verdict.ACCEPTED:
        yield from _with_counter(f"ACCEPTED  {explanation.sentence}", explanation, width)
    elif explanation.verdict is Verdict.UNUSABLE:
        yield _damaged_headline(explanation)
    elif explanation.causes[0].code is Code.LIMIT and explanation.causes[0].event > explanation.now_events:
        yield f"identical up to event {explanation.same:,} of {explanation.recorded_events:,}, where the replay gave up"
    else:
        total = explanation.consequences.total
        said = plural(total, "consequence")
        # What is left out stands in --json, and on a screen in the rows.
        shorter = _verdict_line(explanation, said)
        shortest = _verdict_line(replace(explanation, reconverges_at=None), said)
        yield fitting((shorter.replace(_HASHES, f"{_HASHES} differ"), shorter, shortest), width)


def _with_counter(sentence: str, explanation: Explanation, width: int) -> Iterator[str]:
    """A sentence with how many real host functions a replay called, below it where there is no room beside it."""
    counter = _counter(explanation)
    if len(sentence) + len(counter) <= width:
        yield f"{sentence}{counter}"
    else:
        yield from textwrap.wrap(sentence, width, subsequent_indent=_INDENT)
        yield _INDENT + counter.removeprefix(" · ")


def _damaged_headline(explanation: Explanation) -> str:
    which = "the" if explanation.command == "replay" else "a"
    if not explanation.same:
        return f"UNUSABLE  {which} recording is damaged"
    same = "differs only in what was accepted" if explanation.accepted else "identical"
    until = min(each.until for each in (explanation.recording, explanation.other) if each is not None)
    cut = explanation.recording.state is RecordingState.CUT
    where = "the file is cut" if cut else f"{which} recording is damaged"
    return f"{same} up to event {until:,} of {explanation.recorded_events:,}, where {where}"


def _counter(explanation: Explanation) -> str:
    """How many real host functions a replay called: it is closed, and says so each time."""
    return f" · {real_calls_told(explanation.live_host_calls)}" if explanation.command == "replay" else ""


def real_calls_told(count: int) -> str:
    """How many real host functions were called, which a closed replay never does."""
    return plural(count, "real host call") if count else "no real host calls"


def _verdict_line(explanation: Explanation, consequences: str) -> str:
    count = len(explanation.causes)
    parts = [
        f"{'DIVERGES' if explanation.command == 'replay' else 'DIFFERS'} at event {explanation.causes[0].event:,} of "
        f"{explanation.recorded_events:,}",
        f"{plural(count, 'cause')}, {consequences}",
    ]
    if explanation.reconverges_at is not None:
        parts.append(f"from {explanation.reconverges_at:,} {_HASHES}")
    if explanation.accepted:
        parts.append(f"{len(explanation.accepted):,} accepted")
    return " · ".join(parts)


def _cause_lines(explanation: Explanation, cause: Finding, width: int) -> Iterator[str]:
    title = _titled(explanation, cause)
    forms = confidence_forms(explanation, cause)
    yield _line("cause", fitting(tuple([_in_column(title, each, width) for each in forms]), width - _LABEL), width)
    where = f"in the call at event {cause.call:,}" if cause.call and cause.call != cause.event else ""
    if cause.function and cause.code is not Code.DAMAGED:
        yield _line("call", f"{cause.function}    {where}".strip(), width)
    elif where and cause.code is not Code.DAMAGED:
        yield _line("where", where, width)
    explained_by_values = bool(cause.leaves) and cause.code.family is not Family.RECORDED_MODULE
    says = note_of(cause) if explained_by_values else cause.sentence
    if event := effect_of(explanation, cause):
        says += f"; event {event:,}, in the same call, differs because of it"
    if says:
        yield from _wrapped("says", says, _SAYS, width)
    shown = cause.leaves[: 1 if says else _SHOWN_LEAVES]
    for leaf in shown:
        yield from _sides(leaf.path, *leaf.literals_in(_room_of_sides(width) - _QUOTES), width)
    if explained_by_values and len(cause.leaves) > len(shown):
        least = "at least " if len(cause.leaves) >= MOST_LEAVES else ""
        yield f"{_INDENT}  … and {least}{plural(len(cause.leaves) - len(shown), 'more field')}"
    # What only stands in another place is the same on both sides, and in the sentence.
    if not cause.leaves and cause.recorded != cause.now:
        sides = cause.recorded, cause.now
        if sides[0] is not None and sides[1] is not None:
            sides = apart(sides[0], sides[1], _room_of_sides(width))
        yield from _sides(cause.path, *sides, width)


def _titled(explanation: Explanation, cause: Finding) -> str:
    """A cause by its code, that it has an effect where its name says that it has none, and how often it shows."""
    effect = " with effect" if effect_of(explanation, cause) else ""
    places = f", at {cause.places:,} places" if cause.places > 1 else ""
    return f"{cause.code} {cause.code.description.title}{effect}{places}"


def effect_of(explanation: Explanation, cause: Finding) -> int:
    """The event in the call of a cosmetic change that differs by it, as its answer or a state; 0 for none."""
    if cause.code is not Code.COSMETIC:
        return 0
    for row in cause.rows:
        for behind in range(row + 1, min(len(explanation.labels), row + _BEHIND)):
            label = explanation.labels[behind]
            if label == Label.STATE or (label in (Label.CAUSE, Label.ACCEPTED) and behind not in cause.rows):
                break
            if label == Label.VALUE:
                recorded, now = explanation.rows.recorded[behind], explanation.rows.now[behind]
                return (now if recorded == NONE else recorded) + 1
    return 0


def _in_column(title: str, confidence: str, width: int) -> str:
    """How sure it is beside a cause, in the column where it stands, or nearer to the title where that is too far."""
    column = min(_CONFIDENCE, width - _LABEL - 1 - len(confidence))
    return f"{title:<{max(0, column)}} {confidence}".rstrip()


def _further(causes: Sequence[Finding], width: int) -> Iterator[str]:
    """The causes beside the first one, in two lines each, and how many more there are."""
    for cause in causes[:_FURTHER]:
        places = f", at {cause.places:,} places" if cause.places > 1 else ""
        yield _line("also", f"{cause.code} {cause.code.description.title} at event {cause.event:,}{places}", width)
        yield f"{_INDENT}  {_in_short(cause, width - _LABEL - 2)}"
    if len(causes) > _FURTHER:
        yield _line("", f"and {len(causes) - _FURTHER:,} more: --json tells them all", width)


def _in_short(cause: Finding, room: int) -> str:
    """What is recorded and now, where the values say it all; else the sentence."""
    if not cause.leaves or cause.code.family is Family.RECORDED_MODULE or cause.code is Code.OTHER_ANSWER_USED:
        return sentence_in(cause, cause.sentence, room)
    if note := note_of(cause):
        return sentence_in(cause, note, room)
    told = middle_cut(visible(cause.leaves[0].path), room // 2)
    half = (room - len(told) - len("  recorded   now ")) // 2
    recorded, now = cause.leaves[0].literals_in(half - _QUOTES)
    return f"{told}  recorded {_shown(recorded, half)}  now {_shown(now, half)}"


def _begun_with(head: str, cause: Finding, width: int) -> str:
    return f"{head}{_in_short(cause, width - len(head))}"


def note_of(cause: Finding) -> str:
    """What the values of a cause alone do not show well; empty where they do."""
    if cause.code in (Code.OTHER_ANSWER_USED, Code.STATE_TYPE):
        return cause.sentence
    kind = cosmetic(cause.leaves) if cause.code is Code.COSMETIC else None
    if kind is not None:
        return f"only the {kind} differs in {cause.path or cause.function}"
    return next((leaf.order_told for leaf in cause.leaves if leaf.is_reordered), "")


def _sides(path: str, recorded: str | None, now: str | None, width: int) -> Iterator[str]:
    room, label = _room_of_sides(width), f"  {visible(path)}"
    if len(label) > _PATH:
        yield f"{_INDENT}{middle_cut(label, width - _LABEL)}"
        label = ""
    yield f"{_INDENT}{label:<{_PATH}} recorded  {_shown(recorded, room)}"
    yield f"{_INDENT}{'':<{_PATH}} now       {_shown(now, room)}"


def _room_of_sides(width: int) -> int:
    return width - _LABEL - 26


def _shown(literal: str | None, room: int) -> str:
    return "nothing" if literal is None else middle_cut(visible(literal), room)


def _evidence(explanation: Explanation, cause: Finding, width: int) -> Iterator[tuple[int, list[str]]]:
    """Lines in their order, those that belong together at a time, each with how much it matters, 0 the most."""
    parted = cause != explanation.first_mismatch
    then, now = explanation.stacks_of(cause)
    room = width - _LABEL - len(_BOTH)
    if now and _top(now) == _top(then):
        yield 3, [_line("code", f"{_BOTH}{_top(now, room)}", width)]
    elif now or then:
        sides = [(name, frames) for name, frames in (("recorded", then), ("now", now)) if frames]
        line = "   ".join([f"{name}  {_top(frames)}" for name, frames in sides])
        if len(line) <= width - _LABEL:
            yield 1, [_line("code", line, width)]
        else:
            for label, (name, frames) in zip(("code", ""), sides, strict=False):
                yield 1, [_line(label, f"{name:<8}  {_top(frames, room)}", width)]
    first = explanation.causes[0]
    between = ", then only what was accepted" if parted else ""
    if cause is not first:
        between = f", then what differs from event {first.event:,} on"
    yield (
        2,
        [_line("before", f"{plural(explanation.same, 'event')} identical{between}", width)],
    )
    if len(cause.events) > 1:
        yield 3, [_line("places", _places(explanation, cause), width)]
    if explanation.remarks and not explanation.blameless:
        yield 1, _in_two("note", explanation.remarks[0], "", width)
    if explanation.not_tested:
        yield 0, _in_two("unknown", explanation.not_tested[0], _and_more(explanation.not_tested), width)


def _in_two(label: str, text: str, more: str, width: int) -> list[str]:
    """A sentence and how many more there are, in two lines at most."""
    head = f"{label:<{_LABEL - 1}} "
    lines = textwrap.wrap(visible(f"{text}{more}"), width - len(head))
    if len(lines) > 2:
        lines = textwrap.wrap(visible(text), width - len(head), max_lines=2, placeholder=" …")
        lines[-1] = end_cut(lines[-1], width - len(head) - len(more)) + more
    return [f"{'' if at else head:<{len(head)}}{line}" for at, line in enumerate(lines)]


def _places(explanation: Explanation, cause: Finding) -> str:
    """The recorded events at which a cause shows, and those before which it does; the first of them."""
    recorded = {explanation.rows.recorded[row] for row in cause.rows if row < len(explanation.rows)}
    told, has_extra = cause.events[:_SHOWN_PLACES], NONE in recorded
    before = [f"before event {event:,}" for event in told if has_extra and event - 1 not in recorded]
    at = [f"{event:,}" for event in told if not has_extra or event - 1 in recorded]
    parts = [", ".join(each) for each in (at, before) if each]
    more = f" and {len(cause.events) - _SHOWN_PLACES:,} more" if len(cause.events) > _SHOWN_PLACES else ""
    return "; ".join(parts) + more


def _fitting(groups: Iterator[tuple[int, list[str]]], most: int) -> list[str]:
    """As many of the lines that matter as there is room for, in their order; of those together all or a cut one."""
    found, kept = list(groups), dict[int, list[str]]()
    for place in sorted(range(len(found)), key=lambda place: found[place][0]):
        lines, left = found[place][1], most - sum(map(len, kept.values()))
        if left > 0:
            kept[place] = lines if len(lines) <= left else [end_cut(f"{lines[0]} …", len(lines[0]))]
    return [line for place in sorted(kept) for line in kept[place]]


def _top(frames: Sequence[Frame], room: int = 1 << 20) -> str:
    """The two innermost functions that a person wrote, with file and line where the module has line tables."""
    written = [frame for frame in frames if not frame.function.rpartition("::")[2].startswith(_GLUE)] or frames
    names = [visible(frame.function) for frame in written[:2]]
    if not names:
        return ""
    places = [f" ({visible(PurePath(frame.place).name)})" if frame.place else "" for frame in written[:2]]
    left = room - sum([len(place) for place in places])
    if len(names) > 1:
        left -= len(_CALLED_BY)
        names[1] = path_cut(names[1], max(left - len(names[0]), left // 2))
        left -= len(names[1])
    names[0] = path_cut(names[0], left)
    return _CALLED_BY.join([name + place for name, place in zip(names, places, strict=True)])


def _and_more(sentences: Sequence[str]) -> str:
    return f" ({len(sentences) - 1} more unknown: --json)" if len(sentences) > 1 else ""


def _line(label: str, text: str, width: int) -> str:
    head = f"{label:<{_LABEL - 1}} "
    return head + middle_cut(visible(text), width - len(head))


def _wrapped(label: str, text: str, most: int, width: int) -> Iterator[str]:
    lines = textwrap.wrap(visible(text), width - _LABEL, max_lines=most, placeholder=" …")
    for number, line in enumerate(lines):
        yield f"{label if number == 0 else '':<{_LABEL}}{line}"
