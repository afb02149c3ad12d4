"""What a replay on a thread is made of."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from chainview.actor.engine.loading import LoadedModule
from chainview.actor.limits import Limits
from chainview.chain.event import MODULE_EVENT
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.pack.values import S32, UNIT, String, Tuple
from chainview.replay.explain.control import module_told
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.system.errors import ChainviewError
from chainview.workbench.programs import record_actor
from chainview.workbench.replay_thread import Begun, ReplayThread, Stage
from tests.actor.guests import SPIN, Guest
from tests.actor.running import INIT
from tests.replay.recorded import compiled
from tests.waiting import eventually

CALL = (MODULE_EVENT, encode_call(Schema.VALUES, "f", Tuple(())))
LOG = ("test:x/host/log", encode_host_call("test:x/host", "log", String("x"), UNIT))
RESULT = (MODULE_EVENT, encode_result(Schema.VALUES, "f", S32(1), UNIT))


def actor(folder: Path, name: str, body: str = "") -> Path:
    """An actor whose `f` leaves a state, or does what its body says."""
    guest = Guest().returning(INIT, S32(1)).returning("f", S32(1))
    guest.bodies["f"] = body or guest.bodies["f"]
    return guest.written(folder, name)


def chain_of(folder: Path) -> Path:
    """The chain of an actor that was called three times."""
    record_actor(actor(folder, "then.wat"), folder / "c.chain", ["f()"] * 3)
    return folder / "c.chain"


def is_closed(chain: OpenedChain) -> bool:
    """Whether a chain can't be read any more."""
    try:
        return not list(chain)
    except ChainviewError:
        return True


def test_closing_ends_the_running_call_and_makes_no_other(tmp_path: Path) -> None:
    """A replay that is closed in the middle of a call is interrupted there, explains nothing, and closes its chain."""
    opened: list[OpenedChain] = []
    module = compiled(actor(tmp_path, "now.wat", SPIN))

    def open_() -> OpenedChain:
        opened.append(open_chain(chain_of(tmp_path)))
        return opened[0]

    def begin(chain: OpenedChain) -> Begun:
        replay = Replay(Recording.of(chain.load()), module, limits=Limits(timeout=60.0))
        return Begun(chain.table, replay, tmp_path / "rules.toml")

    watched = ReplayThread("c.chain", open_, begin)
    watched.start()
    eventually(lambda: watched.progress.calls == 1)
    assert not is_closed(opened[0])
    watched.close()
    assert watched.begun is not None
    assert isinstance(watched.begun.replay, Replay)
    assert "interrupted" in str(watched.begun.replay.outcomes[-1].error)
    assert (watched.progress.stage, watched.progress.calls) == (Stage.REPLAYING, 2)
    assert is_closed(opened[0])


def test_stopping_tells_of_the_calls_before_alone(tmp_path: Path) -> None:
    """A replay that is stopped in the middle of a call says how many were made, and blames nothing for its end."""
    module = compiled(actor(tmp_path, "now.wat", SPIN))

    def begin(chain: OpenedChain) -> Begun:
        replay = Replay(Recording.of(chain.load()), module, limits=Limits(timeout=60.0))
        return Begun(chain.table, replay, tmp_path / "rules.toml")

    watched = ReplayThread("c.chain", lambda: open_chain(chain_of(tmp_path)), begin)
    watched.start()
    eventually(lambda: watched.progress.calls == 1)
    while not watched.progress.over:
        watched.stop()
        watched.wait(0.1)
    progress = watched.progress
    assert (progress.stage, progress.calls, progress.of) == (Stage.STOPPED, 1, 4)
    assert (progress.first_mismatch, progress.stopped_at) == (None, 2)
    assert progress.explanation is None
    watched.close()


def test_closing_waits_for_a_chain_that_is_still_being_opened(tmp_path: Path) -> None:
    """There is nothing to interrupt yet, and the chain is closed once it is there."""
    opened: list[OpenedChain] = []
    opening, go_on = threading.Event(), threading.Event()

    def open_() -> OpenedChain:
        opening.set()
        go_on.wait()
        opened.append(open_chain(chain_of(tmp_path)))
        return opened[0]

    def begin(chain: OpenedChain) -> Begun:
        raise ChainviewError("it was closed meanwhile")

    watched = ReplayThread("c.chain", open_, begin)
    watched.start()
    opening.wait()
    closing = threading.Thread(target=watched.close)
    closing.start()
    closing.join(0.5)
    assert closing.is_alive()
    go_on.set()
    closing.join()
    assert is_closed(opened[0])
    assert watched.progress.stage is Stage.FAILED


def test_what_is_identical_says_by_which_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same module is told; of another one which functions changed, where the recorded one is at hand."""
    chain = chain_of(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "an empty cache"))
    then, now = compiled(tmp_path / "then.wat"), compiled(actor(tmp_path, "now.wat", "(nop) (i32.const 0)"))
    with open_chain(chain) as opened:
        opened.load()
        recording = Recording.of(opened)

        def told(module: LoadedModule, at_hand: Sequence[LoadedModule] = ()) -> str:
            return module_told(Replay(recording, module).run(), at_hand)

        assert told(then) == "the same module as recorded"
        assert told(now) == "another module than recorded, which is not at hand to compare with"
        assert told(now, [then]).startswith("function 1 changed since the recording")
