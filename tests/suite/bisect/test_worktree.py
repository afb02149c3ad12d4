"""The working tree of a search: it comes and goes, and nobody else's is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.suite.bisect import worktree
from chainview.suite.bisect.repository import GitFailed, Repository, git
from chainview.suite.bisect.worktree import worktree_of
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import lock_exclusively
from chainview.system.long_work import GivenUp, given_up_when
from tests.suite.bisect.repositories import History, history, needs_git

__all__ = ["history"]
pytestmark = needs_git


def nobody(remark: str) -> None:
    """Hears of nothing that is left."""
    raise AssertionError(remark)


def test_it_holds_a_commit_and_is_gone_in_the_end(history: History) -> None:
    """With what a build made in it, where its folders may not be written into; also where something goes wrong."""
    first, second = history.commit("identical", old="1"), history.commit("differs")

    def fails() -> None:
        with worktree_of(Repository(history.folder), first, nobody) as tree:
            for sha, kind in ((first, "identical"), (second, "differs")):
                tree.check_out(sha, ())
                assert (tree.path / "kind").read_text() == kind
            assert tree.tracks(tree.path / "kind")
            assert not tree.tracks(tree.path / "k*")
            (tree.path / "locked").mkdir()
            (tree.path / "locked" / "file").touch()
            (tree.path / "locked").chmod(0o500)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert history.has_nothing_of_a_search()


def test_what_is_left_of_one_build_is_gone_for_the_next(history: History) -> None:
    """But for what git ignores, and what is kept."""
    first, second = history.commit("identical", **{".gitignore": "ignored\n"}), history.commit("differs")
    with worktree_of(Repository(history.folder), first, nobody) as tree:
        tree.check_out(first, ("/kept",))
        for name in ("ignored", "kept", "inner/kept", "left"):
            (tree.path / name).mkdir(parents=True)
            (tree.path / name / "file").touch()
        (tree.path / "kind").write_text("changed")
        tree.check_out(second, ("/kept",))
        assert {each.name for each in tree.path.iterdir()} - {".git"} == {
            "build.sh",
            "kind",
            ".gitignore",
            "ignored",
            "kept",
        }
        assert (tree.path / "kind").read_text() == "differs"


def test_what_a_build_forbade_to_remove_is_gone_for_the_next(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where git says that it can't, as it does to all but the system's administrator."""
    first = history.commit("identical")
    fail = ["clean"]

    def forbidden(folder: Path, *words: str) -> str:
        if words[:1] == tuple(fail[-1:]):
            fail.pop()
            assert (folder / "locked").stat().st_mode & 0o200 == 0
            raise GitFailed("git clean failed", "warning: failed to remove locked/file")
        return git(folder, *words)

    monkeypatch.setattr(worktree, "git", forbidden)
    with worktree_of(Repository(history.folder), first, nobody) as tree:
        (tree.path / "locked").mkdir()
        (tree.path / "locked" / "file").touch()
        (tree.path / "locked").chmod(0o500)
        tree.check_out(first, ())
        assert not (tree.path / "locked").exists()


def test_no_hook_and_nothing_else_of_the_person_s_runs_or_changes(history: History) -> None:
    """Their files, what is staged, their branch; hooks and a monitor of the file system hear of nothing."""
    first, _ = history.commits("identical", "differs")
    hook = history.folder / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n: > '{history.ended}'\n")
    hook.chmod(0o700)
    history.git("config", "core.fsmonitor", str(hook))
    (history.folder / "kind").write_text("at work")
    (history.folder / "staged").touch()
    history.git("-c", "core.fsmonitor=false", "add", "staged")
    index = (history.folder / ".git" / "index").read_bytes()
    head = (history.folder / ".git" / "HEAD").read_text()
    history.ended.unlink(missing_ok=True)
    with worktree_of(Repository(history.folder), first, nobody) as tree:
        tree.check_out(first, ())
    assert not history.ended.exists()
    assert (history.folder / "kind").read_text() == "at work"
    assert (history.folder / ".git" / "index").read_bytes() == index
    assert (history.folder / ".git" / "HEAD").read_text() == head


def test_a_hook_s_variables_lead_nowhere_else(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where git itself runs chainview, with a repository and an index of its own."""
    first = history.commit("identical")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    with worktree_of(Repository(history.folder), first, nobody) as tree:
        tree.check_out(first, ())
        assert (tree.path / "kind").exists()


def test_a_checkout_that_nobody_wants_is_ended(history: History) -> None:
    """As one that runs a filter which waits, or that fetches; the working tree is removed all the same."""
    first = history.commit("identical", **{".gitattributes": "kind filter=slow\n"})
    history.git("config", "filter.slow.smudge", f": > '{history.waits}'; while :; do sleep 0.05; done")

    def given_up() -> None:
        with (
            given_up_when(history.waits.exists),
            worktree_of(Repository(history.folder), first, nobody) as tree,
        ):
            tree.check_out(first, ())

    with pytest.raises(GivenUp):
        given_up()
    assert history.waits.exists()
    assert history.has_nothing_of_a_search()


def left_by_a_killed_one(history: History, sha: str, name: str) -> Path:
    """What a search leaves that is ended by SIGKILL."""
    folder = history.temporary / name
    folder.mkdir()
    (folder / "lock").touch()
    history.git("worktree", "add", "--quiet", "--detach", str(folder / name), sha)
    return folder


def test_what_a_killed_search_left_is_removed_by_the_next(history: History) -> None:
    """Also where the system removed the folder; not what another one works in, nor what only has such a name."""
    first = history.commit("identical")
    killed, gone, used, other = [
        left_by_a_killed_one(history, first, f"chainview-bisect-{name}") for name in ("killed", "gone", "used", "other")
    ]
    os.rename(gone, history.temporary.parent / "moved")
    (other / "lock").unlink()
    begun = history.temporary / "chainview-bisect-begun"
    begun.mkdir()
    (begun / "lock").touch()
    lock = os.open(used / "lock", os.O_RDWR)
    try:
        assert lock_exclusively(lock)
        with worktree_of(Repository(history.folder), first, nobody) as tree:
            there = set(history.temporary.iterdir())
            assert there == {used, other, tree.path.parent}
            listed = history.git("worktree", "list")
            assert [str(each) in listed for each in (killed, gone, used, other)] == [False, False, True, True]
    finally:
        os.close(lock)


def test_what_can_t_be_made_or_checked_out_is_told(history: History, tmp_path: Path) -> None:
    """A commit that is not there, and a temporary folder that is none."""
    first = history.commit("identical")
    repository = Repository(history.folder)
    with worktree_of(repository, first, nobody) as tree, pytest.raises(GitFailed, match="git checkout failed"):
        tree.check_out("0" * 40, ())
    history.temporary.rmdir()
    with pytest.raises(ChainviewError, match="set TMPDIR"), worktree_of(repository, first, nobody):
        pass
