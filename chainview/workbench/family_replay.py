"""A recorded family replayed member by member, each by its own chain alone."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from chainview.actor.module import ModuleError
from chainview.chain.families.folder import RecordedFamily
from chainview.chain.families.member import Member
from chainview.chain.families.spawns import Spawn, failed_init, refused_in, spawns_in
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.table import EventTable
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.rules.store import rules_file
from chainview.replay.families.counterpart import Counterpart
from chainview.replay.families.findings import Compared, FamilyFindings, findings, time_of_first
from chainview.replay.run.recording import NothingToReplay, Recording
from chainview.replay.run.replay import Replay
from chainview.system.errors import ChainviewError
from chainview.system.wording import plural
from chainview.workbench.member_modules import Candidate, Modules, fitting, initial_state, recorded_with
from chainview.workbench.replay_request import ReplayRequest, accepted_rules
from chainview.workbench.replay_thread import Begun, ReplayThread, explained

_MOST_FOLLOWED = 4_000_000
"""Events of all chains together in which what differs is followed from one to the other."""
_NAMED_CELLS = 40
_STOPPED = "the replay was stopped before it"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The module for a member, what it is called, and the one that it was recorded with, where that is at hand."""

    candidate: Candidate
    by: Counterpart
    recorded: Candidate | None
    is_given: bool = False


def replay_family(request: ReplayRequest, family: RecordedFamily) -> FamilyFindings:
    """Replays each member with the module of `request` that fits it, else with the one that it was recorded with.

    A member for which no module is at hand, or whose chain can't be read, is told as not replayed. Raises
    ChainviewError where what is given can't be used for any of them.
    """
    replay = FamilyReplay(request, family)
    for _ in chain(replay.opening(), replay.steps()):
        pass
    return replay.findings()


class FamilyReplay:
    """The replay of a family, one member after the other, once `opening` has run out.

    Raises ChainviewError for modules that can't be used.
    """

    def __init__(self, request: ReplayRequest, family: RecordedFamily) -> None:
        self.family = family
        self.compared: dict[int, Compared] = {}
        """What was found so far, by the members' numbers."""
        self.running: Replay | None = None
        """The replay of the member that is replayed now."""
        self._request = request
        self._modules = Modules(recorded=request.recorded_module)
        self._given = self._modules.candidates(request.actor)
        try:
            self._beside = self._modules.in_folder(family.folder)
        except ModuleError:
            self._beside = []
        self._spawned, self._refused = dict[str, Spawn](), dict[str, Spawn]()
        """Who was spawned, by id, and whose init failed, by the event that tells of it."""
        self._failed_inits = dict[int, str]()
        self._names = set[str]()
        """The file names of the modules that the members were recorded with."""
        self._tables = dict[int, EventTable]()
        self._followed = 0
        self._held = False
        """Whether any of the chains holds what a replay needs."""
        self._used, self._typed = list[bool](), list[bool]()

    def opening(self) -> Iterator[Member]:
        """Reads who was spawned, and how, in the chains of all; those that can't be read tell nothing of it."""
        for member in self.family.members:
            yield member
            with suppress(ChainviewError):
                if not member.problem:
                    with open_chain(member.file) as opened:
                        table = opened.load().table
                        self._spawned |= {spawn.child: spawn for spawn in spawns_in(table)}
                        self._refused |= dict(refused_in(table))
                        self._failed_inits[member.number] = failed_init(table)
                        if opened.header is not None and opened.header.module_path:
                            self._names.add(Path(opened.header.module_path).name)

    def steps(self) -> Generator[tuple[Member, int, int], None, None]:
        """Replays them all; tells each member as it begins, and how many of its calls were made of how many."""
        for member in self.family.members:
            yield member, 0, 0
            try:
                if member.problem:
                    raise ChainviewError(member.problem)
                with ExitStack() as held:
                    opened = held.enter_context(open_chain(member.file))
                    yield from self._replayed(member, opened)
                    if member.number in self._tables:
                        # Its table is read on, to follow what differs, and needs no open file for that.
                        opened.rest()
                        held.pop_all()
            except ChainviewError as error:
                is_idle = isinstance(error, NothingToReplay)
                self.compared[member.number] = Compared(
                    member, problem=self.family.told(error.sentence), is_idle=is_idle
                )
            finally:
                self.running = None

    def findings(self) -> FamilyFindings:
        """What it comes to; members that were not reached are told as left out. Raises as `replay_family` does."""
        whole, folder = len(self.compared) == len(self.family.members), self.family.where
        if whole and self._request.state is not None and self._typed and not any(self._typed):
            raise ChainviewError(f"each chain in {folder} tells the state it began with: leave out --state")
        if whole and not any(self._used):
            first = self.compared.get(self.family.members[0].number)
            if not self._held and first is not None and first.problem:
                # Then it is not for the module that none can be replayed.
                raise ChainviewError(first.problem)
            raise ChainviewError(f"no actor in {folder} was recorded of {self._request.actor}, or of a build of it")
        remarks = [*self.family.remarks, *dict.fromkeys(self._modules.remarks)]
        left = sum(each.explanation is not None for each in self.compared.values()) - len(self._tables)
        if left:
            remarks.append(
                f"what differs is not followed to {plural(left, 'actor')}: together they hold too many events"
            )
        compared = [
            self.compared.get(member.number) or Compared(member, problem=_STOPPED) for member in self.family.members
        ]
        return findings("replay", self._request.mode, folder, compared, self._tables, remarks)

    def judged_again(self, member: Member, explanation: Explanation) -> None:
        """Takes another explanation of a member's replay, of which more was accepted."""
        before = self.compared.get(member.number)
        if before is not None and before.explanation is not None:
            self.compared[member.number] = replace(before, explanation=explanation)

    def begun(self, member: Member, opened: OpenedChain) -> Begun:
        """The replay of one member, ready to run, once `opening` has run out; raises ChainviewError as that of all."""
        recording = Recording.of(opened.load())
        return self._begun(member, opened, recording, self._chosen(member, recording))

    def watched(self, member: Member) -> ReplayThread:
        """The replay of one member on a thread of its own, for a screen."""

        found = self.compared.get(member.number)
        by = None if found is None else found.by
        name = member.title if by is None else f"{member.title} ↔ {by.within(_NAMED_CELLS)}"
        return ReplayThread(name, lambda: open_chain(member.file), lambda opened: self.begun(member, opened))

    def _replayed(self, member: Member, opened: OpenedChain) -> Iterator[tuple[Member, int, int]]:
        recording = Recording.of(opened.load())
        self._held = True
        chosen = self._chosen(member, recording)
        self._used.append(chosen.is_given)
        self._typed.append(self._lacks_state(member, recording))
        rules = accepted_rules(self._request.rules, str(member.file))
        begun = self._begun(member, opened, recording, chosen)
        made = begun.replay
        if isinstance(made, Replay):
            self.running, of = made, len(made.recording.starts)
            for calls in made.steps():
                yield member, calls, of
            made = explained(made, rules, begun.recorded_module, at_hand=begun.at_hand)[0]
        opened.require_unchanged()
        self.compared[member.number] = Compared(member, chosen.by, made, time_ns=time_of_first(made, opened.table))
        self._followed += len(opened.table)
        if self._followed <= _MOST_FOLLOWED:
            self._tables[member.number] = opened.table

    def _lacks_state(self, member: Member, recording: Recording) -> bool:
        """Whether the state it began with is typed: what is, is that of those that nobody is known to have spawned."""
        return self._spawn_of(member) is None and recording.initial_state is None

    def _spawn_of(self, member: Member) -> Spawn | None:
        spawned = self._spawned.get(member.entry.id) if member.entry.id else None
        return spawned or self._refused.get(self._failed_inits.get(member.number, ""))

    def _chosen(self, member: Member, recording: Recording) -> _Chosen:
        spawn = self._spawn_of(member)
        candidate = fitting(self._given, member, recording, spawn, self._names)
        recorded = recorded_with(self._modules, self._beside, member, recording, spawn)
        if candidate is not None:
            return _Chosen(candidate, Counterpart(candidate.file.path), recorded, is_given=True)
        if recorded is None:
            raise ChainviewError(
                "no module that is given fits it, and the one that it was recorded with is not at hand"
            )
        return _Chosen(recorded, _as_recorded(recording, recorded), recorded)

    def _begun(self, member: Member, opened: OpenedChain, recording: Recording, chosen: _Chosen) -> Begun:
        state = self._request.state if self._lacks_state(member, recording) else None
        request = replace(self._request, chain=str(member.file), state=state)
        file = chosen.candidate.file
        begun_with = initial_state(chosen.candidate, member, self._spawn_of(member))
        made = request.replay_by(opened, lambda limits: self._modules.compiled(file, limits), begun_with)
        rules = rules_file(member.file) if request.rules is None else request.rules
        recorded, given = chosen.recorded, request.recorded_module
        if not isinstance(made, Replay) or recorded is None:
            return Begun(opened.table, made, rules, given)
        if given is None and made.recording.header is None:
            # A chain that names its module has it found by that.
            given = recorded.file.path
        at_hand = (self._modules.compiled(recorded.file, made.limits),)
        return Begun(opened.table, made, rules, given, at_hand)


def _as_recorded(recording: Recording, recorded: Candidate) -> Counterpart:
    """The module that a member was recorded with: the file's name of a kept one is its SHA-256, which tells nothing."""
    header, file = recording.header, recorded.file
    if file.path.stem != file.sha256:
        return Counterpart(file.path.absolute(), as_recorded=True)
    if header is not None and header.module_path:
        return Counterpart(Path(header.module_path), as_recorded=True)
    return Counterpart(file.path, f"module {file.sha256[:7]}…", as_recorded=True)
