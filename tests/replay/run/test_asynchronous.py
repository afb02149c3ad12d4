"""Replays of and by modules of the asynchronous convention."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.limits import Limits
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, String, Value
from chainview.replay.differences.codes import Code
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import ControlOutcome
from chainview.replay.explain.isolation import Isolation
from chainview.replay.run.serving import Mode
from tests.actor.guests import ECHO, SPIN, Guest
from tests.replay.recorded import compiled, recording_of, replay_of

HOST = "test:x/host"
CALLS = (("ask", UNIT), ("tell", UNIT), ("ask", UNIT))


def answers() -> dict[tuple[str, str], list[Value]]:
    """What the host says, in turn."""
    return {(HOST, "ask"): [String("first"), String("second")], (HOST, "tell"): [UNIT]}


def guest(folder: Path, *, asks: str = "?", tells: str = "hello", name: str = "asynchronous.wat") -> Path:
    """A package that asks and tells asynchronously, and returns what it is answered."""
    built = Guest(version=3).parking("ask", HOST, "ask", encode(String(asks), 3))
    built.parking("tell", HOST, "tell", encode(String(tells), 3))
    return built.resumed().written(folder, name)


def waiting(folder: Path) -> Path:
    """The same package in the convention in which a host call waits for its answer."""
    built = Guest(version=3).calling("ask", HOST, "ask", encode(String("?"), 3))
    return built.calling("tell", HOST, "tell", encode(String("hello"), 3)).particular("echo").written(folder)


@pytest.mark.parametrize("mode", list(Mode))
def test_the_module_that_was_recorded_replays_identical(tmp_path: Path, mode: Mode) -> None:
    """Answers come from the record at the completion of each call; no real host function is reached."""
    path = guest(tmp_path)
    replay = replay_of(recording_of(path, *CALLS, answers=answers()), path, mode)
    assert replay.first_mismatch is None
    assert replay.live_host_calls == 0
    assert [outcome.response for outcome in replay.outcomes] == [String("first"), UNIT, String("second")]


def test_the_convention_alone_is_no_difference(tmp_path: Path) -> None:
    """A package that became asynchronous, or ceased to be so, makes the same chain."""
    recorded, now = waiting(tmp_path), guest(tmp_path)
    for before, after in ((recorded, now), (now, recorded)):
        replay = replay_of(recording_of(before, *CALLS, answers=answers()), after)
        assert replay.first_mismatch is None, before


@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.LIFECYCLE])
def test_a_changed_line_is_the_only_cause(tmp_path: Path, schema: Schema) -> None:
    """What a build asks otherwise is found, with the guest's stack as it asked, and the recorded module is tried."""
    before = guest(tmp_path)
    recording = recording_of(before, *CALLS, answers=answers(), schema=schema)
    replay = replay_of(recording, guest(tmp_path, tells="hello you", name="now.wat"))
    control = control_experiment(replay, RecordedModules(compiled(before)))
    assert control.outcome is ControlOutcome.PASSED
    explanation = explain(replay, control)
    (cause,) = explanation.causes
    assert explanation.reconverges_at is not None
    assert not any("its state is inside" in each for each in explanation.not_tested)
    assert (cause.code, cause.recorded, cause.now) == (Code.OTHER_ARGUMENT, '"hello"', '"hello you"')
    assert [frame.function for frame in replay.stack] == ["1"]
    assert [frame.function for frame in control.stack] == ["1"]


@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.LIFECYCLE])
def test_one_call_is_made_again_alone(tmp_path: Path, schema: Schema) -> None:
    """A call that is isolated differs as it did, and one that is the same in itself does not."""
    recording = recording_of(guest(tmp_path), *CALLS, answers=answers(), schema=schema)
    replay = replay_of(recording, guest(tmp_path, tells="hello you", name="now.wat"))
    isolation = Isolation(replay)
    assert [len(isolation.differences(number) or []) for number in range(3)] == [0, 1, 0]
    assert isolation.refused == 0


def test_what_has_no_record_ends_its_call_and_no_other(tmp_path: Path) -> None:
    """A build that asks for what was never recorded is told so; the calls after it are made as recorded."""
    silent = Guest(version=3).particular("ask").particular("tell").written(tmp_path, "silent.wat")
    recording = recording_of(silent, *CALLS)
    replay = replay_of(recording, guest(tmp_path))
    assert [outcome.ok for outcome in replay.outcomes] == [False, False, False]
    assert [ask.function for ask in replay.asks] == ["ask", "tell", "ask"]
    assert replay.finished
    assert replay.live_host_calls == 0


@pytest.mark.once
def test_a_call_that_was_stopped_is_no_difference(tmp_path: Path) -> None:
    """A call that ran out of time between its host calls is stopped at the same place when it is made again."""
    spinning = Guest(version=3).parking("ask", HOST, "ask", encode(String("?"), 3)).body("tell", ECHO)
    path = spinning.resumed(SPIN).written(tmp_path)
    recording = recording_of(path, *CALLS, answers=answers(), limits=Limits(timeout=0.2))
    assert len(recording) == 8
    replay = replay_of(recording, path, timeout=0.3)
    assert explain(replay).passes
