"""From a replay, or from two recordings, to what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainview.chain.files.verify import Verification
from chainview.replay.align.first_mismatch import first_mismatch
from chainview.replay.align.history import Side
from chainview.replay.differences.codes import Code
from chainview.replay.explain.comparison import Comparison, compare, reconverges_at
from chainview.replay.explain.explanation import Explanation, Finding, Verdict, consequences_of, finding_of
from chainview.replay.explain.rules import Rule, split_accepted
from chainview.replay.explain.two_actors import of_two_actors
from chainview.replay.run.recording import Recording


def diff_chains(recorded: Recording, now: Recording, rules: Sequence[Rule] = ()) -> Explanation:
    """Compares two recordings, both of which must be sound; the first stands for `recorded`."""
    first = first_mismatch(recorded.table, now.table)
    base = Explanation(
        command="diff",
        mode="diff",
        verdict="identical",
        sentence=f"identical: {len(recorded):,} events",
        recorded_events=len(recorded),
        now_events=len(now),
        same=len(recorded) if first is None else first,
        recorded_module=_module(recorded),
        now_module=_module(now),
    )
    if first is None:
        return base
    compared = compare(Side(recorded), Side(now), first, in_step=False)
    return of_two_actors(explained(base, compared, rules, untested(compared)), recorded, now)


def unusable(mode: str, broken: Recording, verification: Verification, which: str = "the recording") -> Explanation:
    """What is said when a recording fails its own verification: nothing can be said about the actor."""
    problem = verification.problems[0]
    detail = f"{which}, event {problem.event:,}: {problem.message}" if problem.event else f"{which}: {problem.message}"
    sentence = Code.DAMAGED.says(detail=detail)
    event = max(1, problem.event)
    function = broken.table.event_type(event - 1) if event <= len(broken.table) else ""
    finding = Finding(Code.DAMAGED, event, 0, function, "", None, None, sentence)
    return Explanation(
        command="replay",
        mode=mode,
        verdict="unusable",
        sentence=f"{sentence}; nothing can be said about the actor",
        recorded_events=len(broken),
        first_mismatch=finding,
        causes=(finding,),
        recorded_module=_module(broken),
        not_tested=("everything: the chain is not sound",),
    )


def unusable_pair(then: Recording, now: Recording, explanation: Explanation) -> Explanation:
    """What is said of two chains when one of them is unusable, which is what `explanation` says of it."""
    return replace(
        explanation,
        command="diff",
        recorded_events=len(then),
        now_events=len(now),
        recorded_module=_module(then),
        now_module=_module(now),
    )


def untested(compared: Comparison) -> list[str]:
    """What the comparison took for granted."""
    judged, doubts = compared.judged, list[str]()
    if judged.undecided:
        doubts.append(f"whether {_counted(judged.undecided, 'call')} given another state would be as recorded")
    if judged.untraced:
        doubts.append(f"whether {_counted(judged.untraced, 'later difference')} in a call came with its first")
    if judged.answered:
        doubts.append(f"whether {_counted(judged.answered, 'other answer')} came of what was asked")
    return doubts


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def explained(base: Explanation, compared: Comparison, rules: Sequence[Rule], not_tested: Sequence[str]) -> Explanation:
    """The explanation of a comparison; causes that a rule accepts do not count."""
    pairs = [(cause, finding_of(cause)) for cause in compared.judged.causes]
    found = [finding for _, finding in pairs]
    if compared.encoding is not None:
        found.insert(0, compared.encoding)
    causes, accepted = split_accepted(found, rules)
    # With a cause is accepted what it explains, but not what is only taken as following from it.
    suspects = [each for cause, finding in pairs if finding in accepted for each in cause.suspects]
    if suspects:
        more, more_accepted = split_accepted([finding_of(each) for each in suspects], rules)
        causes, accepted = sorted([*causes, *more], key=lambda each: each.event), [*accepted, *more_accepted]
    verdict: Verdict = "diverged" if causes else "accepted" if accepted else "identical"
    return replace(
        base,
        verdict=verdict,
        sentence=sentence_of(verdict, base.recorded_events, found, causes) if found else base.sentence,
        first_mismatch=found[0] if found else None,
        causes=tuple(causes),
        accepted=tuple(accepted),
        consequences=consequences_of(compared.judged),
        reconverges_at=reconverges_at(compared),
        not_tested=tuple(not_tested),
        rows=compared.rows,
        labels=bytes(compared.judged.labels),
    )


def sentence_of(verdict: Verdict, recorded_events: int, found: Sequence[Finding], causes: Sequence[Finding]) -> str:
    """The verdict of a comparison that found something, in a sentence."""
    if verdict == "accepted":
        return f"differs only in what was accepted, {len(found):,} cause{'' if len(found) == 1 else 's'}"
    more = f"; {len(causes) - 1:,} more cause{'' if len(causes) == 2 else 's'}" if len(causes) > 1 else ""
    return f"differs at event {causes[0].event:,} of {recorded_events:,}: {causes[0].sentence}{more}"


def _module(recording: Recording) -> str:
    return recording.header.module_sha256 if recording.header else ""
