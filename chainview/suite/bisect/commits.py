"""Builds of a repository's commits, each made by a command in a working tree of the search's own."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from chainview.actor.manifest import manifest_target
from chainview.suite.bisect.builds import BuildName, NotBuilt
from chainview.suite.bisect.repository import GitFailed, Repository, clean_environment
from chainview.suite.bisect.worktree import Worktree
from chainview.system.build_command import end_in_words, run_build
from chainview.system.errors import ChainviewError, words_of
from chainview.system.long_work import OutOfTime, within

_SAID_LINES = 12
_MOST_SAID = 1 << 16
_TARGET = "CARGO_TARGET_DIR"
_OF_TARGETS = ("wasm32-unknown-", "wasm32-wasi")
"""How the folders begin in which cargo puts what it builds for WebAssembly."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a commit is built: a command of the shell, and the module that it makes, from the folder where it runs."""

    command: str
    module: str
    seconds: float = math.inf
    """How long the command may take."""

    def __post_init__(self) -> None:
        if not self.command.strip():
            raise ChainviewError("--build is empty: give the command that makes the module")
        path = PurePath(self.module)
        if not path.name or path.is_absolute() or ".." in path.parts or "\0" in self.module:
            raise ChainviewError(
                f"--module {self.module!r} is not in the working tree that is made for each commit: give its path "
                "from the folder where the command runs"
            )

    @property
    def target(self) -> PurePath | None:
        """Cargo's target folder, where the module tells it."""
        parts = PurePath(self.module).parts
        place = next((at for at, part in enumerate(parts) if at and part.startswith(_OF_TARGETS)), None)
        return None if place is None else PurePath(*parts[:place])


def ends_of(text: str) -> tuple[str, str]:
    """The revisions of `GOOD..BAD`, either of which is HEAD where it is left out; raises ChainviewError."""
    good, dots, bad = text.partition("..")
    if not dots or bad.startswith(".") or not (good or bad):
        raise ChainviewError(f"--git {text!r} names no range: write GOOD..BAD, two commits, tags or branches")
    return good or "HEAD", bad or "HEAD"


class Commits:
    """The commits from one that is to be identical to one that is to differ."""

    noun = "commit"

    def __init__(self, repository: Repository, worktree: Worktree, ends: tuple[str, str], recipe: Recipe) -> None:
        """`ends` are the ids of the first and the last commit."""
        self.first, self.last = ends
        self._repository, self._worktree, self._recipe = repository, worktree, recipe
        self._folder = worktree.path / repository.prefix
        target = recipe.target
        # Git's own settings may ignore it, or not: in any case it stays from one commit to the next.
        self._kept = ("target",) if target is None else (_pattern(PurePath(repository.prefix) / target),)
        self._environment = clean_environment()
        self._environment.pop(_TARGET, None)
        self._environment.pop("CARGO_BUILD_TARGET_DIR", None)
        if target is not None:
            self._environment[_TARGET] = str(self._folder / target)

    def between(self, identical: Sequence[str], differs: str) -> Sequence[str]:
        """The ancestors of the one that differs that are none of one that is identical, as git would bisect them."""
        told = self._repository.git("rev-list", "--bisect-all", differs, *[f"^{each}" for each in identical])
        return [line.partition(" ")[0] for line in told.splitlines()]

    def in_order(self, builds: Sequence[str]) -> Sequence[str]:
        """Each behind its parents."""
        if len(builds) == 1:
            return builds
        wanted = set(builds)
        told = self._repository.git("rev-list", "--topo-order", "--reverse", self.last, f"^{self.first}")
        return [each for each in told.split() if each in wanted]

    def name(self, build: str) -> BuildName:
        """Its id and subject; author and date are told with it."""
        commit = self._repository.commit(build)
        facts = {"commit": commit.sha, "subject": commit.subject, "author": commit.author, "date": commit.date}
        day = commit.date.partition("T")[0]
        return BuildName(commit.short, f"{commit.subject} ({commit.author}, {day})", facts)

    def made(self, build: str) -> str:
        """The module that the command makes of a commit; raises NotBuilt."""
        try:
            self._worktree.check_out(build, self._kept)
        except GitFailed as error:
            raise NotBuilt(f"it can't be checked out: {error.said}") from None
        if not self._folder.is_dir():
            raise NotBuilt(f"it has no folder {self._repository.prefix.rstrip('/')}")
        module = self._folder / self._recipe.module
        self._remove_stale(module)
        said = bytearray()

        def hears(piece: bytes) -> None:
            said.extend(piece)
            del said[:-_MOST_SAID]

        def last_said() -> list[str]:
            return bytes(said).decode("utf-8", "replace").splitlines()[-_SAID_LINES:]

        try:
            with within(self._recipe.seconds):
                code = run_build(self._recipe.command, self._folder, hears, self._environment)
        except OutOfTime:
            why = f"it does not build in {self._recipe.seconds:,g} s, the time that --build-timeout gives a build"
            raise NotBuilt(why, last_said()) from None
        last = last_said()
        if code:
            raise NotBuilt(f"it does not build: {end_in_words(code)}", last)
        # A manifest may also name what lies where this process runs, which nobody built here.
        made = self._module_of(module)
        if not made.is_file():
            raise NotBuilt(f"the command made no {os.path.relpath(made, self._folder)}", last)
        return str(module)

    def _remove_stale(self, named: Path) -> None:
        """Removes what an earlier build made; what is of the commit itself has just been checked out."""
        for each in {named, self._module_of(named)}:
            if not self._worktree.tracks(each):
                try:
                    each.unlink(missing_ok=True)
                except OSError as error:
                    raise NotBuilt(f"{self._recipe.module} is in the way: {words_of(error)}") from None

    def _module_of(self, named: Path) -> Path:
        """The module that is named, or that the manifest names, whether it is there or not."""
        module = named
        if named.suffix == ".toml" and named.is_file():
            try:
                module = Path(os.path.normpath(manifest_target(named.read_bytes(), named).module))
            except (OSError, ChainviewError) as error:
                raise NotBuilt(words_of(error) if isinstance(error, OSError) else error.sentence) from None
        if not module.parent.resolve().is_relative_to(self._worktree.path):
            raise NotBuilt(f"{module} is not in the working tree that is made for each commit")
        return module


def _pattern(path: PurePath) -> str:
    """What git takes for one folder, and for no other."""
    return "/" + re.sub(r"([\\*?\[\]!# ])", r"\\\1", path.as_posix())
