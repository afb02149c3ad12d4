"""The shrinking of one chain by real modules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.limits import DEFAULT_LIMITS
from chainview.chain.files.exporters import Losses, all_of, write_native
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.pack.values import UNIT, Value
from chainview.replay.explain.explanation import Verdict
from chainview.replay.run.build_notes import BuildState, build_note
from chainview.replay.run.recording import Recording
from chainview.suite.shrink.chain_shrink import ChainShrink, Shrunk
from chainview.suite.shrink.mark import Mark
from chainview.suite.shrink.remaker import Remaker
from chainview.suite.shrink.selection import Selection
from chainview.system.errors import ChainviewError
from chainview.workbench.programs import record_actor, replay_chain
from chainview.workbench.replay_request import ReplayRequest
from tests.actor.running import sample
from tests.suite.folders import PRICING, counted, damaged
from tests.suite.shrink.folders import GUILTY, chain_of, edited_counter, two_guilty

PRICED = PRICING / "pricing.wasm"


def shrunk(actor: Path, chain: Path, output: Path, **more: object) -> Shrunk | None:
    """What is left of a chain, in a file."""
    request = ReplayRequest(str(actor), str(chain), **more)  # type: ignore[arg-type]
    with open_chain(chain) as opened:
        found = ChainShrink(request, ()).run(opened)
        if found is not None:
            output.write_bytes(b"".join(found.pieces()))
    return found


def marks(actor: Path, chain: Path, recorded: Path) -> list[Mark]:
    """How a chain differs by a module."""
    explanation = replay_chain(actor, chain, timeout=2.0, recorded_module=recorded)
    with open_chain(chain) as opened:
        recording = Recording.of(opened.load())
        return [Mark.of(each, recording) for each in explanation.causes]


def is_sound(chain: Path) -> bool:
    """Whether every hash and link of a chain is right."""
    with open_chain(chain) as opened:
        return verify(opened).sound


def test_the_two_guilty_calls_of_many_are_found(tmp_path: Path) -> None:
    """The second one fails only after the first; what was logged of other states keeps no call from going."""
    chain, small = two_guilty(tmp_path, 60), tmp_path / "small.chain"
    found = shrunk(edited_counter(tmp_path), chain, small)
    assert found is not None
    assert (found.calls, found.of_calls, found.events, found.minimal, found.proven) == (3, 61, 8, True, True)
    assert found.mark.export == found.mark.function == "sample:counter/counter.increment"
    with open_chain(small) as opened:
        recording = Recording.of(opened.load())
        called = [recording.call(number).params for number in range(3)]
    assert called[1:] == [GUILTY] * 2


@pytest.mark.once
@pytest.mark.parametrize(
    "fault", ["changed-field", "changed-element", "extra-middle", "missing-call", "state-type", "hidden-state", "panic"]
)
def test_what_is_left_is_a_chain_of_the_recorded_module_that_differs_the_same_and_is_minimal(
    tmp_path: Path, fault: str
) -> None:
    """It verifies, replays identical with the recorded module; without any one more call it does not differ so."""
    build, small, chain = PRICING / "faults" / f"{fault}.wasm", tmp_path / "s.chain", PRICING / "workloads/short.chain"
    found = shrunk(build, chain, small, timeout=2.0, recorded_module=PRICED)
    assert found is not None
    assert found.minimal
    assert found.proven
    assert is_sound(small)
    assert replay_chain(PRICED, small).verdict is Verdict.IDENTICAL
    assert marks(build, chain, PRICED)[0] == found.mark
    assert found.mark in marks(build, small, PRICED)
    with open_chain(small) as opened:
        recording = Recording.of(opened.load())
        remaker = Remaker(recording, load_module(PRICED), DEFAULT_LIMITS, recording.initial_state)
        for number in range(1, found.calls):
            made = remaker.make(Selection(tuple([each for each in range(found.calls) if each != number])))
            if made is not None:
                without = tmp_path / "without.chain"
                without.write_bytes(chain_of(made.table, recording))
                assert found.mark not in marks(build, without, PRICED)


@pytest.mark.parametrize(
    ("name", "said", "says", "calls", "left"),
    [
        (
            "larder",
            b" wanted, ",
            b" WANTED, ",
            ['put("tea", 2u32)', "stock()", 'take("salt", 3u32)', 'put("salt", 1u32)', "wanted()"],
            ["theater:simple/actor.init", "sample:larder/larder.take"],
        ),
        (
            "courier",
            b"a place is a string",
            b"A place is a string",
            ['echo("x")', 'deliver(["a", "b"])', "deliver([5s32])", "echo(5s32)"],
            ["deliver"],
        ),
    ],
)
def test_an_actor_that_keeps_its_state_and_a_package_that_waits_are_shrunk_too(
    tmp_path: Path, name: str, said: bytes, says: bytes, calls: list[str], left: list[str]
) -> None:
    """The latter to a single call, as there is no init that would stay."""
    build, chain, small = tmp_path / "edited.wasm", tmp_path / "c.chain", tmp_path / "small.chain"
    data = sample(name).read_bytes()
    assert data.count(said) == 1
    build.write_bytes(data.replace(said, says))
    record_actor(sample(name), chain, calls)
    found = shrunk(build, chain, small, recorded_module=sample(name))
    assert found is not None
    assert (found.proven, found.minimal, is_sound(small)) == (True, True, True)
    with open_chain(small) as opened:
        recording = Recording.of(opened.load())
        assert [recording.call(number).function for number in range(found.calls)] == left
    assert replay_chain(sample(name), small).verdict is Verdict.IDENTICAL


def test_what_does_not_differ_is_left_alone(tmp_path: Path) -> None:
    """There is nothing to be written of it."""
    chain = tmp_path / "c.chain"
    chain.write_bytes(counted())
    assert shrunk(sample("counter"), chain, tmp_path / "small.chain") is None


def test_without_the_recorded_module_the_rest_behind_the_cause_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was recorded, with the reason why nothing is proven."""
    chain, small = two_guilty(tmp_path, 30), tmp_path / "small.chain"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    found = shrunk(edited_counter(tmp_path), chain, small)
    assert found is not None
    assert (found.proven, found.minimal, found.tried) == (False, False, 0)
    assert "is not at hand" in found.reason
    assert found.calls == 1 + 30 * 4 // 5 + 1
    assert is_sound(small)
    assert replay_chain(sample("counter"), small).verdict is Verdict.IDENTICAL
    given = shrunk(edited_counter(tmp_path), chain, small, recorded_module=sample("counter"))
    assert given is not None
    assert given.proven


def test_a_module_that_differs_from_itself_proves_nothing(tmp_path: Path) -> None:
    """What it makes of fewer calls would say nothing of the recorded ones."""
    chain, small = two_guilty(tmp_path, 30), tmp_path / "small.chain"
    edited = edited_counter(tmp_path)
    found = shrunk(edited, chain, small, recorded_module=edited)
    assert found is not None
    assert not found.proven
    assert found.reason


def test_what_can_t_be_shrunk_is_told(tmp_path: Path) -> None:
    """A chain of another actor, and one of which no call is sound."""
    chain = tmp_path / "c.chain"
    chain.write_bytes(counted())
    with pytest.raises(ChainviewError, match="can't be shrunk"):
        shrunk(sample("faulty"), chain, tmp_path / "small.chain")
    cut = damaged(tmp_path, "damaged.chain")
    with pytest.raises(ChainviewError, match=r"can't be shrunk: .*the recording itself is broken"):
        shrunk(sample("counter"), cut, tmp_path / "small.chain")


def test_a_search_that_is_stopped_before_it_found_anything_says_so(tmp_path: Path) -> None:
    """Nothing is left half-way."""
    chain = two_guilty(tmp_path, 30)
    shrink = ChainShrink(ReplayRequest(str(edited_counter(tmp_path)), str(chain)), ())
    assert shrink.how_far == "replaying the chain"
    shrink.stop()
    with open_chain(chain) as opened, pytest.raises(ChainviewError, match="nothing was written"):
        shrink.run(opened)


def test_a_chain_of_several_builds_is_made_anew_by_one_that_makes_all_of_it(tmp_path: Path) -> None:
    """Else nothing is proven of what is left; nor where a build was given a state."""
    chain, small, edited = two_guilty(tmp_path, 30), tmp_path / "small.chain", edited_counter(tmp_path)
    sha256 = load_module(sample("counter")).file.sha256

    def with_build(given: Value | None) -> None:
        with open_chain(chain) as opened:
            note = replace(build_note(2, sha256, BuildState.IDENTICAL, "identical", given), after=3)
            noted = tmp_path / "noted.chain"
            noted.write_bytes(b"".join(write_native(replace(all_of(opened.load()), notes=[note]), Losses())))

    with_build(None)
    found = shrunk(edited, tmp_path / "noted.chain", small)
    assert found is not None
    assert (found.calls, found.proven) == (3, True)
    with_build(UNIT)
    found = shrunk(edited, tmp_path / "noted.chain", small)
    assert found is not None
    assert not found.proven
