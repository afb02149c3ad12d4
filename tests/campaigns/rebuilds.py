"""Builds one after the other under a session: equal, different, broken, not starting, failing and looping in init."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from chainview.actor.limits import DEFAULT_LIMITS
from chainview.actor.manifest import Target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, Result, String, Tuple, types
from chainview.replay.run.build_notes import BuildState
from chainview.workbench.build import Build
from chainview.workbench.build_watch import BuildWatch
from tests.actor.guests import Guest
from tests.actor.running import INIT
from tests.campaigns.campaign import Campaign, Figures
from tests.waiting import eventually

REBUILDS = 12
"""In each round."""
_SPARE_KB = 60_000
_MODULES = 6
"""What may be held beside the first one: the running build, the newest one, and the watch of their folder."""
_OK = encode(Result(types.STRING, types.STRING, True, Tuple((S32(1), UNIT))))
_LOG = ("theater:simple/runtime", "log")


def _actor(number: int, message: str = "hello", init: str | None = None, extra: str = "") -> str:
    """An actor of which no other number has the bytes."""
    guest = Guest().ignoring("f", *_LOG, encode(String(message)), _OK)
    if init is None:
        guest.constant(INIT, _OK)
    else:
        guest.body(INIT, init)
    guest.extra += f'(global (export "n{number}") i32 (i32.const {number})){extra}'
    return guest.text


MADE: dict[str, tuple[BuildState, Callable[[int], str]]] = {
    "equal": (BuildState.IDENTICAL, _actor),
    "different": (BuildState.DIVERGED, lambda number: _actor(number, "goodbye")),
    "broken": (BuildState.BROKEN, lambda number: f"(module ;; {number}"),
    "garbage": (BuildState.BROKEN, lambda number: f"garbage {number}"),
    "not starting": (BuildState.BROKEN, lambda number: _actor(number, extra="(func $s unreachable) (start $s)")),
    "without end as it starts": (
        BuildState.BROKEN,
        lambda number: _actor(number, extra="(func $s (loop br 0)) (start $s)"),
    ),
    "asking for what is not there": (
        BuildState.BROKEN,
        lambda number: Guest().ignoring(f"f{number}", "no:such/thing", "f", encode(UNIT), _OK).text,
    ),
    "failing in init": (BuildState.DIVERGED, lambda number: _actor(number, init="unreachable")),
    "without end in init": (BuildState.DIVERGED, lambda number: _actor(number, init="(loop br 0) (i32.const 0)")),
}


def _resident_kb() -> int:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def _descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0


def _held() -> tuple[int, int]:
    """Threads and descriptors of this process."""
    gc.collect()
    return threading.active_count(), _descriptors()


def _comes_down_to(threads: int, descriptors: int) -> None:
    """Waits until no more are held; a module that is held has a descriptor of the engine's."""
    eventually(
        lambda: all(now <= most for now, most in zip(_held(), (threads, descriptors), strict=True)),
        lambda: f"{_held()} threads and descriptors where {(threads, descriptors)} are needed",
    )


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    threads, descriptors = _held()
    _session(random, folder, figures)
    _comes_down_to(threads, descriptors)
    assert sorted(path.name for path in folder.iterdir()) == ["a.wasm", "s.chain"], "files are left"


def _session(random: Random, folder: Path, figures: Figures) -> None:
    path = folder / "a.wasm"
    path.write_text(_actor(0))
    builds: list[Build] = []
    limits = replace(DEFAULT_LIMITS, timeout=1.0)
    session = Session(Options(Target(path, "a"), output=folder / "s.chain", calls=("f()", "f()"), limits=limits))
    session.start()
    session.wait_quiet()
    assert session.loaded is not None
    watch = BuildWatch(session, session.loaded.file.sha256, builds.append)
    watch.start()
    threads, descriptors = _held()
    try:
        _rebuild(random, path, watch, figures, 1)
        resident = _resident_kb()
        for number in range(2, REBUILDS):
            _rebuild(random, path, watch, figures, number)
        _comes_down_to(threads, descriptors + _MODULES)
        figures.measure("KB more after a round", _resident_kb() - resident)
        assert _resident_kb() - resident < _SPARE_KB, "memory grows with builds"
    finally:
        watch.close()
        session.close()


def _rebuild(random: Random, path: Path, watch: BuildWatch, figures: Figures, number: int) -> None:
    name = random.choice(sorted(MADE))
    verdict, made = MADE[name]
    beside = path.with_suffix(".new")
    beside.write_text(made(number))
    begun = time.monotonic()
    beside.replace(path)
    said = lambda: f"{watch.build.text!r} after a build that is {name}"  # noqa: E731
    eventually(lambda: watch.build.number == number + 1 and watch.build.state is verdict, said)
    figures.count(f"builds {name}")
    figures.measure("seconds to a verdict", time.monotonic() - begun)


CAMPAIGN = Campaign(
    "Every build gets its verdict, and leaves no thread, descriptor, file or memory behind.", _attack, short=1
)
