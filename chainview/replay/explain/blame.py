"""Whose fault it is: what the recorded module does not make again either is no fault of the edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainview.replay.differences.codes import Code
from chainview.replay.explain.control import Control
from chainview.replay.explain.explanation import Finding
from chainview.replay.explain.findings import Findings
from chainview.replay.explain.rules import Rule, split_accepted
from chainview.replay.run.recording import Recording

_NOT_BY_THE_EDIT = (Code.OTHER_ENCODING, Code.OTHER_ENGINE, Code.HIDDEN_STATE)
"""What is no fault of the edit by itself, and says more than that the recording can't be made again."""


def without_own(findings: Findings, own: Findings, finding: Finding, rules: Sequence[Rule]) -> Findings:
    """The findings on a build when the recorded modules part from their own recording too, with findings of their own.

    What they do differently in the same way stands as one `finding`, and what remains is the edit's.
    """
    known = {_key(each): each for each in (*own.causes, *own.accepted)}
    theirs = [each for each in findings.causes if _key(each) in known]
    edits = [each for each in findings.causes if _key(each) not in known]
    if not theirs:
        return findings
    named = [known[_key(each)].code in _NOT_BY_THE_EDIT for each in theirs]
    kept = [
        replace(each, code=known[_key(each)].code, sentence=known[_key(each)].sentence)
        for each, is_named in zip(theirs, named, strict=True)
        if is_named
    ]
    rest = [each for each, is_named in zip(theirs, named, strict=True) if not is_named]
    if rest:
        kept.append(_placed(finding, rest))
    causes, accepted = split_accepted(kept, rules)
    causes = sorted([*edits, *causes], key=lambda each: each.event)
    return Findings(
        all=tuple(sorted([*edits, *findings.accepted, *kept], key=lambda each: each.event)),
        causes=tuple(causes),
        accepted=(*findings.accepted, *accepted),
        sentence=f"{causes[0].sentence}; the edit is not to blame" if causes and not edits else "",
        blameless=not edits,
    )


def _key(found: Finding) -> tuple[object, ...]:
    return found.event, found.function, found.path, found.now


def _placed(finding: Finding, shown: list[Finding]) -> Finding:
    """The finding with what shows at its place; else at the first place at which anything shows."""
    place = next((each for each in shown if each.event == finding.event), shown[0])
    return replace(
        place,
        code=finding.code,
        sentence=finding.sentence,
        places=sum(each.places for each in shown),
        rows=tuple(row for each in shown for row in each.rows),
    )


def irreproducible(recording: Recording, control: Control) -> Finding:
    """What is said of a recording that the modules which made it do not make again."""
    table, places = recording.table, control.places
    place = places[0]
    call = table.call_of(place) if place < len(table) else None
    numbers = [f"#{each + 1:,}" for each in places]
    if len(set(places)) > 1:
        code, detail = Code.RANDOM, f"its replays part from the recording at {', '.join(numbers)}"
    elif len(places) == 1:
        code, detail = Code.RANDOM, f"one replay parts from the recording at {numbers[0]}, another one nowhere"
    elif control.work is not None:
        code, detail = Code.UNRECORDED_INPUT, f"event {place + 1:,} ({control.work})"
    else:
        code = Code.NOT_REPRODUCIBLE
        detail = f"it differs at event {place + 1:,} in {len(places)} of {len(places)} tries"
    sentence = code.says(detail=detail)
    return Finding(code, place + 1, 0 if call is None else call + 1, "", "", None, None, sentence)
