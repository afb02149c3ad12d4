"""Builds that are made of commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.suite.bisect.bisection import Bisection, Side
from chainview.suite.bisect.builds import NotBuilt
from chainview.suite.bisect.commits import Commits, Recipe, ends_of
from chainview.suite.bisect.repository import Repository
from chainview.suite.bisect.worktree import Worktree, worktree_of
from chainview.system.errors import ChainviewError
from tests.actor.running import sample
from tests.suite.bisect.repositories import BUILD, MODULE, History, history, needs_git
from tests.suite.bisect.test_worktree import nobody

__all__ = ["history"]
pytestmark = [pytest.mark.once, needs_git]
RECIPE = Recipe(BUILD, MODULE)


def content(path: str | Path) -> str:
    """What tells one file from another."""
    return sha256(Path(path).read_bytes()).hexdigest()


@contextmanager
def commits(history: History, recipe: Recipe = RECIPE, below: str = "") -> Iterator[Commits]:
    """The commits from the first one to the newest, from a folder of the repository."""
    repository = Repository(history.folder / below)
    first, last = history.git("rev-list", "--max-parents=0", "HEAD"), history.git("rev-parse", "HEAD")
    with worktree_of(repository, first, nobody) as tree:
        yield Commits(repository, tree, (first, last), recipe)


def test_each_commit_is_built_as_it_was(history: History) -> None:
    """Back and forth, by one target folder that stays; what is said of one that does not build is its last lines."""
    history.script += "echo again >> target/builds\n"
    history.commit("identical", **{"build.sh": history.script})
    same, differs, broken = history.commits("identical", "differs", "broken")
    with commits(history) as builds:
        for each in (differs, same, differs):
            wanted = history.differs if each == differs else sample("counter")
            assert content(builds.made(each)) == content(wanted)
        with pytest.raises(NotBuilt, match="it does not build: exit code 3") as why:
            builds.made(broken)
        assert why.value.said == ("error: it is broken",)
        module = Path(builds.made(same))
        assert (module.parents[2] / "builds").read_text() == "again\n" * 4
        name = builds.name(broken)
        assert (name.more, name.facts["commit"]) == ("Commit 3 (Ada, 2026-01-02)", broken)
    assert history.has_nothing_of_a_search()


def test_what_another_commit_made_is_never_judged(history: History) -> None:
    """Where the command makes nothing, though it succeeds; nor the module that lies in the person's folder."""
    first, last = history.commits("identical", "nothing")
    own = history.folder / MODULE
    own.parent.mkdir(parents=True)
    own.write_bytes(b"theirs")
    with commits(history) as builds:
        builds.made(first)
        with pytest.raises(NotBuilt, match=f"the command made no {MODULE}"):
            builds.made(last)
    assert own.read_bytes() == b"theirs"


def test_the_module_may_be_one_that_a_manifest_names(history: History) -> None:
    """What that names is made anew too; it leads to nothing outside, and to nothing of the person's."""
    manifest = f'name = "counter"\nversion = "1"\npackage = "{MODULE}"\n'
    first = history.commit("identical", **{"manifest.toml": manifest})
    history.commit("nothing")
    last = history.commit("nothing", **{"manifest.toml": manifest.replace(MODULE, "/bin/sh")})
    (history.folder / MODULE).parent.mkdir(parents=True)
    (history.folder / MODULE).write_bytes(b"theirs")
    with commits(history, Recipe(BUILD, "manifest.toml")) as builds:
        assert Path(builds.made(first)).name == "manifest.toml"
        with pytest.raises(NotBuilt, match="the command made no target"):
            builds.made(f"{last}~1")
        with pytest.raises(NotBuilt, match="is not in the working tree"):
            builds.made(last)


def test_a_build_that_never_ends_is_none(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its time is over, all that it began is ended; the next one has as much time."""
    monkeypatch.setattr("chainview.suite.bisect.commits.within", history.out_of_time)
    history.commit("identical")
    waits, same = history.commits("waits", "identical")
    with commits(history, Recipe(BUILD, MODULE, 5.0)) as builds:
        with pytest.raises(NotBuilt, match="does not build in 5 s, the time that --build-timeout gives a build"):
            builds.made(waits)
        assert history.ended.exists()
        assert content(builds.made(same)) == content(sample("counter"))
    assert history.has_nothing_of_a_search()


def test_a_module_that_is_committed_is_that_of_its_commit(history: History) -> None:
    """With a command that has nothing to do."""
    data = sample("counter").read_bytes()
    ids = []
    for number in range(2):
        (history.folder / "counter.wasm").write_bytes(data + b"\0\2\1" + bytes([number]))
        ids.append(history.commit("identical"))
    with commits(history, Recipe("true", "counter.wasm")) as builds:
        for each in (*ids, *ids):
            assert Path(builds.made(each)).read_bytes()[-1] == ids.index(each)


def test_the_command_runs_where_the_person_stands(history: History) -> None:
    """In the same folder of the working tree, by whose path the module goes; a commit that has none is told."""
    first = history.commit("identical")
    last = history.commit("identical", **{"inner/build.sh": history.script, "inner/kind": "differs"})
    with commits(history, below="inner") as builds:
        with pytest.raises(NotBuilt, match="it has no folder inner"):
            builds.made(first)
        assert content(builds.made(last)) == content(history.differs)


def test_cargo_builds_into_the_working_tree(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever its settings lead else: into the folder in which the module is."""
    monkeypatch.setenv("CARGO_TARGET_DIR", "/elsewhere")
    monkeypatch.setenv("CARGO_BUILD_TARGET_DIR", "/elsewhere")
    script = (
        history.script
        + 'echo "${CARGO_TARGET_DIR-none} ${CARGO_BUILD_TARGET_DIR-none} ${GIT_DIR-none}" > target/told\n'
    )
    first = history.commit("identical", **{"build.sh": script})
    for module, place in ((MODULE, "{}/target"), ("kind", "none")):
        with commits(history, Recipe(BUILD, module)) as builds:
            tree = Path(builds.made(first))
            while not (tree / ".git").exists():
                tree = tree.parent
            assert (tree / "target" / "told").read_text() == f"{place.format(tree)} none none\n"


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("target/wasm32-unknown-unknown/release/a.wasm", PurePath("target")),
        ("a/out/wasm32-wasip1/debug/a.wasm", PurePath("a/out")),
        ("a.wasm", None),
        ("actors/wasm32-demo/a.wasm", None),
        ("wasm32-unknown-unknown/a.wasm", None),
    ],
)
def test_cargo_s_folder_is_told_by_the_module(module: str, target: PurePath | None) -> None:
    """Where it lies as cargo lays it."""
    assert Recipe("true", module).target == target


@pytest.mark.parametrize("module", ["/a.wasm", "../a.wasm", "x/../../a.wasm", "", ".", "a\0"])
def test_a_module_outside_of_the_working_tree_is_refused(module: str) -> None:
    """It would be removed before each build."""
    with pytest.raises(ChainviewError, match="is not in the working tree"):
        Recipe("true", module)


def test_a_folder_that_leads_out_is_not_followed(history: History, tmp_path: Path) -> None:
    """As a link that is committed: nothing is removed there."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.wasm").touch()
    (history.folder / "link").symlink_to(tmp_path / "out")
    first = history.commit("identical")
    with commits(history, Recipe("true", "link/a.wasm")) as builds, pytest.raises(NotBuilt, match="is not in the work"):
        builds.made(first)
    assert (tmp_path / "out" / "a.wasm").exists()


def test_what_can_t_be_checked_out_or_removed_is_skipped(history: History) -> None:
    """With why."""
    first = history.commit("identical", **{".gitignore": "out\n"})
    with commits(history, Recipe("mkdir -p out/a.wasm", "out/a.wasm")) as builds:
        with pytest.raises(NotBuilt, match="can't be checked out: fatal"):
            builds.made("0" * 40)
        with pytest.raises(NotBuilt, match=r"the command made no out/a\.wasm"):
            builds.made(first)
        with pytest.raises(NotBuilt, match=r"out/a\.wasm is in the way"):
            builds.made(first)


@pytest.mark.parametrize("text", ["v1", "v1...v2", "..", ""])
def test_what_is_no_range_is_refused(text: str) -> None:
    """Two ends are needed; one that is left out is HEAD."""
    assert [ends_of(each) for each in ("a..b", "a..", "..b")] == [("a", "b"), ("a", "HEAD"), ("HEAD", "b")]
    with pytest.raises(ChainviewError, match=r"write GOOD\.\.BAD"):
        ends_of(text)
    with pytest.raises(ChainviewError, match="--build is empty"):
        Recipe(" ", "a.wasm")


@pytest.fixture
def merged(history: History) -> list[str]:
    """A history with branches that were merged, one of them twice, and one into the other; each behind its parents."""
    history.commits("identical", "identical")
    history.git("checkout", "--quiet", "-b", "side")
    history.commit("identical", "S1", of_side="1")
    history.git("checkout", "--quiet", "-b", "far", "main~1")
    history.commit("identical", "F1", of_far="1")
    history.git("checkout", "--quiet", "side")
    history.git("merge", "--quiet", "--no-ff", "far")
    history.commit("identical", "S2", of_side="2")
    history.git("checkout", "--quiet", "main")
    history.commit("identical", "M3", mine="3")
    history.git("merge", "--quiet", "--no-ff", "side")
    history.commit("identical", "M4", mine="4")
    history.git("merge", "--quiet", "--no-ff", "far")
    history.commit("identical", "M5", mine="5")
    return history.git("rev-list", "--topo-order", "--reverse", "main").split()


def test_among_merges_the_one_after_which_all_differ_is_found(history: History, merged: list[str]) -> None:
    """By git's own choice of what to look at, whichever it is and whatever can't be built beside it."""
    repository = Repository(history.folder)
    builds = Commits(repository, Worktree(history.folder), (merged[0], merged[-1]), RECIPE)
    before = {each: set(history.git("rev-list", each).split()) for each in merged}
    assert len(merged) > 8

    @settings(max_examples=30)
    @given(st.sampled_from(merged[1:]), st.frozensets(st.sampled_from(merged[1:-1])))
    def holds(guilty: str, skipped: frozenset[str]) -> None:
        search = Bisection(builds, merged[0], merged[-1])
        identical = [merged[0]]
        while (due := search.due) is not None:
            if due in skipped:
                search.learn(due, Side.SKIPPED)
            elif guilty in before[due]:
                search.learn(due, Side.DIFFERS)
            else:
                identical.append(due)
                search.learn(due, Side.IDENTICAL)
        assert set(search.candidates) == before[search.differs].difference(*[before[each] for each in identical])
        assert guilty in search.candidates
        assert set(search.candidates) - {search.differs} <= skipped
        ordered = builds.in_order(search.candidates)
        assert ordered == [each for each in merged if each in search.candidates]

    holds()
