"""What the published runtimes recorded of the sample actors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import chainview
from chainview import U64, UNIT, CallInterceptor, Value, encode, load_actor
from chainview.chain.families.folder import find_family
from chainview.replay.families.findings import FamilyFindings
from chainview.workbench.family_replay import replay_family
from chainview.workbench.replay_request import ReplayRequest
from tests.actor.running import sample
from tests.recordings import NOW, Asked, crossings, recordings
from tests.recordings.families import Played, families

RECORDINGS = recordings()


@pytest.mark.once
@pytest.mark.parametrize("wanted", RECORDINGS, ids=lambda wanted: wanted.name)
def test_what_theater_recorded_verifies_and_replays_identical(wanted: Asked) -> None:
    """Every hash and link holds, and the module that made it makes it again, asked nothing of any host."""
    with chainview.open_chain(wanted.path) as opened:
        assert chainview.verify(opened).sound
    state = None if wanted.state is None else json.dumps(wanted.state)
    explanation = chainview.replay_chain(sample(wanted.actor), wanted.path, state=state)
    assert (explanation.verdict, explanation.live_host_calls) == (chainview.Verdict.IDENTICAL, 0)


@pytest.mark.once
@pytest.mark.parametrize("wanted", [each for each in RECORDINGS if not each.clock], ids=lambda wanted: wanted.name)
def test_the_same_calls_give_the_same_bytes_here(wanted: Asked, tmp_path: Path) -> None:
    """Recording the same calls makes the same events, hash by hash, up to where Theater ends."""
    path = tmp_path / "here.chain"
    state = None if wanted.state is None else json.dumps(wanted.state)
    chainview.record_actor(sample(wanted.actor), path, wanted.calls, state=state)
    with chainview.open_chain(path) as here, chainview.open_chain(wanted.path) as there:
        made, recorded = list(here), list(there)
    assert [each.hash for each in made] == [each.hash for each in recorded]


class Boundary(CallInterceptor):
    """Keeps what crosses the boundary in each call, and answers as packr's host was told to."""

    def __init__(self) -> None:
        self.calls: list[dict[str, object]] = []
        self._imports: list[list[str]] = []

    def before_import(self, interface: str, function: str, input: Value) -> Value:
        """The answer of every import."""
        return U64(NOW) if function == "now" else UNIT

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        """Takes note of a host call."""
        self._imports.append([interface, function, encode(input, 3).hex(), encode(output, 3).hex()])

    def after_export(self, function: str, input: Value, output: Value) -> None:
        """Takes note of a call that returned."""
        call = {"call": function, "input": encode(input, 3).hex(), "output": encode(output, 3).hex()}
        self.calls.append({**call, "imports": self._imports})
        self._imports = []


@pytest.mark.parametrize("wanted", crossings(), ids=lambda wanted: wanted.name)
def test_what_crosses_the_boundary_is_what_crosses_it_in_packrs_host(wanted: Asked) -> None:
    """Inputs, host calls with their answers, and outputs of the newest guests are those of packr's own host."""
    boundary = Boundary()
    init, *others = wanted.calls if wanted.actor == "larder" else ("", *wanted.calls)
    state = init.removeprefix("init(").removesuffix(")") or None
    with load_actor(sample(wanted.actor), state=state, intercept=lambda _: boundary) as actor:
        for call in others:
            actor.call(call)
    assert boundary.calls == json.loads(wanted.path.read_text(encoding="utf-8"))


def replayed(played: Played, folder: Path, module: str = "", before: bytes = b"", after: bytes = b"") -> FamilyFindings:
    """What a replay of a recorded family finds, with its modules, of which one may say something else."""
    found = find_family(played.unpack(folder))
    assert found is not None
    modules = folder / "modules"
    modules.mkdir()
    played.lay_out(modules)
    if module:
        (modules / module).write_bytes((modules / module).read_bytes().replace(before, after))
    return replay_family(ReplayRequest(str(modules), str(found.folder)), found)


@pytest.mark.once
@pytest.mark.parametrize("played", families(), ids=lambda each: each.name)
def test_families_that_theater_recorded_verify_and_replay_identical(played: Played, tmp_path: Path) -> None:
    """Every chain of a family is sound, and replays with its module and manifest, asked nothing of any host."""
    told = replayed(played, tmp_path)
    assert (told.left_out, told.live_host_calls) == (0, 0), told.sentence
    modules = sorted((tmp_path / "modules").glob("*.wasm"))
    for each in told.members:
        with chainview.open_chain(each.member.file) as opened:
            assert chainview.verify(opened).sound
        assert each.explanation is not None
        # Of one whose init failed, or that its supervisor only waited for, nothing tells the module.
        others = modules if each.explanation.recorded_events <= 3 else []
        assert each.explanation.passes or any(
            chainview.replay_chain(module, each.member.file).passes for module in others
        ), told.sentence


@pytest.mark.once
def test_a_stop_in_the_middle_of_a_call_is_no_doing_of_the_guest(tmp_path: Path) -> None:
    """Theater records it where it comes; beside a real difference it stands where it stood, and is not blamed."""
    (stopped,) = (each for each in families() if each.name == "stopped")
    first = replayed(stopped, tmp_path, "foreman/foreman.wasm", b"hired ", b"Hired ").members[0].explanation
    assert first is not None
    assert {(each.code, each.now) for each in first.causes} == {("C1", '"Hired Ada"')}
