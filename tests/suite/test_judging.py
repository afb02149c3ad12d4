"""What one test comes to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chainview.chain.families.index import INDEX, Entry
from chainview.suite.case import Case, Outcome, Result
from chainview.suite.judging import judge
from chainview.system.long_work import GivenUp, given_up_when
from chainview.workbench.programs import record_actor
from tests.actor.running import sample
from tests.suite.folders import PRICING, counted, damaged, ending_in_a_call

SHORT, FORECAST = PRICING / "workloads" / "short.chain", PRICING / "workloads" / "forecast.chain"


def judged(actor: Path, chain: Path, **more: object) -> Result:
    """What comes of a chain replayed by a module."""
    return judge(Case("it", str(chain), str(actor), **more))  # type: ignore[arg-type]


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A chain of the counter."""
    path = tmp_path / "c.chain"
    path.write_bytes(counted())
    return path


def test_what_is_identical_passes(chain: Path) -> None:
    """With nothing to be read of it; nothing outside was asked."""
    found = judged(sample("counter"), chain, description="two calls")
    assert (found.outcome, found.events, found.text, found.report, found.live_host_calls) == (
        Outcome.PASSED,
        10,
        "",
        None,
        0,
    )
    assert (found.description, found.in_call) == ("two calls", False)


def test_what_differs_has_its_cause_and_its_explanation() -> None:
    """The cause in a sentence and in fewer words, and its code; the whole report where it is wanted."""
    found = judged(PRICING / "faults" / "changed-field.wasm", SHORT, in_full=True)
    assert (found.outcome, found.events, found.code) == (Outcome.DIFFERS, 55, "C1")
    assert len(found.says) > 1
    assert "lookup is asked for something else" in found.says[0]
    assert found.text.startswith("DIVERGES at event 17 of 55")
    assert found.report is not None
    assert found.report["verdict"] == "diverged"


def test_what_was_accepted_passes(tmp_path: Path) -> None:
    """By the rules beside the chain, or by those in a file that is named instead."""
    chain, rules = tmp_path / "s.chain", tmp_path / "s.chain.accept.toml"
    shutil.copy(SHORT, chain)
    rules.write_text('[[accept]]\ncode = "C1"\n')
    build = PRICING / "faults" / "changed-field.wasm"
    assert judged(build, chain).outcome is Outcome.ACCEPTED
    rules.rename(tmp_path / "rules.toml")
    assert judged(build, chain).outcome is Outcome.DIFFERS
    assert judged(build, chain, accept=str(tmp_path / "rules.toml")).outcome is Outcome.ACCEPTED


def test_a_chain_that_ends_inside_a_call_passes_and_says_so(tmp_path: Path) -> None:
    """As its recorder was killed there."""
    found = judged(sample("counter"), ending_in_a_call(tmp_path, "cut.chain"))
    assert (found.outcome, found.in_call, found.events) == (Outcome.PASSED, True, 5)


def test_what_is_no_sound_recording_of_the_actor_is_told_apart(tmp_path: Path, chain: Path) -> None:
    """A damaged chain does not pass however much of it is identical, and another actor's is no difference."""
    assert judged(sample("counter"), damaged(tmp_path, "damaged.chain")).outcome is Outcome.DAMAGED
    assert judged(sample("faulty"), chain).outcome is Outcome.FOREIGN


def test_an_export_that_is_gone_is_a_difference(tmp_path: Path) -> None:
    """Its chain is no other actor's for that, and tells what it calls."""
    chain, build = tmp_path / "c.chain", tmp_path / "build.wasm"
    record_actor(sample("counter"), chain, ["increment(5)", "reset()", "increment(1)"])
    build.write_bytes(sample("counter").read_bytes().replace(b"counter.reset", b"counter.renew"))
    found = judged(build, chain)
    assert (found.outcome, found.code) == (Outcome.DIFFERS, "A3")
    assert {each.rpartition(".")[2] for each in found.called} == {"init", "increment", "reset"}
    assert found.asked == {"theater:simple/runtime/log"}


def test_what_runs_out_of_time_is_told_apart() -> None:
    """A build that loops, with the explanation of where."""
    found = judged(PRICING / "faults" / "endless-loop.wasm", FORECAST, timeout=1.0)
    assert (found.outcome, found.code) == (Outcome.TIMED_OUT, "C9")


def test_the_time_of_a_chain_holds_in_whatever_thread() -> None:
    """Inside a call that loops too, which may go on for an hour; nothing of it is explained."""
    loops = PRICING / "faults" / "endless-loop.wasm"
    found = judged(loops, FORECAST, timeout=3600.0, chain_timeout=0.3)
    assert (found.outcome, found.code) == (Outcome.TIMED_OUT, "")
    assert found.text == "it was not done after 0.3 s, the time that limits.chain gives a chain"
    assert not found.may_be_kept
    assert judged(sample("counter"), FORECAST, chain_timeout=0.0).outcome is Outcome.TIMED_OUT


def test_who_does_not_want_to_know_any_more_is_told_nothing() -> None:
    """It is no time-out of the chain."""
    looks = iter(range(1000))
    with pytest.raises(GivenUp), given_up_when(lambda: next(looks) > 2):
        judged(PRICING / "faults" / "endless-loop.wasm", FORECAST, timeout=3600.0)


def test_what_cant_be_used_is_an_error_in_a_sentence(tmp_path: Path, chain: Path) -> None:
    """A chain that is not there or is none, a state that is not wanted, rules that are missing, a module built anew."""
    (tmp_path / "none.chain").write_text("?")
    counter = sample("counter")
    for found, sentence in (
        (judged(counter, tmp_path / "gone.chain"), "there is no file"),
        (judged(counter, tmp_path / "none.chain"), "is no chain"),
        (judged(counter, chain, state="1s32"), "leave out --state"),
        (judged(counter, chain, accept="/nowhere"), "/nowhere"),
        (judged(counter, chain, sha256="0" * 64), "built anew"),
    ):
        assert found.outcome is Outcome.ERROR
        assert sentence in found.text
        assert found.says == (found.text,)


def test_what_nobody_foresaw_is_an_error_of_that_chain(chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of chainview itself, in a sentence that says so."""

    def broken(path: str) -> None:
        raise ZeroDivisionError("half of nothing")

    monkeypatch.setattr("chainview.suite.judging.find_family", broken)
    found = judged(sample("counter"), chain)
    assert found.outcome is Outcome.ERROR
    assert "chainview itself failed" in found.text


def test_a_family_is_judged_as_one(tmp_path: Path) -> None:
    """It passes where all pass, and fails with the first that does not; one that nothing can be said of is an error."""
    folder = tmp_path / "family"
    folder.mkdir()
    (folder / "0-counter.chain").write_bytes(counted())
    record_actor(sample("faulty"), folder / "1-faulty.chain", ["trap()"])
    lines = [Entry("0-counter.chain", "a", "counter").line, Entry("1-faulty.chain", "b", "faulty", "a").line]
    (folder / INDEX).write_text("".join(lines))
    found = judged(sample("counter"), folder, in_full=True)
    assert (found.outcome, found.live_host_calls) == (Outcome.PASSED, 0)
    assert found.says[0].startswith("identical: 2 actors")
    assert {each.rpartition(".")[2] for each in found.called} == {"init", "increment"}
    damaged(folder, "0-counter.chain")
    found = judged(sample("counter"), folder)
    assert found.outcome is Outcome.DAMAGED
    assert "0-counter.chain" in found.text
    (folder / "1-faulty.chain").write_text("?")
    (folder / "0-counter.chain").write_bytes(counted())
    assert judged(sample("counter"), folder).outcome is Outcome.ERROR
