"""A recorded family replayed member by member, each by its own chain alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from chainview.actor.module import ModuleError
from chainview.chain.families.folder import RecordedFamily
from chainview.chain.families.member import Member
from chainview.chain.families.spawns import Spawn, spawns_in
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.table import EventTable
from chainview.pack.values import Value
from chainview.replay.explain.explanation import Explanation
from chainview.replay.families.findings import Compared, FamilyFindings, findings, time_of_first
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.system.errors import ChainviewError
from chainview.workbench.member_modules import Candidate, Modules, fitting, initial_state, recorded_with
from chainview.workbench.replay_request import ReplayRequest, accepted_rules
from chainview.workbench.replay_thread import explained


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The module for a member, what it is called in the report, and the one that it was recorded with, where given."""

    candidate: Candidate
    by: str
    recorded: Path | None = None


def replay_family(request: ReplayRequest, family: RecordedFamily) -> FamilyFindings:
    """Replays each member with the module of `request` that fits it, else with the one that it was recorded with.

    A member for which no module is at hand, or whose chain can't be read, is told as not replayed. Raises
    ChainviewError where what is given can't be used for any of them.
    """
    if request.state is not None:
        raise ChainviewError("--state is that of one chain: give the file of one of the actors with it")
    modules = Modules()
    given = modules.candidates(request.actor)
    try:
        beside = modules.in_folder(family.folder)
    except ModuleError:
        beside = []
    compared = list[Compared]()
    tables, used = dict[int, EventTable](), list[bool]()
    with ExitStack() as held:
        opened = dict(_opened(family, held, compared))
        spawned = {spawn.child: spawn for each in opened.values() for spawn in spawns_in(each.table)}
        for member in family.members:
            if member.number not in opened:
                continue
            chain = opened[member.number]
            try:
                chosen = _chosen(modules, given, beside, member, Recording.of(chain))
                used.append(chosen.candidate in given)
                explanation = _explained(request, member, chain, modules, chosen, spawned)
            except ChainviewError as error:
                compared.append(Compared(member, problem=error.sentence))
                continue
            tables[member.number] = chain.table
            time_ns = time_of_first(explanation, chain.table)
            compared.append(Compared(member, chosen.by, explanation, time_ns=time_ns))
        if not any(used):
            raise ChainviewError(f"no actor in {family.folder} was recorded of {request.actor}, or of a build of it")
        compared.sort(key=lambda each: each.member.number)
        remarks = [*family.remarks, *dict.fromkeys(modules.remarks)]
        return findings("replay", request.mode, str(family.folder), compared, tables, remarks)


def _opened(family: RecordedFamily, held: ExitStack, compared: list[Compared]) -> Iterator[tuple[int, OpenedChain]]:
    """The members' chains, read to their ends; what can't be read is told as not replayed."""
    for member in family.members:
        try:
            if member.problem:
                raise ChainviewError(member.problem)
            yield member.number, held.enter_context(open_chain(member.file)).load()
        except ChainviewError as error:
            compared.append(Compared(member, problem=error.sentence))


def _chosen(
    modules: Modules, given: list[Candidate], beside: list[Candidate], member: Member, recording: Recording
) -> _Chosen:
    candidate = fitting(given, member, recording)
    recorded = recorded_with(modules, beside, member, recording)
    if candidate is not None:
        # Of a chain that names its module the right one is found by that.
        told = recording.header is not None or recorded is None
        return _Chosen(candidate, candidate.file.name, None if told or recorded is None else recorded.file.path)
    if recorded is None:
        raise ChainviewError("no module that is given fits it, and the one that it was recorded with is not at hand")
    return _Chosen(recorded, f"{_name_of(recording) or recorded.file.name}, as recorded")


def _name_of(recording: Recording) -> str:
    header = recording.header
    return Path(header.module_path).name if header is not None else ""


def _explained(
    request: ReplayRequest,
    member: Member,
    chain: OpenedChain,
    modules: Modules,
    chosen: _Chosen,
    spawned: dict[str, Spawn],
) -> Explanation:
    spawn = spawned.get(member.entry.id) if member.entry.id else None
    state: Value | None = initial_state(chosen.candidate, member, None if spawn is None else (spawn.state,))
    own = replace(request, chain=str(member.file))
    made = own.replay_by(chain, lambda limits: modules.compiled(chosen.candidate.file, limits), state)
    if isinstance(made, Replay):
        rules = accepted_rules(request.rules, str(member.file))
        made = explained(made.run(), rules, request.recorded_module or chosen.recorded)[0]
    chain.require_unchanged()
    return made
