"""From what was found to what is said of it: the one place where an explanation is made."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chainview.chain.event import Frame
from chainview.chain.files.completeness import NOT_TO_ITS_END, Completeness, RecordingState
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE
from chainview.replay.differences.codes import Code
from chainview.replay.explain.blame import hidden_state_blame, hidden_state_told
from chainview.replay.explain.comparison import Comparison, reconverges_at
from chainview.replay.explain.explanation import Consequences, ControlOutcome, Explanation, Finding
from chainview.replay.explain.findings import NOTHING_FOUND, Findings
from chainview.replay.judge.causes import Label
from chainview.replay.run.recording import Recording
from chainview.system.wording import plural

_NAMED = 4
"""Events that are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an explanation is about: two histories, and how the second one came about."""

    command: Literal["replay", "diff"]
    mode: str
    recording: Completeness
    now_events: int = 0
    same: int = 0
    """How many events at the beginning are identical."""
    control: ControlOutcome = ControlOutcome.NOT_TESTED
    recorded_module: str = ""
    now_module: str = ""
    recorded_stack: tuple[Frame, ...] = ()
    now_stack: tuple[Frame, ...] = ()
    live_host_calls: int = 0
    reworded: int = 0
    remarks: tuple[str, ...] = ()
    other: Completeness | None = None
    """How much of what happened the second one holds, where it is a recording too."""
    names: tuple[str, str] = ("", "")
    """What both recordings are called."""
    without_end: tuple[int, ...] = ()
    """The indices of recorded calls of which the end was not recorded, although what came later was."""

    @property
    def recordings(self) -> list[tuple[Completeness, str]]:
        """What there is of each recording, and what it is called."""
        both = zip((self.recording, self.other), self.names, strict=True)
        return [(held, name) for held, name in both if held is not None]

    @property
    def least(self) -> Completeness:
        """That of the recording which is the first to end."""
        return min([held for held, _ in self.recordings], key=lambda held: held.until)

    @property
    def in_call(self) -> bool:
        """Whether the last call of a recording was not recorded to its end."""
        return any(held.state is RecordingState.IN_CALL for held, _ in self.recordings)


_TOLD_BY_FINDINGS = (Label.CAUSE, Label.VALUE, Label.STATE)


def explanation_of(
    subject: Subject,
    findings: Findings = NOTHING_FOUND,
    compared: Comparison | None = None,
    not_tested: Sequence[str] = (),
) -> Explanation:
    """The explanation; without a comparison there are no rows, and nothing follows from anything."""
    held = subject.recording
    labels = b"" if compared is None else _labels(compared.judged.labels, findings)
    rows = Alignment() if compared is None else compared.rows
    consequences = Consequences(*map(labels.count, (Label.LINK, Label.STATE, Label.VALUE, Label.SHIFT)))
    findings = _with_damage(findings, subject)
    if not held.sound:
        rows, labels = with_unreached(rows, labels, held.until, held.events)
    elif compared is None and findings.causes and subject.other is None:
        # The replay gave up where all was the same.
        rows, labels = with_unreached(rows, labels, subject.same, held.events)
    return Explanation(
        command=subject.command,
        mode=subject.mode,
        verdict=findings.verdict,
        sentence=_sentence(findings, subject),
        recorded_events=held.events,
        now_events=subject.now_events,
        same=subject.same,
        first_mismatch=findings.all[0] if findings.all else None,
        causes=findings.causes,
        accepted=findings.accepted,
        consequences=consequences,
        reconverges_at=None if compared is None else reconverges_at(compared),
        control=subject.control,
        not_tested=(*_not_recorded(subject), *not_tested),
        recorded_module=subject.recorded_module,
        now_module=subject.now_module,
        recorded_stack=subject.recorded_stack,
        now_stack=subject.now_stack,
        live_host_calls=subject.live_host_calls,
        reworded=subject.reworded,
        remarks=subject.remarks,
        blameless=findings.blameless,
        recording=held,
        other=subject.other,
        rows=rows,
        labels=labels,
    )


def _labels(judged: bytes, findings: Findings) -> bytes:
    """The labels of the rows: a cause that a rule accepts is told from one that counts, whatever it was taken for."""
    labels = bytearray(judged)
    for label, found in ((Label.ACCEPTED, findings.accepted), (Label.CAUSE, findings.causes)):
        rows = [row for each in found for row in each.rows if row < len(labels)]
        for row in rows:
            labels[row] = label if judged[row] in _TOLD_BY_FINDINGS else judged[row]
    return bytes(labels)


def unusable(mode: str, broken: Recording) -> Explanation:
    """What is said of a recording that is damaged before its first call: nothing can be said about the actor."""
    return _unusable(Subject("replay", mode, broken.completeness, recorded_module=module_of(broken)))


def unusable_pair(then: Recording, now: Recording, names: tuple[str, str]) -> Explanation:
    """What is said of two chains when one of them holds no event that is sound."""
    return _unusable(pair_of(then, now, names=names))


def pair_of(recorded: Recording, now: Recording, same: int = 0, names: tuple[str, str] = ("", "")) -> Subject:
    """Two chains that are compared, of which the first events are the same."""
    return Subject(
        "diff",
        "diff",
        recorded.completeness,
        now.completeness.events,
        same,
        recorded_module=module_of(recorded),
        now_module=module_of(now),
        other=now.completeness,
        names=names,
    )


def module_of(recording: Recording) -> str:
    """The SHA-256 of the module that made a recording, empty where it is not known."""
    return recording.header.module_sha256 if recording.header else ""


def untested(compared: Comparison) -> list[str]:
    """What the comparison took for granted."""
    judged, doubts = compared.judged, list[str]()
    if judged.undecided:
        calls = plural(len(judged.undecided), "call")
        it, differ = ("it", "differs") if len(judged.undecided) == 1 else ("they", "differ")
        doubts.append(
            f"whether {calls} of the actor {differ} only because {it} began with another state than recorded: "
            f"{_places(judged.undecided)}"
        )
    if judged.untraced:
        is_one = len(set(judged.untraced)) == 1
        told = "is a cause of its own or follows" if is_one else "are causes of their own or follow"
        doubts.append(
            f"whether {_places(judged.untraced)} {told} from what differs earlier in the same call of the actor"
        )
    if judged.half_separated:
        doubts.append("whether there are more causes: the changes in the build are too many to try each by itself")
    if judged.unread:
        doubts.append(f"what {plural(judged.unread, 'more difference')} come from, later in calls that already differ")
    if judged.answered:
        doubts.append(f"whether {plural(judged.answered, 'answer')} would differ if the same were asked")
    return doubts


def _places(indices: Sequence[int]) -> str:
    """The events of these indices, the first of them."""
    numbers = [f"{index + 1:,}" for index in dict.fromkeys(indices)]
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"{'event' if len(numbers) == 1 else 'events'} {', '.join(numbers[:_NAMED])}{more}"


def identical(held: Completeness, same: int | None = None) -> str:
    """That nothing differs, as far as it was recorded; of two recordings in their first `same` events."""
    if not held.sound:
        return f"identical up to event {held.until if same is None else same:,} of {held.events:,}"
    so_far = f" so far, {NOT_TO_ITS_END}" if held.state is RecordingState.IN_CALL else ""
    return f"identical{so_far}: {plural(held.events if same is None else same, 'event')}"


def _sentence(findings: Findings, subject: Subject) -> str:
    """The verdict in a sentence."""
    damages = [each.sentence for each in findings.causes if each.code is Code.DAMAGED]
    if len(damages) < len(findings.causes):
        if findings.sentence:
            return findings.sentence
        first, *others = findings.causes
        by_whom = _hidden_state_told(first, subject)
        more = f"; {plural(len(others), 'more cause')}" if others else ""
        return f"differs at event {first.event:,} of {subject.recording.events:,}: {first.sentence}{by_whom}{more}"
    same = subject.same if subject.other is not None else None
    told = findings.sentence or identical(subject.least, same)
    if findings.accepted:
        until = f" up to event {subject.least.until:,}" if damages else ""
        told = f"differs only in what was accepted{until}, {plural(len(findings.accepted), 'cause')}"
    if subject.without_end:
        damages.insert(0, f"{_without_end(subject)} was not recorded")
    if subject.in_call and NOT_TO_ITS_END not in told:
        damages.insert(0, NOT_TO_ITS_END)
    return "; ".join([told, *damages])


def _hidden_state_told(cause: Finding, subject: Subject) -> str:
    """Who brought a hidden state, where a replay found one that is not the recorded module's own."""
    if cause.code is not Code.HIDDEN_STATE or cause.own or subject.command == "diff":
        return ""
    return hidden_state_told(hidden_state_blame(subject.control, subject.recorded_module, subject.now_module))


def _with_damage(findings: Findings, subject: Subject) -> Findings:
    """The findings, and behind them what is damaged, which no rule accepts."""
    found = [_damage(held, name) for held, name in subject.recordings if not held.sound]
    if not found:
        return findings
    return replace(findings, all=(*findings.all, *found), causes=(*findings.causes, *found), blameless=False)


def _damage(held: Completeness, name: str) -> Finding:
    where = ", ".join([part for part in (name, held.where) if part])
    sentence = Code.DAMAGED.says(detail=where)
    rows = (held.until,) if held.until < held.events else ()
    return Finding(Code.DAMAGED, max(1, held.event), 0, held.event_type, "", None, None, sentence, rows=rows)


def _not_recorded(subject: Subject) -> Iterator[str]:
    """What can't be tested because it is not recorded, or can't be read."""
    if subject.without_end:
        yield f"{_without_end(subject)}: that was not recorded"
    for held, name in subject.recordings:
        of = f" of {name}" if name else ""
        if held.state is RecordingState.IN_CALL:
            yield f"how the last call{of} ends: it was not recorded to its end"
        elif not held.sound:
            yield f"what comes after event {held.until:,}{of}: the recording is damaged there"


def _without_end(subject: Subject) -> str:
    calls, end = ("call", "ends") if len(subject.without_end) == 1 else ("calls", "end")
    return f"how the {calls} at {_places(subject.without_end)} {end}"


def with_unreached(rows: Alignment, labels: bytes, until: int, events: int) -> tuple[Alignment, bytes]:
    """The rows with those of the events behind where the recording is damaged, or the replay gave up."""
    if not labels:
        rows.add_equal(0, 0, until)
        labels = bytes(until)
    behind = range(until, events)
    gaps = array("q", (NONE,)) * len(behind)
    extended = replace(rows, recorded=rows.recorded + array("q", behind), now=rows.now + gaps)
    unreached = bytes((Label.CAUSE, *(Label.UNREACHED,) * (len(behind) - 1))) if behind else b""
    return extended, labels + unreached


def _unusable(subject: Subject) -> Explanation:
    explanation = explanation_of(subject)
    sentence = f"{explanation.causes[0].sentence}; nothing can be said about the actor"
    return replace(explanation, sentence=sentence, not_tested=("everything: the chain is not sound",))
