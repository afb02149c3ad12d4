"""New builds of a running actor whose state is inside the module."""

from __future__ import annotations

from pathlib import Path

from chainview.actor.engine.loading import load_module
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import CallResult, read_payload
from chainview.pack.values import S32, Value
from chainview.replay.run.build_notes import BuildState
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.actor.guests import Guest, inner_counter
from tests.waiting import eventually
from tests.workbench.test_build_watch import notes, watching

CALLS = ("increment(1s32)", "refuse(2s32)")


def written(guest: Guest, path: Path, extra: str = "") -> Path:
    """A module's text in a file; `extra` changes the module and not what it does."""
    guest.extra += extra
    path.write_text(guest.text, encoding="utf-8")
    return path


def responses(folder: Path) -> list[Value | None]:
    """What the calls of the session answered, but for init."""
    with open_chain(folder / "s.chain") as opened:
        read = [read_payload(event.payload) for event in opened]
    return [each.response for each in read if isinstance(each, CallResult)][1:]


def test_an_identical_build_goes_on_by_a_closed_replay(tmp_path: Path) -> None:
    """No state can be handed over: the build is led through the chain, keeps what that left inside it, and says so."""
    module = written(inner_counter(), tmp_path / "first.wat")
    with watching(tmp_path, module, CALLS) as (path, session, watch, _):
        written(inner_counter(), path, "(func)")
        eventually(lambda: watch.build.state is BuildState.IDENTICAL)
        session.call("increment(4s32)")
        eventually(lambda: session.status().calls == 4)
    assert responses(tmp_path) == [S32(1), S32(7)]
    assert [note["text"] for note in notes(tmp_path)] == [
        "build 2: identical, 8 of 8 events",
        "the instance was made again by a closed replay of 3 calls",
    ]


def test_a_build_that_is_taken_goes_on_from_what_it_makes_of_the_chain(tmp_path: Path) -> None:
    """A build that differs is led through the same calls when it is taken, and told how many it answers otherwise."""
    module = written(inner_counter(), tmp_path / "first.wat")
    with watching(tmp_path, module, CALLS) as (path, session, watch, _):
        written(inner_counter(step=10), path)
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        session.call("increment(4s32)")
        eventually(lambda: session.status().calls == 4)
    # 1 + 10, 2 + 10 and 4 + 10 are what this build makes of the three calls.
    assert responses(tmp_path) == [S32(1), S32(37)]
    assert notes(tmp_path)[-1]["text"] == (
        "the instance was made again by a closed replay of 3 calls, 1 of which answered something else"
    )
    with open_chain(tmp_path / "s.chain") as opened:
        recording = Recording.of(opened.load())
        later = load_module(tmp_path / "a.wasm")
        replay = Replay(recording, load_module(module), later={3: later}).run()
        assert replay.first_mismatch is None
        assert replay.chain.count == len(recording)


def test_a_build_of_another_generation_can_not_go_on(tmp_path: Path) -> None:
    """A build whose calls are handed the state can't take over from one that keeps it inside, which goes on."""
    module = written(inner_counter(), tmp_path / "first.wat")
    with watching(tmp_path, module, CALLS) as (path, session, watch, _):
        path.write_text(Guest().returning("theater:simple/actor.init", S32(1)).text)
        eventually(lambda: watch.build.state is BuildState.BROKEN)
        assert "of another generation" in watch.build.text
        session.call("increment(4s32)")
        eventually(lambda: session.status().calls == 4)
    assert responses(tmp_path) == [S32(1), S32(7)]
