"""From the save of a new build to its verdict: `python -m tests.bench.bench_builds [EVENTS]` prints it.

It prints, too, what a module costs whose code was kept, beside one that is compiled.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import pytest

from chainview.actor.engine.loading import load_module, read_module
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.replay.run.build_notes import BuildState
from chainview.workbench.build import Build
from chainview.workbench.build_watch import BuildWatch
from tests.bench.figures import numbers_asked, print_figure, print_machine

CHATTER = Path(__file__).resolve().parents[2] / "sample_actors" / "chatter" / "chatter.wasm"
SAVES = 7
EVENTS = 5_000, 50_000
OTHER_EVENTS = 4
"""Events that are no host calls of the one that makes so many."""


def with_note(module: bytes, number: int) -> bytes:
    """The same module with a custom section at its end: another content, the same behaviour."""
    name = f"{number:04}".encode()
    return module + bytes((0, len(name) + 1, len(name))) + name


def verdict_seconds(folder: Path, events: int) -> list[tuple[float, float]]:
    """Seconds from each rename to its verdict, and those of the processor."""
    path, module = folder / "actor.wasm", CHATTER.read_bytes()
    path.write_bytes(module)
    calls = (f"chat({events - OTHER_EVENTS}u32, 40u32)",)
    session = Session(Options(find_target(str(path)), output=folder / "s.chain", calls=calls))
    session.start()
    session.wait_quiet(600)
    assert session.chain.count == events, session.chain.count
    made: list[tuple[float, Build]] = []
    watch = BuildWatch(session, read_module(path).sha256, lambda build: made.append((time.perf_counter(), build)))
    watch.start()
    time.sleep(0.5)
    spent = []
    for number in range(SAVES):
        time.sleep(1)
        (folder / "new").write_bytes(with_note(module, number))
        made.clear()
        saved, spent_before = time.perf_counter(), time.process_time()
        os.replace(folder / "new", path)
        while not any(build.state is not BuildState.CHECKING for _, build in made):
            time.sleep(0.001)
        assert made[-1][1].state is BuildState.IDENTICAL
        spent.append((made[-1][0] - saved, time.process_time() - spent_before))
    watch.close()
    session.close()
    return spent


def load_seconds(path: Path) -> float:
    """The processor seconds until the module is there for an engine of its own."""
    begun = time.process_time()
    load_module(path)
    return time.process_time() - begun


def main() -> None:
    """Prints the figures."""
    counts = numbers_asked(__doc__, *EVENTS, instead=True)
    print_machine()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", folder)
        anew, kept = load_seconds(CHATTER), median([load_seconds(CHATTER) for _ in range(SAVES)])
    print_figure("a module whose code was kept", f"{kept * 1000:.0f} ms, {kept / anew:.2f} of compiling it")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            spent = verdict_seconds(Path(folder), count)
        shown, worked = [median(column) * 1000 for column in zip(*spent, strict=True)]
        print_figure(
            f"save of a build to its verdict, {count:,} events",
            f"{shown:.0f} ms, {worked:.0f} ms of CPU (medians of {SAVES})",
        )


if __name__ == "__main__":
    main()
