"""From what was found to what is said of it: the one place where an explanation is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chainview.chain.event import Frame
from chainview.chain.files.verification import Verification
from chainview.replay.align.alignment import Alignment
from chainview.replay.differences.codes import Code
from chainview.replay.explain.comparison import Comparison, reconverges_at
from chainview.replay.explain.explanation import Consequences, ControlOutcome, Explanation, Finding, Verdict
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
    recorded_events: int
    now_events: int = 0
    same: int = 0
    """How many events at the beginning are identical."""
    control: ControlOutcome = ControlOutcome.NOT_TESTED
    recorded_module: str = ""
    now_module: str = ""
    recorded_stack: tuple[Frame, ...] = ()
    now_stack: tuple[Frame, ...] = ()
    live_host_calls: int = 0


def explanation_of(
    subject: Subject,
    findings: Findings = NOTHING_FOUND,
    compared: Comparison | None = None,
    not_tested: Sequence[str] = (),
) -> Explanation:
    """The explanation; without a comparison there are no rows, and nothing follows from anything."""
    labels = b"" if compared is None else compared.judged.labels
    return Explanation(
        command=subject.command,
        mode=subject.mode,
        verdict=findings.verdict,
        sentence=findings.sentence or _sentence(findings, subject.recorded_events),
        recorded_events=subject.recorded_events,
        now_events=subject.now_events,
        same=subject.same,
        first_mismatch=findings.all[0] if findings.all else None,
        causes=findings.causes,
        accepted=findings.accepted,
        consequences=Consequences(*map(labels.count, (Label.LINK, Label.STATE, Label.VALUE, Label.SHIFT))),
        reconverges_at=None if compared is None else reconverges_at(compared),
        control=subject.control,
        not_tested=tuple(not_tested),
        recorded_module=subject.recorded_module,
        now_module=subject.now_module,
        recorded_stack=subject.recorded_stack,
        now_stack=subject.now_stack,
        live_host_calls=subject.live_host_calls,
        blameless=findings.blameless,
        rows=Alignment() if compared is None else compared.rows,
        labels=labels,
    )


def unusable(mode: str, broken: Recording, verification: Verification) -> Explanation:
    """What is said when a recording fails its own verification: nothing can be said about the actor."""
    subject = Subject("replay", mode, len(broken), recorded_module=module_of(broken))
    return _unusable(subject, broken, verification, "the recording")


def unusable_pair(
    then: Recording, now: Recording, broken: Recording, verification: Verification, name: str
) -> Explanation:
    """What is said of two chains when one of them, of that name, fails its own verification."""
    return _unusable(pair_of(then, now), broken, verification, name)


def pair_of(recorded: Recording, now: Recording, same: int = 0) -> Subject:
    """Two chains that are compared, of which the first events are the same."""
    modules = module_of(recorded), module_of(now)
    return Subject("diff", "diff", len(recorded), len(now), same, recorded_module=modules[0], now_module=modules[1])


def module_of(recording: Recording) -> str:
    """The SHA-256 of the module that made a recording, empty where it is not known."""
    return recording.header.module_sha256 if recording.header else ""


def untested(compared: Comparison) -> list[str]:
    """What the comparison took for granted."""
    judged, doubts = compared.judged, list[str]()
    if judged.undecided:
        calls = plural(len(judged.undecided), "call")
        doubts.append(f"whether {calls} given another state would be as recorded: {_places(judged.undecided)}")
    if judged.untraced:
        later = plural(len(judged.untraced), "later difference")
        doubts.append(f"whether {later} in a call came with its first: {_places(judged.untraced)}")
    if judged.unread:
        doubts.append(
            f"whether {plural(judged.unread, 'more difference')} in a call came with its first: not looked into"
        )
    if judged.answered:
        doubts.append(f"whether {plural(judged.answered, 'other answer')} came of what was asked")
    return doubts


def _places(indices: Sequence[int]) -> str:
    """The events of these indices, the first of them."""
    numbers = [f"{index + 1:,}" for index in dict.fromkeys(indices)]
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"{'event' if len(numbers) == 1 else 'events'} {', '.join(numbers[:_NAMED])}{more}"


def _sentence(findings: Findings, recorded_events: int) -> str:
    """The verdict in a sentence."""
    if findings.verdict is Verdict.IDENTICAL:
        return f"identical: {recorded_events:,} events"
    if findings.verdict is Verdict.ACCEPTED:
        return f"differs only in what was accepted, {plural(len(findings.all), 'cause')}"
    first, *others = findings.causes
    more = f"; {plural(len(others), 'more cause')}" if others else ""
    return f"differs at event {first.event:,} of {recorded_events:,}: {first.sentence}{more}"


def _unusable(subject: Subject, broken: Recording, verification: Verification, name: str) -> Explanation:
    problem = verification.problems[0]
    detail = f"{name}, event {problem.event:,}: {problem.message}" if problem.event else f"{name}: {problem.message}"
    sentence = Code.DAMAGED.says(detail=detail)
    event = max(1, problem.event)
    function = broken.table.event_type(event - 1) if event <= len(broken.table) else ""
    finding = Finding(Code.DAMAGED, event, 0, function, "", None, None, sentence)
    findings = Findings((finding,), (finding,), sentence=f"{sentence}; nothing can be said about the actor")
    return explanation_of(subject, findings, not_tested=("everything: the chain is not sound",))
