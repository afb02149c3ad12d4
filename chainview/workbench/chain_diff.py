"""Two chain files compared, and two families."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from chainview.chain.families.folder import RecordedFamily
from chainview.chain.families.member import Member
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import verify
from chainview.chain.table import EventTable
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.hashes import diff_hashes
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.subject import unusable_pair
from chainview.replay.families.counterpart import Counterpart
from chainview.replay.families.findings import Compared, FamilyFindings, findings, time_of_first
from chainview.replay.run.recording import Recording
from chainview.system.errors import ChainviewError
from chainview.workbench.replay_request import accepted_rules


def diff_chains(recorded: str | Path, now: str | Path, *, accept: str | Path | None = None) -> Explanation:
    """Compares two chains, of any format; the first counts as recorded. Raises ChainviewError for an unusable file."""
    rules = accepted_rules(None if accept is None else Path(accept), str(recorded))
    with open_chain(recorded) as opened, open_chain(now) as opened_now:
        return diff_opened((opened, opened_now), rules, (str(recorded), str(now)))


def diff_opened(chains: tuple[OpenedChain, OpenedChain], rules: Sequence[Rule], names: tuple[str, str]) -> Explanation:
    """Compares two chains that stay open for what is to be shown of their events, whose tables are full then."""
    found = [verify(each).completeness for each in chains]
    held = [Recording(each.table, each.schema, each.header, each.notes) for each in chains]
    one, other = [each.as_far_as(sound) for each, sound in zip(held, found, strict=True)]
    if any(not each.completeness.sound and not each.completeness.until for each in (one, other)):
        return unusable_pair(one, other, names)
    with_payloads = all(each.holds_payloads for each in chains)
    difference = (diff_recordings if with_payloads else diff_hashes)(one, other, rules, names)
    for each in chains:
        each.require_unchanged()
    return difference


def diff_families(recorded: RecordedFamily, now: RecordedFamily, *, accept: str | Path | None = None) -> FamilyFindings:
    """Compares two families member by member: those of the same number and name, else of the same number.

    A member of either that the other does not have is told as one that was not compared.
    """
    compared, tables = list[Compared](), dict[int, EventTable]()
    with ExitStack() as held:
        counterparts = _counterparts(recorded.members, now.members)
        for member in recorded.members:
            other = counterparts.get(member.number)
            if other is None:
                compared.append(_alone(member, recorded, now))
                continue
            with_other = Counterpart(other.file)
            try:
                for each in (member, other):
                    if each.problem:
                        raise ChainviewError(f"{each.file}: {each.problem}")
                explanation = diff_chains(member.file, other.file, accept=accept)
                table = held.enter_context(open_chain(member.file)).load().table
            except ChainviewError as error:
                compared.append(Compared(member, with_other, problem=error.sentence))
                continue
            tables[member.number] = table
            compared.append(Compared(member, with_other, explanation, time_ns=time_of_first(explanation, table)))
        met = {other.number for other in counterparts.values()}
        left = [other for other in now.members if other.number not in met]
        for number, other in enumerate(left, len(recorded.members)):
            compared.append(_alone(replace(other, number=number), now, recorded))
        remarks = [*recorded.remarks, *now.remarks]
        return findings("diff", "diff", recorded.where, compared, tables, remarks, now.where)


def _alone(member: Member, own: RecordedFamily, other: RecordedFamily) -> Compared:
    return Compared(member, problem=f"{other.where} has no such actor", only_in=own.where)


def _counterparts(members: Sequence[Member], others: Sequence[Member]) -> dict[int, Member]:
    """By the numbers of members those of another family of the same number and name.

    Of those that are left then those of the same name, then those of the same number.
    """
    found, left = dict[int, Member](), dict.fromkeys(others)
    for sign in (lambda each: (each.number, each.name), lambda each: each.name, lambda each: each.number):
        by_sign = dict[object, list[Member]]()
        for other in left:
            by_sign.setdefault(sign(other), []).append(other)
        for member in members:
            alike = by_sign.get(sign(member))
            if member.number not in found and alike:
                found[member.number] = alike.pop(0)
                del left[found[member.number]]
    return found
