"""Explaining how two recordings differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainview.chain.table import EventTable
from chainview.replay.differences.builds import Builds
from chainview.replay.differences.state_type import StateTypes
from chainview.replay.explain.comparison import compare, lay_out
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.findings import findings_of, wrong_pairing
from chainview.replay.explain.rules.rule import Rule, unused_told
from chainview.replay.explain.subject import explanation_of, module_of, pair_of, untested
from chainview.replay.run.recording import Recording


def diff_recordings(
    recorded: Recording, now: Recording, rules: Sequence[Rule] = (), names: tuple[str, str] = ("", "")
) -> Explanation:
    """Compares two recordings, as far as they are sound, by what they are called; the first stands for `recorded`."""
    explanation = _explained(recorded, now, rules, names)
    return replace(explanation, remarks=(*explanation.remarks, *unused_told(rules, explanation)))


def _explained(recorded: Recording, now: Recording, rules: Sequence[Rule], names: tuple[str, str]) -> Explanation:
    first = first_mismatch(recorded.table, now.table)
    if first is None:
        return explanation_of(pair_of(recorded, now, len(recorded), names))
    subject = pair_of(recorded, now, first, names)
    one_module = bool(module_of(recorded)) and module_of(recorded) == module_of(now)
    compared = compare(lay_out(recorded, now, first, in_step=False), builds=Builds(StateTypes(one_module=one_module)))
    findings = findings_of(compared, rules)
    if findings.causes and _of_two_actors(recorded, now):
        header, header_now = recorded.header, now.header
        actors = [each.actor_name for each in (header, header_now) if each is not None]
        detail = f"the chains are of two actors, {' and '.join(actors)}, and have no call in common"
        return explanation_of(subject, wrong_pairing(detail, findings.all[0]), compared)
    return explanation_of(subject, findings, compared, untested(compared))


def first_mismatch(recorded: EventTable, now: EventTable) -> int | None:
    """The index of the first event whose hash differs, or at which one chain ends; None for identical chains.

    Both chains must have been checked: then an equal hash means that everything before it is equal too, and some
    twenty comparisons find the place among a million events. Events without a hash count as different.
    """
    low, high = 0, min(len(recorded), len(now))
    if high and _same(recorded, now, high - 1):
        low = high
    while low < high:
        middle = (low + high) // 2
        if _same(recorded, now, middle):
            low = middle + 1
        else:
            high = middle
    return None if low == len(recorded) == len(now) else low


def _same(recorded: EventTable, now: EventTable, index: int) -> bool:
    hash_ = recorded.hash(index)
    return hash_ is not None and hash_ == now.hash(index)


def _of_two_actors(then: Recording, now: Recording) -> bool:
    """Whether names, modules and calls differ; one of these alone also changes when an actor is worked on."""
    one, other = then.header, now.header
    if one is None or other is None or one.actor_name == other.actor_name or one.module_sha256 == other.module_sha256:
        return False
    if not (one.actor_name and other.actor_name and one.module_sha256 and other.module_sha256):
        return False
    functions, functions_now = then.functions(), now.functions()
    return bool(functions and functions_now) and functions.isdisjoint(functions_now)
