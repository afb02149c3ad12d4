"""Chains that are equal to the byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from chainview.suite.case import Case, Outcome, Result
from chainview.suite.equal_chains import content_hash, with_two_verdicts
from chainview.suite.suite import run_suite
from chainview.suite.verdict_cache import VerdictCache


def cases(folder: Path, **chains: bytes) -> list[Case]:
    """Tests of chains with these bytes."""
    for name, data in chains.items():
        (folder / f"{name}.chain").write_bytes(data)
    module = folder / "a.wasm"
    module.write_bytes(b"module")
    return [Case(name, str(folder / f"{name}.chain"), str(module), "0" * 64) for name in chains]


def outcomes(found: Sequence[Result]) -> list[tuple[str, str]]:
    """What each came to, with its code."""
    return [(each.outcome.value, each.code) for each in found]


def test_equal_chains_with_two_verdicts_are_not_reproducible(tmp_path: Path) -> None:
    """Each of them differs by B1c and names the others; nothing is tried again, and others keep their verdicts."""
    found = cases(tmp_path, a=b"same", b=b"same", c=b"else")
    passed, differs = Result("a", Outcome.PASSED), Result("b", Outcome.DIFFERS, says=("why",), text="WHY", code="C1")
    judged = with_two_verdicts(found, [passed, differs, Result("c", Outcome.PASSED)])
    assert outcomes(judged) == [("differs", "B1c"), ("differs", "B1c"), ("passed", "")]
    assert "a passed: ; b differs: why" in judged[0].text
    assert judged[1].text.endswith("WHY")
    assert judged[0].says[0].startswith("B1c ")


def test_what_counts_beside_the_bytes_tells_them_apart(tmp_path: Path) -> None:
    """Equal chains with other rules, or another state, may have other verdicts; so may what came to no judgement."""
    found = cases(tmp_path, a=b"same", b=b"same")
    two = [Result("a", Outcome.ACCEPTED), Result("b", Outcome.DIFFERS)]
    (tmp_path / "a.chain.accept.toml").write_text("")
    assert with_two_verdicts(found, two) == two
    (tmp_path / "a.chain.accept.toml").unlink()
    assert outcomes(with_two_verdicts(found, two))[0] == ("differs", "B1c")
    crashed = [Result("a", Outcome.PASSED), Result("b", Outcome.CRASHED)]
    assert with_two_verdicts(found, crashed) == crashed


class Alternating(Executor):
    """Every second test differs."""

    def __init__(self) -> None:
        self._count = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The result is there at once."""
        self._count += 1
        future: Future[Any] = Future()
        outcome = Outcome.PASSED if self._count % 2 else Outcome.DIFFERS
        future.set_result(Result(args[0].name, outcome, may_be_kept=True))
        return future


def test_a_verdict_that_is_none_is_not_kept(tmp_path: Path) -> None:
    """The next run replays both again."""
    kept = tmp_path / "kept"
    kept.mkdir()
    found = cases(tmp_path, a=b"same", b=b"same")
    assert outcomes(run_suite(found, Alternating(), cache=VerdictCache(kept))) == [("differs", "B1c")] * 2
    assert [VerdictCache(kept).result_of(each) for each in found] == [None, None]


def test_a_chain_is_what_its_bytes_are(tmp_path: Path) -> None:
    """A family all of its files with their names; what is not there is nothing."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a").write_bytes(b"1")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "a").write_bytes(b"1")
    assert content_hash(tmp_path / "one") == content_hash(tmp_path / "two")
    (tmp_path / "two" / "a").rename(tmp_path / "two" / "b")
    assert content_hash(tmp_path / "one") != content_hash(tmp_path / "two")
    assert content_hash(tmp_path / "gone") == ""
