"""Two chains that are compared and belong to two actors: what differs between those says nothing."""

from __future__ import annotations

from dataclasses import replace

from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.run.recording import Recording


def of_two_actors(explanation: Explanation, then: Recording, now: Recording) -> Explanation:
    """The explanation with A3 as its only cause when the chains are of two actors; else as it was told."""
    first = explanation.first_mismatch
    if first is None or explanation.passes or not _are_two(then, now):
        return explanation
    names = [each.header.actor_name for each in (then, now) if each.header is not None]
    detail = f"the chains are of two actors, {' and '.join(names)}, and have no call in common"
    sentence = Code.OTHER_MODULE.says(detail=detail)
    finding = Finding(Code.OTHER_MODULE, first.event, first.call, "", "", None, None, sentence, rows=first.rows)
    return replace(
        explanation, sentence=sentence, first_mismatch=finding, causes=(finding,), accepted=(), not_tested=()
    )


def _are_two(then: Recording, now: Recording) -> bool:
    """Whether names, modules and calls differ; one of these alone also changes when an actor is worked on."""
    one, other = then.header, now.header
    if one is None or other is None or one.actor_name == other.actor_name or one.module_sha256 == other.module_sha256:
        return False
    if not (one.actor_name and other.actor_name and one.module_sha256 and other.module_sha256):
        return False
    functions, functions_now = then.functions(), now.functions()
    return bool(functions and functions_now) and functions.isdisjoint(functions_now)
