"""The repository that is searched, and what is said where it can't be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.suite.bisect.repository import Repository, clean_environment
from chainview.system.errors import ChainviewError
from tests.suite.bisect.repositories import History, history, needs_git

__all__ = ["history"]
pytestmark = needs_git


def test_a_commit_is_found_by_what_people_call_it(history: History) -> None:
    """A tag, a branch, what is so far behind one; with its subject, author and date, however they are written."""
    first, second = history.commit("identical"), history.commit("differs", "Preise in \x1b[1m Cent ü")
    history.git("tag", "v1", first)
    repository = Repository(history.folder)
    assert (repository.top, repository.prefix) == (history.folder, "")
    assert [repository.find(each) for each in ("v1", "main", "main~1", second[:9])] == [first, second, first, second]
    commit = repository.commit(second)
    assert (commit.sha, commit.author, commit.date) == (second, "Ada", "2026-01-02T03:04:05+00:00")
    assert commit.subject.startswith("Preise in")
    assert second.startswith(commit.short)
    repository.require_line(first, second, ("v1", "main"))


@pytest.mark.parametrize("name", ["nope", "--all", "", "a\0b", "main:build.sh"])
def test_a_name_of_no_commit_is_told(history: History, name: str) -> None:
    """Also one that would be an option of git's."""
    history.commit("identical")
    with pytest.raises(ChainviewError, match="has no commit"):
        Repository(history.folder).find(name)


def test_commits_that_are_not_of_one_line_are_told(history: History) -> None:
    """The same, turned round, and on branches beside each other."""
    first, second = history.commits("identical", "differs")
    history.git("checkout", "--quiet", "-b", "other", first)
    other = history.commit("differs", "Beside it")
    repository = Repository(history.folder)
    for good, bad, sentence in (
        (first, first, "A and B are the same commit"),
        (second, first, "A does not come before B, but behind it: turn them round"),
        (other, second, "A does not come before B: name a commit that it grew from"),
    ):
        with pytest.raises(ChainviewError, match=sentence):
            repository.require_line(good, bad, ("A", "B"))


def test_where_there_is_no_working_tree_it_is_told(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of any repository, in a bare one, inside of `.git`; and without git."""
    history.commit("identical")
    history.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    outside = tmp_path / "outside"
    outside.mkdir()
    for folder, sentence in (
        (outside, "is in no repository that git can use: fatal: not a git repository"),
        (tmp_path / "bare", "is in a bare repository"),
        (history.folder / ".git", "is in no working tree of git"),
        (tmp_path / "gone", "can't look for a repository in"),
    ):
        with pytest.raises(ChainviewError, match=sentence):
            Repository(folder)
    monkeypatch.setenv("PATH", str(outside))
    with pytest.raises(ChainviewError, match="needs git, which is not to be found"):
        Repository(history.folder)


def test_a_shallow_clone_is_used_as_far_as_it_goes(history: History, tmp_path: Path) -> None:
    """What it lacks is told, with what fetches it; also where only a part of a branch is there that was merged."""
    first, _ = history.commits("identical", "identical")
    history.git("checkout", "--quiet", "-b", "side", first)
    for number in range(3):
        history.commit("identical", "Beside it", side=str(number))
    history.git("checkout", "--quiet", "main")
    history.git("merge", "--quiet", "--no-ff", "side")
    history.commit("differs")
    shallow = tmp_path / "shallow"
    history.git("clone", "--quiet", "--depth=4", f"file://{history.folder}", str(shallow))
    repository = Repository(shallow)
    good, bad = repository.find("main~1"), repository.find("main")
    repository.require_line(good, bad, ("main~1", "main"))
    with pytest.raises(ChainviewError, match="has no commit 'main~9': the clone is shallow, and `git fetch --unsh"):
        repository.find("main~9")
    with pytest.raises(ChainviewError, match=r"main~3\.\.main is not all there: the clone is shallow"):
        repository.require_line(repository.find("main~3"), bad, ("main~3", "main"))
    with pytest.raises(ChainviewError, match="does not come before side: the clone is shallow"):
        repository.require_line(repository.find("main~2"), repository.find("main^^2"), ("main~2", "side"))


def test_variables_that_lead_git_elsewhere_are_left_out() -> None:
    """As a hook has them; settings that are given by variables stay."""
    given = {"GIT_DIR": "x", "GIT_INDEX_FILE": "x", "GIT_CONFIG_COUNT": "0", "HOME": "h", "GIT_WORK_TREE": "x"}
    assert clean_environment(given) == {"GIT_CONFIG_COUNT": "0", "HOME": "h"}
    assert "PATH" in clean_environment(os.environ)
