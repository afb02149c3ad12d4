"""Verdicts that are known already."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.suite.case import Case, Outcome, Result
from chainview.suite.suite import run_suite
from chainview.suite.verdict_cache import VerdictCache, usable

FOUND = Result("a", Outcome.PASSED, 7, ("identical",), in_call=True, may_be_kept=True)


class Counting(Executor):
    """Replays nothing, counts what is asked for, and gives what it was told."""

    def __init__(self, found: Result) -> None:
        self.found, self.asked = found, list[str]()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The same result whatever is called."""
        self.asked.append(args[0].name)
        future: Future[Any] = Future()
        future.set_result(replace(self.found, name=args[0].name))
        return future


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A test with all that a verdict stands on."""
    for name in ("a.chain", "rules.toml", "manifest.toml"):
        (tmp_path / name).write_text(name)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "m.wasm").write_text("one")
    actor, rules, modules = (str(tmp_path / name) for name in ("manifest.toml", "rules.toml", "modules"))
    return Case("a", str(tmp_path / "a.chain"), actor, "00", accept=rules, modules=modules)


def asked(case: Case, folder: Path, found: Result = FOUND) -> bool:
    """Whether a test is replayed where this cache is at hand, of a run of its own."""
    executor = Counting(found)
    run_suite([case], executor, cache=usable(folder))
    return bool(executor.asked)


def test_what_passed_is_not_replayed_again(tmp_path: Path, case: Case) -> None:
    """It is told where the verdict is from, with all that was known of it; the folder is private."""
    folder = tmp_path / "cache"
    assert asked(case, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    executor = Counting(FOUND)
    (known,) = run_suite([replace(case, name="b", description="d")], executor, cache=usable(folder))
    assert executor.asked == []
    assert known == replace(FOUND, name="b", description="d", may_be_kept=False, from_cache=True)
    executor = Counting(FOUND)
    run_suite([case], executor, cache=VerdictCache(None))
    run_suite([case], executor)
    assert executor.asked == ["a", "a"]


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.PASSED])
def test_what_did_not_pass_is_replayed_each_time(tmp_path: Path, case: Case, outcome: Outcome) -> None:
    """So is what a folder of chains was judged by."""
    for found in (replace(FOUND, outcome=outcome), replace(FOUND, may_be_kept=False)):
        assert asked(case, tmp_path / "cache", found)
        assert asked(case, tmp_path / "cache", found)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("name", ["a.chain", "rules.toml", "manifest.toml", "modules/m.wasm", "modules/n.wasm"])
def test_whatever_changes_of_its_files_it_is_replayed(tmp_path: Path, case: Case, name: str) -> None:
    """And known again when it is as it was."""
    path, folder = tmp_path / name, tmp_path / "cache"
    before = path.read_text() if path.exists() else None
    assert asked(case, folder)
    path.write_text("other")
    assert asked(case, folder)
    assert not asked(case, folder)
    if before is None:
        path.unlink()
    else:
        path.write_text(before)
    assert not asked(case, folder)


def test_rules_beside_the_chain_count_as_soon_as_they_are_there(tmp_path: Path, case: Case) -> None:
    """Where none are named."""
    bare, folder = replace(case, accept=None, modules=None), tmp_path / "cache"
    assert asked(bare, folder)
    (tmp_path / "a.chain.accept.toml").touch()
    assert asked(bare, folder)


@pytest.mark.parametrize(
    "other",
    [{"sha256": "01"}, {"mode": "strict"}, {"timeout": 1.0}, {"chain_timeout": 9.0}, {"memory": 5}, {"state": "1u8"}],
    ids=str,
)
def test_however_else_it_is_replayed_it_is_another_verdict(tmp_path: Path, case: Case, other: dict[str, Any]) -> None:
    """The module, the mode, each limit and the state."""
    assert asked(case, tmp_path / "cache")
    assert asked(replace(case, **other), tmp_path / "cache")


@pytest.mark.parametrize("what", ["VERSION", "version", "platform.machine", "platform.system"])
def test_another_version_or_machine_is_another_verdict(
    tmp_path: Path, case: Case, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chainview's version, the engine's, the processor and the system."""
    assert asked(case, tmp_path / "cache")
    other = "0.0.0" if what == "VERSION" else lambda *names: "another"
    monkeypatch.setattr(f"chainview.suite.verdict_cache.{what}", other)
    assert asked(case, tmp_path / "cache")


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damage_costs_time_alone(tmp_path_factory: pytest.TempPathFactory, damage: bytes, at: int) -> None:
    """What is kept and changed, cut or replaced is never believed."""
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "a.chain").touch()
    case = Case("a", str(folder / "a.chain"), "a.wasm", "00")
    assert asked(case, folder / "cache")
    (kept,) = (folder / "cache").iterdir()
    whole = kept.read_bytes()
    changed = whole[:at] + damage
    kept.write_bytes(changed)
    assert asked(case, folder / "cache") == (changed != whole)


def test_a_chain_that_changed_while_it_was_replayed_is_not_known(tmp_path: Path, case: Case) -> None:
    """Nor one that is gone."""
    cache = usable(tmp_path / "cache")
    assert cache.result_of(case) is None
    Path(case.path).write_text("changed meanwhile")
    cache.keep(FOUND, case)
    assert list((tmp_path / "cache").iterdir()) == []
    Path(case.path).unlink()
    cache.keep(FOUND, case)
    assert cache.result_of(case) is None


def test_a_folder_that_others_may_write_into_is_not_used(tmp_path: Path, case: Case) -> None:
    """It is told; so is what is no folder at all, and nothing fails for it."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "file").touch()
    for folder in (tmp_path / "open", tmp_path / "file", tmp_path / "file" / "below"):
        cache = usable(folder)
        assert cache.remark.startswith(f"no verdicts are kept in {folder}: ")
        run_suite([case], Counting(FOUND), cache=cache)
        cache.let_oldest_go()
    assert list((tmp_path / "open").iterdir()) == []


def test_what_never_got_its_name_goes_like_the_oldest(
    tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was killed while it kept a verdict leaves a file that is let go in its turn."""
    folder = tmp_path / "cache"

    def killed(old: str, new: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            asked(case, folder)
    assert list(folder.iterdir())
    monkeypatch.setattr("chainview.suite.verdict_cache.MOST_KEPT", 0)
    usable(folder).let_oldest_go()
    assert not list(folder.iterdir())


def test_what_was_asked_for_last_stays(tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many verdicts; what a person has in that folder is not touched."""
    monkeypatch.setattr("chainview.suite.verdict_cache.MOST_KEPT", 2)
    folder = tmp_path / "cache"
    cases = [replace(case, sha256=str(number)) for number in range(3)]
    for each in cases:
        asked(each, folder)
    (folder / "notes.txt").touch()
    for path in folder.iterdir():
        os.utime(path, ns=(1, 1))
    assert not asked(cases[0], folder)
    assert not asked(cases[2], folder)
    usable(folder).let_oldest_go()
    assert [asked(each, folder) for each in (cases[0], cases[2], cases[1])] == [False, False, True]
    assert (folder / "notes.txt").exists()
