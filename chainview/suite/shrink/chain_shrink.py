"""The shrinking of one chain, from what a person names to what is written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chainview.actor.engine.loading import ENGINE, LoadedModule
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.files.exporters import WRITER, Excerpt, Losses, all_of, write_native
from chainview.chain.files.opened import OpenedChain
from chainview.pack.cgrf import encode
from chainview.replay.differences.codes import Code
from chainview.replay.explain.control import Control, RecordedModules, recorded_modules
from chainview.replay.explain.explanation import ControlOutcome, Explanation, Finding
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.suite.shrink.mark import Mark, position_of
from chainview.suite.shrink.remaker import Remaker
from chainview.suite.shrink.selection import Made
from chainview.suite.shrink.shrinking import Shrinking, Stopped, Trials
from chainview.system.errors import ChainviewError
from chainview.system.wording import plural
from chainview.workbench.replay_request import ReplayRequest
from chainview.workbench.replay_thread import explained

_NOTE = "shrunk"


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A chain that still differs by `mark`, how much of the recorded one it is, and what is known of it.

    It is `minimal` where no call and no host call more can go. Where the recorded module did not make it anew, nothing
    is `proven` of it, for the `reason`.
    """

    excerpt: Excerpt
    calls: int
    of_calls: int
    of_events: int
    mark: Mark
    sentence: str
    """What differs in it."""
    tried: int = 0
    minimal: bool = False
    reason: str = ""
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether the recorded module made it."""
        return not self.reason

    @property
    def events(self) -> int:
        """How many events it has."""
        return len(self.excerpt.numbers)

    def pieces(self) -> Iterator[bytes]:
        """The chain's file."""
        return write_native(self.excerpt, Losses())


class ChainShrink:
    """Shrinks the chain of a request, on whatever thread calls `run`; any other may look, and `stop` it."""

    def __init__(self, request: ReplayRequest, rules: Sequence[Rule]) -> None:
        self._request, self._rules = request, rules
        self._stopped = False
        self._search: Shrinking | None = None
        self._remaker: Remaker | None = None
        self._replay: Replay | None = None

    @property
    def how_far(self) -> str:
        """How far it is, in a few words."""
        search = self._search
        if search is None:
            return "replaying the chain"
        if search.best is None:
            return "making the chain anew"
        calls = plural(len(search.best.selection.calls), "call")
        return f"{calls}, {plural(len(search.best.table), 'event')}: {plural(search.tried, 'chain')} tried"

    def stop(self) -> None:
        """Ends the search; what was found up to then stays. From any thread."""
        self._stopped = True
        if self._search is not None:
            self._search.stop()
        for running in (self._remaker, self._replay):
            if running is not None:
                running.interrupt()

    def run(self, opened: OpenedChain) -> Shrunk | None:
        """What is left of the chain; None where it does not differ.

        Raises ChainviewError for what can't be shrunk, and where it was stopped before anything was found.
        """
        began = time.monotonic()
        replay = self._request.replay(opened)
        if isinstance(replay, Explanation):
            raise ChainviewError(f"{self._request.chain} can't be shrunk: {replay.sentence}")
        whole, control = explained(self._run(replay), self._rules, self._request.recorded_module)
        opened.require_unchanged()
        if whole.passes:
            return None
        cause = _first_cause(whole, self._request.chain)
        recording = replay.recording
        mark, last = Mark.of(cause, recording), position_of(cause, recording)
        found: RecordedModules | str = recorded_modules(
            recording, [replay.loaded], self._request.recorded_module, replay.limits
        )
        recorded = self._reproducing(replay, found, control.outcome, control.reason)
        if isinstance(recorded, str):
            return _beginning(opened, recording, last, mark, cause, recorded)
        header = _header(recording, recorded, replay)
        search = self._searched(replay, recorded, header, mark, last)
        left = self._seen_in_full(search.best, replay, recorded, header, mark)
        if search.best is not None and left is None:
            search = self._searched(replay, recorded, header, mark, last, in_full=True)
            left = self._seen_in_full(search.best, replay, recorded, header, mark)
        if search.best is None:
            self._refuse_stopped()
            reason = "the recorded module does not make the difference again from these calls and answers alone"
            return _beginning(opened, recording, last, mark, cause, reason)
        _require_made_again(search.best, header, recorded, replay)
        calls = len(search.best.selection.calls)
        told = f"{calls:,} of {plural(len(recording.starts), 'call')} of {Path(self._request.chain).name}"
        note = Note(_NOTE, {"text": f"made anew by the recorded module of {told}"})
        excerpt = Excerpt(search.best.table, range(1, len(search.best.table) + 1), header, (note,))
        seconds = time.monotonic() - began
        return Shrunk(
            excerpt,
            calls,
            len(recording.starts),
            len(recording),
            mark,
            (left or cause).sentence,
            search.tried,
            search.is_minimal,
            seconds=seconds,
        )

    def _searched(
        self,
        replay: Replay,
        recorded: LoadedModule,
        header: Header,
        mark: Mark,
        last: int,
        *,
        in_full: bool = False,
    ) -> Shrinking:
        recording = replay.recording
        state = recording.initial_state if replay.initial_state is None else replay.initial_state
        self._remaker = remaker = Remaker(recording, recorded, replay.limits, state)
        # It has just made the chain: whether it does so again is tried of the last one.
        control = None if in_full else Control(ControlOutcome.PASSED, module=recorded)

        def differs(made: Made) -> bool:
            again = self._run(self._again(made, replay, header))
            if again.first_mismatch is None:
                return False
            told, _ = explained(again, self._rules, None, control, at_hand=(recorded,))
            return mark.found_in(told, again.recording) is not None

        self._search = search = Shrinking(recording, Trials(remaker.make, differs), last)
        if self._stopped:
            search.stop()
        search.run()
        return search

    def _seen_in_full(
        self, made: Made | None, replay: Replay, recorded: LoadedModule, header: Header, mark: Mark
    ) -> Finding | None:
        """The cause by which a chain differs in the same way, also by all that is asked of one replayed alone."""
        if made is None:
            return None
        again = self._again(made, replay, header).run()
        return mark.found_in(explained(again, self._rules, at_hand=(recorded,))[0], again.recording)

    def _again(self, made: Made, replay: Replay, header: Header) -> Replay:
        recording = Recording(made.table, replay.recording.schema, header)
        return Replay(recording, replay.loaded, limits=replay.limits)

    def _reproducing(
        self, replay: Replay, found: RecordedModules | str, control: ControlOutcome, reason: str
    ) -> LoadedModule | str:
        """The one module that makes all of the recording again; else why there is none."""
        if isinstance(found, str):
            return found
        if not found.later:
            if control is ControlOutcome.PASSED:
                return found.first
            return reason or "the recorded module itself does not make the chain again as it was recorded"
        if any(build.state is not None for build in replay.recording.builds):
            return "it was recorded by several builds, of which one was given a state"
        for loaded in (*reversed(list(found.later.values())), found.first):
            alone = Replay(replay.recording, loaded, limits=replay.limits, initial_state=replay.initial_state)
            if self._run(alone).first_mismatch is None:
                return loaded
        return "it was recorded by several builds, of which none makes all of it again"

    def _run(self, replay: Replay) -> Replay:
        """Replays to the end; raises Stopped, or ChainviewError before the search, where nobody wants it any more."""
        self._replay = replay
        for _ in replay.steps():
            if self._stopped:
                break
        self._replay = None
        if self._stopped:
            replay.close()
            if self._search is not None:
                raise Stopped
        self._refuse_stopped()
        return replay

    def _refuse_stopped(self) -> None:
        if self._stopped:
            raise ChainviewError("stopped before the chain was made anew once: nothing was written")


def _first_cause(whole: Explanation, chain: str) -> Finding:
    """The cause that is to be kept; raises ChainviewError where what differs is no behaviour of the actor's."""
    for cause in whole.causes:
        if cause.code is Code.OTHER_MODULE:
            raise ChainviewError(f"{chain} can't be shrunk: {cause.sentence}")
        if cause.code is not Code.DAMAGED:
            return cause
    raise ChainviewError(f"{chain} can't be shrunk: {whole.sentence}")


def _header(recording: Recording, recorded: LoadedModule, replay: Replay) -> Header:
    """What a chain says of itself that the recorded module made anew."""
    held = recording.header or Header(schema=recording.schema)
    state = replay.initial_state
    return replace(
        held,
        module_path=str(recorded.file.path),
        module_sha256=recorded.file.sha256,
        initial_state=held.initial_state if state is None else encode(state, recorded.version),
        calls=(),
        engine=ENGINE,
        writer=WRITER,
    )


def _require_made_again(made: Made, header: Header, recorded: LoadedModule, replay: Replay) -> None:
    again = Replay(Recording(made.table, replay.recording.schema, header), recorded, limits=replay.limits).run()
    if again.first_mismatch is not None:
        raise ChainviewError(
            "the recorded module does not do the same twice with fewer calls (see `chainview explain B1`): "
            "nothing was written"
        )


def _beginning(opened: OpenedChain, recording: Recording, last: int, mark: Mark, cause: Finding, reason: str) -> Shrunk:
    """The recorded chain up to the end of the call in which the cause lies."""
    whole, stop = all_of(opened), recording.call(last).stop
    notes = [note for note in whole.notes if note.after <= stop]
    excerpt = replace(whole, numbers=range(1, stop + 1), notes=notes)
    return Shrunk(excerpt, last + 1, len(recording.starts), len(recording), mark, cause.sentence, reason=reason)
