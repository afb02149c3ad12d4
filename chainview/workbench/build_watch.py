"""New builds of a running actor: each is put through the chain recorded so far, and taken when it behaves the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule
from chainview.actor.generation import refuse_other_generation
from chainview.actor.module import ModuleError
from chainview.actor.session.session import Session
from chainview.actor.watch.trouble import WatchTrouble
from chainview.pack.cgrf.limits import OLDEST
from chainview.pack.values import Value
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.headline import cause_lines, verdict_forms
from chainview.replay.explain.rules.held import Held, HeldRules
from chainview.replay.explain.rules.rule import rule_for
from chainview.replay.explain.rules.store import append_rule, rules_file
from chainview.replay.run.build_notes import BuildState, build_note
from chainview.system.errors import ChainviewError, failed_itself
from chainview.workbench.build import Build
from chainview.workbench.build_check import BuildCheck, outcome
from chainview.workbench.module_watches import ModuleWatches
from chainview.workbench.turns import Turn

_STOPPED = "its check was stopped by the user"
_TAKEN = "runs, as you chose:"
_RUNS_ON = "still runs, but no rule accepts it any more"
_BY_RULES = (BuildState.ACCEPTED, BuildState.TAKEN, BuildState.WITHDRAWN)
"""Those of a build that runs by what is accepted."""
_BY_OTHER_RULES = (*_BY_RULES, BuildState.DIVERGED)
"""Those of a build of which other rules may say something else."""
_OPEN = (BuildState.DIVERGED, BuildState.KEPT_OUT, BuildState.STOPPED, BuildState.WITHDRAWN)
"""Those of a build that can be taken."""


class BuildWatch:
    """Watches the module of a running session; `on_change` is told every step of every build, on threads of its own.

    A build that is identical, or differs only in what the rules beside the chain accept, is taken at once, from the
    state that its replay reached; any other waits for `take` or `keep`. A newer build ends the check of an older one.
    """

    def __init__(
        self,
        session: Session,
        sha256: str,
        on_change: Callable[[Build], None],
        watches: ModuleWatches | None = None,
    ) -> None:
        """`watches` makes the watch of the module, which others may share."""
        self._session = session
        self._on_change = on_change
        self._number = self._running = 1
        self._newest: LoadedModule | None = None
        self._checking: BuildCheck | None = None
        self._build = Build(1, sha256, BuildState.TAKEN)
        self._known = {sha256: 1}
        """The number of the first build of some bytes."""
        self._stopped = 0
        """The number of the build whose check was stopped."""
        self._held: HeldRules | None = None
        self._judged_by: Held = ()
        """The rules that held when the newest build was judged."""
        self._lock = threading.Lock()
        options = session.options
        watches = watches or ModuleWatches()
        self._turns = watches.turns
        self._watch = watches.of(options.target, sha256, self._built, self._broken, options.limits)

    @property
    def build(self) -> Build:
        """The newest build."""
        return self._build

    @property
    def trouble(self) -> WatchTrouble:
        """How the watch itself is."""
        return self._watch.trouble

    @property
    def newest(self) -> LoadedModule | None:
        """Its module; None before there is a new one, and for one that can't be used."""
        return self._newest

    def start(self) -> None:
        """Starts watching."""
        self._watch.start()

    def close(self) -> None:
        """Ends watching; a check that runs ends at its next call."""
        with self._lock:
            self._newest = None
        self._end_older()
        self._watch.close()

    def _end_older(self) -> None:
        checking = self._checking
        if checking is not None:
            checking.interrupt()

    def take(self) -> None:
        """Accepts what the newest build does differently, and goes on with it from the state that its replay reached.

        What differs is added to the rules, so that the next build that does the same is accepted.
        """
        self._again(self._take)

    def keep(self) -> None:
        """Leaves the newest build, which differs, out: the running one goes on."""
        with self._lock:
            build = self._build
        if build.state is BuildState.DIVERGED:
            self._settle(
                replace(build, state=BuildState.KEPT_OUT, message=f"left out, build {self._running} goes on", brief=())
            )

    def judge_again(self) -> None:
        """Checks a build that differs, or runs by what was accepted, once more: that may have changed."""
        with self._lock:
            newest, build = self._newest, self._build
            runs = newest is not None and build.number == self._running and build.state in _BY_RULES
        if runs and newest is not None:
            self._begin(self._judge_running, newest, build)
        else:
            self._again(self._judge)

    def look_at_rules(self) -> None:
        """Checks a build once more where other rules hold by now: one has ended, or another program changed them.

        Cheap enough to be called again and again.
        """
        if self._held is None or self._build.state not in _BY_OTHER_RULES:
            return
        if self._held.now() != self._judged_by:
            self.judge_again()

    def stop(self) -> bool:
        """Ends the check that is under way, of a build that is left out then; whether there is one."""
        with self._lock:
            if self._build.state is not BuildState.CHECKING:
                return False
            self._stopped = self._build.number
        self._end_older()
        return True

    def _again(self, work: Callable[[BuildCheck, LoadedModule, Build], None]) -> None:
        with self._lock:
            newest, build = self._newest, self._build
            if newest is None or build.state not in _OPEN:
                return
            self._stopped = 0
            build = self._build = Build(build.number, build.sha256, BuildState.CHECKING, again=build.again)
        self._begin(work, newest, build)

    def _built(self, loaded: LoadedModule) -> None:
        with self._lock:
            self._number += 1
            self._newest = loaded
            sha256 = loaded.file.sha256
            again = self._known.setdefault(sha256, self._number)
            again = 0 if again == self._number else again
            build = self._build = Build(self._number, sha256, BuildState.CHECKING, again=again)
        self._end_older()
        self._begin(self._judge, loaded, build)

    def _broken(self, error: ModuleError) -> None:
        with self._lock:
            self._number += 1
            self._newest = None
        self._settle(self._unusable(Build(self._number, "", BuildState.BROKEN), error))

    def _unusable(self, build: Build, error: ChainviewError) -> Build:
        told = f"can't be used, build {self._running} goes on"
        brief = (f"can't be used: {error.sentence}", told)
        return replace(build, state=BuildState.BROKEN, message=f"{told}: {error.sentence}", brief=brief)

    def _settle(self, build: Build, given: Value | None = None) -> bool:
        """Tells what became of a build, and notes it in the chain, with the state that it was `given` to go on from.

        False when there is a newer build by now: nothing is told then.
        """
        with self._lock:
            if build.number != self._number:
                return False
            self._build = build
            version = OLDEST if self._newest is None else self._newest.version
            # From where a recording goes on with a build is told once.
            sha256 = "" if build.number == self._running else build.sha256
            with suppress(ChainviewError):
                note = build_note(build.number, sha256, build.state, build.text, given, version, build.forms)
                self._session.chain.note(note)
        self._on_change(build)
        return True

    def _begin(
        self, work: Callable[[BuildCheck, LoadedModule, Build], None], loaded: LoadedModule, build: Build
    ) -> None:
        self._note_rules()
        threading.Thread(target=self._check, args=(work, loaded, build), name="build check", daemon=True).start()

    def _note_rules(self) -> None:
        """Keeps by which rules a build is judged."""
        path = self._session.chain_path
        if path is not None:
            self._held = self._held or HeldRules(rules_file(path))
            self._judged_by = self._held.now()

    def _check(
        self, work: Callable[[BuildCheck, LoadedModule, Build], None], loaded: LoadedModule, build: Build
    ) -> None:
        path = self._session.chain_path
        if path is None:
            return
        try:
            self._session.refuse_unanswered(loaded)
            if self._session.loaded is not None:
                refuse_other_generation(loaded, self._session.loaded)
            self._on_change(build)
            with self._turns.turn() as turn:
                if self._wanted(loaded, build):
                    self._check_by(turn, path, work, loaded, build)
            if self._stopped == build.number and self._build.state is BuildState.CHECKING:
                told = f"{_STOPPED}, build {self._running} goes on"
                self._settle(
                    replace(build, state=BuildState.STOPPED, message=told, brief=(_STOPPED, "its check was stopped"))
                )
        except ChainviewError as error:
            self._refuse(loaded, build, error)
        # The one place where an unforeseen error of the engine or of ours becomes a message.
        except Exception as error:
            self._refuse(loaded, build, failed_itself(error, "checked the build"))

    def _check_by(
        self,
        turn: Turn,
        path: Path,
        work: Callable[[BuildCheck, LoadedModule, Build], None],
        loaded: LoadedModule,
        build: Build,
    ) -> None:
        with closing(
            BuildCheck(
                self._session,
                path,
                loaded,
                lambda: self._wanted(loaded, build),
                lambda: self._go_on(build, "identical so far; waits for the running call to end"),
                lambda index: self._go_on(build, f"differs at event {index + 1:,}; its cause is being looked for"),
                turn,
            )
        ) as check:
            self._checking = check
            try:
                work(check, loaded, build)
            finally:
                # What it replayed, as large as the chain, is not held until the next build.
                if self._checking is check:
                    self._checking = None

    def _wanted(self, loaded: LoadedModule, build: Build) -> bool:
        """Whether the check of a build is still asked for."""
        return self._newest is loaded and self._stopped != build.number

    def _go_on(self, build: Build, message: str) -> None:
        """Tells how far the check of a build is, which goes on."""
        with self._lock:
            if build.number != self._number or build.state is not BuildState.CHECKING:
                return
            self._build = replace(build, message=message)
        self._on_change(self._build)

    def _refuse(self, loaded: LoadedModule, build: Build, error: ChainviewError) -> None:
        if self._newest is not loaded:
            return
        if build.number == self._running:
            message = f"still runs, but whether it is accepted can't be told: {error.sentence}"
            self._settle(replace(build, state=BuildState.WITHDRAWN, message=message, brief=()))
        else:
            self._settle(self._unusable(build, error))

    def _judge(self, check: BuildCheck, loaded: LoadedModule, build: Build) -> None:
        explanation = check.judge()
        if explanation is None:
            return
        state = outcome(explanation.verdict, blameless=explanation.blameless)
        checked = replace(build, state=state, same=check.same, events=check.events)
        if check.gave_up and state is not BuildState.DIVERGED:
            # Nor has it reached the state that the actor is in.
            self._adopt(loaded, replace(checked, message=explanation.sentence), self._session.state)
        elif explanation.blameless and explanation.first_mismatch is not None:
            said = f"identical, but for event {explanation.first_mismatch.event:,}"
            message = f"{said}, which no build makes as recorded"
            # The replay's state is not the one that the actor is in.
            self._adopt(loaded, replace(checked, message=message, brief=(message, said)), self._session.state)
        elif state is BuildState.DIVERGED:
            other_state = any(each.code is Code.STATE_TYPE for each in explanation.causes)
            time_ns = check.time_of_first(explanation)
            told = replace(checked, message=explanation.sentence, brief=verdict_forms(explanation))
            causes = cause_lines(explanation)
            self._settle(replace(told, other_state=other_state, causes=causes, time_ns=time_ns))
        else:
            message = explanation.sentence if state is BuildState.ACCEPTED else ""
            self._adopt(loaded, replace(checked, message=message), check.state)

    def _judge_running(self, check: BuildCheck, loaded: LoadedModule, build: Build) -> None:
        """Tells of the build that runs when what it does differently is accepted no longer, or is so again."""
        explanation = check.judge()
        if explanation is None:
            return
        state = outcome(explanation.verdict, blameless=explanation.blameless)
        if state is BuildState.DIVERGED:
            forms = tuple([f"{_RUNS_ON}, {each}" for each in verdict_forms(explanation)])
            told = replace(build, state=BuildState.WITHDRAWN, message=forms[0], brief=(*forms, _RUNS_ON))
            self._settle(replace(told, causes=cause_lines(explanation)))
        elif build.state is BuildState.WITHDRAWN:
            message = explanation.sentence
            self._settle(replace(build, state=BuildState.ACCEPTED, message=message, brief=(), causes=()))

    def _take(self, check: BuildCheck, loaded: LoadedModule, build: Build) -> None:
        explanation = check.catch_up()
        if explanation is None:
            return
        message = f"{_TAKEN} {explanation.sentence}{_accepted(explanation, check.rules_path, build.number)}"
        self._note_rules()
        brief = tuple([f"{_TAKEN} {each}" for each in verdict_forms(explanation)]) if explanation.causes else ()
        counted = replace(build, state=BuildState.TAKEN, same=check.same, events=check.events)
        self._adopt(loaded, replace(counted, message=message, brief=brief), check.state)

    def _adopt(self, loaded: LoadedModule, build: Build, state: Value) -> None:
        """Goes on with a build from a state; the session is held still."""
        if build.number == self._running:
            self._settle(build)
            return
        given = None if state == self._session.state else state
        if self._settle(build, given) and not self._session.status().phase.over:
            self._session.adopt(loaded, state)
            self._running = build.number


def _accepted(explanation: Explanation, rules: Path, number: int) -> str:
    """Adds rules that accept what a build does differently; what went wrong with that, in words."""
    try:
        for rule in dict.fromkeys(
            rule_for(each, f"build {number} was taken on the live screen") for each in explanation.causes
        ):
            append_rule(rules, rule)
    except ChainviewError as error:
        return f" (not kept as accepted: {error.sentence})"
    return ""
