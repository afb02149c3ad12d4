"""The repository whose commits are searched: git does the work, and nothing of the person's is changed by it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chainview.system.errors import ChainviewError, words_of
from chainview.system.long_work import GivenUp, go_on
from chainview.system.wording import visible

# A hook or a file system monitor of the person's would hear of a working tree that is not theirs.
_OURS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "submodule.recurse=false",
    "advice.detachedHead=false",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
)
_KEPT = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""The variables of git that say nothing of a single repository."""
_OURS_ALONE = {"GIT_LFS_SKIP_SMUDGE": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_LOOK_SECONDS = 0.05


class GitFailed(ChainviewError):
    """Git did not do what it was asked; `said` is its own last line."""

    def __init__(self, sentence: str, said: str) -> None:
        super().__init__(sentence)
        self.said = said


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as people call it."""

    sha: str
    short: str
    subject: str
    author: str
    date: str


def clean_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment without what leads git to another repository, as a hook has it."""
    return {name: value for name, value in environment.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}


def git(folder: Path, *words: str) -> str:
    """What git prints, run in a folder; raises GitFailed, and GivenUp once nobody wants it any more.

    A ^C of the terminal does not reach it.
    """
    settings = [word for setting in _OURS for word in ("-c", setting)]
    try:
        process = subprocess.Popen(
            ["git", *settings, *words],
            cwd=folder,
            env={**clean_environment(), **_OURS_ALONE},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise ChainviewError(f"can't look for a repository in {folder}: {words_of(error)}") from None
        raise ChainviewError("--git needs git, which is not to be found on the PATH: install it") from None
    except OSError as error:
        raise ChainviewError(f"can't run git: {words_of(error)}") from None
    printed, complained = _ended(process)
    if process.returncode:
        lines = complained.decode("utf-8", "replace").strip().splitlines() or [f"exit code {process.returncode}"]
        said = next((each for each in lines if each.startswith(("fatal:", "error:"))), lines[-1])
        raise GitFailed(f"git {words[0]} failed: {visible(said)}", visible(said))
    return os.fsdecode(printed)


def _ended(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """What it printed, and what it complained of; a checkout may take long, and be one that fetches."""
    with process:
        try:
            while True:
                go_on()
                with suppress(subprocess.TimeoutExpired):
                    return process.communicate(timeout=_LOOK_SECONDS)
        except GivenUp:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


class Repository:
    """The repository that a folder is in."""

    def __init__(self, folder: Path) -> None:
        """Raises ChainviewError where the folder is in none that has a working tree."""
        try:
            bare = git(folder, "rev-parse", "--is-bare-repository").strip() == "true"
        except GitFailed as error:
            raise ChainviewError(f"{folder} is in no repository that git can use: {error.said}") from None
        if bare:
            raise ChainviewError(f"{folder} is in a bare repository: run it in a clone that has a working tree")
        try:
            lines = git(folder, "rev-parse", "--show-toplevel", "--show-prefix").split("\n")
        except GitFailed as error:
            raise ChainviewError(f"{folder} is in no working tree of git: {error.said}") from None
        self.top = Path(lines[0])
        self.prefix = lines[1]
        """Where in the working tree the folder is; empty for its top."""

    def git(self, *words: str) -> str:
        """What git prints, run at the top."""
        return git(self.top, *words)

    def find(self, revision: str) -> str:
        """The commit that a revision names; raises ChainviewError for one that names none."""
        # A word that begins so is an option to git.
        if not revision.startswith("-") and "\0" not in revision:
            try:
                return self.git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
            except GitFailed:
                pass
        raise ChainviewError(f"{self.top} has no commit {revision!r}{self._if_shallow()}")

    def require_line(self, good: str, bad: str, names: Sequence[str]) -> None:
        """Raises ChainviewError where the first commit does not come before the second one, by all that is there."""
        if good == bad:
            raise ChainviewError(f"{names[0]} and {names[1]} are the same commit: there is nothing between them")
        if not self._comes_before(good, bad):
            turned = ", but behind it: turn them round" if self._comes_before(bad, good) else ""
            shallow = self._if_shallow()
            raise ChainviewError(
                f"{names[0]} does not come before {names[1]}{turned or shallow or ': name a commit that it grew from'}"
            )
        between = set(self.git("rev-list", bad, f"^{good}").split())
        if between & self._cut_off():
            raise ChainviewError(f"{names[0]}..{names[1]} is not all there{self._if_shallow()}")

    def commit(self, sha: str) -> Commit:
        """What people call a commit."""
        told = self.git("log", "-1", "--no-show-signature", "--format=%h%x00%s%x00%an%x00%aI", sha).rstrip("\n")
        return Commit(sha, *told.split("\0", 3))

    def _comes_before(self, one: str, other: str) -> bool:
        return self.git("rev-list", "--max-count=1", one, f"^{other}").strip() == ""

    def _if_shallow(self) -> str:
        """What to do where commits may only be left out of a clone."""
        if self.git("rev-parse", "--is-shallow-repository").strip() != "true":
            return ""
        return ": the clone is shallow, and `git fetch --unshallow` fetches the rest"

    def _cut_off(self) -> set[str]:
        """The commits of a shallow clone whose parents were left out of it."""
        file = self.top / self.git("rev-parse", "--git-path", "shallow").rstrip("\n")
        return set(file.read_text(encoding="ascii").split()) if file.is_file() else set()
