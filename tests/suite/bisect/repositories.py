"""Repositories whose commits are built, by a real git, in a folder of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chainview.system.long_work import GivenUp, OutOfTime, given_up_when
from tests.actor.running import sample
from tests.suite.shrink.folders import edited_counter, two_guilty

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
MODULE = "target/wasm32-unknown-unknown/release/counter.wasm"
BUILD = "sh build.sh"
# The commits differ in the word that stands in `kind`.
_SCRIPT = """
set -e
mkdir -p {folder}
case $(cat kind) in
  identical) cp '{identical}' {module} ;;
  differs) cp '{differs}' {module} ;;
  nothing) ;;
  waits) trap ': > "{ended}"; exit 1' TERM; : > '{waits}'; while :; do sleep 0.05; done ;;
  *) echo "error: it is $(cat kind)"; exit 3 ;;
esac
"""


class History:
    """A repository, made commit by commit; whatever is temporary lies beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.temporary = folder / "repository", folder / "tmp"
        self.waits, self.ended = folder / "waits", folder / "ended"
        """Files that a build makes which waits, and once it is told to end."""
        for each in (self.folder, self.temporary):
            each.mkdir()
        self.chain, self.differs = two_guilty(folder, 5), edited_counter(folder)
        self.script = _SCRIPT.format(
            folder=os.path.dirname(MODULE),
            module=MODULE,
            identical=sample("counter"),
            differs=self.differs,
            ended=self.ended,
            waits=self.waits,
        )
        self.git("init", "--quiet", "--initial-branch=main")
        (self.folder / "build.sh").write_text(self.script)

    def git(self, *words: str) -> str:
        """What git prints."""
        return subprocess.run(
            ["git", *words], cwd=self.folder, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def commit(self, kind: str, subject: str = "", **files: str) -> str:
        """Commits a build of some kind; returns its id."""
        for name, text in {"kind": kind, **files}.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject or f"It is {kind}")
        return self.git("rev-parse", "HEAD")

    def commits(self, *kinds: str) -> list[str]:
        """Commits one of each kind; returns their ids."""
        return [self.commit(kind, f"Commit {number}") for number, kind in enumerate(kinds, 1)]

    @contextmanager
    def out_of_time(self, seconds: float) -> Iterator[None]:
        """In the place of `within`: the time of a build is over once it is one that waits."""
        try:
            with given_up_when(self.waits.exists):
                yield
        except GivenUp:
            self.waits.unlink()
            raise OutOfTime from None

    def has_nothing_of_a_search(self) -> bool:
        """Whether no working tree, and no temporary file, is left."""
        return self.git("worktree", "list").count("\n") == 0 and not list(self.temporary.iterdir())


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """An empty repository, in which the test runs, by nobody's settings."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "CARGO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.org")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-01-02T03:04:05+00:00")
    made = History(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(made.temporary))
    monkeypatch.chdir(made.folder)
    return made
