"""Which module of those given, or kept, a recorded member of a family is to be replayed with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import Target, find_target, read_manifest
from chainview.actor.module import ModuleError, ModuleFile
from chainview.actor.module_cache import cached_module
from chainview.chain.event import MODULE_EVENT
from chainview.chain.families.member import Member
from chainview.chain.families.spawns import Spawn
from chainview.chain.payload import INIT, Call
from chainview.pack.values import String, Value, none, types
from chainview.replay.run.recording import Recording
from chainview.system.errors import words_of

_MOST_FILES = 1000
_NO_STATE = none(types.list_of(types.U8))
"""What Theater's supervisor hands to a child that it was given no state for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A module, with the manifests that name it."""

    loaded: LoadedModule
    targets: tuple[Target, ...] = ()

    @property
    def file(self) -> ModuleFile:
        """The module's file."""
        return self.loaded.file

    def target_of(self, member: Member, spawn: Spawn | None) -> Target | None:
        """The manifest that a member was started from: of several the one it was spawned by, else that of its name."""
        meant = [target for target in self.targets if spawn is not None and _is_named(target, spawn.manifest)]
        named = [target for target in self.targets if target.name == member.name]
        return next(iter((*meant, *named, *self.targets)), None)


class Modules:
    """Modules that are read and compiled once; `remarks` tell of files in a folder that can't be used."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS, recorded: Path | None = None) -> None:
        """`recorded` is a folder of modules that chains were recorded with, asked before those that chainview kept."""
        self._recorded = recorded if recorded is not None and recorded.is_dir() else None
        self.remarks: list[str] = []
        self._limits = limits
        self._compiled: dict[tuple[str, Limits], LoadedModule] = {}
        self._kept: dict[str, Candidate | None] = {}

    def compiled(self, file: ModuleFile, limits: Limits) -> LoadedModule:
        """A module for an engine with these limits; raises ModuleError."""
        key = (file.sha256, limits)
        if key not in self._compiled:
            self._compiled[key] = compile_module(file, limits)
        return self._compiled[key]

    def candidates(self, actor: str) -> list[Candidate]:
        """The modules that a name on the command line means: one, or all in a folder; raises ModuleError."""
        folder = Path(actor)
        if not folder.is_dir():
            target = find_target(actor)
            file = read_module(target.module)
            return [Candidate(self.compiled(file, self._limits), (target,) if target.manifest else ())]
        found = self.in_folder(folder, below=True)
        if not found:
            raise ModuleError(
                f"{folder} is a folder without a module: give a .wasm module, a manifest or a folder of them"
            )
        return found

    def in_folder(self, folder: Path, *, below: bool = False) -> list[Candidate]:
        """The modules in a folder, and those that its manifests name; with `below` also those in its folders."""
        try:
            files = sorted(folder.iterdir())
            if below:
                files += [file for each in files if each.is_dir() for file in sorted(each.iterdir())]
        except OSError as error:
            raise ModuleError(f"can't read the folder {folder}: {words_of(error)}") from None
        files = [file for file in files if file.suffix in (".toml", ".wasm", ".wat") and file.is_file()][:_MOST_FILES]
        targets = [target for file in files if file.suffix == ".toml" for target in self._manifest(file, folder)]
        paths = [file for file in files if file.suffix in (".wasm", ".wat")]
        paths += [target.module for target in targets if target.module not in paths]
        found = dict[str, Candidate]()
        for path in dict.fromkeys(paths):
            try:
                loaded = self.compiled(read_module(path), self._limits)
            except ModuleError as error:
                self.remarks.append(error.sentence)
                continue
            naming = tuple(target for target in targets if _is_same(target.module, path))
            found.setdefault(loaded.file.sha256, Candidate(loaded, naming))
        return list(found.values())

    def kept(self, sha256: str) -> Candidate | None:
        """The kept module of that SHA-256."""
        if sha256 and sha256 not in self._kept:
            file = self._recorded_file(sha256)
            if file is None and (path := cached_module(sha256)) is not None:
                file = read_module(path)
            self._kept[sha256] = None if file is None else Candidate(self.compiled(file, self._limits))
        return self._kept.get(sha256)

    def _recorded_file(self, sha256: str) -> ModuleFile | None:
        """The module of that SHA-256 in the folder of recorded ones, whatever it is called there."""
        if self._recorded is None:
            return None
        try:
            paths = sorted(self._recorded.glob("*.wasm"), key=lambda path: path.stem != sha256)
        except OSError:
            return None
        for path in paths[:_MOST_FILES]:
            try:
                file = read_module(path)
            except ModuleError:
                continue
            if file.sha256 == sha256:
                return file
        return None

    def _manifest(self, file: Path, folder: Path) -> Iterator[Target]:
        try:
            target = read_manifest(file, built=False)
        except ModuleError:
            # Other tools' files have that suffix as well.
            return
        # Theater takes what a manifest names from where it is started, which may have been the folder; who names a
        # folder means what lies in it, not another build of that name where chainview was started.
        beside = file.parent / Path(target.package).name
        there = next((path for path in (folder / target.package, beside, target.module) if path.is_file()), None)
        if there is not None:
            yield replace(target, module=there)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _is_named(target: Target, reference: str) -> bool:
    """Whether a manifest is the file that was named, from wherever that was named."""
    if target.manifest is None:
        return False
    parts = Path(reference).parts
    return bool(parts) and target.manifest.absolute().parts[-len(parts) :] == parts


def fitting(
    candidates: Sequence[Candidate],
    member: Member,
    recording: Recording,
    spawn: Spawn | None = None,
    names: Collection[str] = (),
) -> Candidate | None:
    """The candidate that a member was recorded with, or a build of it; None where none says so.

    By the SHA-256, else the module's file name, else the manifest that it was spawned by, else the actor's name, else,
    where the chain names no module or there is a single candidate, by exporting all that is called and importing all
    that was asked. `names` are the file names of the modules that members of the family were recorded with: a single
    candidate of such a name is that member's.
    """
    header = recording.header
    sha256 = _sha256(member, recording)
    name = Path(header.module_path).name if header is not None and header.module_path else ""
    for fits in (
        lambda each: bool(sha256) and each.file.sha256 == sha256,
        lambda each: bool(name) and each.file.name == name,
        lambda each: spawn is not None and any(_is_named(target, spawn.manifest) for target in each.targets),
        lambda each: any(target.name == member.name for target in each.targets),
    ):
        found = [each for each in candidates if fits(each)]
        if found:
            return found[0]
    if name and (len(candidates) != 1 or candidates[0].file.name in names):
        return None
    able = [each for each in candidates if _is_able(each.loaded, recording)]
    return min(able, key=lambda each: len(each.loaded.symbols), default=None)


def recorded_with(
    modules: Modules, beside: Sequence[Candidate], member: Member, recording: Recording, spawn: Spawn | None
) -> Candidate | None:
    """The module that a member was recorded with, from the kept ones or from those beside its chain."""
    sha256 = _sha256(member, recording)
    found = next((each for each in beside if sha256 and each.file.sha256 == sha256), None)
    return found or modules.kept(sha256) or (None if sha256 else fitting(beside, member, recording, spawn))


def _sha256(member: Member, recording: Recording) -> str:
    header = recording.header
    return (header.module_sha256 if header is not None else "") or member.entry.module_sha256


def _is_able(loaded: LoadedModule, recording: Recording) -> bool:
    """Whether a module exports all that a chain calls, and imports all that it asked."""
    first = recording.payload(recording.starts[0]) if recording.starts else None
    begins = {INIT} if isinstance(first, Call) and first.function == INIT else set()
    called = recording.functions() | begins
    asked = {name for name in recording.table.type_names if name != MODULE_EVENT and "/" in name}
    return called <= set(loaded.symbols) and asked <= {f"{each.interface}/{each.function}" for each in loaded.imports}


def initial_state(candidate: Candidate, member: Member, spawn: Spawn | None) -> Value | None:
    """The state that a chain of Theater's began with: what its parent gave it, else its manifest's text.

    `spawn` is None where nobody is known to have spawned it.
    """
    if spawn is not None and spawn.state is not None:
        return spawn.state
    target = candidate.target_of(member, spawn)
    if target is not None and target.initial_state is not None:
        return String(target.initial_state)
    return None if spawn is None else _NO_STATE
