"""New builds of a running actor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chainview.actor.launch import Options
from chainview.actor.manifest import find_target
from chainview.actor.module import read_module
from chainview.actor.session import Session
from chainview.chain.native_entry import Note
from chainview.chain.native_reader import read_entries
from chainview.pack import types
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, Result, String, Tuple
from chainview.replay.builds import Build, BuildState, BuildWatch
from tests.actor.guests import Guest
from tests.actor.running import INIT

LOG = ("theater:simple/runtime", "log")


def ok(*items: S32 | Tuple) -> bytes:
    """What an export of an actor returns, packed."""
    return encode(Result(types.STRING, types.STRING, True, Tuple(items)))


def actor(message: str, extra: str = "") -> str:
    """An actor whose `f` logs a message; `extra` changes the module and not what it does."""
    guest = Guest().ignoring("f", *LOG, encode(String(message)), ok(S32(1), UNIT))
    guest.constant(INIT, ok(S32(1), UNIT))
    guest.extra += extra
    return guest.text


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until it holds; fails after ten seconds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def watching(folder: Path) -> Iterator[tuple[Path, Session, BuildWatch, list[Build]]]:
    """A session that has called `f` twice, with its module watched."""
    path = folder / "a.wat"
    told: list[Build] = []
    path.write_text(actor("hello"))
    session = Session(Options(find_target(str(path)), output=folder / "s.chain", calls=("f()", "f()")))
    session.start()
    assert session.wait_quiet(20)
    watch = BuildWatch(
        session, read_module(path).sha256, told.append, lambda recording, replay: "differs at event 4 of 8"
    )
    watch.start()
    time.sleep(0.3)
    try:
        yield path, session, watch, told
    finally:
        watch.close()
        session.close()


def notes(folder: Path) -> list[dict[str, object]]:
    """The notes in the session's chain file."""
    return [entry.data for entry in read_entries((folder / "s.chain").read_bytes()) if isinstance(entry, Note)]


def test_an_identical_build_is_taken(tmp_path: Path) -> None:
    """A build that replays every event equal goes on with the session, and the chain file notes it."""
    with watching(tmp_path) as (path, session, watch, told):
        path.write_text(actor("hello", "(func)"))
        eventually(lambda: watch.build.state is BuildState.IDENTICAL)
        assert watch.build.text == "build 2: identical, 8 of 8 events"
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        assert [build.state for build in told] == [BuildState.CHECKING, BuildState.IDENTICAL]
    assert [note["text"] for note in notes(tmp_path)] == ["build 2: identical, 8 of 8 events"]


def test_a_build_that_differs_waits_for_the_person(tmp_path: Path) -> None:
    """The running build goes on until the other one is taken; then its behaviour is what is recorded."""
    with watching(tmp_path) as (path, session, watch, _):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        assert watch.build.text == "build 2: differs at event 4 of 8"
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        watch.take()
        session.call("f()")
        eventually(lambda: session.status().calls == 5)
    recorded = (tmp_path / "s.chain").read_bytes()
    assert recorded.count(b"hello") == 3
    assert recorded.count(b"goodbye") == 1
    assert watch.build.state is BuildState.TAKEN


def test_a_broken_build_keeps_the_running_one(tmp_path: Path) -> None:
    """A build that does not load, or needs what nobody provides, is told with the reason and changes nothing."""
    with watching(tmp_path) as (path, session, watch, _):
        path.write_text("(module")
        eventually(lambda: watch.build.state is BuildState.BROKEN)
        assert watch.build.text.startswith("build 2: can't be used, build 1 goes on: ")
        path.write_text(Guest().calling("f", "math", "double", b"").text)
        eventually(lambda: watch.build.number == 3 and watch.build.state is BuildState.BROKEN)
        assert "math.double" in watch.build.message
        session.call("f()")
        eventually(lambda: session.status().calls == 4)


def test_the_newest_of_rapid_builds_wins(tmp_path: Path) -> None:
    """After a burst of saves the verdict is about the last one."""
    with watching(tmp_path) as (path, _, watch, _):
        for number in range(8):
            path.write_text(actor("hello", f"(func (result i32) (i32.const {number}))"))
            time.sleep(0.03)
        last = read_module(path).sha256
        eventually(lambda: watch.build.sha256 == last and watch.build.state is BuildState.IDENTICAL)
