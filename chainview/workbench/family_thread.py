"""The replay of a family on a thread of its own, that a screen can look at while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from chainview.chain.families.folder import RecordedFamily
from chainview.chain.families.member import Member
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.rules.store import rules_file, rules_if_any
from chainview.replay.families.findings import Compared, FamilyFindings
from chainview.system.errors import ChainviewError, failed_itself
from chainview.workbench.family_replay import FamilyReplay
from chainview.workbench.replay_request import ReplayRequest
from chainview.workbench.replay_thread import ReplayThread, Stage


@dataclass(frozen=True, slots=True)
class FamilyProgress:
    """The replay of a family as it stands; replaced as a whole, so that any thread may read it."""

    stage: Stage = Stage.OPENING
    member: int | None = None
    """The number of who is replayed now."""
    calls: int = 0
    of: int = 0
    """How many of that one's calls were made, of how many."""
    findings: FamilyFindings | None = None
    """What it came to, once it is over."""
    failure: ChainviewError | None = None
    stopped: bool = False
    """Whether it was stopped before its end."""

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.stage in (Stage.DONE, Stage.FAILED)


class FamilyReplayThread:
    """Replays the members of a family one after the other, and says what they come to."""

    def __init__(self, request: ReplayRequest, family: RecordedFamily) -> None:
        self.name = request.name
        self.family = family
        self.progress = FamilyProgress()
        self._request = request
        self._replay: FamilyReplay | None = None
        self._stopped = False
        self._again = threading.Lock()
        self._thread = self._doing(self._run)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Waits until the thread has nothing more to do."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def found(self, number: int) -> Compared | None:
        """What was found of a member; None before it was replayed."""
        return None if self._replay is None else self._replay.compared.get(number)

    @property
    def replayed(self) -> int:
        """How many members are done with."""
        return 0 if self._replay is None else len(self._replay.compared)

    def watched(self, member: Member) -> ReplayThread | None:
        """The replay of one member alone, for a screen of its own; None before the modules are known."""
        return None if self._replay is None else self._replay.watched(member)

    def rules(self) -> list[tuple[Member, Rule]]:
        """What is accepted now, with the member in whose chain it is; what a given file accepts, with the first one.

        Raises ChainviewError where rules can't be read.
        """
        given, members = self._request.rules, self.family.members
        files = [(each, rules_file(each.file)) for each in members] if given is None else [(members[0], given)]
        return [(member, rule) for member, file in files for rule in rules_if_any(file)]

    def judged_again(self, member: Member, explanation: Explanation) -> None:
        """Takes another explanation of a member's replay, of which more was accepted, and says anew what all come to.

        A replay that still runs has it at its end.
        """
        replay = self._replay
        if replay is None:
            return
        replay.judged_again(member, explanation)
        if self.progress.stage is Stage.DONE:
            self._thread = self._doing(lambda: self._tell(replay))
            self._thread.start()

    def stop(self) -> None:
        """Ends the replay, interrupting the running call; what was found so far is told. From any thread."""
        self._stopped = True
        running = None if self._replay is None else self._replay.running
        if running is not None:
            running.interrupt()

    def close(self) -> None:
        """Ends the replay, and waits for its end."""
        while self._thread.is_alive():
            self.stop()
            self.wait(0.1)

    def _doing(self, work: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=self._guarded, args=(work,), name="replay of a family", daemon=True)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ChainviewError as error:
            self.progress = FamilyProgress(Stage.FAILED, failure=error)
        # The one place where an unforeseen error of the engine or of ours becomes a message.
        except Exception as error:
            self.progress = FamilyProgress(Stage.FAILED, failure=failed_itself(error, "replayed the family"))

    def _run(self) -> None:
        replay = FamilyReplay(self._request, self.family)
        for _ in replay.opening():
            if self._stopped:
                break
        self._replay, steps = replay, replay.steps()
        for member, calls, of in steps:
            self.progress = FamilyProgress(Stage.REPLAYING, member.number, calls, of)
            if self._stopped:
                steps.close()
                break
        self.progress = replace(self.progress, stage=Stage.EXPLAINING)
        self._tell(replay)

    def _tell(self, replay: FamilyReplay) -> None:
        with self._again:
            stopped = len(replay.compared) < len(self.family.members)
            self.progress = FamilyProgress(Stage.DONE, findings=replay.findings(), stopped=stopped)
