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

_MOST_FOLLOWED = 400
"""Chains that are held open together, so that what differs in one is followed to the others."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The module for a member, what it is called, and the one that it was recorded with, where that is at hand."""

    candidate: Candidate
    by: str
    recorded: Candidate | None


def replay_family(request: ReplayRequest, family: RecordedFamily) -> FamilyFindings:
    """Replays each member with the module of `request` that fits it, else with the one that it was recorded with.

    A member for which no module is at hand, or whose chain can't be read, is told as not replayed. Raises
    ChainviewError where what is given can't be used for any of them.
    """
    modules = Modules()
    given = modules.candidates(request.actor)
    try:
        beside = modules.in_folder(family.folder)
    except ModuleError:
        beside = []
    compared = list[Compared]()
    tables, used, typed = dict[int, EventTable](), list[bool](), list[bool]()
    with ExitStack() as held:
        spawned = dict(_spawned(family))
        for member in family.members:
            try:
                if member.problem:
                    raise ChainviewError(member.problem)
                chain = held.enter_context(open_chain(member.file)).load()
                recording = Recording.of(chain)
                chosen = _chosen(modules, given, beside, member, recording)
                used.append(chosen.candidate in given)
                spawn = spawned.get(member.entry.id) if member.entry.id else None
                # What is typed is the state of those that nobody is known to have spawned.
                lacks_state = spawn is None and recording.initial_state is None
                typed.append(lacks_state)
                own = replace(request, chain=str(member.file), state=request.state if lacks_state else None)
                explanation = _explained(own, member, chain, modules, chosen, spawn)
            except ChainviewError as error:
                compared.append(Compared(member, problem=error.sentence))
                continue
            time_ns = time_of_first(explanation, chain.table)
            compared.append(Compared(member, chosen.by, explanation, time_ns=time_ns))
            if len(tables) < _MOST_FOLLOWED:
                tables[member.number] = chain.table
            else:
                chain.close()
        if request.state is not None and typed and not any(typed):
            raise ChainviewError(f"each chain in {family.folder} tells the state it began with: leave out --state")
        if not any(used):
            raise ChainviewError(f"no actor in {family.folder} was recorded of {request.actor}, or of a build of it")
        remarks = [*family.remarks, *dict.fromkeys(modules.remarks)]
        return findings("replay", request.mode, str(family.folder), compared, tables, remarks)


def _spawned(family: RecordedFamily) -> Iterator[tuple[str, Spawn]]:
    """Who was spawned, and how, by their ids; chains that can't be read tell nothing of it."""
    for member in family.members:
        try:
            if not member.problem:
                with open_chain(member.file) as opened:
                    yield from [(spawn.child, spawn) for spawn in spawns_in(opened.load().table)]
        except ChainviewError:
            continue


def _chosen(
    modules: Modules, given: list[Candidate], beside: list[Candidate], member: Member, recording: Recording
) -> _Chosen:
    candidate = fitting(given, member, recording)
    recorded = recorded_with(modules, beside, member, recording)
    if candidate is not None:
        return _Chosen(candidate, candidate.file.name, recorded)
    if recorded is None:
        raise ChainviewError("no module that is given fits it, and the one that it was recorded with is not at hand")
    return _Chosen(recorded, f"{_name_of(recording, recorded)}, as recorded", recorded)


def _name_of(recording: Recording, recorded: Candidate) -> str:
    """What the module is called that a member was recorded with: a kept one has its SHA-256 as its file's name."""
    header, file = recording.header, recorded.file
    if header is not None and header.module_path:
        return Path(header.module_path).name
    return f"module {file.sha256[:7]}…" if file.path.stem == file.sha256 else file.name


def _explained(
    request: ReplayRequest,
    member: Member,
    chain: OpenedChain,
    modules: Modules,
    chosen: _Chosen,
    spawn: Spawn | None,
) -> Explanation:
    state: Value | None = initial_state(chosen.candidate, member, None if spawn is None else (spawn.state,))
    made = request.replay_by(chain, lambda limits: modules.compiled(chosen.candidate.file, limits), state)
    if isinstance(made, Replay):
        rules = accepted_rules(request.rules, str(member.file))
        recorded, file = chosen.recorded, request.recorded_module
        at_hand = () if recorded is None else (modules.compiled(recorded.file, made.limits),)
        if file is None and recorded is not None and made.recording.header is None:
            # A chain that names its module has it found by that.
            file = recorded.file.path
        made = explained(made.run(), rules, file, at_hand=at_hand)[0]
    chain.require_unchanged()
    return made
