"""What was found in a comparison: what counts as a cause, and what a rule accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainview.replay.differences.codes import Code
from chainview.replay.explain.comparison import Comparison
from chainview.replay.explain.explanation import Finding, Verdict
from chainview.replay.explain.rules.rule import Rule, split_accepted
from chainview.replay.judge.causes import Cause


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, in order; of it the `causes` count, what is `accepted` does not.

    `sentence` says it all where the first cause and the number of them do not.
    """

    all: tuple[Finding, ...] = ()
    causes: tuple[Finding, ...] = ()
    accepted: tuple[Finding, ...] = ()
    sentence: str = ""
    blameless: bool = False
    """Whether all that counts is what the recorded modules do not make again either."""

    @property
    def verdict(self) -> Verdict:
        """What they come to."""
        if self.causes and all(each.code is Code.DAMAGED for each in self.causes):
            return Verdict.UNUSABLE
        return Verdict.DIVERGED if self.causes else Verdict.ACCEPTED if self.accepted else Verdict.IDENTICAL


NOTHING_FOUND = Findings()


def findings_of(compared: Comparison, rules: Sequence[Rule]) -> Findings:
    """What a comparison found; causes that a rule accepts do not count."""
    pairs = [(cause, _finding(cause)) for cause in compared.judged.causes]
    found = [finding for _, finding in pairs]
    if compared.encoding is not None:
        found.insert(0, compared.encoding)
    causes, accepted = split_accepted(found, rules)
    # With a cause is accepted what it explains, but not what is only taken as following from it.
    suspects = [each for cause, finding in pairs if finding in accepted for each in cause.suspects]
    if suspects:
        more, more_accepted = split_accepted([_finding(each) for each in suspects], rules)
        causes, accepted = sorted([*causes, *more], key=lambda each: each.event), [*accepted, *more_accepted]
    return Findings(tuple(found), tuple(causes), tuple(accepted))


_NAMED = 3
"""The places that a sentence names beside the first one."""


def wrong_pairing(detail: str, first: Finding) -> Findings:
    """The only finding where both sides do not belong together: what else differs says nothing."""
    sentence = Code.OTHER_MODULE.says(detail=detail)
    finding = Finding(Code.OTHER_MODULE, first.event, first.call, "", "", None, None, sentence, rows=first.rows)
    return Findings((finding,), (finding,), sentence=sentence)


def _further(events: Sequence[int]) -> str:
    """The numbers of some events, the first of them."""
    told = ", ".join([f"{event + 1:,}" for event in events[:_NAMED]])
    more = f" and {len(events) - _NAMED:,} more" if len(events) > _NAMED else ""
    return f"event {told}" if len(events) == 1 else f"events {told}{more}"


def _finding(cause: Cause) -> Finding:
    """A cause in the numbers and words of a report."""
    first = cause.first
    # A chain ends once, however many calls the other one has more.
    events = cause.events[:1] if first.code is Code.LENGTH else cause.events
    # What is extra stands on no recorded event.
    at = "before" if first.recorded is None and first.code in (Code.EXTRA_CALL, Code.UNANSWERABLE) else "at"
    again = f"; also {at} {_further(events[1:])}" if len(events) > 1 else ""
    return Finding(
        code=first.code,
        event=first.event + 1,
        call=0 if first.call is None else first.call + 1,
        function=first.function,
        path=first.path,
        recorded=first.recorded,
        now=first.now,
        sentence=first.sentence + again,
        leaves=first.leaves,
        places=len(events),
        events=tuple([event + 1 for event in events]),
        rows=cause.rows,
        recorded_stack=first.stack,
        now_stack=first.stack_now,
        seen=cause.seen,
        too_many=not cause.seen,
        relations=cause.relations,
        kind=None if first.became is None else first.became.kind,
    )
