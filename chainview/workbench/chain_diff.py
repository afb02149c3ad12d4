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
from chainview.replay.explain.rules import Rule
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
    one, other = [Recording.of(each).as_far_as(held) for each, held in zip(chains, found, strict=True)]
    if any(not each.completeness.sound and not each.completeness.until for each in (one, other)):
        return unusable_pair(one, other, names)
    difference = diff_recordings(one, other, rules, names)
    for each in chains:
        each.require_unchanged()
    return difference


def diff_families(recorded: RecordedFamily, now: RecordedFamily, *, accept: str | Path | None = None) -> FamilyFindings:
    """Compares two families member by member: those of the same number and name, else of the same number.

    A member of either that the other does not have is told as one that was not compared.
    """
    compared, tables = list[Compared](), dict[int, EventTable]()
    others = list(now.members)
    with ExitStack() as held:
        for member in recorded.members:
            other = _counterpart(member, others)
            if other is None:
                compared.append(Compared(member, problem=f"{now.folder} has no such actor", alone=True))
                continue
            others.remove(other)
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
        taken = len(recorded.members)
        for number, other in enumerate(others, taken):
            alone = replace(other, number=number)
            compared.append(Compared(alone, problem=f"{recorded.folder} has no such actor", alone=True))
        remarks = [*recorded.remarks, *now.remarks]
        return findings("diff", "diff", str(recorded.folder), compared, tables, remarks)


def _counterpart(member: Member, others: Sequence[Member]) -> Member | None:
    """The member of the other family of the same number and name, else of the same number, else of the same name."""
    same = [each for each in others if each.number == member.number and each.name == member.name]
    same += [each for each in others if each.name == member.name]
    same += [each for each in others if each.number == member.number]
    return next(iter(same), None)
