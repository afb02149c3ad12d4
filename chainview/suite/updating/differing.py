"""A chain that differs, and what can be done about it: its differences are accepted, or the chain made now is taken."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from chainview.actor.engine.loading import ENGINE, LoadedModule, compile_module, read_module
from chainview.actor.manifest import Target, find_target
from chainview.actor.module import ModuleFile
from chainview.chain.families.folder import RecordedFamily
from chainview.chain.files.completeness import RecordingState
from chainview.chain.files.entries.header import Header
from chainview.chain.files.exporters import WRITER, WRITERS, Excerpt, Losses
from chainview.chain.files.formats import NATIVE
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.pack.values import String
from chainview.replay.explain.control import Control
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.explain.rules.rule import Rule, rule_for
from chainview.replay.explain.rules.store import append_rules, rules_file, rules_if_any
from chainview.replay.run.replay import Replay
from chainview.suite.adding.recorded import put_module
from chainview.suite.case import Case, Outcome
from chainview.suite.judging import judge, outcome_of, request_of
from chainview.system.clock import wall_ns
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import NotKept, write_whole
from chainview.system.wording import plural
from chainview.workbench.family_replay import FamilyReplay
from chainview.workbench.replay_thread import Begun, explained

_FORMATS = {NATIVE: "msgpack", "json": "json", "event": "event"}
"""The formats in which a chain can be made anew without a loss, by the names of their writers."""
_MOST_ROUNDS = 100


@dataclass(slots=True)
class Differing:
    """A chain that was replayed once, by the module of its suite."""

    case: Case
    file: ModuleFile
    replay: Replay
    opened: OpenedChain
    explanation: Explanation
    _control: Control
    _at_hand: tuple[LoadedModule, ...] = ()
    _recorded_module: Path | None = None
    _of_family: bool = False

    @property
    def rules(self) -> Path:
        """The file of what is accepted."""
        return _rules_of(self.case)

    def accept(self, causes: Sequence[Finding], reason: str = "") -> int:
        """Accepts causes as they were seen, in one step, and explains again; how many rules that took.

        Raises ChainviewError where one changes too much for that; then none is accepted.
        """
        rules: list[Rule] = [rule_for(each, reason) for each in causes]
        try:
            append_rules(self.rules, rules)
        except NotKept:
            self._explain_again()
            raise
        self._explain_again()
        return len(rules)

    def accept_all(self, reason: str = "") -> int:
        """Accepts all that differs, also what shows only once something else is accepted; how many rules that took."""
        count = 0
        for _ in range(_MOST_ROUNDS):
            if self.explanation.passes or not self.explanation.causes:
                break
            count += self.accept(self.explanation.causes, reason)
        return count

    def _explain_again(self) -> None:
        self.explanation, self._control = explained(
            self.replay, rules_if_any(self.rules), self._recorded_module, self._control, at_hand=self._at_hand
        )

    @property
    def why_not_taken(self) -> str:
        """What keeps the chain that was made now from replacing the recorded one; empty where nothing does."""
        replay = self.replay
        if self._of_family:
            return "chains of a family tell of each other: record the family anew"
        if replay.asks:
            asked = dict.fromkeys(f"{each.interface.rpartition('/')[2]}.{each.function}" for each in replay.asks)
            return f"{plural(len(replay.asks), 'host call')} had no answer in the recording: {', '.join(asked)}"
        if not replay.finished or replay.gave_up or replay.restarted:
            return "not all of its calls were made"
        if replay.recording.completeness.state is not RecordingState.WHOLE:
            return "its recording is not whole"
        if self.opened.format not in _FORMATS:
            return "nothing is written in its format"
        return ""

    def take(self, modules: Path | None) -> None:
        """Puts the chain that was made now in the place of the recorded one, and the module beside the others.

        Raises ChainviewError where it can't be, also where the module does not make that chain again.
        """
        if why := self.why_not_taken:
            raise ChainviewError(f"the chain that is made now can't be taken: {why}")
        data = b"".join(WRITERS[_FORMATS[self.opened.format]](self._made(), Losses()))
        path = Path(self.case.path)
        with TemporaryDirectory(prefix="chainview-") as folder:
            made = Path(folder, path.name)
            made.write_bytes(data)
            again = judge(replace(self.case, path=str(made), accept=None))
        if again.outcome is not Outcome.PASSED:
            raise ChainviewError(f"the chain that is made now is not made again, so it can't be taken: {again.says[0]}")
        self.opened.require_unchanged()
        if modules is not None and modules.is_dir():
            put_module(modules, self.file.sha256, self.file.data)
        mode = path.stat().st_mode & 0o777
        try:
            write_whole(path, [data], force=True)
        finally:
            path.chmod(mode)

    def _made(self) -> Excerpt:
        table, recording = self.replay.now, self.replay.recording
        header = replace(
            recording.header or Header(schema=recording.schema),
            module_path=str(self.file.path),
            module_sha256=self.file.sha256,
            engine=ENGINE,
            time_ns=wall_ns(),
            writer=WRITER,
        )
        return Excerpt(table, range(1, len(table) + 1), header)


@contextmanager
def differing(case: Case) -> Iterator[Differing]:
    """The chain of a test, replayed once more here; raises ChainviewError where it came to something else before.

    Nothing is accepted of an actor that does one thing now and another then.
    """
    target, file = _module_of(case)
    state = None if target.initial_state is None else String(target.initial_state)
    request, rules = request_of(case), _rules_of(case)
    with open_chain(case.path) as opened:
        replay = request.replay_by(opened, lambda limits: compile_module(file, limits), state)
        if not isinstance(replay, Replay):
            raise ChainviewError(f"{case.path} is damaged before its first call")
        given = request.recorded_module
        explanation, control = explained(replay.run(), rules_if_any(rules), given)
        if outcome_of(explanation) is not Outcome.DIFFERS:
            raise _two_verdicts(case)
        yield Differing(case, file, replay, opened, explanation, control, (), given)


def members_differing(case: Case, family: RecordedFamily) -> Generator[Differing, None, None]:
    """The members of a family that differ, one after the other, each as long as it is looked at; raises as `differing`.

    What else a family fails by is left: a member that is damaged, or that nobody can replay, is nothing to be accepted.
    """
    _, file = _module_of(case)
    replays, count = FamilyReplay(request_of(case), family), 0
    for _ in replays.opening():
        pass
    for member in family.members:
        of_member = replace(case, name=f"{case.name}: {member.title}", path=str(member.file))
        with ExitStack() as held:
            found: Differing | None = None
            with suppress(ChainviewError):
                opened = held.enter_context(open_chain(member.file))
                found = _member_of(of_member, file, opened, replays.begun(member, opened))
            if found is not None:
                count += 1
                yield found
    if not count:
        raise _two_verdicts(case)


def _member_of(case: Case, file: ModuleFile, opened: OpenedChain, begun: Begun) -> Differing | None:
    """One that differs; None for any other one."""
    if not isinstance(begun.replay, Replay):
        return None
    given, rules = begun.recorded_module, rules_if_any(_rules_of(case))
    explanation, control = explained(begun.replay.run(), rules, given, at_hand=begun.at_hand)
    if outcome_of(explanation) is not Outcome.DIFFERS:
        return None
    return Differing(case, file, begun.replay, opened, explanation, control, begun.at_hand, given, _of_family=True)


def _module_of(case: Case) -> tuple[Target, ModuleFile]:
    target = find_target(case.actor)
    file = read_module(target.module)
    if case.sha256 and file.sha256 != case.sha256:
        raise ChainviewError(f"{file.path} was built anew while the suite ran: run it again")
    return target, file


def _two_verdicts(case: Case) -> ChainviewError:
    return ChainviewError(f"two replays gave two different results (B1c), so nothing of {case.name} is accepted")


def _rules_of(case: Case) -> Path:
    return Path(case.accept) if case.accept is not None else rules_file(case.path)
