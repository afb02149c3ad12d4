"""The control experiment: does the module that made a recording still make it?"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from chainview.actor.engine.backtrace import written_out
from chainview.actor.engine.loading import LoadedModule, compile_module, load_module, read_module
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.module import ModuleError, ModuleFile
from chainview.actor.module_cache import cached_module
from chainview.chain.event import Frame, Kind
from chainview.replay.code.changed_functions import MOST_BYTES, changed_functions
from chainview.replay.differences.fuel import other_work
from chainview.replay.explain.explanation import ControlOutcome
from chainview.replay.explain.lower_limits import stopped_by_time_out
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.system.errors import words_of
from chainview.system.wording import plural

_NAMED = 2
"""Changed functions that are told by name."""


@dataclass(frozen=True, slots=True)
class Control:
    """How the recorded module fares. `places` are the indices at which its replays part from the recording.

    `reason` says why it was not tested; `stack` is the recorded module's stack where the new one differs first.
    """

    outcome: ControlOutcome
    reason: str = ""
    places: tuple[int, ...] = ()
    replay: Replay | None = None
    """The replay by the recorded modules, where it parts from the recording."""
    stack: tuple[Frame, ...] = ()
    stacks: Mapping[int, tuple[Frame, ...]] = field(default_factory=dict)
    """The recorded module's stacks at the host calls, by index, that the new one did not make as they were."""
    module: LoadedModule | None = None
    """The recorded module, of several the one that made the event at which the new one differs first."""
    work: str | None = None
    """The call before its first difference in which it did other work than recorded, where fuel was measured."""


@dataclass(frozen=True, slots=True)
class RecordedModules:
    """What made a recording: the module it began with, and later builds by the position of their first call."""

    first: LoadedModule
    later: Mapping[int, LoadedModule] = field(default_factory=dict)
    doubt: str = ""
    """Why `first` may be another module than the recorded one."""

    def at(self, call: int) -> LoadedModule:
        """The module that made a call, by its position."""
        numbers = [number for number in self.later if number <= call]
        return self.later[max(numbers)] if numbers else self.first


def recorded_modules(
    recording: Recording, at_hand: Sequence[LoadedModule], given: Path | None = None, limits: Limits = DEFAULT_LIMITS
) -> RecordedModules | str:
    """The modules that made a recording: the one given, those at hand, and kept ones; else why they can't be tried.

    Where a folder is given they are looked for among its modules, by their SHA-256; no path that a chain names is used.

    Raises ModuleError when the file given can't be used.
    """
    known = {loaded.file.sha256: loaded for loaded in at_hand}
    sha256 = recording.header.module_sha256 if recording.header else ""
    if given is not None and given.is_dir():
        wanted = {sha256, *[build.sha256 for build in recording.builds]} - known.keys()
        known |= {found.sha256: compile_module(found, limits) for found in _in_folder(given, wanted)}
        given = None
    doubt, first = "", _module(sha256, known, limits)
    if given is not None:
        first = named = load_module(given, limits)
        if sha256 and named.file.sha256 != sha256:
            doubt = f"{given} ({named.file.sha256[:7]}…) is not the recorded module ({sha256[:7]}…)"
    if isinstance(first, str):
        return first
    known[first.file.sha256] = first
    later: dict[int, LoadedModule] = {}
    for build in recording.builds:
        call = bisect_left(recording.starts, build.start)
        if call < len(recording.starts):
            module = _module(build.sha256, known, limits)
            if isinstance(module, str):
                return module
            known[build.sha256] = later[call] = module
    return RecordedModules(first, later, doubt)


def module_told(replay: Replay, at_hand: Sequence[LoadedModule], given: Path | None = None) -> str:
    """What is known of a module that does all as recorded: that it is the recorded one, or which functions changed.

    Empty where the chain does not say what recorded it, or several builds did.
    """
    recording, now = replay.recording, replay.loaded.file
    sha256 = recording.header.module_sha256 if recording.header else ""
    if not sha256 or recording.builds or replay.later:
        return ""
    if sha256 == now.sha256:
        return "the same module as recorded"
    then = _file(sha256, at_hand, given)
    if then is None:
        return "another module than recorded, which is not at hand to compare with"
    changed = changed_functions(then.data, now.data)
    if changed is None:
        large = max(len(then.data), len(now.data)) > MOST_BYTES
        why = "modules as large are not laid side by side" if large else "the two can't be laid side by side"
        return f"another module than recorded; which functions changed is not known: {why}"
    if not changed:
        return "another module than recorded, in which no function changed"
    which = "it" if len(changed) == 1 else "them"
    return f"{_named(changed)} changed since the recording; whether this chain's calls reach {which} is not known"


def _named(functions: Sequence[str]) -> str:
    """Functions by their names as far as these are known and few, else by their number."""
    told = written_out([name for name in functions if name][:_NAMED])
    if not told:
        return plural(len(functions), "function")
    left = len(functions) - len(told)
    told += [f"{left:,} more"] * bool(left)
    return f"function {told[0]}" if len(told) == 1 else f"functions {', '.join(told[:-1])} and {told[-1]}"


def _file(sha256: str, at_hand: Sequence[LoadedModule], given: Path | None) -> ModuleFile | None:
    """The recorded module, uncompiled, where it is at hand."""
    known = next((loaded.file for loaded in at_hand if loaded.file.sha256 == sha256), None)
    paths = [path for path in (given, cached_module(sha256)) if path is not None and path.is_file()]
    for path in paths if known is None else ():
        try:
            known = read_module(path)
        except ModuleError:
            continue
        if known.sha256 == sha256:
            break
        known = None
    return known


def _in_folder(folder: Path, wanted: set[str]) -> Iterator[ModuleFile]:
    """The modules in a folder that have one of these SHA-256, whatever their names."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".wasm" and path.is_file())
    except OSError as error:
        raise ModuleError(f"can't read the folder {folder}: {words_of(error)}") from None
    left = set(wanted)
    for path in paths:
        if not left:
            return
        try:
            file = read_module(path)
        except ModuleError:
            continue
        if file.sha256 in left:
            left.discard(file.sha256)
            yield file


def _module(sha256: str, known: Mapping[str, LoadedModule], limits: Limits) -> LoadedModule | str:
    if not sha256:
        return "the chain does not say which module it was recorded with"
    if sha256 in known:
        return known[sha256]
    path = cached_module(sha256)
    if path is None:
        return f"the recorded module ({sha256[:7]}…) is not at hand"
    try:
        file = read_module(path)
        return compile_module(file, limits) if file.sha256 == sha256 else f"the kept module {sha256[:7]}… was changed"
    except ModuleError as error:
        return error.sentence


def control_experiment(replay: Replay, modules: RecordedModules | str) -> Control:
    """Replays what was recorded with the modules that made it, as far as the new one was; twice when it differs too."""
    if isinstance(modules, str):
        return Control(ControlOutcome.NOT_TESTED, modules)
    first = replay.first_mismatch
    if first is not None and not modules.later and modules.first.file.sha256 == replay.loaded.file.sha256:
        return _diverged(replay, first, _replayed(replay, modules, ()))
    wanted = {*replay.not_asked(), *([] if first is None else [first])}
    control = _replayed(replay, modules, wanted)
    module = modules.at(bisect_right(replay.recording.starts, len(replay.recording) if first is None else first) - 1)
    if control.first_mismatch is None:
        stack = () if first is None else control.stacks.get(first, ())
        return Control(ControlOutcome.PASSED, stack=stack, stacks=control.stacks, module=module)
    if modules.doubt:
        return Control(ControlOutcome.NOT_TESTED, modules.doubt)
    stopped = stopped_by_time_out(control)
    if stopped:
        return Control(ControlOutcome.STOPPED, stopped, stacks=control.stacks, module=module)
    return replace(_diverged(control, control.first_mismatch, _replayed(replay, modules, ())), module=module)


def _diverged(control: Replay, place: int, again: Replay) -> Control:
    """What is said once the recorded module differed at a place, and was replayed once more."""
    second = again.first_mismatch
    places = (place,) if second is None else (place, second)
    work = other_work(again.recording.table, again.now, min(places))
    stacks = {index: stack for index, stack in control.stacks.items() if index < place}
    return Control(ControlOutcome.DIVERGED, places=places, replay=control, stack=again.stack, stacks=stacks, work=work)


def _replayed(replay: Replay, modules: RecordedModules, stacks_at: Collection[int]) -> Replay:
    """What the recorded modules make of it: of a replay that was stopped, the calls that it began."""
    again = Replay(
        replay.recording,
        modules.first,
        Mode.PROBE,
        replay.limits,
        initial_state=replay.initial_state,
        stacks_at=stacks_at,
        later=modules.later,
    )
    begun = replay.now.kinds.count(Kind.CALL)
    for made in again.steps():
        if made >= begun and not replay.finished:
            break
    again.close()
    return again
