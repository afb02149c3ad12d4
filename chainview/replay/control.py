"""The control experiment: does the module that made a recording still make it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.loading import compile_module
from chainview.actor.module import LoadedModule, ModuleError, read_module
from chainview.actor.module_cache import cached_module
from chainview.chain.event import Frame
from chainview.replay.explanation import ControlOutcome
from chainview.replay.fuel import other_work
from chainview.replay.recording import Recording
from chainview.replay.serving import Mode
from chainview.replay.tracked import TrackedReplay


@dataclass(frozen=True, slots=True)
class Control:
    """How the recorded module fares. `places` are the indices at which its replays part from the recording.

    `reason` says why it was not tested; `stack` is the recorded module's stack where the new one differs first.
    """

    outcome: ControlOutcome
    reason: str = ""
    places: tuple[int, ...] = ()
    stack: tuple[Frame, ...] = ()
    work: str | None = None
    """The call before its first difference in which it did other work than recorded, where fuel was measured."""


def recorded_module(
    recording: Recording, loaded: LoadedModule, given: Path | None = None, limits: Limits = DEFAULT_LIMITS
) -> LoadedModule | str:
    """The module that made a recording: the one given, the one replayed if it is the same, a kept one; else why not.

    Raises ModuleError when the file given can't be used.
    """
    if given is not None:
        return compile_module(read_module(given), limits)
    sha256 = recording.header.module_sha256 if recording.header else ""
    if not sha256:
        return "the chain does not say which module it was recorded with"
    if sha256 == loaded.file.sha256:
        return loaded
    path = cached_module(sha256)
    if path is None:
        return f"the recorded module ({sha256[:7]}…) is not at hand"
    try:
        file = read_module(path)
        return compile_module(file, limits) if file.sha256 == sha256 else f"the kept module {sha256[:7]}… was changed"
    except ModuleError as error:
        return error.sentence


def control_experiment(tracked: TrackedReplay, module: LoadedModule | str) -> Control:
    """Replays the recorded module where the new one differed; twice when it differs too."""
    if isinstance(module, str):
        return Control("not tested", module)
    first = tracked.first_mismatch
    if module.file.sha256 == tracked.loaded.file.sha256 and first is not None:
        return _diverged(first, _replayed(tracked, module, None))
    control = _replayed(tracked, module, first)
    if control.first_mismatch is None:
        return Control("passed", stack=control.replay.stack)
    return _diverged(control.first_mismatch, _replayed(tracked, module, None))


def _diverged(place: int, again: TrackedReplay) -> Control:
    """What is said once the recorded module differed at a place, and was replayed once more."""
    second = again.first_mismatch
    places = (place,) if second is None else (place, second)
    work = other_work(again.recording.table, again.now, min(places))
    return Control("diverged", places=places, stack=again.replay.stack, work=work)


def _replayed(tracked: TrackedReplay, module: LoadedModule, stack_at: int | None) -> TrackedReplay:
    return TrackedReplay(
        tracked.recording,
        module,
        Mode.PROBE,
        tracked.limits,
        initial_state=tracked.initial_state,
        stack_at=stack_at,
    ).run()
