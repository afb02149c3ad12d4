"""From the save of a new build to its verdict: `python -m tests.bench.bench_builds` prints it at 5,000 events.

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


def with_note(module: bytes, number: int) -> bytes:
    """The same module with a custom section at its end: another content, the same behaviour."""
    name = f"{number:04}".encode()
    return module + bytes((0, len(name) + 1, len(name))) + name


def verdict_seconds(folder: Path) -> list[float]:
    """Seconds from each rename to its verdict."""
    path, module = folder / "actor.wasm", CHATTER.read_bytes()
    path.write_bytes(module)
    calls = ("chat(4991u32, 40u32)",)
    session = Session(Options(find_target(str(path)), output=folder / "s.chain", calls=calls))
    session.start()
    session.wait_quiet(60)
    made: list[tuple[float, Build]] = []
    watch = BuildWatch(session, read_module(path).sha256, lambda build: made.append((time.perf_counter(), build)))
    watch.start()
    time.sleep(0.5)
    spent = []
    for number in range(SAVES):
        time.sleep(1)
        (folder / "new").write_bytes(with_note(module, number))
        made.clear()
        saved = time.perf_counter()
        os.replace(folder / "new", path)
        while not any(build.state is not BuildState.CHECKING for _, build in made):
            time.sleep(0.001)
        assert made[-1][1].state is BuildState.IDENTICAL
        spent.append(made[-1][0] - saved)
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
    numbers_asked(__doc__)
    print_machine()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", folder)
        anew, kept = load_seconds(CHATTER), median([load_seconds(CHATTER) for _ in range(SAVES)])
    print_figure("a module whose code was kept", f"{kept * 1000:.0f} ms, {kept / anew:.2f} of compiling it")
    with tempfile.TemporaryDirectory() as folder:
        spent = verdict_seconds(Path(folder))
    print_figure("save of a build to its verdict, 5,000 events", f"{median(spent) * 1000:.0f} ms (median of {SAVES})")


if __name__ == "__main__":
    main()
