"""How far the recorded module is replayed beside a build that was stopped, or that went on to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.payload import encode_host_call
from chainview.chain.state_chain import linked
from chainview.pack.values import U32, UNIT, String
from chainview.replay.explain.control import Control, RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import ControlOutcome
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.guests import Guest
from tests.replay.recorded import compiled, packed, recording_from, recording_of

HOST = "test:x/host"


def logging(folder: Path, name: str, answer: int = 1, extra: str = "") -> Path:
    """A package whose `f` logs a line and answers a number; `extra` changes the module and not what it does."""
    guest = Guest(extra=extra).ignoring("f", HOST, "log", packed(String("a")), packed(U32(answer)))
    return guest.written(folder, name)


def other_line(recording: Recording, event: int) -> Recording:
    """The recording with another line logged by an event, which its module does not log."""
    table = recording.table
    parts = [(table.event_type(index), table.payload(index)) for index in range(len(table))]
    parts[event] = f"{HOST}/log", encode_host_call(HOST, "log", String("never logged"), UNIT)
    return recording_from(tuple(linked(parts)))


def controlled(recording: Recording, build: Path, module: Path, mode: Mode) -> tuple[Replay, Control]:
    """The replay by a build, and how the module that made the recording fares in the same."""
    replay = Replay(recording, compiled(build), mode).run()
    return replay, control_experiment(replay, RecordedModules(compiled(module)))


def test_no_call_is_made_that_a_stopped_replay_did_not_begin(tmp_path: Path) -> None:
    """A strict replay that stops at the end of a call says nothing of the next one, nor does the recorded module."""
    module, build = logging(tmp_path, "then.wat"), logging(tmp_path, "now.wat", answer=2)
    recording = other_line(recording_of(module, ("f", UNIT), ("f", UNIT)), 4)
    replay, control = controlled(recording, build, module, Mode.STRICT)
    assert (replay.first_mismatch, control.outcome) == (2, ControlOutcome.PASSED)
    assert controlled(recording, build, module, Mode.PROBE)[1].outcome is ControlOutcome.DIVERGED


def test_every_call_that_a_stopped_replay_began_is_made(tmp_path: Path) -> None:
    """Where the build stops in the second call, so far the recorded module is replayed too."""
    module, build = logging(tmp_path, "then.wat"), logging(tmp_path, "now.wat", extra="(func)")
    recording = other_line(recording_of(module, *[("f", UNIT)] * 3), 4)
    replay, control = controlled(recording, build, module, Mode.STRICT)
    assert (replay.first_mismatch, control.outcome, control.places) == (4, ControlOutcome.DIVERGED, (4, 4))
    assert explain(replay, control).blameless


def test_a_module_that_may_be_another_one_clears_nobody(tmp_path: Path) -> None:
    """Where the module that was given is not the recorded one, that it differs says nothing, and it is said why."""
    module, build = logging(tmp_path, "then.wat"), logging(tmp_path, "now.wat", answer=2)
    recording = other_line(recording_of(module, ("f", UNIT), ("f", UNIT)), 4)
    replay = Replay(recording, compiled(build)).run()
    control = control_experiment(replay, RecordedModules(compiled(module), doubt="it is another one"))
    assert (control.outcome, control.reason) == (ControlOutcome.NOT_TESTED, "it is another one")
    alike = recording_of(module, ("f", UNIT), ("f", UNIT))
    replay = Replay(alike, compiled(build)).run()
    control = control_experiment(replay, RecordedModules(compiled(module), doubt="it is another one"))
    assert control.outcome is ControlOutcome.PASSED


@pytest.mark.parametrize("mode", [Mode.PROBE, Mode.STRICT])
@pytest.mark.parametrize("events", [1, 2, 4, 5])
def test_a_recording_that_breaks_off_in_a_call_is_no_builds_fault(tmp_path: Path, events: int, mode: Mode) -> None:
    """Both go on where it breaks off, so a build that does the same is identical so far."""
    module, build = logging(tmp_path, "then.wat"), logging(tmp_path, "now.wat", extra="(func)")
    whole = recording_of(module, ("f", UNIT), ("f", UNIT))
    recording = recording_from(tuple([whole.table.event(index) for index in range(events)]))
    replay = Replay(recording, compiled(build), mode).run()
    assert (replay.first_mismatch, replay.chain.count, replay.live_host_calls) == (None, events, 0)
    explanation = explain(replay)
    assert (explanation.verdict, explanation.recording.state, explanation.recording.until) == (
        "identical",
        "in-call",
        events,
    )
